"""An examination finds whatever was changed in a history or a journal, and names the first difference."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowHistory

from audit.against import against
from audit.examine import Evidence, Examined, judge
from audit.finding import Finding, FindingKind
from audit.written import written
from runtime.keys import KeyRing
from store.books import Books
from tests.audit.edits import (
    copied,
    history_of,
    input_of,
    later,
    of_type,
    records,
    result_of,
    rewrite,
    said,
    with_history,
    with_row,
    without_row,
)
from tests.histories import golden


async def examined(evidence: Evidence, ring: KeyRing = golden.RING) -> Examined:
    """What comes of one examination."""
    [one] = await judge(ring, [evidence])
    return one


async def finding(evidence: Evidence, ring: KeyRing = golden.RING) -> Finding:
    """The finding that there must be."""
    found = (await examined(evidence, ring)).finding
    assert found is not None
    return found


async def compared(evidence: Evidence, *edited: Books) -> list[list[Finding]]:
    """What each of these books differ in from the history, which is sound."""
    runs = [await written(golden.RING, run) for run in evidence.fetched.runs]
    return [list(against(runs, one)) for one in edited]


async def test_untouched_books_and_histories_are_equal(closed: Evidence, open_: Evidence) -> None:
    told = await judge(golden.RING, [closed, open_])
    assert [one.finding for one in told] == [None, None]
    assert [one.runs for one in told] == [1, 1]
    assert told[0].commands == len(closed.books.commands) > 5
    assert closed.fetched.lengths == (told[0].events,)


# -- what `Record` returned, in the history ------------------------------------------------------------------------

RESULTS: dict[str, Callable[[dict[str, Any]], object]] = {
    "sequence": lambda it: it.update(sequence=it["sequence"] + 1),
    "stage": lambda it: it.update(stage="support_start"),
    "outcome": lambda it: it.update(outcome="withdrawn_by_client"),
    "open_tasks": lambda it: it.update(open_tasks=[*it["open_tasks"], "follow_up_call"]),
    "wake_at": lambda it: it.update(wake_at="2031-01-01T12:00:00Z"),
    "head": lambda it: it.update(head="0" * 64),
    "refused": lambda it: it.update(refused=None if it["refused"] else {"rule": "r", "reason": "s", "conditions": []}),
    "effects": lambda it: it.update(effects=it["effects"][1:] or [{"type": "GiveNotice", "key": "k", "team": "t"}]),
}


@pytest.mark.parametrize("field", RESULTS)
async def test_every_edited_result_of_a_decision_is_found_where_it_stands(closed: Evidence, field: str) -> None:
    edited = []
    for place in range(len(records(history_of(closed)))):
        history = history_of(closed)
        _, answered = records(history)[place]
        await rewrite(result_of(answered), RESULTS[field])
        edited.append((answered.event_id, place + 1, with_history(closed, history)))
    told = await judge(golden.RING, [evidence for _, _, evidence in edited])
    assert len(told) > 5
    for (event, ordinal, _), one in zip(edited, told, strict=True):
        assert one.finding is not None, (field, ordinal)
        if one.finding.kind is FindingKind.UNREADABLE:
            continue
        assert one.finding.place.event == event, (field, ordinal, str(one.finding))
        assert one.finding.place.row.startswith(f"command {ordinal} (")
        assert one.finding.field.startswith(field)


async def test_what_both_books_are_told_is_named_with_what_each_says(closed: Evidence) -> None:
    history = history_of(closed)
    _, answered = records(history)[2]
    recorded = await said(result_of(answered))
    await rewrite(result_of(answered), RESULTS["head"])
    found = str(await finding(with_history(closed, history)))
    assert found == (
        f"different: run 1, event {answered.event_id} of the history, command 3 (AnswerTask): head: "
        f"the history says {'0' * 64}, the journal says {recorded['head']}"
    )


# -- attributes of events ------------------------------------------------------------------------------------------


async def test_every_edited_request_is_found(closed: Evidence) -> None:
    for place in range(len(of_type(history_of(closed), "ACTIVITY_TASK_SCHEDULED"))):
        history = history_of(closed)
        event = of_type(history, "ACTIVITY_TASK_SCHEDULED")[place]
        await rewrite(input_of(event), lambda it: it.update(mediation="m-other"))
        assert (await finding(with_history(closed, history))).place.event == event.event_id


ATTRIBUTES: dict[str, Callable[[Any], object]] = {
    "TIMER_STARTED": lambda it: it.timer_started_event_attributes.start_to_fire_timeout.FromSeconds(5),
    "ACTIVITY_TASK_SCHEDULED": lambda it: setattr(
        it.activity_task_scheduled_event_attributes.activity_type, "name", "SendLetter2"
    ),
    "WORKFLOW_EXECUTION_UPDATE_ACCEPTED": lambda it: setattr(
        it.workflow_execution_update_accepted_event_attributes.accepted_request.input, "name", "other"
    ),
    "UPSERT_WORKFLOW_SEARCH_ATTRIBUTES": lambda it: it.Clear(),
}


@pytest.mark.parametrize("name", ATTRIBUTES)
async def test_an_edited_attribute_of_any_event_is_found(closed: Evidence, name: str) -> None:
    for place in range(len(of_type(history_of(closed), name))):
        history = history_of(closed)
        ATTRIBUTES[name](of_type(history, name)[place])
        assert await finding(with_history(closed, history))


async def test_edited_answers_to_whoever_gave_a_command_are_found(closed: Evidence) -> None:
    history = history_of(closed)
    event = of_type(history, "WORKFLOW_EXECUTION_UPDATE_COMPLETED")[1]
    payload = event.workflow_execution_update_completed_event_attributes.outcome.success.payloads[0]
    await rewrite(payload, lambda it: it.update(stage="closed"))
    found = await finding(with_history(closed, history))
    assert (found.kind, found.place.event) == (FindingKind.BROKEN, event.event_id)
    assert found.field == "result[0].stage"


async def test_edited_moments_are_found_in_the_decisions_that_they_date(closed: Evidence) -> None:
    started = of_type(history_of(closed), "WORKFLOW_TASK_STARTED")
    asked = {
        event.activity_task_scheduled_event_attributes.workflow_task_completed_event_id
        for event, _ in records(history_of(closed))
    }
    dated = 0
    for place, event in enumerate(started):
        if event.event_id + 1 in asked:
            history = history_of(closed)
            later(of_type(history, "WORKFLOW_TASK_STARTED")[place], timedelta(hours=1))
            assert await finding(with_history(closed, history))
            dated += 1
    assert dated > 3


def of_somebody_else(asked: Any) -> None:
    said = json.loads(asked["seal"]["text"])
    said["by"]["user"] = "somebody-else"
    asked["seal"]["text"] = json.dumps(said)


async def test_an_edited_command_of_an_update_is_found(closed: Evidence) -> None:
    history = history_of(closed)
    event = of_type(history, "WORKFLOW_EXECUTION_UPDATE_ACCEPTED")[1]
    payload = event.workflow_execution_update_accepted_event_attributes.accepted_request.input.args.payloads[0]
    await rewrite(payload, of_somebody_else)
    found = await finding(with_history(closed, history))
    assert found.kind is FindingKind.BROKEN
    assert found.field.endswith("seal.text")
    assert "somebody" not in str(found)


async def test_a_command_edited_wherever_the_history_has_it_is_found_by_the_journal(closed: Evidence) -> None:
    history = history_of(closed)
    event = of_type(history, "WORKFLOW_EXECUTION_UPDATE_ACCEPTED")[1]
    request = event.workflow_execution_update_accepted_event_attributes.accepted_request
    asked, _ = records(history)[1]
    for payload in (request.input.args.payloads[0], input_of(asked)):
        await rewrite(payload, of_somebody_else)
    found = await finding(with_history(closed, history))
    assert (found.kind, found.place.event) == (FindingKind.DIFFERENT, asked.event_id)
    assert found.field == "document.by.user"


async def test_an_edited_end_is_found(closed: Evidence) -> None:
    for field, value in {"outcome": "withdrawn_by_client", "head": "0" * 64, "events": 1, "commands": 1}.items():
        history = history_of(closed)
        [event] = of_type(history, "WORKFLOW_EXECUTION_COMPLETED")
        payload = event.workflow_execution_completed_event_attributes.result.payloads[0]
        await rewrite(payload, lambda it, f=field, v=value: it.update({f: v}))  # type: ignore[misc]
        assert (await finding(with_history(closed, history))).field.endswith(field)


# -- cut ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["closed", "open_"])
async def test_a_history_cut_at_any_event_is_not_a_whole_one(which: str, request: pytest.FixtureRequest) -> None:
    whole: Evidence = request.getfixturevalue(which)
    [run] = whole.fetched.runs
    cut = [WorkflowHistory(run.workflow_id, copied(run).events[:end]) for end in range(1, len(run.events))]
    lengths = (len(run.events),)
    told = await judge(
        golden.RING, [whole._replace(fetched=whole.fetched._replace(runs=(one,), lengths=lengths)) for one in cut]
    )
    assert [len(one.events) for one, found in zip(cut, told, strict=True) if found.finding is None] == []


async def test_a_closed_history_that_was_kept_as_a_file_and_cut_is_not_a_whole_one(closed: Evidence) -> None:
    [run] = closed.fetched.runs
    cut = [WorkflowHistory(run.workflow_id, copied(run).events[:end]) for end in range(1, len(run.events))]
    told = await judge(golden.RING, [with_history(closed, one, running=False) for one in cut])
    assert [len(one.events) for one, found in zip(cut, told, strict=True) if found.finding is None] == []


async def test_an_event_that_is_missing_within_a_history_is_found(closed: Evidence) -> None:
    [run] = closed.fetched.runs
    holed = [
        WorkflowHistory(run.workflow_id, [*run.events[:n], *run.events[n + 1 :]]) for n in range(1, len(run.events), 5)
    ]
    told = await judge(golden.RING, [with_history(closed, copied(one)) for one in holed])
    assert all(one.finding for one in told)


async def test_a_history_that_is_not_there_is_told_by_why(closed: Evidence, open_: Evidence) -> None:
    gone = closed.fetched._replace(runs=(), lengths=())
    assert (await finding(closed._replace(fetched=gone))).kind is FindingKind.CUT
    short = gone._replace(kept_for=timedelta())
    assert (await finding(closed._replace(fetched=short))).kind is FindingKind.FORGOTTEN
    assert (await finding(open_._replace(fetched=short))).kind is FindingKind.CUT
    nobody = Evidence(gone, Books("m-nobody", None, (), (), (), (), ()))
    assert (await finding(nobody)).kind is FindingKind.UNKNOWN


async def test_what_cannot_be_decrypted_is_told_apart(closed: Evidence) -> None:
    other = await finding(closed, KeyRing.generate("other"))
    assert (other.kind, other.field) == (FindingKind.UNREADABLE, "its key is not on the ring")
    assert (await finding(closed, KeyRing.generate("golden"))).kind is FindingKind.UNREADABLE
    history = history_of(closed)
    asked, _ = records(history)[2]
    payload = input_of(asked)
    payload.data = payload.data[:-1] + bytes([payload.data[-1] ^ 1])
    found = await finding(with_history(closed, history))
    assert (found.kind, found.place.event) == (FindingKind.UNREADABLE, asked.event_id)


# -- rows of the journal ---------------------------------------------------------------------------------------------


async def test_every_edited_row_of_a_command_is_found(closed: Evidence) -> None:
    books = closed.books
    for place, row in enumerate(books.commands):
        recorded = json.loads(row["recorded"])
        document = json.loads(row["document"])
        document["by"]["user"] = "somebody-else"
        edits = [
            with_row(books, "commands", place, document=json.dumps(document)),
            with_row(books, "commands", place, at=row["at"] + timedelta(seconds=1)),
            with_row(books, "commands", place, id="another"),
            with_row(books, "commands", place, ordinal=99),
            without_row(books, "commands", place),
        ]
        for edit in RESULTS.values():
            changed = json.loads(row["recorded"])
            edit(changed)
            edits.append(with_row(books, "commands", place, recorded=json.dumps(changed)))
        told = await compared(closed, *edits)
        assert [n for n, found in enumerate(told) if not found] == [], recorded


async def test_every_edited_lost_or_swapped_event_is_found(closed: Evidence) -> None:
    books = closed.books
    edited = []
    for place, row in enumerate(books.events):
        text = row["document"].replace("{", '{"note":"x",', 1)
        edited += [with_row(books, "events", place, document=text), without_row(books, "events", place)]
        if place:
            before = books.events[place - 1]
            swapped = with_row(books, "events", place, document=before["document"])
            edited.append(with_row(swapped, "events", place - 1, document=row["document"]))
    told = await compared(closed, *edited)
    assert [n for n, found in enumerate(told) if not found] == []


async def test_an_edited_row_of_which_the_history_says_nothing_is_found(closed: Evidence) -> None:
    books = closed.books
    assert books.mediation
    later = books.events[1]["at"] + timedelta(seconds=1)
    edited = {
        "event 2: type": with_row(books, "events", 1, type="Another"),
        "event 2: at": with_row(books, "events", 1, at=later),
        "mediation: stage": books._replace(mediation={**books.mediation, "stage": "support_start"}),
        f"task {books.tasks[0]['id']}: due": with_row(books, "tasks", 0, due=later),
        f"task {books.tasks[0]['id']}: this row is missing": without_row(books, "tasks", 0),
        f"policy {books.policies[0]['digest'][:12]}: this row is missing": books._replace(policies=()),
    }
    told = await judge(golden.RING, [closed._replace(books=one) for one in edited.values()])
    for place, one in zip(edited, told, strict=True):
        assert place in str(one.finding), place


async def test_an_effect_that_only_one_book_knows_is_found(closed: Evidence) -> None:
    books = closed.books
    for place, row in enumerate(books.effects):
        document = json.loads(row["document"]) | {"key": "another"}
        waiting = with_row(books, "effects", place, result=None, settled_at=None)
        changed = with_row(books, "effects", place, document=json.dumps(document))
        told = await compared(closed, without_row(books, "effects", place), changed, waiting)
        assert all(told)
    added = books._replace(effects=(*books.effects, {**books.effects[0], "key": "added"}))
    [[found]] = await compared(closed, added)
    assert "added" in str(found)
