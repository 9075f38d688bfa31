"""What follows on a hearing, at whichever stage it was held: the intended decision stands, or it is dropped."""

from collections.abc import Callable

from domain.beside.absence import HEARD_IF_TOO_LONG, review_again
from domain.beside.aftercare import take_up_again
from domain.beside.step_back import take_urgency_back
from domain.facts.outcome import HEARINGS, HearingSubject, Stage
from domain.facts.parties import SYSTEM
from domain.facts.rules import RuleName
from domain.facts.tasks import Task
from domain.messages.answers import HearingAnswer, HearingResult
from domain.messages.commands import Disputed
from domain.state.decision import Basis
from domain.state.draft import Draft
from domain.state.task_spec import AnySpec, Beside, TaskSpec
from domain.steps.deciding import take, tell
from domain.steps.ending import NO_BASIS, end
from domain.steps.terms import end_when_run_out, extend_urgency, in_time_not_to_process

GO_ON: dict[HearingSubject, Callable[[Draft], None]] = {
    HearingSubject.URGENCY_NOT_EXTENDED: extend_urgency,
    HearingSubject.READMITTED_LONG: review_again,
    HearingSubject.DETAINED: review_again,
    HearingSubject.PLACEMENT_FAILED: take_up_again,
}
"""What is done where the mediation is, when a decision is dropped for which no stage is entered anew."""
OF_THE_SIDE = frozenset(GO_ON) - {HearingSubject.URGENCY_NOT_EXTENDED}
"""What is heard beside the main road: no stage waits for it."""


def hear(d: Draft, task: Task, answer: HearingAnswer) -> None:
    """Decide after the hearing."""
    subject = HearingSubject(task.about or "")
    stage = HEARINGS[subject].if_dropped
    _was_held(d, task, answer)
    if answer.result is HearingResult.STANDS:
        d.require(d.m.live_offer is None or subject in OF_THE_SIDE, RuleName.OFFER_LIVE)
        if subject is HearingSubject.NOT_PROCESSED:
            in_time_not_to_process(d)
        _decide_against(d, subject, answer)
    elif stage:
        d.enter(stage)
    else:
        GO_ON[subject](d)


def _was_held(d: Draft, task: Task, answer: HearingAnswer) -> None:
    """The client had the opportunity that the law gives: after the invitation, in speech or writing as the client chose
    (Awb 4:9), and to the end of the last day, counted from when the invitation left. To give it up is the client's own.
    """
    calendar = d.policy.calendar
    invited_on, until = calendar.today(task.opened_at), calendar.today(task.due)
    d.require(answer.heard_on >= invited_on, RuleName.HEARING_BEFORE_INVITATION, field="heard_on", day=invited_on)
    d.require(answer.heard_on <= d.today, RuleName.HEARING_IN_FUTURE, field="heard_on")
    match answer.hearing:
        case "heard":
            d.given(answer.form, "form")
        case "waived":
            d.given(answer.said_by, "said_by")
            d.require(answer.form is None, RuleName.ANSWER_CONTRADICTS, field="form")
        case "did_not_appear":
            for field, value in (("form", answer.form), ("said_by", answer.said_by)):
                d.require(value is None, RuleName.ANSWER_CONTRADICTS, field=field)
            d.require(not task.awaits_letter, RuleName.INVITATION_NOT_SENT, field="hearing")
            d.require(d.today > until, RuleName.HEARING_NOT_OVER, field="hearing", day=until)


def _decide_against(d: Draft, subject: HearingSubject, answer: HearingAnswer) -> None:
    """Decide as was intended: by a person, with the reasons that were given then, unless others are given now. An
    urgency that is not extended ends on its day, and so does the mediation; until then the search goes on. Where one is
    taken back it is judged anew. Any other decision ends the mediation.
    """
    d.require(d.by.user != SYSTEM, RuleName.PERSON_NEEDED)
    d.require(not d.m.suspended, RuleName.OBJECTION_SUSPENDS)
    note = d.given(answer.note, "note")
    basis = _basis(d, subject, answer)
    if subject is HearingSubject.URGENCY_NOT_EXTENDED:
        take(d, Disputed.NOT_EXTENDED, note, basis)
        tell(d, Disputed.NOT_EXTENDED, answer)
        end_when_run_out(d)
        return
    outcome = HEARINGS[subject].outcome
    if outcome is None:
        take_urgency_back(d, note, basis, answer)
        return
    end(d, outcome, note, basis=basis, heard=answer, subject=subject)


def _basis(d: Draft, subject: HearingSubject, answer: HearingAnswer) -> Basis:
    """Return on what the decision rests beside the note: on what was intended, unless it is motivated anew."""
    return Basis(reasons=answer.reasons) if answer.reasons else d.m.intended.get(subject, NO_BASIS)


def _stays(task: Task, to: Stage) -> bool:
    """What is intended for another reason than where the mediation stands is still heard."""
    urgency = to is Stage.OFFER and task.about == HearingSubject.URGENCY_NOT_EXTENDED
    return urgency or task.about in HEARD_IF_TOO_LONG.values()


TASKS: tuple[AnySpec, ...] = (
    TaskSpec(
        HearingAnswer,
        hear,
        group=Beside.RIGHTS,
        stays=_stays,
        mended_by=RuleName.CORRECT_BY_DECISION,
        grounds=True,
    ),
)
