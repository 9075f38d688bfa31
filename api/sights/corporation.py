"""What a housing corporation sees: its own offers, tasks and tenancy, and nothing of the client's care.

How a mediation ended is never told: an end can tell of health or justice. That it ended is.
"""

from datetime import date, datetime
from enum import StrEnum

from pydantic import Field

from api.views import ConditionView, DwellingView, LeaseView, TaskView, View
from domain.facts.conditions import Condition
from domain.facts.dwelling import Candidate
from domain.facts.outcome import Stage
from domain.facts.signals import SignalKind, SignalState
from domain.facts.tasks import TaskKind
from domain.state.mediation import Mediation, Offer, OfferState
from store.journal import Loaded
from store.read_model import MediationLine

TENANCY = frozenset({SignalKind.NUISANCE, SignalKind.ARREARS})
"""The signals that concern a landlord."""
OF_THE_HOME = frozenset({"rooms", "rent", "rent_band", "accessible", "household", "complex_load"})
"""The conditions that are about the home and how many live there."""


class OwnOfferState(StrEnum):
    """How an offer stands, for who made it."""

    PREPARED = "prepared"
    PLACED = "placed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LET_GO = "let_go"
    FAILED_CHECK = "failed_check"


STATES = {state: OwnOfferState(state.value.removesuffix("_valid").removesuffix("_invalid")) for state in OfferState}
"""Whether a refusal was valid is between the client and the municipality."""


class OwnTask(TaskView):
    """An open task of yours."""

    overdue: bool
    reminded: int = Field(description="How many reminders were sent")


class OwnCandidate(View):
    """A dwelling of yours that suits, from which you may choose."""

    dwelling: DwellingView
    conditions: tuple[ConditionView, ...] = Field(description="About the home, each with what was found and asked")


class OwnOffer(OwnCandidate):
    """A dwelling of yours that was offered."""

    state: OwnOfferState
    number: str | None = Field(description="Your number of the offer")
    viewing_on: date | None = Field(description="When the dwelling is or was viewed")


class TenantNeeds(View):
    """What the home must have."""

    rooms: int
    accessible: bool


class TenantFacts(View):
    """What a landlord must know of who will live there."""

    household_size: int
    needs: TenantNeeds
    address_secret: bool = Field(description="Who may know the address is limited, for safety")


class TenantSupport(View):
    """Who supports the tenant, and since when."""

    provider: str
    starts_on: date | None
    bridged_by: str | None
    started_on: date | None
    talk_on: date | None = Field(description="When you talked with your tenant")


class TenancySignal(View):
    """Nuisance or arrears."""

    id: str
    kind: SignalKind
    reported_at: datetime
    state: SignalState
    objected: bool = Field(description="The tenant does not want the arrears passed on")


class CorporationMediation(View):
    """A mediation in which a dwelling of yours was offered, or in which you are to choose one."""

    id: str
    reference: str = Field(description="What it is called on the phone", examples=["A26-0019"])
    version: int = Field(description="How many events there are; the ETag and what `If-Match` compares")
    municipality: str
    test: bool = Field(description="Whether it is a trial with an invented client, that no report counts")
    ended: bool
    stage: Stage | None = Field(description="While your dwelling is the one that is offered or let; else null")
    paused_at: datetime | None = Field(description="Since when nothing falls due; while your dwelling is the one")
    referral: TenantFacts
    tasks: tuple[OwnTask, ...]
    candidates: tuple[OwnCandidate, ...] = Field(description="While you are to choose: your dwellings that suit")
    offers: tuple[OwnOffer, ...]
    lease: LeaseView | None = Field(description="While your dwelling is the one; else null")
    support: TenantSupport | None = Field(description="While your dwelling is the one; else null")
    signals: tuple[TenancySignal, ...]


class CorporationSummary(View):
    """A mediation in a list."""

    id: str
    reference: str = Field(description="What it is called on the phone", examples=["A26-0019"])
    version: int
    municipality: str
    test: bool = Field(description="Whether it is a trial with an invented client, that no report counts")
    ended: bool
    tasks: tuple[TaskView, ...]


class CorporationInboxTask(TaskView):
    """A task in your inbox."""

    mediation: str
    reference: str = Field(description="What it is called on the phone", examples=["A26-0019"])
    municipality: str
    test: bool = Field(description="Whether it is a trial with an invented client, that no report counts")
    reminded: int
    escalated: int


