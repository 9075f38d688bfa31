"""Databases that one test takes over from another, emptied in between: to copy a new one costs ten times as much."""

from dataclasses import dataclass, field

import asyncpg

from sandbox.embedded.postgres import Postgres
from store.database import Connection, migrate

SHAPE = """
SELECT md5(string_agg(line, E'\\n' ORDER BY line)) FROM (
    SELECT concat_ws(' ', relname, relkind, relacl) FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT concat_ws(' ', attrelid::regclass, attname, atttypid, attnotnull, atthasdef, attacl)
    FROM pg_attribute WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
    UNION ALL
    SELECT concat_ws(' ', conrelid::regclass, conname, contype, convalidated) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT concat_ws(' ', tgrelid::regclass, tgname) FROM pg_trigger
    UNION ALL
    SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL
    SELECT concat_ws(' ', setrole, setconfig) FROM pg_db_role_setting
    WHERE setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
    UNION ALL
    SELECT name FROM migration
) AS shape (line)
"""
"""Everything that a test may have changed besides rows: what looks otherwise afterwards is thrown away."""
LEAVE = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@dataclass
class Databases:
    """Databases of one server with every migration and not a row."""

    server: Postgres
    template: str = "migrated"
    shape: str = ""
    tables: tuple[str, ...] = ()
    made: int = 0
    free: list[str] = field(default_factory=list)

    async def prepare(self) -> None:
        """Make the one that others are copied from."""
        url = await self.server.create_database(self.template)
        await migrate(url, self.server.application_url_of(self.template))
        connection = await asyncpg.connect(url)
        self.shape = await connection.fetchval(SHAPE)
        rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        self.tables = tuple(row["tablename"] for row in rows if row["tablename"] != "migration")
        await connection.close()  # nobody may be connected to what is copied

    async def take(self) -> str:
        """The name of an empty database that nobody else uses."""
        if self.free:
            return self.free.pop()
        self.made += 1
        name = f"test_{self.made}"
        await self.server.create_database(name, template=self.template)
        return name

    async def give_back(self, name: str) -> None:
        """Empty a database for whoever comes next, or throw it away when its tables are no longer ours."""
        connection = await asyncpg.connect(self.server.url_of(name))
        try:
            await connection.execute(LEAVE)
            usual = await connection.fetchval(SHAPE) == self.shape
            if usual:
                await self._empty(connection)
        finally:
            await connection.close()
        if usual:
            self.free.append(name)
        else:
            await self.server.drop_database(name)

    async def _empty(self, connection: Connection) -> None:
        looks = (f"SELECT '{table}' AS it WHERE EXISTS (SELECT FROM \"{table}\")" for table in self.tables)  # noqa: S608
        filled = [row["it"] for row in await connection.fetch(" UNION ALL ".join(looks))]
        if filled:
            await connection.execute("SET session_replication_role = replica")  # else it is kept for good
            await connection.execute(f"TRUNCATE {', '.join(filled)} CASCADE")
