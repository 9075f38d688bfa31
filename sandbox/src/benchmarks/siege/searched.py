"""The search for personal data after a siege: in logs, in Temporal's file, and in what histories say in the clear."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from temporalio.client import Client

from benchmarks.siege.people import Mark
from runtime.codec import EncryptionCodec
from runtime.settings import Settings
from sandbox.leaks import Marks, in_files, in_history

WORD = "wijkteam-stad-haven"
"""Stands in what every history says: a search that does not find it is blind."""


class Leaks(NamedTuple):
    """Where it was found, and where the search saw nothing of what must be there."""

    found: Mapping[str, Sequence[str]]
    blind: Sequence[str]


NONE = Leaks({}, ())


async def leaks(client: Client, settings: Settings, data: Path, mediations: list[str], people: list[Mark]) -> Leaks:
    """Search everything."""
    marks = Marks(mark for one in people for mark in one.said)
    files = _files(data)
    found = {file.name: sorted(words) for file, words in in_files(marks, files).items()}
    known = Marks([*mediations, '"event"'])
    blind = [name for name in ("temporal.db", "api.log", "worker.log") if not _seen(known, files, name)]
    codec, control = EncryptionCodec(settings.key_ring, strict=False), Marks([WORD])
    for mediation in mediations:
        told = False
        async for run in client.list_workflows(f"WorkflowId = '{mediation}'"):
            history = await client.get_workflow_handle(mediation, run_id=run.run_id).fetch_history()
            if words := await in_history(marks, history, codec):
                found[f"the history of {mediation}"] = sorted(words)
            told = told or bool(await in_history(control, history, codec))
        if not told:
            blind.append(f"the history of {mediation}")
    return Leaks(found, blind)


def _files(data: Path) -> list[Path]:
    return [*data.glob("*.log"), *data.glob("*/*.log"), *data.glob("temporal/temporal.db*")]


def _seen(known: Marks, files: list[Path], name: str) -> bool:
    return any(known.found_in(file.read_bytes()) for file in files if file.name.startswith(name))
