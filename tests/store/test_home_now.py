"""A home that a corporation released by hand is judged as it stands here, when what decides on it is recorded."""

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.exchange.record import Recorded, Recording
from domain.exchange.releases import ReleasedRow
from domain.facts.conditions import Comparison, ConditionUnit, Measured, Norm
from domain.facts.dwelling import HomeNow
from domain.facts.parties import Role
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from store import journal, released
from store.database import Pool
from store.record import record
from store.released import DwellingWriter
from tests.domain.case import actor, dwelling
from tests.store.script import script, team_of

WRITER = DwellingWriter("ymere", "ymere:user-1", datetime(2026, 5, 1, tzinfo=UTC))
SYSTEM = actor(Role.CORPORATION, "ymere", "system")


async def told(pool: Pool, **facts: Any) -> None:
    home = dwelling(1, "ymere", **facts).model_dump(exclude={"corporation"})
    await released.release(pool, WRITER, ReleasedRow(**home))


async def offered(pool: Pool) -> None:
    await told(pool)
    await script("confirm").play(pool)


async def given(pool: Pool, command: c.AnyCommand, name: str) -> Recorded:
    now = script("confirm").now
    return await record(pool, Recording(mediation="m-1", command_id=name, command=command, now=now), team_of)


def accepting(home: HomeNow | None = None) -> c.AnswerTask:
    return replace(script("confirm").answering(a.ClientAnswer(accept=True)), home_now=home)


async def test_a_home_of_600_that_is_990_by_now_cannot_be_accepted_by_who_can_pay_680(pool: Pool) -> None:
    await offered(pool)
    await told(pool, rent_cents=99_000)
    refused = (await given(pool, accepting(), "yes")).refused
    assert refused
    (rent,) = refused.conditions
    assert (refused.rule, rent.name) == ("dwelling_changed", "rent")
    assert rent.found == Measured(unit=ConditionUnit.CENTS_A_MONTH, value=99_000)
    assert rent.asked == Norm(comparison=Comparison.AT_MOST, value=68_000)


async def test_how_the_home_is_is_kept_with_the_answer_and_the_same_home_is_accepted(pool: Pool) -> None:
    await offered(pool)
    assert (await given(pool, accepting(), "yes")).refused is None
    answered = [one.command for one in await journal.entries(pool, "m-1") if isinstance(one.command, c.AnswerTask)][-1]
    assert answered.home_now == HomeNow(corporation="ymere", id="D-1", dwelling=dwelling(1))


@pytest.mark.parametrize(("rent", "state"), [(66_000, "placed"), (99_000, "withdrawn")])
async def test_who_is_told_of_a_change_is_told_of_the_home_as_it_is_now(pool: Pool, rent: int, state: str) -> None:
    await offered(pool)
    await told(pool, rent_cents=rent)
    await given(pool, c.LearnHome(by=SYSTEM, home_now=HomeNow(corporation="ymere", id="D-1")), "told")
    loaded = await journal.load(pool, "m-1")
    assert loaded
    offer = loaded.state.offers[-1]
    assert (offer.state, offer.candidate.dwelling.rent_cents) == (state, rent)


async def test_only_who_is_offered_a_home_now_is_told_of_it(pool: Pool) -> None:
    await offered(pool)
    (one,) = await released.offered_now(pool, "ymere", ["D-1", "D-2"])
    assert (one.mediation, one.dwelling) == ("m-1", "D-1")
    await told(pool, rooms=3)
    assert (await released.offered_now(pool, "ymere", ["D-1"]))[0].revision == one.revision + 1
    assert await released.offered_now(pool, "de-alliantie", ["D-1"]) == []
