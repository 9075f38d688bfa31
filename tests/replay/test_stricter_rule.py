"""A rule made stricter after an answer was accepted: the running case goes on, its replay passes, judgement tells."""

from dataclasses import replace
from typing import cast

import pytest
from pydantic import TypeAdapter

from audit.replay import replay
from domain.decide.catalogue import SPECS
from domain.facts.outcome import Outcome, Stage
from domain.facts.rules import RecordedRule, RuleName
from domain.facts.tasks import Task, TaskKind
from domain.messages.answers import ReadinessAnswer
from domain.messages.commands import AnswerTask
from domain.state.draft import Draft, RuleBroken
from domain.state.task_spec import TaskSpec
from runtime.settings import Settings
from store import journal
from tests.histories import golden
from tests.journey import Journey, Scene
from tests.replay.judgement import Judged, judge_again

REASONS_MISSING = TypeAdapter[RuleName](RecordedRule).validate_python("reasons_missing")
"""A rule that only another release has."""

CHECK = cast(TaskSpec[ReadinessAnswer], SPECS[TaskKind.CHECK_READINESS])


def check_with_a_reason(d: Draft, task: Task, answer: ReadinessAnswer) -> None:
    """From today on a client is ready only when the reasons are written down."""
    if answer.note is None:
        raise RuleBroken(REASONS_MISSING)
    CHECK.answered(d, task, answer)


async def test_a_stricter_rule_changes_no_running_case_and_is_named_by_judgement(
    scene: Scene, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    journey, later = Journey(scene, "m-before"), Journey(scene, "m-after", bsn="999991206")
    await journey.start()
    await later.start()
    await journey.ready()
    assert judge_again(await judged(journey), journey.policy) == []

    monkeypatch.setitem(SPECS, TaskKind.CHECK_READINESS, replace(CHECK, answered=check_with_a_reason))
    task = await later.task(TaskKind.CHECK_READINESS)
    refused = (await later.submit(ready(later, task.id))).refused
    assert refused is not None
    assert refused.rule == "reasons_missing"

    await journey.positive()
    await journey.match(await released(journey))
    await journey.housed()
    await journey.call()
    assert (await journey.ended()).outcome is Outcome.HOUSED_FOLLOW_UP_HELD
    assert (await later.state()).stage is Stage.READINESS

    histories = [await one.handle.fetch_history() for one in (journey, later)]
    assert [verdict.failure for verdict in await replay(settings.key_ring, histories)] == [None, None]
    [difference] = judge_again(await judged(journey), journey.policy)
    assert (difference.ordinal, difference.command) == (2, "AnswerTask")
    assert difference.then.startswith("TaskAnswered ")
    assert difference.today == "refused by reasons_missing"
    assert judge_again(await judged(later), later.policy) == []

    monkeypatch.undo()
    assert judge_again(await judged(journey), journey.policy) == []
    [eased] = judge_again(await judged(later), later.policy)
    assert eased.then == "refused by reasons_missing"


def ready(journey: Journey, task: str) -> AnswerTask:
    """The answer as it was always given."""
    return AnswerTask(by=journey.coordinator, task=task, answer=ReadinessAnswer.model_validate({"result": "ready"}))


async def released(journey: Journey) -> str:
    """A dwelling released after the corporations were asked: it is seen at the next monthly look."""
    dwelling = await journey.released()
    await journey.days(32)
    return dwelling


async def judged(journey: Journey) -> tuple[Judged, ...]:
    """What the journal has of a mediation."""
    return golden.judged(await journal.entries(journey.scene.pool, journey.id))
