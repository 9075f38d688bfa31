"""How the client or the guide is reached changes. The data are in the vault; here is only that they changed, and which.

Addresses are looked up when a letter leaves, so that what is still to go goes to the new one. What asked something at
the old one, and is still asked, may be sent again.
"""

from domain.messages.commands import ChangeContact
from domain.state import events as e
from domain.state.draft import Draft


def change_contact(d: Draft, command: ChangeContact) -> None:
    """The vault has the new data; letters that still ask something go once more."""
    d.emit(e.ContactChanged(who=command.who, fields=command.fields, note=command.note))
    for letter in command.again:
        task = d.m.task(letter.task) if letter.task else None
        if task:
            d.letter(letter.letter, command.who, task=task, appointment=letter.appointment, told=letter.told)
