"""One row that cannot be read harms only itself: the others of its list are shown, and that it is missing is told."""

import logging
from typing import NamedTuple

import pytest

from api.installation import Installation
from domain.facts.calendar import Calendar
from domain.facts.parties import Role
from store.database import Pool
from store.digest import read
from store.journal import STATES
from store.reports.catalogue import REPORTS
from tests.api.desk import Desk, Json, everything
from tests.api.test_releases import FACTS, hand
from tests.api.test_webhooks import PLAIN
from tests.store.script import script
from tests.tampering import tamper


class Broken(NamedTuple):
    """A list, and how one row of it comes to be unreadable."""

    path: str
    change: str
    items: str = "items"
    left: int = 1
    """How many are still shown, of two."""
    fewer: int | None = None
    """Or, for a list that has more, how many fewer than before."""
    who: str = "coordinator"


LISTS = {
    "mediations": Broken("/v1/mediations", "UPDATE mediation SET stage = 'moon' WHERE id = 'm-1'"),
    "mediations by their tasks": Broken(
        "/v1/mediations", "UPDATE task SET kind = 'moon' WHERE mediation = 'm-1'", left=2
    ),
    "inbox": Broken("/v1/tasks", "UPDATE task SET kind = 'moon' WHERE mediation = 'm-1'"),
    "letters": Broken(
        "/v1/mediations/m-1/letters",
        "UPDATE effect SET document = jsonb_set(document::jsonb, '{letter}', '\"moon\"')::json WHERE key ="
        " (SELECT min(key) FROM effect WHERE mediation = 'm-1' AND type = 'SendLetter'"
        " AND document ->> 'organisation' IS NOT NULL)",  # of which there is one line for each reader
        fewer=1,
    ),
    "released dwellings": Broken(
        "/v1/released-dwellings",
        "UPDATE released_dwelling SET complex = repeat('x', 500) WHERE id = 'H-1'",
        who="by hand",
    ),
    "webhooks": Broken(
        "/v1/webhooks",
        "ALTER TABLE webhook DROP CONSTRAINT webhook_kind_check;"
        " UPDATE webhook SET kind = 'moon' WHERE url LIKE '%one%'",
    ),
    "directory": Broken(
        "/v1/directory",
        "WITH told AS (INSERT INTO directory_change (revision, by, at) SELECT max(revision) + 1, 'x', now()"
        " FROM directory_change RETURNING revision)"
        " UPDATE organisation_version SET document = '{\"id\": 7}' WHERE organisation LIKE 'other-institution-%'",
        items="organisations",
        fewer=1,
    ),
    "woonwaaier": Broken(
        "/v1/woonwaaier",
        "WITH told AS (INSERT INTO directory_change (revision, by, at) SELECT max(revision) + 1, 'x', now()"
        " FROM directory_change RETURNING revision)"
        " UPDATE organisation_version SET document = '[]' WHERE organisation LIKE 'other-institution-%'",
        items="organisations",
        fewer=1,
    ),
}


async def lived(desk: Desk, pool: Pool) -> None:
    """Two of everything that is listed."""
    for mediation in ("m-1", "m-2"):
        await script("start").play(pool, mediation)
    for n in ("H-1", "H-2"):
        answer = await desk.http.put(f"/v1/released-dwellings/{n}", headers=desk.headers(hand(desk)), json=FACTS)
        assert answer.status_code == 201
    for name in ("one", "two"):
        body = PLAIN | {"url": f"https://{name}.example.nl/hook"}
        assert (await desk.post(desk.coordinator, "/v1/webhooks", body)).status_code == 201


