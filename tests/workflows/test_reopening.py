"""An end that was no decision is undone through the real shell: the workflow lives for the term, and then goes on."""

from datetime import timedelta

from temporalio.client import WorkflowExecutionStatus

from domain.facts.outcome import Outcome, Stage
from domain.facts.value import replace
from domain.messages import commands as c
from domain.messages.answers import KnownFrom
from store import read_model
from store.read_model import MediationFilter
from tests.domain.case import NOTE, undoable
from tests.journey import Journey, Scene
from tests.town import CLIENT
from worker import mediation_worker

NOOR = CLIENT.mail or ""


def undoing(journey: Journey, user: str) -> c.ReopenMediation:
    by = replace(journey.coordinator, user=user)
    return c.ReopenMediation(by=by, because=c.ReopeningReason.END_WAS_WRONG, note=NOTE)


async def test_a_death_that_was_none_is_undone_on_the_third_day_under_another_worker_and_goes_on(idle: Scene) -> None:
    journey = Journey(idle, policy=undoable())
    async with mediation_worker(idle.settings, idle.client) as worker, worker:
        await journey.offered()
        await journey.settled()
        letters = len(journey.mails(NOOR))
        await journey.do(c.ReportDeath(by=journey.coordinator, source=KnownFrom.FAMILY))
        await journey.days(3)
        assert (await journey.state()).outcome is Outcome.DIED
        assert len(journey.mails(NOOR)) == letters, "nobody writes to a client who is said to be dead"
    # all that the first worker knew is gone: the second one goes by the history
    async with mediation_worker(idle.settings, idle.client) as worker, worker:
        assert (await journey.handle.describe()).status is WorkflowExecutionStatus.RUNNING
        own = await journey.submit(undoing(journey, journey.coordinator.user))
        assert own.refused is not None
        assert own.refused.rule == "second_person_needed"
        other = await journey.released("2")
        undone = await journey.submit(undoing(journey, "user-9"), "undo")
        assert undone.refused is None
        assert await journey.submit(undoing(journey, "user-9"), "undo") == undone, "sent twice, done once"
        twice = await journey.submit(undoing(journey, "user-9"))
        assert twice.refused is not None
        assert twice.refused.rule == "not_ended"
        await journey.settled()
        assert journey.subjects(NOOR)[letters:]
        lines = await read_model.list_mediations(idle.pool, MediationFilter(), limit=200)
        line = next(one for one in lines if one.id == journey.id)
        assert (line.stage, line.outcome, line.closed_at) == (Stage.OFFER, None, None)
        await journey.match(other)
        await journey.housed()
        await journey.call()
        await journey.settled()
        await journey.skip(timedelta(weeks=7))
        assert (await journey.ended()).outcome is Outcome.HOUSED_FOLLOW_UP_HELD
        assert (await journey.happened())[-1] == "ReopeningTermEnded"
