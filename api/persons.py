"""Who the client is, and what was written about the mediation: from the vault, as much as a role needs."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import structlog
from fastapi import APIRouter
from pydantic import Field

from api.auth import Authenticated, Caller, Visible
from api.event_views import Acted
from api.installation import Here, Installation
from api.openapi import problems
from api.problems import Forbidden, Gone
from api.views import UNREADABLE, View
from domain.facts.born import BirthDate
from domain.facts.parties import LOOKING_ON, Role
from domain.state.mediation import Mediation, OfferState
from runtime.contact_fields import as_dialled
from store.read_model import journal_of
from store.vault import Erased, Person

FULLY_INFORMED = frozenset({Role.COORDINATOR, Role.INSTITUTION, Role.DISTRICT_TEAM, Role.CARE_PROVIDER, Role.DESK})
"""Roles that work with the client or decide on what the client asks, and must know who it is."""
HOUSING = frozenset({OfferState.PLACED, OfferState.ACCEPTED})
"""States of an offer in which its corporation deals with the client."""

log = structlog.get_logger("api")
router = APIRouter(tags=["persons"])


class ContactView(View):
    """How to reach somebody."""

    name: str
    mail: str | None
    phone: str | None


class TenantView(ContactView):
    """Who the client is, as a landlord must know it."""

    household_size: int
    guide: ContactView


class PersonView(TenantView):
    """Who the client is, as those must know it who work with the client."""

    bsn: str
    first_names: str | None = Field(description="As the BRP has them; null where the name was not told in parts")
    prefix: str | None
    surname: str | None
    born_on: BirthDate


class NoteView(View):
    """A note."""

    id: str
    sequence: int
    at: datetime
    by: Acted
    text: str


class NoteList(View):
    """The notes you may read, the oldest first."""

    items: tuple[NoteView, ...]
    unreadable: int = UNREADABLE


@router.get(
    "/v1/mediations/{mediation}/person",
    operation_id="readPerson",
    summary="Read who the client is",
    responses=problems(404, 410),
)
async def read_person(here: Here, caller: Authenticated, loaded: Visible) -> PersonView | TenantView:
    """Read who the client is. A corporation reads a name and contacts, once an offer of its own was placed."""
    return await person_for(here, caller, loaded.state)


async def person_for(here: Installation, caller: Caller, state: Mediation) -> PersonView | TenantView:
    """Return who the client is, as much as this caller needs; raises `Forbidden` or `Gone`. It is logged."""
    if caller.role not in FULLY_INFORMED and not (caller.role is Role.CORPORATION and _houses(state, caller)):
        raise Forbidden("your role does not need to know who the client is now")
    log.info("person read", mediation=state.id, organisation=caller.organisation, user=caller.actor.user)
    try:
        person = await here.vault.person(state.referral.person)
    except Erased:
        raise Gone from None
    return _person_view(person, state, full=caller.role in FULLY_INFORMED)


def _houses(state: Mediation, caller: Caller) -> bool:
    last = state.offers[-1] if state.offers else None
    return last is not None and last.state in HOUSING and last.candidate.dwelling.corporation == caller.organisation


def _person_view(person: Person, state: Mediation, *, full: bool) -> PersonView | TenantView:
    tenant = TenantView(
        name=person.name,
        mail=person.mail,
        phone=_dialled(person.phone),
        guide=ContactView(**person.guide.model_dump() | {"phone": _dialled(person.guide.phone)}),
        household_size=state.referral.household_size,
    )
    if not full:
        return tenant
    known = {name: getattr(person, name) for name in ("bsn", "born_on", "first_names", "prefix", "surname")}
    return PersonView(**dict(tenant), **known)


def _dialled(number: str | None) -> str | None:
    return as_dialled(number) if number else None


@router.get(
    "/v1/mediations/{mediation}/notes",
    operation_id="listNotes",
    summary="Read the notes",
    responses=problems(404, 410),
)
async def list_notes(here: Here, caller: Authenticated, loaded: Visible) -> NoteList:
    """Read the notes: the municipality reads all, others those of their own organisation."""
    if caller.role in LOOKING_ON:
        raise Forbidden("notes are personal: they are read by those who work with the client")
    log.info("notes read", mediation=loaded.state.id, organisation=caller.organisation, user=caller.actor.user)
    try:
        notes = await here.vault.notes_of(loaded.state.id)
    except Erased:
        raise Gone from None
    events = await journal_of(here.pool, loaded.state.id)
    texts = {note.id: note.text for note in notes}
    return NoteList(items=tuple(_readable(events, texts, caller)), unreadable=notes.unreadable)


def _readable(events: list[Mapping[str, Any]], texts: Mapping[str, str], caller: Caller) -> Iterator[NoteView]:
    """Return the notes that events refer to, each once: a text that no event refers to was never sent."""
    told: set[str] = set()
    for row in events:
        note = row["document"].get("note") or (row["document"].get("answer") or {}).get("note")
        own = caller.role is Role.COORDINATOR or row["by"]["organisation"] == caller.organisation
        if isinstance(note, str) and note in texts and note not in told and own:
            told.add(note)
            by = Acted(role=Role(row["by"]["role"]), organisation=row["by"]["organisation"])
            yield NoteView(id=note, sequence=row["sequence"], at=row["at"], by=by, text=texts[note])
