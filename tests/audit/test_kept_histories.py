"""Histories that were kept in files: what somebody made of one file harms its own mediation, and no other."""

from pathlib import Path

import pytest

from audit.examine import Evidence, judge
from audit.finding import FindingKind
from audit.histories import InFiles, keep
from tests.histories import golden

NO_HISTORY = (
    "",
    "{",
    "[]",
    "null",
    "7",
    '"runs"',
    "{}",
    '{"runs": 7}',
    '{"runs": [{"events": 7}], "running": 0}',
    "\0",
)


@pytest.mark.parametrize("text", NO_HISTORY)
async def test_a_file_that_is_no_history_is_unreadable_and_the_others_are_examined(
    closed: Evidence, tmp_path: Path, text: str
) -> None:
    mediation = closed.books.id
    keep(tmp_path, closed.fetched, mediation)
    (tmp_path / "m-other.json").write_text(text, encoding="utf-8")
    kept = InFiles(tmp_path)
    known = [one async for one in kept.known()]
    assert sorted(known) == sorted([mediation, "m-other"])
    other = closed.books._replace(id="m-other")
    told = await judge(
        golden.RING, [Evidence(await kept.of("m-other"), other), Evidence(await kept.of(mediation), closed.books)]
    )
    assert told[0].finding is not None
    assert (told[0].finding.kind, str(told[0].finding.place)) == (FindingKind.UNREADABLE, "history")
    assert "m-other.json" in told[0].finding.field
    assert told[1].finding is None
