"""The directory of organisations is checked as a whole, and its faults are told by file, line and field."""

from datetime import date
from pathlib import Path

import pytest
from pydantic import SecretStr

from domain.facts.parties import Role
from runtime.directory import Directory, DirectoryWrong, NoDistrictTeam, UnknownOrganisation, written
from runtime.systems import Plain

CITY = """
# one city
[[organisation]]
id = "almere"
role = "coordinator"
name = "Gemeente Almere"
municipalities = ["almere"]
mail = "coordinatie@almere.example"

[[organisation]]
id = "team-haven"
role = "district_team"
name = "Wijkteam Haven"
municipalities = ["almere"]
districts = ["Haven", "De Werven"]
mail = "haven@almere.example"
substitute = "almere"

[[organisation]]
id = "team-rest"
role = "district_team"
name = "Wijkteam overig"
municipalities = ["almere"]
mail = "overig@almere.example"

[[organisation]]
id = "woonstad"
role = "corporation"
name = "Woonstad"
municipalities = ["almere"]
mail = "woningen@woonstad.example"
system = {kind = "plain", url = "http://127.0.0.1:8101", token = "geheim"}

[[organisation]]
id = "inspectie"
role = "auditor"
name = "Inspectie"
mail = "audit@inspectie.example"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "organisations.toml"
    path.write_text(CITY)
    return path


def test_organisations_are_found_by_id_role_and_district(file: Path) -> None:
    directory = Directory.load(file)
    assert directory.get("woonstad").system == Plain(
        kind="plain", url="http://127.0.0.1:8101", token=SecretStr("geheim")
    )
    assert [one.id for one in directory.of("almere", Role.DISTRICT_TEAM)] == ["team-haven", "team-rest"]
    assert [one.id for one in directory.of("almere", "corporation")] == ["woonstad"]
    assert directory.of("utrecht", "corporation") == ()
    assert directory.team_for("almere", "De Werven").id == "team-haven"
    assert directory.team_for("almere", "Poort").id == "team-rest"
    assert [one.id for one in directory] == ["almere", "team-haven", "team-rest", "woonstad", "inspectie"]


def test_what_is_written_is_read_again_with_its_secrets(file: Path) -> None:
    directory = Directory.load(file)
    file.write_text(written(directory))
    assert list(Directory.load(file)) == list(directory)


def test_who_is_not_there_is_a_typed_error(file: Path) -> None:
    directory = Directory.load(file)
    with pytest.raises(UnknownOrganisation, match="niemand"):
        directory.get("niemand")
    with pytest.raises(NoDistrictTeam, match="Kanaleneiland in utrecht"):
        directory.team_for("utrecht", "Kanaleneiland")


LOKET = """
[[organisation]]
id = "loket"
role = "desk"
name = "Urgentieloket"
municipalities = ["almere"]
mail = "loket@loket.example"
valid_from = 2026-03-01
"""


def test_a_desk_decides_for_a_municipality_from_its_first_day(file: Path) -> None:
    file.write_text(CITY + LOKET)
    directory = Directory.load(file)
    assert directory.body_for(Role.DESK, "almere", date(2026, 2, 28)) is None
    found = directory.body_for(Role.DESK, "almere", date(2026, 3, 1))
    assert found is not None
    assert found.id == "loket"
    assert directory.body_for(Role.DESK, "utrecht", date(2026, 3, 1)) is None


def test_two_desks_for_one_municipality_at_a_time_are_refused(file: Path) -> None:
    other = LOKET.replace('"loket"', '"loket-2"')
    file.write_text(CITY + LOKET + "valid_to = 2026-05-31\n" + other.replace("2026-03-01", "2026-06-01"))
    assert Directory.load(file)
    file.write_text(CITY + LOKET + other)
    with pytest.raises(DirectoryWrong, match=r"\(loket-2\): municipalities overlap with those of loket"):
        Directory.load(file)


def test_a_municipality_has_one_committee_and_it_is_not_its_desk(file: Path) -> None:
    committee = LOKET.replace('"loket"', '"commissie"').replace('role = "desk"', 'role = "committee"')
    file.write_text(CITY + LOKET + committee)
    directory = Directory.load(file)
    found = {role: directory.body_for(role, "almere", date(2026, 3, 1)) for role in (Role.DESK, Role.COMMITTEE)}
    assert {role: one.id for role, one in found.items() if one} == {Role.DESK: "loket", Role.COMMITTEE: "commissie"}
    file.write_text(CITY + committee + committee.replace('"commissie"', '"commissie-2"'))
    with pytest.raises(DirectoryWrong, match="a municipality has one committee"):
        Directory.load(file)


def test_a_partners_token_is_not_shown(file: Path) -> None:
    assert "geheim" not in repr(Directory.load(file).get("woonstad"))


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ('role = "corporation"', 'role = "landlord"', r"organisations.toml:26: role: "),
        ('mail = "woningen@woonstad.example"', 'mail = "nowhere"', r"organisations.toml:26: mail: "),
        ('mail = "woningen@woonstad.example"', "", r"organisations.toml:26: mail: this is missing"),
        ('name = "Woonstad"', 'name = "Woonstad"\ncolour = "red"', r"organisations.toml:26: colour: "),
        ('url = "http:', 'url = "ftp:', r"organisations.toml:26: system.plain.url: "),
        ('id = "woonstad"', 'id = "team-rest"', r"organisation 4 \(team-rest\): id is used twice"),
        ('substitute = "almere"', 'substitute = "nobody"', r"\(team-haven\): substitute nobody"),
        ('substitute = "almere"', 'substitute = "team-haven"', r"\(team-haven\): substitute team-haven"),
        ('mail = "overig@', 'districts = ["Haven"]\nmail = "overig@', r"\(team-rest\): districts overlap .*Haven"),
        ('districts = ["Haven", "De Werven"]', "", r"\(team-rest\): districts overlap .*all"),
        ('["almere"]\nmail = "coord', '["utrecht"]\nmail = "coord', r"\(almere\): municipalities of a coordinator"),
        ('["almere"]\nmail = "wonin', '["utrecht"]\nmail = "wonin', r"\(woonstad\): municipalities names utrecht"),
        ('role = "corporation"', "role = corporation", r"organisations.toml: Invalid value .*line 28"),
    ],
)
def test_a_fault_is_told_with_its_place_and_field(file: Path, was: str, becomes: str, told: str) -> None:
    assert CITY.count(was) == 1 or was.startswith("mail")
    file.write_text(CITY.replace(was, becomes))
    with pytest.raises(DirectoryWrong, match=told) as wrong:
        Directory.load(file)
    assert str(file) in str(wrong.value)
    assert "geheim" not in str(wrong.value)


@pytest.mark.parametrize("text", ["", "organisation = 3", '[organisation]\nid = "almere"'])
def test_a_file_without_organisations_is_refused(file: Path, text: str) -> None:
    file.write_text(text)
    with pytest.raises(DirectoryWrong, match="organisation"):
        Directory.load(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DirectoryWrong, match=r"nowhere\.toml"):
        Directory.load(tmp_path / "nowhere.toml")
