"""Under which terms a date of birth is kept in the index of persons, and by which one that somebody gives is found.

What is not known of a date, kept or given, stands in the way of nothing: 1960-05-17 finds who is known to be born in
1960, and 1960-00-00 finds everybody of that year. A term has a space in it, which no part of a name has.
"""

from collections.abc import Iterator

from domain.facts.born import Born


def born_terms(born: Born) -> set[str]:
    """Return every term under which a date of birth is kept."""
    rougher = [one for one in _rougher(born) if one != born]
    only = set() if born.day else {f"born only {born}"}
    return {f"born {born}", *(f"born {one}" for one in rougher), *only}


def born_ways(born: Born) -> list[str]:
    """Return terms: whoever is kept under one of them may be born on this date."""
    return [f"born {born}", *(f"born only {one}" for one in _rougher(born) if one != born)]


def _rougher(born: Born) -> Iterator[Born]:
    """Yield what is left of a date when its day, and then its month, is not known."""
    if born.year:
        yield Born(born.year, born.month, 0)
        yield Born(born.year, 0, 0)
