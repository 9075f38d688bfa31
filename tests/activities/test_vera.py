"""Corporations over VERA 4.3: what we send is VERA, what we read is judged, and nothing is done twice."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from temporalio.exceptions import ApplicationError

from activities.partner import Partners
from activities.vera import codes
from activities.vera.codes import VeraCode
from activities.vera.dwellings import Lacking, decline_of, dwelling_of
from activities.vera.entities import Eenheid
from domain.facts.dwelling import LivingForm
from domain.facts.outcome import Outcome
from domain.facts.parties import Role
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import effects as f
from domain.messages.commands import AnswerTask, LearnDwellings, LearnLease, ReportUndelivered, WithdrawalReason
from domain.messages.commands import WithdrawOffer as TakeBack
from domain.messages.effects import LetGo
from domain.policy.policy import LeaseForm
from runtime.directory import Directory, Organisation
from runtime.systems import ByHand, ClientCredentials, Plain, System, Vera
from sandbox.driven.home import home
from sandbox.embedded.ports import free_port
from store.database import Pool
from tests.activities import vera_contract as contract
from tests.activities.conftest import Hands
from tests.activities.effects import DAY, Effects
from tests.activities.recorder import Recording, Sent
from tests.activities.test_partners import failed, number_of
from tests.partner_system import Json, PartnerSystem
from tests.town import Town

KINDS = {
    codes.KandidaatStatus: "KANDIDAATSTATUS",
    codes.KandidaatDetailStatus: "KANDIDAATDETAILSTATUS",
    codes.AanbiedingStatus: "AANBIEDINGSTATUS",
    codes.AanbiedingDetailStatus: "AANBIEDINGDETAILSTATUS",
    codes.VoorrangSoort: "VOORRANGSOORT",
    codes.VoorrangDetailSoort: "VOORRANGDETAILSOORT",
    codes.OvereenkomstSoort: "OVEREENKOMSTSOORT",
    codes.OvereenkomstDetailSoort: "OVEREENKOMSTDETAILSOORT",
    codes.OvereenkomstStatus: "OVEREENKOMSTSTATUS",
    codes.EenheidStatus: "EENHEIDSTATUS",
    codes.EenheidDetailStatus: "EENHEIDDETAILSTATUS",
    codes.EenheidSoort: "EENHEIDSOORT",
    codes.Woonvorm: "WOONVORM",
    codes.Toegankelijkheid: "TOEGANKELIJKHEIDSLABEL",
}
NEVER = ("GGZ", "PSY", "VER", "AMB", "diagnose", "zorgproduct", "signalering", "aanvullendeDoelgroep")
"""What a corporation is never told."""


@asynccontextmanager
async def recorded(pool: Pool, directory: Directory) -> AsyncIterator[tuple[Hands, list[Sent]]]:
    """Hands of which every request is kept."""
    transport = Recording()
    async with httpx.AsyncClient(transport=transport, trust_env=False) as http:
        yield Hands(pool, Partners(http, directory)), transport.sent


@pytest.fixture
def system(stocked: Town) -> PartnerSystem:
    """The corporations' own system, in which three dwellings wait."""
    return stocked.systems.corporation


# -- what we send ------------------------------------------------------------------------------------------------------


def test_every_code_is_in_the_reference_data_with_its_name() -> None:
    assert set(KINDS) == set(VeraCode.__subclasses__())
    for kind, name in KINDS.items():
        assert {one.value: one.naam for one in kind}.items() <= contract.CODES[name].items(), name


@pytest.mark.usefixtures("referred")
@pytest.mark.parametrize("form", list(LeaseForm))
async def test_everything_that_we_send_is_vera(
    pool: Pool, directory: Directory, effects: Effects, form: LeaseForm
) -> None:
    async with recorded(pool, directory) as (hands, sent):
        number = number_of(await hands.carry_out(effects.place()))
        await hands.carry_out(effects.read_offer(number))
        await hands.carry_out(replace(effects.lease(number), form=form))
        await hands.carry_out(effects.withdraw(number))
    written = [(one.path.split("/v4/")[1].split("/")[0], one.body) for one in sent if one.method != "GET"]
    assert {resource for resource, _ in written} == set(contract.FIELDS)
    assert [fault for resource, body in written for fault in contract.faults(resource, body)] == []


