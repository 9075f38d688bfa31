"""Who may do what: every route, every role, from their own organisation, another, another municipality, and nobody."""

from datetime import timedelta
from typing import NamedTuple

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from domain.facts.parties import Role
from runtime.local_issuer import LocalIssuer
from tests.api.desk import Desk, Json, bsn

COMMAND = {"type": "add_note", "note": "Een notitie."}
ADOPTION = {"note": "De nieuwe verordening geldt."}
ADOPTED = 409
"""It runs under the newest policy already."""
ANSWER = {"kind": "check_readiness", "result": "not_ready", "note": "Nog niet."}
OPEN = {"/", "/v1", "/v1/", "/healthz", "/readyz", "/version", "/v1/woonwaaier", "/.well-known/security.txt"}
"""What anybody may ask, since it says nothing about mediations."""
PAGES = {
    "/l/{token}",
    "/l/{token}/code",
    "/l/{token}/open",
    "/l/{token}/answer",
    "/l/{token}/hindrance",
    "/assets/plain.css",
}
PAGES |= {"/docs", "/assets/try-out.js", "/assets/swagger-ui-bundle.js", "/assets/swagger-ui.css"}
PAGES |= {"/assets/favicon-32x32.png"}
"""Pages for whoever has a link; a code by mail is their key."""
DIRECTORY = ("/v1/directory",)
"""Read by GET and changed by PUT; each sees and changes what concerns the own municipality."""
PROPOSALS = {"/v1/directory/proposals", "/v1/directory/proposals/{proposal}/confirm"}
PROPOSALS |= {"/v1/directory/proposals/{proposal}/withdraw"}
"""For whom they concern: see test_two_people."""
READS = (
    "/v1/mediations/{mediation}",
    "/v1/mediations/{mediation}/events",
    "/v1/mediations/{mediation}/dwellings",
    "/v1/mediations/{mediation}/letters",
)
HISTORY = "/v1/mediations/{mediation}/history"
"""Of what Temporal recorded: for auditors alone."""
PERSONAL = ("/v1/mediations/{mediation}/person", "/v1/mediations/{mediation}/notes")
READS_OF = ("/v1/mediations/{mediation}/reads", "/v1/mediations/{mediation}/person/reads")
"""Who read personal data."""
RESOLVED = "/v1/mediations/{mediation}/actors"
"""Who it was that acted; see test_reads."""
LISTS = ("/v1/mediations", "/v1/tasks", "/v1/events")
REPORTS = ("/v1/reports/{report}",)
WRITES = {
    "/v1/mediations/{mediation}/commands": COMMAND,
    "/v1/mediations/{mediation}/tasks/{task}/answer": ANSWER,
}
FEEDS: dict[str, Json] = {
    "/v1/capacity/{municipality}/vacated": {"rows": [{"period": "2026-03", "vacated": 52}]},
    "/v1/capacity/{municipality}/complexes": {"rows": [{"corporation": "ymere", "complex": "De Oever"}]},
}
SIGNED = "/v1/webhooks/incoming/{organisation}"
"""Admitted by its signature and not by a token; see test_incoming."""
WEBHOOKS = "/v1/webhooks"
MESSAGES = {"/v1/istandaarden/berichten", "/v1/istandaarden/berichten/{message}"}
"""Of care providers; who may send and read them is tested with them."""
RELEASES = {"/v1/released-dwellings", "/v1/released-dwellings/{dwelling}"}
"""Of a corporation without a system; who may do what there is tested in test_releases."""
REFERRALS = "/v1/referrals"
"""For who may refer one client too; who they are is tested in test_referral_import."""
SEARCH = "/v1/people/search"
"""For coordinators alone; what they find is tested in test_people."""
CASELOAD = {"/v1/caseworkers", "/v1/caseworkers/me", "/v1/caseworkers/{caseworker}"}
CASELOAD |= {"/v1/caseworkers/{caseworker}/absence", "/v1/caseworkers/{caseworker}/hand-over"}
CASELOAD |= {"/v1/mediations/{mediation}/caseworker", "/v1/mediations/{mediation}/tasks/{task}/caseworker"}
CASELOAD |= {"/v1/mediations/{mediation}/assignments"}
"""For coordinators, and the last one for auditors too: see test_caseload."""
TRANSFERS = {"/v1/transfers", "/v1/transfers/{mediation}", "/v1/transfers/{mediation}/answer"}
"""For coordinators, of the municipality that is asked too: see test_transfers."""
WORK = {"/v1/work", "/v1/work/calls", "/v1/work/stuck", "/v1/work/changes", "/v1/alarms"}
"""For coordinators alone: see test_work and test_alarms."""
FORESEEN = {"/v1/mediations/{mediation}/tasks/{task}/dry-run", "/v1/mediations/{mediation}/commands/dry-run"}
"""For coordinators alone: see test_foreseen."""
FREE_HOMES = "/v1/dwellings"
FITTING = "/v1/dwellings/{corporation}/{dwelling}/clients"
"""For coordinators, the last one for auditors too: see test_by_hand."""
CONTACT = "/v1/mediations/{mediation}/person/contact"
"""For coordinators, and of the guide for the institution: see test_a_moved_client."""
PAPER = {"/v1/paper", "/v1/paper/{letter}", "/v1/paper/{letter}/left"}
"""For the municipality alone: see test_paper."""
POLICY = "/v1/mediations/{mediation}/policy"
"""Previewed by GET and adopted by POST."""
WORKERS = ("coordinator", "institution", "district_team", "care_provider")


class Who(NamedTuple):
    """Somebody, and how they stand to the mediation: own, other organisation, other municipality."""

    role: str
    organisation: str
    stands: str


