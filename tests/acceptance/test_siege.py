"""A city under siege. The long runs: `python -m benchmarks siege --seed N --minutes M`."""

import asyncio
import pickle
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from benchmarks.siege.alarms import COMES_TO, _deadline
from benchmarks.siege.blows import Struck
from benchmarks.siege.evidence import Seen
from benchmarks.siege.invariants import INVARIANTS, LIVE_AT_CORPORATION, broken
from benchmarks.siege.pace import RAISED_WITHIN
from benchmarks.siege.plan import LONG_ENOUGH, Kind, deck, drawn
from benchmarks.siege.run import EVIDENCE
from benchmarks.siege.strangers import FORGED

SEED, MINUTES = 78, 0.75
"""In this one the worker, the API, Temporal, PostgreSQL and a partner are killed, the disk is full, a workflow is
terminated, strangers come and the worker is of another build for a time."""
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


def with_rows(seen: Seen, table: str, change: Callable[[list[dict[str, object]]], list[dict[str, object]]]) -> Seen:
    return replace(seen, rows={**seen.rows, table: change([dict(row) for row in seen.rows[table]])})


def first(seen: Seen, table: str, key: str, value: object, **wanted: object) -> Seen:
    """Change one field of the first row of which these are the others."""

    def change(rows: list[dict[str, object]]) -> list[dict[str, object]]:
        row = next(row for row in rows if wanted.items() <= row.items())
        row[key] = value
        return rows

    return with_rows(seen, table, change)


def acknowledged(seen: Seen) -> str:
    return next(note.key for note in seen.notes if note.acknowledged)


def open_one(seen: Seen) -> str:
    return next(str(row["id"]) for row in seen.rows["mediation"] if row["closed_at"] is None)


def a_command_is_gone(seen: Seen) -> Seen:
    note = next(note for note in seen.notes if note.acknowledged)
    ids = seen.commands_of[note.key]
    return with_rows(seen, "command", lambda rows: [r for r in rows if r["id"] not in ids])


def a_ledger_has_it_twice(seen: Seen) -> Seen:
    calls = [dict(call) for call in seen.calls]
    next(call for call in calls if call["executed"])["executed"] = 2
    return replace(seen, calls=calls)


def a_partner_knows_nothing(operation: str) -> Callable[[Seen], Seen]:
    def forgotten(seen: Seen) -> Seen:
        assert any(call["operation"] == operation and call["executed"] for call in seen.calls)
        return replace(seen, calls=[call for call in seen.calls if call["operation"] != operation])

    return forgotten


def a_workflow_is(status: str) -> Callable[[Seen], Seen]:
    def changed(seen: Seen) -> Seen:
        one = open_one(seen)
        return replace(seen, workflows={**seen.workflows, one: replace(seen.workflows[one], status=status)})

    return changed


def a_workflow_cannot(**how: object) -> Callable[[Seen], Seen]:
    def changed(seen: Seen) -> Seen:
        one = open_one(seen)
        worse = replace(seen.workflows[one], **how)  # type: ignore[arg-type]
        return replace(seen, workflows={**seen.workflows, one: worse})

    return changed


def nobody_has_it(seen: Seen) -> Seen:
    one = open_one(seen)
    asleep = first(seen, "mediation", "wake_at", None, id=one)
    return with_rows(asleep, "task", lambda rows: [row for row in rows if row["mediation"] != one])


def a_home_is_offered_twice(seen: Seen) -> Seen:
    live = next(offer for offer in seen.offers if offer["state"] in LIVE_AT_CORPORATION)
    return replace(seen, offers=[*seen.offers, {**live, "mediation": "m-another", "number": "A-999999"}])


def an_effect_waited(seen: Seen) -> Seen:
    long_ago = min(row["asked_at"] for row in seen.rows["effect"]) - timedelta(minutes=9)
    return first(with_rows(seen, "alarm", lambda _: []), "effect", "asked_at", long_ago)


def without_an_event(seen: Seen) -> Seen:
    return with_rows(seen, "event", lambda rows: rows[:1] + rows[2:])


