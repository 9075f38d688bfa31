"""Whatever one row says, every list is answered: those of the API's description, each column of each table in turn."""

from collections.abc import Iterator

import pytest

from api.installation import Installation
from store.database import Pool
from store.journal import STATES
from store.reports.catalogue import REPORTS
from tests.api.desk import Desk, Json
from tests.api.test_releases import hand
from tests.api.test_unreadable import lived
from tests.tampering import tamper

POISONED = "m-1"
OTHER = "m-2"
FILLED = {"mediation": [OTHER], "mediationId": [OTHER], "id": [OTHER], "name": list(REPORTS), "report": list(REPORTS)}
"""What stands in the path of a list: of a mediation the one that is whole."""
OVERRIDING = "OVERRIDING SYSTEM VALUE"
LEFT = {
    "/v1/istandaarden/berichten/{message}",
    "/v1/dwellings/{corporation}/{dwelling}/clients",
    "/v1/webhooks/{webhook}/dead-letters",  # in test_unreadable
}
"""Lists of one thing that is not filled in here."""
TABLES = (
    *("mediation", "task", "participation", "reference", "effect", "event", "command", "policy"),
    *("organisation_version", "directory_change", "released_dwelling", "webhook", "notification"),
    *("assignment", "caseworker", "letter", "alarm"),
)
FILLING = """
INSERT INTO caseworker VALUES ('{seat}', 'somebody', 'a-name', now());
INSERT INTO assignment VALUES ('m-1', '', '{seat}', 'somebody', now());
INSERT INTO letter VALUES ('{effect}', 'reader', 'm-1', '{seat}', 'mail', 'posted', 'ref', now(), null);
INSERT INTO notification VALUES ('w-1', 'm-1', 1, 'nl.overheid.zaken.zaak-geopend', now(), now());
INSERT INTO alarm VALUES ('m-1', 'undelivered', '{seat}', 'code', now(), now());
"""
"""Rows that a life of two mediations does not lead to."""


def lists_of(description: Json) -> Iterator[str]:
    """Yield the path of every list: what is read, and answered with an array in its first level."""
    for path, methods in description["paths"].items():
        answer = methods.get("get", {}).get("responses", {}).get("200", {}).get("content", {}).get("application/json")
        if not answer:
            continue
        schema = answer["schema"]
        if "$ref" in schema:
            schema = description["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        if any(one.get("type") == "array" for one in schema.get("properties", {}).values()):
            asks = any(one.get("name") == "purpose" for one in methods["get"].get("parameters", ()))
            yield f"/v1{path}{'?purpose=decide' if asks else ''}"


def addresses(paths: list[str]) -> tuple[list[str], list[str]]:
    """Return where lists are asked for, and those of something that this test has not got."""
    asked: list[str] = []
    left: list[str] = []
    for path in paths:
        names = [part[1:-1] for part in path.partition("?")[0].split("/") if part.startswith("{")]
        if not names:
            asked.append(path)
        elif len(names) == 1 and names[0] in FILLED:
            asked += [path.replace(f"{{{names[0]}}}", value) for value in FILLED[names[0]]]
        else:
            left.append(path)
    return asked, left


async def readers(idle: Desk, paths: list[str]) -> list[tuple[tuple[str, str], str]]:
    """Return who is answered which list, before anything is wrong."""
    found: list[tuple[tuple[str, str], str]] = []
    for who in (idle.coordinator, idle.institution, hand(idle)):
        for path in paths:
            answer = await idle.get(who, path)
            assert answer.status_code < 500, (path, answer.text)
            if answer.status_code == 200 and (who != hand(idle) or path not in {known for _, known in found}):
                found.append((who, path))
    return found


@pytest.mark.slow("every list is asked for once for each column")
@pytest.mark.parametrize("table", TABLES)
async def test_no_row_keeps_a_list_from_being_answered(
    idle: Desk, pool: Pool, installation: Installation, table: str
) -> None:
    await lived(idle, pool)
    effect = await pool.fetchval("SELECT min(key) FROM effect WHERE mediation = $1", POISONED)
    await tamper(pool, FILLING.format(seat="almere", effect=effect))
    asked, _ = addresses(list(lists_of((await idle.http.get("/v1/openapi.json")).json())))
    known = await readers(idle, asked)
    assert len({path for _, path in known}) > 15
    columns = await pool.fetch(
        "SELECT attname, atttypid::regtype::text AS kind FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0"
        " AND atttypid::regtype::text IN ('text', 'json', 'jsonb', 'text[]') AND attgenerated = ''",
        table,
    )
    assert columns
    all_ = await pool.fetchval(
        "SELECT string_agg(attname, ', ') FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0"
        " AND attgenerated = ''",
        table,
    )
    has = await pool.fetchval(
        "SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attname = $2",
        table,
        "id" if table == "mediation" else "mediation",
    )
    fails = []
    which = f"WHERE {has} = 'm-1'" if has else ""
    await tamper(pool, f"CREATE TABLE kept AS SELECT * FROM {table}")  # noqa: S608 - written above
    await tamper(pool, _unchecked(table))
    try:
        for column in columns:
            value = {"text": "'moon'", "text[]": "ARRAY['moon']"}.get(column["kind"], "'7'")
            row = f"(SELECT ctid FROM {table} {which} LIMIT 1)"  # noqa: S608 - written above
            poison = f"UPDATE {table} SET {column['attname']} = {value} WHERE ctid = {row}"  # noqa: S608
            assert await tamper(pool, poison) == "UPDATE 1"
            STATES.drop(POISONED)
            fails += [(column["attname"], *one) for one in await _failing(idle, known)]
            again = f"INSERT INTO {table} ({all_}) {OVERRIDING} SELECT {all_} FROM kept"  # noqa: S608
            await tamper(pool, f"DELETE FROM {table}; {again}")  # noqa: S608
    finally:
        await tamper(pool, "DROP TABLE kept")
    assert fails == []


async def _failing(idle: Desk, known: list[tuple[tuple[str, str], str]]) -> list[tuple[str, str]]:
    fails = []
    for who, path in known:
        try:
            answer = await idle.get(who, path)
        except Exception as fault:
            fails.append((path, repr(fault)[:300]))
        else:
            if answer.status_code >= 500:
                fails.append((path, answer.text[:300]))
    return fails


def _unchecked(table: str) -> str:
    """Return what lets any word be written, as if another build had other words."""
    return (
        "DO $$ DECLARE c record; BEGIN FOR c IN SELECT conname FROM pg_constraint"  # noqa: S608 - written above
        f" WHERE conrelid = '{table}'::regclass AND contype = 'c' LOOP"
        f" EXECUTE format('ALTER TABLE {table} DROP CONSTRAINT %I', c.conname); END LOOP; END $$"
    )


async def test_lists_that_are_left_out_are_named(idle: Desk) -> None:
    """Of which this test makes nothing: a new list is either read above, or comes to stand here."""
    _, left = addresses(list(lists_of((await idle.http.get("/v1/openapi.json")).json())))
    assert set(left) == LEFT
