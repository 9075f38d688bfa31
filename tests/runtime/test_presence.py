"""Who answers on which day: contracts begin and end, organisations are absent, substitutes stand in."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from domain.facts.parties import Role
from runtime.contacts import Contact, OrganisationAbsence, Purpose
from runtime.directory import Directory, DirectoryWrong, NoDistrictTeam, Organisation

MAY, JUNE, JULY = date(2026, 5, 15), date(2026, 6, 15), date(2026, 7, 15)


def team(name: str, **more: Any) -> Organisation:
    facts = {"id": name, "role": "district_team", "name": name, "municipalities": ["almere"], "mail": f"{name}@x.nl"}
    return Organisation.model_validate(facts | more)


SEAT = Organisation(id="almere", role=Role.COORDINATOR, name="Almere", municipalities=("almere",), mail="a@almere.nl")


def test_a_district_goes_to_the_team_whose_contract_is_valid_that_day() -> None:
    old = team("team-old", districts=["haven"], valid_to="2026-05-31")
    new = team("team-new", districts=["haven"], valid_from="2026-06-01", valid_to="2026-06-30")
    rest = team("team-rest")
    directory = Directory([SEAT, old, new, rest])
    assert [directory.team_for("almere", "haven", day).id for day in (MAY, JUNE, JULY)] == [
        *("team-old", "team-new", "team-rest")
    ]
    assert directory.team_for("almere", "haven", date(2026, 5, 31)).id == "team-old"
    assert directory.team_for("almere", "haven", date(2026, 6, 1)).id == "team-new"
    assert directory.get("team-old").id == "team-old", "what runs goes on with it"


def test_without_a_team_of_that_day_nobody_is_made_up() -> None:
    directory = Directory([SEAT, team("team-old", valid_to="2026-05-31")])
    with pytest.raises(NoDistrictTeam):
        directory.team_for("almere", "haven", JUNE)


def test_two_teams_of_one_district_on_one_day_are_refused() -> None:
    first = team("team-old", districts=["haven"], valid_to="2026-06-01")
    second = team("team-new", districts=["haven"], valid_from="2026-06-01")
    with pytest.raises(DirectoryWrong, match="districts overlap with those of team-old: haven"):
        Directory([SEAT, first, second])


def test_while_a_team_is_absent_its_substitute_answers_and_that_ones_while_it_is_absent_too() -> None:
    one = team("team-one", districts=["haven"], substitute="team-two", absences=["2026-06-10/2026-06-20"])
    two = team("team-two", districts=["stad"], substitute="almere", absences=["2026-06-15"])
    directory = Directory([SEAT, one, two])
    days = [date(2026, 6, day) for day in (9, 10, 15, 20, 21)]
    acting = [directory.acting_for("team-one", day).id for day in days]
    assert acting == ["team-one", "team-two", "almere", "team-two", "team-one"]
    assert directory.stands_in_for("almere", date(2026, 6, 15)) == ("team-one", "team-two")
    assert directory.stands_in_for("almere", date(2026, 6, 14)) == ()


def test_when_all_who_could_stand_in_are_absent_it_stays_with_the_owner() -> None:
    one = team("team-one", districts=["haven"], substitute="team-two", absences=["2026-06-10/2026-06-20"])
    two = team("team-two", districts=["stad"], substitute="team-one", absences=["2026-06-15"])
    directory = Directory([SEAT, one, two])
    assert directory.acting_for("team-one", date(2026, 6, 15)).id == "team-one"
    assert directory.stands_in_for("team-two", date(2026, 6, 15)) == ()


def test_a_substitute_does_the_same_work_or_directs() -> None:
    provider = Organisation(id="zorg", role=Role.CARE_PROVIDER, name="Zorg", municipalities=("almere",), mail="z@z.nl")
    with pytest.raises(DirectoryWrong, match="substitute zorg is neither another district_team nor a coordinator"):
        Directory([SEAT, provider, team("team-one", substitute="zorg")])


def test_a_contact_reads_as_it_is_written() -> None:
    for text in ("offers=woningen@ymere.nl,036 123 4567", "general=info@ymere.nl", "out_of_hours=06 12345678"):
        assert str(Contact.model_validate(text)) == text
    told = Contact.model_validate({"purpose": "offers", "phone": "036 1234567"})
    assert (told.purpose, told.mail, told.phone) == (Purpose.OFFERS, None, "+31361234567")


@pytest.mark.parametrize("text", ["offers", "offers=", "lunch=a@b.nl", "offers=a@b.nl,c@d.nl", "offers=12", "=a@b.nl"])
def test_what_is_no_contact_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        Contact.model_validate(text)


@pytest.mark.parametrize("text", ["2026-06-20/2026-06-10", "soon", "2026-06-31", "/"])
def test_what_is_no_absence_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        OrganisationAbsence.model_validate(text)


def test_a_contract_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValidationError, match="valid_to is before valid_from"):
        team("team-one", valid_from="2026-06-02", valid_to="2026-06-01")
