"""A day and a moment are taken as they are written, and no number is taken for one."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, get_args

import pytest
from pydantic import AwareDatetime, BaseModel, TypeAdapter, ValidationError

from api.bodies import Body
from api.commands import ANSWER, COMMAND
from api.directory import ChangeQuery, DirectoryQuery
from api.mediations import MediationQuery
from api.policy_changes import ADOPTION
from api.referrals import REFERRAL
from api.releases import FACTS
from api.reports import ReportQuery
from domain.exchange.feed import ComplexRow, VacatedRow
from domain.exchange.releases import ReleasedRow
from runtime.directory import Organisation
from tests.api.desk import Desk

BODIES: list[Body[Any]] = [ANSWER, COMMAND, REFERRAL, FACTS, ADOPTION]
MODELS = (ComplexRow, VacatedRow, ReleasedRow, Organisation, ReportQuery, DirectoryQuery, ChangeQuery, MediationQuery)
NUMBERS = ("0", "5", "1640995200", "1640995200000", "-86400")
MOMENTS = ("2026-01-01T00:00:00Z", "2026-01-01T00:00", "2026-01-01 00:00:00Z")


def dated(hint: Any, seen: frozenset[Any] = frozenset()) -> Iterator[tuple[str, Any]]:
    """Every field with a day or a moment, in whatever a type holds."""
    if isinstance(hint, type) and issubclass(hint, BaseModel) and hint not in seen:
        for name, info in hint.model_fields.items():
            whole = Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation
            if {date, AwareDatetime} & set(flat(info.annotation)):
                yield f"{hint.__name__}.{name}", whole
            yield from dated(info.annotation, seen | {hint})
    for arg in get_args(hint):
        yield from dated(arg, seen)


def flat(hint: Any) -> Iterator[Any]:
    yield hint
    for arg in get_args(hint):
        yield from flat(arg)


FIELDS = {name: hint for given in (*(body.shape._type for body in BODIES), *MODELS) for name, hint in dated(given)}


def test_the_fields_with_a_day_are_found() -> None:
    some = {"PersonBody.consents_to_mail", "KeysAnswerBody.on", "ReportQuery.first", "MediationQuery.changed_since"}
    assert some <= set(FIELDS)
    assert len(FIELDS) > 25


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_a_number_is_no_day_and_no_moment(name: str) -> None:
    shape: TypeAdapter[Any] = TypeAdapter(FIELDS[name])
    moment = AwareDatetime in set(flat(FIELDS[name]))
    for text in (*NUMBERS, *(() if moment else MOMENTS), *((MOMENTS[1:]) if moment else ())):
        with pytest.raises(ValidationError):
            shape.validate_python(text)
        with pytest.raises(ValidationError):
            shape.validate_json(f'"{text}"', strict=True)
    right = "2026-11-25T10:12:00+01:00" if moment else "2026-11-25"
    assert shape.validate_python(right)


async def test_a_list_asks_for_a_moment_as_it_is_written(idle: Desk) -> None:
    for text, status in (("5", 400), ("1640995200", 400), ("2026-11-25", 400), ("2026-11-25T10:12:00Z", 200)):
        answer = await idle.get(idle.coordinator, "/v1/mediations", changedSince=text)
        assert answer.status_code == status, answer.text
        if status == 400:
            assert [error["field"] for error in answer.json()["errors"]] == ["changedSince"]
