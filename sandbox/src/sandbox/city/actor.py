"""The people around one client, as a workflow on the virtual clock: sleep, look, act through the public API, sleep."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx
from temporalio import activity, workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError

from domain.decide.catalogue import SPECS
from domain.facts.parties import Role
from domain.facts.tasks import TaskKind
from domain.state.agenda import Due
from runtime.local_issuer import LocalIssuer
from sandbox.city import City
from sandbox.city.acts import Act, Answer, Body, Command, PartnerStaff
from sandbox.city.behaviour import next_act
from sandbox.city.chance import Chance
from sandbox.city.seen import Seen

LOOK = timedelta(hours=1)
"""How long people wait before they look again at something that is still under way; then twice as long, up to a day."""
LOOKS = 5
View = dict[str, Any]
"""A mediation as the API shows it."""

LETS = frozenset({TaskKind.SIGN_LEASE, TaskKind.HAND_OVER_KEYS})
"""Tasks for which a corporation's people look in their own system first."""

SETTLING = timedelta(seconds=5)
"""How long people let the engine deliver what an act led to, before they look: virtual time goes on when it has."""

ATTEMPTS = 10
"""How often somebody tries what does not work, before the city is given up."""

AT_IT = timedelta(minutes=2)
"""How long somebody may be at it."""

PARTNERS = frozenset({Role.CORPORATION, Role.CARE_PROVIDER, Role.DISTRICT_TEAM})
CLICKS_TWICE = 0.2
"""How often somebody at a partner sends an answer twice."""
IN_VAIN = frozenset({404, 409})
"""How an answer is refused to a task that is answered, or that is not theirs to see any more."""

AT_ONCE = timedelta(0)
"""The wait between two attempts is always on the virtual clock, where it takes no time."""


@dataclass
class Arrival:
    """Which resident, and when the referral is made."""

    resident: int
    at: datetime


@workflow.defn(name="ResidentLife", sandboxed=False)  # it ends with the city: nobody ever replays it
class ResidentLife:
    """What happens around one client, from referral to the end."""

    @workflow.run
    async def run(self, arrival: Arrival) -> None:
        """Live until the mediation is over for good."""
        wake_at: str | None = arrival.at.isoformat()
        while wake_at:
            await workflow.sleep(max(datetime.fromisoformat(wake_at) - workflow.now(), timedelta()))
            # Local: people live in the process in which their workflow runs, and need no task of Temporal's for it.
            wake_at = await workflow.execute_local_activity_method(
                Neighbourhood.live,
                args=(arrival.resident, workflow.now()),
                start_to_close_timeout=AT_IT,
                retry_policy=RetryPolicy(initial_interval=timedelta(minutes=1), maximum_attempts=ATTEMPTS),
                local_retry_threshold=AT_ONCE,
            )


