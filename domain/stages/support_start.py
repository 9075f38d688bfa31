"""Stage 5: the first contact at home (start ondersteuning)."""

from domain.facts.outcome import Stage
from domain.facts.rules import RuleName
from domain.facts.tasks import Task, TaskKind
from domain.messages import events as e
from domain.messages.answers import StartAnswer
from domain.stages import first_weeks, follow_up
from domain.stages.acceptance import consult
from domain.stages.support import support_missing
from domain.state.draft import Draft
from domain.steps.closing import go_on


def enter(d: Draft) -> None:
    """Ask the provider to report the first contact; its system may have done so already."""
    calendar = d.policy.calendar
    due = calendar.deadline(d.now, d.policy.tasks[TaskKind.START_SUPPORT].due)
    starts_on = d.m.support.starts_on if d.m.support else None
    task = d.open(TaskKind.START_SUPPORT, due=max(due, calendar.at(starts_on, calendar.closes)) if starts_on else due)
    consult(d, task)


def start_support(d: Draft, task: Task, answer: StartAnswer) -> None:
    """The provider started, or could not."""
    if answer.unable:
        d.emit(e.SupportUnable(provider=task.owner))
        support_missing(d, task)
        return
    started_on = d.given(answer.started_on, "started_on", "or `unable`")
    d.require(
        started_on <= d.today, RuleName.SUPPORT_IN_FUTURE, "report the first contact on or after the day it took place"
    )
    d.emit(e.SupportStarted(on=started_on, lacking=first_weeks.lacking(d, answer)))
    d.cancel(TaskKind.BRIDGE_SUPPORT)
    if d.m.stage is not Stage.SUPPORT_START:
        follow_up.count_again(d)
        go_on(d)
        return
    d.enter(Stage.FOLLOW_UP)
    first_weeks.begin(d)
