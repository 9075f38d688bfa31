"""Placements over districts and complexes: what stands against one, and how they stand, looked up for a listing."""

from collections.abc import Sequence

from domain.exchange.record import Recording
from domain.facts.value import replace
from domain.messages.commands import LearnDwellings
from domain.policy.policy import Policy
from domain.policy.scarce import SpreadClaim
from domain.policy.spread import Standing, claims_for
from domain.state.mediation import Mediation
from store.columns import columns
from store.database import Connection
from store.queries import query


async def with_standings(
    connection: Connection, recording: Recording, state: Mediation | None, policy: Policy
) -> Recording:
    """Return the recording of a listing with how its districts and complexes stand; any other as it is."""
    command = recording.command
    if not isinstance(command, LearnDwellings) or state is None or policy.spread is None or not command.dwellings:
        return recording
    today = policy.calendar.today(recording.now)
    municipality = state.parties.municipality
    spread = policy.spread
    claims = [one for dwelling in command.dwellings for one in claims_for(spread, municipality, dwelling, today)]
    stand = await _standings(connection, municipality, claims)
    return replace(recording, command=replace(command, standings=tuple(stand)))


async def _standings(connection: Connection, municipality: str, claims: Sequence[SpreadClaim]) -> list[Standing]:
    keys = sorted({(c.scope.value, c.corporation, c.key, c.period) for c in claims})
    rows = await connection.fetch(query("standings"), municipality, *columns(keys, 4))
    return [Standing.model_validate(dict(row)) for row in rows]
