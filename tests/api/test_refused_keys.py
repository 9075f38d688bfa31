"""A refused request uses up no key: refuse first, correct, send again under the same key, and it is done.

A key is used once something is recorded under it: the same request is then answered alike, another one is refused.
"""

import asyncio
from dataclasses import replace
from typing import NamedTuple
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.idempotency import command_id
from api.installation import Installation
from domain.exchange.record import Keyed, Recorded, Submission
from domain.facts.parties import Actor, Role
from domain.facts.signals import SignalKind
from domain.messages.commands import AddNote, ReportSignal
from domain.policy.policy import Policy
from runtime.ids import kept_key
from runtime.policies import Policies
from store.database import Pool
from store.journal import entries
from tests.api.desk import Desk, Json, person
from tests.api.test_releases import FACTS, hand
from tests.api.test_transfers import propose
from tests.api.test_webhooks import PLAIN
from tests.domain.case import policy_of
from tests.town import CLIENT
from workflows.mediation import MediationWorkflow

NEW = "2026-01-02"
REUSED = "urn:direct-mediation:problem:idempotency-key-reused"


class Sent(NamedTuple):
    """A request: where, and what. With `seen` it is for that version only."""

    path: str
    body: Json
    seen: str | None = None
    method: str = "POST"


class Way(NamedTuple):
    """What somebody sends to one route: first what is refused, each time otherwise, then what is right."""

    who: tuple[str, str]
    refused: tuple[tuple[int, Sent], ...]
    right: Sent


@pytest.fixture
def app(app: FastAPI, installation: Installation) -> FastAPI:
    """The API of an installation with a second version of Almere's policy, of which its mediations know later."""
    document = policy_of("almere").model_dump(mode="json") | {"version": NEW}
    both = Policies([policy_of("almere"), Policy.model_validate(document)])
    app.state.later = replace(installation, policies=both)
    app.state.installation = replace(installation, policies=Policies([policy_of("almere")]))
    return app


async def ways(desk: Desk, app: FastAPI) -> dict[str, Way]:
    """For every route that takes a key: what it refuses by its shape, by the directory, by version and by a rule."""
    mediation = f"/v1/mediations/{(await desk.start())['id']}"
    app.state.installation = app.state.later
    webhook = (await desk.post(desk.coordinator, "/v1/webhooks", PLAIN)).json()["webhook"]["id"]
    answer, commands, policy = (
        f"{mediation}/{part}" for part in ("tasks/check_readiness-1/answer", "commands", "policy")
    )
    referral, another = desk.referral(), desk.referral(person=person(7))
    note = {"type": "add_note", "note": "De bezichtiging is dinsdag."}
    reassign = {"type": "reassign_task", "task": "determine_origin-1", "owner": "nobody", "note": "Druk."}
    adopt = {"version": NEW, "note": "Nieuwe verordening."}
    vacated, complexes = "/v1/capacity/almere/vacated", "/v1/capacity/almere/complexes"
    row: Json = {"corporation": "ymere", "complex": "De Oever", "most": 4}
    contact, phone = f"{mediation}/person/contact", {"who": "client", "phone": "06 8765 4321"}
    released, home = "/v1/released-dwellings", FACTS | {"id": "H-1"}
    going = (await desk.start(person=person(8)))["id"]
    assert (await propose(desk, going)).status_code == 200
    transfer, reply = f"/v1/transfers/{going}/answer", {"accepted": False, "note": "Er is geen plaats."}
    return {
        "/v1/mediations": Way(
            desk.institution,
            (
                (400, Sent("/v1/mediations", another | {"householdSize": 0})),
                (400, Sent("/v1/mediations", another | {"careProvider": "nobody-known"})),
                (409, Sent("/v1/mediations", referral)),
            ),
            Sent("/v1/mediations", another),
        ),
        "/v1/mediations/{mediation}/tasks/{task}/answer": Way(
            desk.coordinator,
            (
                (400, Sent(answer, {"kind": "check_readiness", "result": "yes"})),
                (412, Sent(answer, {"kind": "check_readiness", "result": "ready"}, '"1"')),
                (409, Sent(answer, {"kind": "check_readiness", "result": "incomplete"})),
            ),
            Sent(answer, {"kind": "check_readiness", "result": "ready"}),
        ),
        "/v1/mediations/{mediation}/commands": Way(
            desk.coordinator,
            (
                (400, Sent(commands, note | {"note": ""})),
                (400, Sent(commands, reassign)),
                (412, Sent(commands, note, '"1"')),
                (409, Sent(commands, {"type": "resume_mediation", "note": "Verder."})),
                (404, Sent("/v1/mediations/m-nowhere/commands", note)),
            ),
            Sent(commands, note),
        ),
        "/v1/mediations/{mediation}/policy": Way(
            desk.coordinator,
            (
                (400, Sent(policy, adopt | {"version": "2020-01-01"})),
                (412, Sent(policy, adopt, '"1"')),
                (409, Sent(policy, adopt | {"version": policy_of("almere").version})),
            ),
            Sent(policy, adopt),
        ),
        "/v1/mediations/{mediation}/person/contact": Way(
            desk.coordinator,
            (
                (400, Sent(contact, {"who": "client"}, method="PUT")),
                (412, Sent(contact, phone, '"1"', "PUT")),
                (409, Sent(contact, {"who": "client", "name": CLIENT.name}, method="PUT")),
            ),
            Sent(contact, phone, method="PUT"),
        ),
        "/v1/transfers/{mediation}/answer": Way(
            desk.elsewhere,
            (
                (400, Sent(transfer, reply | {"note": ""})),
                (412, Sent(transfer, reply, '"1"')),
                (409, Sent(transfer, reply | {"accepted": True, "takesOverOn": "2020-01-01"})),
            ),
            Sent(transfer, reply),
        ),
        "/v1/capacity/{municipality}/vacated": Way(
            desk.coordinator,
            (
                (400, Sent(vacated, {"rows": [{"period": "2026-13", "vacated": 5}]})),
                (403, Sent("/v1/capacity/amersfoort/vacated", {"rows": [{"period": "2026-03", "vacated": 5}]})),
            ),
            Sent(vacated, {"rows": [{"period": "2026-03", "vacated": 5}]}),
        ),
        "/v1/capacity/{municipality}/complexes": Way(
            desk.coordinator,
            ((400, Sent(complexes, {"rows": [row | {"most": -1}]})),),
            Sent(complexes, {"rows": [row]}),
        ),
        "/v1/released-dwellings": Way(
            hand(desk), ((400, Sent(released, {"rows": [home | {"rooms": 0}]})),), Sent(released, {"rows": [home]})
        ),
        "/v1/webhooks": Way(
            desk.coordinator,
            (
                (400, Sent("/v1/webhooks", PLAIN | {"url": "http://10.0.0.1/"})),
                (400, Sent("/v1/webhooks", PLAIN | {"types": ["no.such.type"]})),
            ),
            Sent("/v1/webhooks", PLAIN),
        ),
        "/v1/webhooks/{webhook}/rotate": Way(
            desk.coordinator,
            ((404, Sent("/v1/webhooks/wh-nowhere/rotate", {})),),
            Sent(f"/v1/webhooks/{webhook}/rotate", {}),
        ),
    }  # fmt: skip


