"""Who may do what: every operation of the description, everybody, from where they stand; and nobody, and too late."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import NamedTuple

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.app import create_app
from domain.facts.parties import Role
from runtime.local_issuer import LocalIssuer
from tests.api.desk import Desk, Json, bsn
from tests.api.matrix import AWAY, OWN, Operation, Place, Who, everybody, ids_in, lived_in, operations
from tests.api.rights import RIGHTS, Reach, Right

COMMAND = {"type": "add_note", "note": "Een notitie."}
SAID_NO = {
    "answerTask": "the task is another by now",
    "adoptPolicy": "it runs under the newest policy already",
    "startMediation": "the description's client lives in another town",
    "changeDirectory": "a directory takes a file, and the description shows none",
    "sendCareMessage": "no provider here has a system that exchanges messages",
    "removeCaseworker": "who has work hands it over first",
}
"""What nobody gets through with here: not a right stands in the way, but this."""
NOT_THEIRS = frozenset({401, 403, 404})
LATE = timedelta(minutes=-5)
PAGES = {
    "/l/{token}",
    "/l/{token}/code",
    "/l/{token}/open",
    "/l/{token}/answer",
    "/l/{token}/hindrance",
    "/assets/plain.css",
}
PAGES |= {"/docs", "/assets/try-out.js", "/assets/swagger-ui-bundle.js", "/assets/swagger-ui.css"}
PAGES |= {"/assets/favicon-32x32.png", "/", "/.well-known/security.txt"}
"""Pages for whoever has a link; a code by mail is their key. They stand in no description."""


class Answered(NamedTuple):
    """What somebody was answered, and what they should have been."""

    operation: Operation
    who: Who | str
    status: int
    text: str
    wrong: str | None


def wrong_for(right: Right, who: Who, status: int, text: str, ids: list[str]) -> str | None:
    """Say what is wrong with an answer to somebody with a valid token; None when nothing is."""
    allowed = Role(who.role) in right.roles
    match right.scope, allowed:
        case Reach.ANYBODY, _:
            fits = status < 300
        case Reach.SIGNED, _:
            fits = status == 401
        case _, False:
            fits = status in ({403} if who.stands == OWN and not right.absent else {403, 404})
        case Reach.OWN, True:
            fits = status not in NOT_THEIRS or status == right.lacking
        case _, True if who.stands == OWN:
            fits = status in {400, 404} if right.absent else status not in NOT_THEIRS
        case Reach.MUNICIPALITY, True:
            fits = status == 403
        case _:
            fits = status in ({400, 404} if right.absent else right.unknown)
    if status >= 500 or not fits:
        return f"answered {status}"
    told = [one for one in ids if one in text] if who.stands == AWAY and status < 300 else []
    return f"told of {told}" if told else None


async def asked(place: Place, app: FastAPI) -> AsyncIterator[Answered]:
    """Ask every operation that has a line: nobody, somebody whose token is over, and everybody, its own people last."""
    ids = list(ids_in(place))
    people = sorted(everybody(place.desk), key=lambda who: who.stands == OWN)
    for operation in operations(app):
        right = RIGHTS.get(operation.name)
        if right is None:
            yield Answered(operation, "anybody", 0, "", "has no line that says who may")
            continue
        bare = right.scope is Reach.ANYBODY
        for name, token in (("nobody", None), ("too late", place.token(people[-1], LATE))):
            response = await place.ask(operation, token)
            refused = response.status_code == 401
            wrong = None if refused != bare and response.status_code < 500 else f"answered {response.status_code}"
            yield Answered(operation, name, response.status_code, response.text, wrong)
        for who in people:
            response = await place.ask(operation, place.token(who))
            wrong = wrong_for(right, who, response.status_code, response.text, ids)
            yield Answered(operation, who, response.status_code, response.text, wrong)


def told(answered: list[Answered]) -> list[str]:
    """What was wrong, in a line each."""
    return [f"{one.operation.name}, {one.who}: {one.wrong}: {one.text[:200]}" for one in answered if one.wrong]


@pytest.mark.timeout(240)
async def test_everybody_gets_what_is_declared_of_every_operation(desk: Desk, app: FastAPI) -> None:
    place = await lived_in(desk)
    answered = [one async for one in asked(place, app)]
    assert told(answered) == []
    assert {one.operation.name for one in answered} == set(RIGHTS), "a line of no operation"
    through = {one.operation.name for one in answered if isinstance(one.who, Who) and one.status < 300}
    unread = {name for name, right in RIGHTS.items() if right.scope is Reach.SIGNED or right.absent}
    assert set(RIGHTS) - through - unread == set(SAID_NO), "the matrix asks so that somebody gets through"


@pytest.mark.parametrize("declared", [None, Right(Reach.THERE, {Role.COORDINATOR})], ids=["no line", "a line"])
async def test_a_door_that_was_left_open_is_found(
    desk: Desk, app: FastAPI, monkeypatch: pytest.MonkeyPatch, declared: Right | None
) -> None:
    open_ = create_app(app.state.installation)

    @open_.get("/v1/mediations/{mediation}/open-door", operation_id="openDoor")
    async def open_door(mediation: str) -> Json:
        return {"id": mediation}

    only = [one for one in operations(open_) if one.name == "openDoor"]  # all else is asked elsewhere
    monkeypatch.setattr("tests.api.test_authorisation.operations", lambda _: only)
    if declared:
        monkeypatch.setitem(RIGHTS, "openDoor", declared)
    mediation = str((await desk.start())["id"])
    transport = httpx.ASGITransport(open_)
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as http:
        visitor = Desk(http, desk.town, desk.issuer, desk.clock)
        place = Place(visitor, {"mediation": mediation, "webhook": "wh-none", "caseworker": "cw-none"})
        found = told([one async for one in asked(place, open_)])
    assert found
    assert all(line.startswith("openDoor") for line in found)
    if declared:
        assert any("nobody" in line for line in found)
        assert any("'away'" in line for line in found)


def test_a_role_that_nothing_says_may_do_it_may_not() -> None:
    right, of_it = Right(Reach.THERE, {Role.COORDINATOR}), ["m-1"]
    for stands, status, fits in ((OWN, 200, False), (OWN, 403, True), (AWAY, 404, True), (AWAY, 200, False)):
        found = wrong_for(right, Who("auditor", "a", stands), status, "", of_it)
        assert (found is None) is fits, (stands, status)
    everything = Right(Reach.OWN, {Role.AUDITOR})
    assert wrong_for(everything, Who("auditor", "a", AWAY), 200, '{"id":"m-1"}', of_it), "it tells of another's"
    assert wrong_for(everything, Who("auditor", "a", OWN), 500, "", of_it)


def routes(app: FastAPI) -> dict[str, set[str]]:
    """Every route and its methods, described or not."""
    described: Json = {}
    for route in _routes(app):
        described.setdefault(route.path, set()).update(route.methods or ())
    return described


def _routes(app: FastAPI) -> Iterator[APIRoute]:
    for route in app.routes:
        inner = [route] if isinstance(route, APIRoute) else getattr(route, "original_router", app.router).routes
        yield from (one for one in inner if isinstance(one, APIRoute))


def test_a_route_that_no_description_tells_is_a_page(app: FastAPI) -> None:
    described = {one.path for one in operations(app)}
    assert set(routes(app)) - described - {"/v1"} == PAGES


async def test_what_one_may_not_see_looks_like_what_is_not_there(desk: Desk) -> None:
    mediation = (await desk.start())["id"]
    for rest in ("", "/events", "/person", "/notes"):
        hidden = (await desk.get(desk.elsewhere, f"/v1/mediations/{mediation}{rest}")).json()
        absent = (await desk.get(desk.elsewhere, f"/v1/mediations/m-nowhere{rest}")).json()
        assert hidden | {"instance": ""} == absent | {"instance": ""}
    key = "k"
    hidden = (await desk.post(desk.elsewhere, f"/v1/mediations/{mediation}/commands", COMMAND, key)).json()
    absent = (await desk.post(desk.elsewhere, "/v1/mediations/m-nowhere/commands", COMMAND, key)).json()
    assert hidden | {"instance": ""} == absent | {"instance": ""}


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "\u00e9"], ids=["empty", "a letter", "three parts", "no ascii"])
async def test_what_is_no_token_is_refused_and_says_which_is_needed(idle: Desk, token: str) -> None:
    wrong = await idle.http.get("/v1/tasks", headers={b"Authorization": f"Bearer {token}".encode()})
    assert wrong.status_code == 401
    assert wrong.headers["WWW-Authenticate"].startswith("Bearer")


async def test_expired_and_foreign_tokens_are_refused(idle: Desk, tmp_path_factory: pytest.TempPathFactory) -> None:
    stranger = LocalIssuer(tmp_path_factory.mktemp("stranger") / "issuer.json")
    tokens = [
        idle.issuer.issue("coordinator", "almere", "x", timedelta(minutes=-5)),
        stranger.issue("coordinator", "almere", "x"),
    ]
    for token in tokens:
        response = await idle.http.get("/v1/tasks", headers={"Authorization": f"Bearer {token}"})
        assert response.status_code == 401
        assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]


async def test_a_role_that_the_directory_does_not_give_is_forbidden(idle: Desk) -> None:
    for who in [("coordinator", idle.town.provider), ("corporation", "almere"), ("institution", "nobody-known")]:
        assert (await idle.get(who, "/v1/mediations")).status_code == 403


async def test_one_organisations_list_never_holds_anothers(desk: Desk) -> None:
    mine = (await desk.start())["id"]
    other = ("institution", f"other-institution-{desk.town.tag}")
    client = desk.referral()["person"] | {"bsn": bsn(11)}
    body = desk.referral(institution=other[1], person=client)
    theirs = (await desk.post(other, "/v1/mediations", body)).json()["id"]
    seen = {
        who: {item["id"] for item in (await desk.read(who, "/v1/mediations"))["items"]}
        for who in (desk.institution, other, desk.coordinator, desk.auditor, desk.admin, desk.elsewhere)
    }
    both = {mine, theirs}
    assert seen == {
        desk.institution: {mine},
        other: {theirs},
        desk.coordinator: both,
        desk.auditor: both,
        desk.admin: both,
        desk.elsewhere: set(),
    }
    refused = await desk.get(desk.institution, "/v1/tasks", owner="almere")
    assert refused.status_code == 403
    assert (await desk.read(desk.coordinator, "/v1/mediations", municipality="amersfoort"))["items"] == []
