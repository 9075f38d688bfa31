"""What docs/coverage.md names, and whether a test that it names calls the code that its row names.

The functions of a row are watched while its tests run, in whichever run that is: nothing runs twice for it.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from inspect import iscoroutinefunction, signature
from types import FunctionType

import pytest

from tests.cut import function_of, replaced
from tests.reading import ROOT

PAGE = ROOT / "docs" / "coverage.md"
NAMED = re.compile(r"`([\w./-]+\.(?:py|toml|sql|md))(?:::([\w.]+))?`")
_whole: dict[str, FunctionType] = {}
"""The functions that are watched now, as they were, by the key in the code that takes their place."""
_called: set[str] = set()
_last = True
"""Whether no more runs of this test follow here. Not each of several needs the code."""


@cache
def rows() -> tuple[tuple[str, ...], ...]:
    """The rows of both tables of the page: number, what is asked or holds, state, code, tests."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    cells = (tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines if line.startswith("| "))
    return tuple(row for row in cells if row[0] != "Row")


def functions_named(code: str) -> dict[str, FunctionType]:
    """The functions and methods among what a row names as its code."""
    found = {f"{file}::{name}": function_of(file, name) for file, name in NAMED.findall(code) if file.endswith(".py")}
    return {name: function for name, function in found.items() if function}


@cache
def watched_for() -> dict[str, dict[str, FunctionType]]:
    """By test, the functions of which it must call one, for each row that names it. Tests of the rules are judged more
    strictly, by cutting those out.
    """
    found: dict[str, dict[str, FunctionType]] = {}
    for *_, code, tests in rows():
        for file, name in NAMED.findall(tests):
            if not file.startswith("tests/domain/"):
                found.setdefault(f"{file}::{name}", {}).update(functions_named(code))
    return found


def call(key: str, given: tuple[object, ...], named: dict[str, object]) -> object:
    """Note that a function was called, and call it as it was."""
    _called.add(key)
    return _whole[key](*given, **named)


def _noted(*given: object, **named: object) -> object:
    # No global is looked up: the code runs in the module of whatever is watched.
    from tests.named import call

    return call("KEY", given, named)


async def _awaited(*given: object, **named: object) -> object:
    # Whoever looks sees a function that is awaited, as before: activities are called by what they are.
    from tests.named import call

    return await call("KEY", given, named)  # type: ignore[misc]


@contextmanager
def _watched(key: str, function: FunctionType) -> Iterator[None]:
    """Note calls of a function."""
    code = function.__code__
    whole = FunctionType(code, function.__globals__, function.__name__, function.__defaults__, function.__closure__)
    whole.__kwdefaults__ = function.__kwdefaults__
    _whole[key] = whole
    noting = (_awaited if iscoroutinefunction(function) else _noted).__code__
    consts = tuple(key if const == "KEY" else const for const in noting.co_consts)
    # An application that is made meanwhile reads from the signature which parameters a request has.
    function.__dict__["__signature__"] = signature(function)
    try:
        with replaced(function, noting.replace(co_consts=consts)):
            yield
    finally:
        del function.__dict__["__signature__"]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Watch while a test runs that the page names, its fixtures included."""
    global _last  # hooks have no other place to keep it
    if _last:
        _called.clear()
    _last = nextitem is None or _base(nextitem) != _base(item)
    with ExitStack() as watching:
        for key, function in watched_for().get(_base(item), {}).items():
            watching.enter_context(_watched(key, function))
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Iterator[None]:
    """Fail a test that passed without the code that it is named for."""
    passed = yield
    wanted = watched_for().get(_base(pyfuncitem), {})
    if wanted and _last and not _called & set(wanted):
        pytest.fail(f"docs/coverage.md names this test for {', '.join(wanted)}, and it calls none of them.")
    return passed


def _base(item: pytest.Item) -> str:
    return item.nodeid.partition("[")[0]
