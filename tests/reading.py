"""Tests as they are written: which there are, whether pytest runs them, and whether they can fail."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
CHECKS = frozenset({"raises", "fail", "warns"})
"""What pytest offers to fail with, beside `assert`."""
NEVER_RUN = frozenset({"skip", "skipif", "xfail"})
"""Marks under which a test may not count."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def parsed(path: Path) -> ast.Module:
    """The source of a file, read once."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def functions(path: Path) -> dict[str, Function]:
    """The functions of a module, by name."""
    return {node.name: node for node in parsed(path).body if isinstance(node, Function)}


def written_in(path: Path) -> Iterator[Function]:
    """The tests of a file: pytest collects functions at its top, and none of a class (we have none)."""
    yield from (function for name, function in functions(path).items() if name.startswith("test_"))


def checks(path: Path, name: str) -> bool:
    """Tell whether a function checks something, itself or through functions that it calls by their names.

    Methods do not count: from `case.do(...)` nobody sees what is checked.
    """
    return _checks(path, name, frozenset())


def _checks(path: Path, name: str, passed: frozenset[tuple[Path, str]]) -> bool:
    function = functions(path).get(name)
    if function is None or (path, name) in passed:
        return False
    if any(_is_check(node) for node in ast.walk(function)):
        return True
    passed |= {(path, name)}
    return any(_checks(*_home(path, called), passed) for called in _called(function))


def _is_check(node: ast.AST) -> bool:
    match node:
        case ast.Assert(test=ast.Constant()):
            return False
        case ast.Assert():
            return True
        case ast.Call(func=ast.Attribute(value=ast.Name(id="pytest"), attr=name)):
            return name in CHECKS
    return False


def _called(function: Function) -> set[str]:
    calls = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
    return {called.id for called in calls if isinstance(called, ast.Name)}


def _home(path: Path, name: str) -> tuple[Path, str]:
    """Where a function that a module calls is defined, if that is in the tests, and its name there."""
    for node in parsed(path).body:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("tests."):
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    return ROOT.joinpath(*node.module.split(".")).with_suffix(".py"), alias.name
    return path, name


def runs(path: Path, name: str) -> bool:
    """Tell whether pytest runs a test: it stands at the top of a file of tests, and no mark leaves it out."""
    function = functions(path).get(name)
    if function is None or not name.startswith("test_") or not path.name.startswith("test_"):
        return False
    marks = {node.attr for one in function.decorator_list for node in ast.walk(one) if isinstance(node, ast.Attribute)}
    return not marks & NEVER_RUN
