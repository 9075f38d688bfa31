"""What docs/coverage.md says of the code and the tests is so: the code is there, and a test fails without it."""

import ast
import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.cut import CUTS, SEEN, function_of
from tests.named import NAMED, functions_named, rows
from tests.reading import ROOT, checks, parsed, runs

ASKED = frozenset(
    re.findall(
        r"\w+",
        "1 2 3 4 5 6 7 8 9 10 11 16 18 19 20 27 29 33 34 35 36b 37 38 40 42 43 44 45 47 51 52 53 54 55 56 57 59 60 61 "
        "62 63 64 65 66 67 70 72 73 77 78 79 81 82 84 89 91 93 94",
    ),
)
"""The rows that an engine must do."""
FOUND = frozenset(str(first + n) for first, count in ((101, 41), (201, 14), (301, 14)) for n in range(count))
"""The rows of what was found wrong: of the process and the law, of words and letters, of data from outside."""


@cache
def names(path: Path) -> frozenset[str]:
    """Every function, class, constant and member that a module defines: `name`, `Class.name`."""
    found = set()
    for node in parsed(path).body:
        found |= {(name := _name(node))}
        if isinstance(node, ast.ClassDef):
            found |= {f"{name}.{_name(member)}" for member in node.body}
    return frozenset(found)


def _name(node: ast.stmt) -> str:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return name
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
    return ""


def wrong(cell: str) -> list[str]:
    """Say which of the names in a cell are not there."""
    found = []
    for file, name in NAMED.findall(cell):
        path = ROOT / file
        if not path.is_file():
            found.append(f"no file {file}")
        elif name and name not in names(path):
            found.append(f"{file} has no {name}")
    return found


def test_every_row_is_told_once() -> None:
    told = [row[0] for row in rows()]
    assert len(told) == len(set(told))
    assert set(told) == ASKED | FOUND


def test_what_is_named_exists() -> None:
    missing = {row[0]: found for row in rows() if (found := wrong(" ".join(row[3:])))}
    assert missing == {}


STATE = re.compile(r"(done|in part|open)\b(.*)")
"""How far a row is: done, done in part with what is not, or open."""


def test_every_row_says_how_far_it_is_and_what_is_done_names_its_code_and_a_test() -> None:
    for number, _asked, state, code, test in rows():
        said = STATE.match(state)
        assert said, f"{number}: {state} is neither done, in part nor open"
        assert said[1] != "in part" or said[2].strip(" :"), f"{number}: say what is not done"
        if said[1] == "open":
            assert not NAMED.search(test), f"{number}: what is open names no test"
            continue
        assert functions_named(code), f"{number}: name a function, so that it is seen whether a test calls it"
        assert all(file.startswith("tests/") and name for file, name in NAMED.findall(test)), number
        assert NAMED.search(test), number


def test_every_test_that_is_named_is_run_and_can_fail() -> None:
    named = {(ROOT / file, name) for row in rows() for file, name in NAMED.findall(row[4])}
    assert {(path.name, name) for path, name in named if not (runs(path, name) and checks(path, name))} == set()


@pytest.mark.slow("each test of the rules runs once for every rule that it is named for")
def test_a_test_of_the_rules_fails_when_what_it_is_named_for_is_cut_out(tmp_path: Path) -> None:
    """Tests of the other tiers take seconds each, so they are left out; so is what is a class or a value."""
    cuts: dict[str, list[tuple[str, str, str]]] = {}
    wanted: dict[str, set[str]] = {}
    for number, _asked, _state, code, test in rows():
        rules = [(file, name) for file, name in NAMED.findall(code) if _is_a_rule(file, name)]
        tests = [f"{file}::{name}" for file, name in NAMED.findall(test) if file.startswith("tests/domain/")]
        if tests and rules:
            wanted[number] = {f"{file}::{name}" for file, name in rules}
            for each in tests:
                cuts[each] = [*cuts.get(each, []), *((number, *rule) for rule in rules)]
    assert len(wanted) > 60
    given, told = tmp_path / "cuts.json", tmp_path / "seen.json"
    given.write_text(json.dumps(cuts))
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "tests.cut", "-p", "no:cacheprovider", *cuts],
        env={**os.environ, CUTS: str(given), SEEN: str(told)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout
    seen = json.loads(told.read_text())
    assert {number: unseen for number, rules in wanted.items() if (unseen := rules - {*seen[number]})} == {}


def _is_a_rule(file: str, name: str) -> bool:
    return bool(name) and file.startswith("domain/") and function_of(file, name) is not None


def test_a_name_that_is_not_there_is_seen() -> None:
    assert (
        wrong(
            "`domain/decide/decide.py::decide`, `domain/policy/policy.py::Policy.in_force`, "
            "`domain/facts/outcome.py::Outcome.DIED`"
        )
        == []
    )
    assert wrong("`domain/decide/decide.py::decided_by_nobody`") == ["domain/decide/decide.py has no decided_by_nobody"]
    assert wrong("`domain/nowhere.py::x`") == ["no file domain/nowhere.py"]
