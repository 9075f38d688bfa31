"""Which of a municipality's people has a mediation or a task, who stands in on which days, and every change of it."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from domain.facts.parties import Actor, OrganisationId
from domain.facts.value import Value
from store.changed import changed
from store.database import Connection, Pool
from store.queries import query

WHOLE = ""
"""Stands for the mediation itself, where the id of a task may stand."""


class CaseworkerUnknown(Exception):
    """Nobody of this id works for this organisation (any more)."""

    def __init__(self, caseworker: str) -> None:
        self.caseworker = caseworker
        super().__init__(caseworker)


class WorkLeft(Exception):
    """This caseworker still has mediations or tasks, or stands in for somebody."""


class AbsencesCross(Exception):
    """Who is to stand in is absent then, or is the one that the absent caseworker stands in for."""


class Cover(Value):
    """Days on which a caseworker is absent, and who has the work meanwhile."""

    first: date
    last: date
    covered_by: str


class Caseworker(Value):
    """Somebody who works for a municipality."""

    id: str
    name: str
    """A reference into the vault."""
    since: datetime
    mediations: int
    """Open ones."""
    tasks: int
    """Open ones that are theirs apart from the mediation."""
    absences: tuple[Cover, ...]
    """Of today and later."""


class AssignmentChange(Value):
    """That a mediation, or one of its tasks, was given to somebody else."""

    at: datetime
    by_user: str
    task: str
    before: str | None
    after: str | None
    handed_over: bool
    """Whether it went with other work of the same caseworker."""


class WorkMoved(NamedTuple):
    """How much was handed over."""

    mediations: int
    tasks: int


async def enter(pool: Pool, by: Actor, name: str, now: datetime) -> str | None:
    """Note that somebody works for their organisation under this name; return the reference of the name before."""
    async with pool.acquire() as connection, connection.transaction():
        before: str | None = await connection.fetchval(query("name_of_caseworker"), by.organisation, by.user)
        await connection.execute(query("enter_caseworker"), by.organisation, by.user, name, now)
    return before


async def leave(pool: Pool, organisation: OrganisationId, caseworker: str, now: datetime, today: date) -> None:
    """Note that somebody works here no longer. Raises `CaseworkerUnknown` or `WorkLeft`."""
    async with pool.acquire() as connection, connection.transaction():
        if not await connection.fetchval(query("lock_leaving_caseworker"), organisation, caseworker):
            raise CaseworkerUnknown(caseworker)
        (left,) = await connection.fetch(query("list_caseworkers"), organisation, today, caseworker)
        covers = await connection.fetchval(query("covering_within"), organisation, caseworker, today, date.max)
        if left["mediations"] or left["tasks"] or covers:
            raise WorkLeft
        await connection.execute(query("end_caseworker"), organisation, caseworker, now)


async def caseworkers(pool: Pool, organisation: OrganisationId, today: date) -> list[Caseworker]:
    """Return who works for a municipality, with how much work they have."""
    rows = await pool.fetch(query("list_caseworkers"), organisation, today, None)
    return [Caseworker.model_validate({**row, "absences": json.loads(row["absences"])}) for row in rows]


async def assign(pool: Pool, by: Actor, mediation: str, task: str, caseworker: str | None, now: datetime) -> bool:
    """Give a mediation, or one of its tasks, to a caseworker of your organisation; None takes it from whoever has it.

    False when it was so already. Raises `CaseworkerUnknown`.
    """
    async with pool.acquire() as connection, connection.transaction():
        if caseworker is not None:
            await _keep(connection, by.organisation, caseworker)
        done = await connection.execute(query("assign"), mediation, task, by.organisation, caseworker, by.user, now)
    return changed(done)


async def hand_over(
    pool: Pool, by: Actor, giver: str, receiver: str, mediations: Sequence[str] | None, now: datetime
) -> WorkMoved:
    """Give all open work of one caseworker to another, all or nothing; or only that of some mediations.

    Raises `CaseworkerUnknown` for who receives it.
    """
    async with pool.acquire() as connection, connection.transaction():
        await _keep(connection, by.organisation, receiver)
        row = await connection.fetchrow(query("hand_over"), by.organisation, giver, receiver, mediations, by.user, now)
    return WorkMoved(*row) if row else WorkMoved(0, 0)


async def cover(pool: Pool, by: Actor, caseworker: str, absence: Cover | None, today: date, now: datetime) -> None:
    """Note on which days a caseworker is absent and who stands in, in place of what was noted from today on.

    None: the caseworker is there. Raises `CaseworkerUnknown` or `AbsencesCross`.
    """
    async with pool.acquire() as connection, connection.transaction():
        # in one order, so that two who note each other's absence wait and do not lock one another out
        for one in sorted({caseworker, absence.covered_by} if absence else {caseworker}):
            if not await connection.fetchval(query("lock_leaving_caseworker"), by.organisation, one):
                raise CaseworkerUnknown(one)
        await connection.execute(query("end_absences"), by.organisation, caseworker, today)
        if absence is None:
            return
        first, last, stand_in = absence.first, absence.last, absence.covered_by
        away = await connection.fetchval(query("absent_within"), by.organisation, stand_in, first, last)
        needed = await connection.fetchval(query("covering_within"), by.organisation, caseworker, first, last)
        if away or needed:
            raise AbsencesCross
        await connection.execute(
            query("note_absence"), by.organisation, caseworker, first, last, stand_in, by.user, now
        )


async def changes_of(pool: Pool, mediation: str) -> list[AssignmentChange]:
    """Return every change of who has a mediation and its tasks, the oldest first."""
    rows = await pool.fetch(query("assignment_changes"), mediation)
    return [AssignmentChange.model_validate(dict(row)) for row in rows]


async def _keep(connection: Connection, organisation: OrganisationId, caseworker: str) -> None:
    if not await connection.fetchval(query("lock_caseworker"), organisation, caseworker):
        raise CaseworkerUnknown(caseworker)
