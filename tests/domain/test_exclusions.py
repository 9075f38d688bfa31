"""After some ends of an earlier mediation a city mediates no more for a time; a person may depart from that."""

from datetime import date

import pytest

from domain.exchange.policy_file import PolicyInvalid, read_policy
from domain.facts.calendar import Term
from domain.facts.conditions import Comparison, ConditionUnit, Measured, Norm
from domain.facts.outcome import EndedBefore, HearingSubject, Outcome, Stage
from domain.facts.rules import Overridable
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.policy.policy import Barring, Policy
from tests.domain.case import MONDAY, NOTE, Case, policy_of
from tests.domain.test_groups import SMALLEST

READY = a.ReadinessAnswer(result=a.Readiness.READY)


def barring(years: str = "2 years") -> Policy:
    return replace(policy_of("almere"), exclusions={Barring.REFUSED_LAPSED: Term.model_validate(years)})


def after(ended: date, outcome: Outcome = Outcome.REFUSED_LAPSED, policy: Policy | None = None) -> Case:
    case = Case(policy=policy or barring())
    case.ended_before = (EndedBefore(outcome=outcome, on=ended),)
    return case.start()


@pytest.mark.parametrize(("ended", "barred"), [(date(2024, 6, 1), False), (date(2024, 6, 2), True)])
def test_a_new_mediation_begins_two_years_after_the_urgency_lapsed_and_no_day_before(ended: date, barred: bool) -> None:
    """Today is 1 June 2026."""
    assert MONDAY.date() == date(2026, 6, 1)
    case = after(ended)
    if barred:
        refused = case.refused(case.answering(READY))
        assert refused.rule == "excluded"
        (condition,) = refused.conditions
        assert condition.found == Measured(unit=ConditionUnit.OUTCOME, value="refused_lapsed", on=ended)
        assert condition.asked == Norm(comparison=Comparison.FROM_DAY, value="2026-06-02", unit=ConditionUnit.DAY)
    else:
        assert case.ready().m.stage is Stage.ASSESSMENT


def test_an_end_that_the_policy_does_not_name_bars_nobody() -> None:
    assert after(date(2026, 5, 1), Outcome.PLACEMENT_FAILED).ready().m.stage is Stage.ASSESSMENT
    assert after(date(2026, 5, 1), policy=policy_of("almere")).ready().m.stage is Stage.ASSESSMENT


def test_a_person_departs_from_it_with_a_reason() -> None:
    case = after(date(2026, 5, 1))
    case.do(c.OverrideRule(by=case.municipality, rule=Overridable.EXCLUDED, note=NOTE))
    assert case.ready().m.stage is Stage.ASSESSMENT


def test_who_is_barred_is_heard_before_that_is_decided_or_waits_until_the_day() -> None:
    case = after(date(2026, 5, 1)).answer(a.ReadinessAnswer(result=a.Readiness.NOT_ELIGIBLE, note=NOTE))
    (task,) = case.m.tasks
    assert task.about == HearingSubject.NOT_ELIGIBLE
    assert after(date(2024, 6, 2)).on(date(2026, 6, 2)).ready().m.stage is Stage.ASSESSMENT


def test_a_file_names_after_which_end_and_for_how_long() -> None:
    policy = read_policy(
        f'{SMALLEST}[exclusions]\nrefused_lapsed = "2 years"\nurgency_withdrawn = "12 months"\n'
    ).policy
    assert policy.exclusions.keys() == {Barring.REFUSED_LAPSED, Barring.URGENCY_WITHDRAWN}
    with pytest.raises(PolicyInvalid) as invalid:
        read_policy(f'{SMALLEST}[exclusions]\ndied = "2 years"\nrefused_lapsed = "40 years"\n')
    found = {problem.field: problem.message for problem in invalid.value.problems}
    assert found.keys() == {"exclusions.died", "exclusions.refused_lapsed"}
    assert "urgency_withdrawn" in found["exclusions.died"]
    assert "exclusions" not in policy_of("almere").model_dump(exclude_defaults=True)
