"""What the shell promises whatever the rules are: one decision at a time, each effect in its lane, nothing lost."""

import asyncio
import functools
import warnings
from datetime import datetime, timedelta

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowExecutionStatus, WorkflowHistory
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Replayer, Worker
from temporalio.workflow import UnfinishedUpdateHandlersWarning

import worker as worker_module
from domain.exchange.record import Submission
from domain.facts.outcome import Outcome, Stage
from domain.facts.tasks import TaskKind
from domain.messages import answers as a
from domain.messages.answers import KnownFrom
from domain.messages.commands import AddNote, AnswerTask, AnyCommand, PassTime, Withdraw
from runtime.plugin import MediationPlugin
from runtime.search_attributes import STAGE
from store import journal, outbox
from tests.activities.effects import home
from tests.domain.case import NOTE
from tests.town import BY_HAND, CLIENT
from tests.workflows.journey import Journey, Shell, eventually
from worker import mediation_worker
from workflows.mediation import MediationWorkflow

LEARNED = """
SELECT e.type, e.result, e.settled_at, c.at
FROM effect e JOIN command c ON c.mediation = e.mediation AND c.id = e.key || ':learned'
WHERE e.mediation = $1
"""
"""The effects that taught something, with when that was recorded."""


def note(journey: Journey) -> AddNote:
    return AddNote(by=journey.coordinator, note=NOTE)


def most_at_once(history: WorkflowHistory, activity: str) -> int:
    """How many of these activities were ever under way at the same time."""
    open_, most = set[int](), 0
    for event in history.events:
        scheduled = event.activity_task_scheduled_event_attributes
        if (
            event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
            and scheduled.activity_type.name == activity
        ):
            open_.add(event.event_id)
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
            open_.discard(event.activity_task_completed_event_attributes.scheduled_event_id)
        most = max(most, len(open_))
    return most


async def test_ten_commands_at_once_are_decided_one_after_the_other(shell: Shell) -> None:
    journey = Journey(shell)
    await journey.start()
    recorded = await asyncio.gather(*(journey.submit(note(journey), f"note-{n}") for n in range(10)))
    first = min(one.sequence for one in recorded)
    assert sorted(one.sequence for one in recorded) == list(range(first, first + 10))
    assert most_at_once(await journey.history(), "Record") == 1
    entries = await journal.entries(shell.pool, journey.id)
    assert [entry.ordinal for entry in entries] == list(range(1, 12))


async def test_the_same_command_sent_again_is_answered_alike_and_done_once(shell: Shell) -> None:
    journey = Journey(shell)
    first = await journey.refer()
    assert await journey.refer() == first
    command = AnswerTask(
        by=journey.coordinator,
        task="check_readiness-1",
        answer=a.ReadinessAnswer(result=a.Readiness.READY),
    )
    answered = await asyncio.gather(*(journey.submit(command, "ready") for _ in range(5)))
    assert len({one.model_dump_json() for one in answered}) == 1
    assert answered[0].refused is None
    assert (await journey.happened()).count("TaskAnswered") == 1


async def test_an_effect_list_never_travels_back_to_the_caller(shell: Shell) -> None:
    assert (await Journey(shell).refer()).effects == ()


async def test_after_the_end_an_old_command_is_answered_and_a_new_one_is_not_found(shell: Shell) -> None:
    journey = Journey(shell)
    await journey.start()
    answered = await journey.submit(Withdraw(by=journey.coordinator, source=KnownFrom.CLIENT), "withdraw")
    await journey.ended()
    again = journey.handle.get_update_handle_for(MediationWorkflow.submit, "withdraw")
    assert await again.result() == answered
    with pytest.raises(RPCError) as caught:
        await journey.submit(note(journey), "late")
    assert caught.value.status is RPCStatusCode.NOT_FOUND


async def test_commands_that_race_with_the_end_all_get_an_answer(shell: Shell) -> None:
    journey = Journey(shell)
    await journey.start()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        commands: list[AnyCommand] = [
            note(journey),
            note(journey),
            Withdraw(by=journey.coordinator, source=KnownFrom.CLIENT),
            note(journey),
            note(journey),
        ]
        answers = await asyncio.gather(
            *(journey.submit(command, f"race-{n}") for n, command in enumerate(commands)), return_exceptions=True
        )
        await journey.ended()
    assert not [one for one in caught if issubclass(one.category, UnfinishedUpdateHandlersWarning)]
    for one in answers:
        if isinstance(one, BaseException):
            assert isinstance(one, RPCError)
            assert one.status is RPCStatusCode.NOT_FOUND
        else:
            assert one.refused is None or one.refused.rule == "closed"


