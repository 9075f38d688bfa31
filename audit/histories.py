"""Where the histories of mediations are: in Temporal, or in files that were kept of them."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHistory
from temporalio.service import RPCError, RPCStatusCode

from runtime import RuntimeFault

OURS = "WorkflowType = 'Mediation'"


class TemporalAway(RuntimeFault):
    """Temporal did not answer, so nothing can be said of its histories."""


class HistoriesWrong(RuntimeFault):
    """A file of kept histories cannot be read."""


class Fetched(NamedTuple):
    """The runs of one mediation, the first first."""

    runs: tuple[WorkflowHistory, ...] = ()
    running: bool = False
    kept_for: timedelta | None = None
    """How long after its end a history is kept here; None for ever."""
    earlier_forgotten: bool = False
    """Whether the run before the first of these is no longer there."""
    lengths: tuple[int, ...] = ()
    """How many events each run has at least, by whoever has them."""


class Histories(Protocol):
    """Where histories come from."""

    async def of(self, mediation: str) -> Fetched:
        """Return all runs of a mediation."""
        ...

    def known(self) -> AsyncIterator[str]:
        """Return the mediations that have a history, as far as that can be asked."""
        ...


class InTemporal:
    """Histories as Temporal has them."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def of(self, mediation: str) -> Fetched:
        """Return all runs of a mediation; raises `TemporalAway`."""
        try:
            return await self._of(mediation)
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return Fetched(kept_for=await self._kept_for())
            raise TemporalAway(error.status.name.lower()) from None

    async def _of(self, mediation: str) -> Fetched:
        latest = await self._client.get_workflow_handle(mediation).describe()
        running = latest.status == WorkflowExecutionStatus.RUNNING
        runs, lengths = [await self._run(mediation, latest.run_id)], [latest.history_length]
        while before := _before(runs[0]):
            try:
                handle = self._client.get_workflow_handle(mediation, run_id=before)
                lengths.insert(0, (await handle.describe()).history_length)
                runs.insert(0, await self._run(mediation, before))
            except RPCError as error:
                if error.status != RPCStatusCode.NOT_FOUND:
                    raise
                return Fetched(tuple(runs), running, earlier_forgotten=True, lengths=tuple(lengths[-len(runs) :]))
        return Fetched(tuple(runs), running, lengths=tuple(lengths))

    async def _kept_for(self) -> timedelta:
        asked = DescribeNamespaceRequest(namespace=self._client.namespace)
        told = await self._client.workflow_service.describe_namespace(asked)
        return told.config.workflow_execution_retention_ttl.ToTimedelta()

    async def _run(self, mediation: str, run: str) -> WorkflowHistory:
        return await self._client.get_workflow_handle(mediation, run_id=run).fetch_history()

    async def known(self) -> AsyncIterator[str]:
        """Return the mediations that Temporal knows; none where it has no searches. Raises `TemporalAway`."""
        told: set[str] = set()
        try:
            async for execution in self._client.list_workflows(OURS):
                if execution.id not in told:
                    told.add(execution.id)
                    yield execution.id
        except RPCError as error:
            if error.status != RPCStatusCode.UNIMPLEMENTED:
                raise TemporalAway(error.status.name.lower()) from None


class InFiles:
    """Histories that were kept in a folder, one file a mediation."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def of(self, mediation: str) -> Fetched:
        """Return all runs of a mediation; raises `HistoriesWrong`."""
        file = self._folder / f"{mediation}.json"
        if not file.is_file():
            return Fetched()
        try:
            kept = json.loads(file.read_text(encoding="utf-8"))
            runs = tuple(WorkflowHistory.from_json(mediation, run) for run in kept["runs"])
            return Fetched(runs, bool(kept["running"]), lengths=tuple(map(int, kept["events"])))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise HistoriesWrong(f"{file} ({type(error).__name__})") from None

    async def known(self) -> AsyncIterator[str]:
        """Return the mediations that have a file here."""
        for file in sorted(self._folder.glob("*.json")):
            yield file.stem


def keep(folder: Path, fetched: Fetched, mediation: str) -> None:
    """Keep the runs of a mediation in a file, as they are stored: what was encrypted stays so."""
    folder.mkdir(exist_ok=True)
    document: dict[str, Any] = {
        "mediation": mediation,
        "running": fetched.running,
        "events": [len(run.events) for run in fetched.runs],
        "runs": [run.to_json_dict() for run in fetched.runs],
    }
    (folder / f"{mediation}.json").write_text(json.dumps(document, separators=(",", ":")) + "\n", encoding="utf-8")


def _before(run: WorkflowHistory) -> str:
    return run.events[0].workflow_execution_started_event_attributes.continued_execution_run_id
