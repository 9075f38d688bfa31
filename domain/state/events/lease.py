"""The lease, the keys, and who receives the client in the home."""

from datetime import date
from typing import Literal

from pydantic import Field

from domain.facts.parties import OrganisationId, PartnerNumber
from domain.facts.referral import District
from domain.facts.value import left_out, replace
from domain.messages.answers import CheckFailure, LegalGround
from domain.policy.policy import LeaseForm
from domain.state.events.event import Event
from domain.state.events.offer import let_down, lost
from domain.state.mediation import Mediation, OfferState, Receiving


class LeasePrepared(Event):
    type: Literal["LeasePrepared"] = "LeasePrepared"
    number: PartnerNumber

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, lease=replace(m.lease, number=self.number))


class LeaseFailed(Event):
    """The lease could not be signed: back to matching, not counted."""

    type: Literal["LeaseFailed"] = "LeaseFailed"
    failure: CheckFailure | None = None
    let_down_on: date | None = Field(default=None, exclude_if=left_out)
    """Today, where that was not the client's doing."""

    def apply(self, m: Mediation) -> Mediation:
        return let_down(lost(m, OfferState.FAILED_CHECK), self.let_down_on)


class LeaseSigned(Event):
    type: Literal["LeaseSigned"] = "LeaseSigned"
    form: LeaseForm
    keys_on: date
    legal_ground: LegalGround | None = None
    ends_on: date | None = None

    def apply(self, m: Mediation) -> Mediation:
        lease = replace(
            m.lease,
            form=self.form,
            agreed_keys_on=self.keys_on,
            legal_ground=self.legal_ground,
            ends_on=self.ends_on,
        )
        return replace(m, lease=lease)


class ReceivingTeamKnown(Event):
    """Which district team receives the client in the home that was accepted."""

    type: Literal["ReceivingTeamKnown"] = "ReceivingTeamKnown"
    team: OrganisationId
    district: District
    named: bool = False
    """Whether the municipality named it, and not the directory."""

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, receiving=Receiving(team=self.team, named=self.named))


class KeysPlanned(Event):
    type: Literal["KeysPlanned"] = "KeysPlanned"
    on: date

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, lease=replace(m.lease, keys_on=self.on))


class KeysHandedOver(Event):
    type: Literal["KeysHandedOver"] = "KeysHandedOver"
    on: date

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, lease=replace(m.lease, handed_over_on=self.on))


class KeysCorrected(Event):
    """The client got the keys on another day than was noted."""

    type: Literal["KeysCorrected"] = "KeysCorrected"
    on: date

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, lease=replace(m.lease, handed_over_on=self.on))


class ConversionAdvised(Event):
    """What is advised on a lease in the client's own name; the municipality is still to check it (advies)."""

    type: Literal["ConversionAdvised"] = "ConversionAdvised"
    on: date | None = None
    """From when it would be; None: there would be none, and landlord and tenant settle it."""

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, lease=replace(m.lease, advised_on=self.on))


class LeaseConverted(Event):
    """The lease is in the client's own name."""

    type: Literal["LeaseConverted"] = "LeaseConverted"
    on: date

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, lease=replace(m.lease, converted_on=self.on, advised_on=None), converted=True)


class ConversionExtended(Event):
    """It is too early for a lease in the client's own name."""

    type: Literal["ConversionExtended"] = "ConversionExtended"
    until: date

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, lease=replace(m.lease, advised_on=None))


class ConversionLeft(Event):
    """There will be no lease in the client's own name; landlord and tenant settle it outside the engine."""

    type: Literal["ConversionLeft"] = "ConversionLeft"

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, lease=replace(m.lease, advised_on=None), converted=True)
