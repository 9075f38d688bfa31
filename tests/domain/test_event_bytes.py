"""An event is written to the journal as it always was, byte for byte: the chain of every mediation is made of them.

`events.jsonl` holds every event of the lives of `test_evolve`, one a line. Where an event is meant to be written
otherwise (a new kind, a new field), write it anew and read the difference: `python -m tests.domain.test_event_bytes`.
"""

import json
from collections.abc import Iterator
from functools import reduce
from itertools import zip_longest
from operator import getitem
from pathlib import Path

import pytest

from tests.domain.test_evolve import lives
from tests.histories.golden import Golden, read

KEPT = Path(__file__).with_name("events.jsonl")

WHOSE = frozenset({"task.owner_role"})
"""In which role its owner has a task."""
TASKS: dict[str, frozenset[str]] = dict.fromkeys(
    ("TaskOpened", "TaskGivenTime", "TaskSnoozed", "TaskReassigned", "TaskTakenOver", "TaskRescheduled"), WHOSE
)
ADDED: dict[str, dict[str, frozenset[str]]] = {
    "0.1.0": {
        "DeliveryFailed": frozenset({"effect.first_key"}),
        "DwellingsListed": frozenset({"left_out"}),
        "MediationClosed": frozenset({"subject", "at"}),
        "TaskAnswered": frozenset({"answer.on"}),
        **TASKS,
    },
    "0.2.0": TASKS,
}
"""Fields that events have got since a release: what it wrote is read with their defaults."""


def written() -> Iterator[str]:
    """Every event of the lives, as it is written today."""
    for case in lives():
        yield from (event.model_dump_json() for event in case.events)


def differing(kept: Iterator[str], today: Iterator[str]) -> list[str]:
    """Name the events whose bytes are no longer the same, with both forms."""
    pairs = enumerate(zip_longest(kept, today, fillvalue="{}"), start=1)
    return [f"line {n}: {_kind(was)} {was}\n  is now {now}" for n, (was, now) in pairs if was != now]


def _kind(text: str) -> str:
    return str(json.loads(text).get("type", "nothing"))


def test_every_event_of_the_lives_is_written_as_it_was() -> None:
    assert differing(iter(KEPT.read_text(encoding="utf-8").splitlines()), written()) == []


@pytest.fixture(scope="module")
def goldens() -> list[Golden]:
    return list(read())


def test_every_event_of_every_release_is_written_as_it_was_but_for_the_fields_added_since(
    goldens: list[Golden],
) -> None:
    wrong = []
    for one in goldens:
        events = (event for decision in one.decisions for event in decision.events)
        for was, event in zip(one.documents, events, strict=True):
            added = ADDED.get(one.release, {}).get(event.type, frozenset())
            if _without(event.model_dump_json(), added, was) != was:
                wrong.append(f"{one.release}/{one.name}: {event.type}\n  was {was}\n  is now {event.model_dump_json()}")
    assert wrong == []


def _without(text: str, added: frozenset[str], was: str) -> str:
    """Return a document without those of the added fields that it was written without; the rest stays as it is."""
    document, earlier = json.loads(text), json.loads(was)
    for field in added:
        *parents, last = field.split(".")
        inner, before = reduce(getitem, parents, document), reduce(getitem, parents, earlier)
        if last not in before:
            inner.pop(last, None)
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


@pytest.mark.parametrize(
    "now", ['{"type":"X","a":2,"b":1}', '{"type":"X","b":1,"a":1}', '{"type":"X","a":1,"b":1,"c":null}', "{}"]
)
def test_another_value_order_or_field_is_seen(now: str) -> None:
    was = '{"type":"X","a":1,"b":1}'
    assert differing(iter([was]), iter([was])) == []
    assert differing(iter([was]), iter([now])) == [f"line 1: X {was}\n  is now {now}"]


if __name__ == "__main__":
    KEPT.write_text("".join(f"{line}\n" for line in written()), encoding="utf-8")
