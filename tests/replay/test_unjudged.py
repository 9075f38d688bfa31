"""What was refused before anybody judged it is not judged again: it would only seem that a rule had changed."""

import pytest

from domain.decide.decide import Decided, Refused, decide
from domain.facts.rules import RuleName
from domain.messages.commands import AddNote, StartMediation
from tests.domain.case import NOTE
from tests.replay.judgement import Judged, judge_again
from tests.store.script import script

OF_THEN = '{"rule":"a_rule_of_then","reason":"no","conditions":[]}'
"""A refusal as a release wrote it that had other rules, and told no field or day."""


def differences(rule: RuleName) -> int:
    """How much differs when a note that is accepted today had been refused by this rule."""
    now, start, _ = script("start").steps[0]
    assert isinstance(start, StartMediation)
    decided = decide(None, start, start.policy, now)
    assert isinstance(decided, Decided)
    no = Refused(rule=rule, reason="no")
    decisions = [
        Judged(1, now, start, frozenset(), None, decided.events),
        Judged(2, now, AddNote(by=start.by, note=NOTE), frozenset(), no, ()),
    ]
    return len(judge_again(decisions, start.policy))


@pytest.mark.parametrize("rule", [RuleName.NOT_RECORDED, RuleName.KEY_REUSED])
def test_what_nobody_judged_is_not_judged_again(rule: RuleName) -> None:
    assert differences(rule) == 0


def test_what_a_rule_refused_is() -> None:
    assert differences(RuleName.DOCUMENTS_MISSING) == 1


def test_a_rule_of_then_is_read_and_keeps_its_name() -> None:
    read = Refused.model_validate_json(OF_THEN)
    assert read.rule not in set(RuleName)
    assert read.model_dump_json(exclude_none=True) == OF_THEN
    assert differences(read.rule) == 1
