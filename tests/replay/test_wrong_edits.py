"""Edits of the workflow that would wedge or betray mediations under way: each is caught by a golden history."""

import importlib
from pathlib import Path
from typing import NamedTuple

import pytest

from audit.replay import OTHER_REQUEST, OTHER_RESULT, replay
from tests.histories import golden
from tests.histories.golden import Golden

SOURCE = Path(__file__).parents[2] / "workflows" / "mediation.py"
NONDETERMINISM = "NondeterminismError"
AT_A_TIME = 4
"""So many histories are replayed until an edit is caught: most are by the first."""


class Edit(NamedTuple):
    """A piece of the source, what a careless hand makes of it, and as what it is caught."""

    before: str
    after: str
    caught: str = NONDETERMINISM


EDITS = {
    "stage no longer shown": Edit("workflow.upsert_search_attributes([STAGE.value_set(recorded.stage.value)])", "pass"),
    "stage shown every time": Edit(
        "if recorded.stage and recorded.stage is not self._last.stage:", "if recorded.stage:"
    ),
    "an effect before the record": Edit(
        "async with self._one_at_a_time:\n",
        "async with self._one_at_a_time:\n"
        '            await workflow.execute_activity("GiveNotice", command_id, start_to_close_timeout=ATTEMPT)\n',
    ),
    "delivered before shown": Edit(
        "            self._show(recorded)\n            self._recorded = recorded\n"
        "            for effect in recorded.effects:\n                self._queue(effect)\n",
        "            for effect in recorded.effects:\n                self._queue(effect)\n"
        "            await asyncio.sleep(0)\n"
        "            self._show(recorded)\n            self._recorded = recorded\n",
    ),
    "effects in reverse": Edit("for effect in recorded.effects:", "for effect in reversed(recorded.effects):"),
    "an extra timer": Edit("self._commands += 1", "self._commands += 1\n            await workflow.sleep(1)"),
    "another activity name": Edit('"Record",\n', '"RecordCommand",\n'),
    "recorded twice": Edit(
        "        return recorded.brief\n",
        "        await self._record(submission.command_id, submission.command, keyed=submission.keyed)\n"
        "        return recorded.brief\n",
    ),
    "one lane for all": Edit("effect.lane", '"all"'),
    "a lane for each effect": Edit("effect.lane", "effect.key"),
    "effects of no lane": Edit("self._queue(effect)", "pass"),
    "the agenda is not waited for": Edit(
        "timeout = max(wake_at - workflow.now(), timedelta()) if wake_at else None", "timeout = None"
    ),
    "what is learned is forgotten": Edit("if learned.command:", "if False:"),
    "ends before all is delivered": Edit("and not self._lanes", ""),
    "another head": Edit("head=self._last.head", "head=self._last.head[::-1]", OTHER_RESULT),
    "commands counted wrong": Edit("commands=self._commands", "commands=self._commands + 1", OTHER_RESULT),
    "another command id": Edit(':learned"', ':learnt"', OTHER_REQUEST),
    "another moment": Edit("now=workflow.now()", "now=workflow.info().start_time", OTHER_REQUEST),
    "somebody else lets time pass": Edit("role=Role.COORDINATOR", "role=Role.AUDITOR", OTHER_REQUEST),
}


def edited(folder: Path, name: str, edit: Edit) -> type:
    """Load the workflow with an edit, as a module that the sandbox can load again."""
    source = SOURCE.read_text(encoding="utf-8")
    assert edit.before in source, f"{name}: the source no longer has {edit.before!r}"
    module = "edited_" + "".join(c if c.isalnum() else "_" for c in name)
    (folder / f"{module}.py").write_text(source.replace(edit.before, edit.after), encoding="utf-8")
    loaded: type = importlib.import_module(module).MediationWorkflow
    return loaded


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder from which modules can be imported."""
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", EDITS)
async def test_a_wrong_edit_is_caught(goldens: list[Golden], folder: Path, name: str) -> None:
    code, seen = edited(folder, name, EDITS[name]), set[str | None]()
    histories = [one.history for one in goldens]
    for first in range(0, len(histories), AT_A_TIME):
        seen |= {verdict.failure for verdict in await replay(golden.RING, histories[first : first + AT_A_TIME], code)}
        if EDITS[name].caught in seen:
            break
    assert EDITS[name].caught in seen


async def test_no_edit_is_not_caught(goldens: list[Golden], folder: Path) -> None:
    code = edited(folder, "nothing", Edit("One mediation.", "One mediation!"))
    verdicts = await replay(golden.RING, [one.history for one in goldens], code)
    assert {verdict.failure for verdict in verdicts} == {None}
