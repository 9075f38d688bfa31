"""A verdict says what is wrong: unreadable, not reproduced, or reproduced with another result."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory

from audit.replay import CANNOT_READ, OTHER_REQUEST, OTHER_RESULT, ReplayVerdict, replay
from runtime.codec import EncryptionCodec
from runtime.keys import KeyRing
from tests.histories import golden
from tests.histories.golden import Golden

COMPLETED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED
SCHEDULED = EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED


@pytest.fixture
def history(goldens: list[Golden]) -> WorkflowHistory:
    """A history that may be spoilt."""
    one = next(one for one in goldens if one.name == "died")
    return WorkflowHistory.from_json(one.history.workflow_id, one.history.to_json())


async def verdict(history: WorkflowHistory, ring: KeyRing = golden.RING) -> str | None:
    """Replay one history."""
    [found] = await replay(ring, [history])
    assert isinstance(found, ReplayVerdict)
    assert (found.workflow, found.events) == (history.workflow_id, len(history.events))
    return found.failure


async def rewrite(payload: Payload, edit: Callable[[dict[str, Any]], object]) -> None:
    """Change what a payload says, and encrypt it again as if it had always been so."""
    codec = EncryptionCodec(golden.RING)
    [plain] = await codec.decode([payload])
    content = json.loads(plain.data)
    edit(content)
    [sealed] = await codec.encode([Payload(metadata=plain.metadata, data=json.dumps(content).encode())])
    payload.CopyFrom(sealed)


async def test_an_untouched_history_passes(history: WorkflowHistory) -> None:
    assert await verdict(history) is None


@pytest.mark.parametrize("ring", [KeyRing.generate("golden"), KeyRing.generate("other")], ids=["wrong", "unknown"])
async def test_a_history_under_another_key_cannot_be_read(history: WorkflowHistory, ring: KeyRing) -> None:
    assert await verdict(history, ring) == CANNOT_READ


async def test_one_changed_byte_cannot_be_read(history: WorkflowHistory) -> None:
    payload = history.events[-1].workflow_execution_completed_event_attributes.result.payloads[0]
    payload.data = payload.data[:-1] + bytes([payload.data[-1] ^ 1])
    assert await verdict(history) == CANNOT_READ


async def test_a_history_of_other_commands_is_nondeterministic(history: WorkflowHistory) -> None:
    activity = next(event for event in history.events if event.event_type == SCHEDULED)
    activity.activity_task_scheduled_event_attributes.activity_type.name = "Recall"
    assert await verdict(history) == "NondeterminismError"


@pytest.mark.parametrize(
    ("field", "value"), [("outcome", "withdrawn_by_client"), ("head", "0" * 64), ("events", 1), ("commands", 1)]
)
async def test_an_edited_result_is_found(history: WorkflowHistory, field: str, value: object) -> None:
    assert history.events[-1].event_type == COMPLETED
    payload = history.events[-1].workflow_execution_completed_event_attributes.result.payloads[0]
    await rewrite(payload, lambda content: content.update({field: value}))
    assert await verdict(history) == OTHER_RESULT


async def test_an_edited_request_is_found(history: WorkflowHistory) -> None:
    activity = [event for event in history.events if event.event_type == SCHEDULED][3]
    payload = activity.activity_task_scheduled_event_attributes.input.payloads[0]
    await rewrite(payload, lambda content: content.update({"mediation": "m-other"}))
    assert await verdict(history) == OTHER_REQUEST


async def test_one_bad_history_spoils_no_other(history: WorkflowHistory, goldens: list[Golden]) -> None:
    history.events[0].workflow_execution_started_event_attributes.input.payloads[0].data = b"nothing"
    verdicts = await replay(golden.RING, [history, *(one.history for one in goldens if one.name == "happy")])
    assert sorted(str(one.failure) for one in verdicts) == sorted([CANNOT_READ, *["None"] * (len(verdicts) - 1)])
