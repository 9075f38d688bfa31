"""Starting a mediation: an institution or the municipality refers a client (aanmelding)."""

from datetime import date, datetime
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Request, Response
from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from stdnum.exceptions import ValidationError as NumberInvalid
from stdnum.nl import bsn

from api.auth import Acting, Caller
from api.bodies import Body, Name, RequestPart
from api.commands import MunicipalityName
from api.contracts import check_places
from api.groups import check_groups
from api.idempotency import Attempt, IdempotencyKey, UnderKey
from api.installation import Here, Installation
from api.names import FirstNames, Parts, Prefix, Surname
from api.openapi import problems
from api.problems import Forbidden, Invalid, refusal
from api.shown import Shown, mediation_view
from api.submission import ask_rules, outcome_of, submit
from api.views import MediationView, PartnerMediation
from domain.decide.catalogue import bodies
from domain.decide.decide import Refused
from domain.exchange.record import Recorded, Submission
from domain.facts.born import FIRST, BirthDate
from domain.facts.calendar import Calendar
from domain.facts.days import WrittenDay, written_day
from domain.facts.dwelling import LOWEST_RENT
from domain.facts.groups import GroupId
from domain.facts.parties import OrganisationId, Parties, PartnerNumber, Role
from domain.facts.referral import Checklist, District, Document, DwellingNeeds, Known, Referral, Track, TransferredFrom
from domain.facts.rules import RuleName
from domain.facts.value import replace, unsaid
from domain.messages.answers import Day
from domain.messages.commands import StartMediation
from domain.policy.groups import leaves_institution
from domain.policy.policy import Policy
from runtime.contact_fields import MailAddress, PhoneNumber
from runtime.directory import NoDistrictTeam
from store.vault import Person, PersonContact
from texts import Language


def _citizen_number(text: str) -> str:
    try:
        return str(bsn.validate(text))
    except NumberInvalid:
        raise ValueError("this is no valid citizen service number (BSN)") from None


CitizenNumber = Annotated[str, Field(max_length=20), AfterValidator(_citizen_number)]


class GuideBody(RequestPart):
    """The client's personal guide (begeleider) at the institution; without one, who helps at the municipality."""

    name: Name
    mail: MailAddress | None = None
    phone: PhoneNumber | None = None


class PersonBody(RequestPart):
    """Who the client is. Kept encrypted, and nowhere else than in the vault."""

    bsn: CitizenNumber
    name: Name | None = Field(
        default=None, description="How the client is called, if not by the parts of the name. Give it, or the parts"
    )
    first_names: FirstNames
    prefix: Prefix
    surname: Surname
    born_on: BirthDate
    mail: MailAddress | None = None
    phone: PhoneNumber | None = None
    language: Language | None = Field(
        default=None, description="In which language the client reads letters; else Dutch"
    )
    guide: GuideBody
    consents_to_mail: WrittenDay | None = Field(
        default=None,
        description="On which day the client said that decisions may go by mail (Awb 2:14). Else they go on paper",
    )
    postal_address: tuple[Name, ...] = Field(
        default=(), max_length=4, description="Where letters on paper go, line by line; else to where the guide works"
    )

    @property
    def parts(self) -> Parts:
        """The name in its parts, as far as they are given."""
        return Parts(self.first_names, self.prefix, self.surname)

    @model_validator(mode="after")
    def _named(self) -> Self:
        self.parts.check()
        if self.name is None and self.surname is None:
            raise ValueError("give surname, with firstNames and prefix as the BRP has them, or a single name")
        return self

    def person(self) -> Person:
        """Return the person as the vault keeps it."""
        known = self.model_dump(exclude={"guide", "name"})
        guide = PersonContact(**self.guide.model_dump())
        return Person(**known, name=self.name or self.parts.written, guide=guide)


class NeedsBody(RequestPart):
    """What a dwelling must have for this household."""

    rooms: int = Field(default=1, ge=1, le=8)
    rent_limit_cents: int = Field(
        ge=LOWEST_RENT, le=200_000, description="The highest rent per month that fits, in cents"
    )
    accessible: bool = False
    low_stimulus: bool = False
    wanted_districts: tuple[District, ...] = Field(default=(), max_length=50)
    excluded_districts: tuple[District, ...] = Field(default=(), max_length=50)
    unsafe_districts: tuple[District, ...] = Field(
        default=(), max_length=50, description="Where the client is not safe; not shown to corporations"
    )


class ReferralChecklistBody(RequestPart):
    """Whether the client is ready, item by item: nothing about care, only whether it is so."""

    treatment_done: Known = Known.UNKNOWN
    living_skills: Known = Known.UNKNOWN
    money: Known = Field(default=Known.UNKNOWN, description="Income is there, and debts are arranged or none")
    day_activity: Known = Known.UNKNOWN
    support_agreed: Known = Known.UNKNOWN


