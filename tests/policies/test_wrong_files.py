"""Whatever is wrong with a policy file: a problem with its line where there is one, and never a traceback."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import application
from domain.exchange.policy_file import PolicyInvalid
from policy_tools.check import check
from runtime.policy_files import text_of

ALMERE = text_of("almere")
MUTATIONS = {
    "a day that is none": ('version = "2026-11-30"', 'version = "2026-13-45"'),
    "a term for a lease that nobody lets": ('value = ["conversion", "tripartite"]', 'value = ["tripartite"]'),
    "a group that may not rent": (
        "[secrecy]",
        '[groups.children]\nwords = { nl = "kinderen", en = "children" }\nage = { at_least = 5, below = 9 }\n[secrecy]',
    ),
    "a text for a number": ("limit = 250", 'limit = "many"'),
    "a number for a text": ('name = "Almere"', "name = 5"),
    "a fraction of a person": ("limit = 250", "limit = 2.5"),
    "a negative number": ("limit = 250", "limit = -250"),
    "a list for one": ('unit = "people"', 'unit = ["people"]'),
    "one for a list": ('script = "unspecified"', 'script = "home"'),
    "a table for a value": ("attempts = 3", "attempts = { most = 3 }"),
    "a value for a table": ("[secrecy]", "secrecy = true\n[nothing]"),
    "a text for a switch": ("institution_knows = false", 'institution_knows = "perhaps"'),
    "an unknown key": ("attempts = 3", "attempts = 3\ntries = 3"),
    "an unknown table": ("[secrecy]", "[secret]"),
    "a misspelled task": ("[tasks.hear_client]", "[tasks.hear_cliet]"),
    "a misspelled clock": ("[clocks.urgency]", "[clocks.urgecy]"),
    "a misspelled group": ('"womens_shelter"', '"women_shelter"'),
    "a group twice": ('"womens_shelter"', '"womens_shelter", "womens_shelter"'),
    "a misspelled form": ('"tripartite"]', '"tripatite"]'),
    "a misspelled stage of landing": ('"home_ready"', '"house_ready"'),
    "a text for a term": ('repeat = "10 working days"', 'repeat = "often"'),
    "a number for a term": ('repeat = "10 working days"', "repeat = 10"),
    "a term without end": ('repeat = "10 working days"', 'repeat = "0 days"'),
    "a negative term": ('due = "5 working days"', 'due = "-5 working days"'),
    "a reminder without a side": ('remind = ["+7 days", "-2 days"]', 'remind = ["7 days"]'),
    "no escalation": ('escalate = ["0 days"]', "escalate = []"),
    "a missing table header": ("[follow_up]\n", ""),
    "a broken table header": ("[follow_up]", "[follow_up"),
    "a duplicate key": ("limit = 250", "limit = 250\nlimit = 250"),
    "a duplicate table": ("[secrecy]", "[retention]"),
    "a bad date": ("valid_from = { value = 2026-01-01", "valid_from = { value = 2026-02-30"),
    "a text for a date": ("valid_from = { value = 2026-01-01", 'valid_from = { value = "soon"'),
    "a bad time": ("opens = { value = 09:00:00", "opens = { value = 25:00:00"),
    "a quote left open": ('name = "Almere"', 'name = "Almere'),
    "a bad year of rents": ("[suitability.rents.2026]", "[suitability.rents.soon]"),
    "a share over one": ('model = "quota"', 'model = "quota"\nshare = 1.5'),
    "an extra field of a parameter": ("opens = { value = 09:00:00", "opens = { value = 09:00:00, why = 1"),
    "a source that is no text": ('source = "beleidsadviseur Almere"', "source = 12"),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_wrong_file_gives_a_problem_with_its_line(name: str) -> None:
    old, new = MUTATIONS[name]
    assert old in ALMERE
    text = ALMERE.replace(old, new, 1)
    with pytest.raises(PolicyInvalid) as invalid:
        check(text)
    problems = invalid.value.problems
    assert problems
    assert all(problem.field and problem.message for problem in problems)
    assert any(problem.line and problem.line <= text.count("\n") + 1 for problem in problems), problems


def test_an_empty_file_lacks_what_a_policy_must_give() -> None:
    for text in ("", "\n", "# nothing\n"):
        with pytest.raises(PolicyInvalid) as invalid:
            check(text)
        assert {problem.field for problem in invalid.value.problems} >= {"id", "version", "municipality", "name"}


@pytest.mark.parametrize("content", [b"\x00\x01\x02", b"\xff\xfe\x00b", b'id = "a\x00b"', "\ufeffid = 'x'".encode()])
def test_a_file_that_is_no_text_is_told_without_a_traceback(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "city.toml"
    file.write_bytes(content)
    result = CliRunner().invoke(application(), ["policy", "check", str(file)])
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert str(file) in result.stderr
    assert "Error" not in result.stderr.replace("Error:", "")
