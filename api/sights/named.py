"""How the lists are written that say who sees which fields of the domain's values."""

from typing import NamedTuple

ALWAYS = ("schema_version", "type", "test")
"""Fields of events and effects, which say which kind it is and whether it is of a trial. Whoever sees any of it sees
these.
"""


class Named(NamedTuple):
    """The fields of one kind of value by who sees them; None for who sees nothing of this kind."""

    municipality: tuple[str, ...] | None
    """The municipality, and those who look over it."""
    partners: tuple[str, ...] | None
    """Institution, district team and care provider, who work with the client."""
    corporation: tuple[str, ...] | None


def named(case: str, *, partners: str | None = None, corporation: str | None = None) -> Named:
    """Name the fields that everybody who works on the case sees, or `partners` apart where they see others."""
    return Named(_fields(case), _fields(case if partners is None else partners), _fields(corporation))


def municipality_only(fields: str) -> Named:
    """Name fields that no partner sees."""
    return Named(_fields(fields), None, None)


def everybody(fields: str) -> Named:
    """Name fields that everybody sees, corporations too."""
    return named(fields, corporation=fields)


def _fields(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(text.split())
