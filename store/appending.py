"""Appending to the journal what was decided of a command: its row, its events and effects, and the lists, at once."""

from collections.abc import Sequence
from typing import NamedTuple

from domain.exchange.language import LANGUAGE
from domain.exchange.published import published
from domain.exchange.record import Recorded, Recording
from domain.facts.value import replace
from domain.messages.commands import AdoptPolicy, ReportUndelivered, StartMediation
from domain.policy.policy import Policy
from domain.policy.scarce import Claim
from domain.state.events import AnyEvent
from domain.state.mediation import Mediation
from store import outbox, read_model
from store.database import Connection
from store.journal import CLAIMS, Loaded, link, stored_of
from store.queries import query
from store.requests import Request


class Line(NamedTuple):
    """A command as its row has it, documents word for word."""

    recording: Recording
    outcome: Recorded
    """Without what stands beside the row."""
    document: str
    gone: str
    recorded: str


class After(NamedTuple):
    """A mediation after a command that was accepted, with the events that led there."""

    state: Mediation
    policy: Policy
    events: Sequence[AnyEvent]
    documents: Sequence[str]


def line_of(recording: Recording, outcome: Recorded, gone: frozenset[Claim]) -> Line:
    """Return the row of a command that has just been decided."""
    claims = CLAIMS.dump_json(sorted(gone, key=str)).decode()
    return Line(recording, outcome, recording.command.model_dump_json(), claims, outcome.model_dump_json())


def link_of(line: Line, before: str | None) -> str:
    """Return the link of a command, after the link before."""
    recording = line.recording
    documents = (line.document, line.gone, line.recorded, _seal(recording) or "")
    return link(before, line.outcome.ordinal, recording.command_id, recording.now, *documents)


async def append(
    connection: Connection, line: Line, loaded: Loaded | None, after: After, asked: Request | None, number: int = 0
) -> Recorded | None:
    """Append a command that was accepted; None when the mediation has changed since it was decided.

    `number` is that of a mediation which had one; 0 gives a new one the next.
    """
    outcome, documents, effects = line.outcome, after.documents, line.outcome.effects
    state, policy = after.state, after.policy
    is_kept = isinstance(line.recording.command, StartMediation | AdoptPolicy)
    kept = (policy.id, policy.version, policy.model_dump_json()) if is_kept else (None, None, None)
    its_link = link_of(line, loaded.link if loaded else None)
    given = await connection.fetchval(
        query("record"),
        *_values(line),
        list(range(outcome.sequence - len(documents) + 1, outcome.sequence + 1)),
        [event.type for event in after.events],
        list(documents),
        [published(event) for event in after.events],
        [effect.key for effect in effects],
        [effect.lane for effect in effects],
        [effect.type for effect in effects],
        [effect.model_dump_json() for effect in effects],
        *read_model.values_of(state, outcome),
        loaded.head if loaded else None,
        *kept,
        *((asked.organisation, asked.key, asked.fingerprint) if asked else (None, None, None)),
        *read_model.work_of(state, policy, after.events),
        *read_model.parts_of(loaded.state if loaded else None, state, policy, line.recording.now),
        state.test,
        _seal(line.recording),
        its_link,
        number or None,
        LANGUAGE,
    )
    return None if given is None else _beside(line, its_link, documents, given)


async def append_refused(connection: Connection, line: Line, loaded: Loaded | None) -> Recorded | None:
    """Append a command that was refused; None when the mediation has changed since it was decided."""
    its_link = link_of(line, loaded.link if loaded else None)
    head = loaded.head if loaded else None
    values = (*_values(line), head, _seal(line.recording), its_link, LANGUAGE)
    return _beside(line, its_link) if await connection.fetchval(query("record_refused"), *values) else None


def _values(line: Line) -> tuple[object, ...]:
    """Return the values of a command for its query, and those of the effect by which it was learned."""
    recording = line.recording
    undelivered = isinstance(recording.command, ReportUndelivered)
    return (
        recording.mediation,
        recording.now,
        recording.command_id,
        line.outcome.ordinal,
        recording.command.type,
        recording.command.by.organisation,
        line.document,
        line.gone,
        line.recorded,
        recording.settles,
        (outbox.Result.REFUSED if undelivered else outbox.Result.DONE).value,
    )


def _seal(recording: Recording) -> str | None:
    return recording.seal.model_dump_json() if recording.seal else None


def _beside(line: Line, its_link: str, documents: Sequence[str] = (), number: int = 0) -> Recorded:
    """Return what was recorded with what stands beside it in the journal, for the history to have it too."""
    seal = line.recording.seal
    stored = stored_of(line.document, line.gone, seal.text if seal else None, number)
    return replace(line.outcome, link=its_link, documents=tuple(documents), stored=stored)
