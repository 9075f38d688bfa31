"""A VERA system that promises nothing: it makes whatever it is sent, every time, and cannot look for a key."""

import dataclasses
import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import httpx
import pytest
from temporalio.testing import ActivityEnvironment

from activities.partner import PartnerAway, PartnerRefused, Partners
from activities.vera.corporation import VeraCorporation
from activities.vera.tokens import Tokens
from domain.exchange.record import Delivery
from domain.facts.value import replace
from domain.messages.answers import ConfirmationAnswer, CorporationDecline
from domain.messages.effects import PlaceOffer, PrepareLease
from domain.policy.policy import LeaseForm
from runtime.directory import Directory
from runtime.systems import Vera

F = TypeVar("F", PlaceOffer, PrepareLease)
Answer = Callable[["Forgetful", dict[str, Any]], httpx.Response]
"""How a POST is answered, after what it asked was done."""

URL = "http://erp.example/v4"
FREE = {"id": "E-1", "status": {"code": "LEE"}, "detailStatus": {"code": "NIB"}}
TAKEN = {"id": "E-1", "status": {"code": "VEH"}}
MADE = ("kandidaten", "aanbiedingen")
LET = ("huurovereenkomsten", "toewijzingen", "voorrangsregelingen")


class Forgetful:
    """What it has made, one list for each resource; `loses` names the resource whose next answer gets lost."""

    def __init__(self) -> None:
        self.made: dict[str, list[dict[str, Any]]] = {}
        self.loses = ""
        self.loss: type[httpx.HTTPError] = httpx.ReadError
        self.unit: dict[str, Any] = FREE
        self.keys_are_unique = 0
        """With which status it refuses a key that it has."""
        self.says: Answer = lambda _, made: said(201, made)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        resource, _, number = request.url.path.removeprefix("/v4/").partition("/")
        records = self.made.setdefault(resource, [])
        if resource in {"eenheden", "ping"}:
            return said(200, self.unit)
        if request.method == "POST":
            return self._make(resource, records, json.loads(request.content))
        if number:
            record = next(one for one in records if one["id"] == number)
            return self._change(record, json.loads(request.content)) if request.method == "PATCH" else said(200, record)
        return self._page(records, request.url.params.get("cursor"))

    def _make(self, resource: str, records: list[dict[str, Any]], asked: dict[str, Any]) -> httpx.Response:
        if self.keys_are_unique and asked["idExtern"] in self.keys(resource):
            return said(self.keys_are_unique, {"code": "dubbel", "omschrijving": "idExtern bestaat al"})
        records.append({**asked, "id": f"{resource[0].upper()}-{len(records) + 1}"})
        if resource == self.loses:
            self.loses = ""
            raise self.loss("the answer got lost")
        return self.says(self, records[-1])

    def _change(self, record: dict[str, Any], asked: dict[str, Any]) -> httpx.Response:
        """What is closed takes no change, not even the one that closed it."""
        if record["status"]["code"] in {"AFG", "ING"}:
            return said(409, {"code": "gesloten", "omschrijving": "al afgesloten"})
        record.update(asked)
        if self.loses == "changes":
            self.loses = ""
            raise self.loss("the answer got lost")
        return said(200, record)

    def _page(self, records: list[dict[str, Any]], cursor: str | None) -> httpx.Response:
        """One at a time, of everybody, whatever was asked for."""
        place = int(cursor or 0)
        more = {"X-Parameters-Cursor": str(place + 1)} if place + 1 < len(records) else {}
        return said(200, records[place : place + 1], more)

    def keys(self, resource: str) -> list[str]:
        """The keys of what it has made, in order."""
        return [one["idExtern"] for one in self.made.get(resource, [])]

    def standing_twice(self) -> list[str]:
        """Whatever stands under one key more than once."""
        keys = ((resource, key) for resource in self.made for key in self.keys(resource))
        return [f"{resource} {key}" for (resource, key), times in Counter(keys).items() if times > 1]


def said(status: int, content: object, headers: dict[str, str] | None = None) -> httpx.Response:
    async def pieces() -> Any:
        yield json.dumps(content).encode() if content is not None else b""

    return httpx.Response(status, headers=headers, content=pieces())


