"""The reference corporation: VERA 4.3 over real HTTP, the people who work in it, and kill -9."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from activities.vera.dwellings import dwelling_of, listing
from activities.vera.entities import Eenheid
from domain.facts.names import comparable
from domain.facts.parties import Role
from runtime.systems import Vera
from sandbox.city.organisations import Organisation
from sandbox.city.strange import SPOILED, strange_units
from sandbox.partners.dwellings import cursor_at
from sandbox.partners.handwriting import HANDS
from sandbox.partners.vera_words import CODES, FIELDS
from tests.activities import vera_contract as contract
from tests.sandbox.test_partners import PartnerProcess, running

Json = dict[str, Any]
THERE = Vera(kind="vera", url="http://127.0.0.1/v4")
UNTIL = "2027-01-15T16:00:00Z"


@pytest.fixture(scope="module")
def corporation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PartnerProcess]:
    with running("corporation", tmp_path_factory.mktemp("corporation")) as process:
        yield process


@pytest.fixture(scope="module")
def remembering(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PartnerProcess]:
    with running("corporation", tmp_path_factory.mktemp("remembering"), "--remembers-keys") as process:
        yield process


@pytest.fixture
def fragile(tmp_path: Path) -> Iterator[PartnerProcess]:
    """A corporation that remembers keys, which a test may kill."""
    with running("corporation", tmp_path, "--remembers-keys") as process:
        yield process


def dwelling(name: str, released_on: str = "2027-01-04", complex_: str = "Stadswerf") -> Json:
    place = {"id": name, "complex": complex_, "district": "haven", "rooms": 2, "floor": 1, "rentCents": 65_050}
    kind = {"accessible": False, "lowStimulus": True, "livingForm": "clustered", "releasedOn": released_on}
    return place | kind


def stocked(corporation: PartnerProcess, *dwellings: Json) -> str:
    organisation = corporation.organisation()
    answer = corporation.http.put(f"/{organisation}/dwellings", json=list(dwellings))
    assert answer.json() == {"dwellings": len(dwellings)}
    return organisation


def listed(corporation: PartnerProcess, organisation: str, day: str = "2027-12-31") -> list[str]:
    """The dwellings that wait for a tenant on a day."""
    headers = {"X-Parameters-PeiltijdstipMaterieel": f"{day}T12:00:00Z", "X-Parameters-AantalPerPagina": "100"}
    page = corporation.http.get(f"/{organisation}/v4/eenheden", headers=headers).json()
    return [unit["id"] for unit in page if unit.get("detailStatus", {}).get("code") == "NIB"]


def place(corporation: PartnerProcess, organisation: str, home: str, key: str = "m-1:place-offer:1") -> httpx.Response:
    """Make somebody a candidate, and offer them a dwelling."""
    unit = f"{corporation.url}/{organisation}/v4/eenheden/{home}"
    candidate = corporation.post(f"/{organisation}/v4/kandidaten", {"idExtern": key, "eenheid": unit}).json()
    offer = {"idExtern": key, "status": {"code": "AAN"}, "vervaldatum": UNTIL, "eenheid": unit}
    return corporation.post(f"/{organisation}/v4/aanbiedingen", offer | {"kandidaat": {"id": candidate["id"]}})


def change(corporation: PartnerProcess, organisation: str, path: str, body: Json, reference: str) -> httpx.Response:
    headers = {"X-Stuurgegevens-Referentienummer": reference}
    return corporation.http.patch(f"/{organisation}/v4{path}", json=body, headers=headers)


def lease_of(corporation: PartnerProcess, organisation: str, home: str, key: str) -> httpx.Response:
    unit = f"{corporation.url}/{organisation}/v4/eenheden/{home}"
    return corporation.post(f"/{organisation}/v4/huurovereenkomsten", {"idExtern": key, "eenheden": [unit]})


def test_its_words_are_those_of_the_standard() -> None:
    for resource, fields in contract.FIELDS.items():
        assert set(fields) <= FIELDS[resource]
    for (resource, name), codes in CODES.items():
        assert set(contract.CODES[contract.FIELDS[resource][name]]) <= set(codes.split()), (resource, name)


def test_dwellings_come_in_order_of_release_and_page_by_cursor(corporation: PartnerProcess) -> None:
    homes = [dwelling(f"w{n}", f"2027-01-{1 + n % 5:02}") for n in range(23)]
    organisation = stocked(corporation, dwelling("later", "2027-02-01"), *homes)
    expected = [home["id"] for home in sorted(homes, key=lambda home: (home["releasedOn"], home["id"]))]
    headers = {"X-Parameters-PeiltijdstipMaterieel": "2027-01-31T12:00:00Z", "X-Parameters-AantalPerPagina": "5"}
    seen: list[str] = []
    asked = {"detailStatus": "NIB"}
    while True:
        page = corporation.http.get(f"/{organisation}/v4/eenheden", params=asked, headers=headers)
        assert len(page.json()) <= 5
        seen += [unit["id"] for unit in page.json()]
        if "X-Parameters-Cursor" not in page.headers:
            break
        asked["cursor"] = page.headers["X-Parameters-Cursor"]
    assert seen == expected


def test_a_dwelling_is_shown_in_the_words_of_vera(corporation: PartnerProcess) -> None:
    organisation = stocked(corporation, dwelling("w1"))
    unit = corporation.http.get(f"/{organisation}/v4/eenheden/w1").json()
    assert (unit["status"]["code"], unit["detailStatus"]["code"], unit["opleverdatum"]) == ("LEE", "NIB", "2027-01-04")
    assert (unit["kamersAantal"], unit["rekenhuur"], unit["woonvorm"]["code"]) == (2, 650.5, "GEC")
    assert unit["adres"]["wijk"]["code"] == "haven"
    assert {one["naam"]: one["waarde"] for one in unit["extra-attributen"]} == {
        "prikkelarm": "ja",
        "plaatsingsstop": "nee",
    }
    early = {"X-Parameters-PeiltijdstipMaterieel": "2027-01-03T12:00:00Z"}
    before = corporation.http.get(f"/{organisation}/v4/eenheden/w1", headers=early).json()
    assert (before["status"]["code"], "detailStatus" in before) == ("VEH", False)


def test_an_offer_goes_to_keys_and_the_dwelling_is_let(corporation: PartnerProcess) -> None:
    organisation = stocked(corporation, dwelling("w1"), dwelling("w2"))
    placed = place(corporation, organisation, "w1")
    assert (placed.status_code, placed.json()["id"]) == (201, "A-000001")
    assert placed.headers["location"] == f"{corporation.url}/{organisation}/v4/aanbiedingen/A-000001"
    assert listed(corporation, organisation) == ["w2"]
    answer = {"state": "accepted", "answeredOn": "2027-01-12"}
    assert corporation.post(f"/{organisation}/offers/A-000001/answer", answer).status_code == 200
    shown = corporation.http.get(f"/{organisation}/v4/aanbiedingen/A-000001").json()
    assert (shown["status"]["code"], shown["antwoorddatum"]) == ("TOE", "2027-01-12T12:00:00Z")
    lease = lease_of(corporation, organisation, "w1", "m-1:lease:1")
    assert (lease.status_code, lease.json()["id"]) == (201, "L-000001")
    keys = corporation.post(f"/{organisation}/leases/L-000001/keys", {"on": "2027-02-01"}, "m-1:keys:1")
    assert keys.status_code == 200
    unit = corporation.http.get(f"/{organisation}/v4/eenheden/w1").json()
    assert (unit["status"]["code"], listed(corporation, organisation)) == ("VEH", ["w2"])


def test_it_promises_nothing_and_makes_whatever_it_is_sent_every_time(corporation: PartnerProcess) -> None:
    organisation = stocked(corporation, dwelling("w1"))
    offers = [place(corporation, organisation, "w1", "m-1:k").json()["id"] for _ in range(2)]
    assert offers == ["A-000001", "A-000002"]
    change(corporation, organisation, "/aanbiedingen/A-000001", {"status": {"code": "TOE"}}, "m-1:yes")
    leases = [lease_of(corporation, organisation, "w1", "m-1:l").json()["id"] for _ in range(2)]
    assert leases == ["L-000001", "L-000002"]
    allocation = {"idExtern": "m-1:t", "aanbieding": {"id": "A-000001"}}
    for path, body in (("toewijzingen", allocation), ("voorrangsregelingen", {"idExtern": "m-1:v"})):
        made = [corporation.post(f"/{organisation}/v4/{path}", body).json()["id"] for _ in range(2)]
        assert len(set(made)) == 2
    assert {executed for received, executed in corporation.effects(organisation).values() if received == 2} == {2}
    found = corporation.http.get(f"/{organisation}/v4/aanbiedingen", params={"idExtern": "m-1:k"}).json()
    assert [one["id"] for one in found] == offers


def test_one_that_remembers_keys_returns_what_was_made_first(remembering: PartnerProcess) -> None:
    corporation = remembering
    organisation = stocked(corporation, dwelling("w1"), dwelling("w2"))
    first = place(corporation, organisation, "w1", "m-1:k")
    again = place(corporation, organisation, "w2", "m-1:k")
    assert (again.status_code, again.json()) == (201, first.json())
    assert corporation.effects(organisation) == {
        ("create_kandidaat", "m-1:k"): (2, 1),
        ("create_aanbieding", "m-1:k"): (2, 1),
    }
    found = corporation.http.get(f"/{organisation}/v4/aanbiedingen", params={"idExtern": "m-1:k"}).json()
    assert [one["id"] for one in found] == ["A-000001"]
    assert corporation.http.get(f"/{organisation}/v4/aanbiedingen", params={"idExtern": "m-2:k"}).json() == []


def test_a_change_that_comes_again_changes_nothing_and_what_is_closed_takes_none(corporation: PartnerProcess) -> None:
    organisation = stocked(corporation, dwelling("w1"))
    place(corporation, organisation, "w1")
    for _ in range(2):
        answered = change(corporation, organisation, "/aanbiedingen/A-000001", {"status": {"code": "TOE"}}, "m-1:yes")
        assert (answered.status_code, answered.content) == (200, b"")
    assert corporation.effects(organisation)["update_aanbieding", "m-1:yes"] == (2, 1)
    for path, code in (("/aanbiedingen/A-000001", "ING"), ("/kandidaten/K-000001", "AFG")):
        closed, again = (
            change(corporation, organisation, path, {"status": {"code": code}}, f"m-1:{code}") for _ in range(2)
        )
        assert (closed.status_code, again.status_code) == (200, 409)
        assert again.json()["code"].endswith("_gesloten")
    assert listed(corporation, organisation) == ["w1"]


def test_what_it_has_is_made_once_more_or_refused_as_the_seed_has_it(corporation: PartnerProcess) -> None:
    organisation = stocked(corporation, dwelling("w1"))
    faults = [{"fault": "not_unique", "organisation": organisation, "probability": 0.5}]
    assert corporation.http.put("/faults", json=faults).is_success
    seen = set()
    for n in range(20):
        first, again = (
            corporation.post(f"/{organisation}/v4/voorrangsregelingen", {"idExtern": f"m-{n}:v"}) for _ in range(2)
        )
        assert first.status_code == 201
        seen.add((again.status_code, again.json().get("code")))
    assert seen == {(201, None), (409, "niet_uniek")}
    (played,) = corporation.http.get("/faults").json()
    assert 0 < played["struck"] < 20
    corporation.http.delete("/faults")


def test_people_there_write_flags_names_and_years_each_in_their_own_way(corporation: PartnerProcess) -> None:
    homes = [dwelling(f"w{n}", complex_="De Oever") | {"spelling": n} for n in range(len(HANDS))]
    organisation = stocked(corporation, *homes)
    shown = corporation.http.get(f"/{organisation}/v4/eenheden").json()
    names = [next(one["naam"] for one in unit["clusters"] if one["soort"]["code"] == "VEX") for unit in shown]
    assert names == ["De Oever", "De  Oever", "DE OEVER", "De\u00a0Oever", "DE\u00a0 OEVER"]
    flags = [{one["waarde"] for one in unit["extra-attributen"]} for unit in shown]
    assert flags == [{"ja", "nee"}, {"ja ", "nee."}, {"J", "N"}, {" JA", "Nee"}, {"true", "false"}]
    assert {unit["bouwjaar"] for unit in shown} == {1960, "1960-00-00"}
    read = [dwelling_of(Eenheid.model_validate_json(json.dumps(unit)), "ymere", THERE) for unit in shown]
    assert {(comparable(one.complex), one.low_stimulus, one.closed_for_placement) for one in read} == {
        ("de oever", True, False)
    }
    assert corporation.http.put(f"/{organisation}/complexes/DE%C2%A0oever", json={"closed": True}).is_success
    shown = corporation.http.get(f"/{organisation}/v4/eenheden").json()
    assert all(
        dwelling_of(Eenheid.model_validate_json(json.dumps(unit)), "ymere", THERE).closed_for_placement
        for unit in shown
    )


async def test_strange_records_stand_among_the_good_ones_and_nobody_is_offered_one(corporation: PartnerProcess) -> None:
    organisation = stocked(corporation, dwelling("w1"), dwelling("w2"))
    strange = [
        record
        for seed in range(20)
        for record in strange_units(seed, Organisation("ym", Role.CORPORATION, ""), "haven", "2026-01-01")
    ]
    assert corporation.http.put(f"/{organisation}/strange-units", json=strange).json() == {"units": len(strange)}
    first, second = (
        corporation.http.get(f"/{organisation}/v4/eenheden", params={"cursor": cursor} if cursor else {}).json()
        for cursor in (None, cursor_at("2027-01-04", "w1"))
    )
    assert [unit["id"] for unit in (first[0], first[-1], *second)] == ["w1", "w2", "w2"]

    async def units() -> AsyncIterator[Json]:
        for unit in first:
            yield unit

    known = await listing(units(), "ymere", THERE, date(2027, 2, 1))
    assert [one.id for one in known.dwellings] == ["w1", "w2"]
    assert len(known.left_out) == len(strange)
    assert len(known.skipped) >= len(SPOILED) - 1


def test_a_dwelling_is_offered_to_one_client_and_a_closed_complex_takes_none(corporation: PartnerProcess) -> None:
    organisation = stocked(corporation, dwelling("w1"), dwelling("w2", complex_="Full"))
    place(corporation, organisation, "w1", "m-1:k")
    taken = place(corporation, organisation, "w1", "m-2:k")
    assert (taken.status_code, taken.json()["code"]) == (409, "niet_beschikbaar")
    path = f"/{organisation}/complexes/Full"
    assert corporation.http.put(path, json={"closed": True}).json() == {"complex": "Full", "closed": True}
    assert place(corporation, organisation, "w2", "m-3:k").json()["code"] == "plaatsingsstop"
    corporation.http.put(path, json={"closed": False})
    assert place(corporation, organisation, "w2", "m-3:k").status_code == 201
    assert place(corporation, organisation, "w9", "m-4:k").status_code == 404


def test_what_is_not_vera_is_refused_in_the_words_of_vera(corporation: PartnerProcess) -> None:
    organisation = stocked(corporation, dwelling("w1"))
    path = f"/{organisation}/v4/kandidaten"
    for body, code in (
        ({"eenheid": "x"}, "geen_sleutel"),
        ({"idExtern": "k1", "respondBy": "soon"}, "onbekend_veld"),
        ({"idExtern": "k2", "status": {"code": "XXX"}}, "onbekende_code"),
    ):
        answer = corporation.post(path, body)
        assert (answer.status_code, answer.json()["code"]) == (400, code)
        assert set(answer.json()) == {"code", "omschrijving"}
    units = f"/{organisation}/v4/eenheden"
    for query, headers in (
        ({"cursor": "!"}, {}),
        ({"woonplaats": "Almere"}, {}),
        ({}, {"X-Parameters-AantalPerPagina": "101"}),
        ({}, {"X-Parameters-PeiltijdstipMaterieel": "soon"}),
    ):
        assert corporation.http.get(units, params=query, headers=headers).status_code == 400, (query, headers)
    assert corporation.http.get(f"/{organisation}/v4/ping").status_code == 200
    assert corporation.http.get(f"/{organisation}/v4/aanbiedingen/A-000099").status_code == 404


def test_staff_answer_an_offer_and_take_one_back(corporation: PartnerProcess) -> None:
    organisation = stocked(corporation, dwelling("w1"), dwelling("w2"))
    place(corporation, organisation, "w1", "m-1:k")
    place(corporation, organisation, "w2", "m-2:k")
    corporation.post(f"/{organisation}/offers/A-000001/answer", {"state": "refused", "reason": "rent"})
    refused = corporation.http.get(f"/{organisation}/v4/aanbiedingen/A-000001").json()
    assert (refused["status"]["code"], refused["detailStatus"]["code"]) == ("GEW", "HUU")
    for _ in range(2):
        taken = corporation.post(f"/{organisation}/offers/A-000002/staff-withdrawal", {"reason": "let_otherwise"})
        assert (taken.status_code, taken.json()["state"]) == (200, "withdrawn")
    withdrawn = corporation.http.get(f"/{organisation}/v4/aanbiedingen/A-000002").json()
    assert (withdrawn["status"]["code"], withdrawn["detailStatus"]["code"]) == ("ING", "TOE")
    worklist = corporation.http.get(f"/{organisation}/offers", params={"mediation": "m-1"}).json()["records"]
    assert [(one["number"], one["state"], one["dwelling"]) for one in worklist] == [("A-000001", "refused", "w1")]


def test_a_lease_needs_an_offer_and_an_allocation_one_that_was_accepted(corporation: PartnerProcess) -> None:
    organisation = stocked(corporation, dwelling("w1"))
    assert lease_of(corporation, organisation, "w1", "m-1:l").json()["code"] == "geen_aanbieding"
    place(corporation, organisation, "w1")
    allocation = {"idExtern": "m-1:t", "aanbieding": {"id": "A-000001"}}
    early = corporation.post(f"/{organisation}/v4/toewijzingen", allocation)
    assert early.json()["code"] == "niet_geaccepteerd"
    change(corporation, organisation, "/aanbiedingen/A-000001", {"status": {"code": "TOE"}}, "m-1:yes")
    assert lease_of(corporation, organisation, "w1", "m-1:l").status_code == 201
    assert corporation.post(f"/{organisation}/v4/toewijzingen", allocation).status_code == 201


def test_an_offer_can_be_made_to_be_taken_back_after_it_was_accepted(corporation: PartnerProcess) -> None:
    organisation = stocked(corporation, dwelling("w1"))
    place(corporation, organisation, "w1")
    change(corporation, organisation, "/aanbiedingen/A-000001", {"status": {"code": "TOE"}}, "m-1:yes")
    lease = lease_of(corporation, organisation, "w1", "m-1:l").json()["id"]
    corporation.switch({"fault": "retracted", "organisation": organisation, "operation": "create_toewijzing"})
    where = f"{corporation.url}/{organisation}/v4/huurovereenkomsten/{lease}"
    allocation = {"idExtern": "m-1:t", "aanbieding": {"id": "A-000001"}, "overeenkomst": where}
    assert corporation.post(f"/{organisation}/v4/toewijzingen", allocation).status_code == 201
    corporation.http.delete("/faults")
    offer = corporation.http.get(f"/{organisation}/v4/aanbiedingen/A-000001").json()
    assert (offer["status"]["code"], offer["detailStatus"]["code"]) == ("ING", "ONT")
    assert corporation.http.get(where).json()["status"]["code"] == "GEA"
    assert listed(corporation, organisation) == ["w1"]


async def test_eighty_racers_for_one_dwelling_make_one_offer(corporation: PartnerProcess) -> None:
    organisation = stocked(corporation, dwelling("w1"))
    unit = f"{corporation.url}/{organisation}/v4/eenheden/w1"
    made = corporation.post(f"/{organisation}/v4/kandidaten", {"idExtern": "m-0:k", "eenheid": unit}).json()
    offer = {"status": {"code": "AAN"}, "eenheid": unit, "kandidaat": {"id": made["id"]}}
    async with httpx.AsyncClient(base_url=corporation.url, timeout=30) as http:
        path = f"/{organisation}/v4/aanbiedingen"
        sent = [http.post(path, json=offer | {"idExtern": f"m-{n}:k"}) for n in range(80)]
        codes = sorted(answer.status_code for answer in await asyncio.gather(*sent))
    assert codes == [201] + [409] * 79
    offers = {
        key: executed for (name, key), (_, executed) in corporation.effects(organisation).items() if "aan" in name
    }
    assert sum(offers.values()) == 1


def test_a_restart_keeps_dwellings_offers_keys_closed_complexes_and_numbers(fragile: PartnerProcess) -> None:
    homes = [dwelling("w1"), dwelling("w2"), dwelling("w3", complex_="Full")]
    organisation = stocked(fragile, *homes)
    fragile.http.put(f"/{organisation}/complexes/Full", json={"closed": True})
    first = place(fragile, organisation, "w1", "m-1:k").json()
    fragile.switch({"fault": "unavailable"})
    for by, code in ((signal.SIGKILL, -signal.SIGKILL), (signal.SIGTERM, 0)):
        assert fragile.stop(by) == code
        fragile.start()
        assert fragile.http.get("/faults").json() == []
        assert listed(fragile, organisation) == ["w2", "w3"]
        assert place(fragile, organisation, "w1", "m-1:k").json() == first
        assert place(fragile, organisation, "w3", "m-3:k").json()["code"] == "plaatsingsstop"
    assert place(fragile, organisation, "w2", "m-2:k").json()["id"] == "A-000002"
    assert fragile.effects(organisation)["create_aanbieding", "m-1:k"] == (3, 1)


def test_the_way_in_is_a_key_or_a_token(tmp_path: Path) -> None:
    options = ("--api-key", "k3y", "--client", "engine:s3cret", "--organisation", "Ymere")
    with running("corporation", tmp_path, *options) as partner:
        path = "/Ymere/v4/eenheden"
        for shown in ({}, {"X-API-KEY": "wrong"}, {"Authorization": "Bearer wrong"}):
            answer = partner.http.get(path, headers=shown)
            assert (answer.status_code, answer.json()["code"]) == (401, "niet_geautoriseerd")
        assert partner.http.get(path, headers={"X-API-KEY": "k3y"}).status_code == 200
        form = {"grant_type": "client_credentials"}
        assert partner.http.post("/Ymere/oauth/token", data=form, auth=("engine", "wrong")).status_code == 401
        given = partner.http.post("/Ymere/oauth/token", data=form, auth=("engine", "s3cret")).json()
        shown = {"Authorization": f"Bearer {given['access_token']}"}
        assert (given["expires_in"], partner.http.get(path, headers=shown).status_code) == (3600, 200)
        partner.http.delete("/Ymere/oauth/token")
        assert partner.http.get(path, headers=shown).status_code == 401