def test_the_contract_sees_what_is_not_vera() -> None:
    wrong: list[tuple[str, Json]] = [
        ("aanbiedingen", {"respondBy": "2026-06-10T15:00:00Z"}),
        ("aanbiedingen", {"datum": "2026-06-10T15:00:00+02:00"}),
        ("aanbiedingen", {"status": {"code": "ACC", "naam": "Geaccepteerd"}}),
        ("aanbiedingen", {"eenheid": "E-1"}),
        ("kandidaten", {"positie": "1"}),
        ("kandidaten", {"kandidaat": {"id": "K-1"}}),
        ("toewijzingen", {"aanvullendeDoelgroep": {"code": "GGZ", "naam": "GGZ-Patiënten"}}),
        (
            "kandidaten",
            {"status": {"code": "SEL", "naam": "Geselecteerd"}, "detailStatus": {"code": "AAN", "naam": "Aanbieding"}},
        ),
    ]
    for resource, body in wrong:
        assert list(contract.faults(resource, body)) != [], body


@pytest.mark.usefixtures("referred")
async def test_a_corporation_hears_nothing_about_care(pool: Pool, directory: Directory, effects: Effects) -> None:
    async with recorded(pool, directory) as (hands, sent):
        number = number_of(await hands.carry_out(effects.place()))
        await hands.carry_out(effects.lease(number))
        await hands.carry_out(effects.withdraw(number, reason=Outcome.READMITTED_LONG))
    everything = json.dumps([[one.path, one.body] for one in sent])
    assert "uitstroom maatschappelijke instelling" in everything
    assert [word for word in (*NEVER, "readmitted", "999990019", "Noor") if word in everything] == []


@pytest.mark.usefixtures("referred")
async def test_every_call_says_who_asks_when_and_for_which_effect(
    pool: Pool, directory: Directory, effects: Effects
) -> None:
    async with recorded(pool, directory) as (hands, sent):
        await hands.carry_out(effects.place())
    assert sent
    for one in sent:
        assert one.headers["X-Stuurgegevens-Zender-Organisatie"] == "direct-mediation"
        assert contract.MOMENT.match(one.headers["X-Stuurgegevens-Tijdstip-Bericht"])
        assert one.headers["X-Stuurgegevens-Referentienummer"] == "m-1:place-offer:D-1"
        assert one.headers["Date"].endswith("GMT")


@pytest.mark.parametrize(
    ("reason", "status"),
    [(LetGo.REFUSED, "GEW"), (LetGo.NOT_READY, "ING"), (LetGo.NO_LONGER_WANTED, "ING"), (Outcome.DIED, "ING")],
)
async def test_an_offer_that_the_client_refused_is_refused_there_and_any_other_is_taken_back(
    hands: Hands, effects: Effects, system: PartnerSystem, reason: LetGo | Outcome, status: str
) -> None:
    number = number_of(await hands.carry_out(effects.place()))
    await hands.carry_out(effects.withdraw(number, reason=reason))
    shown = await system.vera(effects.town.corporation, f"/aanbiedingen/{number}")
    assert shown["status"]["code"] == status


async def test_an_accepted_offer_becomes_an_allocation_with_its_lease_and_ground(
    hands: Hands, effects: Effects, system: PartnerSystem
) -> None:
    corporation = effects.town.corporation
    number = number_of(await hands.carry_out(effects.place()))
    learned = await hands.carry_out(effects.lease(number))
    assert isinstance(learned, LearnLease)
    (allocation,) = await system.vera(corporation, "/toewijzingen")
    (ground,) = await system.vera(corporation, "/voorrangsregelingen")
    lease = await system.vera(corporation, f"/huurovereenkomsten/{learned.number}")
    offer = await system.vera(corporation, f"/aanbiedingen/{number}")
    assert allocation["overeenkomst"].endswith(f"/huurovereenkomsten/{learned.number}")
    assert allocation["aanbieding"] == {"id": number}
    assert allocation["voorrangsregelingen"] == [{"id": ground["id"]}]
    assert (ground["soort"]["code"], ground["detailSoort"]["code"]) == ("URG", "UIT")
    assert (lease["status"]["code"], lease["detailSoort"]["code"], lease["bepaaldeTijd"]) == ("VOO", "ONB", False)
    assert lease["extra-attributen"] == [{"naam": "contractvorm", "waarde": "omklapcontract"}]
    assert (offer["status"]["code"], "antwoorddatum" in offer) == ("TOE", True)


# -- what we read ------------------------------------------------------------------------------------------------------

