"""The municipalities: all of them, and by every way in which somebody names one."""

import re

import pytest

from runtime.municipalities import MunicipalityUnknown, municipalities, municipality_id


def test_there_are_those_of_2026_each_with_one_code_and_one_id() -> None:
    """CBS, Gemeentelijke indeling op 1 januari 2026."""
    known = municipalities()
    assert len(known) == len({one.code for one in known}) == len({one.id for one in known}) == 342
    assert all(re.fullmatch(r"GM\d{4}", one.code) for one in known)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9-]{1,39}", one.id) for one in known), "an id is one of an organisation"
    codes = {one.name: one.code for one in known}
    assert (codes["Almere"], codes["Amersfoort"], codes["Utrecht"]) == ("GM0034", "GM0307", "GM0344")
    assert codes["Voorne aan Zee"] == "GM1992", "made of three on 1 January 2023"
    assert "Weesp" not in codes, "part of Amsterdam since 24 March 2022"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("almere", "almere"),
        ("Almere", "almere"),
        (" GM0034 ", "almere"),
        ("gm0344", "utrecht"),
        ("Súdwest-Fryslân", "sudwest-fryslan"),
        ("'s-Hertogenbosch", "s-hertogenbosch"),
        ("Den Haag", "den-haag"),
        ("nuenen gerwen en nederwetten", "nuenen-gerwen-en-nederwetten"),
    ],
)
def test_a_municipality_is_found_by_name_id_and_code(text: str, found: str) -> None:
    assert municipality_id(text) == found


@pytest.mark.parametrize(("text", "near"), [("almeer", "almere"), ("Leuzden", "leusden"), ("bergen", "bergen-nh")])
def test_who_names_none_is_told_which_are_close(text: str, near: str) -> None:
    with pytest.raises(MunicipalityUnknown, match=rf"close to it: .*\b{near}"):
        municipality_id(text)


def test_a_municipality_of_a_policy_is_known_besides() -> None:
    assert municipality_id("Gorzen", {"gorzen"}) == "gorzen"
    with pytest.raises(MunicipalityUnknown, match="close to it: gorzen"):
        municipality_id("gorze", {"gorzen"})
    with pytest.raises(MunicipalityUnknown):
        municipality_id("gorzen")


@pytest.mark.parametrize("text", ["", "GM9999", "xyzzy", "qq-qq"])
def test_what_is_like_none_is_told_so(text: str) -> None:
    with pytest.raises(MunicipalityUnknown):
        municipality_id(text)