async def test_a_referral_refused_at_the_door_ends_its_workflow(shell: Shell) -> None:
    first, second = Journey(shell), Journey(shell)
    await first.start()
    recorded = await second.refer()
    assert recorded.refused is not None
    assert recorded.refused.rule == "person_has_open_mediation"
    result = await asyncio.wait_for(second.handle.result(), 20)
    assert (result.events, result.outcome) == (0, None)


async def test_a_refused_command_changes_nothing_but_is_kept(shell: Shell) -> None:
    journey = Journey(shell)
    await journey.start()
    before = (await journey.state()).sequence
    refused = await journey.submit(
        AnswerTask(by=journey.coordinator, task="assess-1", answer=a.ReadinessAnswer(result=a.Readiness.READY))
    )
    assert refused.refused is not None
    assert (await journey.state()).sequence == before
    assert (await journal.entries(shell.pool, journey.id))[-1].recorded.refused == refused.refused


async def test_time_that_passes_early_does_nothing(shell: Shell) -> None:
    journey = Journey(shell)
    await journey.start()
    before = await journey.state()
    recorded = await journey.submit(PassTime(by=journey.coordinator))
    assert recorded.refused is None
    assert await journey.state() == before


# -- lanes -----------------------------------------------------------------------------------------------------------


async def test_a_partner_that_is_down_holds_up_its_own_lane_only_and_then_everything_follows_in_order(
    shell: Shell,
) -> None:
    await shell.release("D-1", "D-2")
    corporation = shell.town.systems.corporation
    journey = Journey(shell)
    await journey.assessed()
    await journey.offered("D-1")
    await corporation.switch({"fault": "unavailable", "organisation": shell.town.corporation, "seconds": 1})
    await journey.answer(a.ClientAnswer(accept=False, reason=a.RefusalReason.SIZE))
    await journey.answer(a.JudgementAnswer(valid=True))
    await journey.answer(a.MatchAnswer(corporation=shell.town.corporation, dwelling="D-2"))

    async def others_are_done() -> bool:
        waiting = [one for one in await outbox.effects_of(shell.pool, journey.id) if one["result"] is None]
        return {one["lane"] for one in waiting} == {shell.town.corporation} and len(waiting) == 2

    await eventually(others_are_done)
    assert journey.subjects(CLIENT.mail or "")[-1] == "Er is een woning voor u"
    await corporation.switch()
    await journey.task(TaskKind.ANSWER_OFFER)
    await journey.settled()
    lane = [one for one in await outbox.effects_of(shell.pool, journey.id) if one["lane"] == shell.town.corporation]
    steps = [one["key"].split(":")[1] for one in sorted(lane, key=_settled)]
    assert steps == ["place-offer", "withdraw-offer", "place-offer"]
    offers = await corporation.records(shell.town.corporation, "/offers", journey.id)
    assert [(one["dwelling"], one["state"]) for one in offers] == [("D-1", "refused"), ("D-2", "offered")]
    ledger = await corporation.ledger(shell.town.corporation)
    assert {executed for _, executed in ledger.values()} == {1}


def _settled(line: dict[str, datetime]) -> datetime:
    return line["settled_at"]


async def test_a_corporation_that_is_away_is_asked_again_the_next_working_day_and_the_others_go_on(
    shell: Shell,
) -> None:
    first, second = shell.town.corporations
    corporation = shell.town.systems.corporation
    await shell.release("D-1")
    await corporation.staff("PUT", second, "/dwellings", [home("E-1")])
    await corporation.switch({"fault": "unavailable", "organisation": first, "seconds": 1})
    journey = Journey(shell)
    await journey.assessed()
    await journey.settled()
    candidates = (await journey.state()).candidates
    assert [(one.dwelling.corporation, one.dwelling.id) for one in candidates] == [(second, "E-1")]
    calendar = journey.policy.calendar
    tomorrow = calendar.working_day_from(await journey.today() + timedelta(days=1))
    check_at = (await journey.task(TaskKind.MAKE_OFFER)).check_at
    assert check_at == calendar.at(tomorrow, calendar.opens)
    await corporation.switch()
    await journey.until(check_at + timedelta(minutes=1))
    found = {one.dwelling.id for one in (await journey.state()).candidates}
    assert found == {"D-1", "E-1"}
    assert (await journey.happened()).count("DwellingsListed") == 2


