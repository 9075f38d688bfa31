"""Who does on the command line what one person does not do alone: two people, or one and why."""

import re
from enum import StrEnum
from typing import Annotated, NamedTuple

import typer

from console.process import EXIT_USAGE, fail

NAME = re.compile(r"[A-Za-z0-9._-]{1,40}")
"""How an operator is known here, such as the name of their account."""


class Why(StrEnum):
    """Why one person does it."""

    SETTING_UP = "setting-up"
    """The installation is not in use yet."""
    ONE_OPERATOR = "one-operator"
    """Nobody else runs it."""
    EMERGENCY = "emergency"
    """It cannot wait for somebody else."""


FirstPerson = Annotated[str | None, typer.Option("--proposed-by", help="Who wants it: the name of an account.")]
SecondPerson = Annotated[str | None, typer.Option("--confirmed-by", help="Who looked at it too: another one.")]
Alone = Annotated[Why | None, typer.Option("--alone", help="Why one person does it.")]


class Hands(NamedTuple):
    """Who does it."""

    first: str | None
    second: str | None
    why: Why | None

    @property
    def enough(self) -> bool:
        """Whether they are two, or one who says why."""
        return self.second is not None or self.why is not None

    @property
    def written(self) -> str:
        """How it is kept who did it."""
        people = "+".join(one for one in (self.first, self.second) if one)
        named = f"operator:{people}" if people else "operator"
        return f"{named} ({self.why})" if self.why else named


def hands(first: str | None, second: str | None, why: Why | None) -> Hands:
    """Return who does it, as they were named; ends the command when that makes no sense."""
    if any(one and not NAME.fullmatch(one) for one in (first, second)):
        raise fail("a person is named by letters, digits, dots and hyphens", EXIT_USAGE)
    if second and (not first or first.lower() == second.lower()):
        raise fail("whoever confirms is another person than who proposed: name both", EXIT_USAGE)
    if second and why:
        raise fail("either a second person or --alone", EXIT_USAGE)
    return Hands(first, second, why)
