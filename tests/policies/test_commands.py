"""`mediation policy`: what it prints, and how it ends."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli import application
from runtime.policy_files import text_of

GORZEN = str(Path(__file__).with_name("gorzen.toml"))


def run(*words: str) -> Result:
    return CliRunner().invoke(application(), ["policy", *words])


def test_a_valid_policy_is_told_to_be_so_with_its_gaps() -> None:
    result = run("check", "almere")
    assert result.exit_code == 0
    assert result.stdout.startswith("almere: valid; ")
    lines = text_of("almere").splitlines()
    [gap] = [line for line in result.stdout.splitlines() if line.startswith("  gap: tasks.answer_offer.due")]
    at, _, said = gap.removeprefix("  gap: tasks.answer_offer.due (line ").partition("): ")
    assert said == "Answer the offer, client and guide together: term; until it is decided: 5 working days"
    assert lines[int(at) - 1].startswith("due")
    for line in result.stdout.splitlines()[1:]:
        assert re.search(r"^  (gap: \S+( \(line \d+\))?: [^`]+; until it is decided: \S|note: )", line), line
    assert run("check", GORZEN).exit_code == 0


def test_a_committee_that_is_named_and_asked_for_nothing_is_told() -> None:
    assert (
        "  note: decision.advice: Urgentiecommissie is only named, and asked for nothing"
        in run("check", "almere").stdout
    )
    assert "note:" not in run("check", str(Path(__file__).with_name("cities") / "merwestad.toml")).stdout


def test_a_term_so_short_that_support_seldom_starts_within_it_is_told_with_what_follows(tmp_path: Path) -> None:
    file = tmp_path / "city.toml"
    text = Path(GORZEN).read_text(encoding="utf-8")
    assert "[support]\n" in text
    file.write_text(text.replace("[support]\n", '[support]\nstarts_within = "1 day"\n'))
    result = run("check", str(file))
    assert result.exit_code == 0
    assert "  note: support.starts_within: a provider seldom names a day within 1 day of the keys" in result.stdout
    file.write_text(file.read_text(encoding="utf-8").replace('"1 day"', '"1 week"'))
    assert "note: support" not in run("check", str(file)).stdout


def test_each_problem_is_told_with_file_line_and_field(tmp_path: Path) -> None:
    file = tmp_path / "city.toml"
    file.write_text(Path(GORZEN).read_text(encoding="utf-8").replace("attempts = 2", "attempts = 0"))
    result = run("check", str(file))
    line = file.read_text().splitlines().index("attempts = 0") + 1
    assert result.exit_code == 1
    [told] = result.stderr.splitlines()
    assert told.startswith(f"{file}:{line}: follow_up.attempts: 0 is too low: at least 1, for somebody who does not")
    assert run("describe", str(file)).exit_code == 1


def test_a_file_that_is_not_there_is_told() -> None:
    result = run("check", "atlantis")
    assert result.exit_code == 1
    assert "ours are: almere, amersfoort" in result.stderr


def test_ours_are_listed_with_version_validity_and_gaps() -> None:
    lines = run("list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["almere", "amersfoort"]
    assert "version 2026-11-30, from 2026-01-01 on, 20 gaps" in lines[0]


def test_a_name_is_looked_for_where_the_installation_has_its_policies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "west-gorzen.toml").write_text(Path(GORZEN).read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setenv("MEDIATION_POLICIES", str(tmp_path))
    assert run("list").stdout.startswith("west-gorzen  Gorzen, version ")
    assert run("check", "west-gorzen").exit_code == 0
    assert "ours are: west-gorzen" in run("check", "almere").stderr


def test_a_difference_is_shown_with_both_values_and_sources() -> None:
    shown = run("diff", "almere", "amersfoort").stdout
    assert 'tasks.assess.due\n  almere: "2 weeks"  [assumed]\n  amersfoort: "3 weeks"  [assumed]\n' in shown
    assert "offers.counted_refusals\n  almere: 1  [assumed; the rule for urgent seekers" in shown
    assert "\n  amersfoort: 2  [not decided" in shown
    assert run("diff", "almere", "almere").stdout == ""


def test_a_description_comes_in_dutch_unless_english_is_asked() -> None:
    assert run("describe", "almere").stdout.startswith("# Directe bemiddeling in Almere: zo werken wij")
    assert run("describe", GORZEN, "--language", "en").stdout.startswith("# Direct mediation in Gorzen: how we work")
    assert run("describe", "almere", "--language", "fr").exit_code == 2
