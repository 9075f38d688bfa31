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
from sandbox.driven.home import home
from sandbox.driven.journey import eventually
from store import journal, outbox
from tests.domain.case import NOTE
from tests.journey import Journey, Scene
from tests.town import BY_HAND, CLIENT
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


async def test_ten_commands_at_once_are_decided_one_after_the_other(scene: Scene) -> None:
    journey = Journey(scene)
    await journey.start()
    recorded = await asyncio.gather(*(journey.submit(note(journey), f"note-{n}") for n in range(10)))
    first = min(one.sequence for one in recorded)
    assert sorted(one.sequence for one in recorded) == list(range(first, first + 10))
    assert most_at_once(await journey.history(), "Record") == 1
    entries = await journal.entries(scene.pool, journey.id)
    assert [entry.ordinal for entry in entries] == list(range(1, 12))


async def test_the_same_command_sent_again_is_answered_alike_and_done_once(scene: Scene) -> None:
    journey = Journey(scene)
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


async def test_an_effect_list_never_travels_back_to_the_caller(scene: Scene) -> None:
    assert (await Journey(scene).refer()).effects == ()


async def test_after_the_end_an_old_command_is_answered_and_a_new_one_is_not_found(scene: Scene) -> None:
    journey = Journey(scene)
    await journey.start()
    answered = await journey.submit(Withdraw(by=journey.coordinator, source=KnownFrom.CLIENT), "withdraw")
    await journey.ended()
    again = journey.handle.get_update_handle_for(MediationWorkflow.submit, "withdraw")
    assert await again.result() == answered
    with pytest.raises(RPCError) as caught:
        await journey.submit(note(journey), "late")
    assert caught.value.status is RPCStatusCode.NOT_FOUND


async def test_commands_that_race_with_the_end_all_get_an_answer(scene: Scene) -> None:
    journey = Journey(scene)
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


async def test_a_referral_refused_at_the_door_ends_its_workflow(scene: Scene) -> None:
    first, second = Journey(scene), Journey(scene)
    await first.start()
    recorded = await second.refer()
    assert recorded.refused is not None
    assert recorded.refused.rule == "person_has_open_mediation"
    result = await asyncio.wait_for(second.handle.result(), 20)
    assert (result.events, result.outcome) == (0, None)


async def test_a_refused_command_changes_nothing_but_is_kept(scene: Scene) -> None:
    journey = Journey(scene)
    await journey.start()
    before = (await journey.state()).sequence
    refused = await journey.submit(
        AnswerTask(by=journey.coordinator, task="assess-1", answer=a.ReadinessAnswer(result=a.Readiness.READY))
    )
    assert refused.refused is not None
    assert (await journey.state()).sequence == before
    assert (await journal.entries(scene.pool, journey.id))[-1].recorded.refused == refused.refused


async def test_time_that_passes_early_does_nothing(scene: Scene) -> None:
    journey = Journey(scene)
    await journey.start()
    before = await journey.state()
    recorded = await journey.submit(PassTime(by=journey.coordinator))
    assert recorded.refused is None
    assert await journey.state() == before


# -- lanes -----------------------------------------------------------------------------------------------------------


async def test_a_partner_that_is_down_holds_up_its_own_lane_only_and_then_everything_follows_in_order(
    scene: Scene,
) -> None:
    await scene.release("D-1", "D-2")
    corporation = scene.town.systems.corporation
    journey = Journey(scene)
    await journey.assessed()
    await journey.match("D-1")
    await corporation.switch({"fault": "unavailable", "organisation": scene.town.corporation, "seconds": 1})
    await journey.refuse(a.RefusalReason.SIZE)
    await journey.answer(a.JudgementAnswer(valid=True))
    await journey.answer(a.MatchAnswer(corporation=scene.town.corporation, dwelling="D-2"))

    async def others_are_done() -> bool:
        waiting = [one for one in await outbox.effects_of(scene.pool, journey.id) if one["result"] is None]
        return {one["lane"] for one in waiting} == {scene.town.corporation} and len(waiting) == 2

    await eventually(others_are_done)
    assert journey.headings(CLIENT.mail or "")[-1] == "Dit aanbod telt niet mee"
    await corporation.switch()
    await journey.task(TaskKind.ANSWER_OFFER)
    await journey.settled()
    lane = [one for one in await outbox.effects_of(scene.pool, journey.id) if one["lane"] == scene.town.corporation]
    steps = [one["key"].split(":")[1] for one in sorted(lane, key=_settled)]
    assert steps == ["place-offer", "withdraw-offer", "place-offer"]
    offers = await corporation.records(scene.town.corporation, "/offers", journey.id)
    assert [(one["dwelling"], one["state"]) for one in offers] == [("D-1", "refused"), ("D-2", "offered")]
    ledger = await corporation.ledger(scene.town.corporation)
    assert {executed for _, executed in ledger.values()} == {1}


