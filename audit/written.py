"""A history, decrypted and read: each decision with what was asked and recorded, each command, and how it ends."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from google.protobuf.duration_pb2 import Duration
from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

from audit.commands import GivenCommand
from audit.finding import Finding, FindingKind, FoundAt
from runtime.codec import EncryptionCodec, PayloadTampered
from runtime.histories import payloads_of
from runtime.keys import KeyRing, UnknownKey
from runtime.last_told import BROKEN_OFF, COMPLETED

STARTED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED
CONTINUED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW
SCHEDULED = EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
ANSWERED = EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED
BEGUN = EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED
TIMER = EventType.EVENT_TYPE_TIMER_STARTED
UPDATED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED
SIGNALED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED
STEP_ENDED = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
STEPS = frozenset(
    {
        EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
        EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED,
        EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED,
        EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT,
        STEP_ENDED,
    }
)
"""Events of the steps in which the workflow's code runs."""
CALLS_FOR_A_STEP = frozenset(
    {
        STARTED,
        ANSWERED,
        EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED,
        EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT,
        EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED,
        EventType.EVENT_TYPE_TIMER_FIRED,
        SIGNALED,
    }
)
"""Events after which Temporal always schedules a step of the workflow's code."""


class WrittenCommand(NamedTuple):
    """What a command says, and in which event it stands."""

    event: int
    content: Any


class RecordCall(NamedTuple):
    """One call of `Record`."""

    asked_at: int
    """The event in which it was asked."""
    asked: Mapping[str, Any]
    answered_at: int | None
    recorded: Mapping[str, Any] | None
    """What was recorded; None while it is under way, and when it failed for good."""
    under_way: bool
    """Whether no answer has come, so that the journal may have it already."""


class Delivered(NamedTuple):
    """One effect, as it was asked of its activity."""

    event: int
    key: str
    content: Mapping[str, Any]
    done: bool
    under_way: bool
    learned: Mapping[str, Any] = {}
    """What it learned, when it is done."""
    begun: datetime | None = None
    """When the attempt began by which it was done, in UTC."""


class Written(NamedTuple):
    """One run of a workflow, read."""

    mediation: str
    run: str
    events: int
    opening: Mapping[str, Any]
    commands: Mapping[GivenCommand, WrittenCommand]
    decisions: Sequence[RecordCall]
    delivered: Sequence[Delivered]
    result: Mapping[str, Any] | None
    """What the workflow ended with; None where it has not ended so."""
    before: str
    """The run before this one, if any."""
    after: str
    """The run after this one, if any."""
    ended: bool
    step_due: bool
    """Whether a step of the code on the last events is still to come."""
    cut: bool
    """Whether something is missing that must follow the last event."""


class Unreadable(Exception):
    """A payload that cannot be decrypted or read."""

    def __init__(self, event: int, why: str) -> None:
        super().__init__(f"event {event}: {why}")
        self.event, self.why = event, why

    @property
    def finding(self) -> Finding:
        """What is told of it."""
        return Finding(FindingKind.UNREADABLE, FoundAt(run=1, event=self.event), self.why)


async def written(ring: KeyRing, history: WorkflowHistory) -> Written:
    """Read a history; raises `Unreadable`."""
    if not history.events:
        raise Unreadable(1, "there is nothing in it")
    return _Reader(history, await _decrypted(EncryptionCodec(ring), history)).read()


async def _decrypted(codec: EncryptionCodec, history: WorkflowHistory) -> list[HistoryEvent]:
    plain: list[HistoryEvent] = []
    for event in history.events:
        copy = HistoryEvent()
        copy.CopyFrom(event)
        plain.append(copy)
        if event.event_type == SIGNALED:
            continue  # anybody who can reach Temporal can send one, and the worker drops what it cannot read
        for payload in payloads_of(copy):
            try:
                [clear] = await codec.decode([payload])
            except UnknownKey:
                raise Unreadable(event.event_id, "its key is not on the ring") from None
            except PayloadTampered:
                raise Unreadable(event.event_id, "it is not what was encrypted under this key") from None
            payload.CopyFrom(clear)
    return plain


