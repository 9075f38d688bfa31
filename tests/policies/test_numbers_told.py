"""Every number in a description is one that a rule keeps: it follows a parameter that a rule reads, or is named here.

The policy is described twice, the second time with every number in it that a rule reads moved far away. A number that
stays where it was follows no rule: it is a lie for another city, unless it is on the closed lists below. That a rule
reads a parameter is known from `tests.test_parameters`, and that the engine keeps what is told from `test_describe`.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from domain.exchange.policy_file import PolicyFile
from domain.facts import terms
from domain.facts.calendar import Calendar, Term
from domain.facts.capacity import SubTarget
from domain.facts.decrees import DECREED_TO
from domain.facts.groups import Trait
from domain.facts.value import Value, replace
from domain.policy.groups import counts_for
from policy_tools.check import check
from policy_tools.describe.document import describe
from runtime.policy_files import text_of
from tests.domain.case import referral
from tests.policies.test_describe import CITIES
from tests.test_parameters import TOLD_ONLY
from texts import Language, of

MORE = sorted(str(one) for one in (Path(__file__).parent / "cities").glob("*.toml"))
FAR = 1300
"""Every number is moved by so much: no description has one that is so high."""
NUMBER = re.compile(r"\d+(?:[-.,:]\d+)*")
WORDS = {
    Language.ENGLISH: re.compile(r"\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve)\b"),
    Language.DUTCH: re.compile(r"\b(?:twee|drie|vier|vijf|zes|zeven|acht|negen|tien|twaalf)\b"),
}
LATER = {Language.ENGLISH: "four", Language.DUTCH: "vier"}
"""So many weeks later may the answer to a complaint come, by the law (Awb 9:11 lid 2)."""
OUTLINE = re.compile(r"(?:## )?(\d+)\. ")
"""The number of a chapter or a stage."""
OF_THE_TEXT = ("rent_columns", "by_tasks", "plan", "talk", "agreements_text", "hearing", "disclosed_text")
"""Phrases with a number of their own: the size of a household that the law names, a chapter, articles of a law."""
GIVEN = ("made_from", "by_statute")
"""Phrases that are given numbers that are no term: the version of the policy and its digest, the article of a law."""
TOLD = {
    "fee": "DecisionPolicy.fee_cents",
    "retention": "RetentionPolicy.support_years",
    "guidance": "SupportPolicy.guidance_term",
}
"""Phrases that tell what people keep to and no rule reads, and the parameter: `TOLD_ONLY` has it."""
TOLD_OPEN = ("decision.fee_cents", "retention.", "agreements.", "support.guidance_term")
"""Such parameters among the open points."""


def moved(value: Any) -> Any:
    """A value with every number that a rule reads moved far away."""
    match value:
        case bool():
            return value
        case Term(amount=amount):
            return replace(value, amount=amount + FAR)
        case Value():
            kept = {name for name in type(value).model_fields if f"{type(value).__name__}.{name}" in TOLD_ONLY}
            names = type(value).model_fields.keys() - kept
            return replace(value, **{name: moved(getattr(value, name)) for name in names})
        case int() | float():
            return value + FAR
        case time():
            return time(value.hour ^ 1, (value.minute + 11) % 60)
        case date():
            return value + timedelta(days=FAR)
        case Mapping():
            return {name: moved(one) for name, one in value.items()}
        case tuple():
            return tuple(moved(one) for one in value)
        case _:
            return value


def told(file: PolicyFile, language: Language) -> list[str]:
    """The lines of a description, without the appendix: that lists the parameters themselves."""
    appendix = of(language).description.phrases["appendix"]
    return describe(file, language).split(f"## {appendix}")[0].splitlines()


def standing_still(file: PolicyFile, language: Language) -> Iterator[tuple[str, str]]:
    """Each line with a number that is told whatever the policy says, and that number."""
    before, after = told(file, language), told(file._replace(policy=moved(file.policy)), language)
    assert len(before) == len(after)
    for line, other in zip(before, after, strict=True):
        numbers = Counter(NUMBER.findall(line)) & Counter(NUMBER.findall(other))
        yield from ((line, number) for number in numbers)
        yield from ((line, word) for word in WORDS[language].findall(line))


def is_of(line: str, phrase: str) -> bool:
    """Whether a line is of this phrase, whatever it is given."""
    return re.search(".*?".join(map(re.escape, re.split(r"{\w+}", phrase))), line) is not None


def known(line: str, number: str, file: PolicyFile, language: Language) -> object:
    """Whether a number that moves with no rule is known to be none that a rule keeps."""
    words = of(language).description
    phrases, family = words.phrases, words.traits[Trait.FAMILY]
    outline = OUTLINE.match(line)
    if line.startswith("| "):
        return number in NUMBER.findall(phrases["by_tasks"]) or of_a_row(line, number, file, language)
    return (
        (outline is not None and number == outline[1])
        or any(is_of(line, phrases[one]) and number in NUMBER.findall(phrases[one]) for one in OF_THE_TEXT)
        or any(is_of(line, phrases[one]) for one in (*GIVEN, *TOLD))
        or (is_of(line, phrases["table_text"]) and number == str(DECREED_TO))
        or (is_of(line, phrases["assumed"]) and number == str(len(file.assumed)))
        or (family in line and number in family.split())
        or (number == LATER[language] and is_of(line, words.tracks["rights"].rpartition("\n\n")[2]))
    )


def of_a_row(line: str, number: str, file: PolicyFile, language: Language) -> object:
    """Whether a number names a year of the rents, or is the value of an open point that no rule reads."""
    words = of(language).description
    name, *_ = line.strip("| ").split(" | ")
    rents = {str(year) for year in file.policy.suitability.rents} if file.policy.suitability else set()
    told = {words.parameters.get(path, f"`{path}`") for path in file.gaps if path.startswith(TOLD_OPEN)}
    of_rents = name.startswith((words.parameters["suitability.rents"], "`suitability.rents."))
    named = number in NUMBER.findall(name)  # the year, or the size of a household that the law names
    head = line == f"| {words.phrases['rent_columns']} |"
    return name in told or (name == number in rents) or (of_rents and (named or number in rents)) or head


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("city", [*CITIES, *MORE])
def test_every_number_in_a_description_moves_with_a_parameter_that_a_rule_reads(city: str, language: Language) -> None:
    file = check(text_of(city))
    unclaimed = [(line, number) for line, number in standing_still(file, language)]
    assert [one for one in unclaimed if not known(*one, file, language)] == []


@pytest.mark.parametrize("language", list(Language))
def test_the_chapter_that_is_referred_to_is_the_one_with_the_tasks(language: Language) -> None:
    words = of(language).description.phrases
    assert f"## {NUMBER.findall(words['by_tasks'])[0]}. {words['table']}" in told(check(text_of("almere")), language)


def test_a_family_has_the_size_that_is_told() -> None:
    part = SubTarget(target=1, trait=Trait.FAMILY)
    sizes = [size for size in (1, 2, 3) if counts_for(referral(household_size=size), part, {})]
    assert sizes == [2, 3], "a household of two or more people"


def test_an_answer_to_a_complaint_may_come_so_much_later_as_is_told() -> None:
    monday = date(2026, 3, 2)
    assert terms.complaint_later(Calendar(), monday) == monday + timedelta(weeks=4)


def test_what_is_told_only_is_known_to_be_read_by_no_rule() -> None:
    assert set(TOLD.values()) <= TOLD_ONLY.keys()


@pytest.mark.parametrize("language", list(Language))
def test_a_number_that_follows_no_rule_is_found(language: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    file, phrases = check(text_of("almere")), of(language).description.phrases
    monkeypatch.setitem(cast(dict[str, str], phrases), "right_to_complain", "Within 3 months, or two if it is urgent.")
    wrong = [one for one in standing_still(file, Language.ENGLISH) if not known(*one, file, Language.ENGLISH)]
    assert language is Language.DUTCH or sorted(number for _, number in wrong) == ["3", "two"]
