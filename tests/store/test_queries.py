"""Every named query fits the schema and is used; the schema migrates once, also when many do it at once."""

import ast
import asyncio
from pathlib import Path

import asyncpg
import pytest

from sandbox.embedded.postgres import Postgres
from store import database
from store.database import Pool
from store.queries import _queries, query

HOUSE = Path(__file__).parents[2]
PRODUCTION = ("store", "activities", "api", "audit", "workflows", "runtime", "sandbox")


def _used() -> set[str]:
    """Every name that production code hands to `query`."""
    files = [file for package in PRODUCTION for file in (HOUSE / package).rglob("*.py")]
    calls = (node for file in files for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call))
    return {
        str(call.args[0].value)
        for call in calls
        if call.args
        and isinstance(call.args[0], ast.Constant)
        and getattr(call.func, "id", getattr(call.func, "attr", "")) == "query"
    }


def test_every_named_query_is_used() -> None:
    assert set(_queries()) - _used() == set()


async def test_every_named_query_fits_the_schema(pool: Pool) -> None:
    wrong = {}
    async with pool.acquire() as connection:
        for name in _queries():
            try:
                await connection.prepare(query(name))
            except asyncpg.PostgresError as error:
                wrong[name] = str(error)
    assert wrong == {}


def test_an_unknown_query_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        query("no_such_query")


async def test_a_database_is_migrated_once_also_by_many_at_once(postgres: Postgres) -> None:
    url = await postgres.create_database("to_migrate")
    applied = await asyncio.gather(*(database.migrate(url) for _ in range(4)))
    everything = [file.stem for file in sorted(database.MIGRATIONS.glob("*.sql"))]
    assert sorted(applied, key=len) == [[], [], [], everything]
    await postgres.drop_database("to_migrate")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE capacity SET used = places + 1",
        "UPDATE capacity SET used = -1",
        "UPDATE capacity SET beyond = -1",
        "INSERT INTO kept_dwelling VALUES ('ymere', 'D-1', 'm-2')",
        "INSERT INTO open_person VALUES ('person-1', 'm-2')",
        "INSERT INTO place VALUES ('m-9', 'almere', '2026', 0, false, 'almere')",
        "INSERT INTO place VALUES ('m-9', 'almere', '2027', 1, false, 'almere')",
        "UPDATE spread SET used = most + 1",
        "UPDATE spread SET used = -1",
        "INSERT INTO placement VALUES ('m-9', 'almere', 'district', '', 'buiten', '2026', false)",
    ],
)
async def test_the_schema_itself_forbids_to_give_twice(pool: Pool, statement: str) -> None:
    await pool.execute("INSERT INTO capacity VALUES ('almere', '2026', 10)")
    await pool.execute("INSERT INTO spread VALUES ('almere', 'district', '', 'haven', '2026', 3, 0, 0, 'haven')")
    await pool.execute("INSERT INTO kept_dwelling VALUES ('ymere', 'D-1', 'm-1')")
    await pool.execute("INSERT INTO open_person VALUES ('person-1', 'm-1')")
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await pool.execute(statement)
