"""What the values of the process are called: one table for each kind of value, one text for each value."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from domain.facts.absences import AbsenceKind
from domain.facts.clocks import ClockKind
from domain.facts.complaints import Complainant, ComplaintResult, NotHandled
from domain.facts.default_notice import LateDecision
from domain.facts.groups import GroupId
from domain.facts.landing import LifeArea, SoftLanding
from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import Role
from domain.facts.referral import Document, Known, ReadinessItem
from domain.facts.rules import Overridable
from domain.facts.signals import SignalKind
from domain.facts.tasks import Hindrance
from domain.messages.answers import (
    AlternativeForm,
    CheckFailure,
    CorporationDecline,
    DayPart,
    DecisionReason,
    KnownFrom,
    LegalGround,
    RefusalReason,
    SupportProduct,
    UrgencyCondition,
)
from domain.messages.commands import ClientWithdrawal, ContactField, Disputed, SupportReport, WithdrawalReason
from domain.messages.effects import Audience
from domain.policy.groups import SHIPPED
from domain.policy.policy import LeaseForm, OriginException
from domain.policy.spread import ClosedReason
from texts.whole import Words, exactly, whole


class Values(Words):
    """The tables. In each the keys are the members of one enumeration."""

    known: Annotated[Mapping[Known, str], whole(Known)]
    document: Annotated[Mapping[Document, str], whole(Document)]
    readiness_item: Annotated[Mapping[ReadinessItem, str], whole(ReadinessItem)]
    target_group: Annotated[Mapping[GroupId, str], exactly(SHIPPED)]
    """Of those that come with the product; a city's own have their words in its policy."""
    origin_exception: Annotated[Mapping[OriginException, str], whole(OriginException)]
    support: Annotated[Mapping[SupportProduct, str], whole(SupportProduct)]
    urgency_condition: Annotated[Mapping[UrgencyCondition, str], whole(UrgencyCondition)]
    living_form: Annotated[Mapping[AlternativeForm, str], whole(AlternativeForm)]
    decision_reason: Annotated[Mapping[DecisionReason, str], whole(DecisionReason)]
    """In a list to choose from. What a letter says of a reason is a sentence of its own."""
    refusal_reason: Annotated[Mapping[RefusalReason, str], whole(RefusalReason)]
    decline: Annotated[Mapping[CorporationDecline, str], whole(CorporationDecline)]
    corporation_withdrawal: Annotated[Mapping[WithdrawalReason, str], whole(WithdrawalReason)]
    client_withdrawal: Annotated[Mapping[ClientWithdrawal, str], whole(ClientWithdrawal)]
    support_report: Annotated[Mapping[SupportReport, str], whole(SupportReport)]
    lease_form: Annotated[Mapping[LeaseForm, str], whole(LeaseForm)]
    legal_ground: Annotated[Mapping[LegalGround, str], whole(LegalGround)]
    check_failure: Annotated[Mapping[CheckFailure, str], whole(CheckFailure)]
    soft_landing: Annotated[Mapping[SoftLanding, str], whole(SoftLanding)]
    life_area: Annotated[Mapping[LifeArea, str], whole(LifeArea)]
    day_part: Annotated[Mapping[DayPart, str], whole(DayPart)]
    contact_field: Annotated[Mapping[ContactField, str], whole(ContactField)]
    audience: Annotated[Mapping[Audience, str], whole(Audience)]
    known_from: Annotated[Mapping[KnownFrom, str], whole(KnownFrom)]
    absence: Annotated[Mapping[AbsenceKind, str], whole(AbsenceKind)]
    signal: Annotated[Mapping[SignalKind, str], whole(SignalKind)]
    disputed: Annotated[Mapping[Disputed, str], whole(Disputed)]
    set_aside: Annotated[Mapping[Overridable, str], whole(Overridable)]
    """A rule that a municipality sets aside, with a reason."""
    stage: Annotated[Mapping[Stage, str], whole(Stage)]
    outcome: Annotated[Mapping[Outcome, str], whole(Outcome)]
    role: Annotated[Mapping[Role, str], whole(Role)]
    complainant: Annotated[Mapping[Complainant, str], whole(Complainant)]
    complaint_result: Annotated[Mapping[ComplaintResult, str], whole(ComplaintResult)]
    not_handled: Annotated[Mapping[NotHandled, str], whole(NotHandled)]
    clock: Annotated[Mapping[ClockKind, str], whole(ClockKind)]
    late: Annotated[Mapping[LateDecision, str], whole(LateDecision)]
    hindrance: Annotated[Mapping[Hindrance, str], whole(Hindrance)]
    closed_reason: Annotated[Mapping[ClosedReason, str], whole(ClosedReason)]
    """Why a district or complex takes no placements."""

    def of(self, member: StrEnum) -> str:
        """Return what a value is called. Raises KeyError for a kind of value that has no table."""
        table: Mapping[StrEnum, str] = getattr(self, TABLES[type(member)])
        return table[member]


TABLES: Mapping[type[StrEnum], str] = {
    AbsenceKind: "absence",
    AlternativeForm: "living_form",
    CheckFailure: "check_failure",
    ClientWithdrawal: "client_withdrawal",
    ClosedReason: "closed_reason",
    Audience: "audience",
    ClockKind: "clock",
    Complainant: "complainant",
    ComplaintResult: "complaint_result",
    ContactField: "contact_field",
    CorporationDecline: "decline",
    DayPart: "day_part",
    DecisionReason: "decision_reason",
    Disputed: "disputed",
    Document: "document",
    Known: "known",
    KnownFrom: "known_from",
    LateDecision: "late",
    Hindrance: "hindrance",
    LeaseForm: "lease_form",
    LegalGround: "legal_ground",
    LifeArea: "life_area",
    NotHandled: "not_handled",
    OriginException: "origin_exception",
    Outcome: "outcome",
    ReadinessItem: "readiness_item",
    RefusalReason: "refusal_reason",
    Role: "role",
    Overridable: "set_aside",
    SignalKind: "signal",
    SoftLanding: "soft_landing",
    Stage: "stage",
    SupportProduct: "support",
    SupportReport: "support_report",
    UrgencyCondition: "urgency_condition",
    WithdrawalReason: "corporation_withdrawal",
}
"""By which name a kind of value has its table."""
