"""Mediations that another municipality is asked to carry on: what it is shown, and how it answers.

It takes no part in the mediation. It is shown what the client agreed to: before its answer without who the client is,
after a yes the whole, for as long as partners look back after an end.
"""

from datetime import date, datetime
from typing import Annotated, Literal

import structlog
from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from api.auth import MEDIATION_ID, Acting, Authenticated, Caller
from api.bodies import Body, NoteText, RequestPart
from api.entity_tags import Conditional
from api.idempotency import IdempotencyKey
from api.installation import Here, Installation
from api.openapi import problems
from api.order import UNWRITTEN, Order, carry_out
from api.persons import ContactView, contact_of, dialled
from api.problems import Forbidden, Gone, NotFound
from api.views import UNREADABLE, ChecklistView, View
from domain.facts.born import BirthDate
from domain.facts.clocks import ClockKind
from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import Role
from domain.facts.referral import Document
from domain.facts.tasks import TaskKind
from domain.messages.answers import Day, SupportProduct, TransferReply, UrgencyCondition
from domain.messages.commands import AnswerTask, FilePart
from domain.state.mediation import OfferState, Transfer
from store import journal
from store.journal import Loaded
from store.personal_reads import PersonalData, ReadPurpose, record_read
from store.read_model import TaskFilter, journal_of, list_tasks
from store.vault import Erased

log = structlog.get_logger("api")
router = APIRouter(tags=["transfers"])


class TransferReplyBody(RequestPart):
    """The answer of the municipality that is asked."""

    accepted: bool
    takes_over_on: Day | None = Field(default=None, description="From which day you carry it on, with a yes")
    note: NoteText


class TransferLine(View):
    """A mediation that your municipality is asked to carry on."""

    mediation: str
    reference: str = Field(description="What it is called on the phone", examples=["A26-0019"])
    municipality: str = Field(description="Which municipality asks")
    test: bool = Field(description="Whether it is a trial with an invented client")
    asked_at: datetime
    due: datetime


class TransferList(View):
    """What your municipality is asked, the earliest due first."""

    items: tuple[TransferLine, ...]
    unreadable: int = UNREADABLE


class SharedPerson(ContactView):
    """Who the client is."""

    bsn: str
    born_on: BirthDate
    guide: ContactView
    institution: str


class SharedNeeds(View):
    """What a home must have. In which districts is not told: they are of this municipality."""

    rooms: int
    rent_limit_cents: int
    accessible: bool
    low_stimulus: bool


class SharedReferral(View):
    """What was referred."""

    target_group: str
    other_groups: tuple[str, ...]
    household_size: int
    documents: tuple[Document, ...] = Field(description="Which papers there were; not the papers themselves")
    checklist: ChecklistView
    needs: SharedNeeds


class SharedUrgency(View):
    """How long the client waits, and what was decided: facts, which the other municipality weighs by its own rules."""

    received_on: date = Field(description="When the referral came in")
    stage: Stage
    support: SupportProduct | None = Field(description="What goes with the urgency; null when none was granted")
    conditions: tuple[UrgencyCondition, ...]
    granted_on: date | None
    valid_to: date | None


class SharedOffer(View):
    """A home that was offered, and what became of it."""

    rooms: int
    rent_cents: int
    state: OfferState


class SharedNote(View):
    """A note that goes along."""

    id: str
    text: str


class TransferFile(View):
    """What the client agreed to hand over, and nothing else."""

    mediation: str
    municipality: str = Field(description="Which municipality asks")
    test: bool = Field(description="Whether it is a trial with an invented client")
    to: str
    proposed_on: date
    reason: str | None
    consent_on: date
    consent: Literal["written", "spoken"]
    shares: tuple[FilePart, ...] = Field(description="What the client agreed to")
    takes_over_on: date | None = Field(description="From when the other municipality carries on, once it said yes")
    person: SharedPerson | None = Field(description="For the municipality that is asked: after its yes")
    referral: SharedReferral | None
    urgency: SharedUrgency | None
    offers: tuple[SharedOffer, ...] | None
    notes: tuple[SharedNote, ...] = Field(description="For the municipality that is asked: after its yes")


class TransferAnswered(View):
    """What was answered."""

    mediation: str
    accepted: bool
    takes_over_on: date | None