class ReferralTransferredFromBody(RequestPart):
    """Where another municipality mediated for the client before. What it decided does not bind here."""

    municipality: MunicipalityName
    reference: PartnerNumber = Field(description="Under which the other municipality knows it", examples=["A26-0019"])


class ReferralBody(RequestPart):
    """A referral."""

    municipality: OrganisationId
    institution: OrganisationId | None = Field(
        default=None,
        description="Which the client leaves. An institution that refers may leave it out; so does the municipality "
        "for a client who leaves none, such as an informal carer: it then does what an institution would",
    )
    care_provider: OrganisationId
    district_team: OrganisationId | None = Field(default=None, description="Else the team of the district")
    district: District = Field(description="Where the client is to be assessed and received")
    person: PersonBody
    target_group: GroupId = Field(
        description="To which target group the client belongs: one that the municipality knows"
    )
    other_groups: tuple[GroupId, ...] = Field(
        default=(), max_length=20, description="To which groups besides; reports count the client by the first"
    )
    household_size: int = Field(ge=1, le=12)
    needs: NeedsBody
    documents: tuple[Document, ...] = Field(default=(), max_length=len(Document))
    track: Track = Track.ORDINARY
    checklist: ReferralChecklistBody = ReferralChecklistBody()
    support_districts: tuple[District, ...] | None = Field(
        default=None, max_length=200, description="Where the care provider can support clients, if that is known"
    )
    received_on: Annotated[Day, BeforeValidator(written_day)] | None = Field(
        default=None,
        exclude_if=lambda on: on is None,
        description="On which day it came in, if that was before today: the decision term runs from it",
    )
    address_secret: bool = Field(default=False, description="Who may know the new address is limited, for safety")
    test: bool = Field(
        default=False,
        exclude_if=lambda test: not test,
        description="A trial with an invented client, by the municipality: it stays one. No report counts it, it takes "
        "no place or home, partners' systems hear nothing, and every letter says what it is",
    )
    transferred_from: ReferralTransferredFromBody | None = Field(default=None, exclude_if=unsaid)


REFERRAL: Body[ReferralBody] = Body(ReferralBody)
Given = Annotated[ReferralBody, Depends(REFERRAL)]

EXAMPLE = {
    "municipality": "almere",
    "careProvider": "kwintes",
    "district": "de-werven",
    "person": {
        "bsn": "999990019",
        "firstNames": "Noor Jasmijn",
        "prefix": "de",
        "surname": "Wit",
        "bornOn": "1991-04-12",
        "mail": "noor@example.org",
        "phone": "06 12345678",
        "guide": {"name": "Sam Bakker", "mail": "sam@example.org", "phone": "036 1234567"},
    },
    "targetGroup": "sheltered_living",
    "householdSize": 1,
    "needs": {"rooms": 2, "rentLimitCents": 65000, "wantedDistricts": ["de-werven"]},
    "documents": ["consent", "identity", "address_history", "income_statement", "readiness_statement"],
}

router = APIRouter(tags=["mediations"])


@router.post(
    "/v1/mediations",
    status_code=201,
    operation_id="startMediation",
    summary="Refer a client: start a mediation",
    response_model=MediationView | PartnerMediation,
    responses=problems(409),
    openapi_extra=REFERRAL.documented({"referral": {"summary": "A referral by an institution", "value": EXAMPLE}}),
)
async def start_mediation(
    request: Request, response: Response, here: Here, caller: Acting, key: IdempotencyKey, body: Given
) -> Shown:
    """Start a mediation. The same key gives the same mediation, however often and from wherever it is sent."""

    asked = UnderKey(caller.organisation, key, request.url.path, body.model_dump_json().encode())
    attempt, result = await refer(here, caller, body, asked)
    after = await outcome_of(here, attempt.mediation, result)
    response.headers["Location"] = f"/v1/mediations/{attempt.mediation}"
    response.headers["ETag"] = f'"{after.state.sequence}"'
    return mediation_view(after, caller)


async def refer(here: Installation, caller: Caller, body: ReferralBody, asked: UnderKey) -> tuple[Attempt, Recorded]:
    """Have a referral recorded once under its key. Raises what refuses it."""

    async def start(attempt: Attempt) -> Recorded:
        command = await _command(here, caller, body, attempt.mediation)
        await ask_rules(here, None, command, command.policy)
        trial = attempt.mediation if body.test else ""
        person = await here.vault.put_person(body.person.person(), caller.organisation, attempt.mediation, trial=trial)
        differs = await here.vault.differing(person, body.person.person(), body.municipality, attempt.mediation)
        referral = replace(command.referral, person=person)
        command = replace(command, referral=referral, identity_differs=tuple(differs))
        submission = Submission(command_id=attempt.command, command=command, keyed=attempt.keyed)
        result = await submit(here, attempt.mediation, submission)
        if result.refused:
            await here.vault.forget_referred(person, attempt.mediation)
        return result

    return await here.idempotency.once(asked, start)


