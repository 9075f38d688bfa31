"""Every operation of the description, asked by everybody: who they are, how they stand to what is asked, and with what.

The operations come from the description that the API itself gives, with its own examples as bodies; so a new one is
asked as soon as it is there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple
from uuid import uuid4

import httpx
from fastapi import FastAPI

from api.openapi import ROOT, describe
from domain.facts.parties import Role
from tests.api.desk import Desk, Json
from tests.api.test_by_hand import candidates, looking, match
from tests.api.test_releases import hand, release

METHODS = ("get", "post", "put", "patch", "delete")
OWN, OTHER, AWAY = "own", "other", "away"
"""How somebody stands to the mediation and the things beside it: theirs, of another organisation of the municipality,
of another municipality."""
BODIES: dict[str, Json] = {
    "answerTask": {"kind": "check_readiness", "result": "not_ready", "note": "Nog niet."},
    "foreseeAnswer": {"kind": "confirm_offer", "number": "H-1/1"},
    "giveCommand": {"type": "add_note", "note": "Een notitie."},
    "foreseeCommand": {"type": "add_note", "note": "Een notitie."},
    "assignMediation": {"caseworker": "{caseworker}"},
    "assignTask": {"caseworker": "{caseworker}"},
    "handOver": {"to": "{colleague}"},
    "coverCaseworker": {"from": "2027-02-01", "to": "2027-02-05", "coveredBy": "{colleague}"},
}
"""Instead of the description's example, where that is about another moment in a mediation."""
QUERIES = {"purpose": "contact"}
HEADERS = {"X-Berichtsoort": "WMO305"}


class Who(NamedTuple):
    """Somebody, and how they stand to what is asked."""

    role: str
    organisation: str
    stands: str


class Operation(NamedTuple):
    """One operation as the description has it."""

    name: str
    method: str
    path: str
    described: Json

    @property
    def needs_a_token(self) -> bool:
        return bool(self.described.get("security"))


@dataclass
class Place:
    """What is there to be asked for: everything by the name that the paths of the description give it."""

    desk: Desk
    named: dict[str, str]

    async def ask(self, operation: Operation, token: str | None) -> httpx.Response:
        """Ask an operation; without a token as nobody."""
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        needed = [one for one in operation.described.get("parameters", ()) if one.get("required")]
        headers |= {
            one["name"]: HEADERS.get(one["name"], f"x-{uuid4().hex}") for one in needed if one["in"] == "header"
        }
        query = {one["name"]: QUERIES[one["name"]] for one in needed if one["in"] == "query"}
        path = operation.path.format(**self.named)
        kind, content = _body(operation)
        if kind == "application/json":
            return await self.desk.http.request(
                operation.method,
                path,
                headers=headers,
                params=query,
                json=self._filled(BODIES.get(operation.name, content)),
            )
        headers |= {"Content-Type": kind} if kind else {}
        return await self.desk.http.request(
            operation.method, path, headers=headers, params=query, content=b"<x/>" if kind else None
        )

    def _filled(self, body: object) -> object:
        """Return a body with the names of what is there."""
        if isinstance(body, dict):
            return {key: self._filled(value) for key, value in body.items()}
        return self.named.get(body[1:-1], body) if isinstance(body, str) and body.startswith("{") else body

    def token(self, who: Who, lifetime: timedelta = timedelta(hours=1)) -> str:
        return self.desk.issuer.issue(who.role, who.organisation, f"somebody at {who.organisation}", lifetime)


def operations(app: FastAPI) -> list[Operation]:
    """Every operation of the description, reads first and what takes away last."""
    paths: dict[str, Json] = describe(app, "/")["paths"]
    found = [
        Operation(
            described["operationId"], method.upper(), path if "servers" in methods else f"{ROOT}{path}", described
        )
        for path, methods in paths.items()
        for method, described in methods.items()
        if method in METHODS
    ]
    return sorted(found, key=lambda one: ("GET", "POST", "PUT", "PATCH", "DELETE").index(one.method))


def everybody(desk: Desk) -> list[Who]:
    """Each role as own, as another organisation of the municipality where there is one, and from elsewhere."""
    town, tag = desk.town, desk.town.tag
    own = (desk.coordinator, desk.institution, desk.team, hand(desk), desk.provider, desk.auditor, desk.admin)
    desks = (("desk", town.desk), ("committee", town.committee))
    other = (
        *desks,
        ("institution", f"other-institution-{tag}"),
        ("district_team", town.by_hand[Role.DISTRICT_TEAM]),
        ("corporation", town.corporation),
        ("care_provider", town.other_provider),
    )
    away = [("coordinator", "amersfoort"), ("auditor", f"elsewhere-inspection-{tag}")]
    away += [(role, f"elsewhere-{role.rpartition('_')[2]}-{tag}") for role in ("institution", "corporation")]
    away += [("care_provider", f"elsewhere-provider-{tag}"), ("district_team", f"elsewhere-team-{tag}")]
    stands = ((OWN, own), (OTHER, other), (AWAY, away))
    return [Who(*who, how) for how, several in stands for who in several]


async def lived_in(desk: Desk) -> Place:
    """A mediation in which everybody has a part, and what else has an id."""
    for dwelling in ("H-1", "H-2"):
        await release(desk, dwelling)
    mediation = await looking(desk)
    await candidates(desk, mediation)
    await match(desk, mediation, "H-1")
    webhook = await desk.post(desk.coordinator, f"{ROOT}/webhooks", _example("https://bus.example.nl/hook"))
    assert webhook.status_code == 201, webhook.text
    for name in ("Kees", "Anna"):
        token = desk.issuer.issue(*desk.coordinator, subject=name)
        entered = {"Authorization": f"Bearer {token}"}
        await desk.http.put(f"{ROOT}/caseworkers/me", headers=entered, json={"name": name})
    caseworkers = (await desk.read(desk.coordinator, f"{ROOT}/caseworkers"))["items"]
    return Place(
        desk,
        {
            "mediation": mediation,
            "task": "confirm_offer-1",
            "report": "council",
            "municipality": desk.town.municipality,
            "webhook": webhook.json()["webhook"]["id"],
            "caseworker": caseworkers[0]["id"],
            "colleague": caseworkers[1]["id"],
            "corporation": hand(desk)[1],
            "dwelling": "H-2",
            "organisation": desk.town.corporation,
            "message": "bericht-1",
            "letter": "letter-1",
            "proposal": "dp-1",
        },
    )


def _example(url: str) -> Json:
    return {"kind": "cloudevents", "url": url}


def _body(operation: Operation) -> tuple[str | None, object]:
    content: Json = operation.described.get("requestBody", {}).get("content", {})
    for kind, told in content.items():
        examples = [one["value"] for one in told.get("examples", {}).values()]
        return kind, told.get("example", examples[0] if examples else {})
    return None, None


def ids_in(place: Place) -> Iterator[str]:
    """What a list must not tell whom it is not for."""
    yield from (place.named[name] for name in ("mediation", "webhook", "caseworker"))
