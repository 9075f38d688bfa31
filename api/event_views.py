"""What happened in a mediation, as it is shown: who, on whose behalf, when, and the typed event."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, Union

from pydantic import BaseModel, Field

from api.auth import Caller
from api.sights.corporation import OF_THE_HOME, keeps_for
from api.sights.inside import without_inside
from api.sights.shapes import CORPORATION, MUNICIPALITY, PARTNERS, sight_of
from api.spelling import spelled, spelled_event
from api.views import UNREADABLE, View
from domain.facts.parties import Actor, Role
from domain.facts.tasks import Task
from domain.state import events as e
from domain.state.fold import evolve
from domain.state.mediation import Mediation

PERSON = re.compile(r"u-[0-9a-f]{32}", re.ASCII)
"""How the pseudonym of a person is written."""

if TYPE_CHECKING:
    Whole: TypeAlias = BaseModel
    ForPartners: TypeAlias = BaseModel
    ForCorporations: TypeAlias = BaseModel
else:
    Whole = Annotated[Union[MUNICIPALITY.events()], Field(discriminator="type")]  # noqa: UP007 - made from parts
    ForPartners = Annotated[Union[PARTNERS.events()], Field(discriminator="type")]  # noqa: UP007
    ForCorporations = Annotated[Union[CORPORATION.events()], Field(discriminator="type")]  # noqa: UP007


class Acted(View):
    """On whose behalf somebody acted. People are known by a pseudonym, and never named."""

    role: Role
    organisation: str
    substitute: str | None = Field(default=None, description="Who stood in for it")
    person: str | None = Field(
        default=None,
        description="Who it was, by a pseudonym that the municipality can resolve; for the municipality and auditors",
    )


class Sequenced(View):
    """What every event has, whoever sees it."""

    sequence: int
    at: datetime = Field(description="When, in UTC")


class Commanded(Sequenced):
    """What those see of every event who know of each command."""

    by: Acted = Field(description="Who gave the command")
    command: str = Field(description="The command it came from", examples=["answer_task"])


class EventView(Commanded):
    """Something that happened."""

    event: Whole


class PartnerEventView(Commanded):
    """Something that happened, as those see it who work with the client."""

    event: ForPartners


class CorporationEventView(Sequenced):
    """Something that happened to an offer, a task or a tenancy of yours."""

    by: Acted | None = Field(description="Who did it, when that was you or the municipality")
    event: ForCorporations


AnyEventView: TypeAlias = EventView | PartnerEventView | CorporationEventView


class EventPage(View):
    """Some of a mediation's events, in order."""

    items: tuple[AnyEventView, ...]
    next: int | None = Field(
        default=None, description="Give this as `after` for the next page; null when there is none"
    )
    unreadable: int = UNREADABLE


EVENT_VIEWS: Mapping[str, type[AnyEventView]] = {
    MUNICIPALITY.name: EventView,
    PARTNERS.name: PartnerEventView,
    CORPORATION.name: CorporationEventView,
}


def shown_events(rows: Iterable[Mapping[str, Any]], reader: Caller) -> Iterator[Mapping[str, Any]]:
    """Return those of a mediation's events that this reader sees, the first row being the mediation's first event."""
    sight = sight_of(reader.role)
    known = rows if sight is MUNICIPALITY else without_inside(rows)
    concerned = _concerning(known, reader) if sight is CORPORATION else known
    return (row for row in concerned if sight.sees(row["document"]))


def acted(by: Actor, reader: Caller) -> Acted:
    """Show who acted to this reader. Systems and links are no people."""
    told = reader.role in {Role.COORDINATOR, Role.AUDITOR} and PERSON.fullmatch(by.user)
    return Acted(role=by.role, organisation=by.organisation, substitute=by.substitute, person=by.user if told else None)


def event_view(row: Mapping[str, Any], reader: Caller) -> AnyEventView:
    """Show one event to this reader."""
    sight = sight_of(reader.role)
    by = row["by"] and acted(Actor.model_validate(row["by"]), reader).model_dump()
    whole = {**row, "by": by, "command": spelled(row["command"]), "event": spelled_event(row["document"])}
    return EVENT_VIEWS[sight.name].model_validate(_for_corporation(whole, reader) if sight is CORPORATION else whole)


def _for_corporation(row: Mapping[str, Any], reader: Caller) -> dict[str, Any]:
    """A corporation knows the municipality and itself; who else acted can tell which care the client has."""
    by = (
        row["by"] if row["by"]["organisation"] == reader.organisation or row["by"]["role"] == Role.COORDINATOR else None
    )
    event = row["event"]
    if event["type"] in {"offer_prepared", "offer_changed"}:
        candidate = event["candidate"]
        about = [condition for condition in candidate["conditions"] if condition["name"] in OF_THE_HOME]
        event = {**event, "candidate": {**candidate, "conditions": about}}
    return {**row, "by": by, "event": event}


def _concerning(rows: Iterable[Mapping[str, Any]], reader: Caller) -> Iterator[Mapping[str, Any]]:
    """Return the events that are about a corporation's own tasks, or happen while a dwelling of its is kept: the first
    is that it is offered, the last that it no longer is.
    """
    state: Mediation | None = None
    own_tasks: set[str] = set()
    keeps = False
    for row in rows:
        event = e.read_event(row["document"])
        state, kept = evolve(state, event), keeps
        keeps = keeps_for(state, reader.organisation)
        task = getattr(event, "task", None)
        if task is None:
            if keeps or kept:
                yield row
            continue
        name = getattr(task, "id", task)
        own = name in own_tasks
        if isinstance(task, Task):
            own_tasks.discard(name)
            if task.owner == reader.organisation:
                own_tasks.add(name)
        if own or name in own_tasks:
            yield row
