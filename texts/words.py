"""What a language must have words for: every text has a place here, and no other text is read.

A table over an enumeration has one text for each of its members: a member without a text is refused, and so is a text
without a member. Tables by other names (phrases, fields of forms) have the same names in every language.
"""

from collections.abc import Mapping, Sized
from datetime import date
from typing import Annotated, Literal, Self, TypeVar, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator

from domain.exchange.misread import Misreading, Notation
from domain.facts.alarms import AlarmKind
from domain.facts.complaints import NotHandled
from domain.facts.conditions import ConditionName
from domain.facts.outcome import HearingSubject
from domain.facts.referral import Document
from domain.facts.rules import RuleName
from domain.facts.tasks import TaskKind
from domain.facts.watched import Watched
from domain.messages.answers import DecisionReason
from domain.messages.effects import TO_BOTH, Letter
from domain.messages.told import Lost, Meanwhile, NotHeard, Undone
from domain.policy.queue import Precedence
from domain.state.events import AnyEvent
from texts.description import Description
from texts.values import Values
from texts.whole import Words, whole

EVENTS = tuple(event.__name__ for event in get_args(get_args(AnyEvent)[0]))
Hearing = Literal["heard", "waived", "did_not_appear"]
"""How a client was heard."""
Waits = Literal["runs", "late", "supplement", "consent", "applicant"]
Finding = Literal["well_founded", "partly_founded", "unfounded", "settled", "withdrawn"]
"""What a letter says of a complaint that was looked into, or that is over."""
Sizes = TypeVar("Sizes", bound=Sized)


def _exactly(count: int) -> AfterValidator:
    def check(found: Sizes) -> Sizes:
        if len(found) != count:
            raise ValueError(f"{len(found)} words where {count} are needed")
        return found

    return AfterValidator(check)


class TaskWords(Words):
    """How a task is spoken of."""

    name: str
    """What it is, in a description of the process."""
    do: str
    """What is asked of its owner, in whole sentences."""
    client: str | None = None
    """What is asked of the client, when the client has it to do."""
    ask: str
    """The question above its form."""
    neutral: bool = False
    """What it is about is nobody's business but its owner's: a letter does not name it."""
    appointment: str | None = None
    """What stands in somebody's calendar, when the task has a day of its own."""
    choice: Mapping[str, str]
    """What may be answered, in whole sentences, each by all that it answers (see `texts.cases`).

    After ` | ` stands what follows.
    """
    field: Mapping[str, str] = {}
    """What a part of its answer asks, where it asks otherwise than others of that name."""

    def option(self, key: str) -> str | None:
        """Return how an answer is offered, without what follows; None where there is no sentence for it."""
        offered = self.choice.get(key)
        return offered.partition(" | ")[0] if offered else None

    def follows(self, key: str) -> str | None:
        """Return what follows when this is answered; None where nothing is told of it."""
        return self.choice.get(key, "").partition(" | ")[2] or None


class LetterWords(Words):
    """A letter of one message. `{do}`, `{task}`, `{by}`, `{before}`, `{owner}` and `{appointment}` are filled in."""

    subject: str
    body: str
    late: str | None = None
    """What its reader reads instead, when the day by which the reader was asked to do something is over."""
    guide: str | None = None
    """What the guide reads instead; None: the body."""


class FullLetterWords(Words):
    """A letter of several parts: a decision, or what is told of an objection."""

    heading: str
    body: str
    guide: str | None = None
    """What the guide reads instead; None: the body."""


class LetterParts(Words):
    """What follows a letter of several parts."""

    call: str
    """Whom a client calls, in every letter."""
    rights: str
    """What happens to the client's data, and where to complain."""
    objection: str
    appeal: str
    appeal_upheld: str


class LetterPhrases(Words):
    """What letters have in common."""

    before: str
    """By when; `{by}` is filled in."""
    soon: str
    """What stands there once that day is over."""
    greeting: str
    who: str
    """Who can end a task; `{owner}` is filled in."""
    neutral: str
    """In place of a task that a letter does not name."""
    neutral_name: str
    questions: str
    """Whom an organisation calls. `{desk}` and `{phone}` are filled in."""
    trouble: str
    """Whom it calls when it cannot do what it is asked."""
    lacks: str
    """Before the documents that are asked for."""
    number: str
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
    unprinted: str
    line_unprinted: str
    """A letter on paper that nobody has printed."""
    line: str
    """A task in a digest."""
    line_late: str
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
    alarms_subject: str
    """The subject of a letter about mediations that are stuck behind the scenes."""
    alarms: str
    alarms_do: str
    directory_subject: str
    """The subject of a letter to an organisation of which somebody changes where its letters go."""
    directory_proposed: str
    """`{organisation}` is filled in, in these three."""
    directory_changed: str
    directory_withdrawn: str
    directory_about: str
    directory_do: str
    """`{municipality}` is filled in."""
    answer_here: str
    """Before a link."""
    link_is_yours: str
    """After it."""
    trial_subject: str
    """The subject of a letter of a trial; `{subject}` is filled in."""
    trial: str
    """The first line of such a letter."""


