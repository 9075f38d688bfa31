"""Replay: does today's workflow code reproduce a recorded history, command by command, and with the same result?

Temporal's replayer compares the kinds of commands only. What each of them says is compared here: what activities were
asked, how long was waited, how updates were answered, and what the workflow ended with.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.bridge.proto.workflow_commands import (
    ContinueAsNewWorkflowExecution,
    ScheduleActivity,
    StartTimer,
)
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, ReplayerConfig, WorkflowReplayResult
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from audit.commands import GivenCommand, Listener, ListeningRunner
from audit.finding import Finding, FindingKind, FoundAt, different
from audit.written import Unreadable, Written, documents, seconds, written
from runtime.keys import KeyRing
from runtime.plugin import MediationPlugin
from workflows.mediation import MediationWorkflow

CANNOT_READ = "CannotRead"
"""A key is missing, or a payload is not what was encrypted: nothing can be said about the history."""
OTHER_RESULT = "OtherResult"
"""The replay returned something else than was recorded."""
OTHER_REQUEST = "OtherRequest"
"""The replay gave a command that says something else than was recorded."""
CUT = "Cut"
"""The history breaks off: something that must have followed is not there."""

HISTORY, CODE = "the history", "today's code"


class ReplayVerdict(NamedTuple):
    """What replaying one history showed."""

    workflow: str
    events: int
    failure: str | None = None
    """Why it failed: the kind of failure, never its text."""
    finding: Finding | None = None
    """The first difference."""


class Replayed(NamedTuple):
    """A history, what it says, and the verdict on it."""

    history: WorkflowHistory
    written: Written | None
    """None where it cannot be read."""
    verdict: ReplayVerdict


class _Listening(MediationPlugin):
    """The plugin of our workers, with a listener to the commands of its sandbox."""

    def __init__(self, ring: KeyRing, listener: Listener) -> None:
        super().__init__(ring)
        self._listener = listener

    def configure_replayer(self, config: ReplayerConfig) -> ReplayerConfig:
        config = super().configure_replayer(config)
        sandbox = config.get("workflow_runner")
        if isinstance(sandbox, SandboxedWorkflowRunner):
            config["workflow_runner"] = ListeningRunner(sandbox, self._listener)
        return config


async def replay(
    ring: KeyRing, histories: Iterable[WorkflowHistory], code: type = MediationWorkflow
) -> list[ReplayVerdict]:
    """Replay finished or running mediations with today's code, or with another version of it."""
    return [one.verdict for one in await replayed(ring, histories, code)]


async def replayed(
    ring: KeyRing, histories: Iterable[WorkflowHistory], code: type = MediationWorkflow
) -> list[Replayed]:
    """Replay histories; return them in the given order with what each says."""
    listener = Listener()
    replayer = Replayer(workflows=[code], plugins=[_Listening(ring, listener)])
    order = list(histories)
    read: dict[int, Written] = {}
    done: dict[int, Replayed] = {}

    async def readable() -> AsyncIterator[WorkflowHistory]:
        for history in order:
            try:
                said = read[id(history)] = await written(ring, history)
            except Unreadable as unreadable:
                verdict = _verdict(history, CANNOT_READ, unreadable.finding)
                done[id(history)] = Replayed(history, None, verdict)
                continue
            if said.cut:  # Temporal's replayer could wait for ever for the events that are missing
                done[id(history)] = Replayed(
                    history, said, _verdict(history, CUT, _cut(said, "nothing follows that must"))
                )
            else:
                yield history

    async with replayer.workflow_replay_iterator(readable()) as results:
        async for result in results:
            history = result.history
            said = read[id(history)]
            done[id(history)] = Replayed(history, said, _judged(result, said, listener.heard.pop(said.run, {})))
    return [done[id(history)] for history in order]


def _verdict(history: WorkflowHistory, failure: str | None = None, finding: Finding | None = None) -> ReplayVerdict:
    return ReplayVerdict(history.workflow_id, len(history.events), failure, finding)


def _judged(result: WorkflowReplayResult, said: Written, heard: Mapping[GivenCommand, Message]) -> ReplayVerdict:
    history, broken = result.history, result.replay_failure
    failure, finding = next(_differences(said, heard), (None, None))
    if broken:
        name = type(broken).__name__
        return _verdict(
            history, name, finding or Finding(FindingKind.BROKEN, FoundAt(run=1), "today's code gives other commands")
        )
    if finding:
        return _verdict(history, failure, finding)
    if not said.ended and not said.step_due and (left := [one for one in heard if one not in said.commands]):
        return _verdict(history, CUT, _cut(said, f"what follows is missing: {left[0].kind}"))
    return _verdict(history)


def _cut(said: Written, why: str) -> Finding:
    return Finding(FindingKind.CUT, FoundAt(run=1, event=said.events), why)


def _differences(said: Written, heard: Mapping[GivenCommand, Message]) -> Iterator[tuple[str, Finding]]:
    """Compare each recorded command with the same command of today's code; what later code adds is no difference."""
    for given, recorded in sorted(said.commands.items(), key=lambda pair: pair[1].event):
        if given not in heard:
            continue  # Temporal's replayer reports this
        place = FoundAt(run=1, event=recorded.event)
        now = (CODE, _content(given, heard[given]))
        for finding in different(place, (HISTORY, recorded.content), now, kind=FindingKind.BROKEN, grown=True):
            yield OTHER_RESULT if given.kind == "end" else OTHER_REQUEST, finding


def _content(given: GivenCommand, message: Message) -> dict[str, Any]:
    match message:
        case ScheduleActivity():
            return {"type": message.activity_type, "input": documents(message.arguments)}
        case StartTimer():
            return {"start_to_fire_timeout": seconds(message.start_to_fire_timeout)}
        case ContinueAsNewWorkflowExecution():
            return {"input": documents(message.arguments)}
        case Payload():
            return {"result": documents([message])}
    raise TypeError(given.kind)
