"""The chapter on restores works: its commands, read from the document, are typed in a drill, and nothing is lost."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.drill import RUNBOOK, Drill, drill, told
from runtime.plugin import connect

OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"
TYPED = re.compile(r"^ *(mediation .+)$", re.MULTILINE)
pytestmark = [pytest.mark.timeout(300), pytest.mark.slow("everything is stopped and started several times")]


def runbook() -> tuple[list[str], list[str]]:
    """The commands of the chapter on restores, and those for a workflow that was terminated, which follow."""
    chapter = OPERATIONS.read_text().partition("## After a restore")[2].partition("\n## ")[0]
    lines = [line for block in re.findall(r"```bash\n(.*?)```", chapter, re.DOTALL) for line in TYPED.findall(block)]
    return lines[: len(RUNBOOK)], lines[len(RUNBOOK) :]


async def test_the_runbook_for_a_restore_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    restoring, _ = runbook()
    assert tuple(restoring) == RUNBOOK
    rounds, typed = await drill(tmp_path, 4, restoring)
    said = "\n".join([*typed, told(rounds)])
    assert [one.name for one in rounds] == ["PostgreSQL put back", "Temporal put back", "Temporal empty"]
    assert all(one.sound for one in rounds), said
    assert "journal_behind" in typed[1], said
    assert "unknown_to_journal" in typed[1], said
    assert "journal_ahead" in said, said


async def test_the_runbook_for_a_terminated_workflow_sets_it_going(tmp_path: Path) -> None:
    _, mending = runbook()
    assert [line.split()[1] for line in mending] == ["check", "repair"]
    one = Drill(tmp_path, mending)
    async with one.up() as stack:
        await one.refer(range(1))
        await one.settled(stack)
        assert stack.settings
        [mediation] = one.mediations
        handle = (await connect(stack.settings)).get_workflow_handle(mediation)
        await handle.terminate()
        codes = [await one.type(line.replace(" M ", f" {mediation} "), datetime.now(UTC)) for line in mending]
        assert codes == [1, 0], one.typed
        assert "workflow_gone" in one.typed[0]
        await one.note(range(1), "after")
