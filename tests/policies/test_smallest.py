"""The smallest policy file names a city and nothing else: the engine fills in the rest, and says so."""

from domain.facts.outcome import Outcome
from policy_tools.check import check
from policy_tools.describe.document import describe
from sandbox.city import City
from tests.sandbox.test_city import Run
from texts import Language

SMALLEST = """
id = "klein"
version = "2026-01-01"
municipality = "klein"
name = "Klein"
valid_from = 2026-01-01
"""


def test_the_smallest_file_is_valid_and_everything_else_is_a_gap() -> None:
    read = check(SMALLEST)
    assert len(read.gaps) > 200
    assert not read.assumed
    text = describe(read, Language.DUTCH)
    assert text.startswith("# Directe bemiddeling in Klein")
    assert "Er is geen maximum." in text


def test_a_small_city_lives_by_the_smallest_file() -> None:
    run = Run(City(check(SMALLEST).policy, 7, 12)).until_closed()
    assert all(life.closed for life in run.lives)
    assert any(life.m.outcome is Outcome.HOUSED_FOLLOW_UP_HELD for life in run.lives)
