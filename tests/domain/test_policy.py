"""A policy file is read whole, or refused with the field and what is wrong with it."""

from collections.abc import Iterator
from datetime import date

import pytest

from domain.exchange.policy_file import ASSUMED, PolicyInvalid, parse_policy, read_policy
from domain.facts.calendar import Reckoning, Term, TermUnit
from domain.facts.clocks import ClockKind
from domain.facts.tasks import TaskKind
from domain.facts.value import Value, replace
from domain.policy.policy import AbsencePolicy, CapacityModel, CapacityUnit, OriginRule, Policy, ReopeningPolicy
from domain.policy.policy_terms import BoundsPolicy
from runtime.policy_files import text_of
from tests.domain.case import policy_of

CITIES = ("almere", "amersfoort")


def problems(text: str) -> list[str]:
    with pytest.raises(PolicyInvalid) as broken:
        parse_policy(text)
    return [str(problem) for problem in broken.value.problems]


@pytest.mark.parametrize("city", CITIES)
def test_each_city_has_a_ladder_for_every_task_and_a_term_for_every_clock(city: str) -> None:
    policy = policy_of(city)
    assert set(policy.tasks) == set(TaskKind)
    assert set(policy.clocks) == set(ClockKind)
    assert policy.municipality == city


@pytest.mark.parametrize("city", CITIES)
def test_a_policy_reads_back_from_its_json_with_the_same_digest(city: str) -> None:
    policy = policy_of(city)
    again = Policy.model_validate_json(policy.model_dump_json())
    assert again == policy
    assert again.digest() == policy.digest()


def test_the_digest_tells_two_policies_apart() -> None:
    changed = text_of("almere").replace("counted_refusals = 1", "counted_refusals = 2")
    assert parse_policy(changed).digest() != policy_of("almere").digest()


def test_the_two_cities_differ_in_numbers_that_rules_read() -> None:
    almere, amersfoort = policy_of("almere"), policy_of("amersfoort")
    assert (almere.offers.counted_refusals, amersfoort.offers.counted_refusals) == (1, 2)
    assert (almere.capacity.model, almere.capacity.unit) == (CapacityModel.QUOTA, CapacityUnit.PEOPLE)
    assert (amersfoort.capacity.model, amersfoort.capacity.unit) == (CapacityModel.CEILING, CapacityUnit.MEDIATIONS)


def test_a_policy_is_in_force_from_its_first_day_to_its_last() -> None:
    policy = replace(policy_of("almere"), valid_to=date(2026, 12, 31))
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1)]
    assert [policy.in_force(day) for day in days] == [False, True, True, False]
    assert policy_of("almere").in_force(date(2035, 1, 1))


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("limit = 250", "limit = -1", "capacity.limit"),
        ('due = "2 weeks"', 'due = "two weeks"', "tasks.supplement.due"),
        ('remind = ["+7 days", "-2 days"]', 'remind = ["7 days"]', "tasks.supplement.remind"),
        ('escalate = ["0 days", "5 working days"]', "escalate = []", "tasks.check_readiness.escalate"),
        ('repeat = "1 month"', 'repeat = "0 days"', "tasks.review_readiness.repeat"),
        ('check = "1 month"', 'check = "0 days"', "tasks.await_place.check"),
        ("attempts = 3", "attempts = 10", "follow_up.attempts"),
        ('id = "almere"', 'id = "Almere!"', "id"),
    ],
)
def test_a_wrong_value_is_named_with_its_field(old: str, new: str, field: str) -> None:
    text = text_of("almere")
    assert old in text
    assert any(problem.startswith(field) for problem in problems(text.replace(old, new)))


def test_what_no_rule_reads_is_named() -> None:
    text = text_of("almere").replace("[tasks.hear_client]", "[unknown]")
    assert problems(text)[0].startswith(
        "unknown: no rule reads this; known here: absence, agreements, application, bound"
    )
    assert problems(text_of("almere").replace("attempts", "tries"))[0].startswith("follow_up.tries: no rule reads")


