"""Two real mediations with their histories and books, to be edited by a test: one that closed, one that is open."""

from collections.abc import AsyncIterator

import pytest

from audit.examine import Evidence, gather
from domain.messages import answers as a
from domain.messages import commands as c
from runtime.histories import InTemporal
from runtime.settings import Settings
from tests.histories import golden, scene
from tests.histories.walk import Scene, Walk


@pytest.fixture(scope="session")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Scene, Settings]]:
    """Servers of its own, with payloads under the golden key."""
    async with scene.installed(tmp_path_factory.mktemp("audit"), golden.RING) as served:
        yield served


@pytest.fixture(scope="session")
async def place(served: tuple[Scene, Settings]) -> Scene:
    """Where the mediations take place."""
    return served[0]


@pytest.fixture(scope="session")
async def installed(served: tuple[Scene, Settings]) -> Settings:
    """The settings of the installation."""
    return served[1]


async def evidence_of(place: Scene, mediation: str) -> Evidence:
    """What there is of a mediation."""
    return await gather(InTemporal(place.client), place.pool, mediation)


@pytest.fixture(scope="session")
async def closed(place: Scene) -> Evidence:
    """A client who dies while an offer is open, after a command that a rule refused."""
    walk = Walk(place, "audit-closed", bsn="999990019")
    await walk.start()
    await walk.offered()
    refused = await walk.submit(c.AnswerTask(by=walk.coordinator, task="assess-1", answer=READY))
    assert refused.refused is not None
    await walk.give(c.ReportDeath(by=walk.coordinator, source=a.KnownFrom.FAMILY))
    await walk.result()
    return await evidence_of(place, walk.mediation)


@pytest.fixture(scope="session")
async def open_(place: Scene) -> Evidence:
    """A client who waits for a dwelling, with reminders on the way."""
    walk = Walk(place, "audit-open", bsn="999991206")
    await walk.start()
    await walk.ready()
    await walk.positive()
    await walk.days(40)
    return await evidence_of(place, walk.mediation)


@pytest.fixture(scope="session")
async def ended_twice(place: Scene) -> Evidence:
    """A client who is rejected, is right in an objection, and dies before there is a dwelling."""
    walk = Walk(place, "audit-ended-twice", bsn="999990020")
    await walk.start()
    await walk.ready()
    note = await walk.note("Zelf wonen lukt nog niet.")
    await walk.answer(a.AssessmentAnswer(result=a.AssessmentResult.NEGATIVE, note=note))
    await walk.answer(await walk.hearing())
    await walk.settled()
    await walk.object_to_the_end()
    await walk.answer(a.ObjectionAnswer(result=a.ObjectionResult.WELL_FOUNDED, note=note))
    await walk.give(c.ReportDeath(by=walk.coordinator, source=a.KnownFrom.FAMILY))
    await walk.result()
    return await evidence_of(place, walk.mediation)


READY = a.ReadinessAnswer(result=a.Readiness.READY)
