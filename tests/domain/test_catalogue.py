"""Every kind of task is defined once; a kind that is forgotten, or defined twice, stops the import."""

from dataclasses import replace
from typing import Any, cast, get_args

import pytest

from domain.decide.catalogue import BY_GROUP, SPECS, by_kind
from domain.facts.outcome import Stage
from domain.facts.tasks import TaskKind
from domain.messages import answers as a
from domain.state.task_spec import Asked
from tests.domain.case import along


def test_every_kind_has_one_definition_and_every_answer_its_own() -> None:
    assert set(SPECS) == set(TaskKind)
    assert all(spec.kind is kind for kind, spec in SPECS.items())
    assert {spec.answer_type for spec in SPECS.values()} == set(get_args(get_args(a.TaskAnswer)[0]))


def test_a_kind_without_a_definition_or_with_two_stops_the_import() -> None:
    with pytest.raises(TypeError, match="these have none: HOLD_TALK"):
        by_kind(spec for kind, spec in SPECS.items() if kind is not TaskKind.HOLD_TALK)
    twice = replace(cast(Any, SPECS[TaskKind.ASSESS]), group=Stage.OFFER)
    with pytest.raises(TypeError, match="ASSESS has two specs"):
        by_kind((*SPECS.values(), twice))


def test_an_answer_of_another_kind_is_given_to_no_task() -> None:
    case = along(upto="confirm")
    draft: Any = None
    with pytest.raises(TypeError, match="VisitAnswer does not answer answer_offer"):
        SPECS[TaskKind.ANSWER_OFFER].give(draft, case.task(TaskKind.ANSWER_OFFER), a.VisitAnswer(seen=True))


def test_what_a_system_is_asked_stands_in_one_definition() -> None:
    effects = [spec.asked for spec in SPECS.values() if not isinstance(spec.asked, Asked)]
    assert len(effects) == len(set(effects))


def test_every_task_is_told_in_one_part_of_a_description() -> None:
    assert sorted(kind for kinds in BY_GROUP.values() for kind in kinds) == sorted(TaskKind)
