"""Values are frozen, and `replace` is the only way to another: what mypy must report, and what is refused besides."""

from datetime import date
from functools import cached_property

import pytest
from pydantic import ValidationError

from domain.facts.value import Value, made, replace
from domain.state import events as e


class Stay(Value):
    """A value with everything that a change must mind."""

    nights: int
    guest: str = "nobody"
    until: date | None = None

    @cached_property
    def long(self) -> bool:
        return self.nights > 30


def mistakes(stay: Stay) -> None:
    """Never run. mypy reports each line: if it did not, it would report that nothing is ignored there."""
    stay.nights = 2  # type: ignore[misc]
    replace(stay, night=2)  # type: ignore[call-arg]
    replace(stay, nights="two")  # type: ignore[arg-type]
    Stay(guest="Noor")  # type: ignore[call-arg]
    Stay(nights=1, guests=2)  # type: ignore[call-arg]
    Stay(nights="one")  # type: ignore[arg-type]
    e.TaskEscalated()  # type: ignore[call-arg]
    made(Stay, guest="Noor")  # type: ignore[call-arg]
    made(Stay, nights=1, guests=2)  # type: ignore[call-arg]
    made(Stay, nights="one")  # type: ignore[arg-type]


def test_a_value_is_replaced_and_stays_what_it_was() -> None:
    stay = Stay(nights=3)
    longer = replace(stay, nights=40, until=date(2026, 7, 1))
    assert (stay.nights, stay.until) == (3, None)
    assert longer == Stay(nights=40, until=date(2026, 7, 1))
    assert longer.model_dump(exclude_unset=True) == {"nights": 40, "until": date(2026, 7, 1)}
    assert replace(stay) == stay
    assert type(longer) is Stay


def test_a_value_that_is_made_is_what_its_type_makes_of_it() -> None:
    stay, as_usual = made(Stay, until=date(2026, 7, 1), nights=3), Stay(until=date(2026, 7, 1), nights=3)
    assert stay == as_usual
    assert stay.model_dump_json() == as_usual.model_dump_json()
    assert stay.model_fields_set == as_usual.model_fields_set
    assert not stay.long


def test_a_value_is_not_made_without_what_it_must_have_or_of_what_it_has_not() -> None:
    for wrong in ({}, {"guest": "Noor"}, {"nights": 1, "night": 2}):
        with pytest.raises(TypeError, match="Stay is not made of"):
            made(Stay, **wrong)


def test_what_was_worked_out_of_the_old_fields_is_worked_out_anew() -> None:
    stay = Stay(nights=3)
    assert not stay.long
    assert replace(stay, nights=40).long


def test_a_field_that_is_not_there_is_refused_also_where_mypy_does_not_look() -> None:
    for wrong in ({"night": 2}, {"long": True}, {"nights": 1, "room": "12", "bed": 3}):
        for stay in (Stay(nights=3), _with_long(Stay(nights=3))):
            with pytest.raises(TypeError, match=r"Stay has no field (night|long|bed, room)$"):
                replace(stay, **wrong)


def _with_long(stay: Stay) -> Stay:
    assert not stay.long
    return stay


def test_a_value_is_frozen() -> None:
    stay = Stay(nights=3)
    with pytest.raises(ValidationError, match="frozen"):
        stay.nights = 4  # type: ignore[misc]
