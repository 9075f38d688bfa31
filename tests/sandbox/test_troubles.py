"""The troubles of a city: every one of them there, at partners that have a system, and as long as they should last."""

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from domain.exchange.policy_file import parse_policy
from domain.facts.parties import Role
from runtime.policy_files import text_of
from sandbox.city import City
from sandbox.city.organisations import directory
from sandbox.city.troubles import AWAY_FOR, troubles
from sandbox.data_directory import DataDirectory, free_for_a_city
from sandbox.partners.book import Book
from sandbox.partners.care_desk import CareDesk
from sandbox.partners.care_provider import CARE_PROVIDER
from sandbox.partners.corporation import CORPORATION
from sandbox.partners.desk import Desk
from sandbox.partners.district_team import DISTRICT_TEAM
from sandbox.partners.faults import FAULTS, ONCE_MORE, Arrival, Fault, FaultKind, Faults
from sandbox.stack import Stack

ANY_CALL = {FaultKind.LOST_ANSWER, FaultKind.SERVER_ERROR, FaultKind.HUGE, FaultKind.DRIP}
PARTNER = ANY_CALL | {FaultKind.WRONG_SCHEMA, FaultKind.UNAVAILABLE}
KNOWS_NOTHING = {FaultKind.FORGOTTEN, FaultKind.NOT_UNIQUE}
LISTED = {
    "corporation": PARTNER | KNOWS_NOTHING | {FaultKind.RETRACTED},
    "care_provider": PARTNER
    | {FaultKind.TWICE, FaultKind.EARLY, FaultKind.LATE, FaultKind.NEVER, FaultKind.NOT_UNIQUE},
    "district_team": PARTNER | KNOWS_NOTHING,
    "case_system": ANY_CALL | {FaultKind.WRONG_SCHEMA},
    "receiver": ANY_CALL | {FaultKind.NOT_UNIQUE},
}
"""What a city must meet, of whom."""


def city_of(municipality: str, cases: int = 10) -> City:
    return City(parse_policy(text_of(municipality)), 7, cases)


def plan(city: City) -> dict[str, list[Fault]]:
    return {system: FAULTS.validate_python(faults) for system, faults in troubles(city).items()}


def test_a_city_meets_every_fault_there_is_to_meet() -> None:
    planned = {system: {fault.fault for fault in faults} for system, faults in plan(city_of("almere")).items()}
    assert planned.keys() == LISTED.keys()
    for system, kinds in LISTED.items():
        assert kinds <= planned[system], system
    assert set(FaultKind) - set().union(*planned.values()) == {FaultKind.SLOW}


def test_no_partner_of_a_city_knows_a_key_again() -> None:
    for system in ("corporation", "district_team"):
        faults = Faults()
        faults.switch(plan(city_of("almere"))[system])
        calls = [Arrival("one", "create", f"m-{n}:asked:1", 2) for n in range(100)]
        played = Counter(faults.first_of(ONCE_MORE, call) for call in calls)
        assert played.keys() == ONCE_MORE
        assert min(played.values()) > 30


def test_the_corporations_of_a_city_are_not_started_as_kind_ones(tmp_path: Path) -> None:
    stack = Stack(DataDirectory(tmp_path, free_for_a_city()[0]), virtual=True)
    command = stack.partners[Role.CORPORATION].command
    assert "sandbox.partners" in command
    assert "--remembers-keys" not in command


@pytest.mark.parametrize("municipality", ["almere", "amersfoort"])
def test_every_fault_of_a_city_can_strike_the_partner_it_is_for(municipality: str, tmp_path: Path) -> None:
    desks = {
        "corporation": Desk(CORPORATION, Book(tmp_path / "a", CORPORATION.schema)),
        "care_provider": CareDesk(CARE_PROVIDER, Book(tmp_path / "b", CARE_PROVIDER.schema)),
        "district_team": Desk(DISTRICT_TEAM, Book(tmp_path / "c", DISTRICT_TEAM.schema)),
    }
    faults = plan(city_of(municipality))
    for system, desk in desks.items():
        for fault in faults[system]:
            assert fault.operation in desk.struck_by(fault), (system, fault)
            assert fault.probability > 0


@pytest.mark.parametrize("municipality", ["almere", "amersfoort"])
def test_one_partner_of_each_kind_with_a_system_is_away_for_ten_working_days(municipality: str) -> None:
    city, systems = city_of(municipality), dict.fromkeys(Role, "http://127.0.0.1")
    reached = {one["id"]: one["role"] for one in directory([city.organisations], systems) if "system" in one}
    calendar = city.policy.calendar
    for role in (Role.CORPORATION, Role.CARE_PROVIDER, Role.DISTRICT_TEAM):
        (away,) = [fault for fault in plan(city)[role.value] if fault.fault is FaultKind.UNAVAILABLE]
        assert away.since
        assert away.until
        assert reached[away.organisation] == role.value
        day, worked = calendar.today(away.since), 0
        while day < calendar.today(away.until):
            day, worked = calendar.working_day_from(day.fromordinal(day.toordinal() + 1)), worked + 1
        assert worked == AWAY_FOR


def test_no_fault_holds_the_clock_for_long() -> None:
    for faults in plan(city_of("almere", 50)).values():
        for fault in faults:
            if fault.fault is FaultKind.DRIP:
                assert fault.lasts is not None
                assert fault.lasts <= 2
                assert fault.probability * fault.lasts <= 0.02


def test_what_strikes_a_call_follows_from_the_seed_and_the_call_alone() -> None:
    calls = [Arrival("ymere", "create_aanbieding", f"m-{n}:place-offer:1", 1) for n in range(400)]
    struck = []
    for order in (calls, calls[::-1]):
        faults = Faults()
        faults.switch(plan(city_of("almere"))["corporation"])
        struck.append({call.key: faults.strike(call).ending for call in order})
    assert struck[0] == struck[1]
    assert {ending for ending in struck[0].values() if ending} == ANY_CALL | {FaultKind.WRONG_SCHEMA}
    other = City(city_of("almere").policy, 8, 10)
    faults = Faults()
    faults.switch(plan(other)["corporation"])
    assert {call.key: faults.strike(call).ending for call in calls} != struck[0]


def test_one_partner_is_away_after_another() -> None:
    city = city_of("almere", 50)
    since = [
        fault.since
        for role in (Role.DISTRICT_TEAM, Role.CORPORATION, Role.CARE_PROVIDER)
        for fault in plan(city)[role.value]
        if fault.since
    ]
    assert all(earlier < later for earlier, later in pairwise(since))
    assert city.opening < since[0]
