"""What happened is told in words of a language: every kind of event, with facts that it has."""

from string import Formatter
from zoneinfo import ZoneInfo

import pytest

from domain.policy.groups import Group, GroupWords
from tests.domain.case import Case, referral
from tests.domain.test_evolve import lives
from texts import Language, of
from texts.cases import asked, chosen, fitting
from texts.telling import called, tell
from texts.words import EVENTS

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize("language", Language)
def test_every_event_of_every_life_is_told_without_a_code_or_an_empty_fact(language: Language) -> None:
    seen = set()
    for case in lives():
        for event in case.events:
            said = tell(event, of(language), AMSTERDAM)
            assert said, event.type
            assert not any(mark in said for mark in ("_", "{", "None", "note-", "()")), said
            seen.add(event.type)
    assert seen == set(EVENTS)


def test_both_languages_tell_the_same_cases_with_the_same_facts() -> None:
    for kind in EVENTS:
        one, other = (of(language).event[kind] for language in Language)
        cases = [{"": said} if isinstance(said, str) else said for said in (one, other)]
        assert cases[0].keys() == cases[1].keys(), kind
        for key in cases[0]:
            facts = [sorted((name, how) for _, name, how, _ in Formatter().parse(case[key]) if name) for case in cases]
            assert facts[0] == facts[1], (kind, key)


def test_of_the_cases_that_fit_the_one_that_asks_most_is_told_and_none_of_which_another_says_more() -> None:
    cases = {"": "done", "way=a": "a", "on": "on a day", "way=a+on": "a, on a day"}
    assert asked("way=a+on") == (("way", "a"), ("on", None))
    assert [chosen(cases, facts) for facts in (Facts(), Facts("a"), Facts("b", 1), Facts("a", 1))] == [
        *("done", "a", "on a day", "a, on a day")
    ]
    assert fitting(cases, Facts("b", 1)) == ["on a day"]
    assert chosen({"way=a": "a"}, Facts()) is None


class Facts:
    """Facts of a made-up event."""

    def __init__(self, way: str | None = None, on: int | None = None) -> None:
        self.way = way
        self.on = on


@pytest.mark.parametrize(
    ("language", "words"), [(Language.DUTCH, "jongeren uit de jeugdhulp"), (Language.ENGLISH, "young")]
)
def test_a_target_group_of_a_city_is_called_what_its_policy_calls_it(language: Language, words: str) -> None:
    named = GroupWords(nl="jongeren uit de jeugdhulp", en="young people from youth care")
    own = {"young_from_care": Group(words=named, within=("youth_care",))}
    case = Case().start(referral(target_group="young_from_care"))
    started = case.events[0]
    assert words in tell(started, of(language), AMSTERDAM, called(own, language))
    assert "young from care" in tell(started, of(language), AMSTERDAM), "where no policy has words for it"
