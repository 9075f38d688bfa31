"""A transfer to another municipality that is called off, and why: everybody who was told of it hears."""

from domain.facts.tasks import TaskKind
from domain.messages.answers import Note
from domain.messages.effects import Audience, Letter
from domain.messages.told import Told
from domain.state import events as e
from domain.state.draft import Draft


def call_off(d: Draft, note: Note | None = None) -> None:
    """Ask the other municipality no longer, if it is asked."""
    asked, transfer = d.m.open_of(TaskKind.ANSWER_TRANSFER), d.m.transfer
    if asked is None or transfer is None:
        return
    d.emit(e.TransferWithdrawn(to=transfer.to, note=note))
    d.cancel(TaskKind.ANSWER_TRANSFER)
    if not transfer.by_hand:
        d.letter(Letter.TRANSFER_OFF, organisation=transfer.to)
    d.letter(Letter.TRANSFER_STOPPED, Audience.CLIENT, Audience.GUIDE, told=Told(elsewhere=transfer.to))
