"""A correction has one note, its reason: it may stand in the answer too, as elsewhere."""

from typing import Any

import pytest
from pydantic import BaseModel

from api.commands import ANY_COMMAND
from api.order import UNWRITTEN, given
from api.problems import Invalid
from domain.facts.parties import Role
from domain.messages.commands import CorrectAnswer
from tests.domain.case import actor


class Sent(BaseModel):
    """A correction as it is sent."""

    task: str
    answer: dict[str, Any]
    note: str


def sent(**answer: str) -> CorrectAnswer:
    said = {"kind": "answer_offer", "accept": False, "reason": "rent", **answer}
    body = Sent(task="answer_offer-1", answer=said, note="Zei toch nee.")
    command = given(body, ANY_COMMAND, by=actor(Role.COORDINATOR, "almere"), type="CorrectAnswer")
    assert isinstance(command, CorrectAnswer)
    return command


@pytest.mark.parametrize("answer", [{}, {"note": "Zei toch nee."}])
def test_the_reason_of_a_correction_is_wanted_once(answer: dict[str, str]) -> None:
    command = sent(**answer)
    assert (command.note, command.answer.note) == (UNWRITTEN, None)


def test_another_note_in_the_answer_is_refused_by_its_field() -> None:
    with pytest.raises(Invalid, match=r"answer\.note"):
        sent(note="Iets anders.")
