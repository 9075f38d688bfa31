"""A corporation that is down for ten working days: `python -m benchmarks outage --waiting 500 --seed 1`.

Hundreds of mediations ask something of it meanwhile, beside others whose corporation is up. Everything is real but the
time: PostgreSQL, worker, mail, the partners' systems over HTTP. What must come of it is worked out by the rules alone.
"""

import asyncio
import json
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

import httpx

from benchmarks.outage_people import DOWN, UP, Asks, Days, People, Plan, living, plans
from benchmarks.shell import LOOK_EVERY, journey_of, organisations, release
from domain.exchange.policy_file import parse_policy
from domain.facts.parties import Role
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages.effects import Letter
from domain.policy.moments import due_of, escalations_of, reminders_of
from domain.policy.policy import Policy
from domain.state import events as e
from runtime.plugin import connect
from runtime.policy_files import text_of
from runtime.search_attributes import register
from runtime.settings import Settings
from sandbox.data_directory import DataDirectory, Ports
from sandbox.demo import opening_day
from sandbox.driven.journey import Journey, Place
from sandbox.embedded.temporal import VirtualClock
from sandbox.replaying import replay_beside
from sandbox.stack import Stack
from store import database, journal
from store.database import Pool
from store.vault import Vault
from store.vault_secrets import unlock

WORKING_DAYS = 10
SOON = timedelta(minutes=5)
"""Within which what is asked of a partner that is up, or is back, is done."""
TASKS = {Asks.OFFER: TaskKind.CONFIRM_OFFER, Asks.LEASE: TaskKind.SIGN_LEASE}
"""Which task the corporation's people have beside what is asked of its system."""
WAITING = "SELECT count(*) FROM effect WHERE lane = $1 AND result IS NULL"
EFFECTS = "SELECT mediation, key, lane, type, document, asked_at, result, settled_at FROM effect"
OPERATIONS = {"create_aanbieding": Asks.OFFER, "create_huurovereenkomst": Asks.LEASE}


class Figures(NamedTuple):
    """How it went."""

    waiting: int
    others: int
    drained_in: timedelta
    """From the corporation's return to the last delivery, by the clock that everything runs on."""
    drained_wall: float
    """Seconds on the machine's clock, from when it was back until nothing waited for it."""
    knocks: int
    """Calls that the corporation met with 503."""
    escalations: int
    reminders: int
    untimely: list[str]
    """Chases that were not when the policy says, or were not sent."""
    disturbed: list[str]
    """Mediations elsewhere that went otherwise than without the outage."""
    held_up: list[str]
    """Effects for anybody else that took longer than `SOON`."""
    doubled: list[str]
    lost: list[str]
    not_replayed: int
    seconds: float

    @property
    def sound(self) -> bool:
        """Whether all was as it should be."""
        wrong = self.untimely or self.disturbed or self.held_up or self.doubled or self.lost or self.not_replayed
        return not wrong and self.drained_in < SOON


class Seen(NamedTuple):
    """What one run left behind."""

    journals: dict[str, list[journal.Entry]]
    effects: list[dict[str, Any]]
    mails: set[str]
    ledger: list[dict[str, Any]]
    knocks: int
    drained_wall: float
    not_replayed: int


