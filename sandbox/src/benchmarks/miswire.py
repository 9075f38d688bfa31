"""Wrong wirings, made on purpose in a copy of the product: how many of them mypy or the import reports."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

ROOT = Path(__file__).parents[3]
PARTS = ("api", "domain", "runtime", "store", "texts", "workflows", "activities", "audit", "pyproject.toml")
"""What is copied: that which the mistakes are made in, and what it imports."""
CHECKED = ("domain", "api/sights")


class Mistake(NamedTuple):
    """One wrong wiring: what is written in a file instead of what stands there."""

    what: str
    file: str
    right: str
    wrong: str
    by_import: str | None = None
    """The module whose import must refuse it; None where mypy must."""


MISTAKES = (
    Mistake(
        "two answers lead to each other's consequences",
        "domain/stages/first_weeks.py",
        "PlanAnswer,\n        agree_plan,",
        "PlanAnswer,\n        hold_talk,",
    ),
    Mistake("a change names a field that there is not", "domain/beside/chasing.py", "owner_role=", "owners_role="),
    Mistake(
        "a change gives a field a value of another type",
        "domain/beside/chasing.py",
        "owner=owner.organisation",
        "owner=owner",
    ),
    Mistake("an event does not say what it changes", "domain/state/forgotten.py", "", ""),
    Mistake(
        "nobody says who may give a command",
        "domain/decide/commands.py",
        "CommandSpec(c.AddNote, _note, permits.WHO_ACTS)",
        "CommandSpec(c.AddNote, _note)",
    ),
    Mistake(
        "who may give a command is judged as if it were another",
        "domain/decide/commands.py",
        "CommandSpec(c.AddNote, _note, permits.WHO_ACTS)",
        "CommandSpec(c.AddNote, _note, permits.WHO_OFFERED)",
    ),
    Mistake(
        "a command leads to the consequences of another",
        "domain/decide/commands.py",
        "CommandSpec(c.StepBack, step_back, ",
        "CommandSpec(c.StepBack, change_provider, ",
    ),
    Mistake(
        "a kind of task has no definition",
        "domain/decide/catalogue.py",
        "        *conversion.TASKS,\n",
        "",
        by_import="domain.decide.decide",
    ),
    Mistake(
        "a view is given a field that it does not name",
        "api/sights/corporation.py",
        "        signals=tuple(",
        "        signal=tuple(",
    ),
)
FORGOTTEN = """
from typing import Literal

from {module} import Event


class BicycleParked(Event):
    type: Literal["BicycleParked"] = "BicycleParked"


PARKED = BicycleParked()
"""


def measure() -> bool:
    """Make each mistake in turn; print whether it was caught, and at the end how many were."""
    with TemporaryDirectory() as folder:
        copy = Path(folder)
        for part in PARTS:
            _copied(ROOT / part, copy / part)
        clean = _mypy(copy)
        if clean:
            raise RuntimeError(f"the copy itself has errors:\n{clean}")
        caught = [_caught(copy, mistake) for mistake in MISTAKES]
    for mistake, said in zip(MISTAKES, caught, strict=True):
        print(f"  {'caught' if said else 'MISSED'}  {mistake.what}{': ' + said if said else ''}")
    print(f"caught {sum(map(bool, caught))} of {len(MISTAKES)}")
    return all(caught)


def _copied(source: Path, to: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, to, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, to)


def _caught(copy: Path, mistake: Mistake) -> str:
    """Return what is said of a mistake; nothing when nothing is."""
    file = copy / mistake.file
    before = file.read_text(encoding="utf-8") if file.exists() else None
    if before is None:
        file.write_text(FORGOTTEN.format(module=_home_of_events(copy)), encoding="utf-8")
    elif before.count(mistake.right) != 1:
        raise RuntimeError(f"{mistake.file} does not say once: {mistake.right}")
    else:
        file.write_text(before.replace(mistake.right, mistake.wrong), encoding="utf-8")
    try:
        return _import(copy, mistake.by_import) if mistake.by_import else next(iter(_mypy(copy)), "")
    finally:
        if before is None:
            file.unlink()
        else:
            file.write_text(before, encoding="utf-8")


def _home_of_events(copy: Path) -> str:
    """Return the module in which the base of all events stands."""
    for file in (copy / "domain").rglob("*.py"):
        if "\nclass Event(" in file.read_text(encoding="utf-8"):
            return ".".join(file.relative_to(copy).with_suffix("").parts)
    raise RuntimeError("no module has the base of all events")


def _mypy(copy: Path) -> tuple[str, ...]:
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--no-error-summary", *CHECKED],
        cwd=copy,
        capture_output=True,
        text=True,
        check=False,
    )
    return tuple(_errors(done.stdout)) if done.returncode else ()


def _errors(said: str) -> Iterator[str]:
    yield from (line for line in said.splitlines() if " error: " in line)


def _import(copy: Path, module: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", f"import {module}"], cwd=copy, capture_output=True, text=True, check=False
    )
    return done.stderr.strip().splitlines()[-1] if done.returncode else ""
