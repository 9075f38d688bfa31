"""A decision against the client, with which a mediation ends or goes on, and how long the client may object to it.

The term is the law's, for every municipality alike: six weeks (Awb 6:7) that start on the day after the decision was
sent (Awb 6:8 with 3:41); one that ends on a Saturday, Sunday or holiday ends on the next day that is none of these
(Algemene termijnenwet art. 1). What was posted in time is in time when it comes in within a week (Awb 6:9).
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import Field

from domain.facts import terms
from domain.facts.absences import Absence
from domain.facts.calendar import Calendar
from domain.facts.clocks import Clock
from domain.facts.default_notice import DefaultNotice
from domain.facts.outcome import HearingSubject, Outcome, Stage
from domain.facts.parties import Actor, OrganisationId
from domain.facts.tasks import Task
from domain.facts.value import Value, replace
from domain.messages.answers import DecisionReason, Note, SupportProduct, UrgencyCondition
from domain.messages.commands import Disputed
from domain.messages.effects import AnyEffect, SendLetter

FOR_THE_POST = timedelta(weeks=2)
"""How long after the last day a mediation waits for an objection: a week for the post, a week for whoever opens it. One
that is noted later is taken all the same: the days on which it was posted and came in decide whether it was in time."""
OBJECTION_TERM = "objection_term"
"""By which name the end of the term stands on the agenda."""
REOPENING_TERM = "reopening_term"
"""The same of the term in which an end can be undone."""


def last_day(sent_on: date, decree_days: Iterable[date] = ()) -> date:
    """Return the last day to object to a decision that was sent on a day.

    A municipality's own closing days do not count: only the law's holidays and the days equated with them.
    """
    return terms.objection(Calendar(decree_days=tuple(decree_days)), sent_on)


def closes_at(last: date, timezone: str) -> datetime:
    """Return until when an objection is waited for, in UTC: the post of the last day has come in by then."""
    day = last + FOR_THE_POST + timedelta(days=1)
    return datetime.combine(day, time(), ZoneInfo(timezone)).astimezone(UTC)


class Basis(Value):
    """On what a decision rests, as far as it was said before it was taken: by who advised, or intended it."""

    reasons: tuple[DecisionReason, ...] = ()
    notes: tuple[Note, ...] = ()
    """Where the facts and the motivation are, the earliest first; written to the client (Awb 3:46, 3:49 and 4:7)."""


class EarlierDecision(Value):
    """A decision against the client with which the mediation does not end, and how long the client may object."""

    id: str
    subject: Disputed
    on: date
    offer: int | None = None
    """Which offer was refused, from 1, of a refusal that counts."""
    note: Note | None = None
    reasons: tuple[DecisionReason, ...] = ()
    basis: tuple[Note, ...] = ()
    """What was written before it was taken, and is told with it."""
    sent_on: date | None = None
    last_day: date | None = None
    open_until: datetime | None = None
    posted_by: str | None = None
    """The task whose answer says on which day the letter was posted; None where the letter went by mail."""
    over: bool = False
    ran_out: bool = False
    """Whether its term ended: an objection that is noted from then on was made in time, or is late."""
    undone: bool = False
    """Whether it no longer holds: an objection was right, or it was decided otherwise since."""


class TakenBack(Value):
    """An urgency that was taken back against the client's will, as it stood: so it is given back."""

    support: SupportProduct
    conditions: tuple[UrgencyCondition, ...] = ()
    clocks: tuple[Clock, ...] = ()
    at: datetime


class Ended(Value):
    """How a mediation stood when it ended: with that it goes on when the end is undone."""

    outcome: Outcome
    stage: Stage
    """Where the mediation stood."""
    clocks: tuple[Clock, ...] = ()
    """How the clocks stood."""
    tasks: tuple[Task, ...] = ()
    """What was asked."""
    absence: Absence | None = None
    at: datetime
    told: tuple[OrganisationId, ...] = ()
    """Which organisations were told of the end."""


class UndoableEnd(Ended):
    """An end that was no decision, and until when it can be undone."""

    by: Actor
    """Who ended it: another person undoes it."""
    until: datetime
    over: bool = False
    decisions: tuple[EarlierDecision, ...] = ()
    """How the decisions taken before stood."""
    notices: tuple[DefaultNotice, ...] = ()
    """How the notices of default stood."""
    held: tuple[SendLetter, ...] = ()
    """Letters that waited."""
    undelivered: Mapping[str, AnyEffect] = Field(default_factory=dict)


class EndDecision(Ended):
    """The decision with which a mediation ended, what it ended, and how long the client may object."""

    subject: HearingSubject | None = None
    """What was intended and heard; None for what needs no hearing."""
    sent_on: date | None = None
    """When the letter left for the client; None as long as it has not."""
    last_day: date | None = None
    """The last day to object, once the letter has left."""
    open_until: datetime | None = None
    """Until when an objection is waited for."""
    posted_by: str | None = None
    """The task whose answer says on which day the letter was posted; None where it went by mail."""
    over: bool = False
    """Whether nothing more is waited for: the term has ended, or the objection was decided."""
    ran_out: bool = False
    """Whether its term ended: an objection that is noted from then on was made in time, or is late."""
    decided_as: str | None = None
    """The earlier decision of which this end is what follows: its letter told of it, and its term is this one."""
    still_open: tuple[str, ...] = ()
    """The earlier decisions to which one could object until then: to these one objects again when this is undone."""


def no_longer(decisions: tuple[EarlierDecision, ...], subject: Disputed) -> tuple[EarlierDecision, ...]:
    """Return the decisions with those on this subject undone."""
    return tuple(replace(one, undone=True) if one.subject is subject else one for one in decisions)
