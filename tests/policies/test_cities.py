"""Cities of different shapes are files and no code: each is valid, can be read, and lives to its end. How the people of
Gorzen live stands in `tests/policies/test_third_city.py`.

To prove or show one: `mediation policy prove FILE`, `mediation demo --policy FILE --cases 6`.
"""

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from domain.facts.parties import Role, Whose
from domain.facts.tasks import TaskKind
from domain.policy.groups import SIX
from domain.policy.policy import Barring, Policy
from domain.state import events as e
from policy_tools.check import check
from policy_tools.describe.document import describe
from runtime.policy_files import text_of
from sandbox.city import City
from tests.policies.test_kinds_of_city import answers
from tests.sandbox.test_city import Run
from texts import Language

HERE = Path(__file__).parent
FILES = {path.stem: path for path in (*sorted(HERE.glob("*.toml")), *sorted(HERE.glob("cities/*.toml")))}


@cache
def policy_of(name: str) -> Policy:
    return check(text_of(str(FILES[name]))).policy


@cache
def lived(name: str) -> Run:
    return Run(City(policy_of(name), 3, 12)).until_closed()


def test_there_are_cities_of_every_shape() -> None:
    assert len(FILES) >= 8
    policies = {name: policy_of(name) for name in FILES}
    shapes = {
        "a desk assesses": [n for n, p in policies.items() if p.owners.get(TaskKind.ASSESS) is Whose.DESK],
        "a committee advises and a desk decides": [
            n
            for n, p in policies.items()
            if (p.owners.get(TaskKind.ASSESS), p.owners.get(TaskKind.DECIDE_URGENCY)) == (Whose.COMMITTEE, Whose.DESK)
        ],
        "a corporation chooses": [
            n for n, p in policies.items() if p.owners.get(TaskKind.MAKE_OFFER) is Whose.CORPORATION
        ],
        "a table chooses": [n for n, p in policies.items() if p.owners.get(TaskKind.MAKE_OFFER) is Whose.DESK],
        "one offer": [n for n, p in policies.items() if p.offers.counted_refusals == 1],
        "a quota is shared": [n for n, p in policies.items() if p.capacity.shared_by],
        "statutory groups": [n for n, p in policies.items() if "leaving_sex_work" in p.target_groups],
        "a block after refusals": [n for n, p in policies.items() if Barring.REFUSED_LAPSED in p.exclusions],
        "only the municipality refers": [n for n, p in policies.items() if p.application.by == (Role.COORDINATOR,)],
        "only institutions refer": [n for n, p in policies.items() if p.application.by == (Role.INSTITUTION,)],
        "the municipality checks the conversion": [n for n, p in policies.items() if p.conversion.checked],
    }
    assert [shape for shape, names in shapes.items() if not names] == []


@pytest.mark.parametrize("name", sorted(FILES.keys() - {"gorzen"}))
def test_everybody_comes_to_an_end(name: str) -> None:
    run = lived(name)
    assert all(life.closed for life in run.lives)
    assert {rule for life in run.lives for _, rule in life.refused} <= {"dwelling_taken"}
    eligible = set(policy_of(name).target_groups)
    assert {life.m.referral.target_group for life in run.lives} <= eligible


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("language", Language)
def test_its_description_can_be_read(name: str, language: Language) -> None:
    read = describe(check(text_of(str(FILES[name]))), language)
    assert len(read) > 10_000
    assert "{" not in read.split("## ")[1]


@pytest.mark.parametrize("name", FILES)
def test_who_refers_is_who_may(name: str) -> None:
    may = set(policy_of(name).application.by)
    assert {life.events[0][1].role for life in lived(name).lives} <= may


def test_who_leaves_no_institution_lives_to_the_end_and_the_municipality_does_what_it_would() -> None:
    outside = [life for life in lived("regiestad").lives if life.m.parties.institution is None]
    assert {life.m.referral.target_group for life in outside} & {"informal_carer", "seriously_ill", "violence"}
    assert not {life.m.referral.target_group for life in outside} & set(SIX)
    asked = [event.task for life in outside for *_, event in life.events if isinstance(event, e.TaskOpened)]
    answers = [task for task in asked if task.kind is TaskKind.ANSWER_OFFER]
    assert {(task.owner, task.owner_role) for task in answers} == {("regiestad", Role.COORDINATOR)}


def test_places_of_a_region_are_kept_for_the_young_and_for_families() -> None:
    told = describe(check(text_of(str(FILES["tilburg"]))), Language.DUTCH)
    assert (
        "vrijgehouden voor: jeugdhulp met verblijf en maatschappelijke opvang (vanaf 18 jaar en jonger dan 27 jaar)"
        in told
    )
    assert "vrijgehouden voor: alle doelgroepen (een huishouden van twee of meer mensen)" in told


def test_a_city_that_checks_the_lease_says_so_and_does() -> None:
    told = describe(check(text_of(str(FILES["amsterdam"]))), Language.DUTCH)
    assert "Dat is een advies. Daarna kijkt de gemeente het na." in told
    assert "Dat is een advies. Daarna kijkt" not in describe(check(text_of("almere")), Language.DUTCH)
    advised = Counter(role for _, role in answers(lived("amsterdam"), TaskKind.DECIDE_CONVERSION))
    checked = Counter(role for _, role in answers(lived("amsterdam"), TaskKind.CHECK_CONVERSION))
    assert (set(advised), set(checked)) == ({Role.CORPORATION}, {Role.COORDINATOR})


def test_a_desk_that_assesses_and_bars_says_so() -> None:
    told = describe(check(text_of(str(FILES["rotterdam"]))), Language.DUTCH)
    assert "Dan begint de eerste 2 jaar geen nieuwe." in told
    assert {role for _, role in answers(lived("rotterdam"), TaskKind.ASSESS)} == {Role.DESK}


def test_a_committee_that_advises_and_a_desk_that_decides_are_two_bodies() -> None:
    told = describe(check(text_of(str(FILES["merwestad"]))), Language.DUTCH)
    assert "De adviescommissie beoordeelt" in told
    assert "Daarna besluit het loket" in told
    assert "Advies: Urgentiecommissie Merwestad.\n" in told
    run = lived("merwestad")
    assert {role for _, role in answers(run, TaskKind.ASSESS)} == {Role.COMMITTEE}
    assert {role for _, role in answers(run, TaskKind.DECIDE_URGENCY)} == {Role.DESK}
    parties = {(life.m.parties.committee, life.m.parties.desk) for life in run.lives}
    assert parties == {("commissie-merwestad", "loket-merwestad")}
    decided = {event.by for life in run.lives for *_, event in life.events if isinstance(event, e.UrgencyDecided)}
    assert decided == {"loket-merwestad"}
