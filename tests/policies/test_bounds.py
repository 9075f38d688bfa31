"""Every value of a policy file has bounds, and relations to others: what is absurd is told at once and in words."""

import json
import random
import re
from collections.abc import Iterator
from datetime import date, time
from typing import Any, get_args

import pytest

from domain.exchange.policy_file import PolicyFile, PolicyInvalid, read_policy
from domain.facts.calendar import Term
from domain.facts.clocks import ClockKind
from domain.facts.tasks import TaskKind
from domain.facts.value import Value
from domain.policy.policy import Policy, Step
from domain.policy.value_bounds import BOUNDS, bound_of, longest, shortest
from policy_tools.check import check
from policy_tools.describe.document import describe
from policy_tools.diff import flat
from runtime.policies import Policies, PolicyFolderWrong
from runtime.policy_files import text_of
from tests.conftest import Tell
from tests.domain.case import STEPS, Case, referral
from tests.drawn import SEED
from tests.policies.test_smallest import SMALLEST
from texts import Language

ALMERE = text_of("almere")


def with_tables(tables: str, begin: str = SMALLEST) -> str:
    return f"{begin}\n{tables}\n"


def problems(text: str) -> dict[str, str]:
    """What is wrong in a file, by field."""
    with pytest.raises(PolicyInvalid) as invalid:
        check(text)
    return {problem.field: problem.message for problem in invalid.value.problems}


# -- all at once ---------------------------------------------------------------------------------------------------

TEN = """[clocks.urgency]
length = "1 day"
warn = ["6 months"]

[support]
notice_to_team = "24 months"

[tasks.decide_objection]
due = "30 weeks"

[tasks.hear_client]
due = "2 weeks"
remind = ["+30 days"]

[clocks.decision_term]
extension = "0 weeks"

[capacity]
model = "quota"
unitt = "people"

[agreements.privacy]
owner = "admin"

[offers]
counted_refusals = 0
"""
TOLD = {
    "clocks.urgency.length": ("length = ", "1 day is too short: at least 1 month"),
    "clocks.urgency.warn.0": ("warn = ", "6 months before the end of 1 day"),
    "support.notice_to_team": ("notice_to_team", "24 months is too long: at most 2 months"),
    "tasks.decide_objection.due": ("30 weeks", "30 weeks is too long: at most 6 weeks"),
    "tasks.hear_client.remind.0": ("+30 days", "'+30 days' of a task of 2 weeks is after it is due"),
    "clocks.decision_term.extension": ("0 weeks", "0 weeks is too short: at least 1 week"),
    "capacity.limit": ("[capacity]", "a quota needs a number"),
    "capacity.unitt": ("unitt", "no rule reads this; known here: "),
    "agreements.privacy.owner": ("admin", "takes no part"),
    "offers.counted_refusals": ("counted_refusals", "0 is too low: at least 1"),
}
"""By field: what stands on its line, and how the message begins."""


def test_ten_faults_in_one_file_are_ten_problems_each_with_its_line_and_what_would_be_right() -> None:
    text = with_tables(TEN)
    with pytest.raises(PolicyInvalid) as invalid:
        check(text)
    found = {problem.field: problem for problem in invalid.value.problems}
    assert found.keys() == TOLD.keys()
    assert len(found) == 10
    lines = text.splitlines()
    for field, problem in found.items():
        on_line, says = TOLD[field]
        assert says in problem.message, field
        assert problem.line is not None
        assert on_line in lines[problem.line - 1], field


def test_no_message_is_written_for_a_programmer() -> None:
    for text in (
        with_tables(TEN),
        ALMERE.replace('model = "quota"', "model = 5").replace('id = "almere"', 'id = "A!"'),
    ):
        for message in problems(text).values():
            assert not re.search(r"[\^$]|\\d|Input|Value error|should|items? |_type|String", message), message


def test_three_wrong_names_in_a_list_are_not_told_to_be_none() -> None:
    known = 'lease_forms = { value = ["conversion", "tripartite"]'
    assert known in ALMERE
    found = problems(ALMERE.replace(known, 'lease_forms = { value = ["a", "b", "c"]'))
    assert set(found) == {"lease_forms.0", "lease_forms.1", "lease_forms.2"}


