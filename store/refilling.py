"""Refilling: a journal that was put back to an earlier moment gets back what Temporal's histories have of it.

The commands are appended in their order, each held against the head and the link that were recorded then: what was
recorded stands, whatever today's rules decide. What is scarce is claimed anew. All of one mediation, or nothing.
"""

import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from pydantic import TypeAdapter

from domain.decide.decide import Decided, decide
from domain.exchange.record import Recorded, Recording, Stored
from domain.facts.alarms import AlarmKind
from domain.facts.value import replace
from domain.messages.commands import AdoptPolicy, AnyCommand, StartMediation
from domain.policy.policy import Policy
from domain.policy.scarce import Claim
from domain.state.fold import fold
from domain.state.mediation import Mediation
from store import alarms, outbox, requests, scarce
from store.alarms import Suspect
from store.appending import After, Line, append, append_refused, link_of
from store.database import Connection, Pool
from store.held import set_right
from store.journal import CLAIMS, EVENTS, NONE_GONE, Loaded, chain, find
from store.past import Doubtful, Past, ToldCommand
from store.queries import query
from store.record import looked_up, take
from store.states import States

COMMAND: TypeAdapter[AnyCommand] = TypeAdapter(AnyCommand)
NOTE = re.compile(r'"(note-[0-9a-f]{24})"')


class LostForGood(NamedTuple):
    """What no history has."""

    person: bool = False
    notes: int = 0
    letters: int = 0


class Refilled(NamedTuple):
    """What came of refilling one mediation."""

    commands: int = 0
    """How many were written."""
    settled: int = 0
    """How many effects were carried out, and the journal did not know."""
    otherwise: tuple[int, ...] = ()
    """The numbers of commands that today's rules decide otherwise. What was recorded stands."""
    taken: tuple[Claim, ...] = ()
    """What it should hold, and another mediation has now."""
    renumbered: bool = False
    """Whether another mediation has its number now, so that it got a new one."""
    lost: LostForGood = LostForGood()


