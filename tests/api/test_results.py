"""One word means one thing: what came of a hearing and of an objection is said in words that no other has."""

import json
import re
from enum import StrEnum

import pytest

from api.commands import ANSWER
from api.event_views import EventView
from api.spelling import spelled_event
from domain.messages.answers import HearingAnswer, ObjectionAnswer
from domain.messages.results import SAID, HearingResult, ObjectionResult
from domain.state.events import ObjectionDecided

HEARD = {"kind": "hear_client", "hearing": "waived", "heardOn": "2026-06-01"}


def test_no_word_is_asked_for_or_shown_that_has_two_meanings() -> None:
    shapes = (ANSWER.shape.json_schema(), EventView.model_json_schema(mode="serialization"))
    assert not any(re.search(r"\bupheld\b", json.dumps(schema)) for schema in shapes)


@pytest.mark.parametrize("recorded", SAID)
def test_everything_that_is_recorded_can_be_said(recorded: type[StrEnum]) -> None:
    assert set(SAID[recorded].__members__) == set(recorded.__members__)


@pytest.mark.parametrize("word", ["stands", "upheld"])
def test_a_word_of_before_is_still_taken(word: str) -> None:
    body = ANSWER.shape.validate_json(json.dumps({**HEARD, "result": word}), strict=True)
    answer = HearingAnswer.model_validate(body.model_dump(exclude_unset=True))
    assert answer.result is HearingResult.STANDS
    assert json.loads(answer.model_dump_json())["result"] == "upheld", "as it is recorded since the first release"


def test_an_objection_that_is_right_has_a_word_of_its_own() -> None:
    body = ANSWER.shape.validate_json('{"kind": "decide_objection", "result": "well_founded"}', strict=True)
    assert ObjectionAnswer.model_validate(body.model_dump(exclude_unset=True)).result is ObjectionResult.WELL_FOUNDED


def test_what_was_recorded_before_is_shown_in_the_words_of_today() -> None:
    event = spelled_event(ObjectionDecided(result=ObjectionResult.WELL_FOUNDED).model_dump(mode="json"))
    acted = {"role": "coordinator", "organisation": "almere"}
    shown = EventView.model_validate(
        {"sequence": 1, "at": "2026-06-01T08:00:00Z", "by": acted, "command": "answer_task", "event": event}
    )
    assert shown.model_dump(mode="json")["event"]["result"] == "well_founded"
