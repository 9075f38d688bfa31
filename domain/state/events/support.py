"""The support at home, from the request to the first weeks."""

from datetime import date
from typing import Literal

from domain.facts.landing import LifeArea, SoftLanding
from domain.facts.parties import OrganisationId, PartnerNumber
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages.answers import Note, RetourCode
from domain.messages.commands import SupportReport
from domain.state.events.event import Event
from domain.state.mediation import Answered, Mediation, Support


def _is_first(support: Support) -> bool:
    return support.first_started_on == support.started_on


class SupportRequested(Event):
    type: Literal["SupportRequested"] = "SupportRequested"
    provider: OrganisationId

    def apply(self, m: Mediation) -> Mediation:
        bridged_by = m.support.bridged_by if m.support else None
        # what a former provider said of its own start says nothing of this one, and is not corrected any more
        answered: dict[TaskKind, Answered] = {**m.answered}
        answered.pop(TaskKind.CONFIRM_SUPPORT, None)
        return replace(m, support=Support(provider=self.provider, bridged_by=bridged_by), answered=answered)


class SupportRequestKnown(Event):
    type: Literal["SupportRequestKnown"] = "SupportRequestKnown"
    number: PartnerNumber

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, support=m.support and replace(m.support, number=self.number))


class RetourReceived(Event):
    """The provider's system answered a message of ours; with codes it rejects the message."""

    type: Literal["RetourReceived"] = "RetourReceived"
    message: PartnerNumber
    codes: tuple[RetourCode, ...] = ()
    request_rejected: bool = False
    """Whether it is the request for the present support that is rejected: the provider then has none."""

    def apply(self, m: Mediation) -> Mediation:
        answered = replace(m, retours={**m.retours, self.message: not self.codes})
        if not self.request_rejected:
            return answered
        return replace(answered, support=m.support and replace(m.support, number=None))


class SupportReturned(Event):
    """A provider took a request that was let go in the meantime: it is taken back."""

    type: Literal["SupportReturned"] = "SupportReturned"
    provider: OrganisationId
    number: PartnerNumber

    def apply(self, m: Mediation) -> Mediation:
        return m


class SupportPlanned(Event):
    type: Literal["SupportPlanned"] = "SupportPlanned"
    starts_on: date

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, support=m.support and replace(m.support, starts_on=self.starts_on))


class SupportUnable(Event):
    """The provider cannot start."""

    type: Literal["SupportUnable"] = "SupportUnable"
    provider: OrganisationId

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, support=m.support and replace(m.support, starts_on=None))


class SupportBridged(Event):
    """Somebody else supports the client until the provider can."""

    type: Literal["SupportBridged"] = "SupportBridged"
    by: OrganisationId

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, support=m.support and replace(m.support, bridged_by=self.by))


class SupportStarted(Event):
    type: Literal["SupportStarted"] = "SupportStarted"
    on: date
    lacking: tuple[SoftLanding, ...] = ()
    """What of the soft landing was not in place yet."""

    def apply(self, m: Mediation) -> Mediation:
        if m.support is None:
            return m
        first = self.on if m.support.start_undone else m.support.first_started_on or self.on
        started = replace(
            m.support, started_on=self.on, first_started_on=first, start_undone=False, lacking=self.lacking
        )
        return replace(m, support=started)


class SupportStartCorrected(Event):
    """Support started on another day than was noted."""

    type: Literal["SupportStartCorrected"] = "SupportStartCorrected"
    on: date

    def apply(self, m: Mediation) -> Mediation:
        if m.support is None:
            return m
        first = self.on if _is_first(m.support) else m.support.first_started_on
        return replace(m, support=replace(m.support, started_on=self.on, first_started_on=first))


class SupportStartUndone(Event):
    """What was noted as the start of support was none: support has yet to start, and counts from then."""

    type: Literal["SupportStartUndone"] = "SupportStartUndone"

    def apply(self, m: Mediation) -> Mediation:
        if m.support is None or not _is_first(m.support):
            return m
        return replace(m, support=replace(m.support, start_undone=True))


class SupportReported(Event):
    """The provider's system reported that support ended, or took its report of a start or a stop back."""

    type: Literal["SupportReported"] = "SupportReported"
    report: SupportReport
    on: date
    reason: RetourCode | None = None

    def apply(self, m: Mediation) -> Mediation:
        return m


class ProviderChanged(Event):
    """Another provider supports the client from now on."""

    type: Literal["ProviderChanged"] = "ProviderChanged"
    provider: OrganisationId
    note: Note

    def apply(self, m: Mediation) -> Mediation:
        support = m.support and replace(m.support, provider=self.provider, number=None, starts_on=None, bridged_by=None)
        return replace(m, support=support)


class LandingCompleted(Event):
    """More of the soft landing is in place."""

    type: Literal["LandingCompleted"] = "LandingCompleted"
    in_place: tuple[SoftLanding, ...]

    def apply(self, m: Mediation) -> Mediation:
        if m.support is None:
            return m
        lacking = tuple(item for item in m.support.lacking if item not in self.in_place)
        return replace(m, support=replace(m.support, lacking=lacking))


class PlanAgreed(Event):
    """The client and the provider agreed the support plan."""

    type: Literal["PlanAgreed"] = "PlanAgreed"
    on: date
    goals: tuple[LifeArea, ...] = ()

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, support=m.support and replace(m.support, plan_on=self.on))


class TalkHeld(Event):
    """The corporation talked with its tenant."""

    type: Literal["TalkHeld"] = "TalkHeld"
    on: date

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, support=m.support and replace(m.support, talk_on=self.on))