def _settled(line: dict[str, datetime]) -> datetime:
    return line["settled_at"]


async def test_a_corporation_that_is_away_is_asked_again_the_next_working_day_and_the_others_go_on(
    scene: Scene,
) -> None:
    first, second = scene.town.corporations
    corporation = scene.town.systems.corporation
    await scene.release("D-1")
    await corporation.staff("PUT", second, "/dwellings", [home("E-1")])
    await corporation.switch({"fault": "unavailable", "organisation": first, "seconds": 1})
    journey = Journey(scene)
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


async def test_what_taught_something_is_settled_in_the_moment_in_which_that_is_recorded(scene: Scene) -> None:
    await scene.release("D-1")
    journey = Journey(scene)
    await journey.assessed()
    await journey.match("D-1")
    await journey.accept()
    await journey.settled()
    taught = await scene.pool.fetch(LEARNED, journey.id)
    kinds = {"ListDwellings", "PlaceOffer", "PrepareLease", "RequestSupport"}
    assert {line["type"] for line in taught} == kinds
    assert all((line["result"], line["settled_at"]) == ("done", line["at"]) for line in taught)


async def test_a_workflow_ends_only_when_everything_is_delivered(scene: Scene) -> None:
    await scene.release("D-1")
    corporation = scene.town.systems.corporation
    journey = Journey(scene)
    await journey.assessed()
    await journey.match("D-1")
    await corporation.switch({"fault": "unavailable", "organisation": scene.town.corporation, "seconds": 1})
    await journey.do(Withdraw(by=journey.coordinator, source=KnownFrom.CLIENT))
    await eventually(lambda: _letters_are_out(journey))
    assert (await journey.state()).stage is Stage.CLOSED
    assert (await journey.handle.describe()).status is WorkflowExecutionStatus.RUNNING
    late = await journey.submit(note(journey))
    assert late.refused is not None
    assert late.refused.rule == "closed"
    await corporation.switch()
    assert (await journey.ended()).outcome is Outcome.WITHDRAWN_BY_CLIENT
    (offer,) = await corporation.records(scene.town.corporation, "/offers", journey.id)
    assert offer["state"] == "withdrawn"


async def _letters_are_out(journey: Journey) -> bool:
    return "U wilt stoppen" in journey.headings(CLIENT.mail or "")


async def test_a_client_who_leaves_while_the_corporation_is_down_keeps_no_dwelling_there(scene: Scene) -> None:
    await scene.release("D-1")
    corporation = scene.town.systems.corporation
    journey = Journey(scene)
    await journey.assessed()
    await journey.settled()
    lost = {"fault": "lost_answer", "operation": "create_aanbieding", "attempts": 1}
    down = {"fault": "unavailable", "operation": "list_aanbiedingen", "seconds": 1}
    await corporation.switch(*({**fault, "organisation": scene.town.corporation} for fault in (lost, down)))
    await journey.answer(a.MatchAnswer(corporation=scene.town.corporation, dwelling="D-1"))

    async def reserved() -> bool:
        return bool(await corporation.records(scene.town.corporation, "/offers", journey.id))

    await eventually(reserved)
    await journey.do(Withdraw(by=journey.coordinator, source=KnownFrom.CLIENT))
    await corporation.switch()
    await journey.ended()
    (offer,) = await corporation.records(scene.town.corporation, "/offers", journey.id)
    assert offer["state"] == "withdrawn"


async def test_a_client_who_leaves_while_the_provider_is_down_is_not_waited_for_there(scene: Scene) -> None:
    await scene.release("D-1")
    provider = scene.town.systems.provider
    journey = Journey(scene)
    await journey.assessed()
    await journey.match("D-1")
    lost = {"fault": "lost_answer", "attempts": 1}
    down = {"fault": "unavailable", "seconds": 1}
    await provider.switch(*({**fault, "organisation": scene.town.provider} for fault in (lost, down)))
    await journey.accept()

    async def asked() -> bool:
        return bool(await provider.supports(scene.town.provider))

    await eventually(asked)
    await journey.do(Withdraw(by=journey.coordinator, source=KnownFrom.CLIENT))
    await provider.switch()
    await journey.ended()
    (request,) = await provider.supports(scene.town.provider)
    assert request["state"] == "cancelled"
    assert (await journey.happened()).count("SupportReturned") == 1


