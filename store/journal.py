"""The journal: what was recorded of each mediation, and the state that its events lead to."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

import asyncpg
import structlog
from pydantic import TypeAdapter

from domain.exchange.record import Carried, Opening, Recorded, Stored
from domain.facts.value import replace
from domain.messages.commands import AnyCommand
from domain.messages.effects import AnyEffect
from domain.policy.policy import Policy
from domain.policy.scarce import Claim
from domain.state.events import AnyEvent
from domain.state.fold import fold
from domain.state.mediation import Mediation
from store.database import Pool, Source
from store.language import ensure_spoken
from store.queries import query
from store.readable import UNREADABLE
from store.requests import Request
from store.states import KnownState, States

LATEST = 2**31 - 1
"""No event has a greater number: the column is an integer of 32 bits."""
NONE_GONE = "[]"
"""How it is stored that no claim was gone."""
STATES = States(1000)
"""The states that this process keeps: some 40 kB for a mediation of 140 events, so 40 MB in all."""
EVENTS: TypeAdapter[list[AnyEvent]] = TypeAdapter(list[AnyEvent])
CLAIMS: TypeAdapter[list[Claim]] = TypeAdapter(list[Claim])
log = structlog.get_logger("store")


class MediationUnknown(Exception):
    """There is no such mediation."""


class PolicyLost(MediationUnknown):
    """The policy of a mediation is not in the database any more, or is another than its events name."""


UNREADABLE_JOURNAL = (*UNREADABLE, MediationUnknown)
"""What reading and folding events raises that were changed, or that a later build wrote."""


class Loaded(NamedTuple):
    """A mediation as the journal has it."""

    state: Mediation
    policy: Policy
    head: str
    commands: int
    opened_at: datetime
    changed_at: datetime
    deliveries_waiting: int
    """How many effects are still to be carried out."""
    reference: str
    """What it is called on the phone: with its municipality's letter, its year and a number."""
    link: str | None
    """The link of its last command; None when that was recorded before there were links."""

    @property
    def known(self) -> KnownState:
        """What need not be read again for the next command."""
        return KnownState(self.state, self.policy, self.head)


class Found(NamedTuple):
    """What the journal has for a command that is to be decided."""

    recorded: Recorded | None
    """What was recorded of this command before."""
    commands: int
    loaded: Loaded | None
    proven: bool
    """Whether the events, by their number and the chain of their hashes, lead to what the row of the mediation says. It
    is known before any event is read, for one that was changed may be unreadable besides."""
    key_used_for: str | None = None
    """The fingerprint of the request that used this request's key before; None when none did."""
    fault: Exception | None = None
    """What came of reading events that are not proven; else it is raised."""


class Entry(NamedTuple):
    """A recorded command: what was known when it was decided, and what was decided."""

    ordinal: int
    at: datetime
    command: AnyCommand
    gone: frozenset[Claim]
    recorded: Recorded
    events: tuple[AnyEvent, ...]


async def load(pool: Pool, mediation: str, sequence: int = LATEST, states: States = STATES) -> Loaded | None:
    """Return a mediation as it is, or was right after one of its events; None when it was never started.

    An earlier state is folded from the journal alone, without the states that this process keeps. Raises one of
    `store.readable.UNREADABLE`, or MediationUnknown, where the rows cannot be read.
    """
    found = await find(pool, mediation, states)
    if found.fault:
        raise found.fault
    if found.loaded and found.proven:
        states.keep(found.loaded.known)
    if found.loaded and found.loaded.state.sequence > sequence:
        return (await find(pool, mediation, States(0), upto=sequence)).loaded
    return found.loaded


async def find(
    source: Source,
    mediation: str,
    states: States,
    *,
    upto: int = LATEST,
    command: str | None = None,
    asked: Request | None = None,
    deciding: bool = False,
) -> Found:
    """Read in one statement what there is of a mediation, of a command and of a request's key.

    Only events after the state that this process keeps are read. Whoever is `deciding` must speak the language of the
    journal: raises `NewerBuild` and `OlderLanguage` before anything is understood.
    """
    known = states.of(mediation)
    since, digest = (known.state.sequence, known.state.policy_digest) if known else (0, None)
    of_key = (asked.organisation, asked.key) if asked else (None, None)
    (row,) = await source.fetch(query("load_mediation"), mediation, since, upto, digest, command, *of_key)
    if deciding:
        ensure_spoken(row["language"] or 0)
    before = _told(row) if row["recorded"] else None
    documents = row["events"] or []
    if row["head"] is None:
        lost = MediationUnknown(mediation) if documents else None
        return Found(before, row["commands"], None, not documents, row["key_used_for"], lost)
    head = chain(known.head if known else "", documents)
    proven = (since + len(documents), head) == (row["sequence"], row["head"])
    if known and not proven:
        log.warning("the journal is not what it was: a mediation is read anew", mediation=mediation)
        states.drop(mediation)
        return await find(source, mediation, states, upto=upto, command=command, asked=asked, deciding=deciding)
    try:
        loaded = await _folded(source, mediation, known, row)
    except UNREADABLE_JOURNAL as fault:
        if proven and not isinstance(fault, PolicyLost):
            raise  # what was recorded, and this build does not know: not for us to decide on
        return Found(before, row["commands"], None, proven=False, key_used_for=row["key_used_for"], fault=fault)
    return Found(before, row["commands"], loaded, proven, row["key_used_for"])