async def test_what_taught_something_is_settled_in_the_moment_in_which_that_is_recorded(shell: Shell) -> None:
    await shell.release("D-1")
    journey = Journey(shell)
    await journey.assessed()
    await journey.offered("D-1")
    await journey.answer(a.ClientAnswer(accept=True))
    await journey.settled()
    taught = await shell.pool.fetch(LEARNED, journey.id)
    kinds = {"ListDwellings", "PlaceOffer", "PrepareLease", "RequestSupport"}
    assert {line["type"] for line in taught} == kinds
    assert all((line["result"], line["settled_at"]) == ("done", line["at"]) for line in taught)


async def test_a_workflow_ends_only_when_everything_is_delivered(shell: Shell) -> None:
    await shell.release("D-1")
    corporation = shell.town.systems.corporation
    journey = Journey(shell)
    await journey.assessed()
    await journey.offered("D-1")
    await corporation.switch({"fault": "unavailable", "organisation": shell.town.corporation, "seconds": 1})
    await journey.do(Withdraw(by=journey.coordinator, source=KnownFrom.CLIENT))
    await eventually(lambda: _letters_are_out(journey))
    assert (await journey.state()).stage is Stage.CLOSED
    assert (await journey.handle.describe()).status is WorkflowExecutionStatus.RUNNING
    late = await journey.submit(note(journey))
    assert late.refused is not None
    assert late.refused.rule == "closed"
    await corporation.switch()
    assert (await journey.ended()).outcome is Outcome.WITHDRAWN_BY_CLIENT
    (offer,) = await corporation.records(shell.town.corporation, "/offers", journey.id)
    assert offer["state"] == "withdrawn"


async def _letters_are_out(journey: Journey) -> bool:
    return "Deze bemiddeling is klaar" in journey.subjects(CLIENT.mail or "")


async def test_a_client_who_leaves_while_the_corporation_is_down_keeps_no_dwelling_there(shell: Shell) -> None:
    await shell.release("D-1")
    corporation = shell.town.systems.corporation
    journey = Journey(shell)
    await journey.assessed()
    await journey.settled()
    lost = {"fault": "lost_answer", "operation": "create_aanbieding", "attempts": 1}
    down = {"fault": "unavailable", "operation": "list_aanbiedingen", "seconds": 1}
    await corporation.switch(*({**fault, "organisation": shell.town.corporation} for fault in (lost, down)))
    await journey.answer(a.MatchAnswer(corporation=shell.town.corporation, dwelling="D-1"))

    async def reserved() -> bool:
        return bool(await corporation.records(shell.town.corporation, "/offers", journey.id))

    await eventually(reserved)
    await journey.do(Withdraw(by=journey.coordinator, source=KnownFrom.CLIENT))
    await corporation.switch()
    await journey.ended()
    (offer,) = await corporation.records(shell.town.corporation, "/offers", journey.id)
    assert offer["state"] == "withdrawn"


async def test_a_client_who_leaves_while_the_provider_is_down_is_not_waited_for_there(shell: Shell) -> None:
    await shell.release("D-1")
    provider = shell.town.systems.provider
    journey = Journey(shell)
    await journey.assessed()
    await journey.offered("D-1")
    lost = {"fault": "lost_answer", "attempts": 1}
    down = {"fault": "unavailable", "seconds": 1}
    await provider.switch(*({**fault, "organisation": shell.town.provider} for fault in (lost, down)))
    await journey.answer(a.ClientAnswer(accept=True))

    async def asked() -> bool:
        return bool(await provider.supports(shell.town.provider))

    await eventually(asked)
    await journey.do(Withdraw(by=journey.coordinator, source=KnownFrom.CLIENT))
    await provider.switch()
    await journey.ended()
    (request,) = await provider.supports(shell.town.provider)
    assert request["state"] == "cancelled"
    assert (await journey.happened()).count("SupportReturned") == 1


