"""What every language must have words for."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from domain.facts.referral import Document
from domain.facts.tasks import TaskKind
from domain.messages.answers import AlternativeForm, DecisionReason
from domain.messages.effects import Letter
from domain.messages.told import Meanwhile


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

    def in_words(self, day: date | None) -> str:
        """Return a date as people say it; nothing for none."""
        return f"{self.weekdays[day.weekday()]} {day.day} {self.months[day.month - 1]} {day.year}" if day else ""


class Long(NamedTuple):
    """A letter of several parts: a decision, or what is told of an objection. What is in braces is filled in."""

    heading: str
    body: str
    parts: tuple[str, ...]
    """What follows it for the client: whom to call, how to object."""
    guide: str | None = None
    """What the guide reads instead; None: the body."""
    signed: bool = False
    """Whether it is a decision, which somebody signs."""


class LongTexts(NamedTuple):
    """The letters of several parts in one language, and the words that they are filled with."""

    letters: Mapping[Letter, Long]
    reasons: Mapping[DecisionReason, str]
    documents: Mapping[Document, str]
    living_forms: Mapping[AlternativeForm, str]
    other_form: str
    """Where nobody named one."""
    opinions: Mapping[str, str]
    """What is told of the hearing."""
    meanwhile: Mapping[Meanwhile, str]
    """How things are until the objection is decided."""
    next: Mapping[Meanwhile, str]
    """How it goes on when the objection was right."""
    numbers: tuple[str, ...]
    """From zero."""
    about: str
    decision_of: str
    decision: str
    subject: str
    """The same for every such letter: a subject tells nothing of a person."""
    guide_subject: str
    head: str
    guide_head: str
    guide_foot: str
    call: str
    """Whom a client calls, in every letter."""
    sign: str
    sign_plain: str
    """Where no desk is known."""
    sign_decision: str
