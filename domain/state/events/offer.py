"""A place within the capacity, the dwellings that are listed, and what becomes of an offer."""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from pydantic import Field

from domain.facts.absences import AbsenceKind
from domain.facts.dwelling import Candidate, HomeRef, LeftOut, Unsuitable
from domain.facts.parties import OrganisationId, PartnerNumber
from domain.facts.tasks import Task
from domain.facts.value import left_out, replace
from domain.messages.answers import CorporationDecline, Note, RefusalReason
from domain.messages.commands import WithdrawalReason
from domain.policy.queue import Turn
from domain.policy.scarce import InLine, SpreadClaim
from domain.state.events.event import Event
from domain.state.mediation import Lease, Mediation, Offer, OfferState, OfferWithdrawal, Place, PlaceState


def with_last(m: Mediation, state: OfferState) -> Mediation:
    """Return the mediation with its last offer in this state."""
    return _last(m, replace(m.offers[-1], state=state))


def lost(m: Mediation, state: OfferState) -> Mediation:
    """The dwelling is gone, and with it the lease, the support and who receives the client there."""
    return replace(with_last(m, state), lease=Lease(), support=None, receiving=None)


def let_down(m: Mediation, on: date | None) -> Mediation:
    """The client was let down on a day; whoever was before stays where that day puts them."""
    return replace(m, let_down_on=m.let_down_on or on)


def _last(m: Mediation, offer: Offer) -> Mediation:
    return replace(m, offers=(*m.offers[:-1], offer))


class PlaceReserved(Event):
    type: Literal["PlaceReserved"] = "PlaceReserved"
    year: int
    units: int
    beyond_limit: bool = False
    half: Literal[1, 2] | None = None
    shared_by: tuple[OrganisationId, ...] = ()
    """The municipalities whose shared capacity it counts in."""
    part: str | None = None
    """The first sub-target it counts for."""
    also: tuple[str, ...] = Field(default=(), exclude_if=left_out)
    """Further sub-targets it counts for."""
    turn: Turn | None = Field(default=None, exclude_if=left_out)
    """Why it was this client's turn, of somebody who waited."""

    def apply(self, m: Mediation) -> Mediation:
        place = Place(
            year=self.year,
            units=self.units,
            half=self.half,
            shared_by=self.shared_by,
            part=self.part,
            also=self.also,
            beyond_limit=self.beyond_limit,
        )
        return replace(m, place=place)


class PlaceUnavailable(Event):
    type: Literal["PlaceUnavailable"] = "PlaceUnavailable"
    year: int
    half: Literal[1, 2] | None = None
    ahead: int | None = Field(default=None, exclude_if=left_out)
    """How many who wait already come before; None: nobody, or it was not looked at."""

    def apply(self, m: Mediation) -> Mediation:
        return m


class PlaceMoved(Event):
    """The keys came in a later period than the reservation: the place counts there, and no longer where it was."""

    type: Literal["PlaceMoved"] = "PlaceMoved"
    year: int
    half: Literal[1, 2] | None = None
    beyond_limit: bool = False
    """Whether there was no room left: the home is let, so that it counts all the same."""

    def apply(self, m: Mediation) -> Mediation:
        place = m.place and replace(m.place, year=self.year, half=self.half, beyond_limit=self.beyond_limit)
        return replace(m, place=place)


class PlaceConsumed(Event):
    type: Literal["PlaceConsumed"] = "PlaceConsumed"

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, place=m.place and replace(m.place, state=PlaceState.CONSUMED))


class PlaceReleased(Event):
    type: Literal["PlaceReleased"] = "PlaceReleased"

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, place=None)