async def attempt(
    system: Forgetful, number: int, effect: PlaceOffer | PrepareLease, *, tried_before: bool = False
) -> Any:
    """Let one attempt run."""
    environment = ActivityEnvironment()
    environment.info = dataclasses.replace(environment.info, attempt=number)
    async with httpx.AsyncClient(transport=httpx.MockTransport(system)) as http:
        partners = Partners(http, Directory([]))
        corporation = VeraCorporation(partners, Tokens(partners), "ymere", Vera(kind="vera", url=URL))
        method: Any = corporation.place if isinstance(effect, PlaceOffer) else corporation.prepare
        delivery: Delivery[Any] = Delivery(mediation="m-1", effect=effect, tried_before=tried_before)
        return await environment.run(method, delivery)


async def tried_again(system: Forgetful, effect: F) -> Any:
    return await attempt(system, 2, effect)


async def called_in(system: Forgetful, effect: F) -> Any:
    """The lane was called in, or goes on in a new run of the workflow: attempts are counted anew."""
    return await attempt(system, 1, effect, tried_before=True)


async def asked_by_a_person(system: Forgetful, effect: F) -> Any:
    """A person has it asked once more, which is another effect."""
    again = replace(effect, key=f"{effect.key}00", first_key=effect.key)
    return await attempt(system, 1, again)


COMES_BACK = [tried_again, called_in, asked_by_a_person]
"""Every way in which something whose answer was lost is asked anew."""


def placing(n: int = 1) -> PlaceOffer:
    respond_by = datetime(2027, 1, 8, 16, tzinfo=UTC)
    facts: dict[str, Any] = {"task": "confirm_offer-1", "dwelling": "E-1", "household": 1, "respond_by": respond_by}
    return PlaceOffer(key=f"m-{n}:place-offer:7", corporation="ymere", **facts)


def letting() -> PrepareLease:
    return PrepareLease(key="m-1:prepare-lease:9", corporation="ymere", number="A-1", form=LeaseForm.REGULAR)


@pytest.mark.parametrize("again", COMES_BACK)
@pytest.mark.parametrize("resource", MADE)
async def test_what_was_made_before_the_answer_got_lost_is_looked_up_and_not_made_again(
    resource: str, again: Callable[..., Any]
) -> None:
    system = Forgetful()
    for n in (2, 3):
        await attempt(system, 1, placing(n))
    system.loses = resource
    with pytest.raises(PartnerAway):
        await attempt(system, 1, placing())
    assert (await again(system, placing())).number == "A-3"
    for made in MADE:
        assert [key.partition(":")[0] for key in system.keys(made)] == ["m-2", "m-3", "m-1"]


@pytest.mark.parametrize("again", COMES_BACK)
@pytest.mark.parametrize("resource", LET)
async def test_a_lease_its_allocation_and_its_ground_are_made_once(resource: str, again: Callable[..., Any]) -> None:
    system = Forgetful()
    await attempt(system, 1, placing())
    system.loses = resource
    with pytest.raises(PartnerAway):
        await attempt(system, 1, letting())
    assert await again(system, letting()) == "H-1"
    assert {made: len(system.made[made]) for made in LET} == dict.fromkeys(LET, 1)


@pytest.mark.parametrize("first", COMES_BACK)
@pytest.mark.parametrize("second", COMES_BACK)
async def test_however_it_comes_back_and_back_again_nothing_stands_twice(
    first: Callable[..., Any], second: Callable[..., Any]
) -> None:
    system = Forgetful()
    for resource in (*MADE, *LET):
        effect = placing() if resource in MADE else letting()
        system.loses = resource
        for again in (first, second):
            try:
                await again(system, effect)
            except PartnerAway:
                continue
    assert system.standing_twice() == []
    assert {made: len(system.made[made]) for made in (*MADE, *LET)} == dict.fromkeys((*MADE, *LET), 1)


@pytest.mark.parametrize("status", [400, 409, 422])
async def test_a_system_that_refuses_a_key_it_has_has_done_what_was_asked(status: int) -> None:
    system = Forgetful()
    await attempt(system, 1, placing())
    await attempt(system, 1, letting())
    system.keys_are_unique = status
    assert (await attempt(system, 1, placing())).number == "A-1"
    assert await attempt(system, 1, letting()) == "H-1"
    assert system.standing_twice() == []


async def test_a_refusal_that_is_not_about_the_key_stays_one() -> None:
    system = Forgetful()
    system.says = lambda *_: said(422, {"code": "geen_recht"})
    system.made["kandidaten"] = []
    with pytest.raises(PartnerRefused, match="geen_recht"):
        await attempt(_refusing(system), 1, placing())


