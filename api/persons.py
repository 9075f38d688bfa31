"""Who the client is, and what was written about the mediation: from the vault, as much as a role needs."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from api.auth import Authenticated, Caller, InSight, InView
from api.event_views import Acted, acted
from api.grounds import is_ground, notes_in
from api.installation import Here, Installation
from api.mediations import QueryParameters
from api.openapi import problems
from api.problems import Forbidden, Gone
from api.views import UNREADABLE, View
from domain.facts.born import BirthDate
from domain.facts.parties import Actor, Role
from domain.state.mediation import Mediation, OfferState
from domain.state.participation import PartTaken
from runtime.contact_fields import as_dialled
from runtime.systems import Iwmo
from store.personal_reads import PersonalData, ReadPurpose, record_read
from store.read_model import journal_of
from store.vault import Erased, Person, PersonContact

HOUSING = frozenset({OfferState.PLACED, OfferState.ACCEPTED})
"""States of an offer in which its corporation deals with the client."""

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


class ClientView(TenantView):
    """Who the client is, as those must know it who work with the client or decide on what the client asks."""

    first_names: str | None = Field(description="As the BRP has them; null where the name was not told in parts")
    prefix: str | None
    surname: str | None
    born_on: BirthDate


class PersonView(ClientView):
    """Who the client is, with the number by which those who refer, direct and report know the client."""

    bsn: str


class ReadingQuery(QueryParameters):
    """Why personal data is read."""

    purpose: ReadPurpose = Field(description="Recorded with who read what")


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
async def read_person(
    here: Here, caller: Authenticated, seen: InSight, asked: Annotated[ReadingQuery, Query()]
) -> PersonView | ClientView | TenantView:
    """Read who the client is: the citizen service number only the municipality, the institution, and a care provider
    that was asked for support by iWmo. A corporation reads a name and contacts, once an offer of its own was placed.

    Who read what and why is recorded, and shown to the client who asks.
    """
    return await person_for(here, caller, seen, asked.purpose)


async def person_for(
    here: Installation, caller: Caller, seen: InView, purpose: ReadPurpose, *, most: PersonalData = PersonalData.PERSON
) -> PersonView | ClientView | TenantView:
    """Return who the client is, as much as this caller needs and asks for; raises `Forbidden` or `Gone`. The read is
    recorded: what cannot be recorded is not shown.
    """
    state = seen.loaded.state
    what = _needs(here, caller, seen)
    if what is None:
        raise Forbidden("you do not need to know who the client is now")
    if what is PersonalData.PERSON:
        what = most
    try:
        person = await here.vault.person_of(state.id)
    except Erased:
        raise Gone from None
    await record_read(here.pool, state.id, caller.actor, what, purpose, await here.clock.now())
    return _shown_as(what, person, state)


def _needs(here: Installation, caller: Caller, seen: InView) -> PersonalData | None:
    """Return how much a caller must know of who the client is, by their part now; None when that is nothing."""
    state, has = seen.loaded.state, seen.sight.parts
    match caller.role:
        case Role.COORDINATOR:
            return PersonalData.PERSON
        case Role.CORPORATION:
            return PersonalData.TENANT if has and _houses(state, caller) else None
        case Role.AUDITOR | Role.ADMIN:
            return None
    if not has:
        return None
    reports = PartTaken.CARE_PROVIDER in has and state.support is not None and _by_iwmo(here, caller.organisation)
    return PersonalData.PERSON if PartTaken.INSTITUTION in has or reports else PersonalData.CLIENT


def _by_iwmo(here: Installation, organisation: str) -> bool:
    return isinstance(here.directory.get(organisation).system, Iwmo)


def _houses(state: Mediation, caller: Caller) -> bool:
    last = state.offers[-1] if state.offers else None
    return last is not None and last.state in HOUSING and last.candidate.dwelling.corporation == caller.organisation


def _shown_as(what: PersonalData, person: Person, state: Mediation) -> PersonView | ClientView | TenantView:
    tenant = TenantView(
        name=person.name,
        mail=person.mail,
        phone=dialled(person.phone),
        guide=contact_of(person.guide),
        household_size=state.referral.household_size,
    )
    if what is PersonalData.TENANT:
        return tenant
    names = {name: getattr(person, name) for name in ("first_names", "prefix", "surname")}
    client = ClientView(**dict(tenant), **names, born_on=person.born_on)
    return PersonView(**dict(client), bsn=person.bsn) if what is PersonalData.PERSON else client


def contact_of(guide: PersonContact) -> ContactView:
    """Return how to reach the guide."""
    return ContactView(name=guide.name, mail=guide.mail, phone=dialled(guide.phone))


def dialled(number: str | None) -> str | None:
    """Return a phone number as it is dialled here, if there is one."""
    return as_dialled(number) if number else None


@router.get(
    "/v1/mediations/{mediation}/notes",
    operation_id="listNotes",
    summary="Read the notes",
    responses=problems(404, 410),
)
async def list_notes(
    here: Here, caller: Authenticated, seen: InSight, asked: Annotated[ReadingQuery, Query()]
) -> NoteList:
    """Read the notes: the municipality reads all, others those of their own organisation, and an auditor those on which
    decisions rest. Who read them and why is recorded.
    """
    if caller.role is Role.ADMIN:
        raise Forbidden(
            "notes are personal: they are read by those who work with the client, or judge what was decided"
        )
    mediation = seen.loaded.state.id
    what = PersonalData.GROUNDS if caller.role is Role.AUDITOR else PersonalData.NOTES
    try:
        notes = await here.vault.notes_of(mediation)
    except Erased:
        raise Gone from None
    events = [row for row in await journal_of(here.pool, mediation) if _in_days(row, seen)]
    texts = {note.id: note.text for note in notes}
    shown = NoteList(items=tuple(_readable(events, texts, caller)), unreadable=notes.unreadable)
    await record_read(here.pool, mediation, caller.actor, what, asked.purpose, await here.clock.now())
    return shown


def _in_days(row: Mapping[str, Any], seen: InView) -> bool:
    return row["sequence"] <= seen.loaded.state.sequence and seen.sight.shows(row["sequence"])


def _readable(events: list[Mapping[str, Any]], texts: Mapping[str, str], caller: Caller) -> Iterator[NoteView]:
    """Return the notes that events refer to, each once: a text that no event refers to was never sent."""
    told: set[str] = set()
    for row in events:
        if not _may_read(row, caller):
            continue
        by = acted(Actor.model_validate(row["by"]), caller)
        for note in notes_in(row["document"]):
            if note in texts and note not in told:
                told.add(note)
                yield NoteView(id=note, sequence=row["sequence"], at=row["at"], by=by, text=texts[note])


def _may_read(row: Mapping[str, Any], caller: Caller) -> bool:
    match caller.role:
        case Role.COORDINATOR:
            return True
        case Role.AUDITOR:
            return is_ground(row["document"])
    return bool(row["by"]["organisation"] == caller.organisation)
