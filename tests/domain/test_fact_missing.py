"""What the engine must know by now and does not: a fault of its own, and never told as a field that was not given."""

import pytest

from domain.decide.catalogue import RULES
from domain.decide.decide import Refused, decide
from domain.facts.outcome import Stage
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.state.draft import Draft, FactMissing
from domain.state.mediation import Lease
from tests.domain.case import Case, along


def test_what_is_known_is_returned() -> None:
    case = along(upto="sign")
    assert Draft(case.m, case.policy, case.now, case.municipality, RULES).known(7, "a number") == 7


def test_keys_without_a_planned_day_are_no_incomplete_answer() -> None:
    case = keys()
    task = case.task(TaskKind.HAND_OVER_KEYS)
    answer = a.KeysAnswer(on=case.today)
    given = c.AnswerTask(by=case.municipality, task=task.id, answer=answer)
    refused = decide(case.m, given, case.policy, case.now)
    assert isinstance(refused, Refused), "the day is planned, and still to come"
    assert refused.rule == "keys_before_notice"
    unplanned = replace(case.m, lease=replace(case.m.lease, keys_on=None))
    with pytest.raises(FactMissing, match="the planned day of the keys"):
        decide(unplanned, given, case.policy, case.now)


def test_a_stage_that_lacks_what_it_counts_from_is_not_entered() -> None:
    case = along(upto="sign")
    d = Draft(replace(case.m, lease=Lease()), case.policy, case.now, case.municipality, RULES)
    with pytest.raises(FactMissing):
        d.enter(Stage.FOLLOW_UP)


def keys() -> Case:
    """A mediation in which the keys are planned."""
    return along(upto="plan_support")