class _Reader:
    """Takes a decrypted history apart."""

    def __init__(self, history: WorkflowHistory, events: Sequence[HistoryEvent]) -> None:
        self._mediation, self._run = history.workflow_id, history.run_id
        self._events = events
        self._answers = {
            event.activity_task_completed_event_attributes.scheduled_event_id: event
            for event in events
            if event.event_type == ANSWERED
        }
        self._times = {
            event.event_id: event.event_time.ToDatetime(UTC) for event in events if event.event_type == BEGUN
        }
        self._failed = {scheduled for event in events for scheduled in _given_up(event)}

    def read(self) -> Written:
        started, last = self._events[0], self._events[-1]
        begun = started.workflow_execution_started_event_attributes
        continued = last.workflow_execution_continued_as_new_event_attributes
        result = _documents(last, last.workflow_execution_completed_event_attributes.result.payloads)
        ended = last.event_type in {COMPLETED, CONTINUED, *BROKEN_OFF}
        steps = [event.event_type for event in self._events if event.event_type in STEPS]
        resting = not steps or steps[-1] == STEP_ENDED
        activities = [event for event in self._events if event.event_type == SCHEDULED]
        opening: Mapping[str, Any] = next(iter(_documents(started, begun.input.payloads)), {})
        return Written(
            mediation=self._mediation,
            run=self._run,
            events=len(self._events),
            opening=opening,
            commands=dict(filter(None, map(_command, self._events))),
            decisions=[self._decision(event) for event in activities if _name(event) == "Record"],
            delivered=[self._delivered(event) for event in activities if _name(event) != "Record"],
            result=result[0] if last.event_type == COMPLETED and result else None,
            before=begun.continued_execution_run_id or opening.get("after_run") or "",
            after=continued.new_execution_run_id,
            ended=ended,
            step_due=not ended and not resting,
            cut=_gap(self._events) or (not ended and resting and self._calls_for_a_step()),
        )

    def _calls_for_a_step(self) -> bool:
        since = max((n for n, event in enumerate(self._events) if event.event_type in STEPS), default=-1)
        return any(event.event_type in CALLS_FOR_A_STEP for event in self._events[since + 1 :])

    def _decision(self, event: HistoryEvent) -> RecordCall:
        answer = self._answers.get(event.event_id)
        asked = _only(event, event.activity_task_scheduled_event_attributes.input.payloads)
        if answer is None:
            return RecordCall(event.event_id, asked, None, None, event.event_id not in self._failed)
        recorded = _only(answer, answer.activity_task_completed_event_attributes.result.payloads)
        return RecordCall(event.event_id, asked, answer.event_id, recorded, under_way=False)

    def _delivered(self, event: HistoryEvent) -> Delivered:
        asked = _only(event, event.activity_task_scheduled_event_attributes.input.payloads)
        effect = asked.get("effect") or {}
        done = event.event_id in self._answers
        under_way = not done and event.event_id not in self._failed
        delivered = Delivered(event.event_id, str(effect.get("key")), effect, done, under_way)
        return self._with_answer(delivered, self._answers[event.event_id]) if done else delivered

    def _with_answer(self, delivered: Delivered, answer: HistoryEvent) -> Delivered:
        completed = answer.activity_task_completed_event_attributes
        begun = self._times.get(completed.started_event_id)
        return delivered._replace(learned=_only(answer, completed.result.payloads), begun=begun)


def _gap(events: Sequence[HistoryEvent]) -> bool:
    return [event.event_id for event in events] != list(range(1, len(events) + 1)) or events[0].event_type != STARTED


def _given_up(event: HistoryEvent) -> Iterable[int]:
    for attributes in ("activity_task_failed", "activity_task_timed_out", "activity_task_canceled"):
        if event.HasField(f"{attributes}_event_attributes"):  # type: ignore[arg-type]
            yield getattr(event, f"{attributes}_event_attributes").scheduled_event_id


def _name(event: HistoryEvent) -> str:
    return event.activity_task_scheduled_event_attributes.activity_type.name


def _command(event: HistoryEvent) -> tuple[GivenCommand, WrittenCommand] | None:
    """Return the command of which this event is the record, if it is of those that say something."""
    read = _COMMANDS.get(event.event_type)
    if read is None:
        return None
    given, content = read(event)
    return (given, WrittenCommand(event.event_id, content)) if content is not None else None


def _activity(event: HistoryEvent) -> tuple[GivenCommand, Any]:
    it = event.activity_task_scheduled_event_attributes
    content = {"type": it.activity_type.name, "input": _documents(event, it.input.payloads)}
    return GivenCommand("activity", it.activity_id), content


def _timer(event: HistoryEvent) -> tuple[GivenCommand, Any]:
    it = event.timer_started_event_attributes
    return GivenCommand("timer", it.timer_id), {"start_to_fire_timeout": seconds(it.start_to_fire_timeout)}


def _update(event: HistoryEvent) -> tuple[GivenCommand, Any]:
    it = event.workflow_execution_update_completed_event_attributes
    given = GivenCommand("update", it.meta.update_id)
    if not it.outcome.HasField("success"):
        return given, None
    return given, {"result": _documents(event, it.outcome.success.payloads)}


def _result(event: HistoryEvent) -> tuple[GivenCommand, Any]:
    it = event.workflow_execution_completed_event_attributes
    return GivenCommand("end", "completed"), {"result": _documents(event, it.result.payloads)}


def _continued(event: HistoryEvent) -> tuple[GivenCommand, Any]:
    it = event.workflow_execution_continued_as_new_event_attributes
    return GivenCommand("end", "continued"), {"input": _documents(event, it.input.payloads)}


_COMMANDS: Mapping[int, Callable[[HistoryEvent], tuple[GivenCommand, Any]]] = {
    SCHEDULED: _activity,
    TIMER: _timer,
    UPDATED: _update,
    COMPLETED: _result,
    CONTINUED: _continued,
}


def seconds(duration: Duration) -> float:
    """Return a duration in seconds."""
    return duration.seconds + duration.nanos / 1e9


def documents(payloads: Iterable[Payload]) -> list[Any]:
    """Return the JSON values in payloads; raises ValueError where one is none."""
    return [json.loads(payload.data or b"null") for payload in payloads]


def _documents(event: HistoryEvent, payloads: Iterable[Payload]) -> list[Any]:
    try:
        return documents(payloads)
    except ValueError:
        raise Unreadable(event.event_id, "it is not JSON") from None


def _only(event: HistoryEvent, payloads: Iterable[Payload]) -> dict[str, Any]:
    found = _documents(event, payloads)
    if len(found) != 1 or not isinstance(found[0], dict):
        raise Unreadable(event.event_id, "it is not one document")
    return found[0]
