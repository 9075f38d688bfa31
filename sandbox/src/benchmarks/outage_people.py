"""What people do before and while a corporation is down: drawn from a seed, done at exact moments of virtual time."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from random import Random
from typing import Any, NamedTuple

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.common import RetryPolicy
from temporalio.worker import Worker

from benchmarks.shell import BY_HAND, PARTIES, refer
from domain.facts.calendar import Term, TermUnit
from domain.facts.parties import Parties
from domain.facts.value import replace
from domain.messages import answers as a
from domain.policy.policy import Policy
from sandbox.driven import road
from sandbox.driven.journey import Journey

DOWN, UP = "ymere", "de-alliantie"
"""The corporation that is down, and the one that is not."""
ACT_DAYS = 3
"""In the first days of the outage everybody asks something of their corporation."""
HOURS = range(9, 17)
AT_ONCE = 20
QUEUE = "outage"


class Asks(StrEnum):
    """What somebody asks of the corporation during the outage."""

    OFFER = "PlaceOffer"
    LEASE = "PrepareLease"


class Plan(NamedTuple):
    """What the people around one client do."""

    number: int
    corporation: str
    asks: Asks
    day: int
    """On which working day of the outage, from 0."""
    hour: int

    @property
    def id(self) -> str:
        """The mediation."""
        return f"m-bench{self.number:05}"

    @property
    def dwelling(self) -> str:
        """The dwelling that is released for this client."""
        return f"E-{self.number}"

    @property
    def parties(self) -> Parties:
        """Who takes part; nothing here waits for a provider's retours."""
        return replace(PARTIES, corporations=(self.corporation,), care_provider=BY_HAND)


class Days(NamedTuple):
    """The days of a run, in local time: referrals, offers, and the outage from the fourth working day on."""

    policy: Policy
    opens: date
    lasts: int
    """Working days for which the corporation is down."""

    def day(self, n: int) -> date:
        """Return the nth working day, from 0."""
        return self.policy.calendar.add(self.opens, Term(amount=n, unit=TermUnit.WORKING_DAYS)) if n else self.opens

    def at(self, n: int, hour: int) -> datetime:
        """Return when people act in an hour of the nth working day, in UTC.

        Never on the hour, when the engine acts: the server with the virtual clock does not survive a command that comes
        at the very moment of a timer (temporalio/sdk-java#3088).
        """
        return self.policy.calendar.at(self.day(n), time(hour, 20))

    @property
    def since(self) -> datetime:
        """When the corporation goes down."""
        return self.policy.calendar.at(self.day(3), time(8))

    @property
    def until(self) -> datetime:
        """When it is back: a second after a turn began, so that the wait for the next one is as long as can be."""
        return self.policy.calendar.at(self.day(3 + self.lasts), time(8, 0, 1))

    @property
    def ends(self) -> datetime:
        """Until when is looked at what happens: everybody has done everything, and it is not closing time yet."""
        return self.policy.calendar.at(self.day(max(3 + self.lasts, 8)), time(16))

    def asked_at(self, plan: Plan) -> datetime:
        """Return when somebody asks something of their corporation."""
        return self.at(3 + plan.day, plan.hour)


def plans(waiting: int, others: int, seed: int) -> list[Plan]:
    """Draw what people do. Those with the other corporation do the same however many wait for the first."""
    drawn = []
    for corporation, count in ((UP, others), (DOWN, waiting)):
        chance = Random(f"{seed} {corporation}")
        for n in range(count):
            asks = (Asks.OFFER, Asks.LEASE)[n % 2]
            number = n if corporation == UP else 10_000 + n
            drawn.append(Plan(number, corporation, asks, chance.randrange(ACT_DAYS), chance.choice(HOURS)))
    return drawn


Act = Callable[[], Coroutine[Any, Any, object]]


class People:
    """Everybody, and what they do at which moment."""

    def __init__(self, days: Days, everybody: list[Plan], journey: Callable[[Plan], Journey]) -> None:
        self._days = days
        self._acts: dict[datetime, list[Act]] = {}
        for plan in everybody:
            self._plan(plan, journey(plan))

    @property
    def moments(self) -> list[datetime]:
        """When somebody does something."""
        return sorted(self._acts)

    @activity.defn(name="Act")
    async def act(self, n: int) -> None:
        """Do what people do at the nth moment."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(act: Act) -> None:
            async with gate:
                await act()

        await asyncio.gather(*map(one, self._acts[self.moments[n]]))

    def _plan(self, plan: Plan, journey: Journey) -> None:
        """Who asks for a lease has an offer before the outage; who asks for an offer is referred when they are made."""
        days = self._days
        match_, accept = road.match(plan.corporation, plan.dwelling), road.accepted()
        self._at(days.at(0 if plan.asks is Asks.LEASE else 1, 9), lambda: _assessed(journey, plan))
        asked = days.asked_at(plan)
        if plan.asks is Asks.LEASE:
            self._at(days.at(0, 14), lambda: journey.answer(match_))
        self._at(asked, lambda: journey.answer(accept if plan.asks is Asks.LEASE else match_))
        if plan.corporation == UP:
            later = days.at(5 + plan.day, plan.hour)
            keys_on = days.day(20 + plan.day)
            lease = a.LeaseAnswer(form=days.policy.lease_forms[0], keys_on=keys_on)
            self._at(later, lambda: journey.answer(lease if plan.asks is Asks.LEASE else accept))

    def _at(self, moment: datetime, act: Act) -> None:
        self._acts.setdefault(moment, []).append(act)


async def _assessed(journey: Journey, plan: Plan) -> None:
    await refer(journey, plan.dwelling)
    await journey.assessed()


@dataclass
class Moments:
    """When something is done."""

    at: list[datetime]


@workflow.defn(name="People", sandboxed=False)  # it ends with the run: nobody ever replays it
class PeopleWorkflow:
    """Sleeps until each moment, and has done what is done then. Time stands still meanwhile."""

    @workflow.run
    async def run(self, moments: Moments) -> None:
        """Go through all of them."""
        for n, moment in enumerate(moments.at):
            await workflow.sleep(max(moment - workflow.now(), timedelta()))
            await workflow.execute_activity(
                "Act", n, start_to_close_timeout=timedelta(hours=1), retry_policy=RetryPolicy(maximum_attempts=1)
            )


@asynccontextmanager
async def living(address: str, people: People) -> AsyncIterator[None]:
    """Let people live while the block runs, which ends when they have done everything; raises what went wrong."""
    client = await Client.connect(address)
    async with Worker(client, task_queue=QUEUE, workflows=[PeopleWorkflow], activities=[people.act]):
        moments = Moments(people.moments)
        handle = await client.start_workflow(PeopleWorkflow.run, moments, id="people", task_queue=QUEUE)
        yield
        await handle.result()
