"""The people of a besieged city: they refer clients and answer tasks through the API, until somebody has heard.

Each goes the main road as far as chance has it; some withdraw on the way. Half of them want whatever home is there, so
that they want the same ones. What they were told they note, and nothing else of theirs is known to whoever checks.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from random import Random
from time import monotonic
from typing import Any

import httpx

from benchmarks.shell import PARTIES
from benchmarks.siege.notes import Json, Note, Notebook
from domain.facts.parties import Role
from domain.policy.policy import Policy
from runtime.local_issuer import LocalIssuer
from sandbox.city.bsn import test_number
from sandbox.driven import road

DISTRICT = "stad-centrum"
DOCUMENTS = ["consent", "identity", "address_history", "income_statement", "readiness_statement"]
MEMBER: dict[Role, str] = {
    Role.COORDINATOR: PARTIES.municipality,
    Role.INSTITUTION: "kwintes-beschermd-wonen",
    Role.DISTRICT_TEAM: "wijkteam-stad-haven",
    Role.CORPORATION: PARTIES.corporations[0],
    Role.CARE_PROVIDER: PARTIES.care_provider,
}
LISTS = ("/v1/mediations", "/v1/tasks", "/v1/alarms", "/v1/work", "/v1/events")
AGAIN = 0.3
"""Seconds until it is asked once more."""
LOOKS = 40
"""After so many looks without anything to answer a person lets it be."""
WHY = "note-0123456789abcdef"
"""Why this client gets the home, though others wait for one."""


class Mark:
    """What nobody but the vault may know of a client, in the ways in which it could get out."""

    def __init__(self, n: int) -> None:
        self.bsn = test_number(0, n)
        self.surname = f"Belegerdevrouw{n:04}"
        self.mail = f"belegerd{n:04}@client.example"
        self.said = (self.bsn, self.surname, self.mail)


class People:
    """Everybody who asks something of the API."""

    def __init__(self, http: httpx.AsyncClient, issuer: LocalIssuer, notebook: Notebook, policy: Policy) -> None:
        self._http = http
        self._issuer = issuer
        self._policy = policy
        self.notebook = notebook
        self.mediations: list[str] = []
        self.marks: list[Mark] = []
        self.over = False
        """Whether nobody begins anything any more."""
        self.until = float("inf")
        """On the monotonic clock: when everybody stops asking for what they were not told."""

    @asynccontextmanager
    async def at_work(self, many: int, seed: int) -> AsyncIterator[None]:
        """Have so many people at work beside each other, until the block ends and each was told what came of it."""
        async with asyncio.TaskGroup() as group:
            for place in range(many):
                group.create_task(self._one_after_another(Random(f"{seed}.{place}"), place, many))
            group.create_task(self._read_lists())
            yield
            self.over = True

    async def ask(self, note: Note) -> None:
        """Give a command under its key until somebody answers what came of it."""
        while note.status is None and monotonic() < self.until:
            response = await self.send("POST", note.path, (Role(note.role), note.organisation), note.body, note.key)
            if response is not None and response.status_code < 500 and response.status_code != 429:
                self.notebook.answered(note, response.status_code, response.text)
                return
            await asyncio.sleep(AGAIN)

    async def send(
        self, method: str, path: str, who: tuple[Role, str], body: Json | None = None, key: str | None = None
    ) -> httpx.Response | None:
        """Send a request once; None when nobody answered."""
        token = self._issuer.issue(*who, subject=f"u-{key or path}")
        headers = {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})
        try:
            response = await self._http.request(method, path, json=body, headers=headers)
        except httpx.HTTPError:
            return None
        retry = response.headers.get("Retry-After")
        self.notebook.heard(method, path, response.status_code, retry, response.text)
        return response

    async def _one_after_another(self, chance: Random, place: int, many: int) -> None:
        n = place
        while not self.over:
            await self._life(chance, n)
            n += many

    async def _life(self, chance: Random, n: int) -> None:
        mediation = await self._referred(n)
        wanted = f"E-{n % 60}" if n % 2 else None
        last = chance.choice(["assess", "make_offer", "answer_offer", "sign_lease", "start_support", "all", "all"])
        looks, given = 0, 0
        while mediation and not self.over and looks < LOOKS:
            state = await self._read(mediation)
            note = state and self._next(chance, mediation, state, wanted, f"{n}-{given}", last)
            looks, given = (0, given + 1) if note else (looks + 1, given)
            if note:
                await self.ask(self.notebook.write(note))
                if note.path.endswith("/commands"):
                    return
            else:
                await asyncio.sleep(AGAIN)

    async def _referred(self, n: int) -> str | None:
        mark = Mark(n)
        self.marks.append(mark)
        note = self.notebook.write(self._note(Role.INSTITUTION, f"refer-{n}", "/v1/mediations", _referral(mark)))
        await self.ask(note)
        if not note.acknowledged:
            return None
        note.mediation = httpx.Response(200, text=note.text).json()["id"]
        self.mediations.append(note.mediation)
        return note.mediation

    async def _read(self, mediation: str) -> Json | None:
        who = (Role.COORDINATOR, MEMBER[Role.COORDINATOR])
        response = await self.send("GET", f"/v1/mediations/{mediation}", who)
        return response.json() if response is not None and response.status_code == 200 else None

    def _next(
        self, chance: Random, mediation: str, state: Json, wanted: str | None, key: str, last: str
    ) -> Note | None:
        """Return what somebody does next, if there is something to do."""
        free = [c["dwelling"]["id"] for c in state["candidates"]]
        home = wanted if wanted in free else (chance.choice(free) if free else None)
        for step in road.to_the_keys(self._policy, self._today, MEMBER[Role.CORPORATION], home or "none", WHY):
            task = next((t for t in state["tasks"] if t["kind"] == step.body["kind"]), None)
            if task is None or (task["kind"] == "make_offer" and home is None):
                continue
            if task["kind"] == last:
                body = {"type": "withdraw", "source": "client", "note": "Gaat samenwonen."}
                path = f"/v1/mediations/{mediation}/commands"
                return self._note(Role.COORDINATOR, f"withdraw-{key}", path, body, mediation)
            path = f"/v1/mediations/{mediation}/tasks/{task['id']}/answer"
            return self._note(step.by, f"{task['kind']}-{key}", path, step.body, mediation)
        return None

    @property
    def _today(self) -> Any:
        return self._policy.calendar.today(datetime.now(UTC))

    def _note(self, role: Role, key: str, path: str, body: Json, mediation: str = "") -> Note:
        return Note(MEMBER[role], role.value, key, path, body, mediation=mediation)

    async def _read_lists(self) -> None:
        while not self.over:
            for path in LISTS:
                await self.send("GET", path, (Role.COORDINATOR, MEMBER[Role.COORDINATOR]))
                await asyncio.sleep(AGAIN)


def _referral(mark: Mark) -> Json:
    guide = {"name": "Begeleider", "mail": "guide@example.org"}
    person = {"bsn": mark.bsn, "firstNames": "Test", "surname": mark.surname, "bornOn": "1990-05-17"}
    reached = {"mail": mark.mail, "phone": "0612345678", "consentsToMail": "2026-01-02", "guide": guide}
    return {
        "municipality": MEMBER[Role.COORDINATOR],
        "careProvider": MEMBER[Role.CARE_PROVIDER],
        "district": DISTRICT,
        "person": {**person, **reached},
        "targetGroup": "sheltered_living",
        "householdSize": 1,
        "needs": {"rooms": 2, "rentLimitCents": 65_000},
        "documents": DOCUMENTS,
    }