# -- the law ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tables", "field", "says"),
    [
        ('[clocks.decision_term]\nlength = "9 weeks"', "clocks.decision_term.length", "at most 8 weeks"),  # Awb 4:13
        ('[clocks.decision_term]\nlength = "2 months"', "clocks.decision_term.length", "at most 8 weeks"),  # 62 days
        ('[clocks.decision_term]\nlength = "40 working days"', "clocks.decision_term.length", "at most 8 weeks"),
        ("[clocks.decision_term]\nstatutory = false", "clocks.decision_term.statutory", "the law sets this term"),
        ('[tasks.decide_objection]\ndue = "7 weeks"', "tasks.decide_objection.due", "at most 6 weeks"),  # Awb 7:10
        (
            '[tasks.decide_objection]\ndue = { value = "13 weeks", basis = "Awb 7:13" }',
            "tasks.decide_objection.due",
            "at most 12 weeks",
        ),
        ("[tasks.decide_objection]\nstatutory = false", "tasks.decide_objection.statutory", "the law sets this term"),
        ('[tasks.supplement]\ndue = "6 days"', "tasks.supplement.due", "at least 1 week"),  # Awb 4:5
        ('[tasks.supplement]\ndue = "5 working days"', "tasks.supplement.due", "at least 1 week"),  # Sunday to Friday
        ("[retention]\nsupport_years = 14", "retention.support_years", "at least 15"),  # Wmo 5.3.4
        ("[retention]\nerase_within_months = 4", "retention.erase_within_months", "at most 3"),  # Wmo 5.3.5
    ],
)
def test_a_bound_of_the_law_is_not_passed(tables: str, field: str, says: str) -> None:
    found = problems(with_tables(tables))
    assert says in found[field]
    assert len(found) == 1


@pytest.mark.parametrize(
    "tables",
    [
        '[clocks.decision_term]\nlength = "56 days"',
        '[clocks.decision_term]\nlength = { value = "13 weeks", basis = "Huisvestingsverordening Klein art. 5" }',
        '[tasks.decide_objection]\ndue = { value = "12 weeks", basis = "Awb 7:13" }',
        '[tasks.supplement]\ndue = "7 days"',
    ],
)
def test_what_the_law_allows_is_taken(tables: str) -> None:
    assert check(with_tables(tables)).policy.id == "klein"


def test_what_was_recorded_with_other_values_still_reads() -> None:
    known = read_policy(ALMERE).policy.model_dump(mode="json")
    known["clocks"]["urgency"]["length"] = "1 day"
    known["tasks"]["hear_client"]["remind"] = ["+30 days"]
    assert Policy.model_validate(known).tasks


def test_the_engines_own_reminders_give_way_to_a_shorter_term_of_the_city() -> None:
    tables = '[tasks.assess]\ndue = "1 week"\n[clocks.urgency]\nlength = "2 months"'
    policy = check(with_tables(tables)).policy
    assert [str(step) for step in policy.tasks[TaskKind.ASSESS].remind] == ["+7 days"], "of two; the other is on day 12"
    assert [str(term) for term in policy.clocks[ClockKind.URGENCY].warn] == ["1 month"]


# -- what goes together ------------------------------------------------------------------------------------------------


PEOPLE = 'words = { nl = "mensen", en = "people" }\n'
OLD = '[groups.old]\nwithin = ["shelter", "homeless"]\nage = { at_least = 60 }\n' + PEOPLE


