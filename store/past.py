"""What a history tells of a mediation's past, as far as a journal that lost it can be refilled from it."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from domain.exchange.record import Recorded, Recording
from store.outbox import Result


class Doubtful(Exception):
    """History and journal do not go together, or the history does not prove what it says: a person must look."""


class ToldCommand(NamedTuple):
    """A command as a history has it, after somebody whom we know was found to vouch for it."""

    recording: Recording
    recorded: Recorded
    text: str
    """What was recorded, word for word as the row had it."""


class Settled(NamedTuple):
    """What became of an effect that taught nothing."""

    key: str
    result: Result
    at: datetime


class Past(NamedTuple):
    """What a history tells of a mediation, over all runs: its commands in order, and what was carried out."""

    commands: Sequence[ToldCommand]
    settled: Sequence[Settled]
