"""A VERA system that promises nothing: it makes whatever it is sent, every time, and cannot look for a key."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from temporalio.testing import ActivityEnvironment

from activities.partner import PartnerAway, Partners
from activities.vera.corporation import VeraCorporation
from activities.vera.tokens import Tokens
from domain.effects import PlaceOffer, PrepareLease
from domain.policy import LeaseForm
from domain.record import Delivery
from runtime.directory import Directory
from runtime.systems import Vera

URL = "http://erp.example/v4"
UNIT = {"id": "E-1", "status": {"code": "LEE"}, "detailStatus": {"code": "NIB"}}


class Forgetful:
    """What it has made, one list for each resource; `loses` names the resource whose next answer gets lost."""

    def __init__(self) -> None:
        self.made: dict[str, list[dict[str, Any]]] = {}
        self.loses = ""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        resource, _, number = request.url.path.removeprefix("/v4/").partition("/")
        records = self.made.setdefault(resource, [])
        if resource == "eenheden":
            return _said(200, UNIT)
        if request.method == "POST":
            records.append({**json.loads(request.content), "id": f"{resource[0].upper()}-{len(records) + 1}"})
            if resource == self.loses:
                self.loses = ""
                raise httpx.ReadError("the answer got lost")
            return _said(201, records[-1])
        if number:
            record = next(one for one in records if one["id"] == number)
            record.update(json.loads(request.content) if request.method == "PATCH" else {})
            return _said(200, record)
        return self._page(records, request.url.params.get("cursor"))

    def _page(self, records: list[dict[str, Any]], cursor: str | None) -> httpx.Response:
        """One at a time, of everybody, whatever was asked for."""
        place = int(cursor or 0)
        more = {"X-Parameters-Cursor": str(place + 1)} if place + 1 < len(records) else {}
        return _said(200, records[place : place + 1], more)


def _said(status: int, content: object, headers: dict[str, str] | None = None) -> httpx.Response:
    async def pieces() -> Any:
        yield json.dumps(content).encode()

    return httpx.Response(status, headers=headers, content=pieces())


async def attempt(system: Forgetful, number: int, effect: PlaceOffer | PrepareLease) -> object:
    """Let one attempt run."""
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, attempt=number)
    async with httpx.AsyncClient(transport=httpx.MockTransport(system)) as http:
        partners = Partners(http, Directory([]))
        corporation = VeraCorporation(partners, Tokens(partners), "ymere", Vera(kind="vera", url=URL))
        if isinstance(effect, PlaceOffer):
            return await environment.run(corporation.place, Delivery(mediation="m-1", effect=effect))
        return await environment.run(corporation.prepare, Delivery(mediation="m-1", effect=effect))


def placing(n: int = 1) -> PlaceOffer:
    respond_by = datetime(2027, 1, 8, 16, tzinfo=UTC)
    facts: dict[str, Any] = {"task": "confirm_offer-1", "dwelling": "E-1", "household": 1, "respond_by": respond_by}
    return PlaceOffer(key=f"m-{n}:place-offer:7", corporation="ymere", **facts)


@pytest.mark.parametrize("resource", ["kandidaten", "aanbiedingen"])
async def test_what_was_made_before_the_answer_got_lost_is_looked_up_and_not_made_again(resource: str) -> None:
    system = Forgetful()
    for n in (2, 3):
        await attempt(system, 1, placing(n))
    system.loses = resource
    with pytest.raises(PartnerAway):
        await attempt(system, 1, placing())
    await attempt(system, 2, placing())
    for made in ("kandidaten", "aanbiedingen"):
        assert [one["idExtern"].partition(":")[0] for one in system.made[made]] == ["m-2", "m-3", "m-1"]


@pytest.mark.parametrize("resource", ["huurovereenkomsten", "toewijzingen", "voorrangsregelingen"])
async def test_a_lease_its_allocation_and_its_ground_are_made_once(resource: str) -> None:
    system = Forgetful()
    await attempt(system, 1, placing())
    lease = PrepareLease(key="m-1:prepare-lease:9", corporation="ymere", number="A-1", form=LeaseForm.REGULAR)
    system.loses = resource
    with pytest.raises(PartnerAway):
        await attempt(system, 1, lease)
    assert await attempt(system, 2, lease) == "H-1"
    counted = {made: len(system.made[made]) for made in ("huurovereenkomsten", "toewijzingen", "voorrangsregelingen")}
    assert set(counted.values()) == {1}


async def test_a_second_lease_of_the_same_client_goes_by_the_same_ground() -> None:
    system = Forgetful()
    for n in (1, 2):
        await attempt(system, 1, placing())
        key = f"m-1:prepare-lease:{n}"
        await attempt(system, 1, PrepareLease(key=key, corporation="ymere", number=f"A-{n}", form=LeaseForm.REGULAR))
    assert (len(system.made["huurovereenkomsten"]), len(system.made["voorrangsregelingen"])) == (2, 1)
