"""Until when the law gives for a task, as the list of work shows it."""

from datetime import timedelta

from domain.facts.clocks import ClockKind
from domain.facts.referral import Document
from domain.facts.tasks import TaskKind
from domain.messages import answers as a
from domain.steps.limits import legal_limit
from tests.domain.case import Case, along


def limit(case: Case, kind: TaskKind) -> object:
    return legal_limit(case.m, case.task(kind), case.policy)


def test_until_it_is_decided_every_task_is_to_keep_the_term_to_decide() -> None:
    case = Case().start()
    end = case.clock(ClockKind.DECISION_TERM).ends_at
    assert limit(case, TaskKind.CHECK_READINESS) == end
    case.ready()
    assert limit(case, TaskKind.ASSESS) == end
    case.positive()
    assert limit(case, TaskKind.MAKE_OFFER) is None


def test_while_a_supplement_is_awaited_its_own_term_counts_and_the_end_of_the_other_is_not_known() -> None:
    case = Case().start()
    case.answer(a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=(Document.IDENTITY,)))
    asked = case.task(TaskKind.SUPPLEMENT)
    assert limit(case, TaskKind.SUPPLEMENT) == asked.due
    assert case.clock(ClockKind.DECISION_TERM).suspended_at is not None


def test_after_the_term_is_over_the_limit_is_past() -> None:
    case = Case().start()
    end = case.clock(ClockKind.DECISION_TERM).ends_at
    case.until(end + timedelta(days=1))
    assert limit(case, TaskKind.CHECK_READINESS) == end


def test_the_call_after_the_move_has_no_limit_of_the_law() -> None:
    case = along().call_day()
    assert limit(case, TaskKind.FOLLOW_UP_CALL) is None
