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


def test_every_rule_is_where_the_introduction_says() -> None:
    introduction = (ROOT / GUIDE).read_text(encoding="utf-8").partition("\n## ")[0]
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", introduction)
    assert len({file for file, _ in named}) > 10
    assert [name for file, name in named if not defines(file, name)] == []
    assert not defines("domain/decide/permits.py", "is_called_this")


def defines(file: str, name: str) -> bool:
    """Tell whether a module has a function, class or constant of this name."""
    source = (ROOT / file).read_text(encoding="utf-8")
    return re.search(rf"^(?:def |async def |class )?{name}\b", source, re.MULTILINE) is not None


def test_a_file_that_is_not_listed_would_be_seen() -> None:
    assert "domain/state/events/support.py" in naming(EXAMPLES["An event"])
    assert not naming(r"\bNothingIsCalledThis\b")


@pytest.mark.parametrize("file", ["README.md", "docs/reports.md"])
def test_every_report_is_told_of(file: str) -> None:
    text = Path(ROOT / file).read_text(encoding="utf-8")
    assert [name for name in REPORTS if f"`{name}`" not in text] == []


def needed(stage: str) -> set[str]:
    """The files of the product that a kind of task cannot do without; its stage's module is one of them."""
    facts = ("domain/facts/tasks.py", "domain/messages/answers.py", "domain/policy/policy_defaults.py")
    return {*facts, stage, "api/sights/values.py", "texts/nl.toml", "texts/en.toml"}


def test_a_kind_of_task_needs_seven_files_of_the_product() -> None:
    _, *parts = (ROOT / GUIDE).read_text(encoding="utf-8").split("\n## ")
    [chapter] = [part for part in parts if part.startswith("A task\n")]
    lines = re.findall(r"^- `([^`]+)`: (.*)", chapter, re.MULTILINE)
    told = {file for file, what in lines if not file.startswith(("sandbox/", "policies/")) and "only where" not in what}
    assert told == needed("domain/stages/first_weeks.py")
    assert len(told) == 7


def test_the_task_that_was_added_last_needed_no_others_but_for_what_is_its_own() -> None:
    named = naming(r"CHECK_CONVERSION|\bcheck_conversion\b|\bConversionCheckAnswer\b")
    product = {name for name in named if not name.startswith(("sandbox/", "docs/"))}
    assert product == needed("domain/stages/conversion.py") | {
        "domain/decide/bounds.py",  # it asks for days
        "domain/messages/shapes.py",  # not all its fields go together
        "policy_tools/describe/document.py",  # its stage is told otherwise where it is asked
    }