async def test_who_waits_for_a_partner_tries_at_once_when_called_in(scene: Scene) -> None:
    await scene.release("D-1")
    corporation = scene.town.systems.corporation
    journey = Journey(scene)
    await journey.assessed()
    await journey.settled()
    down = {"fault": "unavailable", "operation": "create_aanbieding", "seconds": 3600}
    await corporation.switch({"organisation": scene.town.corporation, **down})
    await journey.answer(a.MatchAnswer(corporation=scene.town.corporation, dwelling="D-1"))

    async def waits() -> bool:
        pending = (await journey.handle.describe()).raw_description.pending_activities
        return any(one.activity_type.name == "PlaceOffer" and one.HasField("last_failure") for one in pending)

    await eventually(waits)
    await journey.handle.signal(MediationWorkflow.try_again, "nobody")
    await journey.handle.signal(MediationWorkflow.try_again, scene.town.corporation)
    await eventually(waits)
    await corporation.switch()
    for _ in range(3):
        await journey.handle.signal(MediationWorkflow.try_again, scene.town.corporation)
    await journey.task(TaskKind.ANSWER_OFFER)
    executed = [done for _, done in (await corporation.ledger(scene.town.corporation)).values()]
    assert set(executed) == {1}
    replayer = Replayer(workflows=[MediationWorkflow], plugins=[MediationPlugin(scene.settings.key_ring)])
    await replayer.replay_workflow(await journey.history())


async def test_what_a_partner_refuses_for_good_becomes_a_task_that_can_be_tried_again(scene: Scene) -> None:
    await scene.release("D-1", district=BY_HAND)
    journey = Journey(scene)
    await journey.assessed()
    await journey.match("D-1")
    await journey.accept()
    await journey.sign()
    await journey.plan_support()
    task = await journey.task(TaskKind.RESOLVE_DELIVERY)
    assert task.about is not None
    assert ":give-notice:" in task.about
    await journey.answer(a.DeliveryAnswer(way="try_again"))

    async def failed_again() -> bool:
        return (await journey.happened()).count("DeliveryFailed") == 2

    await eventually(failed_again)
    await journey.answer(a.DeliveryAnswer(way="done_by_hand"))
    assert TaskKind.RESOLVE_DELIVERY not in await journey.open()


async def test_where_nobody_has_a_system_people_answer_every_task_by_hand(scene: Scene) -> None:
    hand = {str(role): name for role, name in scene.town.by_hand.items()}
    journey = Journey(
        scene,
        district_team=hand["district_team"],
        care_provider=hand["care_provider"],
        corporations=(hand["corporation"],),
    )
    await journey.start()
    await journey.ready()
    await journey.settled()
    assert journey.subjects(scene.town.mail_of(hand["district_team"]))
    await journey.positive()
    await journey.settled()
    assert await journey.open() == [TaskKind.MAKE_OFFER]
    results = {one["type"]: one["result"] for one in await outbox.effects_of(scene.pool, journey.id)}
    assert (results["AskAssessment"], results["ListDwellings"]) == ("done", "done")


# -- durable ---------------------------------------------------------------------------------------------------------


async def test_every_history_replays_and_the_temporal_pages_show_where_it_stands(scene: Scene) -> None:
    await scene.release("D-1")
    journey = Journey(scene)
    await journey.assessed()
    await journey.match("D-1")
    await journey.days(30)
    described = await journey.handle.describe()
    assert described.typed_search_attributes[STAGE] == "acceptance"
    replayer = Replayer(workflows=[MediationWorkflow], plugins=[MediationPlugin(scene.settings.key_ring)])
    await replayer.replay_workflow(await journey.history())
    await journey.do(Withdraw(by=journey.coordinator, source=KnownFrom.CLIENT))
    await journey.ended()
    await replayer.replay_workflow(await journey.history())


async def test_a_worker_that_remembers_nothing_decides_the_same(idle: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "Worker", functools.partial(Worker, max_cached_workflows=0))
    await idle.release("D-1")
    async with mediation_worker(idle.settings, idle.client) as worker, worker:
        journey = Journey(idle)
        await journey.assessed()
        await journey.match("D-1")
        await journey.housed()
        await journey.call()
        assert (await journey.ended()).outcome is Outcome.HOUSED_FOLLOW_UP_HELD


async def test_a_mediation_goes_on_under_the_next_worker(idle: Scene) -> None:
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
        await journey.match("D-1")
        await journey.until(await journey.now() + timedelta(days=1))
        await journey.do(Withdraw(by=journey.coordinator, source=KnownFrom.CLIENT))
        await journey.ended()