REPLY: Body[TransferReplyBody] = Body(TransferReplyBody)
EXAMPLE = {"accepted": True, "takesOverOn": "2026-07-01", "note": "Our team knows the family."}


@router.get("/v1/transfers", operation_id="listTransfers", summary="List what you are asked to carry on")
async def list_transfers(here: Here, caller: Authenticated) -> TransferList:
    """List the mediations of other municipalities that yours is asked to carry on, and has not answered."""
    _coordinators_only(caller)
    asked = TaskFilter(owner=caller.organisation, kind=TaskKind.ANSWER_TRANSFER)
    lines = await list_tasks(here.pool, asked, limit=100)
    return TransferList(
        items=tuple(
            TransferLine(
                mediation=line.mediation,
                reference=line.reference,
                municipality=line.municipality,
                test=line.test,
                asked_at=line.opened_at,
                due=line.due,
            )
            for line in lines
            if line.municipality != caller.organisation
        ),
        unreadable=lines.unreadable,
    )


@router.get(
    "/v1/transfers/{mediation}",
    operation_id="readTransfer",
    summary="Read what goes along",
    responses=problems(404, 410),
)
async def read_transfer(here: Here, caller: Authenticated, mediation: str) -> TransferFile:
    """Read what the client agreed to hand over: your own municipality's, to hand it over; and of another that asks you.

    Before your answer it does not tell who the client is; after a no, or a yes of long ago, it is 404.
    """
    loaded, transfer = await _proposed(here, caller, mediation)
    own = loaded.state.parties.municipality in caller.municipalities
    if not (own or await _shown(here, loaded, transfer)):
        raise NotFound
    named = own or transfer.takes_over_on is not None
    log.info("transfer read", mediation=mediation, organisation=caller.organisation, user=caller.actor.user)
    try:
        file = await _file(here, loaded, transfer, named=named)
    except Erased:
        raise Gone from None
    now = await here.clock.now()
    # the reason is somebody's own words: to read it is a read of notes
    for what in (PersonalData.NOTES, *([PersonalData.PERSON] if file.person else [])):
        await record_read(here.pool, mediation, caller.actor, what, ReadPurpose.HAND_OVER, now)
    return file


@router.post(
    "/v1/transfers/{mediation}/answer",
    operation_id="answerTransfer",
    summary="Say whether you carry it on",
    responses=problems(404, 409, 412),
    openapi_extra=REPLY.documented({"yes": {"summary": "Yes", "value": EXAMPLE}}),
)
async def answer_transfer(
    request: Request,
    here: Here,
    caller: Acting,
    mediation: str,
    key: IdempotencyKey,
    body: Annotated[TransferReplyBody, Depends(REPLY)],
    conditions: Conditional,
) -> TransferAnswered:
    """Say whether your municipality carries the mediation on, from which day, and why or why not.

    With a yes it ends there, and what the client agreed to is shown to you. 409: `closed` it has ended; `task_closed`
    it was answered, or is asked no longer; `taken_over_in_past`; `answer_incomplete`.
    """
    loaded, transfer = await _proposed(here, caller, mediation)
    if caller.organisation != transfer.to:
        raise NotFound
    asked = loaded.state.opened[TaskKind.ANSWER_TRANSFER]
    answer = TransferReply(accepted=body.accepted, takes_over_on=body.takes_over_on, note=UNWRITTEN)
    command = AnswerTask(by=caller.actor, task=f"{TaskKind.ANSWER_TRANSFER.value}-{asked}", answer=answer)
    await carry_out(here, Response(), Order(request, caller, loaded, key, body, conditions), command)
    return TransferAnswered(mediation=mediation, accepted=body.accepted, takes_over_on=body.takes_over_on)


def _coordinators_only(caller: Caller) -> None:
    if caller.role is not Role.COORDINATOR:
        raise Forbidden("a municipality carries a mediation on: only its coordinators see what it is asked")


async def _proposed(here: Installation, caller: Caller, mediation: str) -> tuple[Loaded, Transfer]:
    """Return a mediation of which a transfer was proposed to or by this caller's municipality. Raises `NotFound`."""
    _coordinators_only(caller)
    loaded = await journal.load(here.pool, mediation) if MEDIATION_ID.fullmatch(mediation) else None
    transfer = loaded.state.transfer if loaded else None
    if loaded is None or transfer is None:
        raise NotFound
    asked = caller.organisation == transfer.to and not transfer.by_hand
    if not (asked or loaded.state.parties.municipality in caller.municipalities):
        raise NotFound
    return loaded, transfer


