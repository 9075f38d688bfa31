"""In which order people wait for what is scarce: a place within the capacity, or a home."""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from domain.facts.value import Value


class Precedence(StrEnum):
    """What puts one person who waits before another."""

    LET_DOWN = "let_down"
    """An offer fell through that was not the client's doing: who was let down first comes first."""
    URGENT_SAFETY = "urgent_safety"
    """The client must be safe of somebody: the new address is secret, or some districts are unsafe."""
    ENDS_SOON = "ends_soon"
    """The first warning was due that the urgency ends: whose urgency ends first comes first."""
    WAITING_SINCE = "waiting_since"
    """Since when the urgency is valid."""


class QueuePolicy(Value):
    """The order of those who wait."""

    order: tuple[Precedence, ...] = Field(min_length=1)
    """What counts first, then what decides between those who are alike in it, and so on."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if len(set(self.order)) < len(self.order):
            raise ValueError("name each precedence once")
        if self.order[-1] is not Precedence.WAITING_SINCE:
            raise ValueError("end with 'waiting_since', which always decides")
        return self


BY_WAIT = QueuePolicy(order=(Precedence.WAITING_SINCE,))
"""What a policy meant that was written before there was an order."""

LAST = "9"
"""Sorts after every day and moment: what it stands for does not hold."""


class Turn(Value):
    """The facts by which somebody's turn comes, as they were at a moment."""

    order: tuple[Precedence, ...]
    since: datetime
    """In UTC."""
    let_down_on: date | None = None
    for_safety: bool = False
    ends_on: date | None = None
    """The last day of an urgency that ends soon; None when it does not."""
    out_of_turn: bool = False
    """A person let this client go before all others, with a reason."""

    @property
    def rank(self) -> tuple[str, ...]:
        """By what turns of one order are compared, part by part: the smaller comes first."""
        parts = {
            Precedence.LET_DOWN: self.let_down_on.isoformat() if self.let_down_on else LAST,
            Precedence.URGENT_SAFETY: "0" if self.for_safety else LAST,
            Precedence.ENDS_SOON: self.ends_on.isoformat() if self.ends_on else LAST,
            Precedence.WAITING_SINCE: f"{self.since.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}",
        }
        return ("0" if self.out_of_turn else LAST, *(parts[one] for one in self.order))
