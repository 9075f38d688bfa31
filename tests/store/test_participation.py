"""Who has which part is kept in the transaction of each command, is what the journal says, and rules what is listed."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from domain.facts.outcome import Stage
from domain.messages import commands as c
from domain.state.mediation import Mediation
from domain.state.participation import Participation, PartTaken, StateAt, participations
from store.database import Pool
from store.filling import fill_participation
from store.participation import Asker, Reach, sight_of
from store.read_model import MediationFilter, list_mediations
from store.record import record
from tests.domain.case import NOTE
from tests.store.script import Script, hard, housed, script, team_of
from tests.tampering import tamper

CORPORATION, PROVIDER = "ymere", "kwintes"


def changed() -> Script:
    """A provider is changed for another, after an offer that fell through."""
    case = script("match")
    case.do(c.WithdrawOffer(by=case.municipality, reason=c.WithdrawalReason.LET_OTHERWISE)).days(1)
    case.list().match(2).confirm().accept().request_known().sign().plan_support().keys().start_support().days(1)
    case.do(c.ChangeProvider(by=case.municipality, provider="hvo-querido", note=NOTE))
    return case


async def kept(pool: Pool) -> set[Participation]:
    rows = await pool.fetch("SELECT * FROM participation WHERE mediation = 'm-1'")
    return {
        Participation(
            row["organisation"],
            PartTaken(row["part"]),
            since=row["since"],
            first=row["first"],
            until=row["until"],
            last=row["last"],
            stage=row["stage"] and Stage(row["stage"]),
            outcome=row["outcome"],
            shown_until=row["shown_until"],
        )
        for row in rows
    }


def folded(case: Script, upto: int) -> set[Participation]:
    return set(participations(StateAt(at, after, case.policy) for at, _, after in case.steps[:upto]))


@pytest.mark.parametrize("way", [housed, hard, changed])
async def test_the_parts_equal_the_fold_after_every_command_and_are_filled_in_alike(
    pool: Pool, way: Callable[[], Script]
) -> None:
    case = way()
    for n, recording in enumerate(case.recordings(), 1):
        assert (await record(pool, recording, team_of)).refused is None
        assert await kept(pool) == folded(case, n)
    before = await kept(pool)
    await tamper(pool, "DELETE FROM participation")
    async with pool.acquire() as connection:
        await fill_participation(connection)
    assert await kept(pool) == before


async def test_a_mediation_that_cannot_be_read_is_filled_in_for_nobody_and_holds_up_no_other(pool: Pool) -> None:
    for name in ("m-1", "m-2"):
        await script("ready").play(pool, name)
    await tamper(pool, """UPDATE event SET document = '{"type": "Unheard"}' WHERE mediation = 'm-1' AND sequence = 2""")
    await tamper(pool, "DELETE FROM participation")
    async with pool.acquire() as connection:
        await fill_participation(connection)
    rows = await pool.fetch("SELECT DISTINCT mediation FROM participation")
    assert [row["mediation"] for row in rows] == ["m-2"]


async def test_who_had_a_part_is_listed_the_mediation_as_it_was_when_that_ended(pool: Pool) -> None:
    case = changed()
    await case.play(pool)
    over = next(one for one in folded(case, len(case.steps)) if one.organisation == PROVIDER and one.until)
    assert over.until
    assert over.shown_until
    case.days(5).do(c.AddNote(by=case.municipality, note=NOTE))
    case.do(c.PauseMediation(by=case.municipality, note=NOTE))
    for one in case.recordings()[-2:]:
        await record(pool, one, team_of)

    async def listed(at: datetime, **only: object) -> list[tuple[Stage, int, datetime, int]]:
        found = await list_mediations(pool, MediationFilter(reader=Asker(PROVIDER, at), **only))  # type: ignore[arg-type]
        return [(one.stage, one.sequence, one.changed_at, len(one.tasks)) for one in found]

    now = over.shown_until - timedelta(seconds=1)
    assert over.last
    assert over.last < case.m.sequence
    assert await listed(now) == [(Stage.FOLLOW_UP, over.last, over.until, 0)]
    assert await listed(now, changed_since=over.until + timedelta(seconds=1)) == [], "nor does a filter tell more"
    assert await listed(now, owner="almere") == []
    assert await listed(over.shown_until) == []


async def test_what_one_sees_follows_from_the_part(pool: Pool) -> None:
    case = changed()
    await case.play(pool)

    async def sees(organisation: str, at: datetime) -> Reach | None:
        return await sight_of(pool, "m-1", Asker(organisation, at))

    def of(state: Mediation) -> int:
        return state.sequence

    corporation = await sees(CORPORATION, case.now)
    assert corporation
    ((first, last),) = corporation.spans or ()
    assert (corporation.upto, last) == (None, None)
    assert not corporation.shows(first - 1), "that is of before its dwelling was offered again"
    assert corporation.shows(first)
    former = await sees(PROVIDER, case.now)
    assert former
    assert (former.upto, former.parts) == (of(case.m), frozenset())
    assert await sees(PROVIDER, case.now + timedelta(days=16)) is None
    assert await sees("nobody", case.now) is None
