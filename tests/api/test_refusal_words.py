"""What a caller is told of a rule's no: in English, with the fields as the caller wrote them."""

from datetime import date

from api.problems import Forbidden, refusal
from domain.decide.decide import Refused
from domain.facts.rules import RuleName
from tests.replay.test_unjudged import OF_THEN


def test_a_field_is_named_as_the_caller_wrote_it() -> None:
    refused = Refused(rule=RuleName.ANSWER_INCOMPLETE, field="starts_on")
    problem = refusal(refused)
    assert problem.said == "startsOn: The answer is incomplete: give this too."
    assert problem.members["reason"] == "The answer is incomplete: give this too."
    assert [(e.field, e.message) for e in problem.members["errors"]] == [
        ("startsOn", "The answer is incomplete: give this too.")
    ]


def test_a_day_is_told_as_the_api_writes_days() -> None:
    refused = Refused(rule=RuleName.CALL_TOO_EARLY, day=date(2026, 6, 9))
    assert refusal(refused).said == "The follow-up call may be made from 2026-06-09 on."


def test_what_is_not_yours_keeps_its_status_and_has_words() -> None:
    problem = refusal(Refused(rule=RuleName.NOT_YOURS))
    assert isinstance(problem, Forbidden)
    assert problem.said == "This is for another organisation to do."


def test_who_no_longer_has_a_task_is_told_who_has() -> None:
    problem = refusal(Refused(rule=RuleName.NOT_OWNER_ANY_MORE, owner="wijkteam-oost"))
    assert (problem.status, problem.members["owner"]) == (409, "wijkteam-oost")
    assert "owner" not in refusal(Refused(rule=RuleName.NOT_YOURS)).members


def test_a_refusal_of_a_former_release_is_told_by_its_own_reason() -> None:
    assert refusal(Refused.model_validate_json(OF_THEN)).said == "no"
    without_day = Refused(rule=RuleName.CALL_TOO_EARLY, reason="call from 2026-06-09 on")
    assert refusal(without_day).said == "call from 2026-06-09 on"
