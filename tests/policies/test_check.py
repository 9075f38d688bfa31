"""A wrong policy file is refused with each problem's line, field and what would be right."""

import pytest

from domain.exchange.policy_file import PolicyInvalid
from policy_tools.check import check
from policy_tools.diff import differences
from runtime.policy_files import PolicyFileMissing, files, text_of

ALMERE = text_of("almere")


def problems(text: str) -> list[tuple[int | None, str, str]]:
    with pytest.raises(PolicyInvalid) as invalid:
        check(text)
    return [(problem.line, problem.field, problem.message) for problem in invalid.value.problems]


def line_with(text: str, part: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if part in line)


@pytest.mark.parametrize(
    ("old", "new", "field", "says"),
    [
        ("limit = 250", "limit = -1", "capacity.limit", "-1 is too low: at least 0"),
        (
            'model = "quota"',
            'model = "quote"',
            "capacity.model",
            "known here: quota, ceiling, unlimited; did you mean quota?",
        ),
        ('due = "3 months"', 'due = "3 moons"', "tasks.review_readiness.due", "write for example '2 weeks'"),
        ('escalate = ["0 days"]', "escalate = []", "tasks.decide_incomplete.escalate", "too few: at least 1"),
        ("attempts = 3", "attempts = 0", "follow_up.attempts", "0 is too low: at least 1"),
        ("attempts = 3", "atempts = 3", "follow_up.atempts", "did you mean attempts?"),
        ("[clocks.urgency]", "[clocks.urgentie]", "clocks.urgentie", "did you mean urgency?"),
        ("[tasks.assess]", "[tasks.asses]", "tasks.asses", "did you mean assess?"),
        ('fee_cents = "unspecified"', "fee_cents = -5", "decision.fee_cents", "-5 is too low: at least 0"),
        ('"youth_care"]', '"youths"]', "target_groups.3", "did you mean youth_care?"),
        ('value = "district_team"', 'value = "team"', "agreements.after_conversion.owner", "district_team"),
        (
            'source = "Jaarverslag Wmo 2023", note',
            'sauce = "Jaarverslag Wmo 2023", note',
            "follow_up.after.sauce",
            "did you mean source?",
        ),
    ],
)
def test_a_problem_has_its_line_its_field_and_what_would_be_right(old: str, new: str, field: str, says: str) -> None:
    assert old in ALMERE
    text = ALMERE.replace(old, new, 1)
    found = {name: (line, message) for line, name, message in problems(text)}
    assert field in found
    assert says in found[field][1]
    assert found[field][0] == line_with(text, new)
    assert "Value error" not in found[field][1]


def test_all_problems_are_told_at_once_in_the_order_of_the_lines() -> None:
    text = ALMERE.replace("limit = 250", "limit = -1").replace("attempts = 3", "attempts = 10")
    text = text.replace('due = "3 months"', 'due = "soon"')
    assert [field for _, field, _ in problems(text)] == [
        "capacity.limit",
        "follow_up.attempts",
        "tasks.review_readiness.due",
    ]


def test_what_is_missing_and_what_is_no_toml_is_told_with_a_line() -> None:
    [(_, field, message)] = problems(ALMERE.replace('name = "Almere"\n', ""))
    assert (field, message) == ("name", "this is missing: a policy must give it")
    [(line, field, _)] = problems('id = "x"\nversion = \n')
    assert (line, field) == (2, "file")
    [(line, field, _)] = problems('id = "x')
    assert (line, field) == (1, "file")


def test_a_policy_does_not_end_before_it_begins() -> None:
    text = ALMERE.replace('name = "Almere"\n', 'name = "Almere"\nvalid_to = 2025-01-01\n')
    [(_, _, message)] = problems(text)
    assert message == "valid_to 2025-01-01 lies before valid_from 2026-01-01"


def test_ours_are_valid_and_have_gaps() -> None:
    assert [file.stem for file in files()] == ["almere", "amersfoort"]
    assert all(check(text_of(file.stem)).gaps for file in files())
    with pytest.raises(PolicyFileMissing, match="ours are: almere, amersfoort"):
        text_of("atlantis")


def test_a_difference_has_both_values_and_where_they_come_from() -> None:
    found = {one.path: one for one in differences(check(ALMERE), check(text_of("amersfoort")))}
    assert (found["tasks.assess.due"].one, found["tasks.assess.due"].other) == ("2 weeks", "3 weeks")
    refusals = found["offers.counted_refusals"]
    assert (refusals.one, refusals.other) == (1, 2)
    assert (refusals.about_one.source, refusals.about_other.specified) == ("assumed", False)
    assert "tasks.supplement.due" not in found
    assert found["capacity.share"].one is None


def test_a_policy_does_not_differ_from_itself_but_from_one_with_another_number() -> None:
    assert differences(check(ALMERE), check(ALMERE)) == []
    [only] = differences(check(ALMERE), check(ALMERE.replace("limit = 250", "limit = 260")))
    assert (only.path, only.one, only.other) == ("capacity.limit", 250, 260)