async def send(desk: Desk, who: tuple[str, str], sent: Sent, key: str) -> httpx.Response:
    """Send a request under a key."""
    headers = desk.headers(who, key) | ({"If-Match": sent.seen} if sent.seen else {})
    return await desk.http.request(sent.method, sent.path, headers=headers, json=sent.body)


def keyed_routes(app: FastAPI) -> set[str]:
    """Every route that takes an idempotency key."""
    found = set()
    for outer in app.routes:
        for route in getattr(getattr(outer, "original_router", None), "routes", [outer]):
            if isinstance(route, APIRoute) and any(p.alias == "Idempotency-Key" for p in route.dependant.header_params):
                found.add(route.path)
    return found


async def test_whatever_was_refused_first_the_corrected_request_is_done_under_the_same_key(
    desk: Desk, app: FastAPI
) -> None:
    every = await ways(desk, app)
    assert every.keys() == keyed_routes(app), "a route that takes a key and is not tried here"
    for route, way in every.items():
        key = f"key-{uuid4().hex}"
        for status, sent in way.refused:
            for _ in range(2):
                refused = await send(desk, way.who, sent, key)
                assert (refused.status_code, refused.json()["type"] == REUSED) == (status, False), (route, refused.text)
        done = await send(desk, way.who, way.right, key)
        assert done.is_success, (route, done.text)
        again = await send(desk, way.who, way.right, key)
        assert (again.status_code, again.text) == (done.status_code, done.text), route
        for status, sent in way.refused:
            other = await send(desk, way.who, sent, key)
            if sent._replace(seen=None) == way.right:
                assert other.text == done.text, "it was done already, whatever version it is for"
            else:
                assert other.status_code in {400, 403, 404, 409}, (route, status, other.text)
                assert other.status_code != 409 or other.json()["type"] == REUSED, (route, other.text)