async def measure(waiting: int, seed: int, others: int = 60) -> Figures:
    """Run with and without the outage, and print seed and figures."""
    print(f"seed {seed}: {waiting} mediations wait for a corporation that is down, {others} do not", flush=True)
    figures = await run(waiting, seed, others)
    days = (figures.drained_in // timedelta(seconds=1), figures.drained_wall)
    print(f"in {figures.seconds:.0f} s; backlog of {figures.waiting} delivered {days[0]} s after the return", end="")
    print(f" ({days[1]:.0f} s on this machine), lost {len(figures.lost)}, doubled {len(figures.doubled)}")
    print(f"calls while it was down: {figures.knocks}, {figures.knocks / max(1, figures.waiting):.1f} for each")
    print(f"escalations {figures.escalations}, reminders {figures.reminders}; untimely {len(figures.untimely)}")
    print(f"others: went otherwise {len(figures.disturbed)}, held up {len(figures.held_up)} effects")
    print(f"histories that do not replay {figures.not_replayed}")
    for wrong in (*figures.untimely, *figures.disturbed, *figures.held_up, *figures.doubled, *figures.lost):
        print(f"  {wrong}")
    print("sound" if figures.sound else "NOT SOUND")
    return figures


async def run(waiting: int, seed: int, others: int, lasts: int = WORKING_DAYS) -> Figures:
    """Do it, and return how it went. The outage lasts so many working days, 4 at least."""
    started = monotonic()
    policy = roomy(parse_policy(text_of("almere")))
    days = Days(policy, opening_day(policy, datetime.now(UTC)), lasts)
    everybody = plans(waiting, others, seed)
    elsewhere = [plan for plan in everybody if plan.corporation == UP]
    control = await _lived(days, elsewhere, down=False)
    seen = await _lived(days, everybody, down=True)
    waited = [plan for plan in everybody if plan.corporation == DOWN]
    theirs = [one for one in seen.effects if one["lane"] == DOWN and days.since <= one["asked_at"] < days.until]
    settled = [effect["settled_at"] for effect in theirs if effect["settled_at"]]
    chased = [list(_chased(plan, days)) for plan in waited]
    return Figures(
        waiting=len(waited),
        others=len(elsewhere),
        drained_in=max(settled, default=datetime.max.replace(tzinfo=UTC)) - days.until,
        drained_wall=seen.drained_wall,
        knocks=seen.knocks,
        escalations=sum(one[0] is Letter.TASK_ESCALATED for each in chased for one in each),
        reminders=sum(one[0] is Letter.TASK_REMINDER for each in chased for one in each),
        untimely=[wrong for plan in waited for wrong in _untimely(plan, seen, days)],
        disturbed=[wrong for plan in elsewhere for wrong in _otherwise(plan, seen, control, days)],
        held_up=[one["key"] for one in seen.effects if one["lane"] != DOWN and _late(one, days.ends)],
        doubled=[line["key"] for line in seen.ledger if line["executed"] > 1],
        lost=_lost(waited, seen),
        not_replayed=seen.not_replayed,
        seconds=monotonic() - started,
    )


def roomy(policy: Policy) -> Policy:
    """Return a policy with a place for everybody."""
    return replace(policy, capacity=replace(policy.capacity, limit=1_000_000))


# -- one run -----------------------------------------------------------------------------------------------------------


async def _lived(days: Days, everybody: list[Plan], *, down: bool) -> Seen:
    with tempfile.TemporaryDirectory(prefix="outage-", ignore_cleanup_errors=True) as folder:
        stack = Stack(DataDirectory(Path(folder), Ports.any_free()), virtual=True)
        async with (
            stack.running(organisations, api=False) as settings,
            database.connect(settings.database_url) as pool,
            httpx.AsyncClient(trust_env=False, base_url=stack.partner_url(Role.CORPORATION), timeout=60) as http,
        ):
            for name in (DOWN, UP):
                await release(stack, name, [plan.number for plan in everybody if plan.corporation == name])
            if down:
                spell = {"since": days.since.isoformat(), "until": days.until.isoformat()}
                away = {"fault": "unavailable", "organisation": DOWN, **spell}
                (await http.put("/faults", json=[away])).raise_for_status()
            wall = await _live(stack, settings, pool, days, everybody)
            return await _seen(stack, settings, pool, http, everybody, wall)


async def _live(stack: Stack, settings: Settings, pool: Pool, days: Days, everybody: list[Plan]) -> float:
    """Let everybody live until the corporation is back and nothing waits for it; return how long that last took."""
    client = await connect(settings)
    await register(client)
    vault = Vault(pool, await unlock(pool, settings.vault_ring))
    place = Place(client, pool, vault, settings.task_queue, LOOK_EVERY)

    def journey(plan: Plan) -> Journey:
        return journey_of(place, plan.number, days.policy, plan.parties)

    clock = stack.clock or VirtualClock(client)
    async with living(settings.temporal_address, People(days, everybody, journey)):
        await clock.release()
        await _until(lambda: _reached(clock, days.until))
        back = monotonic()
        await _until(lambda: _drained(pool, back))
        wall = monotonic() - back
        await _until(lambda: _reached(clock, days.ends))
    await clock.hold()
    return wall


async def _reached(clock: VirtualClock, moment: datetime) -> bool:
    return await clock.now() >= moment


async def _drained(pool: Pool, back: float) -> bool:
    """Tell whether nothing waits any more, or it takes far too long."""
    return not await pool.fetchval(WAITING, DOWN) or monotonic() - back > 2 * SOON.total_seconds()


async def _until(there: Callable[[], Awaitable[bool]]) -> None:
    while not await there():  # noqa: ASYNC110 - what others do is not announced
        await asyncio.sleep(0.1)


async def _seen(
    stack: Stack, settings: Settings, pool: Pool, http: httpx.AsyncClient, everybody: list[Plan], wall: float
) -> Seen:
    client = await connect(settings)
    histories = [await client.get_workflow_handle(plan.id).fetch_history() for plan in everybody]
    verdicts = await replay_beside(settings.key_ring, histories)
    struck = (await http.get("/faults")).json()
    return Seen(
        journals={plan.id: await journal.entries(pool, plan.id) for plan in everybody},
        effects=[dict(row) for row in await pool.fetch(EFFECTS)],
        mails={str(mail["Message-ID"]).strip("<> \r\n").rpartition("@")[0] for mail in stack.mail.mailbox.mails()},
        ledger=(await http.get("/effects")).json(),
        knocks=sum(fault["struck"] for fault in struck),
        drained_wall=wall,
        not_replayed=sum(verdict.failure is not None for verdict in verdicts),
    )


# -- what should have been ---------------------------------------------------------------------------------------------


def _late(effect: dict[str, Any], ends: datetime) -> bool:
    if effect["asked_at"] > ends - SOON:
        return False
    return effect["settled_at"] is None or effect["settled_at"] - effect["asked_at"] > SOON


def _otherwise(plan: Plan, seen: Seen, control: Seen, days: Days) -> Iterator[str]:
    """Tell whether other things happened, or on other days, than without the outage."""
    was, should = (_days(run.journals[plan.id], days) for run in (seen, control))
    if was != should:
        yield f"{plan.id}: only with the outage {sorted(was - should)}, only without {sorted(should - was)}"


def _days(entries: list[journal.Entry], days: Days) -> Counter[tuple[str, str]]:
    """Return how often what happened on which day."""
    today = days.policy.calendar.today
    happened = ((event.type, entry.at) for entry in entries for event in entry.events)
    return Counter((what, f"{today(at)}") for what, at in happened if at < days.ends)


def _chased(plan: Plan, days: Days) -> Iterator[tuple[Letter, datetime]]:
    """Work out, from the policy alone, when somebody is to be chased about the corporation's task until its return."""
    kind, policy, calendar = TASKS[plan.asks], days.policy, days.policy.calendar
    opened = days.asked_at(plan)
    ladder = policy.tasks[kind]
    due = due_of(policy, kind, opened)
    yield from ((Letter.TASK_REMINDER, at) for at in reminders_of(policy, kind, opened, due) if at < days.until)
    escalations = list(escalations_of(policy, kind, due))
    while escalations[-1] < days.until:
        escalations.append(policy.reminders.audible(calendar, calendar.deadline(escalations[-1], ladder.repeat)))
    yield from ((Letter.TASK_ESCALATED, at) for at in escalations if at < days.until)


def _untimely(plan: Plan, seen: Seen, days: Days) -> Iterator[str]:
    """Hold what was decided, and what was sent, against what the policy says."""
    task = f"{TASKS[plan.asks]}-1"
    should = Counter((letter, at.replace(second=0, microsecond=0)) for letter, at in _chased(plan, days))
    kinds = {e.TaskReminded: Letter.TASK_REMINDER, e.TaskEscalated: Letter.TASK_ESCALATED}
    was = Counter(
        (kinds[type(event)], entry.at.replace(second=0, microsecond=0))
        for entry in seen.journals[plan.id]
        for event in entry.events
        if isinstance(event, (e.TaskReminded, e.TaskEscalated)) and event.task == task and entry.at < days.until
    )
    if should != was:
        yield f"{plan.id}: {task} chased {sorted(was.elements())}, by the policy {sorted(should.elements())}"
    for effect in seen.effects:
        letter = json.loads(effect["document"]) if effect["type"] == "SendLetter" else {}
        chases = letter.get("letter") in {Letter.TASK_REMINDER, Letter.TASK_ESCALATED} and letter.get("task") == task
        if effect["mediation"] == plan.id and chases:
            reference = f"{effect['key']}:{letter['organisation']}".replace(":", ".")
            if reference not in seen.mails:
                yield f"{plan.id}: {reference} was not sent"


def _lost(waited: list[Plan], seen: Seen) -> list[str]:
    """Return who asked something that the corporation has not got, or that is still under way here."""
    asked = {
        (line["key"].partition(":")[0], OPERATIONS[line["operation"]])
        for line in seen.ledger
        if line["operation"] in OPERATIONS and line["executed"] == 1
    }
    settled = {(one["mediation"], one["type"]) for one in seen.effects if one["result"] == "done"}
    return [plan.id for plan in waited if not {(plan.id, plan.asks)} <= asked & settled]
