"""No negative decision without a person, a reason and a hearing (zienswijze, Awb 4:7 and 4:8)."""

from domain.facts.outcome import Stage
from domain.facts.parties import SYSTEM
from domain.facts.rules import RuleName
from domain.facts.tasks import Task, TaskKind
from domain.messages.answers import HearingAnswer, HearingResult, HearingSubject
from domain.messages.effects import Audience, Letter
from domain.state.draft import Draft
from domain.steps.ending import end
from domain.steps.terms import extend_urgency

IF_DROPPED = {
    HearingSubject.NOT_PROCESSED: Stage.READINESS,
    HearingSubject.NOT_READY: Stage.READINESS,
    HearingSubject.NOT_FROM_HERE: Stage.ASSESSMENT,
    HearingSubject.NOT_ELIGIBLE: Stage.READINESS,
    HearingSubject.NEGATIVE_ASSESSMENT: Stage.ASSESSMENT,
    HearingSubject.ALTERNATIVE_LIVING_FORM: Stage.ASSESSMENT,
    HearingSubject.LAPSE_AFTER_REFUSAL: Stage.OFFER,
    HearingSubject.FRAUD: Stage.OFFER,
    HearingSubject.CARE_NOT_AVAILABLE: Stage.OFFER,
}
"""Where the mediation goes on when the intended decision is dropped."""


def intend(d: Draft, subject: HearingSubject) -> None:
    """Intend a negative decision: first the client is heard."""
    task = d.open(TaskKind.HEAR_CLIENT, about=subject.value)
    d.letter(Letter.HEARING_INVITED, Audience.CLIENT, Audience.GUIDE, task=task)


def heard(d: Draft, task: Task, answer: HearingAnswer) -> None:
    """Decide after the hearing: the intended decision stands, or it is dropped."""
    subject = HearingSubject(task.about or "")
    d.require(answer.heard_on <= d.today, RuleName.HEARING_IN_FUTURE, field="heard_on")
    if answer.result is HearingResult.STANDS:
        d.require(d.m.live_offer is None, RuleName.OFFER_LIVE)
        decide_against(d, subject, answer)
    elif subject is HearingSubject.URGENCY_NOT_EXTENDED:
        extend_urgency(d)
    else:
        d.enter(IF_DROPPED[subject])


def decide_against(d: Draft, subject: HearingSubject, answer: HearingAnswer) -> None:
    """End the mediation as was intended: by a person, with the reasons."""
    d.require(d.by.user != SYSTEM, RuleName.PERSON_NEEDED)
    d.require(not d.m.suspended, RuleName.OBJECTION_SUSPENDS)
    note = d.given(answer.note, "note")
    end(d, subject.outcome, note, reasons=answer.reasons, heard=answer, subject=subject)
