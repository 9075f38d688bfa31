"""States of mediations that this process has folded already, so that only later events have to be read.

The head of a mediation's hash chain stands for all its events, so the state after a head is always the same. A state is
kept with its head, and used only if the chain leads from there, over the events read since, to the head in the
database. So a state that does not belong to the journal any more, because another worker or a restore changed it, is
never used.
"""

from collections import OrderedDict
from typing import NamedTuple

from domain.policy.policy import Policy
from domain.state.mediation import Mediation


class KnownState(NamedTuple):
    """A mediation after one of its events."""

    state: Mediation
    policy: Policy
    """Under which it is decided from here on."""
    head: str
    """Of the hash chain over all events up to here."""


class States:
    """Keeps the states of at most so many mediations: those used last. With `most` 0 it keeps none."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[str, KnownState] = OrderedDict()

    def of(self, mediation: str) -> KnownState | None:
        """Return what is known of a mediation; None when nothing is."""
        known = self._known.get(mediation)
        if known:
            self._known.move_to_end(mediation)
        return known

    def keep(self, known: KnownState) -> None:
        """Keep a state that is committed: never one of a transaction that is still open."""
        self._known[known.state.id] = known
        self._known.move_to_end(known.state.id)
        while len(self._known) > self._most:
            self._known.popitem(last=False)

    def drop(self, mediation: str) -> None:
        """Forget a mediation: what is known of it is not what the journal says."""
        self._known.pop(mediation, None)
