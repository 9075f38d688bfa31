"""What cannot be read is said in words of ours: of every kind that pydantic knows, in each language."""

from datetime import date
from typing import Any, get_args

import pytest
from pydantic_core.core_schema import ErrorType

from domain.exchange.misread import MISREADINGS, NOTATIONS, Misreading
from tests.api.contract import FOR_A_PROGRAMMER, description
from texts import Language, of
from texts.misread import OWN, in_words, to_callers

KINDS = frozenset(get_args(ErrorType))
MEASURES = {"ge": 1, "gt": 0, "le": 9, "lt": 10, "min_length": 2, "max_length": 3, "pattern": "^x$"}


def test_every_kind_that_is_named_is_one_of_pydantics() -> None:
    assert MISREADINGS.keys() <= KINDS
    assert {*MISREADINGS.values(), Misreading.UNREADABLE} == set(Misreading)


@pytest.mark.parametrize("kind", sorted(KINDS - OWN))
def test_whatever_pydantic_finds_is_said_without_its_words(kind: str) -> None:
    for language in Language:
        said = in_words(kind, MEASURES, of(language))
        assert said
        assert "None" not in said, "what it is measured against is known"
        assert not FOR_A_PROGRAMMER.search(said), said
    assert not FOR_A_PROGRAMMER.search(to_callers(kind, MEASURES))


def test_what_may_be_chosen_is_named_to_callers_and_no_raw_word_to_people() -> None:
    expected = {"expected": "'in_time', 'late' or 'never'"}
    assert to_callers("enum", expected) == "choose one of these: in_time, late, never"
    assert in_words("enum", expected, of(Language.DUTCH)) == "Kies iets uit de lijst."


def test_every_pattern_that_the_api_asks_for_has_words() -> None:
    assert patterns(description()) <= NOTATIONS.keys()


def patterns(told: Any) -> set[str]:
    """Every pattern in a description."""
    if isinstance(told, dict):
        own = {told["pattern"]} if isinstance(told.get("pattern"), str) else set()
        return own.union(*(patterns(part) for part in told.values()))
    return set().union(*(patterns(part) for part in told)) if isinstance(told, list) else set()


def test_a_bound_that_is_a_day_is_told_as_a_day() -> None:
    assert to_callers("greater_than_equal", {"ge": date(2000, 1, 1)}) == "give at least 2000-01-01"
