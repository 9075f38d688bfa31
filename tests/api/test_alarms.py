"""A coordinator sees what is stuck behind the scenes in the own municipality, in words; nobody else does."""

from datetime import UTC, datetime

from domain.facts.alarms import AlarmKind
from domain.facts.parties import Role
from store.alarms import Suspect, end_alarms, raise_alarm
from store.database import Pool
from tests.api.desk import Desk

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)


async def test_what_is_stuck_is_shown_to_the_own_municipality_until_it_is_over(idle: Desk, pool: Pool) -> None:
    municipality = idle.coordinator[1]
    stuck, elsewhere = Suspect("m-1", municipality, None, None), Suspect("m-2", "elders", None, None)
    assert await raise_alarm(pool, stuck, AlarmKind.WORKFLOW_GONE, "terminated", NOW)
    assert not await raise_alarm(pool, stuck, AlarmKind.WORKFLOW_GONE, "terminated", NOW.replace(hour=10))
    await raise_alarm(pool, elsewhere, AlarmKind.MOMENT_MISSED, None, NOW)
    [shown] = (await idle.read(idle.coordinator, "/v1/alarms"))["items"]
    assert (shown["mediation"], shown["kind"], shown["code"]) == ("m-1", "workflow_gone", "terminated")
    assert (shown["since"], shown["seenAt"]) == ("2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z")
    assert "herinneringen" in shown["inWords"]["nl"]
    assert "reminders" in shown["inWords"]["en"]
    await end_alarms(pool, "m-1", list(AlarmKind), [], NOW.replace(hour=11))
    assert (await idle.read(idle.coordinator, "/v1/alarms"))["items"] == []


async def test_no_partner_sees_what_is_stuck(idle: Desk) -> None:
    for role in (Role.INSTITUTION, Role.CORPORATION, Role.CARE_PROVIDER, Role.DISTRICT_TEAM):
        answered = await idle.http.get("/v1/alarms", headers=idle.headers((role.value, "somebody"), "k-1"))
        assert answered.status_code == 403, role
