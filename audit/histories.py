"""Where the histories of mediations are: in Temporal, or in files that were kept of them."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Protocol

from temporalio.client import WorkflowHistory

from runtime.histories import Fetched


class Histories(Protocol):
    """Where histories come from."""

    async def of(self, mediation: str) -> Fetched:
        """Return all runs of a mediation."""
        ...

    def known(self) -> AsyncIterator[str]:
        """Return the mediations that have a history, as far as that can be asked."""
        ...


class InFiles:
    """Histories that were kept in a folder, one file a mediation."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def of(self, mediation: str) -> Fetched:
        """Return all runs of a mediation. A file that is no history harms only its own mediation."""
        file = self._folder / f"{mediation}.json"
        if not file.is_file():
            return Fetched()
        try:
            kept = json.loads(file.read_text(encoding="utf-8"))
            runs = tuple(WorkflowHistory.from_json(mediation, run) for run in kept["runs"])
            return Fetched(runs, bool(kept["running"]), lengths=tuple(map(int, kept["events"])))
        except Exception as error:  # anybody may have changed the file, in any way
            return Fetched(unreadable=f"{file.name} ({type(error).__name__})")

    async def known(self) -> AsyncIterator[str]:
        """Return the mediations that have a file here."""
        for file in sorted(self._folder.glob("*.json")):
            yield file.stem


def keep(folder: Path, fetched: Fetched, mediation: str) -> None:
    """Keep the runs of a mediation in a file as Temporal has them: what is encrypted stays encrypted."""
    folder.mkdir(exist_ok=True)
    document: dict[str, Any] = {
        "mediation": mediation,
        "running": fetched.running,
        "events": [len(run.events) for run in fetched.runs],
        "runs": [run.to_json_dict() for run in fetched.runs],
    }
    (folder / f"{mediation}.json").write_text(json.dumps(document, separators=(",", ":")) + "\n", encoding="utf-8")
