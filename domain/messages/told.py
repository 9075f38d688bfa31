"""What a letter on a decision states: facts, never words. The words that a person wrote stay in the vault."""

from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import Field

from domain.facts.complaints import ToldComplaint
from domain.facts.parties import OrganisationId
from domain.facts.referral import Document
from domain.facts.value import Value, left_out
from domain.messages.answers import AlternativeForm, Day, DecisionReason, Note, UrgencyCondition


class Meanwhile(StrEnum):
    """How things are for the client while, or after, an objection is decided."""

    READINESS = "readiness"
    ASSESSMENT = "assessment"
    SEARCHING = "searching"
    SUSPENDED = "suspended"
    HOUSED = "housed"
    ENDED = "ended"
    ELSEWHERE = "elsewhere"
    """The client has another mediation by now, and it goes on there."""


class NotHeard(StrEnum):
    """On which ground nobody was heard on an objection, by the letters of Awb 7:3; the decision names it (7:12)."""

    INADMISSIBLE = "inadmissible"
    """a: it plainly cannot be dealt with."""
    UNFOUNDED = "unfounded"
    """b: it is plainly not right."""
    WAIVED = "waived"
    """c: the client said not to want it."""
    NO_REPLY = "no_reply"
    """d: the client did not say in time to want it."""
    WELL_FOUNDED = "well_founded"
    """e: the client is right in everything."""


class Undone(StrEnum):
    """What no longer holds, when an objection was right."""

    DECISION = "decision"
    CONDITIONS = "conditions"
    """Those of an urgency, which stays."""
    REFUSAL = "refusal"
    """That a refusal counts."""


class Lost(StrEnum):
    """Why a home that was offered falls through."""

    LANDLORD = "landlord"
    RENT = "rent"
    """It became more than suits the client."""
    CHANGED = "changed"
    """What else was changed does not suit the client."""


class Told(Value):
    """The facts of one decision, as the letter on it tells them."""

    decided_on: date | None = None
    """The day of the decision; with an objection, of the decision that it is against."""
    reasons: tuple[DecisionReason, ...] = ()
    note: Note | None = None
    """Where the motivation is that a person wrote (Awb 3:46)."""
    basis: tuple[Note, ...] = Field(default=(), exclude_if=left_out)
    """What was written before that, in the advice or when it was intended, and is read first."""
    hearing: Literal["heard", "waived", "did_not_appear"] | None = None
    heard_on: Day | None = None
    ground: str = ""
    """The article and the by-law on which it rests, in Dutch, as the policy names it."""
    living_form: AlternativeForm | None = None
    counted_refusals: int = 0
    asked_on: date | None = None
    """When documents were asked for."""
    asked_until: date | None = None
    missing: tuple[Document, ...] = ()
    institution: OrganisationId | None = None
    district_team: OrganisationId | None = None
    elsewhere: OrganisationId | None = None
    """The municipality that helps the client instead."""
    takes_over_on: date | None = Field(default=None, exclude_if=left_out)
    """From when it does, where that was agreed."""
    received_on: date | None = None
    """When an objection came in."""
    meanwhile: Meanwhile | None = None
    last_day: date | None = None
    """The last day to object, once the letter has left."""
    decree_days: tuple[date, ...] = ()
    """Days equated with a holiday, for the term that runs from the day after sending."""
    decision: str | None = Field(default=None, exclude_if=left_out)
    """Which decision of a mediation that goes on."""
    until: date | None = Field(default=None, exclude_if=left_out)
    """The last day of the urgency."""
    conditions: tuple[UrgencyCondition, ...] = Field(default=(), exclude_if=left_out)
    most_refusals: int = Field(default=0, exclude_if=left_out)
    """After so many refusals that count the urgency may lapse."""
    since: date | None = Field(default=None, exclude_if=left_out)
    """The day that was told before."""
    not_heard: NotHeard | None = Field(default=None, exclude_if=left_out)
    late_after: date | None = Field(default=None, exclude_if=left_out)
    """The last day to object, where an objection came in after that."""
    undone: Undone | None = Field(default=None, exclude_if=left_out)
    """Of an objection that was right; None: the decision."""
    lost: Lost | None = Field(default=None, exclude_if=left_out)
    """Of a home that falls through; None: by the landlord."""
    complaint: ToldComplaint | None = Field(default=None, exclude_if=left_out)
    """Of a letter about a complaint."""
