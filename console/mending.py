"""What `mediation check --histories`, `repair --all` and `refill` do: hold journal and histories together, and mend."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from asyncpg import IntegrityConstraintViolationError
from temporalio.client import Client

from audit.beside import everything, journal
from audit.past import past_of
from audit.standing import REFILLED, REPAIRED, Onlooker, Skew, Stood
from console.books import opened_books
from domain.policy.scarce import Claim
from runtime.histories import InTemporal
from runtime.looking import look
from runtime.plugin import connect
from runtime.rebuilding import HistoryAhead, rebuild
from runtime.seals import Speakers
from runtime.settings import Settings
from store.database import Pool
from store.journal import opening_of
from store.numbers import move_numbers_on, put_back_unnoticed
from store.past import Doubtful
from store.refilling import Refilled
from store.refilling import refill as written_again
from store.vault_secrets import ensure_keys

TOLD = {
    **dict.fromkeys(REFILLED, "mediation refill"),
    **dict.fromkeys(REPAIRED, "mediation repair"),
    **dict.fromkeys((Skew.FORKED, Skew.DOUBTFUL), "a person must look: mediation audit replay"),
}
"""What puts it right."""
Tell = Callable[[str], None]


class Mending:
    """Journal and histories of an installation, opened."""

    def __init__(self, pool: Pool, client: Client, settings: Settings, tell: Tell) -> None:
        self._pool, self._client, self._settings, self._tell = pool, client, settings, tell
        self._speakers = Speakers.parse(settings.speakers)
        self._onlooker = Onlooker(pool, client, settings.key_ring, self._speakers)

    async def stand(self, mediation: str | None = None) -> AsyncIterator[Stood]:
        """Yield how one mediation stands, or every one that the journal or Temporal knows."""
        chosen = [mediation] if mediation else await everything(self._pool, InTemporal(self._client))
        async for one in self._onlooker.look(chosen):
            yield one

    async def check(self) -> bool:
        """Tell of each that differs what puts it right; return whether any does."""
        counted: Counter[Skew] = Counter()
        async for one in self.stand():
            counted[one.standing] += 1
            if one.standing in TOLD:
                self._tell(f"{one}: {TOLD[one.standing]} {one.mediation}")
        self._tell(_counted(counted))
        return bool(counted.keys() - {Skew.EQUAL})

    async def repair(self, mediation: str) -> None:
        """Start a workflow again from the journal. Raises `HistoryAhead` and `Doubtful`."""
        seen = await look(self._client, mediation)
        opening = await opening_of(self._pool, mediation, seen.run or None)
        if opening is None or opening.carried is None:
            raise Doubtful(f"the journal has no mediation {mediation}")
        await rebuild(self._client, opening, self._settings.task_queue)
        waiting = sum(map(len, opening.carried.lanes))
        self._tell(f"{mediation} goes on after {opening.carried.commands} commands, with {waiting} things to deliver")

    async def repair_all(self) -> bool:
        """Start every workflow again that is gone or knows less than the journal; return whether something is left."""
        done, left = 0, 0
        async for one in self.stand():
            if one.standing not in REPAIRED:
                left += one.standing is not Skew.EQUAL
                continue
            try:
                await self.repair(one.mediation)
                done += 1
            except (HistoryAhead, Doubtful) as refused:
                self._tell(f"{one.mediation}: not repaired: {refused}")
                left += 1
        self._tell(f"{done} repaired, {left} left")
        return left > 0

    async def refill(self, mediation: str | None) -> bool:
        """Refill one mediation, or all that need it; return whether something is left to a person."""
        behind = [one async for one in self.stand(mediation) if mediation or one.standing is not Skew.EQUAL]
        needed = [one for one in behind if mediation or one.standing in REFILLED]
        await self._numbers([one for one in behind if one.standing in REFILLED])
        left = [one for one in behind if one.standing in {Skew.FORKED, Skew.DOUBTFUL}]
        commands = settled = 0
        for one in needed:
            done = await self._refilled(one.mediation)
            if done is None:
                left.append(one)
                continue
            commands, settled = commands + done.commands, settled + done.settled
        for one in left:
            self._tell(f"{one}: {TOLD[Skew.FORKED]} {one.mediation}")
        self._tell(f"{len(needed)} mediations, {commands} commands and {settled} deliveries written, {len(left)} left")
        return bool(left)

    async def _numbers(self, needed: Sequence[Stood]) -> None:
        if needed or await put_back_unnoticed(self._pool):
            await move_numbers_on(self._pool, datetime.now(UTC))
            self._tell("numbers that others know go on after any that were given")

    async def _refilled(self, mediation: str) -> Refilled | None:
        try:
            fetched = await InTemporal(self._client).of(mediation)
            past = await past_of(self._settings.key_ring, self._speakers, mediation, fetched)
            done = await written_again(self._pool, mediation, past, datetime.now(UTC))
        except Doubtful as doubt:
            self._tell(f"{mediation}: not refilled: {doubt}")
            return None
        except IntegrityConstraintViolationError as two:
            self._tell(
                f"{mediation}: not refilled: the journal has something else in its place ({two.constraint_name})"
            )
            return None
        self._tell(f"{mediation}: {done.commands} commands and {done.settled} deliveries")
        for line in _told(mediation, done):
            self._tell(f"  {line}")
        return done


@asynccontextmanager
async def mending(settings: Settings, data: Path | None, tell: Tell) -> AsyncIterator[Mending]:
    """Open journal and histories. Raises `JournalAway`, `TemporalUnreachable` and `WrongKey`."""
    async with opened_books(settings, data) as books, journal(books) as pool:
        await ensure_keys(pool, settings.vault_ring, settings.key_ring)
        yield Mending(pool, await connect(books.settings), books.settings, tell)


def _told(mediation: str, done: Refilled) -> list[str]:
    """Say what a person must know of a mediation that was refilled."""
    lines = []
    if done.otherwise:
        numbers = ", ".join(map(str, done.otherwise))
        lines.append(f"today's rules decide otherwise, and what was recorded stands: command {numbers}")
    lines += [f"another mediation has what this one should hold: {_name(one)}" for one in done.taken]
    if done.renumbered:
        lines.append("its number on the phone is not known any more, or is another's now: it has a new one")
    if done.lost.person:
        lines.append(
            f"who the client is, is lost: it is entered again by `mediation vault enter {mediation} < person.json`"
        )
    if done.lost.notes:
        lines.append(f"the texts of {done.lost.notes} notes are lost: ask who wrote them")
    if done.lost.letters:
        lines.append(f"what became of {done.lost.letters} letters is not known, and links in them do not work any more")
    return lines


def _name(claim: Claim) -> str:
    """Name a claim without the reference of a person."""
    return claim.type if claim.type == "person" else str(claim)


def _counted(counted: Counter[Skew]) -> str:
    told = ", ".join(f"{counted[one]} {one.value}" for one in Skew if counted[one])
    return f"{counted.total()} mediations: {told or 'none'}"
