"""Some hundreds of sequences of fifty steps through the core, drawn from everything that the types allow."""

import dataclasses
from pathlib import Path
from typing import Any, cast

import pytest

from domain.decide.catalogue import SPECS
from domain.facts.outcome import Outcome, Stage
from domain.facts.tasks import Task, TaskKind
from domain.facts.value import replace
from domain.policy.policy import CountsAt, Policy
from domain.state import events as e
from domain.state.draft import Draft
from domain.state.task_spec import TaskSpec
from domain.steps.ending import end
from sandbox.driven.sequences import Broken, play, told
from tests.conftest import Tell
from tests.domain.case import every_switch, policy_of
from tests.drawn import SEED

POLDERVEEN = Path(__file__).parents[1] / "policies" / "polderveen.toml"
EVENT_KINDS = frozenset(kind.__name__ for kind in e.Event.__subclasses__())
SAME_TERMS = frozenset({"ClockRescheduled", "TaskRescheduled"})
"""What never happens here: a policy that is adopted has the same terms."""


def left_to_corporations() -> Policy:
    """A city in which corporations choose the home, and a place counts in the year of the keys."""
    polderveen = policy_of(str(POLDERVEEN))
    return replace(polderveen, capacity=replace(polderveen.capacity, counts_at=CountsAt.KEYS))


@pytest.mark.slow("hundreds of sequences of fifty steps")
@pytest.mark.timeout(900)
def test_whatever_is_drawn_the_claims_hold(tell: Tell) -> None:
    tell(f"sequences: PROPERTY_SEED={SEED}")
    seen, _ = play(every_switch(), seed=SEED, sequences=180, steps=50)
    play(policy_of("amersfoort"), seed=SEED, sequences=40, steps=50, seen=seen)
    play(left_to_corporations(), seed=SEED, sequences=40, steps=50, seen=seen)
    missed = EVENT_KINDS - set(seen.events)
    tell(told(seen, SEED))
    tell(f"event kinds not hit: {', '.join(sorted(missed)) or 'none'}")
    assert seen.steps >= 200 * 50
    assert set(seen.stages) == set(Stage)
    assert len(missed - SAME_TERMS) <= len(EVENT_KINDS) // 20, sorted(missed)
    assert len(seen.tasks) >= len(TaskKind) * 9 // 10
    assert len(seen.outcomes) >= len(Outcome) // 3


def test_the_same_seed_gives_the_same_sequences() -> None:
    once, again = (play(policy_of("almere"), seed=7, sequences=3, steps=20)[0] for _ in range(2))
    assert once.events == again.events
    assert once.rules == again.rules


def test_a_broken_rule_is_met_and_its_story_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def unheard(d: Draft, _task: Task, _answer: object) -> None:
        end(d, Outcome.REJECTED)

    assess = cast(TaskSpec[Any], SPECS[TaskKind.ASSESS])
    monkeypatch.setitem(SPECS, TaskKind.ASSESS, dataclasses.replace(assess, answered=unheard))
    with pytest.raises(Broken, match="without a hearing") as broken:
        play(policy_of("almere"), seed=1, sequences=20, steps=30)
    assert "assess, " in str(broken.value)
