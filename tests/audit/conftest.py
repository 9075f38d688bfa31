"""Two real mediations with their histories and books, to be edited by a test: one that closed, one that is open."""

from collections.abc import AsyncIterator

import pytest

from audit.examine import Evidence, gather
from domain.messages import answers as a
from domain.messages import commands as c
from runtime.histories import InTemporal
from runtime.settings import Settings
from tests.histories import golden, scene
from tests.journey import Journey, Scene


@pytest.fixture(scope="session")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    """Where the mediations take place: servers of its own, with payloads under the golden key."""
    async with scene.installed(tmp_path_factory.mktemp("audit"), golden.RING) as place:
        yield place


@pytest.fixture(scope="session")
async def installed(place: Scene) -> Settings:
    """The settings of the installation."""
    return place.settings


async def evidence_of(place: Scene, mediation: str) -> Evidence:
    """What there is of a mediation."""
    return await gather(InTemporal(place.client), place.pool, mediation)


@pytest.fixture(scope="session")
async def closed(place: Scene) -> Evidence:
    """A client who dies while an offer is open, after a command that a rule refused."""
    journey = Journey(place, "audit-closed", bsn="999990019")
    await journey.offered()
    refused = await journey.submit(c.AnswerTask(by=journey.coordinator, task="assess-1", answer=READY))
    assert refused.refused is not None
    await journey.do(c.ReportDeath(by=journey.coordinator, source=a.KnownFrom.FAMILY))
    await journey.ended()
    return await evidence_of(place, journey.id)


@pytest.fixture(scope="session")
async def open_(place: Scene) -> Evidence:
    """A client who waits for a dwelling, with reminders on the way."""
    journey = Journey(place, "audit-open", bsn="999991206")
    await journey.assessed()
    await journey.days(40)
    return await evidence_of(place, journey.id)


@pytest.fixture(scope="session")
async def ended_twice(place: Scene) -> Evidence:
    """A client who is rejected, is right in an objection, and dies before there is a dwelling."""
    journey = Journey(place, "audit-ended-twice", bsn="999990020")
    await journey.start()
    await journey.ready()
    note = await journey.note("Zelf wonen lukt nog niet.")
    await journey.answer(a.AssessmentAnswer(result=a.AssessmentResult.NEGATIVE, note=note))
    await journey.heard()
    await journey.settled()
    await journey.objects()
    await journey.answer(a.ObjectionAnswer(result=a.ObjectionResult.WELL_FOUNDED, note=note))
    await journey.do(c.ReportDeath(by=journey.coordinator, source=a.KnownFrom.FAMILY))
    await journey.ended()
    return await evidence_of(place, journey.id)


READY = a.ReadinessAnswer(result=a.Readiness.READY)