@pytest.mark.parametrize(
    ("tables", "field", "says"),
    [
        ('[clocks.urgency]\nwarn = ["1 month", "6 months"]', "clocks.urgency.warn.1", "less than 6 months"),
        ('[tasks.assess]\nremind = ["-3 weeks"]', "tasks.assess.remind.0", "before the task is asked"),
        ('[tasks.assess]\nescalate = ["3 weeks", "0 days"]', "tasks.assess.escalate.1", "from early to late"),
        ('[tasks.assess]\nescalate = ["0 days", "0 days"]', "tasks.assess.escalate.1", "each once"),
        (
            '[decision]\nafter_advice = true\nmaker = "mandated_desk"\n[owners]\ndecide_urgency = "coordinator"',
            "owners.decide_urgency",
            "one of the two",
        ),
        ('[decision]\nafter_advice = false\nmaker = "mandated_desk"', "decision.maker", "is asked for nothing"),
        (
            '[bounds]\nkeys = "1 week"\n[support]\nnotice_to_team = "1 month"',
            "support.notice_to_team",
            "at most 1 week",
        ),
        ('[follow_up]\nafter = "1 month"\nwindow = "2 months"', "follow_up.window", "at most 1 month"),
        ("[calendar]\nopens = 10:00:00\ncloses = 10:00:00", "calendar.closes", "too early"),
        ("[calendar]\nopens = 12:00:00\ncloses = 12:00:00", "calendar.closes", "before it opens"),
        ('[calendar]\ntimezone = "Mars/Phobos"', "calendar.timezone", "no time zone"),
        ('[capacity]\nmodel = "ceiling"', "capacity.share", "`share` and `denominator`"),
        ("[capacity]\nlimit = 20", "capacity.limit", "says unlimited"),
        (
            '[capacity]\nmodel = "quota"\nlimit = 20\n[capacity.sub_targets.young]\ngroups = ["shelter"]\ntarget = 21',
            "capacity.sub_targets.young.target",
            "at most 20",
        ),
        (
            '[capacity]\nmodel = "quota"\nlimit = 9\n[capacity.sub_targets.a]\ngroups = ["shelter"]\ntarget = 5\n'
            'reserved = true\n[capacity.sub_targets.b]\ntrait = "alone"\ntarget = 5\nreserved = true',
            "capacity.sub_targets",
            "keep 10 places, but there are only 9",
        ),
        ('[capacity]\ndenominator = "vacated"', "capacity.denominator", "belongs to a ceiling with a share"),
        (
            "[capacity.sub_targets.a]\nage = { at_least = 5, below = 9 }\ntarget = 1",
            "capacity.sub_targets.a.age.below",
            "nobody younger rents a home",
        ),
        (
            OLD + '[groups.young]\nwithin = ["old"]\nage = { below = 27 }\n' + PEOPLE,
            "groups.young",
            "nobody can be of it",
        ),
        (
            '[groups.few]\nwithin = ["shelter"]\ntrait = "family"\n' + PEOPLE + '[groups.one]\nwithin = ["few"]\n'
            'trait = "alone"\n' + PEOPLE,
            "groups.one",
            "nobody can be of it",
        ),
        (
            OLD + '[capacity.sub_targets.a]\ngroups = ["old"]\nage = { below = 60 }\ntarget = 1',
            "capacity.sub_targets.a",
            "nobody can count for it",
        ),
        ('[capacity]\nshared_by = ["ander", "derde"]', "capacity.shared_by", "klein itself is missing"),
        ('[capacity]\nshared_by = ["klein"]', "capacity.shared_by", "nobody shares with itself"),
        (
            "[suitability.rents.2026]\nquality_discount_cents = 71302\nsmall_cents = 49820",
            "suitability.rents.2026.small_cents",
            "the three limits rise",
        ),
        ('[tasks.assess]\ncheck = "1 week"', "tasks.assess.check", "nothing to look for"),
    ],
)
def test_two_values_that_do_not_go_together_are_told(tables: str, field: str, says: str) -> None:
    found = problems(with_tables(tables))
    assert says in found[field]
    assert len(found) == 1


def test_all_that_is_wrong_with_places_and_groups_is_told_at_once() -> None:
    places = '[capacity]\nmodel = "quota"\nlimit = 10\nshared_by = ["ander"]\n'
    part = '[capacity.sub_targets.a]\ngroups = ["kids"]\ntarget = 12\nreserved = true\n'
    group = '[groups.kids]\nwithin = ["shelter"]\nage = { below = 9 }\n' + PEOPLE
    unread = "[groups.b]\nage = { at_least = 40, below = 30 }\n" + PEOPLE
    assert problems(with_tables(places + part + group + unread)).keys() == {
        "capacity.shared_by",
        "capacity.sub_targets",
        "capacity.sub_targets.a.target",
        "groups.b",
        "groups.b.age",
        "groups.kids.age.below",
    }, "and a group that can be read is not said to be unknown"


def test_the_limits_of_every_year_of_the_policy_are_there_or_told() -> None:
    begins_later = SMALLEST.replace("valid_from = 2026-01-01", "valid_from = 2027-01-01")
    assert "suitability.rents.2027" in check(begins_later).gaps, "published in November before"
    ends = SMALLEST.replace("valid_from", "valid_to = 2026-12-31\nvalid_from")
    assert not [gap for gap in check(ends).gaps if gap == "suitability.rents.2027"]
    of_2028 = "quality_discount_cents = 50000\nsmall_cents = 72000\nlarge_cents = 78000\nyoung_below = 21"
    found = problems(with_tables(f"[suitability.rents.2028]\n{of_2028}"))
    assert found == {"suitability.rents.2027": "the limits of 2027 are missing between 2026 and 2028"}


POOL = """
id = "{name}"
version = "2026-01-01"
municipality = "{name}"
name = "{name}"
valid_from = 2026-01-01
[capacity]
model = "quota"
unit = "people"
limit = {limit}
shared_by = ["dorp", "stad"]
[queue]
order = {order}
"""
ORDER = '["let_down", "waiting_since"]'


@pytest.mark.parametrize(
    ("limit", "order", "path"),
    [(90, ORDER, "capacity.limit"), (60, '["waiting_since"]', "queue"), (60, ORDER, None)],
)
def test_municipalities_that_share_places_say_the_same_of_them(
    tmp_path: Any, limit: int, order: str, path: str | None
) -> None:
    (tmp_path / "dorp.toml").write_text(POOL.format(name="dorp", limit=60, order=ORDER))
    (tmp_path / "stad.toml").write_text(POOL.format(name="stad", limit=limit, order=order))
    if path is None:
        assert len(Policies.load(tmp_path).municipalities) == 2
        return
    with pytest.raises(PolicyFolderWrong, match=f"{path}: .* in dorp and .* in stad, which share"):
        Policies.load(tmp_path)


