"""Edits by somebody who has the keys: a payload says something else, encrypted as if it had always been so."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

from audit.examine import Evidence
from runtime.codec import EncryptionCodec
from store.books import Books
from tests.histories import golden

Edit = Callable[[Any], Any]
"""Changes a document in its place, or returns another."""
CODEC = EncryptionCodec(golden.RING)


def copied(history: WorkflowHistory) -> WorkflowHistory:
    """A copy that may be spoilt."""
    events = [HistoryEvent.FromString(event.SerializeToString()) for event in history.events]
    return WorkflowHistory(history.workflow_id, events)


def with_history(evidence: Evidence, *runs: WorkflowHistory, running: bool | None = None) -> Evidence:
    """The same books with other runs."""
    lasting = evidence.fetched.running if running is None else running
    return evidence._replace(fetched=evidence.fetched._replace(runs=runs, running=lasting, lengths=()))


def history_of(evidence: Evidence) -> WorkflowHistory:
    """A copy of the only run."""
    [run] = evidence.fetched.runs
    return copied(run)


def of_type(history: WorkflowHistory, name: str) -> list[HistoryEvent]:
    """The events of a type."""
    wanted = EventType.Value(f"EVENT_TYPE_{name}")
    return [event for event in history.events if event.event_type == wanted]


async def said(payload: Payload) -> Any:
    """What a payload says."""
    [plain] = await CODEC.decode([payload])
    return json.loads(plain.data)


async def rewrite(payload: Payload, edit: Edit) -> None:
    """Let a payload say something else."""
    [plain] = await CODEC.decode([payload])
    content = json.loads(plain.data)
    content = edit(content) or content
    [sealed] = await CODEC.encode([Payload(metadata=plain.metadata, data=json.dumps(content).encode())])
    payload.CopyFrom(sealed)


def records(history: WorkflowHistory) -> list[tuple[HistoryEvent, HistoryEvent]]:
    """Each call of `Record`: where it was asked, and where it was answered."""
    answers = {
        event.activity_task_completed_event_attributes.scheduled_event_id: event
        for event in of_type(history, "ACTIVITY_TASK_COMPLETED")
    }
    asked = of_type(history, "ACTIVITY_TASK_SCHEDULED")
    return [
        (event, answers[event.event_id])
        for event in asked
        if event.activity_task_scheduled_event_attributes.activity_type.name == "Record"
    ]


def result_of(event: HistoryEvent) -> Payload:
    """What an activity returned."""
    return event.activity_task_completed_event_attributes.result.payloads[0]


def input_of(event: HistoryEvent) -> Payload:
    """What an activity was asked."""
    return event.activity_task_scheduled_event_attributes.input.payloads[0]


def later(event: HistoryEvent, by: timedelta) -> None:
    """Move the moment of an event."""
    event.event_time.FromDatetime(event.event_time.ToDatetime() + by)


def with_row(books: Books, part: str, place: int, **columns: Any) -> Books:
    """The books with one row changed."""
    rows = list(getattr(books, part))
    rows[place] = {**rows[place], **columns}
    return Books(**{**books._asdict(), part: tuple(rows)})


def without_row(books: Books, part: str, place: int) -> Books:
    """The books without one row."""
    rows = list(getattr(books, part))
    del rows[place]
    return Books(**{**books._asdict(), part: tuple(rows)})
