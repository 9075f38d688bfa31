"""The book a partner system keeps: numbered records, each in one state, and a ledger of every call it was sent.

SQLite in WAL mode, and every change is committed before its reply leaves: killing the process loses nothing that was
acknowledged. (`synchronous=normal`: a power failure may cost the last commits; a process that dies costs none.)
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import JsonValue

Json = dict[str, JsonValue]

SCHEMA = """
create table if not exists organisations (organisation text primary key) without rowid;
create table if not exists numbers (
    organisation text, kind text, last integer not null, primary key (organisation, kind)) without rowid;
create table if not exists records (
    organisation text, number text, kind text not null, mediation text not null, state text not null,
    about text, details text not null, primary key (organisation, number)) without rowid;
create index if not exists records_of_mediation on records (organisation, kind, mediation);
create table if not exists calls (
    organisation text, operation text, key text, received integer not null, executed integer not null default 0,
    fingerprint text, number text, primary key (organisation, operation, key)) without rowid;
"""

NEXT_NUMBER = """
insert into numbers values (?, ?, 1) on conflict do update set last = last + 1 returning last
"""
ARRIVED = """
insert into calls (organisation, operation, key, received) values (?, ?, ?, 1)
on conflict do update set received = received + 1 returning received
"""
EXECUTED = """
update calls set executed = executed + 1, fingerprint = ?, number = ?
where organisation = ? and operation = ? and key = ?
"""
CARRIED_OUT = """
select fingerprint, number from calls where organisation = ? and operation = ? and key = ? and executed > 0
"""
WORKLIST = """
select * from records
where organisation = :organisation and kind = :kind and number > :after
  and (:mediation is null or mediation = :mediation) and (:state is null or state = :state)
order by number limit :limit
"""


class Refused(Exception):
    """The system says no, and nothing was changed. `status` is the HTTP status; `content` the JSON, with a `code`."""

    def __init__(self, status: int, code: str, **facts: JsonValue) -> None:
        super().__init__(code)
        self.status = status
        self.content: Json = {"code": code, **facts}


@dataclass(frozen=True)
class Record:
    """One numbered thing (an offer, a lease, a request) and the state it is in. `about` is what it claims, if any."""

    organisation: str
    number: str
    kind: str
    mediation: str
    state: str
    about: str | None
    details: Json

    def known(self) -> Refused:
        """The answer of a system that already has this."""
        return Refused(409, "already_known", number=self.number, state=self.state)

    def need(self, *states: str) -> None:
        """Refuse what can only be done to a record in one of these states."""
        if self.state not in states:
            raise Refused(409, "not_open", number=self.number, state=self.state)


class Book:
    """The state of one partner system process, for all its organisations. Used from one thread."""

    def __init__(self, path: Path, schema: str = "") -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.row_factory = sqlite3.Row
        self.connection.execute("pragma journal_mode = wal")
        self.connection.execute("pragma synchronous = normal")
        self.connection.execute("pragma busy_timeout = 5000")
        self.connection.executescript(SCHEMA + schema)
        self.organisations: set[str] = {row[0] for row in self.connection.execute("select * from organisations")}

    def close(self) -> None:
        """Write everything back into the one file and let go of it."""
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing; committed when the block ends, undone by any exception."""
        self.connection.execute("begin immediate")
        try:
            yield self.connection
        except BaseException:
            self.connection.execute("rollback")
            raise
        self.connection.execute("commit")

    def register(self, organisation: str) -> bool:
        """Make an organisation known; false when it was."""
        new = organisation not in self.organisations
        self.connection.execute("insert or ignore into organisations values (?)", (organisation,))
        self.organisations.add(organisation)
        return new

    def arrived(self, organisation: str, operation: str, key: str) -> int:
        """Count one more arrival of this key and say which it is, from 1. Committed at once, whatever follows."""
        arrival = self.connection.execute(ARRIVED, (organisation, operation, key)).fetchall()
        return int(arrival[0][0])

    def carried_out(self, organisation: str, operation: str, key: str) -> tuple[str, str] | None:
        """Fingerprint and record number of the call that was carried out under this key, if any was."""
        call = self.connection.execute(CARRIED_OUT, (organisation, operation, key)).fetchone()
        return (call["fingerprint"], call["number"]) if call else None

    def executed(self, organisation: str, operation: str, key: str, fingerprint: str, number: str) -> None:
        """Count the effect of this key. Belongs in the transaction of the effect itself."""
        self.connection.execute(EXECUTED, (fingerprint, number, organisation, operation, key))

    def effects(self) -> list[Json]:
        """The ledger: per key how often it arrived, and how often it took effect."""
        rows = self.connection.execute("select organisation, operation, key, received, executed from calls")
        return [dict(row) for row in rows]

    def open(
        self,
        organisation: str,
        kind: str,
        letter: str,
        mediation: str,
        state: str,
        details: Json,
        about: str | None = None,
    ) -> Record:
        """Enter a new record under the next number of its kind. Raises sqlite3.IntegrityError when `about` is taken."""
        last = self.connection.execute(NEXT_NUMBER, (organisation, kind)).fetchall()[0][0]
        record = Record(organisation, f"{letter}-{last:06}", kind, mediation, state, about, details)
        values = (organisation, record.number, kind, mediation, state, about, json.dumps(details))
        self.connection.execute("insert into records values (?, ?, ?, ?, ?, ?, ?)", values)
        return record

    def read(self, organisation: str, kind: str, number: str) -> Record:
        """The record with this number; Refused (404) when there is none of this kind."""
        row = self.connection.execute(
            "select * from records where organisation = ? and number = ?", (organisation, number)
        ).fetchone()
        if row is None or row["kind"] != kind:
            raise Refused(404, "not_found")
        return record_of(row)

    def state_of(self, organisation: str, number: str) -> str:
        """The state a record is in now."""
        row = self.connection.execute(
            "select state from records where organisation = ? and number = ?", (organisation, number)
        ).fetchone()
        return str(row["state"])

    def change(self, record: Record, state: str, **details: JsonValue) -> Record:
        """Move a record to a state, with what is now known about it."""
        changed = replace(record, state=state, details={**record.details, **details})
        self.connection.execute(
            "update records set state = ?, details = ? where organisation = ? and number = ?",
            (state, json.dumps(changed.details), record.organisation, record.number),
        )
        return changed

    def worklist(
        self, organisation: str, kind: str, mediation: str | None, state: str | None, after: str, limit: int
    ) -> list[Record]:
        """The records of a kind in order of number, those after a number only, at most `limit`."""
        wanted = {"organisation": organisation, "kind": kind, "mediation": mediation, "state": state}
        rows = self.connection.execute(WORKLIST, {**wanted, "after": after, "limit": limit})
        return [record_of(row) for row in rows]


def record_of(row: sqlite3.Row) -> Record:
    """A stored row as a record."""
    return Record(**{**dict(row), "details": json.loads(row["details"])})