def people(desk: Desk) -> list[Who]:
    """Everybody of the matrix."""
    town, tag = desk.town, desk.town.tag
    own = [Who(*who, "own") for who in (desk.coordinator, desk.institution, desk.provider, desk.auditor)]
    other = [
        Who(*desk.team, "other"),  # nothing is asked of it yet
        Who("institution", f"other-institution-{tag}", "other"),
        Who("care_provider", town.other_provider, "other"),
        Who("corporation", town.corporation, "other"),
    ]
    away = [Who("coordinator", "amersfoort", "away"), Who("auditor", f"elsewhere-inspection-{tag}", "away")]
    partners = ("institution", "care_provider", "corporation")
    away += [Who(role, f"elsewhere-{role.rpartition('_')[2]}-{tag}", "away") for role in partners]
    away += [Who("district_team", f"elsewhere-team-{tag}", "away")]
    return [*own, Who(*desk.admin, "own"), *other, *away]


def expected(route: str, who: Who) -> int:
    """What a request must be answered with."""
    if route in LISTS:
        return 200
    looks = who.role in {"auditor", "admin"}
    if route in REPORTS:
        return 200 if looks or who.role == "coordinator" else 403
    if route in DIRECTORY:
        return 200 if who.role in {"coordinator", "admin"} else 403
    if route in FEEDS:
        return 200 if who.role == "coordinator" and who.stands == "own" else 403
    if (route in WRITES or route == POLICY) and looks:
        return 403
    if route in READS_OF and who.role not in {"coordinator", "auditor"}:
        return 403
    if who.stands != "own":
        return 404
    if route == HISTORY:
        return 200 if who.role == "auditor" else 403
    if route in PERSONAL:
        return 200 if not looks or (who.role == "auditor" and route.endswith("/notes")) else 403
    if route.endswith("/answer") or route == POLICY:
        return 200 if who.role == "coordinator" else 403
    return 200


def routes(app: FastAPI) -> dict[str, set[str]]:
    """Every route and its methods."""
    described: Json = {}
    for route in app.routes:
        for inner in (
            getattr(route, "original_router", app.router).routes if not isinstance(route, APIRoute) else [route]
        ):
            if isinstance(inner, APIRoute):
                described.setdefault(inner.path, set()).update(inner.methods or ())
    return described


async def test_every_role_on_every_route_gets_what_it_may(desk: Desk, app: FastAPI) -> None:
    mediation = (await desk.start())["id"]
    known = {
        *LISTS,
        *REPORTS,
        *DIRECTORY,
        *PROPOSALS,
        *READS,
        HISTORY,
        *PERSONAL,
        *READS_OF,
        RESOLVED,
        *WRITES,
        *FEEDS,
        POLICY,
        CONTACT,
        SEARCH,
        FREE_HOMES,
        FITTING,
        *CASELOAD,
        *PAPER,
        *TRANSFERS,
        *WORK,
        *FORESEEN,
        *MESSAGES,
        *RELEASES,
        REFERRALS,
        *OPEN,
        *PAGES,
        SIGNED,
    }
    managed = {route for route in routes(app) if route.startswith(WEBHOOKS)} - {SIGNED}  # see test_webhooks
    assert set(routes(app)) == known | managed, "a route without a place in this matrix"
    for who in sorted(people(desk), key=lambda who: who.role == "coordinator" and who.stands == "own"):
        for route in (*LISTS, *REPORTS, *DIRECTORY, *READS, HISTORY, *PERSONAL, *READS_OF, *WRITES, *FEEDS, POLICY):
            town = desk.town.municipality
            path = route.format(mediation=mediation, task="check_readiness-1", report="council", municipality=town)
            why = {"purpose": "contact"} if route in PERSONAL else {}
            caller, body = (who.role, who.organisation), (WRITES | FEEDS).get(route)
            response = await (desk.post(caller, path, body) if body else desk.get(caller, path, **why))
            assert response.status_code == expected(route, who), (who, route, response.text)
            if route == POLICY:
                adopted = await desk.post(caller, path, ADOPTION)
                assert adopted.status_code == (ADOPTED if expected(route, who) == 200 else expected(route, who)), who
            if route in LISTS and who.stands != "own":
                assert response.json()["items"] == []


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


async def test_every_route_of_the_contract_needs_a_token(idle: Desk, app: FastAPI) -> None:
    asked = 0
    for path, methods in routes(app).items():
        for method in methods if path != SIGNED else ():
            concrete = path.format(
                mediation="m-1",
                task="assess-1",
                report="council",
                municipality="almere",
                message="bericht-1",
                token="t",
                webhook="wh-1",
                dwelling="H-1",
                caseworker="me",
                corporation="ymere",
                letter="letter-1",
                proposal="dp-1",
            )
            bare = await idle.http.request(method, concrete, json={})
            assert (bare.status_code == 401) == (path not in OPEN | PAGES), (method, path)
            if path not in OPEN | PAGES:
                asked += 1
                assert bare.headers["WWW-Authenticate"].startswith("Bearer")
                for token in ("", "x", "a.b.c", "é"):
                    headers = {b"Authorization": f"Bearer {token}".encode()}
                    wrong = await idle.http.request(method, concrete, json={}, headers=headers)
                    assert wrong.status_code == 401
    assert asked == 70


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


async def test_a_role_that_the_directory_does_not_give_is_forbidden(idle: Desk, app: FastAPI) -> None:
    listed = {one.id: one.role for one in app.state.installation.directory}
    assert set(listed.values()) >= set(Role) - {Role.DESK, Role.COMMITTEE}
    for role in Role:
        for name, held in listed.items():
            answered = await idle.get((role.value, name), "/v1/mediations")
            assert answered.status_code == (200 if held is role else 403), (role, name)
        assert (await idle.get((role.value, "nobody-known"), "/v1/mediations")).status_code == 403, role


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
