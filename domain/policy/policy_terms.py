"""Parts of a policy: who may apply, who decides, how far days may lie, what the call asks, how long data is kept."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from domain.facts.calendar import Term
from domain.facts.parties import LOOKING_ON, Role
from domain.facts.value import Value


def partner(role: Role) -> Role:
    """Return the role of an organisation that takes part. Raises ValueError for one that only looks on."""
    if role in LOOKING_ON:
        raise ValueError(f"an {role.value} takes no part in a mediation; name an organisation that does")
    return role


def holder(name: object) -> object:
    """Return whose a task is to be. Raises ValueError for a role that only looks on."""
    if isinstance(name, str) and name in LOOKING_ON:
        partner(Role(name))
    return name


def referrer(role: Role) -> Role:
    """Return the role of an organisation that may refer a client. Raises ValueError for another."""
    if role not in {Role.INSTITUTION, Role.COORDINATOR}:
        raise ValueError(f"a {role.value} cannot refer a client; write 'institution' or 'coordinator'")
    return role


class ApplicationPolicy(Value):
    """Who may refer a client (aanmelden). A client never applies alone: the referrer does so with the client."""

    by: tuple[Annotated[Role, AfterValidator(referrer)], ...] = Field(
        default=(Role.INSTITUTION, Role.COORDINATOR), min_length=1
    )


class DecisionMaker(StrEnum):
    """Who decides on the urgency (Huisvestingswet art. 13: burgemeester en wethouders, who may mandate it)."""

    MUNICIPALITY = "municipality"
    MANDATED_DESK = "mandated_desk"
    """A desk that decides in the name of burgemeester en wethouders."""


class DecisionPolicy(Value):
    """Who decides, after what, on what ground and what it costs. Rules read whether the decision follows on the advice;
    letters name the ground; a file's maker is who owns that step; the rest is told in the description.
    """

    maker: DecisionMaker = DecisionMaker.MUNICIPALITY
    """Who decides after the advice. A file that has no such step names none."""
    after_advice: bool = False
    """Whether the team's assessment is an advice on which the urgency is decided as a step of its own. If not, the
    assessment decides, as it did in every policy before this was asked.
    """
    desk: str | None = Field(default=None, max_length=80)
    """The name of the desk that prepares or takes the decision."""
    advice: str | None = Field(default=None, max_length=80)
    """The name of the committee that advises (urgentiecommissie). It takes part where `owners` has it assess."""
    ground: str = Field(default="artikel 13 van de Huisvestingswet 2014", min_length=3, max_length=200)
    """On which article of which by-law decisions rest, in Dutch: every letter with a decision names it (Awb 3:47)."""
    fee_cents: int = Field(default=0, ge=0)
    """What the applicant pays (leges), in cents."""


class BoundsPolicy(Value):
    """How far a day that somebody gives may lie from today. None in policies of before there were bounds."""

    told: Term | None = None
    """How long ago what is told may have happened: support that started, a talk, an absence."""
    ahead: Term | None = None
    """How far ahead the start of support may lie, or a lease in the client's own name."""
    review: Term | None = None
    """How far ahead it is looked again whether a client is ready."""
    viewing: Term | None = None
    """How far ahead a dwelling is viewed."""
    keys: Term | None = None
    """How far ahead the keys may be agreed."""


class CallAnchor(StrEnum):
    """The day from which the term of the follow-up call runs."""

    KEYS = "keys"
    SUPPORT_START = "support_start"


class CallTopic(StrEnum):
    """What the follow-up call asks about."""

    HOME = "home"
    SUPPORT = "support"
    DAY_ACTIVITY = "day_activity"
    MONEY = "money"
    HEALTH = "health"
    NEIGHBOURS = "neighbours"
    WHAT_ELSE = "what_else"


class RetentionPolicy(Value):
    """How long data is kept. Of `reads_years` the upkeep sees to it; the others are told in the description, and
    whoever erases goes by them.
    """

    support_years: int = Field(default=15, ge=1, le=30)
    """Data on support at home (Wmo 2015 art. 5.3.4)."""
    rejected_years: int = Field(default=5, ge=1, le=30)
    """Referrals that led to no provision."""
    erase_within_months: int = Field(default=3, ge=1, le=12)
    """After a client's written request, unless a law forbids (Wmo 2015 art. 5.3.5)."""
    reads_years: int = Field(default=5, ge=1, le=30)
    """Who read personal data of a client, and why: as long as the client may claim damages for it (BW 3:310)."""
