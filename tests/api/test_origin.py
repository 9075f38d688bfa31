"""From which municipality a client comes is told by a name or a code that there is."""

import json

import pytest
from pydantic import ValidationError

from api.commands import ANSWER, TASK_ANSWER
from api.order import given
from api.problems import invalid_json
from domain.messages.answers import OriginAnswer


def answer(**fields: str) -> bytes:
    return json.dumps({"kind": "determine_origin", **fields}).encode()


@pytest.mark.parametrize("origin", ["utrecht", "Utrecht", "GM0344"])
def test_a_municipality_is_known_by_name_and_code(origin: str) -> None:
    body = ANSWER.shape.validate_json(answer(origin=origin, fundedBy="gm0034"), strict=True)
    assert given(body, TASK_ANSWER) == OriginAnswer(origin="utrecht", funded_by="almere")


@pytest.mark.parametrize("field", ["origin", "fundedBy"])
def test_what_is_no_municipality_is_refused_with_those_that_are_close(field: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        ANSWER.shape.validate_json(answer(**{"origin": "utrecht", field: "almeer"}), strict=True)
    [error] = invalid_json(wrong.value, skip=1).members["errors"]
    assert error.field == field
    assert "almere" in error.message
