"""Changes of an organisation that one person proposes and another confirms, before they hold."""

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from domain.facts.calendar import Calendar
from domain.facts.watched import Notified, Watched
from runtime.contact_fields import AS_KEPT
from runtime.directory import Organisation
from store.database import Connection, Pool, Source
from store.directory import OrganisationVersion, Versions, read_versions, write
from store.directory_notices import notify
from store.organisations import watched, without_secrets
from store.queries import query
from store.readable import Readable, Row, read_rows

LASTS = timedelta(days=30)
"""After so long a proposal can no longer be confirmed: who proposes it anew looks at it anew."""


class Keeper(NamedTuple):
    """Who changes the directory: a pseudonym, and for which organisation."""

    user: str
    organisation: str


class Proposal(NamedTuple):
    """A change of one organisation that waits, or was decided on."""

    id: str
    organisation: str
    since: date
    before: Organisation | None
    after: Organisation
    watched: tuple[Watched, ...]
    proposed_by: Keeper
    proposed_at: datetime
    confirmed: bool | None
    decided_by: Keeper | None
    decided_at: datetime | None

    @property
    def municipalities(self) -> frozenset[str]:
        """The municipalities that it works or is to work for."""
        return frozenset((*self.after.municipalities, *(self.before.municipalities if self.before else ())))


class ProposalUnknown(Exception):
    """There is no such proposal."""


class ProposalOpen(Exception):
    """Another change of this organisation waits for a second person."""


class ProposalDecided(Exception):
    """This was confirmed or withdrawn before."""


class ProposalOvertaken(Exception):
    """The organisation has changed since this was proposed, or it was proposed too long ago."""


class SamePerson(Exception):
    """Whoever proposed a change does not confirm it."""


async def proposals(source: Source, proposal: str | None = None) -> Readable[Proposal]:
    """Return what waits for a second person, the oldest first; or one, whatever became of it."""
    return read_rows(await source.fetch(query("directory_proposals"), proposal), _proposal, "proposal")


async def found(source: Source, proposal: str) -> Proposal:
    """Return one; raises ProposalUnknown."""
    known = await proposals(source, proposal)
    if not known:
        raise ProposalUnknown
    return known[0]


async def propose(
    connection: Connection,
    known: Versions,
    since: date,
    changed: Sequence[Organisation],
    by: Keeper,
    at: datetime,
) -> tuple[list[Organisation], list[Proposal]]:
    """Have every change that one person does not make alone wait; return the changes that are left, and what waits.

    What waits already is not proposed twice. Raises ProposalOpen. The transaction holds the directory's lock.
    """
    undecided = await proposals(connection)
    waits = {one.organisation: one for one in undecided if at < one.proposed_at + LASTS}
    for late in undecided:
        if late.organisation not in waits:
            await _decide(connection, late, by, at, confirm=False)
    alone: list[Organisation] = []
    held: list[Proposal] = []
    for one in changed:
        stood = known.latest(one.id, since)
        what = watched(stood, one)
        if not what:
            if one.id in waits:
                raise ProposalOpen(one.id)
            alone.append(one)
        elif one.id not in waits:
            held.append(await _new(connection, known, (stood, one), what, since, by, at))
        elif without_secrets(waits[one.id].after) == without_secrets(one):
            held.append(waits[one.id])
        else:
            raise ProposalOpen(one.id)
    return alone, held


async def decide(pool: Pool, proposal: str, by: Keeper, at: datetime, *, confirm: bool) -> Proposal:
    """Have a proposal hold, or withdraw it; done again by the same person it is as it was.

    Raises ProposalUnknown, ProposalDecided, ProposalOvertaken, SamePerson, and DirectoryWrong when the directory would
    contradict itself.
    """
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(query("lock_directory"))
        one = await found(connection, proposal)
        if one.decided_at is not None:
            if (one.confirmed, one.decided_by) == (confirm, by):
                return one
            raise ProposalDecided
        if confirm:
            if one.proposed_by.user == by.user:
                raise SamePerson
            await _hold(connection, one, by, at)
        await _decide(connection, one, by, at, confirm=confirm)
        return one._replace(confirmed=confirm, decided_by=by, decided_at=at)


async def _new(
    connection: Connection,
    known: Versions,
    change: tuple[Organisation | None, Organisation],
    what: tuple[Watched, ...],
    since: date,
    by: Keeper,
    at: datetime,
) -> Proposal:
    before, after = change
    number = f"dp-{known.revision}-{after.id}-{int(at.timestamp() * 1000)}"
    kept = json.dumps(without_secrets(before)) if before else None
    values = (number, after.id, since, kept, json.dumps(without_secrets(after)), list(what), *by, at)
    await connection.execute(query("propose_organisation"), *values)
    await notify(connection, known.on(since), change, Notified.PROPOSED, what, at)
    return Proposal(number, after.id, since, before, after, what, by, at, None, None, None)


async def _hold(connection: Connection, one: Proposal, by: Keeper, at: datetime) -> None:
    known = await read_versions(connection)
    since = max(one.since, Calendar().today(at))
    stands = known.latest(one.organisation, since)
    if at >= one.proposed_at + LASTS or (stands and without_secrets(stands)) != (
        one.before and without_secrets(one.before)
    ):
        raise ProposalOvertaken
    both = f"{one.proposed_by.organisation}:{one.proposed_by.user}+{by.organisation}:{by.user}"
    await write(connection, known, [OrganisationVersion(since, one.after)], both, at)


async def _decide(connection: Connection, one: Proposal, by: Keeper, at: datetime, *, confirm: bool) -> None:
    await connection.execute(query("decide_directory_proposal"), one.id, confirm, *by, at)
    if not confirm:
        known = await read_versions(connection)
        today = known.on(Calendar().today(at))
        await notify(connection, today, (one.before, one.after), Notified.WITHDRAWN, one.watched, at)


def _proposal(row: Row) -> Proposal:
    def organisation(name: str) -> Organisation | None:
        return Organisation.model_validate_json(row[name], context=AS_KEPT) if row[name] else None

    after = organisation("after")
    if after is None:
        raise ValueError(row["id"])
    decided = Keeper(row["decided_by"], row["decided_for"]) if row["decided_at"] else None
    return Proposal(
        row["id"],
        row["organisation"],
        row["since"],
        organisation("before"),
        after,
        tuple(map(Watched, row["watched"])),
        Keeper(row["proposed_by"], row["proposed_for"]),
        row["proposed_at"],
        row["confirmed"],
        decided,
        row["decided_at"],
    )
