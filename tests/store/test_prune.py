"""What nobody needs any longer is removed after its term, and nothing else."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from activities.upkeep import Upkeep
from domain.facts.parties import Actor, Role
from domain.facts.value import replace
from runtime.policy_files import text_of
from store import prune as pruning
from store.database import Pool
from store.notifications import Notifications
from store.people import Search, SearchPurpose, record_search
from store.personal_reads import PersonalData, ReadPurpose, record_read
from store.prune import DEAD, DELIVERED, DIGESTS, LINKS, TRIES, Pruned, prune, prune_reads
from store.requests import Request, claim
from store.webhooks import Webhooks
from tests.store.script import script
from tests.store.test_publication import fresh

NOW = datetime(2030, 1, 1, tzinfo=UTC)
A_DAY = timedelta(days=1)
COORDINATOR = Actor(role=Role.COORDINATOR, organisation="almere", user="user-1")
NOTHING = Pruned(0, 0, 0, 0, 0, 0)


async def kept(pool: Pool, table: str) -> int:
    """How many rows a table has."""
    count: int = await pool.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608 - a name of this file
    return count


async def test_what_a_webhook_took_goes_first_then_what_it_never_took_and_what_waits_stays(pool: Pool) -> None:
    webhook = await Webhooks(pool, b"k" * 32).add("one", fresh(), NOW)
    await script("start").play(pool)
    box = Notifications(pool, webhook.id)
    ((taken, refused, *waiting),) = await box.due(NOW, mediations=1, each=100)
    await box.delivered(taken, NOW)
    await box.failed(refused, NOW, None, "status_500")
    assert await prune(pool, NOW + DELIVERED) == NOTHING
    assert await prune(pool, NOW + DELIVERED + A_DAY) == NOTHING._replace(delivered=1)
    assert await prune(pool, NOW + DEAD) == NOTHING
    assert await prune(pool, NOW + DEAD + A_DAY) == NOTHING._replace(dead_letters=1)
    assert (await box.counts())[0] == len(waiting) > 0


@pytest.mark.parametrize("closed", [True, False])
async def test_an_expired_link_goes_when_its_task_is_closed(pool: Pool, closed: bool) -> None:
    await script("start").play(pool)
    task = await pool.fetchval("SELECT id FROM task LIMIT 1")
    await pool.execute("UPDATE task SET closed_at = CASE WHEN $1 THEN now() END", closed)
    await pool.execute(
        "INSERT INTO link (hash, mediation, task, organisation, due, made_at, expires_at) "
        "VALUES ('\\x01', 'm-1', $1, 'almere', $2, $2, $2)",
        task,
        NOW,
    )
    await pool.execute("INSERT INTO link_try VALUES ('\\x01', 'try', $1, 3)", NOW)
    assert await prune(pool, NOW + TRIES) == NOTHING
    assert await prune(pool, NOW + TRIES + A_DAY) == NOTHING._replace(tries=1)
    assert await prune(pool, NOW + LINKS) == NOTHING
    assert await prune(pool, NOW + LINKS + A_DAY) == NOTHING._replace(links=int(closed))


async def test_digests_go_and_letters_of_a_case_stay(pool: Pool) -> None:
    await script("start").play(pool)
    for key, mediation in (("digest-almere:2030-01-01", None), ("m-1:closed-client:9", "m-1")):
        await pool.execute(
            "INSERT INTO letter VALUES ($1, 'kwintes', $2, 'almere', 'mail', 'posted', $1, $3, NULL)",
            key,
            mediation,
            NOW,
        )
    assert await prune(pool, NOW + DIGESTS) == NOTHING
    assert await prune(pool, NOW + DIGESTS + A_DAY) == NOTHING._replace(digests=1)
    assert await kept(pool, "letter") == 1


async def test_the_key_of_what_was_recorded_stays_for_ever(pool: Pool) -> None:
    await script("start").play(pool)
    for key, subject in (("a", "m-1"), ("b", "webhooks")):
        async with pool.acquire() as connection:
            assert await claim(connection, Request("almere", key, subject, "fingerprint"))
    await prune(pool, NOW + timedelta(days=36_500))
    assert await kept(pool, "request") == 2


async def test_more_than_goes_at_once_goes_in_parts(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "AT_ONCE", 2)
    rows = [(bytes([n]), NOW) for n in range(5)]
    await pool.executemany("INSERT INTO link_try VALUES ($1, 'try', $2, 1)", rows)
    assert (await prune(pool, NOW + TRIES + A_DAY)).tries == 5


async def test_what_hears_hints_and_care_messages_is_never_pruned(pool: Pool) -> None:
    await script("match").play(pool)
    tables = ("command", "event", "effect", "mediation", "task", "care_message", "vault_item", "vault_key")
    before = [await kept(pool, table) for table in tables]
    await prune(pool, NOW + timedelta(days=36_500))
    assert [await kept(pool, table) for table in tables] == before


async def test_who_read_and_who_searched_goes_by_municipality_and_day(pool: Pool) -> None:
    await script("start").play(pool)
    municipality = await pool.fetchval("SELECT municipality FROM mediation")
    for at in (NOW - A_DAY, NOW):
        await record_read(pool, "m-1", COORDINATOR, PersonalData.PERSON, ReadPurpose.CONTACT, at)
        for organisation in (municipality, "elsewhere"):
            by = replace(COORDINATOR, organisation=organisation)
            await record_search(pool, Search(at, by, SearchPurpose.RIGHTS, ("name",), ("m-1",), False))
    assert await prune(pool, NOW + timedelta(days=36_500)) == NOTHING, "it is the municipality's to say when"
    assert await prune_reads(pool, "nowhere", NOW + A_DAY) == 0
    assert await prune_reads(pool, municipality, NOW) == 2
    assert await pool.fetchval("SELECT min(at) FROM personal_read") == NOW
    left = {tuple(row) for row in await pool.fetch("SELECT organisation, at FROM person_search")}
    assert left == {("elsewhere", NOW - A_DAY), ("elsewhere", NOW), (municipality, NOW)}


async def test_reads_are_kept_for_the_years_of_the_policy_and_no_day_longer(pool: Pool, tmp_path: Path) -> None:
    await script("start").play(pool)
    policy = text_of("almere")
    last_kept = datetime(2024, 12, 31, 23, tzinfo=UTC)  # 1 January 2025, midnight in Almere: five years before NOW
    for at in (last_kept - timedelta(seconds=1), last_kept):
        await record_read(pool, "m-1", COORDINATOR, PersonalData.NOTES, ReadPurpose.RIGHTS, at)
    upkeep = Upkeep(pool, tmp_path)
    await upkeep.prune(NOW)
    assert await kept(pool, "personal_read") == 2, "nobody said how long"
    (tmp_path / "almere.toml").write_text(policy.replace("reads_years = { value = 5", "reads_years = { value = 6"))
    await upkeep.prune(NOW)
    assert await kept(pool, "personal_read") == 2
    (tmp_path / "almere.toml").write_text(policy)
    await upkeep.prune(NOW)
    assert [row["at"] for row in await pool.fetch("SELECT at FROM personal_read")] == [last_kept]