def _refusing(system: Forgetful) -> Forgetful:
    """Nothing that is asked of this system is done."""
    system._make = lambda *_: said(422, {"code": "geen_recht"})  # type: ignore[method-assign]
    return system


async def test_an_answer_that_does_not_say_what_was_made_is_followed_by_a_look() -> None:
    system = Forgetful()
    system.says = lambda *_: said(201, None)
    for n in range(1, 3):
        with pytest.raises(PartnerAway):
            await attempt(system, n, placing())
    assert (await attempt(system, 3, placing())).number == "A-1"
    assert system.standing_twice() == []


async def test_who_was_too_slow_to_answer_gets_the_time_to_finish() -> None:
    system = Forgetful()
    system.loses, system.loss = "aanbiedingen", httpx.ReadTimeout
    with pytest.raises(PartnerAway) as away:
        await attempt(system, 1, placing())
    assert away.value.next_retry_delay is not None
    assert away.value.next_retry_delay >= timedelta(minutes=1)


@pytest.mark.parametrize("again", COMES_BACK)
async def test_a_candidate_for_a_dwelling_that_went_to_another_meanwhile_is_one_no_more(
    again: Callable[..., Any],
) -> None:
    system = Forgetful()
    system.loses = "kandidaten"
    with pytest.raises(PartnerAway):
        await attempt(system, 1, placing())
    system.unit = TAKEN
    assert await again(system, placing()) == ConfirmationAnswer(declined=CorporationDecline.UNAVAILABLE)
    assert [one["status"]["code"] for one in system.made["kandidaten"]] == ["AFG"]


class Overtaken(Forgetful):
    """An offer that a worker sent before it died comes in when its successor has looked, just before the second."""

    def _make(self, resource: str, records: list[dict[str, Any]], asked: dict[str, Any]) -> httpx.Response:
        made = super()._make(resource, records, asked)
        if resource != "aanbiedingen":
            return made
        self.unit = TAKEN
        return said(410, {"code": "niet_vrij", "omschrijving": "de eenheid is toegewezen"})


@pytest.mark.parametrize("again", COMES_BACK)
async def test_a_dwelling_that_an_attempt_before_took_for_the_client_is_not_gone(again: Callable[..., Any]) -> None:
    system = Overtaken()
    confirmed = await again(system, placing())
    assert (confirmed.declined, confirmed.number) == (None, system.made["aanbiedingen"][0]["id"])
    assert [one["status"]["code"] for one in system.made["kandidaten"]] != ["AFG"]


@pytest.mark.parametrize("again", COMES_BACK)
async def test_a_candidate_who_was_turned_down_before_the_answer_got_lost_is_not_a_refusal(
    again: Callable[..., Any],
) -> None:
    system = Forgetful()
    system.loses = "kandidaten"
    with pytest.raises(PartnerAway):
        await attempt(system, 1, placing())
    system.unit, system.loses = TAKEN, "changes"
    for _ in range(2):
        try:
            assert await again(system, placing()) == ConfirmationAnswer(declined=CorporationDecline.UNAVAILABLE)
        except PartnerAway:
            continue
    assert system.loses == ""
    assert [one["status"]["code"] for one in system.made["kandidaten"]] == ["AFG"]


async def test_a_candidate_closed_by_another_meanwhile_is_read_before_it_is_a_refusal() -> None:
    """It is found open, and closed when the change comes: a second worker, or the corporation's own people."""
    system = Forgetful()
    await attempt(system, 1, placing())
    (candidate,) = system.made["kandidaten"]
    (offer,) = system.made.pop("aanbiedingen")
    change = system._change

    def closed_first(record: dict[str, Any], asked: dict[str, Any]) -> httpx.Response:
        change(record, asked)
        return change(record, asked)

    system._change = closed_first  # type: ignore[method-assign]
    system.unit = TAKEN
    assert offer["idExtern"] == candidate["idExtern"]
    assert (await tried_again(system, placing())).declined is CorporationDecline.UNAVAILABLE
    assert candidate["status"]["code"] == "AFG"


async def test_a_second_lease_of_the_same_client_goes_by_the_same_ground() -> None:
    system = Forgetful()
    for n in (1, 2):
        await attempt(system, 1, placing())
        key = f"m-1:prepare-lease:{n}"
        await attempt(system, 1, PrepareLease(key=key, corporation="ymere", number=f"A-{n}", form=LeaseForm.REGULAR))
    assert (len(system.made["huurovereenkomsten"]), len(system.made["voorrangsregelingen"])) == (2, 1)
