"""Golden histories on disk, one folder a release: the encrypted history, and the journal's entries beside it.

The key is for these files only. It is public, for they hold nothing but invented people.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from pydantic import TypeAdapter
from temporalio.client import WorkflowHistory

from domain.decide.decide import Refused
from domain.exchange.record import MediationRecord
from domain.facts.value import Value
from domain.messages.commands import AnyCommand, StartMediation
from domain.policy.policy import Policy
from domain.policy.scarce import Claim
from domain.state.events import AnyEvent
from runtime.keys import KeyRing
from runtime.plugin import data_converter
from store.journal import Entry
from tests.replay.judgement import Judged

FOLDER = Path(__file__).parent
NEXT = "next"
"""Where stories are kept that came after a release, until the next one."""
RING = KeyRing.parse("golden:Z29sZGVuIGhpc3RvcmllcyBvZiBubyByZWFsIG9uZSE=")


class Decision(Value):
    """One recorded decision, as its file has it."""

    ordinal: int
    at: datetime
    command: AnyCommand
    gone: tuple[Claim, ...]
    refused: Refused | None
    events: tuple[AnyEvent, ...]


DECISIONS: TypeAdapter[list[Decision]] = TypeAdapter(list[Decision])


class Golden(NamedTuple):
    """One mediation as a release ran it."""

    release: str
    name: str
    history: WorkflowHistory
    decisions: tuple[Judged, ...]
    documents: tuple[str, ...]
    """The events word for word as they were stored."""

    @property
    def policy(self) -> Policy:
        """The policy it was decided under."""
        command = self.decisions[0].command
        assert isinstance(command, StartMediation)
        return command.policy


def judged(entries: Sequence[Entry]) -> tuple[Judged, ...]:
    """Return the journal's entries as what can be judged again."""
    return tuple(Judged(e.ordinal, e.at, e.command, e.gone, e.recorded.refused, e.events) for e in entries)


def write(release: str, name: str, history: WorkflowHistory, entries: Sequence[Entry]) -> None:
    """Write one mediation."""
    folder = FOLDER / release
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.json").write_text(
        json.dumps(history.to_json_dict(), separators=(",", ":")) + "\n", encoding="utf-8"
    )
    decisions = [
        Decision(ordinal=j.ordinal, at=j.at, command=j.command, gone=tuple(j.gone), refused=j.refused, events=j.events)
        for j in judged(entries)
    ]
    (folder / f"{name}.journal.json").write_bytes(DECISIONS.dump_json(decisions) + b"\n")


def kept(release: str) -> set[str]:
    """Return the stories that a release has kept."""
    return {file.stem for file in FOLDER.glob(f"{release}/*.json") if not file.name.endswith(".journal.json")}


def read() -> Iterator[Golden]:
    """Read every mediation of every release."""
    for file in sorted(FOLDER.glob("*/*.json")):
        if not file.name.endswith(".journal.json"):
            yield _read(file)


def _read(file: Path) -> Golden:
    history = WorkflowHistory.from_json(f"golden-{file.stem}", file.read_text(encoding="utf-8"))
    text = file.with_suffix(".journal.json").read_text(encoding="utf-8")
    decisions = DECISIONS.validate_json(text)
    stored = (event for decision in json.loads(text) for event in decision["events"])
    documents = tuple(json.dumps(event, separators=(",", ":"), ensure_ascii=False) for event in stored)
    recorded = tuple(Judged(d.ordinal, d.at, d.command, frozenset(d.gone), d.refused, d.events) for d in decisions)
    return Golden(file.parent.name, file.stem, history, recorded, documents)


async def result_of(history: WorkflowHistory) -> MediationRecord:
    """Return what a history says the mediation ended with."""
    completed = history.events[-1].workflow_execution_completed_event_attributes
    record: MediationRecord = (await data_converter(RING).decode(completed.result.payloads, [MediationRecord]))[0]
    return record
