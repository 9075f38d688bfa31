"""Links for one task of one organisation: kept by their hash, tried a limited number of times, good for one answer."""

import json
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from domain.facts.tasks import TaskKind
from runtime.rates import Limit, TooOften
from store.changed import changed
from store.database import Pool
from store.queries import query
from store.readable import read_rows

CODE_LASTS = timedelta(minutes=10)
PASS_LASTS = timedelta(minutes=10)
TRIES_PER_CODE = 5
WRONG_IN_ALL = 20
"""After so many wrong codes, over any time, a link is dead."""
TRIES = Limit("try", 5, timedelta(minutes=1))
MAILS = Limit("mail", 3, timedelta(minutes=10))


class Link(NamedTuple):
    """A link as it stands. It opens nothing once its task was answered, moved to another day or given to another."""

    hash: bytes
    mediation: str
    task: str
    kind: TaskKind
    organisation: str
    due: datetime
    expires_at: datetime
    answered_at: datetime | None
    test: bool
    """Whether it is of a trial."""
    stands: bool

    def opens(self, now: datetime) -> bool:
        """Tell whether it can still be used."""
        return self.stands and now < self.expires_at


class GivenAnswer(NamedTuple):
    """What was answered to a task."""

    organisation: str
    at: datetime
    answer: dict[str, Any]


async def keep_link(
    pool: Pool, hash: bytes, mediation: str, task: str, owner: str, at: datetime, lasts: timedelta
) -> bool:
    """Keep a link for an open task of this owner; the same one again is kept once. False when there is no such task."""
    kept = await pool.execute(query("keep_link"), hash, mediation, task, owner, at, at + lasts)
    return changed(kept) or await pool.fetchval(query("link_is_kept"), hash)


async def find_link(pool: Pool, hash: bytes) -> Link | None:
    """Return a link, whether or not it can still be used."""
    row = await pool.fetchrow(query("find_link"), hash, WRONG_IN_ALL)
    return next(iter(read_rows([row], _link, "link")), None) if row else None


def _link(row: Any) -> Link:
    return Link(**{**row, "kind": TaskKind(row["kind"])})


async def count_try(pool: Pool, hash: bytes, limit: Limit, now: datetime) -> None:
    """Count a try; raises TooOften. All links that do not exist share one count, so that guessing fills no table."""
    row = await pool.fetchrow(query("count_try"), hash, limit.kind, now, limit.within)
    assert row is not None  # noqa: S101 - an upsert always returns its row
    if row["tries"] > limit.most:
        raise TooOften(max(1, -(-int((row["since"] + limit.within - now).total_seconds() * 1000) // 1000)))


async def keep_code(pool: Pool, link: bytes, code_hash: bytes, now: datetime) -> None:
    """Keep a code in place of the one before."""
    await pool.execute(query("keep_code"), link, code_hash, now + CODE_LASTS)


async def enter_code(pool: Pool, link: bytes, code_hash: bytes, pass_hash: bytes, now: datetime) -> bool:
    """Use a code, once; the pass opens the link from now on, for ten minutes. False when it is not the code."""
    opened = await pool.fetchval(query("enter_code"), link, code_hash, pass_hash, now, now + PASS_LASTS, TRIES_PER_CODE)
    return bool(opened)


async def pass_holds(pool: Pool, link: bytes, pass_hash: bytes, now: datetime) -> bool:
    """Tell whether this pass was given for this link, less than ten minutes ago."""
    return bool(await pool.fetchval(query("pass_holds"), link, pass_hash, now))


async def note_answered(pool: Pool, link: Link, at: datetime) -> None:
    """Note that the task of a link was answered by link."""
    await pool.execute(query("note_answered"), link.mediation, link.task, link.organisation, at)


async def answer_of(pool: Pool, link: Link) -> GivenAnswer | None:
    """Return what was answered to the task of a link."""
    row = await pool.fetchrow(query("answer_of_task"), link.mediation, link.task)
    return GivenAnswer(row["organisation"], row["at"], json.loads(row["answer"])) if row else None
