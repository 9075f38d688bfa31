"""Names that are keys: one name however it is written, and two names that are not alike stay two."""

import pytest

from domain.facts.names import comparable


@pytest.mark.parametrize(
    "written",
    [
        *("De Oever", "De oever", "DE OEVER", "De  Oever", " De Oever ", "De\u00a0Oever", "De\tOever", "De\u2009Oever"),
        *("Ｄｅ Ｏｅｖｅｒ", "De\u200b Oever", "De Oe\u00adver", "\ufeffDe Oever"),
    ],
)
def test_a_name_is_one_however_it_is_written(written: str) -> None:
    assert comparable(written) == "de oever"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Caf\u00e9 Zuid", "Cafe\u0301 Zuid"),
        ("Blok 1\u20132", "Blok 1-2"),
        ("Blok 1\u20112", "Blok 1-2"),
        ("'t Hof", "\u2019t Hof"),
        ("IJburg", "\u0132burg"),
        ("Stra\u00dfe", "STRASSE"),
    ],
)
def test_signs_that_mean_the_same_are_the_same(one: str, other: str) -> None:
    assert comparable(one) == comparable(other)


@pytest.mark.parametrize(
    ("one", "other"), [("De Oever", "Oever"), ("Blok 12", "Blok 1-2"), ("Cafe", "Caf\u00e9"), ("A B", "AB")]
)
def test_other_names_stay_other_names(one: str, other: str) -> None:
    assert comparable(one) != comparable(other)
