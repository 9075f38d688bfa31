"""Who the client is, and to what the client is entitled."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from domain.facts.clocks import Clock
from domain.facts.groups import AgeRange
from domain.facts.parties import OrganisationId, Role
from domain.facts.referral import Checklist, Document, ReferralChanges
from domain.facts.value import left_out, replace, unsaid
from domain.messages.answers import (
    AlternativeForm,
    AssessmentResult,
    DecisionReason,
    Note,
    SupportProduct,
    UrgencyCondition,
)
from domain.messages.commands import Disputed, FilePart
from domain.policy.policy import OriginException
from domain.state.decision import Basis, TakenBack, no_longer
from domain.state.events.event import Event
from domain.state.mediation import Advice, Mediation, Origin, Transfer


class DocumentsSupplied(Event):
    type: Literal["DocumentsSupplied"] = "DocumentsSupplied"
    documents: tuple[Document, ...]
    complete_on: date | None = Field(default=None, exclude_if=left_out)
    """When all that was asked for was there, if it is; None in policies of before that was told apart."""

    def apply(self, m: Mediation) -> Mediation:
        documents = tuple(dict.fromkeys(m.referral.documents + self.documents))
        supplied = self.complete_on or m.supplied_on
        return replace(m, referral=replace(m.referral, documents=documents), supplied_on=supplied)


class ReadinessChecked(Event):
    """What is known of the items of readiness."""

    type: Literal["ReadinessChecked"] = "ReadinessChecked"
    checklist: Checklist

    def apply(self, m: Mediation) -> Mediation:
        checklist = m.referral.checklist.updated(self.checklist)
        return replace(m, referral=replace(m.referral, checklist=checklist))


class ReferralCorrected(Event):
    """Facts were wrong and are now these; what was decided on the old ones stays as it was."""

    type: Literal["ReferralCorrected"] = "ReferralCorrected"
    changes: ReferralChanges
    note: Note

    def apply(self, m: Mediation) -> Mediation:
        # The fields of `ReferralChanges` are fields of a referral, and None is none of their values.
        given = {name: value for name, value in self.changes if value is not None}
        if self.changes.age is not None:
            given["age_between"] = None
        return replace(m, referral=replace(m.referral, **given))


class OriginDetermined(Event):
    """From which municipality the client comes, and why the client is helped here when that is another one."""

    type: Literal["OriginDetermined"] = "OriginDetermined"
    origin: OrganisationId
    exception: OriginException | None = None
    funded_by: OrganisationId | None = None

    def apply(self, m: Mediation) -> Mediation:
        origin = Origin(municipality=self.origin, exception=self.exception, funded_by=self.funded_by)
        return replace(m, origin=origin)


class TransferRefused(Event):
    """The municipality of origin does not take the client over."""

    type: Literal["TransferRefused"] = "TransferRefused"
    origin: OrganisationId

    def apply(self, m: Mediation) -> Mediation:
        determined = m.origin or Origin(municipality=self.origin)
        return replace(m, origin=replace(determined, transfer_refused=True))


class TransferProposed(Event):
    """Another municipality is asked to carry the mediation on; the client agreed to that, and to what goes along."""

    type: Literal["TransferProposed"] = "TransferProposed"
    to: OrganisationId
    by_hand: bool
    on: date
    consent_on: date
    consent: Literal["written", "spoken"]
    shares: tuple[FilePart, ...]
    notes: tuple[Note, ...] = ()
    note: Note

    def apply(self, m: Mediation) -> Mediation:
        proposed = Transfer(
            to=self.to,
            by_hand=self.by_hand,
            proposed_on=self.on,
            consent_on=self.consent_on,
            consent=self.consent,
            shares=self.shares,
            notes=self.notes,
            note=self.note,
        )
        return replace(m, transfer=proposed)


class TransferAgreed(Event):
    """The other municipality carries the mediation on."""

    type: Literal["TransferAgreed"] = "TransferAgreed"
    to: OrganisationId
    takes_over_on: date

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, transfer=m.transfer and replace(m.transfer, takes_over_on=self.takes_over_on))


def _goes_on_here(m: Mediation) -> Mediation:
    return replace(m, transfer=m.transfer and replace(m.transfer, over=True))


class TransferDeclined(Event):
    """The other municipality does not carry it on: it goes on here."""

    type: Literal["TransferDeclined"] = "TransferDeclined"
    to: OrganisationId
    note: Note

    def apply(self, m: Mediation) -> Mediation:
        return _goes_on_here(m)


class TransferWithdrawn(Event):
    """The other municipality is asked no longer: it goes on here."""

    type: Literal["TransferWithdrawn"] = "TransferWithdrawn"
    to: OrganisationId
    note: Note | None = None

    def apply(self, m: Mediation) -> Mediation:
        return _goes_on_here(m)


class AlternativeAdvised(Event):
    """Something else than an own home is better for the client now."""

    type: Literal["AlternativeAdvised"] = "AlternativeAdvised"
    form: AlternativeForm

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, alternative=self.form)


class UrgencyAdvised(Event):
    """What the team advises on the urgency; who decides on it is still to do so (advies)."""

    type: Literal["UrgencyAdvised"] = "UrgencyAdvised"
    result: AssessmentResult
    support: SupportProduct | None = None
    conditions: tuple[UrgencyCondition, ...] = ()
    reasons: tuple[DecisionReason, ...] = Field(default=(), exclude_if=left_out)
    note: Note | None = Field(default=None, exclude_if=left_out)
    """What the team wrote: a decision that follows the advice tells it (Awb 3:49)."""

    def apply(self, m: Mediation) -> Mediation:
        basis = Basis(reasons=self.reasons, notes=(self.note,) if self.note else ())
        advice = Advice(result=self.result, support=self.support, conditions=self.conditions, basis=basis)
        return replace(m, advice=advice)


class UrgencyDecided(Event):
    """It was decided to grant the urgency: by whom, when, what, on which ground and why (besluit). A refusal is decided
    after a hearing, and stands in `MediationClosed`.
    """

    type: Literal["UrgencyDecided"] = "UrgencyDecided"
    by: OrganisationId
    role: Role
    on: date
    support: SupportProduct
    conditions: tuple[UrgencyCondition, ...] = ()
    ground: str
    as_advised: bool
    """If not, the note says why (Awb 3:50)."""
    note: Note | None = None

    def apply(self, m: Mediation) -> Mediation:
        return m


class UrgencyGranted(Event):
    """The client is entitled to a dwelling, with this support (urgentieverklaring)."""

    type: Literal["UrgencyGranted"] = "UrgencyGranted"
    support: SupportProduct
    conditions: tuple[UrgencyCondition, ...] = ()
    age: int | None = Field(default=None, exclude_if=unsaid)
    """How old the client is on this day: by that the client counts for sub-targets from now on. None where it was not
    looked up: then by the age of the referral.
    """
    age_between: AgeRange | None = Field(default=None, exclude_if=unsaid)
    """In place of `age`, where the date of birth is known only in part and leaves more than one."""

    def apply(self, m: Mediation) -> Mediation:
        decisions = no_longer(m.decisions, Disputed.NOT_EXTENDED)
        known = self.age is not None or self.age_between is not None
        referral = replace(m.referral, age=self.age, age_between=self.age_between) if known else m.referral
        return replace(
            m,
            referral=referral,
            urgency=self.support,
            urgency_conditions=self.conditions,
            decisions=decisions,
            taken_back=None,
        )


class UrgencyTakenBack(Event):
    """A granted urgency was taken back against the client's will, after a hearing: how it stood."""

    type: Literal["UrgencyTakenBack"] = "UrgencyTakenBack"
    support: SupportProduct
    conditions: tuple[UrgencyCondition, ...] = ()
    clocks: tuple[Clock, ...] = ()
    """The terms that ran with it."""
    at: datetime

    def apply(self, m: Mediation) -> Mediation:
        taken = TakenBack(support=self.support, conditions=self.conditions, clocks=self.clocks, at=self.at)
        return replace(m, taken_back=taken)


class UrgencyGivenBack(Event):
    """An objection was right: the urgency that was taken back holds again, and its terms run on."""

    type: Literal["UrgencyGivenBack"] = "UrgencyGivenBack"
    support: SupportProduct
    conditions: tuple[UrgencyCondition, ...] = ()
    clocks: tuple[Clock, ...] = ()

    def apply(self, m: Mediation) -> Mediation:
        clocks = (*m.clocks, *self.clocks)
        return replace(m, urgency=self.support, urgency_conditions=self.conditions, clocks=clocks, taken_back=None)
