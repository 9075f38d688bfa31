"""Whatever a release ever ran, today's code reproduces; what it ever decided, today's rules decide again."""

from importlib.metadata import version

from audit.replay import replay
from domain.messages.commands import StartMediation
from domain.state.fold import fold
from store.journal import chain
from tests.histories import golden
from tests.histories.changed_rules import CHANGED
from tests.histories.golden import Golden
from tests.histories.stories import STORIES
from tests.replay.judgement import judge_again


def test_every_story_was_kept_by_this_release(goldens: list[Golden]) -> None:
    kept = {one.name for one in goldens if one.release in {version("direct-mediation"), golden.NEXT}}
    assert kept == STORIES.keys(), "run `python -m tests.histories`"


async def test_every_golden_history_replays_with_todays_code_and_result(goldens: list[Golden]) -> None:
    verdicts = await replay(golden.RING, [one.history for one in goldens])
    assert len(verdicts) == len(goldens) > 0
    assert [verdict for verdict in verdicts if verdict.failure] == []


def test_every_golden_decision_is_decided_the_same_today_but_for_the_changes_that_are_named(
    goldens: list[Golden],
) -> None:
    for one in goldens:
        named = CHANGED.get((one.release, one.name), ())
        found = judge_again(one.decisions, one.policy)
        told = "\n".join(map(str, found))
        assert [difference.ordinal for difference in found] == [change.ordinal for change in named], told
        assert all(d.today.startswith(change.today) for d, change in zip(found, named, strict=True)), told


def test_every_golden_journal_folds_to_the_end_of_its_story(goldens: list[Golden]) -> None:
    for one in goldens:
        events = [event for decision in one.decisions for event in decision.events]
        state = fold(events)
        assert state is not None
        assert state.outcome is STORIES[one.name].outcome, one.name
        assert state.sequence == len(events)


async def test_a_golden_history_and_its_journal_are_of_the_same_mediation(goldens: list[Golden]) -> None:
    for one in goldens:
        result = await golden.result_of(one.history)
        events = [event for decision in one.decisions for event in decision.events]
        assert (result.events, result.commands) == (len(events), len(one.decisions))
        assert result.head == chain("", one.documents), one.name
        assert result.outcome is STORIES[one.name].outcome
        command = one.decisions[0].command
        assert isinstance(command, StartMediation)
        assert command.mediation == result.mediation == one.history.workflow_id