async def _folded(source: Source, mediation: str, known: KnownState | None, row: asyncpg.Record) -> Loaded:
    state = fold(_events(row["events"] or []), known.state if known else None)
    if state is None:
        raise MediationUnknown(mediation)
    policy = await _policy_of(source, state, known, row)
    return Loaded(state, policy, *(row[name] for name in Loaded._fields[2:]))


async def _policy_of(source: Source, state: Mediation, known: KnownState | None, row: asyncpg.Record) -> Policy:
    """Return the policy of this state. An earlier state may have had another than the row names now."""
    if known and known.state.policy_digest == state.policy_digest:
        return known.policy
    document = row["policy"] if row["policy_digest"] == state.policy_digest else None
    document = document or await source.fetchval(query("policy_document"), state.policy_digest)
    policy = _policy(document) if document else None
    if policy is None or policy.digest() != state.policy_digest:
        raise PolicyLost(state.policy_digest)
    return policy


async def recorded(source: Source, mediation: str, command: str) -> Recorded | None:
    """Return what was recorded of a command; None when it never was."""
    row = await source.fetchrow(query("recorded_command"), mediation, command)
    return _told(row) if row else None


def _told(row: asyncpg.Record) -> Recorded:
    """Return what was recorded, with what does not stand in it: its number, its link, its events, what else is kept."""
    recorded = Recorded.model_validate_json(row["recorded"])
    documents = tuple(row["its_events"] or ())
    stored = stored_of(row["its_document"], row["its_gone"], row["its_text"], row["its_number"] or 0)
    return replace(recorded, ordinal=row["ordinal"], link=row["its_link"] or "", documents=documents, stored=stored)


def stored_of(document: str, gone: str, sealed: str | None, number: int) -> Stored | None:
    """Return what the row of a command has besides its seal, with this text, and its outcome; None when nothing."""
    stored = Stored(
        command="" if document == sealed else document, gone="" if gone == NONE_GONE else gone, number=number
    )
    return stored if stored != Stored() else None


@lru_cache(maxsize=256)
def _policy(document: str) -> Policy:
    """Read a stored policy, once: it never changes, and many mediations share it."""
    return Policy.model_validate_json(document)


async def entries(source: Source, mediation: str) -> list[Entry]:
    """Return every recorded command of a mediation, in order, with its facts and what was decided."""
    rows = await source.fetch(query("commands_of"), mediation)
    command: TypeAdapter[AnyCommand] = TypeAdapter(AnyCommand)
    return [
        Entry(
            ordinal=row["ordinal"],
            at=row["at"],
            command=command.validate_json(row["document"]),
            gone=frozenset(CLAIMS.validate_json(row["gone"])),
            recorded=_told(row),
            events=tuple(_events(row["its_events"] or ())),
        )
        for row in rows
    ]


async def opening_of(pool: Pool, mediation: str, after_run: str | None) -> Opening | None:
    """Return with what a workflow goes on with a mediation as the journal has it; None when it was never started.

    What is still to be delivered stands in its lanes, in the order in which it was decided.
    """
    loaded, known = await load(pool, mediation), await entries(pool, mediation)
    if loaded is None or not known:
        return None
    waiting = {row["key"] for row in await pool.fetch(query("waiting_effects"), mediation)}
    lanes: dict[str, list[AnyEffect]] = {}
    for effect in (effect for entry in known for effect in entry.recorded.effects if effect.key in waiting):
        lanes.setdefault(effect.lane, []).append(effect)
    last = known[-1].recorded.brief
    return Opening(
        mediation=mediation,
        municipality=loaded.state.parties.municipality,
        policy_version=loaded.policy.version,
        carried=Carried(last=last, commands=len(known), lanes=tuple(tuple(lane) for lane in lanes.values())),
        after_run=after_run,
    )


def _events(documents: Sequence[str]) -> list[AnyEvent]:
    return EVENTS.validate_json(f"[{','.join(documents)}]")


def chain(head: str, documents: Sequence[str]) -> str:
    """Return the head of the hash chain after these stored documents."""
    for document in documents:
        head = hashlib.sha256(f"{head}\n{document}".encode()).hexdigest()
    return head


def link(before: str | None, ordinal: int, command_id: str, at: datetime, *documents: str) -> str:
    """Return the link of a command: hex SHA-256 over the link before and the row, a line for each part.

    `documents` are the command, the claims that were gone, what was recorded, and the seal ("" where it has none), as
    stored. They stand last, each by its hash, so that no line's end in one can pass for the end of it.
    """
    hashes = (hashlib.sha256(document.encode()).hexdigest() for document in documents)
    parts = (before or "", str(ordinal), command_id, at.astimezone(UTC).isoformat(), *hashes)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
