"""Complexes of before they were known by a key: what was counted and agreed under several names is brought together."""

from datetime import date

import asyncpg

from domain.facts.names import comparable
from store.database import MIGRATIONS, Connection
from tests.tampering import as_superuser

TODAY = date(2026, 6, 1)
MIGRATION = "0030_names_that_are_keys"
COMPLEX = "INSERT INTO complex VALUES ('almere', 'ymere', $1, true, $2, $3)"
SPREAD = """
    INSERT INTO spread VALUES ('almere', 'complex', 'ymere', $1, '2026', 2, 1)
    ON CONFLICT (municipality, scope, corporation, name, period) DO UPDATE SET used = spread.used + 1
"""
PLACEMENT = "INSERT INTO placement VALUES ($2, 'almere', 'complex', 'ymere', $1, '2026', false)"
WRITTEN = (
    *(
        "De oever",
        "De  Oever",
        "De\u00a0Oever",
        "DE OEVER ",
        "De\tWerf",
        "Blok 1\u20132",
        "Blok 1-2",
        "Ｄｅ Ｏｅｖｅｒ",
    ),
    *(
        "\u00c9\u00e9n Hoog",
        "Ee\u0301n Hoog",
        "\u2019t  Hof",
        "'t Hof",
        "Stra\u00dfe",
        "\u0132burg",
        "De\u200b Werf",
        "Ｄｅ Ｏｅｖｅｒ",
    ),
)


async def before(connection: Connection) -> None:
    """Make the tables of an earlier release, with names as they came."""
    await connection.execute("CREATE SCHEMA earlier; SET LOCAL search_path = earlier")
    for one in sorted(MIGRATIONS.glob("*.sql")):
        if one.stem < MIGRATION:
            await connection.execute(one.read_text())
    for name, most, until in (("De Oever", 4, None), ("De oever", 3, TODAY), ("Elders", None, None)):
        await connection.execute(COMPLEX, name, most, until)
    for n, name in enumerate(("De Oever", "De Oever", "De  oever", "Elders")):
        await connection.execute(SPREAD, name)
        await connection.execute(PLACEMENT, name, f"m-{n}")


async def test_what_was_counted_under_several_names_is_counted_under_one(postgres_url: str) -> None:
    async with (
        asyncpg.create_pool(as_superuser(postgres_url), min_size=1, max_size=1) as one,
        one.acquire() as connection,
    ):
        transaction = connection.transaction()
        await transaction.start()
        try:
            await before(connection)
            await connection.execute((MIGRATIONS / f"{MIGRATION}.sql").read_text())
            agreed = await connection.fetch("SELECT key, most, closed_until FROM complex ORDER BY key")
            counted = await connection.fetch("SELECT key, used, most FROM spread ORDER BY key")
            placed = await connection.fetch("SELECT key, count(*) FROM placement GROUP BY key ORDER BY key")
            keys = [await connection.fetchval("SELECT pg_temp.comparable($1)", name) for name in WRITTEN]
        finally:
            await transaction.rollback()
    assert [tuple(row) for row in agreed] == [("de oever", 3, TODAY), ("elders", None, None)], "the strictest"
    assert [tuple(row) for row in counted] == [("de oever", 3, 3), ("elders", 1, 2)]
    assert [tuple(row) for row in placed] == [("de oever", 3), ("elders", 1)]
    assert keys == [comparable(name) for name in WRITTEN]