# -- every value -------------------------------------------------------------------------------------------------------

MEASURED = (int, float, str, Term, Step, date, time)


def leaves(kind: Any = Policy, path: str = "") -> Iterator[tuple[str, object]]:
    """Every value that a policy has, by the path of its bound, with its type."""
    if isinstance(kind, type) and issubclass(kind, Value) and kind not in {Term, Step}:
        for name, field in kind.model_fields.items():
            yield from leaves(field.rebuild_annotation(), f"{path}.{name}" if path else name)
    elif getattr(kind, "__origin__", None) is dict:
        yield path, dict
        yield from leaves(get_args(kind)[1], f"{path}.*")
    elif getattr(kind, "__origin__", None) is tuple:
        yield path, tuple
        yield from leaves(get_args(kind)[0], f"{path}.*")
    elif get_args(kind):
        for part in get_args(kind)[: 1 if hasattr(kind, "__metadata__") else None]:
            yield from leaves(part, path)
    elif kind in MEASURED:
        yield path, kind


def test_every_number_term_day_and_text_of_a_policy_has_bounds() -> None:
    without = {path for path, kind in leaves() if kind in MEASURED and bound_of(tuple(path.split("."))) is None}
    assert without == {"calendar.known_to"}, "the law's, and no city's own"
    assert len(list(leaves())) > 60


def test_every_bound_is_of_a_value_that_there_is_and_says_why() -> None:
    known = [tuple(path.split(".")) for path, _ in leaves()]
    for bound in BOUNDS:
        parts = bound.path.split(".")
        assert bound.why
        assert any(
            len(path) == len(parts)
            and all("*" in {one, other} or one == other for one, other in zip(path, parts, strict=False))
            for path in known
        ), bound.path


@pytest.mark.parametrize(
    ("term", "least", "most"),
    [("5 working days", 5, 11), ("1 month", 28, 31), ("2 months", 59, 62), ("8 weeks", 56, 56), ("1 year", 365, 366)],
)
def test_a_term_has_so_many_days_whenever_it_begins(term: str, least: int, most: int) -> None:
    known = Term.model_validate(term)
    assert (shortest(known), longest(known)) == (least, most)


# -- anything at all ---------------------------------------------------------------------------------------------------

ABSURD = (
    "-1", "0", "1", "1000000000000", "1e308", "nan", "-inf", '""', '" "', '"\\n"', f'"{"x" * 5000}"', '"unspecified"',
    '"9999 years"', '"0 days"', '"1 hour"', '"-9999 working days"', '"+1 hour"', "[]", "{}", "[[]]", "true", "false",
    "0001-01-01", "9999-12-31", "00:00:00", "23:59:59", "1979-05-27T07:32:00Z", '["a", "a"]', '"off"', '"admin"',
    '{ value = "1 day", basis = 3 }', "[9999-12-31]", '"none"', '"desk"',
)  # fmt: skip
TRIED = 250


def written(policy: Policy) -> dict[str, str]:
    """A policy as lines of a file, by path: each with its value as TOML writes it."""
    said = {path: value for path, value in flat(policy).items() if value not in (None, {})}
    return {path: json.dumps(value) for path, value in said.items() if not path.startswith("calendar.")}


def keyed(path: str) -> str:
    return ".".join(json.dumps(part) for part in path.split("."))


@pytest.mark.slow("hundreds of policies, and a mediation under each that is one")
def test_whatever_a_value_is_changed_to_the_file_is_refused_or_runs(tell: Tell) -> None:
    tell(f"absurd policies: PROPERTY_SEED={SEED}")
    chance = random.Random(SEED)
    policy = read_policy(ALMERE).policy
    lines = written(policy)
    ran = 0
    for _ in range(TRIED):
        path, value = chance.choice(list(lines)), chance.choice(ABSURD)
        text = "\n".join(f"{keyed(one)} = {value if one == path else said}" for one, said in lines.items())
        changed = checked(text)
        if changed:
            ran += 1
            lived(changed.policy)
            assert describe(changed, Language.DUTCH), (path, value)
    assert 10 < ran < TRIED / 2


def checked(text: str) -> PolicyFile | None:
    """The policy, unless the file is refused in words."""
    try:
        return check(text)
    except PolicyInvalid as invalid:
        told = [problem for problem in invalid.problems if problem.message and problem.field]
    return None if told else pytest.fail(f"refused without a word: {text}")


def lived(policy: Policy) -> None:
    """A mediation under this policy, from referral to the keys."""
    case = Case(policy=policy)
    case.start(referral(target_group=policy.target_groups[0]))
    for step in STEPS[1 : STEPS.index("list")]:
        getattr(case, step)()
    assert case.events