UNIT: Json = {
    "id": "E-1001",
    "soort": {"code": "WOO"},
    "status": {"code": "LEE"},
    "detailStatus": {"code": "NIB"},
    "opleverdatum": "2026-05-02",
    "adres": {"wijk": {"code": "WK003417", "naam": "Centrum Almere Stad"}},
    "clusters": [{"naam": "Bezit", "soort": {"code": "FIN"}}, {"naam": "De Oever", "soort": {"code": "VEX"}}],
    "kamersAantal": 2,
    "rekenhuur": 612.45,
    "zelfstandig": True,
}
HERE = Vera(kind="vera", url="https://erp.example/v4", districts={"WK003417": "centrum"})


def read(**facts: object) -> Eenheid:
    """A dwelling in VERA's words, with other facts."""
    unit = {**UNIT, **facts}
    return Eenheid.model_validate_json(json.dumps({k: v for k, v in unit.items() if v is not None}))


ANYTHING: tuple[object, ...] = (5, None, [], {"a": 1}, "ja")


def stop(*words: object, name: str = "plaatsingsstop") -> Json:
    """What a dwelling's own attributes say."""
    return {"extra-attributen": [{"naam": name, "waarde": word} for word in words]}


def test_a_dwelling_is_read_in_our_terms() -> None:
    dwelling = dwelling_of(read(), "ymere", HERE)
    assert (dwelling.id, dwelling.complex, dwelling.district) == ("E-1001", "De Oever", "centrum")
    assert (dwelling.rooms, dwelling.rent_cents, dwelling.released_on) == (2, 61_245, date(2026, 5, 2))
    assert (dwelling.accessible, dwelling.low_stimulus, dwelling.closed_for_placement) == (False, False, False)
    assert dwelling.living_form is LivingForm.INDEPENDENT


@pytest.mark.parametrize(
    ("facts", "field", "value"),
    [
        ({"toegankelijkheidslabel": {"code": "ROL"}}, "accessible", True),
        ({"toegankelijkheidslabel": {"code": "RUI"}}, "accessible", True),
        ({"toegankelijkheidslabel": {"code": "NUL"}}, "accessible", False),
        ({"woonvorm": {"code": "GEC"}}, "living_form", LivingForm.CLUSTERED),
        ({"woonvorm": {"code": "GRO"}}, "living_form", LivingForm.SHARED),
        ({"zelfstandig": False}, "living_form", LivingForm.SHARED),
        ({"extra-attributen": [{"naam": "prikkelarm", "waarde": "Ja"}]}, "low_stimulus", True),
        *(
            (stop(word), "closed_for_placement", True)
            for word in ("ja", "ja ", "J", "j.", "true", "JA\u00a0", True, 1, "Yes")
        ),
        *(
            (stop(word), "closed_for_placement", False)
            for word in ("nee", " Nee", "nee.", "N", "false", False, 0, "no")
        ),
        (stop("ja", name=" Plaatsingsstop"), "closed_for_placement", True),
        (stop("nee", "ja"), "closed_for_placement", True),
        (stop("?", "ja"), "closed_for_placement", True),
        *((stop(word, name="energielabel"), "closed_for_placement", False) for word in ANYTHING),
        *((stop(word, name="prikkelarm"), "low_stimulus", False) for word in ("misschien", None, 2, "nee", ["ja"])),
        ({"rekenhuur": 612.4549999237061}, "rent_cents", 61_245),
        ({"id": 1001}, "id", "1001"),
    ],
)
def test_each_fact_has_its_place(facts: Json, field: str, value: object) -> None:
    assert getattr(dwelling_of(read(**facts), "ymere", HERE), field) == value


@pytest.mark.parametrize(
    "facts",
    [
        {"id": None},
        {"id": "E 1001 naast Noor"},
        {"opleverdatum": None},
        {"adres": None},
        {"adres": {"wijk": {"code": "Noor's Wijk!"}}},
        {"clusters": None},
        {"clusters": [{"naam": "Bezit", "soort": {"code": "FIN"}}]},
        {"clusters": [UNIT["clusters"][1], {"naam": "Ook", "soort": {"code": "VEX"}}]},
        {"kamersAantal": None},
        {"kamersAantal": 0},
        {"kamersAantal": 99},
        {"rekenhuur": None},
        {"rekenhuur": -1},
        {"toegankelijkheidslabel": {"code": "GEL"}},
        {"woonvorm": {"code": "THO"}},
        {"zelfstandig": None},
        *(stop(word) for word in ("ja, t/m 1 mei", "", " ", "x", "-", None, 2, 1.0, [], ["ja"], {"code": "ja"})),
        stop("nee", "?"),
        {"extra-attributen": [{"naam": "plaatsingsstop"}]},
    ],
)
def test_a_dwelling_that_lacks_what_we_need_is_not_guessed_at(facts: Json) -> None:
    with pytest.raises(Lacking) as lacking:
        dwelling_of(read(**facts), "ymere", HERE)
    assert "Noor" not in str(lacking.value)