class Neighbourhood:
    """Where people act: the engine's API, and the systems in which partners' staff work."""

    def __init__(
        self,
        city: City,
        http: httpx.AsyncClient,
        issuer: LocalIssuer,
        api_url: str,
        partner_url: Callable[[Role], str],
    ) -> None:
        self._city = city
        self._http = http
        self._issuer = issuer
        self._api = api_url
        self._partner_url = partner_url
        self._mediations: dict[int, str] = {}
        self._acts_done: dict[int, set[str]] = {}
        self._seen: dict[int, View] = {}
        """How a mediation stood when it was last looked at."""
        self._looked: dict[int, int] = {}
        """How often on end something was seen to be under way."""
        self._tokens: dict[tuple[Role, str, int], str] = {}
        self._done: set[int] = set()
        self.acts = 0
        self.failure: str | None = None
        """Why somebody could not do what they wanted; it should never happen."""

    @property
    def all_done(self) -> bool:
        """Whether every mediation is over for good."""
        return len(self._done) == len(self._city.residents)

    def mediation_of(self, n: int) -> str:
        """Return the id of a resident's mediation."""
        return self._mediations[n]

    @activity.defn(name="Live")
    async def live(self, n: int, now: datetime) -> str | None:
        """Do what is due around this client now; return when to look again, or None when it is over."""
        try:
            return await self._live(n, now)
        except Exception as error:
            if activity.info().attempt >= ATTEMPTS:
                self.failure = self.failure or f"{type(error).__name__}: {error}"
            raise

    async def _live(self, n: int, now: datetime) -> str | None:
        view = await self._see(n, now)
        if Seen(view).over:
            self._done.add(n)
            return None
        done = self._acts_done.setdefault(n, set())
        act = next_act(self._city, self._city.residents[n], view, now, done)
        if act and act.at <= now:
            await self._do(n, act)
            done.add(act.key)
            self.acts += 1
            return (now + SETTLING).isoformat()
        self._seen[n] = view
        looked = self._looked[n] = min(self._looked.get(n, 0) + 1, LOOKS) if view["deliveriesWaiting"] else 0
        return _look_again(view, act, now, LOOK * 2 ** max(0, looked - 1)).isoformat()

    async def _see(self, n: int, now: datetime) -> View:
        """Return how the mediation stands: as it was last seen, while nothing can have happened since."""
        seen = self._seen.pop(n, None)
        if seen and not seen["deliveriesWaiting"] and now < _next_moment(seen):
            return seen
        return await self._look(n)

    async def _look(self, n: int) -> View:
        """Look how the mediation stands; refer the client first."""
        if n not in self._mediations:
            resident = self._city.residents[n]
            body, who = resident.referral(), resident.referrer
            view = await self._post("/v1/mediations", who.role, who.id, f"{n}-referral", body)
            self._mediations[n] = view["id"]
        path = f"{self._api}/v1/mediations/{self._mediations[n]}"
        headers = self._bearer(Role.COORDINATOR, self._city.policy.municipality)
        view = self._checked(await self._http.get(path, headers=headers))
        return {**view, "takenBack": await self._taken_back(view)}

    async def _taken_back(self, view: View) -> list[str]:
        """Return which offers the corporation's own system says were taken back, as its people see before they act."""
        offer = Seen(view).offer
        if not (offer and offer.number and any(task["kind"] in LETS for task in view["tasks"])):
            return []
        url = f"{self._partner_url(Role.CORPORATION)}/{offer.corporation}/offers"
        shown = self._checked(await self._http.get(url, params={"mediation": view["id"]}))
        return [one["number"] for one in shown["records"] if one["state"] == "withdrawn"]

    async def _do(self, n: int, act: Act) -> None:
        mediation = f"/v1/mediations/{self._mediations[n]}"
        match act.channel:
            case Answer(task=task, body=body):
                path = f"{mediation}/tasks/{task}/answer"
                with suppress(DwellingTaken):
                    try:
                        await self._post(path, act.role, act.organisation, f"{n}-{act.key}", body, person=_person(body))
                    except OthersComeFirst:
                        if act.role is Role.COORDINATOR:  # who may choose otherwise, and says why
                            why = {**body, "note": PASSED_OVER}
                            await self._post(path, act.role, act.organisation, f"{n}-{act.key}:why", why)
                    if act.role in PARTNERS:
                        await self._click_again(n, act, path, body)
            case Command(type=kind, body=body):
                said = {**body, "type": kind[0].lower() + kind[1:]}
                await self._post(f"{mediation}/commands", act.role, act.organisation, f"{n}-{act.key}", said)
            case PartnerStaff(organisation=organisation, method=method, path=path, body=body):
                url = f"{self._partner_url(act.role)}/{organisation}{path}"
                self._checked(await self._http.request(method, url, json=body))

    async def _click_again(self, n: int, act: Act, path: str, body: Body) -> None:
        """Now and then somebody at a partner sends an answer twice, as another request: the second changes nothing."""
        if Chance(self._city.seed, ("second click", n, act.key)).happens(CLICKS_TWICE):
            url, key = f"{self._api}{path}", quote(f"{self._city.seed}-{n}-{act.key}:twice", safe=":")
            headers = {**self._bearer(act.role, act.organisation, _person(body)), "Idempotency-Key": key}
            answer = await self._http.post(url, json=body, headers=headers)
            if answer.status_code not in IN_VAIN:
                self._checked(answer)

    async def _post(self, path: str, role: Role, organisation: str, key: str, body: Body, *, person: int = 1) -> View:
        bearer = self._bearer(role, organisation, person)
        headers = {**bearer, "Idempotency-Key": quote(f"{self._city.seed}-{key}", safe=":")}
        return self._checked(await self._http.post(f"{self._api}{path}", json=body, headers=headers))

    def _checked(self, answer: httpx.Response) -> View:
        """Return what was answered. What people do in the city is always allowed: a refusal ends the city."""
        if answer.is_success:
            said: View = answer.json()
            return said
        problem = answer.json() if "json" in answer.headers.get("Content-Type", "") else {}
        if problem.get("rule") in {"dwelling_taken", "spread_full"}:
            raise DwellingTaken
        if problem.get("rule") == "others_come_first":
            raise OthersComeFirst
        asked = json.loads(answer.request.content or b"{}")
        what = asked.get("type") or asked.get("kind") or ""
        text = f"{answer.request.method} {answer.request.url.path} {what}: {answer.status_code} {problem}"
        if answer.status_code < 500:
            self.failure = text
            raise ApplicationError(text, non_retryable=True)
        raise ApplicationError(text)

    def _bearer(self, role: Role, organisation: str, person: int = 1) -> dict[str, str]:
        who = (role, organisation, person)
        if who not in self._tokens:
            self._tokens[who] = self._issuer.issue(role, organisation, f"{role.value}-{person}", timedelta(days=365))
        return {"Authorization": f"Bearer {self._tokens[who]}"}


def _person(body: Body) -> int:
    """Return who of an organisation does this: an objection is decided by another than took the decision (Awb 10:3)."""
    return 2 if body.get("kind") == TaskKind.DECIDE_OBJECTION else 1


PASSED_OVER = "De woning past hier het beste bij; voor wie eerder aan de beurt is, zoeken wij een andere."
"""Why somebody is offered a home for whom it is not the turn."""


class OthersComeFirst(Exception):
    """Somebody else who waits for this home comes first."""


class DwellingTaken(Exception):
    """Somebody else was quicker."""


def _look_again(view: View, act: Act | None, now: datetime, later: timedelta) -> datetime:
    """Return when to look again: when something is to be done, or after the engine may have asked something new."""
    moments = [act.at] if act else []
    if view["deliveriesWaiting"]:
        moments.append(now + later)
    asking = (datetime.fromisoformat(m["at"]) for m in view["agenda"] if _asks(m))
    moments += [max(at, now) + LOOK for at in asking][:1]
    return min(moments, default=now + timedelta(days=1))


def _asks(moment: View) -> bool:
    """Tell whether the engine may then ask something new. A reminder does not, unless an answer is read first."""
    kind = moment["subject"].rpartition("-")[0]
    return moment["due"] not in {Due.REMIND, Due.ESCALATE} or SPECS[TaskKind(kind)].reads is not None


def _next_moment(view: View) -> datetime:
    return datetime.fromisoformat(view["nextMoment"]["at"]) if view["nextMoment"] else datetime.max.replace(tzinfo=UTC)
