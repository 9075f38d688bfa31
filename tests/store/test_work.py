"""How work is grouped, filtered and paged: the five groups, by working days and by terms of the law."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from domain.facts.calendar import Calendar
from domain.facts.outcome import Stage
from domain.facts.parties import Actor, Role
from domain.facts.tasks import TaskKind
from store import caseload
from store.caseload import Cover
from store.database import Pool
from store.work import WorkFilter, WorkGroup, WorkLine, WorkSort, list_stuck, list_work, times, with_covered

MONDAY = datetime(2026, 3, 9, 9, tzinfo=UTC)
"""In the morning, Amsterdam being an hour ahead."""
AT = times(Calendar(), MONDAY)
CRITICAL, OVERDUE, SOON, LATER, PARTNER = WorkGroup


async def mediation(pool: Pool, name: str, stage: str = "readiness", district: str = "haven") -> None:
    await pool.execute("INSERT INTO policy VALUES ('d', 'p', '1', '{}') ON CONFLICT DO NOTHING")
    await pool.execute(
        "INSERT INTO mediation (id, municipality, policy, person, stage, organisations, sequence, head, opened_at,"
        " changed_at, district) VALUES ($1, 'almere', 'd', 'p', $2, '{}', 1, '', now(), now(), $3)",
        name,
        stage,
        district,
    )
    await pool.execute("INSERT INTO reference SELECT $1, 'almere', 2026, count(*) + 1 FROM reference", name)


async def task(
    pool: Pool, of: str, name: str, due: datetime, owner: str = "almere", limit: datetime | None = None, **more: object
) -> None:
    await pool.execute(
        "INSERT INTO task (mediation, id, kind, owner, opened_at, due, reminded, escalated, legal_limit, snoozed_until,"
        " paused) VALUES ($1, $2, $3, $4, $5, $6, 0, 0, $7, $8, $9)",
        of,
        name,
        name.rpartition("-")[0],
        owner,
        more.get("opened", MONDAY),
        due,
        limit,
        more.get("snoozed"),
        more.get("paused", False),
    )


async def listed(
    pool: Pool, group: WorkGroup | None = None, sort: WorkSort = WorkSort.URGENCY, **only: Any
) -> list[tuple[str, WorkGroup]]:
    wanted = WorkFilter("almere")._replace(resting=False)._replace(**only)
    lines, _ = await list_work(pool, wanted, AT, group, sort)
    return [(line.id, line.group) for line in lines]


async def test_work_is_grouped_by_working_days_and_by_the_law(pool: Pool) -> None:
    await mediation(pool, "m-1")
    # five working days before Monday 9 March is Monday the 2nd; five after it Monday the 16th; midnight is 23:00 UTC
    edge = {
        "assess-1": (datetime(2026, 3, 1, 22, 59, tzinfo=UTC), CRITICAL),
        "assess-2": (datetime(2026, 3, 1, 23, 0, tzinfo=UTC), OVERDUE),
        "assess-3": (MONDAY - timedelta(seconds=1), OVERDUE),
        "assess-4": (MONDAY, SOON),
        "assess-5": (datetime(2026, 3, 16, 22, 59, tzinfo=UTC), SOON),
        "assess-6": (datetime(2026, 3, 16, 23, 0, tzinfo=UTC), LATER),
    }
    for name, (due, _) in edge.items():
        await task(pool, "m-1", name, due)
    assert await listed(pool) == [(name, group) for name, (_, group) in edge.items()]
    _, counts = await list_work(pool, WorkFilter("almere"), AT, LATER, WorkSort.DUE)
    assert counts == {CRITICAL: 1, OVERDUE: 2, SOON: 2, LATER: 1, PARTNER: 0}
    assert await listed(pool, SOON) == [("assess-4", SOON), ("assess-5", SOON)]
    assert await list_work(pool, WorkFilter("amersfoort"), AT, None, WorkSort.DUE) == ([], dict.fromkeys(WorkGroup, 0))


async def test_a_partner_is_waited_for_until_it_is_late_and_chased_from_then_on(pool: Pool) -> None:
    await mediation(pool, "m-1")
    await task(pool, "m-1", "assess-1", MONDAY + timedelta(hours=1), owner="wijkteam")
    await task(pool, "m-1", "assess-2", MONDAY - timedelta(hours=1), owner="wijkteam")
    await task(pool, "m-1", "assess-3", MONDAY - timedelta(days=30), owner="wijkteam")
    assert await listed(pool) == [("assess-3", CRITICAL), ("assess-2", OVERDUE), ("assess-1", PARTNER)]


async def test_a_term_of_the_law_comes_first_and_what_is_past_it_never_rests(pool: Pool) -> None:
    await mediation(pool, "m-1")
    day = timedelta(days=1)
    await task(pool, "m-1", "assess-1", MONDAY + day)
    await task(pool, "m-1", "assess-2", MONDAY + 2 * day, limit=MONDAY + 9 * day)
    await task(pool, "m-1", "assess-3", MONDAY + 3 * day, limit=MONDAY + 8 * day)
    await task(pool, "m-1", "assess-4", MONDAY + 30 * day, limit=MONDAY - day, snoozed=date(2026, 3, 20))
    await task(pool, "m-1", "assess-5", MONDAY - day, snoozed=date(2026, 3, 10))
    await task(pool, "m-1", "assess-6", MONDAY - day, snoozed=date(2026, 3, 9))
    await task(pool, "m-1", "assess-7", MONDAY - 30 * day, paused=True)
    shown = [name for name, _ in await listed(pool)]
    assert shown == ["assess-4", "assess-6", "assess-3", "assess-2", "assess-1"]
    assert [name for name, _ in await listed(pool, resting=True)] == ["assess-7", "assess-5"]
    assert [name for name, _ in await listed(pool, sort=WorkSort.DUE)][:2] == ["assess-6", "assess-1"]
    assert next(name for name, _ in await listed(pool, sort=WorkSort.DUE_LAST)) == "assess-4"


async def test_filters_hold_together_and_pages_lose_and_repeat_nothing(pool: Pool) -> None:
    for n in range(5):
        await mediation(pool, f"m-{n}", "assessment" if n % 2 else "readiness", "haven" if n < 3 else "buiten")
        for due in (MONDAY, MONDAY + timedelta(days=60)):
            await task(pool, f"m-{n}", f"{'assess' if due == MONDAY else 'supplement'}-1", due, limit=None)
    assert len(await listed(pool, stage=Stage.ASSESSMENT)) == 4
    assert len(await listed(pool, kind=TaskKind.ASSESS, district="haven")) == 3
    assert len(await listed(pool, due_before=MONDAY + timedelta(days=1), owner="almere")) == 5
    for sort in WorkSort:
        whole, _ = await list_work(pool, WorkFilter("almere"), AT, None, sort)
        seen: list[WorkLine] = []
        after = None
        while True:
            part, _ = await list_work(pool, WorkFilter("almere"), AT, None, sort, after=after, limit=3)
            seen += part
            if part.last is None:
                break
            after = (tuple(part.last["place"]), part.last["mediation"], part.last["id"])
        assert seen == whole, sort


async def test_work_is_of_who_has_the_task_or_the_mediation_and_of_who_covers_today(pool: Pool) -> None:
    for n in range(3):
        await mediation(pool, f"m-{n}")
        await task(pool, f"m-{n}", "assess-1", MONDAY)
        await task(pool, f"m-{n}", "supplement-1", MONDAY)
    by = {name: Actor(role=Role.COORDINATOR, organisation="almere", user=name) for name in ("sanne", "emre")}
    for actor in by.values():
        await caseload.enter(pool, actor, f"name of {actor.user}", MONDAY)
    await caseload.assign(pool, by["sanne"], "m-0", "", "sanne", MONDAY)
    await caseload.assign(pool, by["sanne"], "m-0", "assess-1", "emre", MONDAY)

    async def of(*who: str) -> set[tuple[str, str | None]]:
        lines, _ = await list_work(pool, WorkFilter("almere", who), AT, None, WorkSort.DUE)
        return {(f"{line.mediation} {line.id}", line.assignee) for line in lines}

    assert await of("sanne") == {("m-0 supplement-1", "sanne")}
    assert await of("emre") == {("m-0 assess-1", "emre")}
    assert len(await of("")) == 4
    away = Cover(first=AT.today, last=AT.today, covered_by="emre")
    await caseload.cover(pool, by["sanne"], "sanne", away, AT.today, MONDAY)
    assert await with_covered(pool, "almere", "emre", AT.today) == ["emre", "sanne"]
    assert await with_covered(pool, "almere", "emre", AT.today + timedelta(days=1)) == ["emre"]


async def test_who_does_not_get_on_is_told_with_every_reason_the_longest_first(pool: Pool) -> None:
    for n in range(3):
        await mediation(pool, f"m-{n}")
    day = timedelta(days=1)
    await task(pool, "m-0", "await_place-1", MONDAY + 90 * day, opened=MONDAY - 10 * day)
    await task(pool, "m-1", "assess-1", MONDAY - 30 * day, owner="wijkteam", opened=MONDAY - 40 * day)
    await task(pool, "m-1", "supplement-1", MONDAY + day, opened=MONDAY - 5 * day)
    await task(pool, "m-2", "assess-1", MONDAY + day)
    kinds = [TaskKind.AWAIT_PLACE, TaskKind.SUPPLEMENT]
    lines = await list_stuck(pool, "almere", kinds, None, AT)
    assert [(line.mediation, [task.id for task in line.tasks]) for line in lines] == [
        ("m-1", ["assess-1", "supplement-1"]),
        ("m-0", ["await_place-1"]),
    ]
    assert [one.far_too_late for one in lines[0].tasks] == [True, False]
    part = await list_stuck(pool, "almere", kinds, None, AT, limit=1)
    assert part.last is not None
    rest = await list_stuck(pool, "almere", kinds, None, AT, after=(part.last["since"], part.last["mediation"]))
    assert [line.mediation for line in rest] == ["m-0"]
