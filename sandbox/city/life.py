"""The people around one client, as a workflow on the virtual clock: sleep, look, act through the public API, sleep."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
from temporalio import activity, workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError

from runtime.clock import Clock
from runtime.local_issuer import LocalIssuer
from sandbox.city.behaviour import Act, Answer, Command, PartnerStaff, next_act
from sandbox.city.city import City

LOOK = timedelta(hours=1)
"""How long people wait before they look again at something that is still under way."""
SETTLING = (0.03, 0.05, 0.1, 0.2)
"""Seconds to let the engine deliver what an act led to, before looking. Virtual time stands still meanwhile."""


@dataclass
class Arrival:
    """Which resident, and when the referral is made."""

    resident: int
    at: datetime


@workflow.defn(name="ResidentLife")
class ResidentLife:
    """What happens around one client, from referral to the end."""

    @workflow.run
    async def run(self, arrival: Arrival) -> None:
        """Live until the mediation is closed."""
        wake_at: str | None = arrival.at.isoformat()
        while wake_at:
            await workflow.sleep(max(datetime.fromisoformat(wake_at) - workflow.now(), timedelta()))
            wake_at = await workflow.execute_activity_method(
                Neighbourhood.live,
                arrival.resident,
                start_to_close_timeout=timedelta(minutes=2),
                retry_policy=RetryPolicy(initial_interval=timedelta(minutes=1), maximum_attempts=10),
            )


class Neighbourhood:
    """Where people act: the engine's API, and the systems in which partners' staff work."""

    def __init__(
        self,
        city: City,
        http: httpx.AsyncClient,
        clock: Clock,
        issuer: LocalIssuer,
        api_url: str,
        partner_url: Callable[[str], str],
    ) -> None:
        self._city = city
        self._http = http
        self._clock = clock
        self._issuer = issuer
        self._api = api_url
        self._partner_url = partner_url
        self._mediations: dict[int, str] = {}
        self._taken: dict[int, set[str]] = {}
        """Dwellings that were gone when this client's coordinator chose them."""
        self._tokens: dict[tuple[str, str], str] = {}
        self._done: set[int] = set()
        self.acts = 0
        self.failure: str | None = None
        """Why somebody could not do what they wanted; it should never happen."""

    @property
    def all_done(self) -> bool:
        """Whether every mediation is closed."""
        return len(self._done) == len(self._city.residents)

    def mediation_of(self, n: int) -> str:
        """Return the id of a resident's mediation."""
        return self._mediations[n]

    @activity.defn(name="Live")
    async def live(self, n: int) -> str | None:
        """Do what is due around this client; return when to look again, or None when it is over."""
        view = await self._look(n)
        while view["stage"] != "closed":
            now = await self._clock.now()
            act = next_act(self._city, self._city.residents[n], self._without_taken(n, view), now)
            if act is None or act.at > now:
                return _look_again(view, act, now).isoformat()
            await self._do(n, act)
            view = await self._settled(n)
        self._done.add(n)
        return None

    async def _look(self, n: int) -> dict[str, Any]:
        """See how the mediation stands; refer the client first."""
        if n not in self._mediations:
            body = self._city.residents[n].referral
            view = await self._post("/v1/mediations", "institution", body["institution"], f"referral-{n}", body)
            self._mediations[n] = view["id"]
            return view
        path = f"{self._api}/v1/mediations/{self._mediations[n]}"
        answer = await self._http.get(path, headers=self._bearer("coordinator", self._city.municipality))
        return self._checked(answer)

    async def _settled(self, n: int) -> dict[str, Any]:
        """Look after the engine has had a moment to deliver what an act led to."""
        view: dict[str, Any] = {}
        for seconds in SETTLING:
            await asyncio.sleep(seconds)
            view = await self._look(n)
            if not view["deliveriesWaiting"]:
                break
        return view

    async def _do(self, n: int, act: Act) -> None:
        self.acts += 1
        match act.channel:
            case Answer(task=task, body=body):
                path = f"/v1/mediations/{self._mediations[n]}/tasks/{task}/answer"
                try:
                    await self._post(path, act.role, act.organisation, f"{n}-{task}-{self.acts}", body)
                except DwellingTaken:
                    self._taken.setdefault(n, set()).add(body["dwelling"])
            case Command(name=name, body=body):
                path = f"/v1/mediations/{self._mediations[n]}/commands"
                await self._post(path, act.role, act.organisation, f"{n}-{name}", body)
            case PartnerStaff(path=path, body=body):
                url = f"{self._partner_url(act.role)}/{act.organisation}{path}"
                self._checked(await self._http.post(url, json=body))

    async def _post(self, path: str, role: str, organisation: str, key: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {**self._bearer(role, organisation), "Idempotency-Key": f"{self._city.seed}-{key}"}
        return self._checked(await self._http.post(f"{self._api}{path}", json=body, headers=headers))

    def _checked(self, answer: httpx.Response) -> dict[str, Any]:
        """Return what was answered. What people do in the city is always allowed: a refusal ends the city."""
        if answer.is_success:
            said: dict[str, Any] = answer.json()
            return said
        problem = answer.json() if "json" in answer.headers.get("Content-Type", "") else {}
        if problem.get("rule") == "dwelling_taken":
            raise DwellingTaken
        text = f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {problem}"
        if answer.status_code < 500:
            self.failure = text
            raise ApplicationError(text, non_retryable=True)
        raise ApplicationError(text)

    def _bearer(self, role: str, organisation: str) -> dict[str, str]:
        who = (role, organisation)
        if who not in self._tokens:
            self._tokens[who] = self._issuer.issue(role, organisation, f"{role}-1", timedelta(days=365))
        return {"Authorization": f"Bearer {self._tokens[who]}"}

    def _without_taken(self, n: int, view: dict[str, Any]) -> dict[str, Any]:
        taken = self._taken.get(n, set())
        return {**view, "candidates": [c for c in view["candidates"] if c["dwelling"]["id"] not in taken]}


class DwellingTaken(Exception):
    """Somebody else was quicker."""


def _look_again(view: dict[str, Any], act: Act | None, now: datetime) -> datetime:
    moments = [act.at] if act else []
    if view["deliveriesWaiting"]:
        moments.append(now + LOOK)
    if view["nextMoment"]:
        moments.append(max(datetime.fromisoformat(view["nextMoment"]), now) + LOOK)
    return min(moments, default=now + timedelta(days=1))
