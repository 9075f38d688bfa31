"""The recorded history of a mediation, for auditors: what Temporal kept of every step, beside what the journal says."""

import asyncio
from typing import Any

from fastapi import APIRouter
from pydantic import Field

from api.auth import Authenticated, Visible
from api.installation import Here
from api.openapi import problems
from api.problems import Forbidden, HistoryForgotten, TemporalAway
from api.secrecy import hides_address
from api.views import View
from domain.facts.parties import Role
from runtime import histories
from runtime.histories import InTemporal, decrypted

PATIENCE = 20.0
"""Seconds. A long history is some megabytes."""

router = APIRouter(tags=["mediations"])


class RunView(View):
    """One run of the mediation's workflow, with its history."""

    run_id: str = Field(description="The run, as Temporal names it")
    events: int
    ended: bool = Field(description="Whether it has ended; it may go on in the next run")
    unreadable: tuple[int, ...] = Field(
        description="The events with something that cannot be decrypted, which is left as it is stored"
    )
    history: dict[str, Any] = Field(
        description="Temporal's JSON of a history, as its own tools read it, with what was encrypted in clear"
    )


class HistoryView(View):
    """The history of a mediation."""

    mediation: str
    earlier_forgotten: bool = Field(
        description="Whether there were runs before the first of these that Temporal no longer keeps"
    )
    runs: tuple[RunView, ...] = Field(description="All runs, the first first")


@router.get(
    "/v1/mediations/{mediation}/history",
    operation_id="readHistory",
    summary="Read the recorded history",
    responses=problems(404, 410),
)
async def read_history(here: Here, caller: Authenticated, loaded: Visible) -> HistoryView:
    """Read what Temporal recorded of one mediation. For auditors; not of a client whose address is secret.

    No name, number, address or free text stands in it: those are in the vault, and the history refers to them. Temporal
    keeps the history of a closed mediation for a limited time; afterwards this is a 410 and the journal stays.
    """
    if caller.role is not Role.AUDITOR:
        raise Forbidden("histories are for auditors")
    if hides_address(loaded.state, loaded.policy, caller):
        raise Forbidden("the history tells a secret address; the events tell the rest")
    if here.temporal is None:
        raise TemporalAway
    try:
        async with asyncio.timeout(PATIENCE):
            fetched = await InTemporal(here.temporal).of(loaded.state.id)
    except (histories.HistoriesAway, TimeoutError):
        raise TemporalAway from None
    if not fetched.runs:
        raise HistoryForgotten
    runs = [await decrypted(here.key_ring, run) for run in fetched.runs]
    return HistoryView(
        mediation=loaded.state.id,
        earlier_forgotten=fetched.earlier_forgotten,
        runs=tuple(
            RunView(
                run_id=clear.history.run_id,
                events=len(clear.history.events),
                ended=clear is not runs[-1] or not fetched.running,
                unreadable=clear.unreadable,
                history=clear.history.to_json_dict(),
            )
            for clear in runs
        ),
    )