class DwellingsListed(Event):
    """The released dwellings were held against the client's needs; those that suit are kept."""

    type: Literal["DwellingsListed"] = "DwellingsListed"
    considered: int
    away: tuple[OrganisationId, ...] = ()
    """Corporations whose system did not answer: what was known of them stays."""
    suitable: tuple[Candidate, ...]
    unsuitable: tuple[Unsuitable, ...] = ()
    """Of those that do not suit, the longest released: what stands in the way."""
    unmet: Mapping[str, int] = Field(default_factory=dict)
    """How many of all that do not suit each condition kept away."""
    full: tuple[Candidate, ...] = ()
    """Dwellings that suit, in a district or complex that takes no placement now."""
    further: tuple[HomeRef, ...] = Field(default=(), exclude_if=left_out)
    """More dwellings that suit than are shown: they can be offered as well."""
    left_out: tuple[LeftOut, ...] = ()
    """Released dwellings that cannot be used for what they lack, some of each corporation."""

    def apply(self, m: Mediation) -> Mediation:
        return replace(
            m,
            candidates=tuple(c for c in m.candidates if c.dwelling.corporation in self.away) + self.suitable,
            unsuitable=tuple(u for u in m.unsuitable if u.corporation in self.away) + self.unsuitable,
            considered=self.considered,
            unmet=self.unmet,
            full=tuple(c for c in m.full if c.dwelling.corporation in self.away) + self.full,
            further=tuple(one for one in m.further if one.corporation in self.away) + self.further,
        )


class ChoiceLeft(Event):
    """A corporation whose turn it was chose none of its dwellings: it said so, or its time was over."""

    type: Literal["ChoiceLeft"] = "ChoiceLeft"
    corporation: OrganisationId
    homes: tuple[HomeRef, ...]
    """Those that it could choose from: it is asked about them no more, until an offer is made."""
    reason: CorporationDecline | None = None

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, homes_left=tuple(dict.fromkeys((*m.homes_left, *self.homes))))


class ChoicePassedOn(Event):
    """Another is to choose a home from now on: a corporation that has some, or the municipality."""

    type: Literal["ChoicePassedOn"] = "ChoicePassedOn"
    task: Task

    def apply(self, m: Mediation) -> Mediation:
        tasks = tuple(self.task if t.id == self.task.id else t for t in m.tasks)
        return replace(m, tasks=tasks, asked=m.asked_besides(self.task.owner))


class OfferPrepared(Event):
    """A dwelling was chosen and claimed; the corporation is asked to confirm."""

    type: Literal["OfferPrepared"] = "OfferPrepared"
    candidate: Candidate
    spread: tuple[SpreadClaim, ...] = ()
    """The placements in its district and complex that were claimed with it."""
    turn: Turn | None = Field(default=None, exclude_if=left_out)
    """Why it was this client's turn; none where nobody looked who else waits for the home."""
    passed_over: tuple[InLine, ...] = Field(default=(), exclude_if=left_out)
    """Who came before in the order: a person chose otherwise, for the reason in the answer's note."""
    following: InLine | None = Field(default=None, exclude_if=left_out)
    """Who came next after this client."""

    def apply(self, m: Mediation) -> Mediation:
        dwelling = self.candidate.dwelling
        ref = HomeRef(corporation=dwelling.corporation, dwelling=dwelling.id)
        return replace(
            m,
            offers=(*m.offers, Offer(candidate=self.candidate, spread=self.spread)),
            candidates=tuple(c for c in m.candidates if c.dwelling != dwelling),
            full=tuple(c for c in m.full if c.dwelling != dwelling),
            further=tuple(one for one in m.further if one != ref),
            homes_left=(),
        )


class OfferPlaced(Event):
    type: Literal["OfferPlaced"] = "OfferPlaced"
    number: PartnerNumber

    def apply(self, m: Mediation) -> Mediation:
        return _last(m, replace(m.offers[-1], state=OfferState.PLACED, number=self.number))


class OfferChanged(Event):
    """The home is not as it was offered: this is how it is now, and how it suits."""

    type: Literal["OfferChanged"] = "OfferChanged"
    candidate: Candidate
    asked_anew: bool = False
    """Whether the client had said yes, and is asked again: the rent goes up."""

    def apply(self, m: Mediation) -> Mediation:
        changed = _last(m, replace(m.offers[-1], candidate=self.candidate))
        if not self.asked_anew:
            return changed
        again = replace(changed.offers[-1], state=OfferState.PLACED, lease_asked=True)
        return replace(_last(changed, again), support=None, receiving=None)


