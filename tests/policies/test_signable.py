"""A council can sign the description as it stands: in its own language, with nothing that only an engineer reads."""

import re

import pytest

from domain.facts.outcome import Outcome
from policy_tools.check import check
from policy_tools.describe.document import describe
from policy_tools.describe.flow import ends_of
from runtime.policy_files import text_of
from tests.policies.test_bounds import problems
from tests.policies.test_smallest import SMALLEST
from texts import Language, of

CITIES = ("almere", "amersfoort")
ENGLISH = re.compile(r"\b(assumed|no text|the|of the|which|within|default|not decided|no source|as remembered)\b")


@pytest.mark.parametrize("city", CITIES)
def test_the_dutch_annex_has_no_english(city: str) -> None:
    annex = describe(check(text_of(city)), Language.DUTCH).partition("## Bijlage")[2]
    origins = [line.rsplit(" | ", 1)[1] for line in annex.splitlines() if line.startswith("| `")]
    assert len(origins) > 200
    assert [origin for origin in origins if ENGLISH.search(origin)] == []
    assert any(origin.startswith("aanname") for origin in origins)
    assert "alleen in het Engels" in annex


def test_a_note_in_dutch_is_told_in_dutch_and_the_english_one_in_english() -> None:
    told = 'source = "Convenant", note = "agreed", note_nl = "afgesproken"'
    read = check(f"{SMALLEST}[secrecy]\ninstitution_knows = {{ value = true, {told} }}\n")
    assert "| ja | Convenant; afgesproken |" in describe(read, Language.DUTCH)
    assert "| yes | Convenant; agreed |" in describe(read, Language.ENGLISH)


@pytest.mark.parametrize("language", Language)
def test_rents_are_amounts_of_money(language: Language) -> None:
    text = describe(check(text_of("almere")), language)
    assert "| 2025 | € 477,20 | € 682,96 | € 731,93 | 23 |" in text
    assert not re.search(r"\b\d{3}\.\d\d\b", text)


def test_that_it_was_made_from_public_texts_is_said_only_where_the_file_says_so() -> None:
    said = "Gemaakt op basis van openbare teksten"
    assert said in describe(check(text_of("almere")), Language.DUTCH)
    assert said not in describe(check(SMALLEST), Language.DUTCH)
    assert said in describe(check(f"{SMALLEST}[about]\npublic_texts = true\n"), Language.DUTCH)


@pytest.mark.parametrize("city", CITIES)
def test_every_end_has_an_arrow(city: str) -> None:
    read = check(text_of(city))
    drawn = describe(read, Language.DUTCH).partition("```mermaid")[2].partition("```")[0]
    arrows = set(re.findall(r"--> end_(\w+)", drawn))
    assert arrows == {outcome.value for outcome in ends_of(read.policy)}
    assert f"any_stage --> end_{Outcome.DIED.value}" in drawn


def test_it_says_whom_to_ask_and_where_to_complain() -> None:
    contact = '[about]\ncontact = "wonen@klein.nl"\ncomplaints = "klachten@klein.nl, of bel 14 0123"\n'
    text = describe(check(f"{SMALLEST}{contact}"), Language.DUTCH)
    assert "Vragen over deze afspraken: wonen@klein.nl." in text
    assert "Een klacht: klachten@klein.nl, of bel 14 0123." in text
    assert "Een klacht: nog in te vullen." in describe(check(SMALLEST), Language.DUTCH)
    assert problems(f"{SMALLEST}[about]\ncontakt = 5\n").keys() == {"about.contakt"}
    assert problems(f"{SMALLEST}[about]\ncontact = 5\n").keys() == {"about.contact"}


@pytest.mark.parametrize("language", Language)
def test_what_a_city_left_open_is_told_in_words_and_amounts_in_euros(language: Language) -> None:
    phrases = of(language).description.phrases
    chapter = describe(check(SMALLEST), language).partition(f". {phrases['gaps']}\n")[2].partition("\n## ")[0]
    points = [line for line in chapter.splitlines() if line.startswith("| ")]
    assert len(points) > 250
    assert [line for line in points if set('`"{') & set(line)] == [], "no path and no code"
    rents = [line for line in points if "2026" in line and "€" in line]
    assert [line.rsplit(" | ", 1)[1] for line in rents] == ["€ 498,20 |", "€ 713,02 |", "€ 764,14 |"]
    assert any(line.endswith("| € 0,00 |") for line in points), "the fee"