async def would_refer(here: Installation, caller: Caller, body: ReferralBody) -> None:
    """Raise what would refuse a referral, as far as that is known before it is recorded. Keeps nothing."""
    command = await _command(here, caller, body, "m-tried")
    await ask_rules(here, None, command, command.policy)
    if not body.test and await here.vault.has_open_mediation(body.person.bsn):
        raise refusal(Refused(rule=RuleName.PERSON_HAS_OPEN_MEDIATION))


def may_refer(caller: Caller) -> None:
    """Raise `Forbidden` for who refers nobody."""
    if caller.role not in {Role.INSTITUTION, Role.COORDINATOR}:
        raise Forbidden("an institution or the municipality refers a client")


async def _command(here: Installation, caller: Caller, body: ReferralBody, mediation: str) -> StartMediation:
    """Return the command, the person in it not yet known by a reference. Raises `Invalid` or `Forbidden`."""
    now = await here.clock.now()
    today = Calendar().today(now)
    parties = _parties(here, caller, body, today)
    if not body.test:
        await check_places(here, "careProvider", here.directory.get(parties.care_provider))
    before = body.transferred_from
    agreed_on = body.person.consents_to_mail
    if agreed_on and agreed_on > today:
        raise Invalid([("person.consentsToMail", "a day to come: give the day on which the client agreed")])
    born = body.person.born_on
    if not (born.earliest <= today and born.latest >= FIRST):
        raise Invalid([("person.bornOn", "this is no date of birth of somebody alive")])
    ages = born.ages(today)
    referral = Referral(
        person="person-unwritten",
        target_group=body.target_group,
        other_groups=tuple(dict.fromkeys(one for one in body.other_groups if one != body.target_group)),
        household_size=body.household_size,
        needs=DwellingNeeds(**body.needs.model_dump()),
        documents=tuple(dict.fromkeys(body.documents)),
        track=body.track,
        checklist=Checklist(**body.checklist.model_dump()),
        age=ages.least if ages and ages.least == ages.most else None,
        age_between=ages if ages and ages.least != ages.most else None,
        support_districts=body.support_districts,
        address_secret=body.address_secret,
        district=body.district,
        transferred_from=TransferredFrom(**before.model_dump()) if before else None,
    )
    policy = _policy(here, body.municipality, now)
    check_groups(policy, {"targetGroup": (body.target_group,), "otherGroups": body.other_groups})
    groups = (body.target_group, *body.other_groups)
    if parties.institution is None and any(leaves_institution(one, policy.groups) for one in groups):
        raise Invalid([("institution", "name the institution that the client leaves")])
    found = {role: here.directory.body_for(role, body.municipality, today) for role in bodies(policy)}
    named = {role: one.id for role, one in found.items() if one}
    parties = replace(parties, desk=named.get(Role.DESK), committee=named.get(Role.COMMITTEE))
    return StartMediation(
        by=caller.actor,
        mediation=mediation,
        referral=referral,
        parties=parties,
        policy=policy,
        received_on=body.received_on,
        test=body.test,
    )


def _parties(here: Installation, caller: Caller, body: ReferralBody, on: date) -> Parties:
    """Return the organisations, each of them known in its role for this municipality, with a contract on this day."""
    may_refer(caller)
    municipality = body.municipality
    if municipality not in caller.municipalities:
        raise Invalid([("municipality", "your organisation does not work for this municipality")])
    own = caller.organisation if caller.role is Role.INSTITUTION else None
    institution = body.institution or own
    if own and institution != own:
        raise Invalid([("institution", "an institution refers its own clients")])
    team = body.district_team or _team_for(here, municipality, body.district, on)
    named = {
        **({"institution": (institution, Role.INSTITUTION)} if institution else {}),
        "careProvider": (body.care_provider, Role.CARE_PROVIDER),
        "districtTeam": (team, Role.DISTRICT_TEAM),
    }
    unknown = [
        (field, f"no {role.value.replace('_', ' ')} of this name works for this municipality")
        for field, (organisation, role) in named.items()
        if organisation not in _ids(here, municipality, role, on)
    ]
    if unknown:
        raise Invalid(unknown)
    return Parties(
        municipality=municipality,
        institution=institution,
        district_team=team,
        care_provider=body.care_provider,
        corporations=_ids(here, municipality, Role.CORPORATION, on),
    )


def _ids(here: Installation, municipality: str, role: Role, on: date) -> tuple[str, ...]:
    return tuple(organisation.id for organisation in here.directory.of(municipality, role.value, on))


def _team_for(here: Installation, municipality: str, district: str, on: date) -> str:
    try:
        return here.directory.team_for(municipality, district, on).id
    except NoDistrictTeam:
        raise Invalid([("district", "no district team covers this district")]) from None


def _policy(here: Installation, municipality: str, now: datetime) -> Policy:
    policy = here.policies.in_force(municipality, now)
    if policy is None:
        raise Invalid([("municipality", "no policy of this municipality is in force today")])
    return policy