async def test_what_the_rules_refused_when_it_was_recorded_is_asked_anew(
    desk: Desk, installation: Installation, pool: Pool
) -> None:
    first = await desk.start()
    body = desk.referral()
    for _ in range(2):
        refused = await desk.post(desk.institution, "/v1/mediations", body, "second")
        assert refused.json()["rule"] == "person_has_open_mediation"
    path = f"/v1/mediations/{first['id']}/commands"
    assert (await desk.post(desk.coordinator, path, {"type": "withdraw", "source": "client"})).status_code == 200
    started = await desk.post(desk.institution, "/v1/mediations", body, "second")
    assert started.status_code == 201, started.text
    again = await desk.post(desk.institution, "/v1/mediations", body, "second")
    assert again.text == started.text
    assert await pool.fetchval("SELECT count(*) FROM mediation") == 2
    kept = kept_key(installation.idempotency.ids, desk.institution[1], "second")
    assert await pool.fetchval("SELECT count(*) FROM request WHERE key = $1", kept) == 1


async def test_of_two_requests_at_one_moment_under_one_key_one_is_done(desk: Desk, pool: Pool) -> None:
    mediations = [(await desk.start(person=person(n)))["id"] for n in (1, 2)]
    for n in range(8):
        here, there = mediations if n % 2 else (mediations[0], mediations[0])
        sent = [(one, {"type": "add_note", "note": f"{n} {text}"}) for one, text in ((here, "a"), (there, "b")) * 3]
        answers = await asyncio.gather(
            *(desk.post(desk.coordinator, f"/v1/mediations/{one}/commands", body, f"same-{n}") for one, body in sent)
        )
        done = {(answer.status_code, body["note"]) for answer, (_, body) in zip(answers, sent, strict=True)}
        assert sorted(status for status, _ in done) == [200, 409], done
        assert {a.json()["type"] for a in answers if a.status_code == 409} == {REUSED}
    noted = "SELECT count(*) FROM event WHERE type = 'NoteAdded'"
    assert await pool.fetchval(noted) == 8


async def test_of_two_referrals_at_one_moment_under_one_key_one_is_done(desk: Desk, pool: Pool) -> None:
    bodies = [desk.referral(person=person(n)) for n in (1, 2)] * 4
    answers = await asyncio.gather(*(desk.post(desk.institution, "/v1/mediations", body, "one") for body in bodies))
    assert sorted({answer.status_code for answer in answers}) == [201, 409]
    assert {a.json()["type"] for a in answers if a.status_code == 409} == {REUSED}
    assert await pool.fetchval("SELECT count(*) FROM mediation") == 1


async def give(
    desk: Desk, installation: Installation, mediation: str, key: str, command: AddNote | ReportSignal
) -> Recorded:
    """Have a command recorded as an API did that died before it could answer."""
    assert installation.temporal
    number = command_id(installation.idempotency.ids, desk.town.municipality, key)
    kept = kept_key(installation.idempotency.ids, desk.town.municipality, key)
    submission = Submission(command_id=number, command=command, keyed=Keyed(key=kept, fingerprint="of-another"))
    handle = installation.temporal.get_workflow_handle(mediation)
    return await handle.execute_update(MediationWorkflow.submit, submission, id=number)


async def test_a_key_is_used_though_the_api_died_before_it_could_answer(desk: Desk, installation: Installation) -> None:
    mediation = (await desk.start())["id"]
    command = AddNote(by=coordinator(desk), note="note-00000000")
    assert not (await give(desk, installation, mediation, "k", command)).refused
    body = {"type": "add_note", "note": "Iets anders."}
    for path in (
        f"/v1/mediations/{mediation}/commands",
        f"/v1/mediations/{(await desk.start(person=person(3)))['id']}/commands",
    ):
        late = await desk.post(desk.coordinator, path, body, "k")
        assert late.json()["type"] == REUSED


async def test_nobody_is_told_the_refusal_of_another_request(
    desk: Desk, installation: Installation, pool: Pool
) -> None:
    mediation = (await desk.start())["id"]
    signal = ReportSignal(by=coordinator(desk), kind=SignalKind.NUISANCE)
    refused = await give(desk, installation, mediation, "k", signal)
    assert refused.refused is not None
    assert refused.refused.rule == "no_keys_yet"
    body = {"type": "add_note", "note": "De corrigerende opdracht."}
    assert (await desk.post(desk.coordinator, f"/v1/mediations/{mediation}/commands", body, "k")).status_code == 200
    kept = [(entry.recorded.refused is not None, entry.command.type) for entry in await entries(pool, mediation)]
    assert kept[-2:] == [(True, "ReportSignal"), (False, "AddNote")], "the refusal stays in the journal"


def coordinator(desk: Desk) -> Actor:
    """Somebody of the municipality."""
    return Actor(role=Role.COORDINATOR, organisation=desk.town.municipality, user="somebody")
