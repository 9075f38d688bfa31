"""Of everything there is exactly one definition, or the import fails."""

from collections.abc import Callable, Iterable
from enum import Enum
from typing import TypeVar

K = TypeVar("K", bound=Enum | type)
S = TypeVar("S")


def one_each(specs: Iterable[S], of: Callable[[S], K], every: Iterable[K], what: str) -> dict[K, S]:
    """Return the specs by what each is of, in their order. Raises TypeError unless everything has exactly one."""
    found: dict[K, S] = {}
    for spec in specs:
        if of(spec) in found:
            raise TypeError(f"{_name(of(spec))} has two specs: a {what} has one")
        found[of(spec)] = spec
    missing = [_name(one) for one in every if one not in found]
    if missing:
        raise TypeError(f"each {what} has one spec, and these have none: {', '.join(missing)}")
    return found


def _name(one: Enum | type) -> str:
    return one.name if isinstance(one, Enum) else one.__name__
