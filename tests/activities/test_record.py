"""`Record` decides once, waits while PostgreSQL is away, and parks what fails by itself."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import asyncpg
import httpx
import pytest
from structlog.testing import capture_logs
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.homes import Homes
from activities.partner import Partners
from activities.record import Recorder
from domain.exchange.record import Recorded, Recording
from domain.facts.born import Born
from domain.facts.calendar import Calendar
from domain.facts.rules import RuleName
from domain.facts.value import replace as changed
from runtime.directory import Directory
from runtime.seals import ANYBODY, Speakers
from store import parking
from store import record as store_record
from store.database import NOT_OURS, UNAVAILABLE, Pool, connect
from store.receiving import TeamOf
from store.vault import Vault
from tests.opened import secrets_of, vault_under
from tests.store.script import script
from tests.tampering import tamper
from tests.town import CLIENT

PASSING = ("08", "28", "3D", "40", "53", "55", "57", "58")
"""Classes of SQLSTATE (PostgreSQL, appendix A): the server or the connection, never what was asked."""
DIRECTORY = Directory(())


def recorder_of(pool: Pool) -> Recorder:
    """A recorder that knows the homes of no corporation, and believes everybody."""
    homes = Homes(pool, Partners(httpx.AsyncClient(), DIRECTORY))
    return Recorder(pool, DIRECTORY, homes, Vault(pool, secrets_of(bytes(32))), Speakers.parse(ANYBODY))


async def test_a_command_tried_again_is_recorded_once(pool: Pool) -> None:
    (start,) = script("start").recordings()
    recorder = recorder_of(pool)
    first: Recorded = await ActivityEnvironment().run(recorder.record, start)
    assert await ActivityEnvironment().run(recorder.record, start) == first
    assert await pool.fetchval("SELECT count(*) FROM command") == 1


async def test_while_postgresql_is_away_the_command_waits(postgres_url: str) -> None:
    (start,) = script("start").recordings()
    async with connect(postgres_url) as pool:
        recorder = recorder_of(pool)
    with pytest.raises(ApplicationError) as caught:
        await ActivityEnvironment().run(recorder.record, start)
    assert not caught.value.non_retryable
    assert caught.value.message == "PostgreSQL is away"
    async with connect(postgres_url) as pool:
        recorded: Recorded = await ActivityEnvironment().run(recorder_of(pool).record, start)
        assert recorded.refused is None


def test_every_error_of_a_server_in_trouble_is_an_outage() -> None:
    errors = [one for one in vars(asyncpg.exceptions).values() if isinstance(one, type)]
    passing = [one for one in errors if (getattr(one, "sqlstate", None) or "")[:2] in PASSING]
    assert len(passing) > 30
    assert [one.__name__ for one in passing if not issubclass(one, UNAVAILABLE)] == []


def test_what_is_wrong_with_what_was_asked_is_no_outage() -> None:
    wrong = (
        asyncpg.CheckViolationError,
        asyncpg.UniqueViolationError,
        asyncpg.DataError,
        asyncpg.NotNullViolationError,
    )
    assert not [one for one in wrong if issubclass(one, UNAVAILABLE + NOT_OURS)]


@pytest.mark.parametrize(("born_on", "age"), [(date(2003, 6, 9), 22), (date(2003, 6, 8), 23), (date(2003, 6, 7), 23)])
async def test_the_urgency_is_granted_at_the_age_of_that_day(pool: Pool, born_on: date, age: int) -> None:
    """The referral came in before the birthday."""
    assert (await granted(pool, Born.on(born_on)))["age"] == age


async def granted(pool: Pool, born: Born) -> dict[str, Any]:
    """Grant the urgency on 8 June 2026 to a client who was born then, and return what is recorded of it."""
    *earlier, granting = script("positive").recordings()
    assert Calendar().today(granting.now) <= date(2026, 6, 8)
    granting = changed(granting, now=datetime(2026, 6, 8, 10, tzinfo=UTC))
    vault = await vault_under(pool, bytes(32))
    recorder = recorder_of(pool)
    for one in earlier:
        await ActivityEnvironment().run(recorder.record, one)
    person = await vault.put_person(changed(CLIENT, born_on=born), "almere")
    await tamper(pool, "UPDATE mediation SET person = $1", person)
    await ActivityEnvironment().run(recorder.record, granting)
    recorded: dict[str, Any] = json.loads(
        await pool.fetchval("SELECT document FROM event WHERE type = 'UrgencyGranted'")
    )
    return recorded


@pytest.mark.parametrize(
    ("born", "told"),
    [
        ("2003-00-00", {"age_between": {"least": 22, "most": 23}}),
        ("2003-05-00", {"age": 23}),
        ("0000-00-00", {}),
    ],
)
async def test_the_urgency_is_granted_with_the_ages_that_a_date_of_birth_leaves(
    pool: Pool, born: str, told: dict[str, Any]
) -> None:
    recorded = await granted(pool, Born.read(born))
    assert {name: recorded[name] for name in recorded if name.startswith("age")} == told


class Attempts:
    """Attempts at one command by a recorder, with what one attempt leaves to the next, as Temporal does."""

    def __init__(self, pool: Pool) -> None:
        self._recorder = recorder_of(pool)
        self._left: tuple[object, ...] = ()

    async def attempt(self, recording: Recording) -> Recorded:
        environment = ActivityEnvironment()
        environment.info = replace(environment.info, heartbeat_details=self._left)

        def leave(*details: object) -> None:
            self._left = details

        environment.on_heartbeat = leave
        recorded: Recorded = await environment.run(self._recorder.record, recording)
        return recorded


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> list[Exception]:
    """The next attempts to record fail with these, the last of them for ever."""
    faults: list[Exception] = []

    async def record(pool: Pool, recording: Recording, team_of: TeamOf) -> Recorded:
        raise faults.pop(0) if len(faults) > 1 else faults[0]

    monkeypatch.setattr(store_record, "record", record)
    return faults


@pytest.fixture(autouse=True)
def nobody_to_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whom it is told is seen with a real Temporal, in tests/workflows."""

    async def nobody(pool: Pool, recording: Recording) -> None:
        return None

    monkeypatch.setattr(parking, "told_to", nobody)


