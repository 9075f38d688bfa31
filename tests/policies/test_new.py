"""`mediation policy new`: a file to fill in, worked out of the definitions, that is valid from the start."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import application
from domain.policy.policy_defaults import DEFAULTS
from policy_tools.check import check
from policy_tools.lines import lines_of
from policy_tools.new import NoPolicyName, new_policy
from sandbox.city import City
from tests.policies.test_bounds import leaves
from tests.policies.test_smallest import SMALLEST
from tests.sandbox.test_city import Run

TODAY = date(2026, 1, 1)


def test_a_new_file_is_typed_and_lives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    typed = CliRunner().invoke(application(), ["policy", "new", "West Gorzen"])
    assert (typed.exit_code, typed.stderr) == (0, "")
    assert typed.stdout.startswith("west-gorzen.toml: fill it in")
    checked = CliRunner().invoke(application(), ["policy", "check", "west-gorzen.toml"])
    assert checked.exit_code == 0
    assert "  gap: tasks.assess.due (line " in checked.stdout
    policy = check((tmp_path / "west-gorzen.toml").read_text()).policy
    run = Run(City(policy, 7, 6)).until_closed()
    assert all(life.closed for life in run.lives)


def test_what_is_there_is_not_written_over_and_a_name_is_needed(tmp_path: Path) -> None:
    file = tmp_path / "stad.toml"
    file.write_text("kept")
    again = CliRunner().invoke(application(), ["policy", "new", "Stad", "--file", str(file)])
    assert (again.exit_code, again.stderr) == (1, f"{file} is there already\n")
    assert file.read_text() == "kept"
    nowhere = CliRunner().invoke(application(), ["policy", "new", "Stad", "--file", str(tmp_path / "no" / "stad.toml")])
    assert "cannot be written" in nowhere.stderr
    for name in ("", "!", "x" * 41, "a\nb"):
        with pytest.raises(NoPolicyName, match="write 2 to 40 letters"):
            new_policy(name, TODAY)
    assert 'id = "s-hertogenbosch"' in new_policy("'s-Hertogenbosch", TODAY)


def test_nothing_is_decided_in_it_and_every_parameter_stands_in_it() -> None:
    text = new_policy("Klein", TODAY)
    read = check(text)
    assert read.policy == check(SMALLEST).policy
    assert set(read.gaps) >= set(check(SMALLEST).gaps)
    named = set(re.findall(r"\w+", text))
    for path, _ in leaves():
        if not path.startswith(("calendar.decree", "calendar.known", "calendar.reckoning")):
            *_, name = [part for part in path.split(".") if part != "*"]
            assert name in named, path


def test_filled_in_it_has_no_gaps_but_the_rents_still_to_come() -> None:
    text = new_policy("Klein", TODAY)
    lines, where = text.splitlines(), lines_of(text)
    for path, value in decided(DEFAULTS):
        name = path.rpartition(".")[2]
        assert lines[where[path] - 1].startswith(f'{name} = "unspecified"'), path
        lines[where[path] - 1] = f"{name} = {json.dumps(value)}"
    gaps = check("\n".join(lines)).gaps
    assert not {path for path, _ in decided(DEFAULTS)} & set(gaps)
    assert "suitability.rents.2027" in gaps


def decided(defaults: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """Every default of the engine, as a file says it."""
    for name, value in defaults.items():
        if isinstance(value, Mapping) and value:
            yield from decided(value, f"{path}{name}.")
        elif value not in (None, {}):
            yield path + name, value


def test_a_comment_tells_what_it_is_what_may_be_written_and_what_holds_till_then() -> None:
    text = new_policy("Klein", TODAY)
    read = " ".join(text.replace("\n# ", " ").split())
    assert (
        "How long before the keys the receiving district team must know. A term, from 1 working day to 2 months. "
        'Till then: 5 working days. notice_to_team = "unspecified"'
    ) in read
    assert 'One of: quota, ceiling, unlimited. Till then: unlimited. model = "unspecified"' in read
    assert "# make_offer = " in text
    for told_nobody in ("None in", "Undefined", "TermUnit", "<", "object at"):
        assert told_nobody not in text
    assert max(map(len, text.splitlines())) <= 150
