"""Which data goes to whom, as the description tells it, is what is sent to partners' systems and shown to each role."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast, get_args

import pytest
from pydantic import BaseModel
from temporalio.testing import ActivityEnvironment

from activities.iwmo.messages import Allocation, Client, ContactAddress, Header, allocation_tree
from activities.partner import Partners
from activities.plain_team import Numbered, PlainTeam
from activities.vera import corporation as vera
from api import persons
from api.auth import Caller, InView
from api.installation import Installation
from domain.exchange.record import Delivery
from domain.facts.born import Born
from domain.facts.parties import Actor, Role
from domain.messages import effects as f
from domain.messages.disclosed import READ, SENT, TO_NO_SYSTEM, Disclosed
from domain.policy.policy import LeaseForm
from domain.state.mediation import OfferState
from domain.state.participation import PartTaken
from policy_tools.check import check
from policy_tools.describe.document import describe
from runtime.policy_files import text_of
from runtime.systems import ByHand, FolderTransport, Iwmo
from store.personal_reads import PersonalData
from texts import Language, of

EFFECTS: tuple[type[f.Effect], ...] = get_args(get_args(f.AnyEffect)[0])
VIEWS: Mapping[PersonalData | None, type[BaseModel]] = {
    PersonalData.PERSON: persons.PersonView,
    PersonalData.CLIENT: persons.ClientView,
    PersonalData.TENANT: persons.TenantView,
}
SHOWN = {
    **dict.fromkeys(("name", "first_names", "prefix", "surname"), Disclosed.NAME),
    **dict.fromkeys(("mail", "phone"), Disclosed.CONTACTS),
    "guide": Disclosed.GUIDE,
    "household_size": Disclosed.HOUSEHOLD,
    "born_on": Disclosed.BORN_ON,
    "bsn": Disclosed.BSN,
}
NOTHING = ("status", "detailStatus", "datum", "antwoorddatum", "positie", "kandidaat", "soort", "eenheden")
"""Fields of VERA that say nothing of the client: which state a record is in, and of which other it is a part."""
WRITTEN: Mapping[str, Disclosed] = {
    "mediation": Disclosed.NUMBER,
    "dueOn": Disclosed.DAYS,
    "keysOn": Disclosed.DAYS,
    "district": Disclosed.DISTRICT,
    "idExtern": Disclosed.NUMBER,
    "eenheid": Disclosed.HOME,
    "vervaldatum": Disclosed.DAYS,
    "huishoudgrootte": Disclosed.HOUSEHOLD,
    "contractvorm": Disclosed.LEASE_FORM,
    "bepaaldeTijd": Disclosed.LEASE_FORM,
    "detailSoort": Disclosed.LEASE_FORM,
    "naam": Disclosed.PRIORITY,
    "Bsn": Disclosed.BSN,
    "Geboortedatum": Disclosed.BORN_ON,
    "Naam": Disclosed.NAME,
    "Contactgegevens": Disclosed.CONTACTS,
    "ToegewezenProducten": Disclosed.SUPPORT,
}
KEYS_ON = date(2026, 9, 1)
FOLDER = FolderTransport(kind="folder", outgoing=Path("out"), incoming=Path("in"))
BY_IWMO = Iwmo(kind="iwmo", agb="12345678", transport=FOLDER)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("city", ["almere", "amersfoort"])
def test_every_effect_and_every_reader_stands_in_the_description(city: str, language: Language) -> None:
    words, values = of(language).description, of(language).value
    text = describe(check(text_of(city)), language)
    chapter = text.partition(f". {words.phrases['disclosed']}\n")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in chapter.splitlines() if line.startswith("| ")]
    told = {tuple(row) for row in rows}

    def learned(what: tuple[Disclosed, ...]) -> str:
        return ", ".join(words.disclosed[one] for one in what) or words.phrases["none"]

    assert SENT.keys() | TO_NO_SYSTEM == set(EFFECTS), "each effect is told, or goes to no system"
    assert not SENT.keys() & TO_NO_SYSTEM
    assert words.sent.keys() == {kind.model_fields["type"].default for kind in SENT}
    for kind, sent in SENT.items():
        asked = words.sent[kind.model_fields["type"].default]
        assert (asked, values.role[sent.to], learned(sent.what)) in told
    assert READ.keys() == set(Role)
    for role, what in READ.items():
        assert (values.role[role], learned(what), words.read_when[role]) in told
    for reader in f.Audience:
        assert words.letters_to[reader] in chapter
    assert words.phrases["letters_to_partners"] in chapter


def test_to_whom_it_goes_is_whose_system_is_asked() -> None:
    for kind, sent in SENT.items():
        whose = (f.ToTeam, f.ToCorporation, f.ToProvider)[
            [Role.DISTRICT_TEAM, Role.CORPORATION, Role.CARE_PROVIDER].index(sent.to)
        ]
        assert issubclass(kind, whose) or kind is f.ListDwellings


@pytest.mark.parametrize("role", Role)
def test_a_role_is_shown_at_most_what_is_told(role: Role) -> None:
    caller = Caller(Actor(role=role, organisation="own"), ("almere",))
    home = SimpleNamespace(dwelling=SimpleNamespace(corporation="own"))
    offered = SimpleNamespace(state=OfferState.PLACED, candidate=home)
    reads: set[PersonalData | None] = set()
    parts = [frozenset[PartTaken](), *(frozenset({one}) for one in PartTaken), frozenset(PartTaken)]
    if role in {Role.DISTRICT_TEAM, Role.DESK, Role.COMMITTEE}:
        parts = [of for of in parts if not of & {PartTaken.INSTITUTION, PartTaken.CARE_PROVIDER}]
    if role is Role.CARE_PROVIDER:
        parts = [of for of in parts if PartTaken.INSTITUTION not in of]
    systems = (ByHand(), BY_IWMO)
    for system, has, offers, support in product(systems, parts, ((), (offered,)), (None, object())):
        here = SimpleNamespace(directory=SimpleNamespace(get=lambda _, system=system: SimpleNamespace(system=system)))
        state = SimpleNamespace(offers=offers, support=support)
        seen = SimpleNamespace(loaded=SimpleNamespace(state=state), sight=SimpleNamespace(parts=has))
        reads.add(persons._needs(cast(Installation, here), caller, cast(InView, seen)))
    shown = {SHOWN[name] for most in reads - {None} for name in VIEWS[most].model_fields}
    assert shown == set(READ[role])


def leaves(of: Any, name: str = "") -> Iterator[str]:
    """The names of what is said; of an attribute that is named by its value, that name."""
    match of:
        case {"naam": str(attribute), "waarde": _}:
            yield attribute
        case dict():
            for key, value in of.items():
                yield key
                yield from () if key in WRITTEN or key in NOTHING else leaves(value, key)
        case list() | tuple():
            for one in of:
                yield from leaves(one, name)


def learned(*said: Any) -> set[Disclosed]:
    names = {name for one in said for name in leaves(one)} - set(NOTHING) - {"extra-attributen"}
    return {WRITTEN[name] for name in names}


def test_a_team_is_sent_what_is_told() -> None:
    bodies: list[dict[str, str]] = []

    class Listening:
        async def ask(self, *asked: Any) -> Numbered:
            bodies.append(asked[3])
            return Numbered(number="1")

    team = PlainTeam(cast(Partners, Listening()), "team")
    ask = f.AskAssessment(key="m-1:a:1", team="team", due_on=KEYS_ON)
    notice = f.GiveNotice(key="m-1:g:1", team="team", district="haven", keys_on=KEYS_ON)
    within = ActivityEnvironment()
    asyncio.run(within.run(team.ask, Delivery(mediation="m-1", effect=ask)))
    asyncio.run(within.run(team.notify, Delivery(mediation="m-1", effect=notice)))
    assert [learned(body) for body in bodies] == [set(SENT[f.AskAssessment].what), set(SENT[f.GiveNotice].what)]


@pytest.mark.parametrize("form", LeaseForm)
def test_a_corporation_is_sent_what_is_told(form: LeaseForm, monkeypatch: pytest.MonkeyPatch) -> None:
    respond_by = datetime(2026, 9, 1, tzinfo=UTC)
    monkeypatch.setattr(vera, "now", lambda: respond_by)
    key = "m-1:place-offer:1"
    place = f.PlaceOffer(key=key, corporation="ymere", task="t", dwelling="D-1", household=2, respond_by=respond_by)
    candidate = vera._candidate(place, "/eenheden/D-1")
    offer = vera._offer(place, "/eenheden/D-1", candidate)
    assert learned(candidate.sent(), offer.sent()) == set(SENT[f.PlaceOffer].what)
    lease = f.PrepareLease(key="m-1:prepare-lease:1", corporation="ymere", number="O-1", form=form)
    told = learned(vera._lease(lease, "/eenheden/D-1").sent()) | {Disclosed.HOME}  # among `eenheden`
    ground = learned({"idExtern": "m-1", "naam": vera._uitstroom("m-1:voorrang").naam})
    assert told | ground == set(SENT[f.PrepareLease].what)


def test_a_provider_is_sent_what_is_told() -> None:
    header = Header("0034", "12345678", "1", KEYS_ON)
    client = Client("999999990", Born(1990, 5, 1), "Jansen", None, "Noor")
    contact = ContactAddress("0612345678", "0031", organisation="Kwintes")
    tree = allocation_tree(header, client, contact, Allocation(1, datetime(2026, 9, 1, tzinfo=UTC), KEYS_ON))
    said = learned({name: value for name, value in cast(dict[str, Any], tree["Client"]).items() if name != "Geslacht"})
    days_and_guide = {Disclosed.DAYS, Disclosed.GUIDE}  # in the product, and where the client has no phone
    assert tree["Client"]["Geslacht"] == "0", "unknown, for everybody"  # type: ignore[index, call-overload]
    for kind in (f.RequestSupport, f.CancelSupport):
        assert said | days_and_guide == set(SENT[kind].what)
