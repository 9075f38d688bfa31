"""What a test does through the API: people of organisations who send requests with tokens of their own."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

import httpx
from pydantic.alias_generators import to_camel
from temporalio.client import Client
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from domain.facts.calendar import Calendar
from runtime.local_issuer import LocalIssuer
from sandbox.driven import journey
from sandbox.driven.skipping import let_pass
from tests.town import BSN, CLIENT, Town

Json = dict[str, Any]
ELSEWHERE = "amersfoort"
PATIENCE = 60.0
"""Seconds until what is waited for must be there, on a machine where much else runs too."""
DOCUMENTS = ["consent", "identity", "address_history", "income_statement", "readiness_statement"]


class MovedClock:
    """The machine's clock, moved on as far as the mediation's own time was skipped."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    async def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class Desk:
    """One installation's API, and tokens for whoever is to send something."""

    def __init__(self, http: httpx.AsyncClient, town: Town, issuer: LocalIssuer, clock: MovedClock) -> None:
        self.http = http
        self.town = town
        self.issuer = issuer
        self.clock = clock
        self.coordinator = ("coordinator", town.municipality)
        self.institution = ("institution", town.institution)
        self.team = ("district_team", town.team)
        self.corporation = ("corporation", town.corporation)
        self.other_corporation = ("corporation", town.corporations[1])
        self.provider = ("care_provider", town.provider)
        self.auditor = ("auditor", f"inspection-{town.tag}")
        self.admin = ("admin", f"supplier-{town.tag}")
        self.elsewhere = ("coordinator", ELSEWHERE)

    def headers(self, who: tuple[str, str], key: str | None = None) -> dict[str, str]:
        """The headers of a request by somebody of an organisation."""
        token = self.issuer.issue(*who, subject=f"somebody at {who[1]}")
        return {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})

    async def get(self, who: tuple[str, str], path: str, **query: Any) -> httpx.Response:
        return await self.http.get(path, headers=self.headers(who), params=query)

    async def read(self, who: tuple[str, str], path: str, **query: Any) -> Json:
        """Read something that is there."""
        response = await self.get(who, path, **query)
        assert response.status_code == 200, response.text
        read: Json = response.json()
        return read

    async def post(
        self, who: tuple[str, str], path: str, body: Json, key: str | None = None, **headers: str
    ) -> httpx.Response:
        """Send a command, under a key of its own unless one is given."""
        sent = self.headers(who, key or f"key-{uuid4().hex}") | {k.replace("_", "-"): v for k, v in headers.items()}
        return await self.http.post(path, headers=sent, json=body)

    def referral(self, **changes: Any) -> Json:
        """A referral by the town's institution."""
        person = CLIENT.model_dump(mode="json", exclude_none=True)
        person = {to_camel(name): value for name, value in person.items()}
        return {
            "municipality": self.town.municipality,
            "institution": self.town.institution,
            "careProvider": self.town.provider,
            "district": "haven",
            "person": person,
            "targetGroup": "sheltered_living",
            "householdSize": 1,
            "needs": {"rooms": 2, "rentLimitCents": 65_000},
            "documents": DOCUMENTS,
            **changes,
        }

    async def start(self, key: str | None = None, **changes: Any) -> Json:
        """Start a mediation as its institution."""
        response = await self.post(self.institution, "/v1/mediations", self.referral(**changes), key)
        assert response.status_code == 201, response.text
        started: Json = response.json()
        return started

    async def answer(self, who: tuple[str, str], mediation: str, kind: str, **answer: Any) -> Json:
        """Answer the open task of this kind, once it is there."""
        task = await self.task(mediation, kind)
        response = await self.post(
            who, f"/v1/mediations/{mediation}/tasks/{task['id']}/answer", {"kind": kind, **answer}
        )
        assert response.status_code == 200, response.text
        after: Json = response.json()
        return after

    async def decide_objection(self, mediation: str, **answer: Any) -> Json:
        """A colleague of the coordinator decides on the open objection: not who took the decision."""
        task = await self.task(mediation, "decide_objection")
        token = self.issuer.issue(*self.coordinator, subject="a colleague")
        response = await self.http.post(
            f"/v1/mediations/{mediation}/tasks/{task['id']}/answer",
            json={"kind": "decide_objection", **answer},
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": f"decided-{mediation}"},
        )
        assert response.status_code == 200, response.text
        after: Json = response.json()
        return after

    async def grant(self, mediation: str, support: str = "regular", by: tuple[str, str] | None = None) -> None:
        """The team, or who stands in for it, advises well of a home; the municipality decides so."""
        await self.answer(by or self.team, mediation, "assess", result="positive", support=support)
        await self.answer(self.coordinator, mediation, "decide_urgency", granted=True)

    async def task(self, mediation: str, kind: str) -> Json:
        """The open task of this kind, once it is there."""
        return await eventually(
            lambda state: next((t for t in state["tasks"] if t["kind"] == kind), None), self, mediation
        )

    async def settled(self, mediation: str) -> Json:
        """How the mediation stands when everything is delivered."""
        return await eventually(lambda state: state if not state["deliveriesWaiting"] else None, self, mediation)

    async def today(self) -> date:
        """The date in the municipality, which for an hour or two of each night is not that of UTC."""
        return Calendar().today(await self.clock.now())


