"""Lists and inboxes: every filter, and pages that neither miss nor repeat a line."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.facts.outcome import Outcome, Stage
from domain.facts.tasks import TaskKind
from store.database import Pool
from store.participation import Asker
from store.read_model import InboxLine, MediationFilter, TaskFilter, list_mediations, list_tasks
from tests.domain.case import MONDAY
from tests.store.script import hard, script

LATER = MONDAY + timedelta(days=400)


def reading(organisation: str, at: datetime = LATER) -> Asker:
    return Asker(organisation, at)


@pytest.fixture
async def five(pool: Pool) -> Pool:
    """Mediations at the start, in assessment, in acceptance, at the call, and closed."""
    elsewhere = script("list")
    elsewhere.match(2).confirm()
    for name, case in (
        ("m-1", script("start")),
        ("m-2", script("ready")),
        ("m-5", hard()),
        ("m-3", elsewhere),
        ("m-4", script("start_support")),
    ):
        assert not any(one.refused for one in await case.play(pool, name))
    return pool


async def test_mediations_are_filtered(five: Pool) -> None:
    filters: list[tuple[dict[str, Any], list[str]]] = [
        ({}, ["m-1", "m-2", "m-3", "m-4", "m-5"]),
        ({"municipality": "almere"}, ["m-1", "m-2", "m-3", "m-4", "m-5"]),
        ({"municipality": "amersfoort"}, []),
        ({"reader": reading("kwintes")}, ["m-1", "m-2", "m-3", "m-4"]),
        ({"reader": reading("kwintes", MONDAY)}, ["m-1", "m-2", "m-3", "m-4", "m-5"]),
        ({"reader": reading("wijkteam-west")}, ["m-2", "m-3", "m-4"]),
        ({"reader": reading("ymere")}, ["m-3", "m-4"]),
        ({"reader": reading("de-alliantie")}, []),
        ({"organisation": "ymere"}, ["m-3", "m-4", "m-5"]),
        ({"organisation": "ymere", "reader": reading("de-alliantie")}, []),
        ({"organisation": "de-alliantie", "reader": reading("ymere")}, []),
        ({"stage": Stage.ASSESSMENT}, ["m-2"]),
        ({"stage": Stage.CLOSED}, ["m-5"]),
        ({"outcome": Outcome.DIED}, ["m-5"]),
        ({"outcome": Outcome.REJECTED}, []),
        ({"owner": "wijkteam-west"}, ["m-2"]),
        ({"owner": "leger-des-heils"}, ["m-3"]),
        ({"overdue_at": MONDAY}, []),
        ({"overdue_at": LATER}, ["m-1", "m-2", "m-3", "m-4"]),
        ({"overdue_at": LATER, "owner": "almere", "stage": Stage.FOLLOW_UP}, ["m-4"]),
    ]
    for only, found in filters:
        lines = await list_mediations(five, MediationFilter(**only))
        assert [line.id for line in lines] == found, only


async def test_mediations_come_in_pages(five: Pool) -> None:
    seen: list[str] = []
    after: tuple[datetime, str] | None = None
    while lines := await list_mediations(five, MediationFilter(), after=after, limit=2):
        seen += [line.id for line in lines]
        after = (lines[-1].opened_at, lines[-1].id)
    assert seen == ["m-1", "m-2", "m-3", "m-4", "m-5"]


async def test_open_tasks_are_filtered(five: Pool) -> None:
    filters: list[tuple[dict[str, Any], set[tuple[str, TaskKind]]]] = [
        ({"owner": "almere"}, {("m-1", TaskKind.CHECK_READINESS), ("m-4", TaskKind.FOLLOW_UP_CALL)}),
        ({"owner": "nobody"}, set()),
        ({"kind": TaskKind.ASSESS}, {("m-2", TaskKind.ASSESS)}),
        ({"municipality": "amersfoort"}, set()),
        (
            {"overdue_at": MONDAY + timedelta(days=8)},
            {("m-1", TaskKind.CHECK_READINESS), ("m-3", TaskKind.ANSWER_OFFER)},
        ),
    ]
    for only, found in filters:
        lines = await list_tasks(five, TaskFilter(**only))
        assert {(line.mediation, line.kind) for line in lines} == found, only


async def test_open_tasks_come_in_pages_the_earliest_due_first(five: Pool) -> None:
    whole = await list_tasks(five, TaskFilter())
    assert [line.due for line in whole] == sorted(line.due for line in whole)
    seen: list[InboxLine] = []
    after: tuple[datetime, str, str] | None = None
    while lines := await list_tasks(five, TaskFilter(), after=after, limit=1):
        seen += lines
        after = (lines[-1].due, lines[-1].mediation, lines[-1].id)
    assert seen == whole
    assert len(seen) == 4
