"""What happened in a mediation, as it is shown: who, on whose behalf, when, and the typed event."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, Union, get_args

from pydantic import BaseModel, Field

from api.auth import Caller
from api.edge import sent
from api.views import View
from domain import events as e
from domain.fold import evolve
from domain.mediation import Mediation
from domain.parties import Role

if TYPE_CHECKING:
    EventShape: TypeAlias = BaseModel
else:
    EventShape = Annotated[
        Union[tuple(sent(event) for event in get_args(get_args(e.AnyEvent)[0]))],  # noqa: UP007 - made from parts
        Field(discriminator="type"),
    ]


class Acted(View):
    """On whose behalf somebody acted. People are never named."""

    role: Role
    organisation: str
    substitute: str | None = Field(default=None, description="Who stood in for it")


class EventView(View):
    """Something that happened."""

    sequence: int
    at: datetime = Field(description="When, in UTC")
    by: Acted = Field(description="Who gave the command")
    command: str = Field(description="The command it came from", examples=["AnswerTask"])
    event: EventShape


class EventPage(View):
    """Some of a mediation's events, in order."""

    items: tuple[EventView, ...]
    next: int | None = Field(
        default=None, description="Give this as `after` for the next page; null when there is none"
    )


HOUSING = (
    e.OfferPrepared,
    e.OfferPlaced,
    e.OfferDeclined,
    e.OfferWithdrawn,
    e.ViewingPlanned,
    e.ViewingHeld,
    e.ViewingMissed,
    e.OfferAccepted,
    e.LeasePrepared,
    e.LeaseFailed,
    e.LeaseSigned,
    e.KeysPlanned,
    e.KeysHandedOver,
    e.SupportPlanned,
    e.TalkHeld,
    e.LeaseConverted,
    e.ConversionExtended,
    e.ConversionLeft,
    e.MediationPaused,
    e.MediationResumed,
    e.MediationClosed,
)
"""What a corporation sees of the offers it made."""


def shown_events(rows: Iterable[Mapping[str, Any]], reader: Caller) -> Iterator[Mapping[str, Any]]:
    """Return those of a mediation's events that this reader needs, the first row being the mediation's first event."""
    if reader.role is not Role.CORPORATION:
        yield from rows
        return
    state: Mediation | None = None
    own_tasks: set[str] = set()
    for row in rows:
        event = e.read_event(row["document"])
        state = evolve(state, event)
        if (
            isinstance(event, e.TaskOpened | e.TaskGivenTime | e.TaskRescheduled | e.TaskReassigned)
            and event.task.owner == reader.organisation
        ):
            own_tasks.add(event.task.id)
        if _concerns(event, state, own_tasks, reader.organisation):
            yield _without_care(row) if isinstance(event, e.MediationClosed) else row


def _without_care(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """On what a decision about a client rests is no corporation's business."""
    return {**row, "document": {**row["document"], "reasons": [], "withdrawal": None}}


def _concerns(event: e.AnyEvent, state: Mediation, own_tasks: set[str], corporation: str) -> bool:
    task = getattr(event, "task", None)
    if task is not None:
        return getattr(task, "id", task) in own_tasks
    return (
        isinstance(event, HOUSING)
        and bool(state.offers)
        and (state.offers[-1].candidate.dwelling.corporation == corporation)
    )


def event_view(row: Mapping[str, Any]) -> EventView:
    """Show one event."""
    return EventView.model_validate({**row, "event": row["document"]})
