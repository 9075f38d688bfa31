"""A date is the municipality's: for an hour or two of each night it is another one there than in UTC.

So nobody takes the date of a moment but on the municipality's clock: `calendar.today(now)`, or `.date()` of what was
put on that clock just before. Shells are told the time zone.
"""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OTHERWISE = {
    ("activities/iwmo/messages.py", "allocation.made_at.date()"): "made in the municipality's own time",
    ("api/cursors.py", "after[0].date()"): "a day, kept in a cursor as the moment it begins",
    ("console/directory.py", "on.date()"): "typed as a day",
    ("console/directory.py", "since.date()"): "typed as a day",
    ("console/reports.py", "first.date()"): "typed as a day",
    ("console/work.py", "moment.date()"): "typed as a day",
    ("console/reports.py", "last.date()"): "typed as a day",
    ("texts/telling.py", "value.astimezone(self._zone).date()"): "in the zone of the policy's calendar",
    ("policy_tools/prove/abstraction.py", "value.date()"): "tells states apart, and is told to nobody",
    ("sandbox/src/sandbox/partners/case_system.py", "moment.date()"): "as a case system takes it from what it is sent",
    ("sandbox/src/sandbox/partners/dwellings.py", "datetime.fromisoformat(asked).date()"): "as it was asked",
}
"""The date of a moment that is on another clock, and why it is right."""
LOCAL = re.compile(r"(\.astimezone\(\w+\)|\.local\([\w.]+\)|\blocal|\bdatetime\([^()]*\))$")
"""What is on the municipality's clock, or was written down as a day."""
PRESENT = re.compile(r"\bnow\b|\b(today|fromtimestamp)$")
"""A moment that a test reads from a clock; of those that it chose it may say the date."""
TYPED = re.compile(r"\bdate (?:-d [\w ]+ |-d '[^']*' )?(?:\+|-I)|--iso")
"""How a shell is asked for a date."""
MUNICIPAL = "TZ=Europe/Amsterdam "


def files(*patterns: str) -> Iterator[Path]:
    """Return the files of the project that have such a name."""
    listed = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
    yield from (ROOT / name for name in listed.stdout.splitlines())


def dates(source: str) -> Iterator[str]:
    """Return how the date of a moment is taken in a source, unless it is on the municipality's clock."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Attribute):
            continue
        of = ast.unparse(node.value)
        if node.attr in {"today", "fromtimestamp"} and of.rpartition(".")[2] in {"date", "datetime"}:
            yield ast.unparse(node)
        if node.attr == "date" and of not in {"datetime", "dt"} and not LOCAL.search(of):
            yield f"{of}.date()"


def test_the_product_takes_no_date_but_on_the_municipalitys_clock() -> None:
    found = {
        (str(file.relative_to(ROOT)), taken)
        for file in files("*.py")
        if file.relative_to(ROOT).parts[0] != "tests"
        for taken in dates(file.read_text())
    }
    assert found == OTHERWISE.keys()


def test_no_test_takes_the_date_of_the_moment_it_runs_at() -> None:
    found = [
        (str(file.relative_to(ROOT)), taken)
        for file in files("tests/*.py")
        if file != Path(__file__)
        for taken in dates(file.read_text())
        if PRESENT.search(taken.removesuffix(".date()"))
    ]
    assert found == []


def test_no_shell_is_asked_for_a_date_without_the_time_zone() -> None:
    found = [
        f"{file.relative_to(ROOT)}: {line}"
        for file in files("*.md", "*.sh", "*.yml", "*.yaml", ".ci/*", "Makefile", "Dockerfile")
        for line in file.read_text().splitlines()
        if len(TYPED.findall(line)) != len(re.findall(MUNICIPAL + TYPED.pattern, line))
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        *("now.date()", "date.today()", "datetime.today()", "datetime.date.today()", "datetime.now(UTC).date()"),
        *("(await clock.now()).date()", "date.fromtimestamp(0)", "age(datetime.now(UTC).date)"),
    ],
)
def test_a_date_of_another_clock_is_seen(source: str) -> None:
    assert list(dates(f"async def f():\n    {source}"))


@pytest.mark.parametrize(
    "source", ["now.astimezone(LOCAL).date()", "calendar.local(now).date()", "calendar.today(now)"]
)
def test_a_date_of_the_municipality_passes(source: str) -> None:
    assert list(dates(source)) == []


@pytest.mark.parametrize("line", ["$(date +%F)", "$(date -d tomorrow +%F)", "`date -I`"])
def test_a_date_that_a_shell_is_asked_for_is_seen(line: str) -> None:
    assert TYPED.search(line)
