"""What a migration fills in that no SQL can work out: it is folded from the journal, in the migration's transaction."""

import json
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import groupby
from typing import TypeAlias

import asyncpg
import structlog
from pydantic import ValidationError

from domain.policy.policy import Policy
from domain.state.events import read_event
from domain.state.fold import evolve
from domain.state.mediation import Mediation
from domain.state.participation import Participation, StateAt, participations
from store.columns import columns
from store.queries import query

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
PART = 200
"""How many mediations are read at a time."""
log = structlog.get_logger("store")


async def fill_participation(connection: Connection) -> None:
    """Work out who had which part in every mediation. One that cannot be read is shown to no partner."""
    policies = {row["digest"]: row["document"] for row in await connection.fetch(query("policies_in_use"))}
    last = ""
    while rows := await connection.fetch(query("events_to_fill"), last, PART):
        last = rows[-1]["mediation"]
        found: list[tuple[str, Participation]] = []
        for mediation, events in groupby(rows, key=lambda row: str(row["mediation"])):
            try:
                found += [(mediation, one) for one in participations(_steps(events, policies))]
            except (ValidationError, ValueError, KeyError):
                log.error("a mediation cannot be read: partners do not see it", mediation=mediation)
        values = [(mediation, *one) for mediation, one in found]
        await connection.execute(query("fill_participation"), *columns(values, len(Participation._fields) + 1))


def _steps(events: Iterable[asyncpg.Record], policies: Mapping[str, str]) -> Iterator[StateAt]:
    state: Mediation | None = None
    for _, of_command in groupby(events, key=lambda row: row["ordinal"]):
        rows = list(of_command)
        for row in rows:
            state = evolve(state, read_event(json.loads(row["document"])))
        if state:
            yield StateAt(rows[-1]["at"], state, _policy(policies[state.policy_digest]))


@lru_cache(maxsize=16)
def _policy(document: str) -> Policy:
    return Policy.model_validate_json(document)


FILLING: Mapping[str, Callable[[Connection], Awaitable[None]]] = {"0037_participation": fill_participation}
"""What follows on a migration, by its name."""
