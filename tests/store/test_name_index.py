"""By which spellings a name is found, and by which it is not."""

import pytest

from store.name_index import kept_terms, sought_terms


def found(kept: str, typed: str) -> bool:
    return any(terms <= kept_terms(kept) for terms in sought_terms(typed))


@pytest.mark.parametrize(
    ("kept", "typed"),
    [
        ("Noor de Wit", "Noor de Wit"),
        ("Noor de Wit", "wit noor"),
        ("Noor de Wit", "NOOR WIT"),
        ("Noor de Wit", "dewit"),
        ("Noor de Wit", "de wit"),
        ("Daan Dewit", "de Wit"),
        ("Zoë van der Berg-Müller", "zoe berg"),
        ("Zoë van der Berg-Müller", "Muller"),
        ("Zoë van der Berg-Müller", "vanderberg"),
        ("Zoë van der Berg-Müller", "bergmuller"),
        ("Zoë van der Berg-Müller", "derberg"),
        ("Ans Vandenberg", "van den Berg"),
        ("Jan-Willem Bos", "jan willem"),
        ("Jan Willem Bos", "Janwillem"),
        ("Janwillem Bos", "Jan-Willem Bos"),
        ("Kees in 't Veld", "veld"),
        ("Kees in 't Veld", "in t veld"),
        ("Sean O'Brien", "obrien"),
        ("Sean O’Brien", "o'brien"),
        ("Łukasz Żak", "lukasz zak"),
        ("Søren Æbelø", "soren aebelo"),
        ("Jürgen Groß", "gross"),
        ("Bo Li", "li bo"),
        ("Christophorus Janssen", "chr jans"),
        ("Christophorus Janssen", "christophoru"),
        ("محمد علي", "محمد"),
        ("Van", "van"),
    ],
)
def test_a_name_is_found_by_beginnings_of_its_parts_however_it_is_written(kept: str, typed: str) -> None:
    assert found(kept, typed)


@pytest.mark.parametrize(
    ("kept", "typed"),
    [
        ("Noor de Wit", "Noor Zwart"),
        ("Noor de Wit", "no"),
        ("Noor de Wit", "oor"),
        ("Noor de Wit", "noord"),
        ("Jan Dijk", "Jan Dyk"),
        ("Bo Lisse", "li"),
        ("Noor de Wit", "'-"),
        ("Noor de Wit", "de"),
    ],
)
def test_another_name_a_misspelling_and_a_middle_are_not_found(kept: str, typed: str) -> None:
    assert not found(kept, typed)


def test_the_longest_name_has_few_terms() -> None:
    assert len(kept_terms("van " * 29)) < 1500
    assert len(kept_terms(" ".join("abcdefghij" for _ in range(11)))) < 500
    assert len(sought_terms("de " * 39 + "wit")) <= 12
