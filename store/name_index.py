"""Under which terms a name is kept in the index of persons, and by which terms a name that somebody types is found.

A name is found by its parts, each by a beginning of three letters or more, in any order. Case and accents do not
matter; nor do prefixes (`van der`), hyphens, and whether parts are written together. The index has keyed hashes, so
that is all: no misspellings, no names that sound alike, no letters from the middle of a part. A part of two letters is
found only as a whole.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

SHORTEST = 3
"""Letters of the shortest beginning by which a longer part is found."""
LONGEST = 40
"""Letters of a part that count."""
MOST_PARTS = 12
"""Parts of one name that count."""
PREFIXES = frozenset(
    re.findall(
        r"\w+",
        "aan af al bij bin d da de del den der des di do dos du el het in la le les of onder op over s t te ten ter "
        "tot uit van vd ver von voor zu",
    )
)
"""Voorvoegsels: left out or written together with the part that follows."""
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})
_PART = re.compile(r"[^\W_]+")


def parts(name: str) -> list[str]:
    """Return the parts of a name in small plain letters, prefixes among them."""
    letters = unicodedata.normalize("NFKD", name.casefold()).translate(_PLAIN)
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return [part[:LONGEST] for part in _PART.findall(plain)][:MOST_PARTS]


def kept_terms(name: str) -> frozenset[str]:
    """Return every term under which a name is kept."""
    whole = parts(name)
    written = {*_bare(whole), *("".join(whole[a:b])[:LONGEST] for a, b in _together(whole))}
    return frozenset(term for part in written for term in _beginnings(part))


def same_name(one: str, other: str) -> bool:
    """Tell whether two names may be of the same person: all parts of one, but for prefixes, are parts of the other."""
    these, those = (frozenset(_bare(parts(name))) for name in (one, other))
    return these <= those or those <= these


def sought_terms(name: str) -> list[frozenset[str]]:
    """Return sets of terms: whoever is kept under all terms of one set has this name. Empty when no letter is given."""
    whole = parts(name)
    if not whole:
        return []
    ways = {frozenset(_bare(whole))}
    for a, b in _together(whole):
        rest = [*whole[:a], *whole[b:]]
        ways.add(frozenset([*(_bare(rest) if rest else []), "".join(whole[a:b])[:LONGEST]]))
    return sorted(ways, key=sorted)


def _bare(whole: Sequence[str]) -> list[str]:
    """Return the parts without prefixes; of a name of nothing else, all of them."""
    return [part for part in whole if part not in PREFIXES] or list(whole)


def _together(whole: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Return which parts some people write together: prefixes with what follows, and two parts beside each other."""
    for end in range(2, len(whole) + 1):
        if whole[end - 1] in PREFIXES:
            continue
        begin = end - 1
        while begin and whole[begin - 1] in PREFIXES:
            begin -= 1
            yield begin, end
        if begin == end - 1:
            yield end - 2, end


def _beginnings(part: str) -> Iterator[str]:
    yield part
    yield from (part[:n] for n in range(SHORTEST, len(part)))
