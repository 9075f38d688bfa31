"""What people put in their calendar: the viewing, and the call after the move. Each goes as a calendar file.

It is read off the state, before and after a decision: whatever plans, moves or ends an appointment, the client and the
guide hear of it. One appointment keeps one name; what is sent later of it counts higher.
"""

from datetime import date

from domain.facts.outcome import Outcome
from domain.facts.tasks import TaskKind
from domain.messages.effects import Appointment, Audience, Letter, SendLetter
from domain.state.draft import Draft
from domain.state.events import CallAttempted, FollowUpHeld, LetterHeld, ViewingHeld, ViewingMissed
from domain.state.mediation import Mediation

PEOPLE = (Audience.CLIENT, Audience.GUIDE)
FIRST = {TaskKind.HOLD_VIEWING: Letter.VIEWING_PLANNED, TaskKind.FOLLOW_UP_CALL: Letter.CALL_PLANNED}
"""Which letter tells of an appointment for the first time."""


def tell(d: Draft) -> None:
    """Tell the client and the guide of appointments that this decision made, moved or called off."""
    if not d.policy.reminders.invitations or d.state is None or d.state.outcome is Outcome.DIED:
        return
    then, now = _appointments(d, d.before), _appointments(d, d.m)
    for name, on in now.items():
        if then.get(name) == on or _told(d, name):
            continue
        letter = Letter.APPOINTMENT_MOVED if name in then else FIRST[_kind(name)]
        d.letter(letter, *PEOPLE, appointment=_appointment(d, name, on))
    for name, on in then.items():
        if name not in now and on >= d.today and not _took_place(d):
            d.letter(Letter.APPOINTMENT_OFF, *PEOPLE, appointment=_appointment(d, name, on, off=True))


def viewing(d: Draft, on: date) -> Appointment | None:
    """Return the viewing of the live offer as it goes with the letter that plans it."""
    return _appointment(d, _viewing_name(d.m), on) if d.policy.reminders.invitations else None


def _viewing_name(m: Mediation) -> str:
    return f"viewing-{len(m.offers)}"


def _kind(name: str) -> TaskKind:
    return TaskKind.HOLD_VIEWING if name.startswith("viewing") else TaskKind.FOLLOW_UP_CALL


def _appointments(d: Draft, m: Mediation | None) -> dict[str, date]:
    """Return the days that are agreed, by name."""
    if m is None:
        return {}
    found: dict[str, date] = {}
    for task in m.tasks:
        if task.kind is TaskKind.HOLD_VIEWING and m.offers and m.offers[-1].viewing_on:
            found[_viewing_name(m)] = m.offers[-1].viewing_on
        elif task.kind is TaskKind.FOLLOW_UP_CALL and task.agreed:  # a mediation has one such day, which may move
            found["call-1"] = d.policy.calendar.today(task.due)
    return found


def _appointment(d: Draft, name: str, on: date, *, off: bool = False) -> Appointment:
    return Appointment(name=name, kind=_kind(name), sequence=d.m.sequence, on=on, off=off)


def _told(d: Draft, name: str) -> bool:
    """Tell whether a letter of this decision has the appointment with it already."""
    letters = [effect for effect in d.effects if isinstance(effect, SendLetter)]
    letters += [event.letter for event in d.events if isinstance(event, LetterHeld)]
    return any(letter.appointment is not None and letter.appointment.name == name for letter in letters)


def _took_place(d: Draft) -> bool:
    """Tell whether it is over because it took place, or was tried."""
    return any(isinstance(event, ViewingHeld | ViewingMissed | FollowUpHeld | CallAttempted) for event in d.events)