@pytest.mark.parametrize(
    ("word", "declined"),
    [
        ("nee", None),
        *((word, a.CorporationDecline.COMPLEX_OVERLOADED) for word in ("ja ", "J", "true", "t/m 1 mei", None)),
    ],
)
def test_what_says_that_a_complex_is_closed_or_cannot_be_read_declines_the_offer(
    word: object, declined: a.CorporationDecline | None
) -> None:
    assert decline_of(read(**stop(word))) is declined


async def test_dwellings_that_cannot_be_used_are_counted_and_the_others_are_listed(
    hands: Hands, effects: Effects, system: PartnerSystem
) -> None:
    odd = home("D-8", district="Noor's Wijk!")
    await system.staff("PUT", effects.town.corporation, "/dwellings", [odd])
    learned = await hands.carry_out(effects.list())
    assert isinstance(learned, LearnDwellings)
    assert ([one.id for one in learned.dwellings], learned.away) == (["D-1", "D-2"], ())
    assert "Noor" not in learned.model_dump_json()


async def test_the_time_to_answer_that_lapsed_is_a_withdrawal_and_what_is_let_to_another_says_so(
    hands: Hands, effects: Effects, system: PartnerSystem
) -> None:
    corporation = effects.town.corporation
    for dwelling, detail, reason in (
        ("D-1", "REA", WithdrawalReason.OTHER),
        ("D-2", "TOE", WithdrawalReason.LET_OTHERWISE),
    ):
        number = number_of(await hands.carry_out(effects.place(dwelling)))
        change = {"status": {"code": "ING"}, "detailStatus": {"code": detail}}
        await system.vera(corporation, f"/aanbiedingen/{number}", "PATCH", change)
        learned = await hands.carry_out(effects.read_offer(number))
        assert isinstance(learned, TakeBack)
        assert learned.reason is reason


async def test_allocated_without_the_date_of_an_answer_is_no_answer_yet(
    hands: Hands, effects: Effects, system: PartnerSystem
) -> None:
    number = number_of(await hands.carry_out(effects.place()))
    path = f"/aanbiedingen/{number}"
    await system.vera(effects.town.corporation, path, "PATCH", {"status": {"code": "TOE"}})
    assert await hands.carry_out(effects.read_offer(number)) is None
    await system.vera(effects.town.corporation, path, "PATCH", {"antwoorddatum": "2026-06-02T10:00:00Z"})
    learned = await hands.carry_out(effects.read_offer(number))
    assert isinstance(learned, AnswerTask)
    assert learned.answer == a.ClientAnswer(accept=True)


async def test_an_offer_to_somebody_else_is_not_read_as_this_clients(hands: Hands, effects: Effects) -> None:
    other = replace(effects.place(), key="m-2:place-offer:1")
    number = number_of(await hands.carry_out(other))
    assert (await failed(hands, effects.read_offer(number))).type == "PartnerAway:another_mediation"
    learned = await hands.carry_out(effects.read_offer(number), attempt=5)
    assert isinstance(learned, ReportUndelivered)


# -- once --------------------------------------------------------------------------------------------------------------

MADE = ["create_kandidaat", "create_aanbieding"]
LET = ["update_aanbieding", "create_voorrangsregeling", "create_huurovereenkomst", "create_toewijzing"]


@pytest.mark.parametrize("again", [{"attempt": 2}, {"tried_before": True}])
@pytest.mark.parametrize("operation", [*MADE, *LET])
async def test_an_answer_lost_after_the_effect_leads_to_one_of_each(
    hands: Hands, effects: Effects, system: PartnerSystem, operation: str, again: dict[str, Any]
) -> None:
    corporation = effects.town.corporation
    await system.switch({"fault": "lost_answer", "organisation": corporation, "operation": operation, "attempts": 1})
    number = number_of(await _in_the_end(hands, effects.place(), operation in MADE, **again))
    await _in_the_end(hands, effects.lease(number), operation in LET, **again)
    await _one_of_each(system, corporation)


