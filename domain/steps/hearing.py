"""No negative decision without a person, a reason and a hearing (zienswijze, Awb 4:7 and 4:8): here it is intended.

The client's time to give a view is counted from when the invitation leaves: a letter on paper leaves later than it was
written, or not at all. What follows on the hearing stands in `domain.beside.heard`.
"""

from datetime import date

from domain.facts.outcome import HearingSubject
from domain.facts.tasks import Task, TaskKind
from domain.facts.value import replace
from domain.messages.effects import AnyEffect, Audience, Letter, SendLetter
from domain.messages.told import Told
from domain.policy.moments import due_of
from domain.state import events as e
from domain.state.decision import Basis
from domain.state.draft import Draft
from domain.state.mediation import Mediation


def intend(d: Draft, subject: HearingSubject, basis: Basis) -> None:
    """Intend a negative decision: first the client is heard, and reads what is intended, why and on which facts."""
    d.emit(e.DecisionIntended(subject=subject, reasons=basis.reasons, notes=basis.notes))
    task = d.open(TaskKind.HEAR_CLIENT, about=subject.value, awaits_letter=True)
    told = Told(reasons=basis.reasons, basis=basis.notes)
    d.letter(Letter.HEARING_INVITED, Audience.CLIENT, Audience.GUIDE, task=task, told=told)


def invites(letter: AnyEffect | None) -> bool:
    """Tell whether a letter invites the client to a hearing."""
    return (
        isinstance(letter, SendLetter) and letter.letter is Letter.HEARING_INVITED and Audience.CLIENT in letter.readers
    )


def invited_to(m: Mediation, letter: AnyEffect | None) -> Task | None:
    """Return the open hearing to which a letter invites the client, if it is one that does."""
    return m.task(letter.task) if isinstance(letter, SendLetter) and letter.task and invites(letter) else None


def invitation_left(d: Draft, letter: AnyEffect | None, on: date) -> None:
    """The invitation has left on this day: the client has the whole term from then on, and never less than was told."""
    task = invited_to(d.m, letter)
    if task is None or not task.awaits_letter:
        return
    start = max(task.opened_at, min(d.now, d.policy.calendar.opening(on)))
    due = due_of(d.policy, task.kind, start)
    known = replace(task, awaits_letter=False)
    if due > task.due:
        known = replace(d.afresh(known, due), agreed=False, term_from=start)
    d.emit(e.ClientInvited(task=known, on=on))


def needs_no_invitation(d: Draft) -> None:
    """Ask nobody any more to post the invitation to a hearing that is over."""
    for task, letter in d.m.undelivered.items():
        if invites(letter) and invited_to(d.m, letter) is None and d.m.task(task):
            d.emit(e.TaskCancelled(task=task))