def test_what_a_city_leaves_open_is_a_gap_that_the_engine_fills() -> None:
    text = text_of("almere")
    left_out = read_policy(text.replace('[tasks.hear_client]\ndue = "2 weeks"', "[tasks.hear_client]"))
    unspecified = read_policy(
        text.replace('[tasks.hear_client]\ndue = "2 weeks"', '[tasks.hear_client]\ndue = "unspecified"')
    )
    assert "tasks.hear_client.due" not in read_policy(text).gaps
    assert "tasks.hear_client.due" in left_out.gaps
    assert "tasks.hear_client.due" in unspecified.gaps
    assert left_out.policy == unspecified.policy == policy_of("almere")


def test_a_value_may_tell_where_it_comes_from() -> None:
    told = text_of("almere").replace(
        "counted_refusals = 1", 'counted_refusals = { value = 1, source = "W6", basis = "HVO", valid_to = 2026-12-31 }'
    )
    read = read_policy(told)
    assert read.policy == policy_of("almere")
    about = read.parameters["offers.counted_refusals"]
    assert (about.source, about.basis, about.valid_to, about.specified) == ("W6", "HVO", date(2026, 12, 31), True)
    assert problems(told.replace('source = "W6"', 'sauce = "W6"')) == [
        "offers.counted_refusals.sauce: a parameter has no such field; "
        "known here: source, basis, note, note_nl, valid_from, valid_to; did you mean source?"
    ]


def test_what_is_not_toml_is_said_to_be_so() -> None:
    assert problems("id = ")[0].startswith("file: not TOML")


@pytest.mark.parametrize("twice", ['id = "almere"\nid = "almere"\n', "[offers]\n[offers]\n", "a = { b = 1, b = 2 }\n"])
def test_what_stands_in_a_file_twice_is_told_with_its_line(twice: str) -> None:
    with pytest.raises(PolicyInvalid) as found:
        read_policy(twice)
    [problem] = found.value.problems
    assert problem.message == "this stands in the file already: say it once"
    assert problem.line == twice.count("\n")


def test_who_shares_is_not_held_against_a_municipality_that_cannot_be_read() -> None:
    told = problems('municipality = 5\n[capacity]\nshared_by = ["almere", "amersfoort"]\n')
    assert not [one for one in told if "itself is missing" in one]
    assert [one for one in told if one.startswith("municipality:")]


def test_a_policy_of_an_earlier_release_gets_the_ladders_it_did_not_know() -> None:
    known = policy_of("almere").model_dump(mode="json")
    del known["tasks"]["hear_client"], known["clocks"]["urgency"]
    assert Policy.model_validate(known) == policy_of("almere")


def test_a_table_tells_once_where_its_values_come_from() -> None:
    told = text_of("almere").replace(
        "[tasks.hear_client]",
        '[tasks.hear_client]\nsource = "Protocol"\nbasis = "Awb 4:7"\nstatutory = { value = true, note = "own" }',
    )
    parameters = read_policy(told).parameters
    assert (parameters["tasks.hear_client.due"].source, parameters["tasks.hear_client.due"].basis) == (
        "Protocol",
        "Awb 4:7",
    )
    own = parameters["tasks.hear_client.statutory"]
    assert (own.source, own.note) == (None, "own"), "what tells anything of its own takes nothing from its table"
    assert parameters["tasks.make_offer.due"].source == ASSUMED, "else a table passes on what the one around it tells"


@pytest.mark.parametrize("city", CITIES)
def test_every_value_of_our_cities_tells_its_source(city: str) -> None:
    read = read_policy(text_of(city))
    silent = {path for path, one in read.parameters.items() if one.specified and not (one.source or one.basis)}
    assert silent == {"id", "version", "municipality", "name", "calendar.timezone"}
    assert not read.policy.valid_to
    assert "Seed-based, not legal advice" in text_of(city).replace("\n# ", " ")[:200]


