"""Who may do what with which table: all that the code does, and nothing besides."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from sandbox.embedded.ports import free_port
from sandbox.embedded.postgres import Postgres
from store import database
from store.database import Pool, check_rights, migrate
from store.journal import load
from store.queries import _queries, query
from store.rights import WRITER, NotMigrated, NotTheOwner, NotTheWriter
from tests.store.script import script
from tests.tampering import as_superuser, tamper

KEPT = ("command", "event", "policy", "directory_change", "organisation_version", "released_delivery")
SECRET = ("vault_item", "vault_key", "vault_index", "vault_former", "link", "link_try", "webhook", "notification")
JOURNAL = {"alarm", "command", "effect", "event", "mediation", "participation", "policy", "task"}
JOURNAL |= {"migration", "reference"}
NOT_ITS_OWN = {"report_memory", "put_origin"}
"""What is no act upon rows, and what only the owner may do."""
DELETED = re.compile(r"\bDELETE FROM (\w+)")


@pytest.fixture
async def superuser(postgres_url: str) -> AsyncIterator[Pool]:
    """Connections that may do anything, with every trigger on."""
    async with asyncpg.create_pool(as_superuser(postgres_url), min_size=1, max_size=2) as pool:
        yield pool


async def allowed(superuser: Pool, role: str, right: str) -> set[str]:
    """The tables and views with which a role may do something, with all or with some of their columns."""
    columns = "has_any_column_privilege" if right in {"SELECT", "INSERT", "UPDATE"} else "has_table_privilege"
    rows = await superuser.fetch(
        f"SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v')"  # noqa: S608
        f" AND {columns}($1, oid, $2)",
        role,
        right,
    )
    return {row["relname"] for row in rows}


async def everything(superuser: Pool) -> set[str]:
    rows = await superuser.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v')"
    )
    return {row["relname"] for row in rows}


async def test_every_table_is_named(superuser: Pool) -> None:
    assert await everything(superuser) - await allowed(superuser, WRITER, "SELECT") == set(), "name it in roles.sql"


async def test_a_table_that_a_migration_adds_is_nobodys_until_it_is_named(superuser: Pool) -> None:
    await superuser.execute("CREATE TABLE unnamed (id text)")
    roles = (WRITER, "mediation_reader", "mediation_auditor")
    assert [await allowed(superuser, role, "SELECT") & {"unnamed"} for role in roles] == [set(), set(), set()]


async def test_the_application_may_run_every_query_of_ours(pool: Pool) -> None:
    refused = {}
    async with pool.acquire() as connection:
        for name in _queries():
            if not re.search(r"\b(SELECT|INSERT|UPDATE|DELETE)\b", query(name)) or name in NOT_ITS_OWN:
                continue
            try:
                await connection.execute(f"EXPLAIN (GENERIC_PLAN) {query(name)}")
            except asyncpg.InsufficientPrivilegeError as error:
                refused[name] = str(error)
    assert refused == {}


async def test_the_application_deletes_only_where_its_code_does(superuser: Pool) -> None:
    functions = await superuser.fetch("SELECT prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
    code = [query(name) for name in _queries()] + [row["prosrc"] for row in functions]
    deleted = {table for text in code for table in DELETED.findall(text)}
    assert await allowed(superuser, WRITER, "DELETE") == deleted
    assert await allowed(superuser, WRITER, "TRUNCATE") == set()


async def test_what_no_query_updates_the_application_cannot_update(superuser: Pool) -> None:
    functions = await superuser.fetch("SELECT prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
    code = "\n".join([query(name) for name in _queries()] + [row["prosrc"] for row in functions])
    rows = await superuser.fetch(
        "SELECT relname, attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
        " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0"
        " AND has_column_privilege($1, c.oid, attnum, 'UPDATE')",
        WRITER,
    )
    assert rows
    unused = [(row["relname"], row["attname"]) for row in rows if not _set_somewhere(code, *row)]
    assert unused == []


def _set_somewhere(code: str, table: str, column: str) -> bool:
    return any(
        re.search(rf"\b{column}\s*=", statement)
        for statement in re.findall(
            rf"(?:UPDATE {table}\b|INSERT INTO {table}\b).*?(?=UPDATE |INSERT INTO |$)", code, re.S
        )
    ) or bool(re.search(rf"INSERT INTO {table}\b.*?DO UPDATE\s+SET.*?\b{column} = ", code, re.S))


@pytest.mark.parametrize("table", KEPT)
@pytest.mark.parametrize(
    "act", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "TRUNCATE {0} CASCADE"], ids=["change", "delete", "empty"]
)
async def test_what_is_kept_for_good_is_changed_by_nobody(pool: Pool, superuser: Pool, table: str, act: str) -> None:
    await script("start").play(pool)
    column = await superuser.fetchval(
        "SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum = 1", table
    )
    statement = act.format(table, column)
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
        await pool.execute(statement)
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="kept for good"):
        await superuser.execute(statement)


@pytest.mark.parametrize("change", ["person = 'p-9'", "municipality = 'elsewhere'", "opened_at = now()", "test = true"])
async def test_what_a_mediation_began_with_is_not_changed(pool: Pool, change: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await pool.execute(f"UPDATE mediation SET {change}")  # noqa: S608 - written above


async def test_who_makes_reports_reads_no_secrets_and_writes_nothing(superuser: Pool) -> None:
    read = await allowed(superuser, "mediation_reader", "SELECT")
    assert read & {*SECRET, "personal_read", "person_search"} == set()
    for right in ("INSERT", "UPDATE", "DELETE", "TRUNCATE"):
        for role in ("mediation_reader", "mediation_auditor"):
            assert await allowed(superuser, role, right) == set()


async def test_an_auditor_reads_the_journal_alone_and_can_do_all_that_audits_do(superuser: Pool) -> None:
    assert await allowed(superuser, "mediation_auditor", "SELECT") == JOURNAL
    async with superuser.acquire() as connection:
        for role, files in (("mediation_auditor", ["audit.sql"]), ("mediation_reader", ["reports.sql"])):
            await connection.execute(f"SET ROLE {role}")
            for name in _named_in(files):
                if name != "report_memory":
                    await connection.execute(f"EXPLAIN (GENERIC_PLAN) {query(name)}")
            await connection.execute("RESET ROLE")


def _named_in(files: list[str]) -> list[str]:
    folder = Path(database.__file__).parent / "sql"
    names = re.findall(r"-- name: (\w+)", "".join((folder / file).read_text() for file in files))
    assert names
    return names


async def test_the_application_starts_only_under_a_login_that_cannot_do_more(postgres_url: str, pool: Pool) -> None:
    await check_rights(postgres_url)
    with pytest.raises(NotTheWriter, match="postgres is a superuser"):
        await check_rights(as_superuser(postgres_url))
    await tamper(pool, "DELETE FROM migration WHERE name = '0001_first'")
    with pytest.raises(NotMigrated):
        await check_rights(postgres_url)
    await tamper(pool, "INSERT INTO migration (name) VALUES ('0001_first')")


async def test_a_member_of_the_owner_is_the_owner(postgres: Postgres, postgres_url: str, superuser: Pool) -> None:
    await superuser.execute("CREATE ROLE nearly LOGIN PASSWORD 'nearly' IN ROLE mediation_owner")
    place = postgres_url.rpartition("@")[2]
    try:
        with pytest.raises(NotTheWriter, match="nearly is a member of the tables' owner"):
            await check_rights(f"postgresql://nearly:nearly@{place}")
    finally:
        await superuser.execute("DROP ROLE nearly")


async def test_who_may_not_migrate_is_told_so(postgres_url: str) -> None:
    with pytest.raises(NotTheOwner, match="MEDIATION_OWNER_URL"):
        await migrate(postgres_url)


async def test_the_owner_is_never_made_the_application(postgres: Postgres, postgres_url: str) -> None:
    owner = as_superuser(postgres_url)
    with pytest.raises(NotTheWriter):
        await migrate(owner, owner)


async def test_a_directory_of_the_release_before_goes_on(tmp_path: Path) -> None:
    """There everything was made, owned and used by the superuser."""
    async with Postgres(tmp_path / "postgres", free_port(), durable=False) as server:
        connection = await asyncpg.connect(server.url)
        await connection.execute("CREATE TABLE migration (name text PRIMARY KEY, applied_at timestamptz DEFAULT now())")
        for file in sorted(database.MIGRATIONS.glob("*.sql")):
            await connection.execute(file.read_text())
            await connection.execute("INSERT INTO migration (name) VALUES ($1)", file.stem)
        await connection.close()
        async with database.connect(server.url) as pool:
            await script("match").play(pool)
            before = await load(pool, "m-1")
        with pytest.raises(database.DatabaseUnreachable):
            await check_rights(server.application_url)
        assert await migrate(server.url, server.application_url) == []
        assert await migrate(server.url, server.application_url) == [], "as often as you like"
        await check_rights(server.application_url)
        async with database.connect(server.application_url) as pool:
            assert await load(pool, "m-1") == before
            await script("match").play(pool, "m-2")
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await pool.execute("DELETE FROM event")


async def test_the_password_of_the_application_follows_its_setting(tmp_path: Path) -> None:
    async with Postgres(tmp_path / "postgres", free_port(), durable=False) as server:
        await migrate(server.url, server.application_url)
        password = (tmp_path / "postgres" / "application-password").read_text()
        other = server.application_url.replace(password, "another%20one")
        assert await migrate(server.url, other) == []
        await check_rights(other)
        with pytest.raises(database.DatabaseUnreachable):
            await check_rights(server.application_url)
