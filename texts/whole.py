"""Tables that have a text for everything they are about."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict

K = TypeVar("K")
V = TypeVar("V")


class Words(BaseModel):
    """Texts that belong together."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def exactly(members: Iterable[object]) -> AfterValidator:
    """Ask for a text for each of these and for nothing else, where the type of the keys refuses no other."""
    wanted = tuple(members)

    def check(table: Mapping[K, V]) -> Mapping[K, V]:
        if other := [str(one) for one in table if one not in wanted]:
            raise ValueError(f"there is nothing called {', '.join(other)}")
        if missing := [str(one) for one in wanted if one not in set(table)]:
            raise ValueError(f"no words for {', '.join(missing)}")
        return table

    return AfterValidator(check)


def whole(members: Iterable[object]) -> AfterValidator:
    """Ask for a text for each of these; the type of the table's keys already refuses any other."""
    wanted = tuple(members)

    def check(table: Mapping[K, V]) -> Mapping[K, V]:
        missing = [str(one) for one in wanted if one not in set(table)]
        if missing:
            raise ValueError(f"no words for {', '.join(missing)}")
        return table

    return AfterValidator(check)