async def test_what_a_person_has_asked_once_more_is_known_by_its_first_key(
    hands: Hands, effects: Effects, system: PartnerSystem
) -> None:
    place = effects.place()
    number = number_of(await hands.carry_out(place))
    lease = effects.lease(number)
    learned = await hands.carry_out(lease)
    for effect in (place, lease):
        again = replace(effect, key=f"{effect.key}00", first_key=effect.identity)
        assert await hands.carry_out(again) == (learned if effect is lease else await hands.carry_out(place))
    await _one_of_each(system, effects.town.corporation)


async def _one_of_each(system: PartnerSystem, corporation: str) -> None:
    for resource in ("kandidaten", "aanbiedingen", "toewijzingen", "huurovereenkomsten", "voorrangsregelingen"):
        assert len(await system.vera(corporation, f"/{resource}")) == 1, resource
    assert Counter(executed for _, executed in (await system.ledger(corporation)).values()) == {1: len([*MADE, *LET])}


async def _in_the_end(hands: Hands, effect: f.AnyEffect, lost: bool, **again: Any) -> object:
    if not lost:
        return await hands.carry_out(effect)
    await failed(hands, effect)
    return await hands.carry_out(effect, **again)


async def test_a_key_of_another_dwelling_is_given_to_a_person(hands: Hands, effects: Effects) -> None:
    await hands.carry_out(effects.place("D-1"))
    again = replace(effects.place("D-2"), key="m-1:place-offer:D-1")
    learned = await hands.carry_out(again, attempt=2)
    assert isinstance(learned, ReportUndelivered)
    assert learned.code == "key_reused"


async def test_a_lease_of_an_offer_that_is_gone_is_given_to_a_person(hands: Hands, effects: Effects) -> None:
    number = number_of(await hands.carry_out(effects.place()))
    await hands.carry_out(effects.withdraw(number))
    learned = await hands.carry_out(effects.lease(number))
    assert isinstance(learned, ReportUndelivered)
    assert learned.code == "not_open"


async def test_an_offer_taken_back_after_it_was_accepted_is_read_there(
    hands: Hands, effects: Effects, system: PartnerSystem
) -> None:
    number = number_of(await hands.carry_out(effects.place()))
    fault = {"fault": "retracted", "operation": "create_toewijzing", "organisation": effects.town.corporation}
    await system.switch(fault)
    assert await hands.carry_out(effects.lease(number)) is not None
    assert isinstance(await hands.carry_out(effects.read_offer(number)), TakeBack)


# -- the way in --------------------------------------------------------------------------------------------------------


def organisation(name: str, system: System) -> Organisation:
    """A corporation that is asked in this way."""
    return Organisation(id=name, role=Role.CORPORATION, name=name, mail="c@x.example", system=system)


@pytest.fixture
async def locked(tmp_path: Path) -> AsyncIterator[PartnerSystem]:
    """A corporation that lets in who shows a key or a token."""
    options = ("--api-key", "s3cret-key", "--client", "engine:s3cret/client", "--token-seconds", "60")
    system = PartnerSystem("corporation", tmp_path, free_port(), *options)
    async with system:
        await system.register("ymere")
        await system.staff("PUT", "ymere", "/dwellings", [home("D-1")])
        yield system


@pytest.mark.usefixtures("referred")
async def test_a_key_or_a_token_lets_us_in_and_nothing_else_does(pool: Pool, town: Town, locked: PartnerSystem) -> None:
    url = f"{locked.url_of('ymere')}/v4"
    oauth = {"token_url": f"{locked.url_of('ymere')}/oauth/token", "client_id": "engine"}
    right = ClientCredentials.model_validate({**oauth, "client_secret": "s3cret/client"})
    wrong = ClientCredentials.model_validate({**oauth, "client_secret": "guessed"})
    for system, code in (
        (Vera.model_validate({"kind": "vera", "url": url, "api_key": "s3cret-key"}), None),
        (Vera(kind="vera", url=url, oauth=right), None),
        (Vera.model_validate({"kind": "vera", "url": url, "api_key": "guessed"}), "niet_geautoriseerd"),
        (Vera(kind="vera", url=url), "niet_geautoriseerd"),
        (Vera(kind="vera", url=url, oauth=wrong), "token_refused"),
    ):
        async with recorded(pool, Directory([organisation("ymere", system)])) as (hands, _):
            learned = await hands.carry_out(Effects(town).place("D-1", "ymere"))
        if code is None:
            assert number_of(learned) == "A-000001"
        else:
            assert isinstance(learned, ReportUndelivered)
            assert learned.code == code


