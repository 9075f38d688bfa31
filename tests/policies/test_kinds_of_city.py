"""Who does what differs from city to city, and is a file: each kind of city lives to its end without more code."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from domain.facts.outcome import Outcome
from domain.facts.parties import Role
from domain.facts.tasks import TaskKind
from domain.state import events as e
from domain.state.mediation import Mediation
from policy_tools.check import check
from policy_tools.describe.document import describe
from runtime.policy_files import text_of
from sandbox.city import City
from tests.sandbox.test_city import Run
from texts import Language

POLDERVEEN = text_of(str(Path(__file__).with_name("polderveen.toml")))
ORDINARY = """
id = "voorbeeld"
version = "2026-01-01"
municipality = "voorbeeld"
name = "Voorbeeld"
valid_from = 2026-01-01
origin = "none"
"""
ASSESSING = '[owners]\nassess = "desk"\n'
ADVISING = '[decision]\nafter_advice = true\ndesk = "Urgentiecommissie"\n[owners]\nassess = "desk"\n'
DECIDING = '[decision]\nafter_advice = true\nmaker = "mandated_desk"\n[owners]\ndecide_urgency = "desk"\n'
TABLE = '[owners]\nmake_offer = "desk"\n'
CONVERSION = '[conversion.after]\nconversion = "1 year"\n[owners]\ndecide_conversion = "coordinator"\n'
CHECKED = '[conversion]\nchecked = true\nafter = { conversion = "1 year" }\n'
CHECKED_BY_DESK = CHECKED + '[owners]\ncheck_conversion = "desk"\n'
TEAMS = '[owners]\nassess = "team_of_client"\ntake_up_follow_on = "team_of_client"\nvisit_client = "team_of_home"\n'


class Kind(NamedTuple):
    """A kind of city: what its file says, and whose the task is that is done otherwise there than elsewhere."""

    text: str
    task: TaskKind
    role: Role


KINDS = {
    "a desk assesses": Kind(ORDINARY + ASSESSING, TaskKind.ASSESS, Role.DESK),
    "a committee advises and the municipality decides": Kind(ORDINARY + ADVISING, TaskKind.ASSESS, Role.DESK),
    "a team advises and a desk decides": Kind(ORDINARY + DECIDING, TaskKind.DECIDE_URGENCY, Role.DESK),
    "a table chooses the home": Kind(ORDINARY + TABLE, TaskKind.MAKE_OFFER, Role.DESK),
    "corporations choose the home": Kind(POLDERVEEN, TaskKind.MAKE_OFFER, Role.CORPORATION),
    "the municipality converts": Kind(ORDINARY + CONVERSION, TaskKind.DECIDE_CONVERSION, Role.COORDINATOR),
    "the municipality checks the conversion": Kind(ORDINARY + CHECKED, TaskKind.CHECK_CONVERSION, Role.COORDINATOR),
    "a desk checks the conversion": Kind(ORDINARY + CHECKED_BY_DESK, TaskKind.CHECK_CONVERSION, Role.DESK),
    "teams by district": Kind(ORDINARY + TEAMS, TaskKind.TAKE_UP_FOLLOW_ON, Role.DISTRICT_TEAM),
}


@cache
def lived(name: str) -> Run:
    """A small city of this kind, lived through to the end on the pure core."""
    return Run(City(check(KINDS[name].text).policy, 7, 30)).until_closed()


def answers(run: Run, kind: TaskKind) -> Iterator[tuple[Mediation, Role]]:
    """Every answer to a task of this kind, with the role of who gave it."""
    for life in run.lives:
        acts = (act for act in life.acts if getattr(act.channel, "body", {}).get("kind") == kind.value)
        yield from ((life.m, act.role) for act in acts)


@pytest.mark.parametrize("name", KINDS)
def test_everybody_comes_to_an_end_in_every_kind_of_city(name: str) -> None:
    run = lived(name)
    assert all(life.closed for life in run.lives)
    assert {rule for life in run.lives for _, rule in life.refused} <= {"dwelling_taken"}
    ends = Counter(life.m.outcome for life in run.lives)
    assert ends[Outcome.HOUSED_FOLLOW_UP_HELD] > len(run.lives) / 2


@pytest.mark.parametrize("name", KINDS)
def test_who_the_file_names_does_it(name: str) -> None:
    kind = KINDS[name]
    roles = Counter(role for _, role in answers(lived(name), kind.task))
    assert roles[kind.role] > 0
    others = {Role.COORDINATOR} if kind.task is TaskKind.MAKE_OFFER else set()
    assert roles.keys() <= {kind.role} | others, "of a home only the municipality chooses besides, when nobody else may"


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("language", Language)
def test_its_description_can_be_read(name: str, language: Language) -> None:
    assert len(describe(check(KINDS[name].text), language)) > 10_000


def test_corporations_choose_their_own_and_let_a_turn_go_by_now_and_then() -> None:
    run = lived("corporations choose the home")
    left, chosen = [], []
    for life in run.lives:
        left += [event for _, _, event in life.events if isinstance(event, e.ChoiceLeft)]
        for act in life.acts:
            body = getattr(act.channel, "body", {})
            if body.get("kind") == "make_offer" and act.role is Role.CORPORATION and "dwelling" in body:
                chosen.append(body["corporation"] == act.organisation)
    assert len(chosen) > 20
    assert all(chosen)
    assert {event.reason is None for event in left} == {True, False}


def test_partners_read_how_corporations_choose() -> None:
    read = describe(check(POLDERVEEN), Language.DUTCH)
    assert "kiest het eerst: binnen 4 werkdagen" in read
    assert "Woningcorporatie met een passende woning, anders de gemeente" in read
