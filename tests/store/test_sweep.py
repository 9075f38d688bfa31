"""The books of everything scarce agree with the events, whatever happened; and where they do not, the sweep says so."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from random import Random
from typing import NamedTuple

import asyncpg
import pytest

from domain.exchange.record import Recorded, Recording
from domain.facts.capacity import SubTarget
from domain.facts.parties import Actor, Role
from domain.facts.periods import Span
from domain.facts.rules import Overridable
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.policy.policy import Policy
from domain.policy.spread import CapPeriod, SpreadCap, SpreadPolicy
from domain.state.mediation import Mediation
from store import journal
from store.database import UNAVAILABLE, Pool, connect
from store.record import record
from store.sweep import sweep
from tests.domain.case import MONDAY, NOTE, dwelling, parties, policy_of, referral
from tests.store.script import hard, housed, script
from tests.tampering import as_superuser, tamper

BOSS = Actor(role=Role.COORDINATOR, organisation="almere", user="user-1")
ENGINE = Actor(role=Role.COORDINATOR, organisation="almere")
ROUNDS = 3
LIVES = 10
STEPS = 24


@pytest.fixture
async def crowd(postgres_url: str) -> AsyncIterator[Pool]:
    async with connect(postgres_url, size=24) as pool:
        yield pool


def small_city() -> Policy:
    """Almere where everything runs out: few places, some kept, one live placement a complex and two a district."""
    policy = policy_of("almere")
    young = SubTarget(groups=("youth_care",), target=2, reserved=True)
    homeless = SubTarget(groups=("homeless",), target=1, reserved=True)
    parts = {"young": young, "homeless": homeless}
    shared = ("almere", "lelystad")
    places = replace(policy.capacity, limit=6, period=Span.HALF_YEAR, shared_by=shared, sub_targets=parts)
    spread = SpreadPolicy(
        every_complex=SpreadCap(most=2, period=CapPeriod.LIVE), every_district=SpreadCap(most=3, period=CapPeriod.YEAR)
    )
    return replace(policy, capacity=places, spread=spread)


POLICY = small_city()


class Life(NamedTuple):
    """One mediation that is given commands by chance."""

    pool: Pool
    random: Random
    name: str

    async def live(self) -> None:
        group = self.random.choice(["youth_care", "shelter"])
        also = self.random.choice([(), (), ("homeless",)])
        person = f"person-{self.random.randrange(2 * LIVES)}"
        given = referral(person=person, target_group=group, other_groups=also, household_size=1)
        start = c.StartMediation(by=BOSS, mediation=self.name, referral=given, parties=parties("almere"), policy=POLICY)
        recorded = await self.give(start, 0)
        for step in range(1, STEPS):
            loaded = await journal.load(self.pool, self.name)
            if recorded.refused and loaded is None:
                return
            assert loaded is not None
            recorded = await self.give(self.next(loaded.state, step), step)

    async def give(self, command: c.AnyCommand, step: int) -> Recorded:
        now = MONDAY + timedelta(days=3 * step)
        asked = Recording(mediation=self.name, command_id=f"c-{step}", command=command, now=now)
        return await record(self.pool, asked)

    def next(self, m: Mediation, step: int) -> c.AnyCommand:
        """Mostly what leads onward, now and then what leads out."""
        random = self.random
        if random.random() < 0.03:
            return c.Withdraw(by=BOSS, source=a.KnownFrom.CLIENT, note=NOTE)
        if random.random() < 0.15:
            rule = random.choice([Overridable.QUOTA_FULL, Overridable.SPREAD_FULL])
            return c.OverrideRule(by=BOSS, rule=rule, note=NOTE)
        task = random.choice(m.tasks) if m.tasks else None
        if task is None or random.random() < 0.05:
            return c.PassTime(by=ENGINE)
        if task.kind is TaskKind.MAKE_OFFER and not m.candidates + m.full:
            homes = (dwelling(n, complex=f"C-{n % 3}", district=("haven", "stad")[n % 2]) for n in range(12))
            suiting = tuple(replace(home, district="stad") for home in homes)
            return c.LearnDwellings(by=ENGINE, dwellings=suiting)
        answer = self.answer(m, task.kind, step)
        return c.AnswerTask(by=BOSS, task=task.id, answer=answer) if answer else c.PassTime(by=ENGINE)

    def answer(self, m: Mediation, kind: TaskKind, step: int) -> a.TaskAnswer | None:
        random, today = self.random, (MONDAY + timedelta(days=3 * step)).date()
        match kind:
            case TaskKind.CHECK_READINESS:
                return a.ReadinessAnswer(result=a.Readiness.READY)
            case TaskKind.DETERMINE_ORIGIN:
                return a.OriginAnswer(origin="almere")
            case TaskKind.ASSESS:
                return a.AssessmentAnswer(result=a.AssessmentResult.POSITIVE, support=a.SupportProduct.REGULAR)
            case TaskKind.DECIDE_URGENCY:
                return a.UrgencyDecisionAnswer(granted=True)
            case TaskKind.AWAIT_PLACE:
                return a.PlaceAnswer()
            case TaskKind.MAKE_OFFER:
                chosen = random.choice(m.candidates + m.full).dwelling
                return a.MatchAnswer(corporation=chosen.corporation, dwelling=chosen.id)
            case TaskKind.CONFIRM_OFFER:
                declined = a.CorporationDecline.OTHER if random.random() < 0.2 else None
                return a.ConfirmationAnswer(number=None if declined else f"O-{step}", declined=declined)
            case TaskKind.ANSWER_OFFER:
                accept = random.random() < 0.7
                return a.ClientAnswer(accept=accept, reason=None if accept else a.RefusalReason.OTHER)
            case TaskKind.JUDGE_REFUSAL:
                return a.JudgementAnswer(valid=True)
            case TaskKind.SIGN_LEASE if random.random() < 0.2:
                return a.LeaseAnswer(failed_check=True)
            case TaskKind.SIGN_LEASE:
                return a.LeaseAnswer(form=POLICY.lease_forms[0], keys_on=today)
            case TaskKind.CONFIRM_SUPPORT:
                return a.SupportAnswer(starts_on=today)
            case TaskKind.HAND_OVER_KEYS if m.lease.keys_on and m.lease.keys_on <= today:
                return a.KeysAnswer(on=today)
            case _:
                return None


@pytest.mark.parametrize("seed", range(ROUNDS))
async def test_whatever_happens_nothing_is_oversold_and_the_books_agree_with_the_events(crowd: Pool, seed: int) -> None:
    for turn in range(2):
        names = [f"m-{turn}-{n}" for n in range(LIVES)]
        await asyncio.gather(*(Life(crowd, Random(f"{seed} {name}"), name).live() for name in names))
        swept = await sweep(crowd)
        assert swept.differences == ()
        assert swept.mediations >= LIVES // 2
    assert await crowd.fetchval("SELECT count(*) FROM capacity WHERE used > 6") == 0
    assert await crowd.fetchval("SELECT count(*) FROM spread WHERE scope = 'complex' AND used > 2") == 0
    assert await crowd.fetchval("SELECT count(*) FROM spread WHERE scope = 'district' AND used > 3") == 0
    assert await crowd.fetchval("SELECT count(*) FROM placement") > 0
    others = "SELECT sum(units) AS given FROM place WHERE NOT beyond AND NOT parts @> ARRAY[$1] GROUP BY ledger, period"
    assert all(row["given"] <= 4 for row in await crowd.fetch(others, "young")), "two a half-year are for the young"
    assert all(row["given"] <= 5 for row in await crowd.fetch(others, "homeless")), "and one for the homeless"


async def test_the_books_of_the_ordinary_and_the_hard_way_agree(pool: Pool) -> None:
    await housed().play(pool, "m-1")
    await hard().play(pool, "m-2")
    await script("sign").play(pool, "m-3")
    swept = await sweep(pool)
    assert (swept.mediations, swept.differences) == (3, ())


@pytest.mark.parametrize(
    ("wrong", "table"),
    [
        ("INSERT INTO open_person VALUES ('person-x', 'm-x')", "held_people"),
        ("DELETE FROM open_person", "held_people"),
        ("DELETE FROM kept_dwelling", "held_dwellings"),
        ("UPDATE kept_dwelling SET mediation = 'm-x'", "held_dwellings"),
        ("DELETE FROM place", "held_places"),
        ("UPDATE place SET units = 2", "held_places"),
        ("UPDATE place SET consumed = true", "held_places"),
        ("UPDATE place SET beyond = true", "held_places"),
        ("DELETE FROM placement", "held_placements"),
        ("UPDATE capacity SET used = used + 1", "counted_places"),
        ("UPDATE capacity SET beyond = 1", "counted_places"),
        ("""UPDATE capacity SET parts = '{"young": 1}'""", "counted_places"),
        ("UPDATE spread SET used = used + 1", "counted_placements"),
        ("UPDATE spread SET beyond = 1", "counted_placements"),
    ],
)
async def test_whatever_is_wrong_in_the_books_is_told(pool: Pool, wrong: str, table: str) -> None:
    await script("sign").play(pool)
    await tamper(pool, wrong)
    swept = await sweep(pool)
    assert {one.table for one in swept.differences} == {table}
    assert str(swept.differences[0]).startswith(f"{table}: ")


async def test_the_sweep_only_reads(pool: Pool) -> None:
    await script("sign").play(pool)
    before = await pool.fetch("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables")
    await sweep(pool)
    assert await pool.fetch("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables") == before


async def test_a_transaction_that_is_killed_after_its_claims_leaves_nothing(pool: Pool, postgres_url: str) -> None:
    """The claims of a place and of a dwelling with its placements are written; then the connection is cut."""
    case = script("match")
    recordings = case.recordings()
    for step, recording in enumerate(recordings):
        blocker = await asyncpg.connect(as_superuser(postgres_url))
        try:
            transaction = blocker.transaction()
            await transaction.start()
            await blocker.execute("LOCK TABLE effect IN SHARE MODE")
            asked = asyncio.create_task(record(pool, recording))
            victim = await _waiting(blocker)
            await blocker.execute("SELECT pg_terminate_backend($1)", victim)
            with pytest.raises(UNAVAILABLE):
                await asked
            await transaction.rollback()
        finally:
            await blocker.close()
        assert (await sweep(pool)).differences == (), step
        assert (await record(pool, recording)).refused is None
    assert (await sweep(pool)).differences == ()
    assert await pool.fetchval("SELECT sum(used) FROM spread") == 2


async def _waiting(connection: "asyncpg.Connection[asyncpg.Record]") -> int:
    waiting = "SELECT pid FROM pg_locks WHERE NOT granted AND relation = 'effect'::regclass"
    while True:
        if process := await connection.fetchval(waiting):
            return int(process)
        await asyncio.sleep(0.01)
