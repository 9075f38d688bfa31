"""Rights in the database: who owns the tables, as whom the application works, and that it is not one and the same.

The application adds to what is kept for good and cannot change it (`roles/roles.sql`). So nobody who takes over one of
our processes can rewrite a journal with it.
"""

import base64
import hashlib
import hmac
import secrets
import unicodedata
from pathlib import Path
from typing import TypeAlias
from urllib.parse import unquote, urlsplit

import asyncpg

from runtime import RuntimeFault
from store.queries import query

ROLES = Path(__file__).parent / "roles"
WRITER = "mediation_writer"
ROUNDS = 4096
"""How often a password is hashed, as PostgreSQL itself does."""
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


class NotTheOwner(RuntimeFault):
    """The database must be migrated by its owner: name one in MEDIATION_OWNER_URL.

    That is a superuser; or whoever owns the database, and may create roles or is a member of `mediation_owner`.
    """


class NotTheWriter(RuntimeFault):
    """API and worker must work under a login of their own (MEDIATION_DATABASE_URL) that cannot change the journal."""


class NotMigrated(RuntimeFault):
    """The database is not that of this release; run `mediation migrate`."""


async def become_owner(connection: Connection) -> None:
    """Make the roles where they are missing, and go on as the owner. Raises NotTheOwner."""
    try:
        await connection.execute((ROLES / "make.sql").read_text())
        await connection.execute("SET ROLE mediation_owner")
    except asyncpg.InsufficientPrivilegeError as error:
        raise NotTheOwner(str(error)) from None


async def grant(connection: Connection) -> None:
    """Give every role the rights that it has, and no others."""
    async with connection.transaction():
        await connection.execute((ROLES / "roles.sql").read_text())


async def let_write(connection: Connection, url: str) -> None:
    """Let the login of a URL write: it is made when it cannot connect, else it only becomes a member.

    The server gets its password hashed (SCRAM, RFC 5802), so that no log of statements shows it. Raises NotTheWriter
    for a login that owns the tables.
    """
    place = urlsplit(url)
    login, password = unquote(place.username or ""), unquote(place.password or "")
    if login == await connection.fetchval("SELECT session_user"):
        raise NotTheWriter(f"{login} is the owner")
    await connection.execute("RESET ROLE")
    try:
        if not await _connects(url):
            exists = await connection.fetchval("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", login)
            act = "ALTER" if exists else "CREATE"
            await connection.execute(f"{act} ROLE {_name(login)} LOGIN PASSWORD '{scram(password)}'")
        if not await connection.fetchval("SELECT pg_has_role($1, $2, 'MEMBER')", login, WRITER):
            await connection.execute(f"GRANT {WRITER} TO {_name(login)}")
    except asyncpg.InsufficientPrivilegeError as error:
        raise NotTheOwner(str(error)) from None


async def fit_to_serve(connection: Connection, migrations: set[str]) -> None:
    """Check that the application may work here, and cannot do more than it must.

    Raises NotTheWriter, and NotMigrated when one of these migrations, or the rights, are missing.
    """
    row = await connection.fetchrow(query("who_we_are"))
    if row is None or row["owns"] or row["superuser"]:
        why = "a superuser" if row and row["superuser"] else "a member of the tables' owner"
        raise NotTheWriter(f"{row and row['login']} is {why}")
    if not row["may_read"]:
        raise NotMigrated
    known = {one["name"] for one in await connection.fetch(query("migrations_applied"))}
    if not row["may_write"] or migrations - known:
        raise NotMigrated


def scram(password: str) -> str:
    """Return what PostgreSQL keeps of a password: with it nobody can log in."""
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", unicodedata.normalize("NFKC", password).encode(), salt, ROUNDS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    told = (base64.b64encode(part).decode() for part in (salt, stored, server))
    return "SCRAM-SHA-256${}:{}${}:{}".format(ROUNDS, *told)


async def _connects(url: str) -> bool:
    try:
        connection = await asyncpg.connect(url, timeout=10)
    except (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidPasswordError):
        return False
    await connection.close()
    return True


def _name(login: str) -> str:
    return '"{}"'.format(login.replace('"', '""'))
