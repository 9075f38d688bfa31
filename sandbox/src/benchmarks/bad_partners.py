"""The partners of `bad_answers`: one subject for each thing that is asked, with how it is answered when all is well.

What providers send by themselves is in `bad_messages`.
"""

import json
from collections.abc import Awaitable, Callable
from copy import deepcopy
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import httpx

from activities.iwmo.codes import MessageKind
from activities.iwmo.transport import KNOWN, HttpPost
from activities.partner import Partners
from activities.plain_team import PlainTeam
from activities.vera.corporation import VeraCorporation
from activities.vera.tokens import Tokens
from benchmarks.bad_answers import NUMBER, WORDS, Partner, Subject
from benchmarks.bad_messages import inboxes
from domain.exchange.record import Delivery
from domain.messages.effects import FreeDwelling, LetGo, PlaceOffer, PrepareLease, ReadOffer
from domain.policy.policy import LeaseForm
from runtime.directory import Directory, Organisation
from runtime.systems import HttpTransport, Plain, Vera

Json = dict[str, Any]
URL = "http://partner.example"
SYSTEM = Vera(kind="vera", url=f"{URL}/v4")
KEY, LEASE_KEY, GROUND_KEY = "m-1:place-offer:7", "m-1:prepare-lease:9", "m-1:voorrang"
DAY = date(2027, 1, 4)
UNIT: Json = {
    "id": "E-1",
    "status": {"code": "LEE"},
    "detailStatus": {"code": "NIB"},
    "opleverdatum": "2026-12-01",
    "adres": {"wijk": {"code": "centrum"}},
    "clusters": [{"naam": "De Oever", "soort": {"code": "VEX"}}],
    "kamersAantal": 2,
    "rekenhuur": 612.45,
    "zelfstandig": True,
}
OFFER: Json = {"id": "A-1", "idExtern": KEY, "status": {"code": "AAN"}, "eenheid": f"{URL}/v4/eenheden/E-1"}
ANSWERED: Json = {**OFFER, "status": {"code": "GEW"}, "detailStatus": {"code": "HUU"}}
GOOD: dict[str, Json] = {
    "kandidaten": {"id": "K-1", "idExtern": KEY, "eenheid": OFFER["eenheid"]},
    "aanbiedingen": OFFER,
    "huurovereenkomsten": {"id": "L-1", "idExtern": LEASE_KEY},
    "toewijzingen": {"id": "T-1", "idExtern": LEASE_KEY},
    "voorrangsregelingen": {"id": "V-1", "idExtern": GROUND_KEY},
    "eenheden": UNIT,
}
MATTERS: dict[str, tuple[str, ...]] = {"eenheden": ("id", "status")}
"""The fields without which an answer cannot be used; of what we had made those are its number and our key."""
WRONG: tuple[Any, ...] = (None, True, 3.5, [], ["x"], {}, {"a": 1}, "", "x" * 500, WORDS, "\u0000")


def subjects() -> list[Partner]:
    """Everything that is asked of partners."""
    return [
        _vera("place an offer", lambda c: c.place(Delivery(mediation="m-1", effect=_placing()))),
        _vera("read an offer", lambda c: c.read(Delivery(mediation="m-1", effect=_reading())), offer=ANSWERED),
        _vera("withdraw an offer", lambda c: c.withdraw(Delivery(mediation="m-1", effect=_withdrawing()))),
        _vera("prepare a lease", lambda c: c.prepare(Delivery(mediation="m-1", effect=_leasing()))),
        _vera("list dwellings", lambda c: c.released("ymere", DAY, "m-1:list-dwellings:3"), offer=OFFER),
        _team("ask an assessment", "/assessment-requests", {"dueOn": DAY.isoformat()}),
        _team("expect somebody", "/move-notices", {"district": "de-werven", "keysOn": DAY.isoformat()}),
        _care("iWmo: deliver an allocation", MessageKind.ALLOCATION),
        _care("iWmo: deliver a retour", MessageKind.START_RETOUR),
        *inboxes(),
    ]


# -- a corporation over VERA -------------------------------------------------------------------------------------------


def _placing() -> PlaceOffer:
    respond_by = datetime(2027, 1, 8, 16, tzinfo=UTC)
    facts: Json = {"task": "confirm_offer-1", "dwelling": "E-1", "household": 1, "respond_by": respond_by}
    return PlaceOffer(key=KEY, corporation="ymere", **facts)