class OfferDeclined(Event):
    """The corporation did not make the offer: never counted against the client."""

    type: Literal["OfferDeclined"] = "OfferDeclined"
    reason: CorporationDecline

    def apply(self, m: Mediation) -> Mediation:
        return with_last(m, OfferState.DECLINED)


class OfferWithdrawn(Event):
    """The corporation took the offer back: never counted as a refusal."""

    type: Literal["OfferWithdrawn"] = "OfferWithdrawn"
    reason: WithdrawalReason
    let_down_on: date | None = Field(default=None, exclude_if=left_out)
    """Today, where the client had been told of the offer: a reason to come first for the next."""

    def apply(self, m: Mediation) -> Mediation:
        return let_down(lost(m, OfferState.WITHDRAWN), self.let_down_on)


class OfferWithdrawalReported(Event):
    """The corporation says that it takes back a home of which the lease is signed; the municipality decides."""

    type: Literal["OfferWithdrawalReported"] = "OfferWithdrawalReported"
    reporter: OrganisationId
    reason: WithdrawalReason
    by_system: bool = Field(default=False, exclude_if=left_out)
    """Whether it was read in the corporation's system, where the home is taken back already."""
    note: Note | None = None

    def apply(self, m: Mediation) -> Mediation:
        told = OfferWithdrawal(reporter=self.reporter, reason=self.reason, by_system=self.by_system)
        return _last(m, replace(m.offers[-1], withdrawal=told))


class OfferWithdrawalDenied(Event):
    """The lease stands: the client gets the home, and the mediation goes on."""

    type: Literal["OfferWithdrawalDenied"] = "OfferWithdrawalDenied"
    note: Note | None = None

    def apply(self, m: Mediation) -> Mediation:
        return m


class OfferLetGo(Event):
    """The offer was let go because the client was readmitted or detained: never counted as a refusal."""

    type: Literal["OfferLetGo"] = "OfferLetGo"
    reason: AbsenceKind

    def apply(self, m: Mediation) -> Mediation:
        return lost(m, OfferState.LET_GO)


class OfferReturned(Event):
    """The corporation confirmed an offer that was let go in the meantime: it is given back."""

    type: Literal["OfferReturned"] = "OfferReturned"
    corporation: OrganisationId
    number: PartnerNumber

    def apply(self, m: Mediation) -> Mediation:
        return m


class ViewingPlanned(Event):
    type: Literal["ViewingPlanned"] = "ViewingPlanned"
    on: date

    def apply(self, m: Mediation) -> Mediation:
        return _last(m, replace(m.offers[-1], viewing_on=self.on))


class ViewingHeld(Event):
    type: Literal["ViewingHeld"] = "ViewingHeld"
    on: date

    def apply(self, m: Mediation) -> Mediation:
        return _last(m, replace(m.offers[-1], viewing_on=self.on))


class ViewingMissed(Event):
    type: Literal["ViewingMissed"] = "ViewingMissed"

    def apply(self, m: Mediation) -> Mediation:
        last = m.offers[-1]
        return _last(m, replace(last, viewing_on=None, viewings_missed=last.viewings_missed + 1))


class OfferAccepted(Event):
    type: Literal["OfferAccepted"] = "OfferAccepted"

    def apply(self, m: Mediation) -> Mediation:
        return with_last(m, OfferState.ACCEPTED)


class OfferRefused(Event):
    type: Literal["OfferRefused"] = "OfferRefused"
    reason: RefusalReason

    def apply(self, m: Mediation) -> Mediation:
        return replace(with_last(m, OfferState.REFUSED), let_down_on=None)


class RefusalJudged(Event):
    type: Literal["RefusalJudged"] = "RefusalJudged"
    valid: bool

    def apply(self, m: Mediation) -> Mediation:
        return with_last(m, OfferState.REFUSED_VALID if self.valid else OfferState.REFUSED_INVALID)