class FullLetterPhrases(Words):
    """What letters of several parts have in common."""

    searched_on: str
    limit: str
    """After how many refusals that count the urgency may end; `{most}` is filled in."""
    limit_of_one: str
    no_reply: str
    """Under a decision that comes by mail: a person took it, but a reply is read by nobody."""
    may_lapse: str
    or_us: str
    """After whom to call where no number of theirs is known."""
    deadline: str
    """By when something is to be done; `{by}` is filled in."""
    late: str
    """What stands there when that day is over."""
    decision_due: str
    decision_late: str
    home_gone: str
    home: str
    """What a home is; `{rooms}` is filled in."""
    home_of_one: str
    where_known: str
    where_told: str
    """Where a home is, when the address is secret."""
    rule: str
    """On which ground a decision rests; `{ground}` is filled in."""
    in_order: str
    """Who comes first, of those who wait; `{order}` is filled in."""
    by_wait: str
    """Where nothing counts but how long somebody waits."""
    landlord: str
    """The landlord by name; `{name}` is filled in."""
    written_on: str
    """The day of a letter on paper, which leaves later; `{today}` is filled in."""
    before_on_paper: str
    """By when the client can do something, where that is counted from when a letter on paper leaves; `{term}` is filled
    in."""
    write_to: str
    """Where a letter to us goes; `{objections}` is filled in."""
    some_landlord: str
    """Where nobody may know the landlord."""
    other_form: str
    """Where nobody named a form of living."""
    committee: str
    """That a committee advises on a complaint."""
    consent: str
    """That the complainant agreed to wait longer."""
    about: str
    refused: str
    """That the client said no to an offer."""
    not_answered: str
    """That no answer came to one."""
    came_late: str
    """Of an objection, with the last day on which one could object."""
    why_late: str
    decision_of: str
    decision: str
    subject: str
    """The same for every such letter: a subject tells nothing of a person."""
    guide_subject: str
    head: str
    greeting: str
    """On paper, to the client by name; `{name}` is filled in."""
    guide_head: str
    guide_foot: str
    sign: str
    sign_plain: str
    """Where no desk is known."""
    sign_decision: str


class FilledIn(Words):
    """What a letter of several parts is filled in with."""

    reason: Annotated[Mapping[DecisionReason, str], whole(DecisionReason)]
    """What a ground says by itself; the words of a person always follow."""
    hearing: Annotated[Mapping[Hearing, str], whole(get_args(Hearing))]
    intent: Annotated[Mapping[HearingSubject, str], whole(HearingSubject)]
    """What is intended, before the client is heard."""
    why: Annotated[Mapping[HearingSubject, str], whole(HearingSubject)]
    """Why, where nobody gave a ground of their own."""
    first: Annotated[Mapping[Precedence, str], whole(Precedence)]
    """Who comes first, of those who wait for a place."""
    waits: Annotated[Mapping[Waits, str], whole(get_args(Waits))]
    """Whether the decision term stands still while a client is not ready, and why; `{decide_by}` is filled in."""
    finding: Annotated[Mapping[str, str], whole(get_args(Finding))]
    """By the result of a complaint."""
    left: Annotated[Mapping[NotHandled, str], whole(NotHandled)]
    """Why a complaint is not handled."""
    document: Annotated[Mapping[Document, str], whole(Document)]
    """A document that is missing, as the client knows it."""
    undone: Annotated[Mapping[Undone, str], whole(Undone)]
    """What no longer holds, when an objection was right."""
    lost: Annotated[Mapping[Lost, str], whole(Lost)]
    """Why a home that was offered falls through."""
    not_heard: Annotated[Mapping[NotHeard, str], whole(NotHeard)]
    """Why nobody was heard on an objection, with the article of the law."""
    meanwhile: Annotated[Mapping[Meanwhile, str], whole(Meanwhile)]
    """How things are until the objection is decided."""
    next: Annotated[Mapping[Meanwhile, str], whole(Meanwhile)]
    """How it goes on when the objection was right; `{decision_due}` is filled in, where a decision is to be taken."""
    next_of_client: Annotated[Mapping[Meanwhile, str], whole(Meanwhile)]
    """The same, as the guide reads it."""


