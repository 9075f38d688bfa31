"""What every language must have words for."""

from collections.abc import Mapping
from typing import NamedTuple

from domain.effects import Letter
from domain.tasks import TaskKind


class Words(NamedTuple):
    """One letter in one language. `{task}`, `{by}` and `{owner}` are filled in."""

    subject: str
    body: str


class Phrases(NamedTuple):
    """What letters have in common."""

    greeting: str
    who: str
    """Who can end a task; `{owner}` is filled in."""
    client: str
    """Who can end it, when the client reads."""
    guide: str
    """Who can end it, when the guide reads."""
    what: str
    until: str
    number: str
    pages: str
    sign_off: str
    automatic: str
    appointment: str
    """The name of the calendar file."""
    digest: str
    """The subject of a digest."""
    waits: str
    late: str
    changed: str
    failed: str
    line: str
    """A task in a digest."""
    more: str
    opened: str
    closed: str
    moved: str
    not_recorded_subject: str
    """The subject of a letter about what could not be recorded."""
    not_recorded: str
    parked_time: str
    """What could not be recorded: that a moment had come."""
    parked_partner: str
    parked_given: str
    not_recorded_do: str


class Texts(NamedTuple):
    """All texts of one language."""

    letters: Mapping[Letter, Words]
    tasks: Mapping[TaskKind, str]
    """What is asked, in words that follow "please"."""
    phrases: Phrases
    appointments: Mapping[TaskKind, str]
    """What stands in somebody's calendar."""
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