@pytest.mark.parametrize("name", LISTS)
async def test_a_row_that_cannot_be_read_is_left_out_and_told(
    idle: Desk, pool: Pool, installation: Installation, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    broken = LISTS[name]
    await lived(idle, pool)
    who = hand(idle) if broken.who == "by hand" else idle.coordinator
    before = await idle.read(who, broken.path)
    assert before["unreadable"] == 0
    await tamper(pool, broken.change)
    await installation.directory.reread()
    with caplog.at_level(logging.ERROR):
        after = await idle.read(who, broken.path)
    assert after["unreadable"] >= 1
    shown = len(after[broken.items])
    assert shown == (len(before[broken.items]) - broken.fewer if broken.fewer else broken.left)
    kept = [one for one in before[broken.items] if one in after[broken.items]]
    assert len(kept) >= shown - 1


@pytest.mark.parametrize(
    ("path", "change", "who"),
    [
        ("/v1/mediations", "UPDATE mediation SET stage = 'moon' WHERE id IN ('m-1', 'm-2', 'm-4')", "coordinator"),
        ("/v1/tasks", "UPDATE task SET kind = 'moon' WHERE mediation IN ('m-1', 'm-2', 'm-4')", "coordinator"),
    ],
)
async def test_pages_go_on_behind_rows_that_cannot_be_read(
    idle: Desk, pool: Pool, path: str, change: str, who: str
) -> None:
    for n in range(1, 6):
        await script("start").play(pool, f"m-{n}")
    await tamper(pool, change)
    found = await everything(idle, getattr(idle, who), path, limit=1)
    assert sorted(one.get("mediation") or one["id"] for one in found) == ["m-3", "m-5"]


async def test_a_note_that_cannot_be_read_is_left_out_and_told(desk: Desk, pool: Pool) -> None:
    mediation = f"/v1/mediations/{(await desk.start())['id']}"
    for text in ("Een.", "Twee."):
        body = {"type": "add_note", "note": text}
        assert (await desk.post(desk.coordinator, f"{mediation}/commands", body)).status_code == 200
    await tamper(
        pool,
        "UPDATE vault_item SET ciphertext = '\\x0011' WHERE id = (SELECT id FROM vault_item WHERE kind = 'note'"
        " ORDER BY stored_at LIMIT 1)",
    )
    notes = await desk.read(desk.coordinator, f"{mediation}/notes", purpose="decide")
    assert ([note["text"] for note in notes["items"]], notes["unreadable"]) == (["Twee."], 1)


async def test_a_dead_letter_that_cannot_be_read_is_left_out_and_told(idle: Desk, pool: Pool) -> None:
    made = await idle.post(idle.coordinator, "/v1/webhooks", PLAIN)
    webhook = made.json()["webhook"]["id"]
    assert (
        await idle.post(idle.coordinator, f"/v1/webhooks/{webhook}/disable", {"reason": "Stil."})
    ).status_code == 200
    await script("start").play(pool)
    path = f"/v1/webhooks/{webhook}/dead-letters"
    missed = len((await idle.read(idle.coordinator, path))["items"])
    assert missed > 1
    await tamper(pool, "UPDATE notification SET code = NULL WHERE sequence = (SELECT min(sequence) FROM notification)")
    after = await idle.read(idle.coordinator, path)
    assert (len(after["items"]), after["unreadable"]) == (missed - 1, 1)


@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE mediation SET stage = 'moon' WHERE id = 'm-1'",
        "UPDATE mediation SET outcome = 'moon', closed_at = now() WHERE id = 'm-1'",
        "UPDATE task SET kind = 'moon' WHERE mediation = 'm-1'",
    ],
)
async def test_a_report_is_made_whatever_one_row_says(idle: Desk, pool: Pool, report: str, change: str) -> None:
    for n in (1, 2):
        await script("match").play(pool, f"m-{n}")
    whole = await idle.read(idle.coordinator, f"/v1/reports/{report}")
    await tamper(pool, change)
    told = await idle.read(idle.coordinator, f"/v1/reports/{report}")
    assert (whole["unreadable"], told["unreadable"] >= 1) == (0, True)
    assert [table["name"] for table in told["tables"]] == [table["name"] for table in whole["tables"]]