BREAKS: dict[str, tuple[str, Callable[[Seen], Seen]]] = {
    "a command is gone": ("nothing acknowledged is lost", a_command_is_gone),
    "a command stands as refused": (
        "nothing acknowledged is lost",
        lambda seen: with_rows(seen, "command", lambda rows: [{**row, "refused": True} for row in rows]),
    ),
    "another answer": (
        "nothing acknowledged is lost",
        lambda seen: replace(seen, again={**seen.again, acknowledged(seen): (200, "{}")}),
    ),
    "no answer": ("every command is answered", lambda seen: replace(seen, unanswered=["k"])),
    "an event is gone": ("the journal has no gap", without_an_event),
    "a command was numbered twice": ("the journal has no gap", lambda seen: first(seen, "command", "ordinal", 2)),
    "taken in twice": ("nothing is doubled", a_ledger_has_it_twice),
    "no assessment": ("what is noted as done was done", a_partner_knows_nothing("request_assessment")),
    "no offer": ("what is noted as done was done", a_partner_knows_nothing("create_aanbieding")),
    "a workflow is gone": ("open mediations go on", a_workflow_is("terminated")),
    "a workflow fails": ("open mediations go on", a_workflow_cannot(task_attempts=5)),
    "nobody has it": ("open mediations go on", nobody_has_it),
    "it waits": ("everything is delivered", lambda seen: first(seen, "effect", "result", None)),
    "it was given up": ("everything is delivered", lambda seen: first(seen, "effect", "result", "refused")),
    "it cannot record": ("everything is delivered", a_workflow_cannot(pending=("Record started attempt 9 Skewed",))),
    "parked": (
        "everything is delivered",
        lambda seen: with_rows(seen, "parked", lambda _: [{"mediation": "m", "about": "c", "fault": "ValueError"}]),
    ),
    "another stage": ("lists say what the journal says", lambda seen: first(seen, "mediation", "stage", "nowhere")),
    "another head": ("lists say what the journal says", lambda seen: first(seen, "mediation", "head", "")),
    "a task less": ("lists say what the journal says", lambda seen: with_rows(seen, "task", lambda rows: rows[1:])),
    "a place less": (
        "what is scarce is held by who claimed it",
        lambda seen: with_rows(seen, "place", lambda rows: rows[1:]),
    ),
    "a place more is counted": (
        "what is scarce is held by who claimed it",
        lambda seen: first(seen, "capacity", "used", 10_000),
    ),
    "a home less": (
        "what is scarce is held by who claimed it",
        lambda seen: with_rows(seen, "kept_dwelling", lambda rows: rows[1:]),
    ),
    "a person less": (
        "what is scarce is held by who claimed it",
        lambda seen: with_rows(seen, "open_person", lambda rows: rows[1:]),
    ),
    "offered twice by them": ("one home has one offer", a_home_is_offered_twice),
    "offered twice by us": (
        "one home has one offer",
        lambda seen: with_rows(seen, "kept_dwelling", lambda rows: rows + rows[:1]),
    ),
    "nobody was told": ("alarms come and go", lambda seen: with_rows(seen, "alarm", lambda _: [])),
    "an alarm stays": ("alarms come and go", lambda seen: first(seen, "alarm", "ended_at", None)),
    "an effect waited": ("alarms come and go", an_effect_waited),
    "an error of ours": ("no answer is an error of ours", lambda seen: replace(seen, wrong_answers=["GET /: 500"])),
    "a stranger is believed": (
        "strangers are not believed",
        lambda seen: first(seen, "command", "id", f"{FORGED}-1"),
    ),
    "a person is told of": ("no person is told of", lambda seen: replace(seen, leaks={"api.log": ["999990019"]})),
    "the search is blind": ("no person is told of", lambda seen: replace(seen, blind=["api.log"])),
}


@pytest.mark.slow("a city is besieged for three quarters of a minute, and everything must come to rest after it")
@pytest.mark.timeout(400)
async def test_a_city_holds_and_every_invariant_can_be_broken(tmp_path: Path) -> None:
    said = ("--seed", f"{SEED}", "--minutes", f"{MINUTES}", "--keep", f"{tmp_path}")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks", "siege", *said),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told, _ = await process.communicate()
    assert process.returncode == 0, told.decode()
    seen = pickle.loads((tmp_path / EVIDENCE).read_bytes())  # noqa: S301 - we wrote it ourselves
    assert {blow.kind for blow in drawn(SEED, MINUTES)} == set(Kind) - {Kind.AWAY}
    assert broken(seen) == {}
    assert {name for name, _ in BREAKS.values()} == {one.__name__.replace("_", " ") for one in INVARIANTS}
    for what, (name, breaks) in BREAKS.items():
        assert name in broken(breaks(seen)), what


def test_a_seed_has_one_plan_and_another_seed_another() -> None:
    assert drawn(1, 5) == drawn(1, 5)
    assert drawn(1, 5) != drawn(2, 5)
    assert drawn(1, 5)[:10] == drawn(1, 4)[:10], "a longer siege begins as a shorter one"


def test_every_blow_falls_once_before_any_falls_again() -> None:
    minutes = 10
    cards = deck(minutes * 60)
    dealt = [(blow.kind, blow.victim) for blow in drawn(7, minutes)][: len(cards)]
    assert sorted(dealt) == sorted((kind, victim) for kind, victim, _ in cards)
    assert {kind for kind, _, _ in deck(LONG_ENOUGH)} == set(Kind)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("spells", "later"),
    [
        pytest.param([], 0, id="watched all the time"),
        pytest.param([(5, 10)], 5 + COMES_TO.total_seconds(), id="nobody could watch for a time"),
        pytest.param([(5, 10), (7, 12)], 7 + COMES_TO.total_seconds(), id="two at once count once"),
        pytest.param([(-20, -10)], 0, id="over before"),
        pytest.param([(500, 510)], 0, id="after it was due"),
    ],
)
def test_the_time_in_which_nobody_can_watch_does_not_count(spells: list[tuple[float, float]], later: float) -> None:
    struck = [Struck(Kind.KILL, "worker", at(began), at(ended)) for began, ended in spells]
    struck.append(Struck(Kind.KILL, "corporation", at(0), at(100)))
    seen = Seen(at(600), {}, [], {}, {}, {}, [], [], struck, [], [], {})
    assert _deadline(seen, NOON) == NOON + RAISED_WITHIN + timedelta(seconds=later)
