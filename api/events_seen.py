"""The events of a mediation as a caller sees them: of the days of their part, and a secret address hidden."""

from collections.abc import Mapping
from typing import Any

from api.auth import Caller, InView
from api.event_views import shown_events
from api.installation import Installation
from api.secrecy import hides_address, team_hidden, veiled_events
from store.read_model import journal_of


async def events_seen(here: Installation, caller: Caller, seen: InView) -> list[Mapping[str, Any]]:
    """Return the events of a mediation that this caller sees, in order, each as it is shown to them."""
    state, sight = seen.loaded.state, seen.sight
    rows = shown_events(await journal_of(here.pool, state.id), caller)
    own = [row for row in rows if row["sequence"] <= state.sequence and sight.shows(row["sequence"])]
    if not hides_address(state, seen.loaded.policy, caller):
        return own
    return list(veiled_events(own, team_hidden(state, seen.loaded.policy, caller)))