def test_what_the_texts_leave_open_is_a_gap_of_each_city() -> None:
    almere, amersfoort = (set(read_policy(text_of(city)).gaps) for city in CITIES)
    assert {"tasks.answer_offer.due", "follow_up.caller", "follow_up.script", "clocks.housing_target.length"} <= almere
    assert {"tasks.answer_offer.due", "follow_up.after", "offers.counted_refusals"} <= amersfoort
    assert "follow_up.after" not in almere
    assert "clocks.housing_target.length" not in amersfoort


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('anchor = "unspecified"', 'anchor = "lease"', "follow_up.anchor"),
        ('caller = "unspecified"', 'caller = "auditor"', "follow_up.caller"),
        ('guidance_term = { value = "2 years"', 'guidance_term = { value = "2 winters"', "support.guidance_term"),
        ("support_years = { value = 15", "support_years = { value = 0", "retention.support_years"),
        ('"youth_care"]', '"youths"]', "target_groups"),
        ("[tasks.assess]", '[tasks.assess]\nescalate_to = ["admin"]', "tasks.assess.escalate_to"),
        ('by = { value = ["institution", "coordinator"]', 'by = { value = ["corporation"]', "application.by"),
    ],
)
def test_a_wrong_value_of_the_later_parameters_is_named_too(old: str, new: str, field: str) -> None:
    text = text_of("almere")
    assert old in text
    assert any(problem.startswith(field) for problem in problems(text.replace(old, new, 1)))


def test_a_year_is_twelve_months() -> None:
    assert policy_of("almere").support.guidance_term == Term(amount=24, unit=TermUnit.MONTHS)


@pytest.mark.parametrize("city", CITIES)
def test_a_policy_of_the_first_release_has_no_path_that_it_did_not_know(city: str) -> None:
    later = {"readiness_items", "origin", "origin_exceptions", "suitability", "viewing", "secrecy", "temporary_lease"}
    first = Policy.model_validate(policy_of(city).model_dump(mode="json", exclude=later))
    assert (first.origin, first.viewing) == (OriginRule.NONE, False)
    assert first.suitability is None
    assert first.temporary_lease is None


def test_a_file_that_names_no_rents_gets_those_the_government_published() -> None:
    text = text_of("almere")
    start, end = text.index("[suitability.rents.2025]"), text.index("[secrecy]")
    read = read_policy(text[:start] + text[end:])
    assert read.policy.suitability == policy_of("almere").suitability
    assert "suitability.rents.2026.small_cents" in read.gaps


def test_the_two_cities_ask_for_the_origin_as_their_sources_say() -> None:
    assert policy_of("amersfoort").origin is OriginRule.RETURN
    assert "origin" in read_policy(text_of("almere")).gaps
    assert policy_of("almere").origin is OriginRule.RETURN, "what a city leaves open, the engine asks"


MEANT_BEFORE: dict[str, object] = {
    "calendar.decree_days": (),
    "calendar.reckoning": Reckoning.CLOSING_HOUR,
    "calendar.known_to": None,
    "required_documents": (),
    "supplement_rounds": None,
    "origin": OriginRule.NONE,
    "suitability": None,
    "temporary_lease": None,
    "support.starts_within": None,
    "support.starts_before": None,
    "follow_up.attempts_a_day": None,
    "absence": AbsencePolicy(),
    "reopening": ReopeningPolicy(),
    "bounds": BoundsPolicy(),
    "agreements": {},
    "queue": None,
    "spread": None,
}
"""What a policy of an earlier release means that does not know the parameter, where the engine does otherwise today."""


def test_a_default_stands_in_one_place_unless_earlier_policies_meant_something_else() -> None:
    undecided = parse_policy(
        'id = "klein"\nversion = "2026-01-01"\nmunicipality = "klein"\nname = "Klein"\nvalid_from = 2026-01-01\n'
    )
    assert dict(defaults_beside(undecided)) == MEANT_BEFORE


def defaults_beside(value: Value, path: str = "") -> Iterator[tuple[str, object]]:
    """Each field whose class has another default than what a city gets that has decided nothing."""
    for name, field in type(value).model_fields.items():
        given = getattr(value, name)
        default = field.get_default(call_default_factory=True) if not field.is_required() else given
        if default != given:
            yield path + name, default
        elif isinstance(given, Value):
            yield from defaults_beside(given, f"{path}{name}.")
