"""Run tests with a function cut out: `pytest -p tests.cut` runs each test once for every function named for it.

What is cut raises `Cut` wherever it is called from, also by those who imported it by name. A test that passes all the
same does not see what the function does. CUTS is a file that names the functions of each test with the row that names
both, as JSON; SEEN the file into which it is written, by row, which of them its tests missed.
"""

import importlib
import inspect
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FunctionType

import pytest

CUTS, SEEN = "MEDIATION_TEST_CUTS", "MEDIATION_TEST_SEEN"


class Cut(AssertionError):
    """A function that was cut out was called."""


def _missing(*_: object, **__: object) -> None:
    # No global is looked up: the code runs in the module of whatever is cut.
    from tests.cut import Cut

    raise Cut


def function_of(file: str, name: str) -> FunctionType | None:
    """The function or method of this name in a file of ours; None for what is none, such as a class."""
    found: object = importlib.import_module(file.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
    for part in name.split("."):
        found = inspect.getattr_static(found, part, None)  # a field of a value is none of its class
    found = found.fget if isinstance(found, property) else getattr(found, "__func__", found)
    found = inspect.unwrap(found) if callable(found) else found
    return found if isinstance(found, FunctionType) else None


@contextmanager
def cut(function: FunctionType) -> Iterator[None]:
    """Take out what a function does."""
    with replaced(function, _missing.__code__):
        yield


@contextmanager
def replaced(function: FunctionType, code: CodeType) -> Iterator[None]:
    """Let a function run other code, so that it does not matter who holds the function."""
    whole = function.__code__
    function.__code__ = code.replace(co_freevars=whole.co_freevars)
    try:
        yield
    finally:
        function.__code__ = whole


class Cutter:
    """Runs each test with one function after the other cut out, and remembers which were missed for which row.

    What one test of a row missed is not cut out of the next: it takes long.
    """

    def __init__(self, cuts: dict[str, list[tuple[str, str, str]]]) -> None:
        self._cuts = cuts
        self.seen: dict[str, list[str]] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        """Run the test in place of pytest, which calls it once only."""
        test = pyfuncitem.nodeid.partition("[")[0]
        arguments = {name: pyfuncitem.funcargs[name] for name in inspect.signature(pyfuncitem.obj).parameters}
        for row, file, name in self._cuts[test]:
            seen = self.seen.setdefault(row, [])
            if f"{file}::{name}" in seen:
                continue
            function = function_of(file, name)
            assert function, f"{file} has no function {name}"
            with cut(function):
                try:
                    pyfuncitem.obj(**arguments)
                except (Exception, pytest.fail.Exception):  # `Failed` is what `raises` says, and no Exception
                    seen.append(f"{file}::{name}")
        return True


def pytest_configure(config: pytest.Config) -> None:
    """Take part in a run that says what to cut."""
    config.pluginmanager.register(Cutter(json.loads(Path(os.environ[CUTS]).read_text())), "cutter")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell what the tests missed."""
    cutter = session.config.pluginmanager.get_plugin("cutter")
    assert isinstance(cutter, Cutter)
    Path(os.environ[SEEN]).write_text(json.dumps(cutter.seen))