async def _shown(here: Installation, loaded: Loaded, transfer: Transfer) -> bool:
    """Tell whether the municipality that is asked may see it: until it answers, and after a yes for a while."""
    if transfer.over:
        return False
    if transfer.takes_over_on is None:
        return loaded.state.open_of(TaskKind.ANSWER_TRANSFER) is not None
    ended, calendar = loaded.state.decision, loaded.policy.calendar
    if loaded.state.outcome is not Outcome.TRANSFERRED or ended is None:
        return False
    today = calendar.today(await here.clock.now())
    return today <= calendar.add(calendar.today(ended.at), loaded.policy.sight.after_end)


async def _file(here: Installation, loaded: Loaded, transfer: Transfer, *, named: bool) -> TransferFile:
    state, shares = loaded.state, {*transfer.shares}
    texts = {note.id: note.text for note in await here.vault.notes_of(state.id)}
    person = await _person(here, loaded) if named and FilePart.PERSON in shares else None
    chosen = transfer.notes if named else ()
    return TransferFile(
        mediation=state.id,
        municipality=state.parties.municipality,
        test=state.test,
        to=transfer.to,
        proposed_on=transfer.proposed_on,
        reason=texts.get(transfer.note),
        consent_on=transfer.consent_on,
        consent=transfer.consent,
        shares=transfer.shares,
        takes_over_on=transfer.takes_over_on,
        person=person,
        referral=_referral(loaded) if FilePart.REFERRAL in shares else None,
        urgency=await _urgency(here, loaded) if FilePart.URGENCY in shares else None,
        offers=_offers(loaded) if FilePart.OFFERS in shares else None,
        notes=tuple(SharedNote(id=one, text=texts[one]) for one in chosen if one in texts),
    )


async def _person(here: Installation, loaded: Loaded) -> SharedPerson:
    person = await here.vault.person_of(loaded.state.id)
    return SharedPerson(
        name=person.name,
        mail=person.mail,
        phone=dialled(person.phone),
        bsn=person.bsn,
        born_on=person.born_on,
        guide=contact_of(person.guide),
        institution=loaded.state.parties.of_guide,
    )


def _referral(loaded: Loaded) -> SharedReferral:
    referral = loaded.state.referral
    needs = referral.needs
    return SharedReferral(
        target_group=referral.target_group,
        other_groups=referral.other_groups,
        household_size=referral.household_size,
        documents=referral.documents,
        checklist=ChecklistView(**referral.checklist.model_dump()),
        needs=SharedNeeds(
            rooms=needs.rooms,
            rent_limit_cents=needs.rent_limit_cents,
            accessible=needs.accessible,
            low_stimulus=needs.low_stimulus,
        ),
    )


async def _urgency(here: Installation, loaded: Loaded) -> SharedUrgency:
    """Return how long the client waits, as the journal has it: what has ended since still counts as a fact."""
    state, today = loaded.state, loaded.policy.calendar.today
    events = await journal_of(here.pool, state.id)
    granted = next((row["at"] for row in reversed(events) if row["document"]["type"] == "UrgencyGranted"), None)
    clocks = state.decision.clocks if state.decision else state.clocks
    runs = next((clock for clock in clocks if clock.kind is ClockKind.URGENCY), None)
    first = next((row["document"]["clock"] for row in events if row["document"]["type"] == "ClockStarted"), None)
    received = datetime.fromisoformat(first["started_at"]) if first else events[0]["at"]
    return SharedUrgency(
        received_on=today(received),
        stage=state.decision.stage if state.decision else state.stage,
        support=state.urgency,
        conditions=state.urgency_conditions,
        granted_on=today(granted) if granted else None,
        valid_to=today(runs.ends_at) if runs else None,
    )


def _offers(loaded: Loaded) -> tuple[SharedOffer, ...]:
    homes = ((one.candidate.dwelling, one.state) for one in loaded.state.offers)
    return tuple(SharedOffer(rooms=home.rooms, rent_cents=home.rent_cents, state=state) for home, state in homes)