@pytest.mark.parametrize("report", REPORTS)
async def test_a_report_is_made_whatever_one_event_says(idle: Desk, pool: Pool, report: str) -> None:
    for n in (1, 2):
        await script("match").play(pool, f"m-{n}")
    whole = await idle.read(idle.coordinator, f"/v1/reports/{report}")
    await tamper(
        pool,
        "UPDATE event SET document = '{}' WHERE mediation = 'm-1' AND sequence ="
        " (SELECT min(sequence) FROM event WHERE mediation = 'm-1' AND type = 'StageEntered')",
    )
    told = await idle.read(idle.coordinator, f"/v1/reports/{report}")
    assert (whole["unreadable"], told["unreadable"]) == (0, 1)
    assert [table["name"] for table in told["tables"]] == [table["name"] for table in whole["tables"]]


async def test_an_event_of_which_nobody_knows_who_did_it_is_left_out_and_told(idle: Desk, pool: Pool) -> None:
    await lived(idle, pool)
    path = "/v1/mediations/m-1/events?limit=100"
    whole = await idle.read(idle.coordinator, path)
    await tamper(pool, "UPDATE command SET document = '{}' WHERE mediation = 'm-1' AND ordinal = 1")
    told = await idle.read(idle.coordinator, path)
    assert told["unreadable"] == len(whole["items"]) - len(told["items"]) > 0


async def test_a_digest_tells_the_other_tasks(idle: Desk, pool: Pool) -> None:
    await lived(idle, pool)
    now, today = await idle.clock.now(), await idle.today()
    before = await read(pool, "almere", today, now, ["almere"], [], Calendar())
    await tamper(pool, "UPDATE task SET kind = 'moon' WHERE mediation = 'm-1'")
    after = await read(pool, "almere", today, now, ["almere"], [], Calendar())
    assert [one.mediation for one in after["almere"].waiting] == ["A26-0002"]
    assert len(before["almere"].waiting) == 2


async def test_a_mediation_whose_events_cannot_be_read_harms_no_other(idle: Desk, pool: Pool) -> None:
    await lived(idle, pool)
    await tamper(pool, "UPDATE event SET document = '{\"type\": \"Moon\"}' WHERE mediation = 'm-1' AND sequence = 2")
    STATES.drop("m-1")  # as for a process that was started since: one that knows the state goes on with it
    told = await idle.get(idle.coordinator, "/v1/mediations/m-1")
    assert (told.status_code, told.json()["type"]) == (500, "urn:direct-mediation:problem:unreadable")
    assert (await idle.get(idle.coordinator, "/v1/mediations/m-2")).status_code == 200
    listed: Json = await idle.read(idle.coordinator, "/v1/mediations")
    assert [one["id"] for one in listed["items"]] == ["m-1", "m-2"]


async def test_an_organisation_that_cannot_be_read_leaves_the_others_at_work(
    idle: Desk, pool: Pool, installation: Installation
) -> None:
    await idle.read(idle.coordinator, "/v1/directory")
    await tamper(
        pool,
        "UPDATE organisation_version"
        " SET document = jsonb_set(document::jsonb, '{substitute}', to_jsonb($2::text))::json WHERE organisation = $1",
        f"other-institution-{idle.town.tag}",
        idle.town.institution,
    )
    await tamper(pool, "UPDATE organisation_version SET document = '[]' WHERE organisation = $1", idle.town.institution)
    await pool.execute("INSERT INTO directory_change SELECT max(revision) + 1, 'x', now() FROM directory_change")
    await installation.directory.reread()
    assert installation.directory.unreadable == 1
    other = installation.directory.get(f"other-institution-{idle.town.tag}")
    assert other.substitute is None
    assert {one.role for one in installation.directory.of("almere", Role.DISTRICT_TEAM)} == {Role.DISTRICT_TEAM}
    assert (await idle.get(idle.coordinator, "/v1/mediations")).status_code == 200
    assert (await idle.get(idle.institution, "/v1/mediations")).status_code == 403
