"""Stage 5: the first contact at home (start ondersteuning)."""

from datetime import datetime

from domain.facts.outcome import Stage
from domain.facts.parties import Role
from domain.facts.rules import RuleName
from domain.facts.tasks import Task, TaskKind
from domain.messages.answers import StartAnswer
from domain.policy.moments import due_of
from domain.policy.policy import Policy
from domain.stages import corrected, first_weeks, follow_up
from domain.stages.support import support_missing
from domain.state import events as e
from domain.state.draft import Draft
from domain.state.mediation import Mediation
from domain.state.task_spec import AnySpec, TaskSpec
from domain.steps.ending import go_on
from domain.steps.reading import consult, support_in_system


def enter(d: Draft) -> None:
    """Ask the provider to report the first contact; its system may have done so already."""
    calendar = d.policy.calendar
    due = calendar.deadline(d.now, d.policy.tasks[TaskKind.START_SUPPORT].due)
    starts_on = d.m.support.starts_on if d.m.support else None
    task = d.open(TaskKind.START_SUPPORT, due=max(due, calendar.closing(starts_on)) if starts_on else due)
    consult(d, task)


def start_support(d: Draft, task: Task, answer: StartAnswer) -> None:
    """The provider started, or could not."""
    if answer.unable:
        d.emit(e.SupportUnable(provider=task.owner))
        support_missing(d, task)
        return
    started_on = d.given(answer.started_on, "started_on")
    d.require(started_on <= d.today, RuleName.SUPPORT_IN_FUTURE, field="started_on")
    d.emit(e.SupportStarted(on=started_on, lacking=first_weeks.lacking(d, answer)))
    d.cancel(TaskKind.BRIDGE_SUPPORT)
    if d.m.stage is not Stage.SUPPORT_START:
        follow_up.count_again(d)
        go_on(d)
        return
    d.enter(Stage.FOLLOW_UP)
    first_weeks.begin(d)


def _due_under(m: Mediation, task: Task, policy: Policy) -> datetime:
    term = due_of(policy, task.kind, task.term_from or task.opened_at)
    starts_on = m.support.starts_on if task.agreed and m.support else None
    return max(term, policy.calendar.closing(starts_on)) if starts_on else term


TASKS: tuple[AnySpec, ...] = (
    TaskSpec(
        StartAnswer,
        start_support,
        corrected.start,
        group=Stage.SUPPORT_START,
        own_day=True,
        owner=Role.CARE_PROVIDER,
        reads=support_in_system,
        overdue=support_missing,
        due_under=_due_under,
        holds_open=True,
        at_home=True,
    ),
)
