"""A mediation as the journal has it, now or after any of its events."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from api.problems import NotFound
from domain.mediation import Mediation, fold
from domain.record import Recorded
from store.database import Pool
from store.journal import EVENTS
from store.queries import query
from store.read_model import journal_of

ALL = 1_000_000
"""More events than any mediation has."""


class Snapshot(NamedTuple):
    """A state, and when it began and came about."""

    state: Mediation
    opened_at: datetime
    changed_at: datetime
    events: list[Mapping[str, Any]]


async def snapshot(pool: Pool, mediation: str, sequence: int = ALL) -> Snapshot:
    """Return a mediation after so many of its events; raises `NotFound`."""
    rows = await journal_of(pool, mediation, limit=sequence)
    state = fold(EVENTS.validate_python([row["document"] for row in rows]))
    if state is None:
        raise NotFound
    return Snapshot(state, rows[0]["at"], rows[-1]["at"], rows)


async def recorded(pool: Pool, mediation: str, command: str) -> Recorded | None:
    """Return what was recorded of a command; None when it never was."""
    document = await pool.fetchval(query("recorded_command"), mediation, command)
    return Recorded.model_validate_json(document) if document else None