class OwnSuitable(OwnCandidate):
    """A dwelling of yours that was offered, and how it suited."""

    offer: OwnOfferState


class OwnDwellings(View):
    """Your dwellings that were offered to a client, and those from which you are to choose."""

    offered: tuple[OwnSuitable, ...]
    suitable: tuple[OwnCandidate, ...] = Field(description="While you are to choose: what you can offer")


def corporation_mediation(of: Loaded, corporation: str) -> CorporationMediation:
    """Show a mediation to one of its corporations."""
    state = of.state
    landlord = keeps_for(state, corporation)
    return CorporationMediation(
        id=state.id,
        reference=of.reference,
        version=state.sequence,
        municipality=state.parties.municipality,
        test=state.test,
        ended=state.stage is Stage.CLOSED,
        stage=state.stage if landlord else None,
        paused_at=state.paused_at if landlord else None,
        referral=TenantFacts.model_validate(state.referral),
        tasks=tuple(OwnTask(**task.model_dump()) for task in state.tasks if task.owner == corporation),
        candidates=_to_choose_from(state, corporation),
        offers=tuple(_offer(offer) for offer in offers_of(state, corporation)),
        lease=LeaseView.model_validate(state.lease) if landlord else None,
        support=TenantSupport.model_validate(state.support) if landlord and state.support else None,
        signals=tuple(
            TenancySignal.model_validate(signal) for signal in state.signals if landlord and signal.kind in TENANCY
        ),
    )


def corporation_summary(line: MediationLine, tasks: tuple[TaskView, ...]) -> CorporationSummary:
    """Show a mediation of a list, with the corporation's own tasks."""
    return CorporationSummary(
        id=line.id,
        reference=line.reference,
        version=line.sequence,
        municipality=line.municipality,
        test=line.test,
        ended=line.stage is Stage.CLOSED,
        tasks=tasks,
    )


def own_dwellings(state: Mediation, corporation: str) -> OwnDwellings:
    """Show why a corporation's own dwellings were offered, or may be."""
    offers = offers_of(state, corporation)
    return OwnDwellings(offered=tuple(map(_suitable, offers)), suitable=_to_choose_from(state, corporation))


def choices_of(state: Mediation, corporation: str) -> tuple[Candidate, ...]:
    """Return the dwellings from which a corporation is to choose: its own that suit, as long as it has the task."""
    asked = state.open_of(TaskKind.MAKE_OFFER)
    if asked is None or asked.owner != corporation:
        return ()
    return tuple(candidate for candidate in state.candidates if candidate.dwelling.corporation == corporation)


def offers_of(state: Mediation, corporation: str) -> tuple[Offer, ...]:
    """Return the offers that a corporation made."""
    return tuple(offer for offer in state.offers if offer.candidate.dwelling.corporation == corporation)


def keeps_for(state: Mediation, corporation: str) -> bool:
    """Tell whether a dwelling of this corporation is kept for the client, or is the client's home."""
    live = state.live_offer
    return live is not None and live.candidate.dwelling.corporation == corporation


def of_the_home(conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """Return the conditions that are about the home."""
    return tuple(condition for condition in conditions if condition.name in OF_THE_HOME)


def _offer(offer: Offer) -> OwnOffer:
    return OwnOffer(
        dwelling=DwellingView.model_validate(offer.candidate.dwelling),
        conditions=ConditionView.of_each(of_the_home(offer.candidate.conditions)),
        state=STATES[offer.state],
        number=offer.number,
        viewing_on=offer.viewing_on,
    )


def _to_choose_from(state: Mediation, corporation: str) -> tuple[OwnCandidate, ...]:
    return tuple(
        OwnCandidate(
            dwelling=DwellingView.model_validate(candidate.dwelling),
            conditions=ConditionView.of_each(of_the_home(candidate.conditions)),
        )
        for candidate in choices_of(state, corporation)
    )


def _suitable(offer: Offer) -> OwnSuitable:
    return OwnSuitable(
        dwelling=DwellingView.model_validate(offer.candidate.dwelling),
        conditions=ConditionView.of_each(of_the_home(offer.candidate.conditions)),
        offer=STATES[offer.state],
    )
