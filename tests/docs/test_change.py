"""`docs/change.md` names every file that a change of a kind touches: those that name its example, and no other."""

import re
from pathlib import Path

import pytest

from store.reports.catalogue import REPORTS
from tests.docs.test_mentions import FILES, ROOT

GUIDE = "docs/change.md"
EXAMPLES = {
    "A task": r"HOLD_TALK|\bhold_talk\b|\bTalkAnswer\b",
    "An event": r"\bTalkHeld\b",
    "A parameter of the policy": r"\bpeople_per_room\b",
    "A report": r"\bleadtime\b",
    "A field of a dwelling": r"\blow_stimulus\b|\blowStimulus\b",
}
"""How the example of each chapter is named in the code."""
ELSEWHERE = (
    *("tests/", "docs/adr/", "docs/coverage.md", "CHANGELOG.md", GUIDE),
    *("domain/facts/earlier.py", "store/migrations/0020_owner_role.sql"),
    "sandbox/src/benchmarks/miswire.py",
)
"""Where an example may be named without being said here: tests, what tells how things were, and seeded mistakes."""


def chapters() -> dict[str, list[str]]:
    """The files that each chapter lists."""
    _, *parts = (ROOT / GUIDE).read_text(encoding="utf-8").split("\n## ")
    return {part.partition("\n")[0]: re.findall(r"^- `([^`]+)`: ", part, re.MULTILINE) for part in parts}


def naming(example: str) -> set[str]:
    """The files of product and sandbox that name an example."""
    files = [name for name in FILES if not name.startswith(ELSEWHERE) and (ROOT / name).is_file()]
    return {name for name in files if re.search(example, (ROOT / name).read_bytes().decode(errors="replace"))}


def test_every_chapter_has_an_example() -> None:
    assert list(chapters()) == list(EXAMPLES)


@pytest.mark.parametrize("chapter", EXAMPLES)
def test_a_chapter_lists_every_file_that_names_its_example(chapter: str) -> None:
    listed = chapters()[chapter]
    assert len(listed) == len(set(listed))
    assert set(listed) == naming(EXAMPLES[chapter])


def test_a_file_that_is_not_listed_would_be_seen() -> None:
    assert "domain/state/events/support.py" in naming(EXAMPLES["An event"])
    assert not naming(r"\bNothingIsCalledThis\b")


@pytest.mark.parametrize("file", ["README.md", "docs/reports.md"])
def test_every_report_is_told_of(file: str) -> None:
    text = Path(ROOT / file).read_text(encoding="utf-8")
    assert [name for name in REPORTS if f"`{name}`" not in text] == []