async def eventually(look: Callable[[Json], Json | None], desk: Desk, mediation: str) -> Json:
    """Return what is seen in a mediation as soon as it is there; else tell what was seen when."""
    began, slowest, told = monotonic(), 0.0, list[str]()
    while (waited := monotonic() - began) < PATIENCE:
        state = await desk.read(desk.coordinator, f"/v1/mediations/{mediation}")
        slowest = max(slowest, monotonic() - began - waited)
        if found := look(state):
            return found
        if not told or not told[-1].endswith(_gist(state)):
            told.append(f"after {waited:.2f} s {_gist(state)}")
        await asyncio.sleep(0.025)
    raise AssertionError("\n".join([f"not seen, each look within {slowest:.2f} s:", *told, f"at last {state}"]))


def _gist(state: Json) -> str:
    """What changes on the way, in a line."""
    tasks = ", ".join(task["id"] for task in state["tasks"])
    listed, waiting = len(state["candidates"]), state["deliveriesWaiting"]
    return f"{state['version']}: {state['stage']} with {tasks}; {listed} homes listed, {waiting} messages under way"


async def everything(desk: Desk, who: tuple[str, str], path: str, **query: object) -> list[Json]:
    """Every item of a list, page by page."""
    found: list[Json] = []
    cursor: dict[str, str] = {}
    for _ in range(50):
        page = await desk.read(who, path, **query, **cursor)
        found += page["items"]
        if page["next"] is None:
            return found
        cursor = {"cursor": page["next"]}
    raise AssertionError("no end")


AFTER_REOPENING = timedelta(weeks=7)
"""So long after the end it can be undone no more, and the workflow has ended too."""


async def skip(desk: Desk, client: Client, mediation: str, by: timedelta, *, ends: bool = False) -> None:
    """Let time pass for one mediation and for the API; with `ends` so long that its workflow ends."""
    await desk.settled(mediation)
    handle = client.get_workflow_handle(mediation)
    await journey.eventually(lambda: journey.idle(handle), lambda: f"{mediation} is still busy")
    skipper = TimeSkipper(client, config=TimeSkippingConfig(enabled=False))
    assert await let_pass(skipper, handle, by) is not ends
    desk.clock.ahead += by


def bsn(n: int) -> str:
    """The nth number of the official test range that satisfies the elfproef."""
    digits = [9, 9, 9, 9, *(int(d) for d in f"{n:04d}")]
    total = sum(d * w for d, w in zip(digits, range(9, 1, -1), strict=True))
    last = total % 11
    return bsn(n + 5000) if last == 10 else "".join(map(str, [*digits, last]))


def person(n: int) -> Json:
    """Another client."""
    return {
        "bsn": bsn(n),
        "name": f"Testpersoon {n}",
        "bornOn": "1990-01-01",
        "guide": {"name": "Bram Begeleider", "mail": "bram@guide.example"},
    }


def directory_of(town: Town) -> str:
    """The town's directory with a second municipality and those who only look."""
    others = {
        ELSEWHERE: ("coordinator", ELSEWHERE),
        f"elsewhere-team-{town.tag}": ("district_team", ELSEWHERE),
        f"elsewhere-provider-{town.tag}": ("care_provider", ELSEWHERE),
        f"elsewhere-institution-{town.tag}": ("institution", ELSEWHERE),
        f"elsewhere-corporation-{town.tag}": ("corporation", ELSEWHERE),
        f"inspection-{town.tag}": ("auditor", town.municipality),
        f"elsewhere-inspection-{town.tag}": ("auditor", ELSEWHERE),
        f"other-institution-{town.tag}": ("institution", town.municipality),
        f"supplier-{town.tag}": ("admin", None),
    }
    tables = [
        f'[[organisation]]\nid = "{name}"\nrole = "{role}"\nname = "{name}"\n'
        f'municipalities = {[place] if place else []}\nmail = "{town.mail_of(name)}"\n'
        for name, (role, place) in others.items()
    ]
    return "\n\n".join([town.file.read_text(), *tables])


def issuer_in(folder: Path) -> LocalIssuer:
    """An issuer of tokens of this test's own."""
    return LocalIssuer(folder / "issuer.json")


assert CLIENT.bsn == BSN