class PageWords(Words):
    """The pages of the links by which partners answer."""

    phrase: Mapping[str, str]
    field: Mapping[str, str]
    """What each part of an answer asks, where its task has no words of its own for it."""


class PeriodWords(Words):
    """In which period a number holds, to stand after it. `{year}` is filled in."""

    live: str
    """Of what runs now."""
    year: str
    first_half: str
    second_half: str


class ConditionWords(Words):
    """What is said of a condition (see `texts.conditions`)."""

    unread: str
    """Of one that a former release wrote in a way that cannot be read: `{name}`, `{fact}` and `{norm}` as it wrote
    them.
    """
    period: PeriodWords
    said: Annotated[Mapping[ConditionName, Mapping[str, str]], whole(ConditionName)]
    """By what was found and asked (see `texts.cases`)."""


class TimelineWords(Words):
    """What a timeline says of a command."""

    by: str
    """Who gave it. `{organisation}` and `{role}` are filled in, as the journal has them."""
    refused: str
    """That it was refused, by `{rule}`."""


class Texts(BaseModel):
    """All words of one language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    weekdays: Annotated[tuple[str, ...], _exactly(7)]
    months: Annotated[tuple[str, ...], _exactly(12)]
    numbers: Annotated[tuple[str, ...], _exactly(13)]
    """From zero to twelve."""
    task: Annotated[Mapping[TaskKind, TaskWords], whole(TaskKind)]
    value: Values
    event: Annotated[Mapping[str, str | Mapping[str, str]], whole(EVENTS)]
    """What happened, to stand after who did it; several sentences where the facts decide (see `texts.cases`)."""
    alarm: Annotated[Mapping[AlarmKind, str], whole(AlarmKind)]
    """What is wrong with a mediation behind the scenes."""
    watched: Annotated[Mapping[Watched, str], whole(Watched)]
    """What of an organisation nobody changes alone."""
    condition: ConditionWords
    timeline: TimelineWords
    rule: Annotated[Mapping[RuleName, str], whole(RuleName)]
    """What is wrong, and what would be right. `{day}` is filled in; of which field it is said, is told beside it."""
    letter: Mapping[Letter, LetterWords]
    full_letter: Mapping[Letter, FullLetterWords]
    letter_part: LetterParts
    letter_phrase: LetterPhrases
    full_letter_phrase: FullLetterPhrases
    letter_word: FilledIn
    page: PageWords
    misread: Annotated[Mapping[Misreading, str], whole(Misreading)]
    """What cannot be read of a request, a form or a table, and what would be right (see `texts.misread`)."""
    notation: Annotated[Mapping[Notation, str], whole(Notation)]
    """How something is written that is written in one way only."""
    description: Description

    @model_validator(mode="after")
    def _every_letter(self) -> Self:
        either, both = {*self.letter, *self.full_letter}, {*self.letter} & {*self.full_letter}
        missing = [one.value for one in Letter if one not in (both if one in TO_BOTH else either)]
        if missing:
            raise ValueError(f"letter: no words for {', '.join(missing)}")
        return self

    def refusal(self, rule: RuleName, day: str | None) -> str | None:
        """Say what a rule says; None for a rule of a former release, or when the day that it tells is not known."""
        text = self.rule.get(rule)
        return text.format(day=day) if text and (day or "{day}" not in text) else None

    def euros(self, cents: int) -> str:
        """Write an amount of money."""
        return f"€ {cents // 100},{cents % 100:02}"

    def number(self, count: int) -> str:
        """Write a small number in letters; nothing for none."""
        return self.numbers[count] if 0 < count < len(self.numbers) else str(count or "")

    def place(self, code: str) -> str:
        """Write the id of a district or municipality as a name."""
        return code.replace("-", " ").title()

    def day(self, on: date) -> str:
        """Write a day with its month and year."""
        return f"{on.day} {self.months[on.month - 1]} {on.year}"

    def before(self, by: date | None, today: date) -> str:
        """Say by when, as of a day; nothing for no day. A day that is over is never named as one to come."""
        if by is None:
            return ""
        return self.letter_phrase.soon if by < today else self.letter_phrase.before.format(by=self.in_words(by))

    def in_words(self, on: date | None) -> str:
        """Write a day as people say it; nothing for none."""
        return f"{self.weekdays[on.weekday()]} {self.day(on)}" if on else ""
