"""A programme may be paused: nothing falls due and no letter goes, and no timer is lost.

What people and partners' systems do meanwhile is still recorded. Letters wait; who is asked something new gets the rest
of the term afterwards.
"""

from domain import events as e
from domain.commands import PauseMediation, ResumeMediation
from domain.draft import Draft
from domain.effects import SendLetter


def pause(d: Draft, command: PauseMediation) -> None:
    """Let everything wait."""
    d.require(d.m.paused_at is None, "already_paused", "this mediation is paused")
    d.emit(e.MediationPaused(at=d.now, note=command.note))


def resume(d: Draft, command: ResumeMediation) -> None:
    """Go on: every task and clock is later by the time since the pause, and the letters that waited go."""
    d.require(d.m.paused_at is not None, "not_paused", "this mediation is not paused")
    waiting = d.m.held_letters
    d.emit(e.MediationResumed(at=d.now, note=command.note))
    for letter in waiting:
        _send(d, letter)


def _send(d: Draft, letter: SendLetter) -> None:
    """Send a letter with its date as it is now; one about a task that is done has become pointless."""
    task = d.m.task(letter.task) if letter.task else None
    if task:
        d.do(letter.model_copy(update={"by": d.policy.calendar.today(task.due)}))
    elif letter.task is None:
        d.do(letter)