async def refill(pool: Pool, mediation: str, past: Past, now: datetime) -> Refilled:
    """Write what the journal lacks of a mediation, all or nothing. Raises `Doubtful`."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(query("lock_refilling"), mediation)
        found = await find(connection, mediation, States(0))
        if not found.proven:
            raise Doubtful("its events in the journal are not those that were recorded")
        lines = await connection.fetch(query("lines_of"), mediation)
        _agree(past.commands, {row["ordinal"]: dict(row) for row in lines})
        refilling = _Refilling(connection, found.loaded, len(lines))
        for told in past.commands:
            if told.recorded.ordinal > len(lines):
                await refilling.add(told)
        settled = [await outbox.settle(connection, *one) for one in past.settled]
        taken = await refilling.hold()
        lost = await _lost(connection, mediation, past) if refilling.written else LostForGood()
        loaded = refilling.loaded
        if lost.person and loaded:
            about = Suspect(mediation, loaded.state.parties.municipality, None, None)
            await alarms.raise_alarm(connection, about, AlarmKind.PERSON_LOST, None, now)
    return Refilled(
        refilling.written, sum(settled), tuple(refilling.otherwise), tuple(taken), refilling.renumbered, lost
    )


def _agree(commands: Sequence[ToldCommand], lines: Mapping[int, Mapping[str, object]]) -> None:
    """Compare what both have: by the link, which stands for all before it; by the head where there was none yet."""
    for told in commands:
        line, said = lines.get(told.recorded.ordinal), told.recorded
        if line is None:
            continue
        same = line["link"] == said.link if said.link else line["head"] == said.head
        if line["id"] != told.recording.command_id or not same:
            raise Doubtful(f"command {said.ordinal} is another in the journal than in the history")


class _Refilling:
    """A mediation while its commands are appended."""

    def __init__(self, connection: Connection, loaded: Loaded | None, commands: int) -> None:
        self._connection = connection
        self._before = loaded.state if loaded else None
        self._unsettled = False
        self._commands = commands
        self.loaded = loaded
        self.written = 0
        self.otherwise: list[int] = []
        self.renumbered = False

    async def add(self, told: ToldCommand) -> None:
        """Append a command. Raises `Doubtful`."""
        said = told.recorded
        if said.ordinal != self._commands + 1:
            raise Doubtful(f"the history lacks command {self._commands + 1}")
        line = await self._line(told)
        asked = await self._key(line.recording)
        if said.refused:
            done = await append_refused(self._connection, line, self.loaded)
        else:
            after = await self._after(line, told)
            number = await self._number(after.state, line.recording, said.stored)
            done = await append(self._connection, line, self.loaded, after, asked, number)
            if done:
                self._go_on(after, said, line.recording.now)
        if done is None:
            raise Doubtful("the journal has changed meanwhile: stop the workers first")
        if self.loaded:
            self.loaded = self.loaded._replace(commands=said.ordinal, link=done.link)
        self._commands, self.written = said.ordinal, self.written + 1

    async def hold(self) -> Sequence[Claim]:
        """Let the mediation hold what its state says, where a claim could not be made as it was then."""
        if not self._unsettled or self.loaded is None:
            return ()
        return await set_right(self._connection, self._before, self.loaded.state)

    async def _line(self, told: ToldCommand) -> Line:
        """Return the row of a command. Where the history does not have it word for word, it is looked up as then."""
        stored, given = told.recorded.stored or Stored(), told.recording
        texts = [stored.command] if stored.command else [text async for text in self._texts(told)]
        before = self.loaded.link if self.loaded else None
        outcome = replace(told.recorded, link="", documents=(), stored=None)
        for text in texts:
            recording = replace(given, command=COMMAND.validate_json(text))
            line = Line(recording, outcome, text, stored.gone or NONE_GONE, told.text)
            if told.recorded.link in {"", link_of(line, before)}:
                return line
        raise Doubtful(f"command {told.recorded.ordinal} is not what its link says")

    async def _texts(self, told: ToldCommand) -> AsyncIterator[str]:
        """Yield how a command may have been stored: as it was given, and with what is looked up for it now. Without a
        link nothing tells which it was, and it was looked up then.
        """
        recording = told.recording
        state = self.loaded.state if self.loaded else None
        start = recording.command if isinstance(recording.command, StartMediation) else None
        policy = self.loaded.policy if self.loaded else start.policy if start else None
        if recording.seal and told.recorded.link:
            yield recording.seal.text
        if policy:
            whole = await looked_up(self._connection, recording, state, policy, _nobody)
            yield whole.model_dump_json()
        yield recording.command.model_dump_json()

    async def _after(self, line: Line, told: ToldCommand) -> After:
        """Return the mediation after a command, by the events that were recorded. What it claimed is claimed."""
        said, recording, command = told.recorded, line.recording, line.recording.command
        state = self.loaded.state if self.loaded else None
        policy = self.loaded.policy if self.loaded else command.policy if isinstance(command, StartMediation) else None
        if policy is None:
            raise Doubtful("the history does not begin with a referral")
        gone = frozenset(CLAIMS.validate_json(line.gone))
        decided = decide(state, command, policy, recording.now, gone)
        today = [event.model_dump_json() for event in decided.events] if isinstance(decided, Decided) else []
        documents = list(said.documents) or today
        events = EVENTS.validate_json(f"[{','.join(documents)}]")
        now = fold(events, state)
        head = chain(self.loaded.head if self.loaded else "", documents)
        if now is None or (head, now.sequence) != (said.head, said.sequence):
            raise Doubtful(f"the events of command {said.ordinal} do not lead to what was recorded")
        if isinstance(decided, Decided) and today == documents:
            await self._take(recording, decided, policy, gone)
        else:
            self.otherwise.append(said.ordinal)
            self._unsettled = True
        if isinstance(command, StartMediation | AdoptPolicy):
            policy = command.policy
        return After(now, policy, events, documents)

    async def _take(self, recording: Recording, decided: Decided, policy: Policy, gone: frozenset[Claim]) -> None:
        if not scarce.concerns(decided):
            return
        try:
            async with self._connection.transaction():
                if await take(self._connection, recording, decided, policy, gone):
                    raise scarce.RoomAfterAll
        except scarce.RoomAfterAll:
            self._unsettled = True

    async def _key(self, recording: Recording) -> requests.Request | None:
        """Return the request whose key is used by this command, unless it is used in the journal."""
        asked = requests.request_of(recording)
        known = await requests.claimed_for(self._connection, asked.organisation, asked.key) if asked else None
        return None if known else asked

    async def _number(self, state: Mediation, recording: Recording, stored: Stored | None) -> int:
        """Return the number of a mediation that the journal does not have; 0: it gets a new one."""
        if self.loaded or stored is None or not stored.number:
            self.renumbered = self.renumbered or self.loaded is None
            return 0
        place = (state.parties.municipality, recording.now, state.id, stored.number)
        self.renumbered = await self._connection.fetchval(query("number_is_taken"), *place)
        return 0 if self.renumbered else stored.number

    def _go_on(self, after: After, said: Recorded, now: datetime) -> None:
        known = (after.state, after.policy, said.head, said.ordinal)
        if self.loaded:
            self.loaded = self.loaded._replace(state=after.state, policy=after.policy, head=said.head, changed_at=now)
        else:
            self.loaded = Loaded(*known, opened_at=now, changed_at=now, deliveries_waiting=0, reference="", link=None)


def _nobody(municipality: str, district: str, on: object) -> None:
    """Know of no team: whom a district had then, the directory of today does not say."""


async def _lost(connection: Connection, mediation: str, past: Past) -> LostForGood:
    row = await connection.fetchrow(query("lost_of"), mediation, sorted(set(_notes(past))))
    return LostForGood(**row) if row else LostForGood()


def _notes(past: Past) -> Iterator[str]:
    for told in past.commands:
        for text in (told.recording.command.model_dump_json(), *told.recorded.documents):
            yield from NOTE.findall(text)
