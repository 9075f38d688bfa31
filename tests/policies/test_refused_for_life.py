"""What no city could live by is refused when its file is read, with the line, the field and what to write."""

import pytest

from domain.exchange.policy_problems import PolicyInvalid
from domain.facts.decrees import KNOWN_TO
from policy_tools.check import check

HEAD = """
id = "voorbeeld"
version = "2026-01-01"
municipality = "voorbeeld"
name = "Voorbeeld"
"""
NOW = f"{HEAD}valid_from = 2026-01-01\n"


def wrong(text: str) -> tuple[int | None, str, str]:
    with pytest.raises(PolicyInvalid) as refused:
        check(text)
    [problem] = refused.value.problems
    return problem.line, problem.field, problem.message


@pytest.mark.parametrize("day", [f"{KNOWN_TO}-12-15", f"{KNOWN_TO + 1}-01-01", "2099-12-31"])
def test_a_policy_that_begins_when_no_term_of_the_law_can_be_counted_is_refused(day: str) -> None:
    line, field, message = wrong(f"{HEAD}valid_from = {day}\n")
    assert (line, field) == (6, "valid_from")
    assert str(KNOWN_TO) in message
    assert "write an earlier day" in message


def test_one_that_begins_in_the_last_year_whose_holidays_are_known_is_not() -> None:
    assert check(f"{HEAD}valid_from = {KNOWN_TO}-06-01\n").policy.valid_from.year == KNOWN_TO


def test_a_lease_that_is_the_clients_own_from_the_first_day_is_not_converted() -> None:
    text = (
        f'{NOW}lease_forms = ["regular", "conversion"]\n[conversion.after]\nconversion = "1 year"\nregular = "1 year"\n'
    )
    assert wrong(text) == (
        10,
        "conversion.after.regular",
        "a regular lease is in the client's own name from the first day: leave it out",
    )


@pytest.mark.parametrize("term", ["0 days", "2 weeks", "6 weeks", "48 days"])
def test_who_helps_to_object_sees_the_mediation_as_long_as_the_client_may(term: str) -> None:
    """Six weeks from the day after it was sent (Awb 6:7 and 6:8), and on to a working day (Algemene termijnenwet)."""
    line, field, message = wrong(f'{NOW}[sight]\nafter_end = "{term}"\n')
    assert (line, field) == (8, "sight.after_end")
    assert "at least 7 weeks" in message
    assert "object" in message
