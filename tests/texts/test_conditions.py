"""A condition is data, and is said in each language: in every form that the rules of today and of before give it."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from api.views import ConditionView
from domain.facts.conditions import Comparison, Condition, ConditionName, ConditionUnit, Measured, Norm, Verdict
from domain.facts.earlier_conditions import as_data
from domain.facts.outcome import EndedBefore, Outcome
from domain.facts.periods import Span
from domain.facts.referral import Checklist, Document, DwellingNeeds, Known
from domain.facts.value import replace
from domain.policy.policy import Barring
from domain.policy.scarce import Scope, SpreadClaim
from domain.policy.spread import ClosedReason, takes_any, under_cap
from domain.stages.readiness import completeness, eligibility, exclusion, readiness
from domain.steps.suitability import judge_dwelling
from tests.domain.case import along, dwelling, policy_of, referral
from tests.domain.test_exclusions import barring
from texts import Language, of
from texts.cases import chosen
from texts.conditions import condition_in_words

TODAY = date(2026, 6, 1)
NEEDS: tuple[dict[str, Any], ...] = (
    {},
    {"accessible": True, "low_stimulus": True},
    {"wanted_districts": ("centrum", "haven"), "excluded_districts": ("haven", "stad-oost")},
    {"unsafe_districts": ("centrum",)},
)
HOMES: tuple[dict[str, Any], ...] = (
    {},
    {"accessible": True, "low_stimulus": True},
    {"living_form": "shared", "closed_for_placement": True, "rent_cents": 99_000},
)
CLIENTS: tuple[dict[str, Any], ...] = (
    {"age": 30, "support_districts": ("haven", "centrum")},
    {"age": 19, "support_districts": ()},
    {"age": None, "support_districts": None},
)


def of_homes() -> Iterator[Condition]:
    policy = policy_of("almere")
    for needs in NEEDS:
        for home in HOMES:
            for client in CLIENTS:
                who = referral(**client, needs=DwellingNeeds(rent_limit_cents=68_000, **needs))
                yield from judge_dwelling(who, dwelling(1, **home), policy, TODAY)


def of_room() -> Iterator[Condition]:
    for scope in Scope:
        for period in ("live", Span.YEAR.period(TODAY), Span.HALF_YEAR.period(TODAY)):
            claim = SpreadClaim(municipality="almere", scope=scope, name="x", period=period, most=2, on=TODAY)
            yield from (under_cap(claim, used, 2, review) for used in (1, 2) for review in (None, TODAY))
            yield from (under_cap(claim, None, most) for most in (None, 2))
            yield takes_any(claim, holds=True)
            for eligible, reason in (
                (True, None),
                (False, None),
                *((x, r) for x in (True, False) for r in ClosedReason),
            ):
                yield takes_any(claim, holds=False, eligible=eligible, until=TODAY, reason=reason)


def of_clients() -> Iterator[Condition]:
    case = along(upto="start")
    for documents in ((), tuple(Document)):
        m = replace(case.m, referral=replace(case.m.referral, documents=documents))
        yield from completeness(m, case.policy)
    for known in Known:
        every = Checklist(**dict.fromkeys(Checklist.model_fields, known))
        yield from readiness(replace(case.m, referral=replace(case.m.referral, checklist=every)), case.policy)
    young = policy_of("amersfoort")
    for group in ("shelter", "clinical_care", "seriously_ill"):
        yield from eligibility(replace(case.m, referral=replace(case.m.referral, target_group=group)), young)
    held = Condition(
        name=ConditionName.TARGET_GROUP.value,
        verdict=Verdict.UNKNOWN,
        advisory=True,
        found=Measured(unit=ConditionUnit.TARGET_GROUP, value=("young_people",)),
        asked=Norm(comparison=Comparison.AMONG, value=("shelter",)),
    )
    yield held  # where the age decides, which is known only in part
    for outcome in Barring:
        policy = replace(barring(), exclusions={outcome: next(iter(barring().exclusions.values()))})
        before = replace(case.m, ended_before=(EndedBefore(outcome=Outcome(outcome.value), on=date(2025, 6, 2)),))
        yield from exclusion(before, policy, TODAY)


JUDGED = (*of_homes(), *of_room(), *of_clients())


@pytest.mark.parametrize("language", Language)
def test_every_form_of_every_condition_is_said_and_every_sentence_is_of_some_form(
    language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts, used = of(language), set()

    def noted(cases: Any, facts: object) -> str | None:
        said: str | None = chosen(cases, facts)
        used.add(said)
        return said

    monkeypatch.setattr("texts.conditions.chosen", noted)
    for one in JUDGED:
        said = condition_in_words(one, texts)
        assert said.endswith("."), one
        assert not re.search(r"[_{}]|None|True|False|: \.|  |\b(met|unmet|unknown)\b(?! )", said), said
    assert {one.name.partition(".")[0] for one in JUDGED} == {name.value for name in ConditionName}
    assert used == {said for cases in texts.condition.said.values() for said in cases.values()}


def test_what_the_rules_judge_is_codes_and_numbers_and_no_words() -> None:
    for one in JUDGED:
        assert (one.fact, one.norm) == ("", "")
        told = one.model_dump(mode="json", exclude={"found": {"on", "until"}, "asked": {"review"}})
        assert [text for text in texts_in(told) if not re.fullmatch(r"[A-Za-z0-9_.-]+", text)] == [], one
        assert Condition.model_validate_json(one.model_dump_json()) == one


def texts_in(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for one in value.values():
                yield from texts_in(one)
        case list():
            for one in value:
                yield from texts_in(one)


BEFORE = (
    ("rooms", "2", "at least 1", "Aantal kamers: 2. Nodig: ten minste 1."),
    ("rent", "642.18 euro", "at most 680.00 euro", "De huur is € 642,18 per maand."),
    ("rent_band", "600.00 euro", "at most 713.02 euro in 2026", "De grens is € 713,02 in 2026."),
    ("rent_band", "600.00 euro", "not known", "Welke grens hier geldt, is niet bekend."),
    ("accessible", "no", "not needed", "Dat is ook niet nodig."),
    ("low_stimulus", "yes", "yes", "De woning is rustig, met weinig prikkels. Dat is nodig."),
    ("district_wanted", "centrum", "any", "De woning ligt in Centrum. De cliënt noemde geen wijk."),
    ("district_wanted", "haven", "stad-oost, haven", "De cliënt wil wonen in: Stad Oost, Haven."),
    ("district_excluded", "centrum", "none excluded", "De cliënt kan in elke wijk wonen."),
    ("district_excluded", "centrum", "not in haven, stad", "De cliënt kan niet wonen in: Haven, Stad."),
    ("household", "1 people", "at most 4 in 2 rooms", "Aantal kamers: 2, dus plaats voor ten hoogste 4."),
    ("household", "2 people", "at most 1 in 4 rooms, shared", "De woning wordt gedeeld, dus er is plaats voor 1."),
    ("safety", "centrum", "where the client is safe", "Daar is de cliënt veilig."),
    ("complex_load", "closed", "open for placement", "In dit complex kan nu niemand worden geplaatst."),
    ("provider_present", "centrum", "not known", "Waar de begeleiding kan komen, is niet bekend."),
    ("provider_present", "centrum", "in no district", "De begeleiding komt in geen enkele wijk."),
    ("provider_present", "centrum", "in haven, stad", "De begeleiding komt in: Haven, Stad."),
    ("document.identity", "missing", "required", "Dit stuk mist: paspoort of identiteitskaart."),
    ("readiness.money", "yes", "yes", "Dit is zo: de geldzaken zijn geregeld."),
    ("target_group", "clinical_care", "shelter, youth_care", "maatschappelijke opvang, jeugdhulp met verblijf."),
    ("exclusion", "refused_lapsed on 2024-06-02", "from 2026-06-02 on", "Een nieuwe kan vanaf 2 juni 2026."),
    ("complex_room", "1", "at most 1 (2026), to be reviewed on 2026-09-01", "opnieuw bekeken op 1 september 2026."),
    ("complex_room", "2 placed, at most 2", "open, and at most 3 (2026)", "Afgesproken is ten hoogste 2 in 2026."),
    ("district_room", "full", "open, and at most 3 (2026-H1)", "ten hoogste 3 in de eerste helft van 2026."),
    ("complex_room", "full", "open, and under its cap", "In dit complex is nu geen plek meer."),
    (
        "complex_room",
        "closed until 2026-06-03: by agreement",
        "open, and at most 3 (live)",
        "dicht tot en met 3 juni 2026.",
    ),
    ("district_open", "open", "open to placements", "In deze wijk mag iemand worden geplaatst."),
    ("complex_open", "not for direct mediation: nuisance", "open to placements", "De reden: er is overlast."),
)
"""Every form in which releases up to 0.2.0 wrote a condition, with what is said of it now."""


@pytest.mark.parametrize(("name", "fact", "norm", "told"), BEFORE)
def test_a_condition_of_before_is_said_as_one_of_today_and_stays_written_as_it_was(
    name: str, fact: str, norm: str, told: str
) -> None:
    written = f'{{"name":"{name}","verdict":"met","fact":"{fact}","norm":"{norm}","advisory":false}}'
    kept = Condition.model_validate_json(written)
    assert kept.model_dump_json() == written
    assert told in condition_in_words(kept, of(Language.DUTCH))
    shown = ConditionView.model_validate(kept)
    assert shown.in_words.nl == condition_in_words(as_data(kept), of(Language.DUTCH))
    assert shown.found or fact == "full"


@pytest.mark.parametrize(
    ("name", "fact", "norm"),
    [("rooms", "two", "enough"), ("a_rule_of_then", "x", "y"), ("exclusion", "lost on 2024-13-01", "from then on")],
)
def test_what_cannot_be_read_stands_as_it_was_written(name: str, fact: str, norm: str) -> None:
    kept = Condition(name=name, verdict=Verdict.MET, fact=fact, norm=norm)
    for language in Language:
        assert condition_in_words(kept, of(language)) == f"{name.replace('_', ' ')}: {fact} ({norm})"
    assert ConditionView.model_validate(kept).found is None
