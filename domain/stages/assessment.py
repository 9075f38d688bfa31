"""Stage 2: the district team judges whether living independently is best, and with which support (beoordeling)."""

from domain.facts.clocks import ClockKind
from domain.facts.outcome import Stage
from domain.facts.parties import Role
from domain.facts.rules import RuleName
from domain.facts.tasks import Task, TaskKind
from domain.messages.answers import AssessmentAnswer, AssessmentResult, HearingSubject, TermExtensionAnswer
from domain.messages.effects import AskAssessment, Audience, Letter
from domain.state import events as e
from domain.state.draft import Draft
from domain.state.task_spec import AnySpec, TaskSpec, TaskTrack, remains
from domain.steps.hearing import intend
from domain.steps.terms import extend_decision_term


def enter(d: Draft) -> None:
    """Have the client assessed: by the district team, whose system is asked, or by whom the policy names."""
    task = d.open(TaskKind.ASSESS)
    if task.owner_role is Role.DISTRICT_TEAM:
        d.do(AskAssessment(team=task.owner, due_on=d.policy.calendar.today(task.due)))


def assess(d: Draft, _task: Task, answer: AssessmentAnswer) -> None:
    """The district team has assessed."""
    if answer.result is AssessmentResult.POSITIVE:
        grant_urgency(d, answer)
        return
    if answer.result is AssessmentResult.CONDITIONAL:
        d.require(bool(answer.conditions), RuleName.ANSWER_INCOMPLETE, field="conditions")
        grant_urgency(d, answer)
        return
    d.given(answer.note, "note")
    if answer.alternative:
        d.emit(e.AlternativeAdvised(form=answer.alternative))
    negative = answer.result is AssessmentResult.NEGATIVE
    intend(d, HearingSubject.NEGATIVE_ASSESSMENT if negative else HearingSubject.ALTERNATIVE_LIVING_FORM)


def grant_urgency(d: Draft, answer: AssessmentAnswer) -> None:
    """The client is entitled to a dwelling."""
    support = d.given(answer.support, "support")
    conditional = answer.result is AssessmentResult.CONDITIONAL
    d.emit(e.UrgencyGranted(support=support, conditions=answer.conditions if conditional else ()))
    d.stop_clocks(ClockKind.DECISION_TERM)
    d.cancel(TaskKind.EXTEND_DECISION_TERM)
    d.start_clock(ClockKind.URGENCY)
    d.start_clock(ClockKind.HOUSING_TARGET)
    d.letter(Letter.URGENCY_WITH_CONDITIONS if conditional else Letter.URGENCY_GRANTED, Audience.CLIENT)
    d.enter(Stage.OFFER)


TASKS: tuple[AnySpec, ...] = (
    TaskSpec(
        AssessmentAnswer,
        assess,
        group=Stage.ASSESSMENT,
        owner=Role.DISTRICT_TEAM,
        owners=frozenset({Role.COORDINATOR}),
        asked=AskAssessment,
    ),
    TaskSpec(
        TermExtensionAnswer,
        extend_decision_term,
        group=Stage.ASSESSMENT,
        track=TaskTrack.EXTENSION,
        stays=remains,
        runs_on=True,
    ),
)
