"""Each event changes the state as it did when the changes stood in a table, and one that changes nothing says so."""

from collections.abc import Iterator

import pytest

from domain.facts.clocks import ClockKind
from domain.state import events as e
from domain.state.fold import evolve, fold
from domain.state.mediation import Mediation
from sandbox.driven.sequences import play
from tests.domain import earlier_fold
from tests.domain.case import along, policy_of
from tests.domain.test_evolve import lives
from tests.histories import golden


def journals() -> Iterator[tuple[str, tuple[e.AnyEvent, ...]]]:
    """The lives with every kind of event, every golden history, and drawn sequences of commands."""
    yield from ((f"life {n}", tuple(case.events)) for n, case in enumerate(lives()))
    for one in golden.read():
        yield f"{one.release}/{one.name}", tuple(event for decision in one.decisions for event in decision.events)
    for city in ("almere", "amersfoort"):
        _, played = play(policy_of(city), seed=7, sequences=40, steps=50)
        yield from ((f"{city}, drawn {n}", tuple(sequence.events)) for n, sequence in enumerate(played))


def test_every_event_leads_to_what_it_led_to() -> None:
    count = 0
    for name, events in journals():
        earlier: Mediation | None = None
        now: Mediation | None = None
        for n, event in enumerate(events):
            earlier, now = earlier_fold.evolve(earlier, event), evolve(now, event)
            assert now == earlier, f"{name}, event {n}: {event.type}"
        assert fold(events) == now
        count += len(events)
    assert count > 5_000


def test_a_fold_goes_on_from_what_is_known() -> None:
    for case in lives():
        half = len(case.events) // 2
        known = fold(case.events[:half])
        assert fold(case.events[half:], known) == fold(case.events) == case.m
        assert fold((), known) == known


def test_an_event_that_does_not_say_what_it_changes_cannot_be_made() -> None:
    with pytest.raises(TypeError, match="abstract method apply"):
        e.Event()  # type: ignore[abstract]
    assert [kind for kind in e.Event.__subclasses__() if "apply" not in vars(kind)] == []


@pytest.mark.parametrize(
    "event",
    [e.ClockStopped(clock=ClockKind.DECISION_TERM), e.TaskOverdue(task="assess-9"), e.PlaceConsumed()],
)
def test_what_concerns_nothing_that_is_there_changes_nothing_but_the_count(event: e.AnyEvent) -> None:
    m = along(upto="start").m
    m = evolve(m, e.ClockStopped(clock=ClockKind.DECISION_TERM))
    after = evolve(m, event)
    assert after.model_dump(exclude={"sequence"}) == m.model_dump(exclude={"sequence"})
    assert after.sequence == m.sequence + 1
