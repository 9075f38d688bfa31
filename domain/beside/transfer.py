"""A mediation is carried on by another municipality (warme overdracht): ours asks, with the client's consent to that
and to what goes along; the other says yes or no within its term. Until then everything goes on here.

It ends here with an outcome of its own, which the client may object to. A municipality that works here reads what the
client agreed to (`api.transfers`); to one that does not ours hands it over, and notes the answer.
"""

from domain.facts.outcome import Outcome
from domain.facts.parties import SYSTEM, Owner, Role
from domain.facts.rules import RuleName
from domain.facts.tasks import Task, TaskKind
from domain.messages.answers import TransferReply
from domain.messages.commands import ProposeTransfer, WithdrawTransfer
from domain.messages.effects import Audience, Letter
from domain.messages.told import Told
from domain.state import events as e
from domain.state.draft import Draft
from domain.state.task_spec import AnySpec, Asked, Beside, TaskSpec, TaskTrack, remains
from domain.steps.ending import end
from domain.steps.transfer import call_off


def propose_transfer(d: Draft, command: ProposeTransfer) -> None:
    """Ask another municipality. Who has the keys lives here: there is nothing to carry on elsewhere."""
    municipality = d.m.parties.municipality
    d.require(d.m.lease.handed_over_on is None, RuleName.LIVES_HERE)
    d.require(command.to != municipality, RuleName.TRANSFER_TO_SELF, field="to")
    d.require(d.m.open_of(TaskKind.ANSWER_TRANSFER) is None, RuleName.TRANSFER_OPEN)
    d.require(command.consent_on <= d.today, RuleName.CONSENT_IN_FUTURE, field="consent_on")
    d.emit(
        e.TransferProposed(
            to=command.to,
            by_hand=command.by_hand,
            on=d.today,
            consent_on=command.consent_on,
            consent=command.consent,
            shares=tuple(dict.fromkeys(command.shares)),
            notes=tuple(dict.fromkeys(command.notes)),
            note=command.note,
        )
    )
    asked = municipality if command.by_hand else command.to
    task = d.open(TaskKind.ANSWER_TRANSFER, about=command.to, owner=Owner(Role.COORDINATOR, asked))
    d.letter(Letter.TRANSFER_PROPOSED, Audience.CLIENT, Audience.GUIDE, task=task, told=Told(elsewhere=command.to))


def transfer_replied(d: Draft, task: Task, answer: TransferReply) -> None:
    """The other municipality carries it on, or does not."""
    d.require(d.by.user != SYSTEM, RuleName.PERSON_NEEDED)
    transfer = d.known(d.m.transfer, "the transfer")
    if answer.accepted:
        on = d.given(answer.takes_over_on, "takes_over_on")
        d.require(on >= d.today, RuleName.TAKEN_OVER_IN_PAST, field="takes_over_on", day=d.today)
        d.given(answer.note, "note")
        d.emit(e.TransferAgreed(to=transfer.to, takes_over_on=on))
        end(d, Outcome.TRANSFERRED, transfer.note)
        return
    d.emit(e.TransferDeclined(to=transfer.to, note=d.given(answer.note, "note")))
    d.letter(Letter.TRANSFER_DECLINED, organisation=d.m.parties.municipality)
    d.letter(Letter.TRANSFER_STOPPED, Audience.CLIENT, Audience.GUIDE, told=Told(elsewhere=transfer.to))


def withdraw_transfer(d: Draft, command: WithdrawTransfer) -> None:
    """Ask no longer."""
    d.require(d.m.open_of(TaskKind.ANSWER_TRANSFER) is not None, RuleName.NO_TRANSFER)
    call_off(d, command.note)


TASKS: tuple[AnySpec, ...] = (
    TaskSpec(
        TransferReply,
        transfer_replied,
        group=Beside.TRANSFER,
        asked=Asked.LETTER,
        track=TaskTrack.ALONE,
        stays=remains,
        mended_by=RuleName.CORRECT_BY_DECISION,
    ),
)