def _reading() -> ReadOffer:
    return ReadOffer(key="m-1:read-offer:8", corporation="ymere", task="answer_offer-1", number="A-1")


def _withdrawing() -> FreeDwelling:
    return FreeDwelling(key="m-1:withdraw-offer:8", corporation="ymere", number="A-1", reason=LetGo.NOT_READY)


def _leasing() -> PrepareLease:
    return PrepareLease(key=LEASE_KEY, corporation="ymere", number="A-1", form=LeaseForm.REGULAR)


def _vera(name: str, ask: Callable[[VeraCorporation], Awaitable[object]], offer: Json = OFFER) -> Subject:
    async def asked(http: httpx.AsyncClient) -> object:
        partners = Partners(http, Directory([]))
        return await ask(VeraCorporation(partners, Tokens(partners), "ymere", SYSTEM))

    def good(request: httpx.Request) -> httpx.Response:
        _, _, rest = request.url.path.partition("/v4/")
        resource, _, number = rest.partition("/")
        document = offer if resource == "aanbiedingen" else GOOD.get(resource, {})
        if request.method == "PATCH":
            return httpx.Response(200)
        if request.method == "GET" and not number and resource != "ping":
            return httpx.Response(200, json=[document] if resource == "eenheden" else [])
        return httpx.Response(200 if request.method == "GET" else 201, json=document)

    return Subject(f"VERA: {name}", asked, good, _spoil)


def _spoil(random: Random, request: httpx.Request, good: Any) -> bytes | None:
    """Take away, or make strange, what an entity cannot do without. A list is spoiled as a list."""
    resource = request.url.path.partition("/v4/")[2].partition("/")[0]
    if request.method == "PATCH" or resource == "ping":
        return None
    if isinstance(good, list):
        return json.dumps(random.choice([{"eenheden": good}, [1], ["x"], good[0] if good else {}, {}])).encode()
    spoiled = deepcopy(good)
    of_offer = resource == "aanbiedingen" and request.method == "GET"
    fields = ("id", "status") if of_offer else MATTERS.get(resource, ("id", "idExtern"))
    field = random.choice(fields)
    wrong = random.choice(WRONG) if field == "status" else random.choice((*WRONG, f"other-{NUMBER}"))
    if field == "status" and of_offer:
        wrong = random.choice((*WRONG, {"code": "ACC"}, {"code": WORDS}, {"code": None}))
    elif field == "id" and request.method == "POST":
        wrong = random.choice(WRONG)
    if random.random() < 0.3:
        spoiled.pop(field)
    else:
        spoiled[field] = wrong
    return json.dumps(spoiled).encode()


# -- a district team over our own JSON ---------------------------------------------------------------------------------


def _team(name: str, path: str, body: dict[str, str]) -> Subject:
    async def told(http: httpx.AsyncClient) -> object:
        organisation: Json = {"id": "team", "role": "district_team", "name": "team", "mail": "team@x.example"}
        system = Plain(kind="plain", url=URL)
        partners = Partners(http, Directory([Organisation.model_validate({**organisation, "system": system})]))
        key = f"m-1:{path[1:]}:2"
        await PlainTeam(partners, "team").tell(path, key, {"mediation": "m-1", **body}, perhaps_done=False)
        return None

    return Subject(name, told, _numbered, _spoil_number)


def _numbered(request: httpx.Request) -> httpx.Response:
    if request.method == "GET":
        return httpx.Response(200, json={"numbers": []})
    return httpx.Response(201, json={"number": "R-1", "state": "requested"})


def _spoil_number(random: Random, request: httpx.Request, good: Any) -> bytes | None:
    wrong: Any = random.choice((None, True, 3, [], {"a": 1}))
    return json.dumps({**good, "number": wrong}).encode() if request.method == "POST" else None


# -- a care provider over iWmo -----------------------------------------------------------------------------------------


def _care(name: str, kind: MessageKind) -> Subject:
    async def sent(http: httpx.AsyncClient) -> object:
        post = HttpPost(Partners(http, Directory([])), HttpTransport(kind="http", url=URL))
        await post.send(kind, f"{kind.value}-0034-DM0000000001.xml", b"<Bericht/>")
        return None

    # How it was taken in is told by the status alone: there is nothing in the answer to be wrong.
    return Subject(
        name,
        sent,
        lambda request: httpx.Response(202),
        lambda random, request, good: None,
        frozenset({KNOWN}),
    )
