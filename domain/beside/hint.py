"""A partner's system says that something changed there: what it is asked about is read again, now and not later.

The hint itself is believed in nothing: what counts is what is read.
"""

from domain.messages.commands import LookAgain
from domain.state import events as e
from domain.state.draft import Draft
from domain.steps.reading import consult, knows_of


def look_again(d: Draft, command: LookAgain) -> None:
    """Read what this organisation's system may know of the open tasks; nothing when there is nothing to read."""
    for task in d.m.tasks:
        if knows_of(d, command.by.organisation, task):
            d.emit(e.TaskChecked(task=task.id, next_check=task.check_at))
            consult(d, task)