async def test_who_waits_for_a_partner_tries_at_once_when_called_in(shell: Shell) -> None:
    await shell.release("D-1")
    corporation = shell.town.systems.corporation
    journey = Journey(shell)
    await journey.assessed()
    await journey.settled()
    down = {"fault": "unavailable", "operation": "create_aanbieding", "seconds": 3600}
    await corporation.switch({"organisation": shell.town.corporation, **down})
    await journey.answer(a.MatchAnswer(corporation=shell.town.corporation, dwelling="D-1"))

    async def waits() -> bool:
        pending = (await journey.handle.describe()).raw_description.pending_activities
        return any(one.activity_type.name == "PlaceOffer" and one.HasField("last_failure") for one in pending)

    await eventually(waits)
    await journey.handle.signal(MediationWorkflow.try_again, "nobody")
    await journey.handle.signal(MediationWorkflow.try_again, shell.town.corporation)
    await eventually(waits)
    await corporation.switch()
    for _ in range(3):
        await journey.handle.signal(MediationWorkflow.try_again, shell.town.corporation)
    await journey.task(TaskKind.ANSWER_OFFER)
    executed = [done for _, done in (await corporation.ledger(shell.town.corporation)).values()]
    assert set(executed) == {1}
    replayer = Replayer(workflows=[MediationWorkflow], plugins=[MediationPlugin(shell.settings.key_ring)])
    await replayer.replay_workflow(await journey.history())


async def test_what_a_partner_refuses_for_good_becomes_a_task_that_can_be_tried_again(shell: Shell) -> None:
    await shell.release("D-1", district=BY_HAND)
    journey = Journey(shell)
    await journey.assessed()
    await journey.offered("D-1")
    await journey.signed()
    await journey.support_planned()
    task = await journey.task(TaskKind.RESOLVE_DELIVERY)
    assert task.about is not None
    assert ":give-notice:" in task.about
    await journey.answer(a.DeliveryAnswer(way="try_again"))

    async def failed_again() -> bool:
        return (await journey.happened()).count("DeliveryFailed") == 2

    await eventually(failed_again)
    await journey.answer(a.DeliveryAnswer(way="done_by_hand"))
    assert TaskKind.RESOLVE_DELIVERY not in await journey.open()


async def test_where_nobody_has_a_system_people_answer_every_task_by_hand(shell: Shell) -> None:
    hand = {str(role): name for role, name in shell.town.by_hand.items()}
    journey = Journey(
        shell,
        district_team=hand["district_team"],
        care_provider=hand["care_provider"],
        corporations=(hand["corporation"],),
    )
    await journey.start()
    await journey.answer(a.ReadinessAnswer(result=a.Readiness.READY))
    await journey.settled()
    assert journey.subjects(shell.town.mail_of(hand["district_team"]))
    await journey.positive()
    await journey.settled()
    assert await journey.open() == [TaskKind.MAKE_OFFER]
    results = {one["type"]: one["result"] for one in await outbox.effects_of(shell.pool, journey.id)}
    assert (results["AskAssessment"], results["ListDwellings"]) == ("done", "done")


# -- durable ---------------------------------------------------------------------------------------------------------


async def test_every_history_replays_and_the_temporal_pages_show_where_it_stands(shell: Shell) -> None:
    await shell.release("D-1")
    journey = Journey(shell)
    await journey.assessed()
    await journey.offered("D-1")
    await journey.days(30)
    described = await journey.handle.describe()
    assert described.typed_search_attributes[STAGE] == "acceptance"
    replayer = Replayer(workflows=[MediationWorkflow], plugins=[MediationPlugin(shell.settings.key_ring)])
    await replayer.replay_workflow(await journey.history())
    await journey.do(Withdraw(by=journey.coordinator, source=KnownFrom.CLIENT))
    await journey.ended()
    await replayer.replay_workflow(await journey.history())


async def test_a_worker_that_remembers_nothing_decides_the_same(idle: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "Worker", functools.partial(Worker, max_cached_workflows=0))
    await idle.release("D-1")
    async with mediation_worker(idle.settings, idle.client) as worker, worker:
        journey = Journey(idle)
        await journey.assessed()
        await journey.offered("D-1")
        await journey.moved()
        await journey.call_day()
        await journey.call()
        assert (await journey.ended()).outcome is Outcome.HOUSED_FOLLOW_UP_HELD


async def test_a_mediation_goes_on_under_the_next_worker(idle: Shell) -> None:
    await idle.release("D-1")
    journey = Journey(idle)
    async with mediation_worker(idle.settings, idle.client) as worker, worker:
        await journey.assessed()
    submission = Submission(command_id="while-away", command=note(journey))
    waiting = asyncio.create_task(journey.handle.execute_update(MediationWorkflow.submit, submission, id="while-away"))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    async with mediation_worker(idle.settings, idle.client) as worker, worker:
        assert (await asyncio.wait_for(waiting, 20)).refused is None
        await journey.offered("D-1")
        await journey.until(await journey.now() + timedelta(days=1))
        await journey.do(Withdraw(by=journey.coordinator, source=KnownFrom.CLIENT))
        await journey.ended()
