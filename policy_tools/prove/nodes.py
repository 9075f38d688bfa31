"""The states that an exploration found, how each was reached, and what was found to be wrong."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from domain.facts.outcome import Stage
from domain.facts.tasks import TaskKind
from domain.messages.commands import FileObjection
from domain.messages.effects import AnyEffect
from domain.policy.policy import Policy
from domain.policy.queue import Turn
from domain.state.mediation import Mediation
from policy_tools.prove.abstraction import Key, asked_beside, bars, beside, ended, known_task, reported_on


class ProofStep(NamedTuple):
    """How a state was reached."""

    at: datetime
    said: str
    events: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}  {self.said}\n{' ' * 18}-> {', '.join(self.events) or 'nothing'}"


class Node:
    """One state that stands for its class."""

    def __init__(self, known_as: Key, m: Mediation, now: datetime, came: "Node | None", step: ProofStep) -> None:
        self.key = known_as
        self.m = m
        self.beside = beside(m)
        self.now = now
        self.came = came
        self.step = step
        self.effects: Mapping[str, AnyEffect] = came.effects if came else {}
        """The last effect of each type on the way here."""
        self.in_line: Turn | None = came.in_line if came else None
        """The turn at which it stands in the queue for a home; None when it stands in none."""
        self.tried: dict[str, frozenset[str]] = {}
        self.taken: set[tuple[str, str]] = set()
        """The moves that were accepted here."""
        self.aside: set[tuple[str, str]] = set()
        """Those of them that led beside the main track, to an end, or to no other state."""
        self.visited = False
        self.late: Node | None = None
        """The same state when everything that time does without changing it has been done."""
        self.first: Node | None = None
        """The same state as it was when it was reached, if this is how late it can be."""

    @property
    def is_late(self) -> bool:
        """Whether this is a state when everything that time does without changing it has been done."""
        return self.first is not None

    def situation(self, of: str, policy: Policy) -> object:
        """Return the situation for a kind of move, which is sampled in full in each: stage, open tasks, what is known.

        For an answer it is its own task, with what that is about. What it was that ended counts for what reopens it.
        """
        m = self.m
        if m.stage is Stage.CLOSED:
            reopens = of == FileObjection.__name__ or any(of == task.kind.value for task in m.tasks)
            return self.key if reopens else ended(m)
        own = tuple(known_task(task, m) for task in m.tasks if task.kind.value == of)
        known = (m.stage, self._known(), m.suspended, self.is_late)
        if self.beside and not own:
            return (*known, self.beside, asked_beside(m))
        asked = own or tuple(known_task(task, m) for task in m.tasks[-1:])
        return (*known, asked, bars(m, policy, policy.calendar.today(self.now), self.beside))

    def _known(self) -> tuple[object, ...]:
        m, support = self.m, self.m.support
        if m.lease.handed_over_on is None:
            return (bool(m.candidates), m.live_offer is not None, support is not None and support.secured)
        calls = len(m.call_attempts) if m.open_of(TaskKind.FOLLOW_UP_CALL) else 0
        started = support is not None and support.started_on is not None
        return (started, reported_on(m, self.beside), calls)

    def path(self) -> tuple[ProofStep, ...]:
        """Return the steps that lead here."""
        steps: list[ProofStep] = []
        node: Node | None = self
        while node:
            steps.append(node.step)
            node = node.came
        return tuple(reversed(steps))


class Flaw(NamedTuple):
    """A claim that does not hold, and the shortest path found that shows it."""

    claim: str
    what: str
    path: tuple[ProofStep, ...] = ()