@pytest.mark.usefixtures("referred")
async def test_a_token_is_kept_and_one_that_ends_early_is_asked_for_again(
    pool: Pool, town: Town, locked: PartnerSystem
) -> None:
    url = locked.url_of("ymere")
    oauth = ClientCredentials.model_validate(
        {"token_url": f"{url}/oauth/token", "client_id": "engine", "client_secret": "s3cret/client"}
    )
    known = Directory([organisation("ymere", Vera(kind="vera", url=f"{url}/v4", oauth=oauth))])
    async with recorded(pool, known) as (hands, sent):
        asked = Effects(town).list(DAY, "ymere")
        for _ in range(3):
            await hands.carry_out(asked)
        assert [one.path for one in sent].count("/ymere/oauth/token") == 1
        await locked.request("DELETE", "/ymere/oauth/token")
        learned = await hands.carry_out(asked)
        assert isinstance(learned, LearnDwellings)
        assert [one.id for one in learned.dwellings] == ["D-1"]
        assert [one.path for one in sent].count("/ymere/oauth/token") == 2
        await hands.carry_out(asked, seconds=31)
        assert [one.path for one in sent].count("/ymere/oauth/token") == 3, "its time had come"


@pytest.mark.usefixtures("referred")
async def test_who_does_not_speak_vera_is_not_asked(pool: Pool, town: Town) -> None:
    known = [organisation("plain", Plain(kind="plain", url="http://127.0.0.1:9")), organisation("hand", ByHand())]
    async with recorded(pool, Directory(known)) as (hands, sent):
        learned = await hands.carry_out(Effects(town).place("D-1", "plain"))
        assert isinstance(learned, ReportUndelivered)
        assert learned.code == "system_not_for_corporations"
        listed = await hands.carry_out(Effects(town).list(DAY, "plain", "hand"))
        assert isinstance(listed, LearnDwellings)
        assert (listed.dwellings, listed.away) == ((), ("plain",))
    assert sent == []


# -- a system that goes on and on --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "code"), [("server_error", "502"), ("huge", "too_long"), ("wrong_schema", "not_understood")]
)
async def test_a_broken_system_is_away_for_now(
    hands: Hands, effects: Effects, system: PartnerSystem, fault: str, code: str
) -> None:
    await system.switch({"fault": fault, "organisation": effects.town.corporation})
    assert (await failed(hands, effects.place())).type == f"PartnerAway:{code}"


async def test_a_change_is_not_believed_when_something_else_answered_that_all_is_well(
    hands: Hands, effects: Effects, system: PartnerSystem
) -> None:
    number = number_of(await hands.carry_out(effects.place()))
    corporation = effects.town.corporation
    await system.switch({"fault": "wrong_schema", "organisation": corporation, "operation": "update_aanbieding"})
    assert (await failed(hands, effects.withdraw(number))).type == "PartnerAway:not_changed"
    await system.switch()
    assert (await system.records(corporation, "/offers", "m-1"))[0]["state"] == "offered"
    assert await hands.carry_out(effects.withdraw(number), attempt=2) is None
    assert (await system.records(corporation, "/offers", "m-1"))[0]["state"] == "withdrawn"


async def test_an_answer_that_drips_is_given_up(
    hands: Hands, effects: Effects, system: PartnerSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("activities.partner.LONGEST", 0.5)
    await system.switch({"fault": "drip", "seconds": 0.05, "organisation": effects.town.corporation})
    with pytest.raises(ApplicationError) as caught:
        await hands.carry_out(effects.place())
    assert caught.value.type == "PartnerAway:too_slow"


async def test_a_list_without_an_end_makes_a_corporation_away(
    hands: Hands, effects: Effects, system: PartnerSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [home(f"P-{n:03}") for n in range(120)]
    await system.staff("PUT", effects.town.corporation, "/dwellings", many)
    monkeypatch.setattr("activities.vera.client.PAGES", 2)
    learned = await hands.carry_out(effects.list())
    assert isinstance(learned, LearnDwellings)
    assert learned.away == (effects.town.corporation,)