async def test_what_fails_four_times_by_itself_is_parked_and_outages_do_not_count(
    pool: Pool, broken: list[Exception]
) -> None:
    (start,) = script("start").recordings()
    away, fault = asyncpg.DiskFullError("full"), ValueError("BSN 999990019 is wrong")
    broken += [away] * 5 + [fault] + [asyncpg.DeadlockDetectedError("locked")] * 5 + [fault] * 3
    attempts = Attempts(pool)
    with capture_logs() as lines:
        for _ in range(13):
            with pytest.raises((ApplicationError, ValueError)):
                await attempts.attempt(start)
        parked = await attempts.attempt(start)
    assert parked.refused
    assert parked.refused.rule == RuleName.NOT_RECORDED
    assert [line for line in lines if line["event"] == "command parked"] == [
        {"event": "command parked", "log_level": "error", "command": "StartMediation", "fault": "ValueError"}
    ]
    assert "999990019" not in str(lines) + parked.model_dump_json()
    assert await pool.fetchval("SELECT fault FROM parked") == "ValueError"


async def test_a_database_that_lacks_a_migration_parks_nothing(pool: Pool, broken: list[Exception]) -> None:
    (start,) = script("start").recordings()
    broken.append(asyncpg.UndefinedColumnError("no such column"))
    attempts = Attempts(pool)
    for _ in range(10):
        with pytest.raises(ApplicationError):
            await attempts.attempt(start)
    assert await pool.fetchval("SELECT count(*) FROM parked") == 0


async def test_a_command_that_cannot_even_be_parked_is_tried_on_and_told(pool: Pool, broken: list[Exception]) -> None:
    (start,) = script("start").recordings()
    broken.append(ValueError("wrong"))
    await tamper(pool, "ALTER TABLE command ADD CONSTRAINT poison CHECK (false) NOT VALID")
    attempts = Attempts(pool)
    with capture_logs() as lines:
        for _ in range(6):
            with pytest.raises((ValueError, asyncpg.CheckViolationError)):
                await attempts.attempt(start)
    assert [line["event"] for line in lines] == ["command not parked"] * 3
    await tamper(pool, "ALTER TABLE command DROP CONSTRAINT poison")
    assert (await attempts.attempt(start)).refused is not None


async def test_a_referral_that_cannot_be_recorded_is_refused_at_the_door(pool: Pool, broken: list[Exception]) -> None:
    (start,) = script("start").recordings()
    broken.append(ValueError("wrong"))
    attempts = Attempts(pool)
    for _ in range(3):
        with pytest.raises(ValueError, match="wrong"):
            await attempts.attempt(start)
    parked = await attempts.attempt(start)
    assert (parked.sequence, parked.stage) == (0, None)
    municipality = await pool.fetchval("SELECT municipality FROM parked")
    assert municipality == "almere"
