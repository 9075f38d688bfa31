"""How the lists of fields are written that say who sees what of the domain's values."""

from typing import NamedTuple

ALWAYS = ("schema_version", "type")
"""What every event and effect has besides its facts: which one it is."""


class Named(NamedTuple):
    """The fields of one kind of value by who sees them; None for who sees nothing of this kind."""

    municipality: tuple[str, ...] | None
    """The municipality, and those who look over it."""
    partners: tuple[str, ...] | None
    """Institution, district team and care provider, who work with the client."""
    corporation: tuple[str, ...] | None


def named(case: str, *, partners: str | None = None, corporation: str | None = None) -> Named:
    """Name what those see who work on the case. `partners` is for fields that are not for all of them."""
    return Named(_fields(case), _fields(case if partners is None else partners), _fields(corporation))


def everybody(fields: str) -> Named:
    """Name what everybody sees, corporations too."""
    return named(fields, corporation=fields)


def _fields(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(text.split())
