"""How a complaint of how somebody was treated is registered and answered (Awb chapter 9)."""

from datetime import date
from typing import Any, Literal

from domain.facts.complaints import Complainant, Complaint, ComplaintResult, NotHandled
from domain.facts.parties import OrganisationId
from domain.facts.value import replace
from domain.messages.answers import ComplaintHearing, Note
from domain.state.events.event import Event
from domain.state.mediation import Mediation


def _changed(m: Mediation, complaint: str, **changes: Any) -> Mediation:
    return replace(m, complaints=tuple(replace(one, **changes) if one.id == complaint else one for one in m.complaints))


class ComplaintFiled(Event):
    """Somebody complains of how they were treated (klacht)."""

    type: Literal["ComplaintFiled"] = "ComplaintFiled"
    complaint: str
    complainant: Complainant
    organisation: OrganisationId | None = None
    made_on: date
    received_on: date
    last_day: date
    """The last day for the answer (Awb 9:11 lid 1)."""
    committee: bool = False
    note: Note
    """Where the complaint is."""

    def apply(self, m: Mediation) -> Mediation:
        filed = Complaint(
            id=self.complaint,
            complainant=self.complainant,
            organisation=self.organisation,
            made_on=self.made_on,
            received_on=self.received_on,
            last_day=self.last_day,
            committee=self.committee,
        )
        return replace(m, complaints=(*m.complaints, filed))


class ComplaintPostponed(Event):
    """The answer comes later (Awb 9:11 lid 2 and 3)."""

    type: Literal["ComplaintPostponed"] = "ComplaintPostponed"
    complaint: str
    last_day: date
    agreed: bool = False
    """Whether the complainant agreed to it in writing."""

    def apply(self, m: Mediation) -> Mediation:
        before = m.complaint(self.complaint)
        return _changed(m, self.complaint, last_day=self.last_day, postponed=(before.postponed if before else 0) + 1)


class ComplaintAnswered(Event):
    """The complaint was answered; what was found stands in the note of the answer."""

    type: Literal["ComplaintAnswered"] = "ComplaintAnswered"
    complaint: str
    result: ComplaintResult
    ground: NotHandled | None = None
    hearing: ComplaintHearing | None = None
    """Whether the complainant was heard (Awb 9:10)."""
    on: date

    def apply(self, m: Mediation) -> Mediation:
        return _changed(m, self.complaint, result=self.result, ground=self.ground, answered_on=self.on)


class ComplaintAnswerSent(Event):
    """The letter with the answer left for the complainant: by that day it is told whether the term was kept."""

    type: Literal["ComplaintAnswerSent"] = "ComplaintAnswerSent"
    complaint: str
    on: date

    def apply(self, m: Mediation) -> Mediation:
        return _changed(m, self.complaint, sent_on=self.on)
