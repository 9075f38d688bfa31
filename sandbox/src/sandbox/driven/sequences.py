"""Sequences of commands, answers, partners' reports and time, drawn at random from everything the types allow.

What may be drawn comes from the same reading of the types as the proof (`policy_tools.prove.moves`), so that a command,
answer or task of a later release is drawn without a change here. The claims of the proof are held against every step.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from collections.abc import Sequence as Several
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple, TypeVar

from domain.decide.decide import Decided, Refused, decide
from domain.facts.outcome import Stage
from domain.facts.parties import SYSTEM, Actor, Role
from domain.facts.tasks import TaskKind
from domain.messages.commands import AnswerTask, AnyCommand, PassTime
from domain.messages.effects import AnyEffect
from domain.policy.policy import Policy
from domain.policy.scarce import Claim
from domain.state.agenda import agenda
from domain.state.events import EVENT, AnyEvent
from domain.state.fold import fold
from domain.state.mediation import Mediation
from policy_tools.prove.choices import ChoiceContext
from policy_tools.prove.claims import wrong_in, wrong_step
from policy_tools.prove.moves import LEAVING, MUNICIPALITY, Move, answers, commands, given
from policy_tools.prove.proof import referrals
from sandbox.driven.ordinary import ordinary

T = TypeVar("T")

AFTER_THE_END = 15
"""So many things are tried on a mediation that has ended: little can happen to it."""
OFFERED = 12
"""So many moves are drawn, of which the one is made that changed something least often so far."""
TRIES = 4
"""So many answers are drawn to a task until one is accepted."""
LONGEST_ROAD = 80
"""So many steps are taken at most to come to a stage."""


class Asked(NamedTuple):
    """One decision as it was asked."""

    m: Mediation | None
    command: AnyCommand
    at: datetime
    gone: frozenset[Claim]


class Seen:
    """What was hit over all sequences."""

    def __init__(self) -> None:
        self.steps = 0
        self.stages: Counter[str] = Counter()
        self.tasks: Counter[str] = Counter()
        self.events: Counter[str] = Counter()
        self.edges: Counter[str] = Counter()
        self.outcomes: Counter[str] = Counter()
        self.rules: Counter[str] = Counter()
        self.given: Counter[str] = Counter()
        """How often each move changed something in a stage, and each kind of task and each command did by any move."""
        self.refused: Counter[str] = Counter()
        """How often it did not."""

    def rarest(self, named: Iterable[tuple[str, T]]) -> T:
        """Return what changed something least often so far, of those alike the first; what did not counts for half.

        So whole reports of partners and the rare branches after them are drawn as often as the road that all take.
        """
        return min(named, key=lambda one: self.given[one[0]] + self.refused[one[0]] / 2)[1]


class Broken(AssertionError):
    """A claim does not hold after this sequence."""


class Sequence:
    """One mediation, and what happens to it."""

    def __init__(self, policy: Policy, random: Random, seen: Seen) -> None:
        self.policy = policy
        self.random = random
        self.seen = seen
        self.said, start, self.now = random.choice(list(referrals(policy)))
        self.m: Mediation | None = None
        self.events: list[AnyEvent] = []
        self.effects: dict[str, AnyEffect] = {}
        self.story = [self.said]
        self.asked: list[Asked] = []
        self.municipality = Actor(role=Role.COORDINATOR, organisation=policy.municipality, user="somebody")
        self.engine = Actor(role=Role.COORDINATOR, organisation=policy.municipality, user=SYSTEM)
        self.give(start, self.said)

    def goes_on_from(self, other: "Sequence") -> "Sequence":
        """Begin where another sequence stands."""
        self.m, self.now = other.m, other.now
        self.events, self.effects, self.story = [*other.events], {**other.effects}, [*other.story]
        return self

    def fork(self) -> "Sequence":
        """Return this sequence as it stands, for others to begin from."""
        twin = Sequence.__new__(Sequence)
        twin.__dict__ |= self.__dict__
        return twin.goes_on_from(self)

    def walk(self, upto: Stage, reached: "Reached") -> None:
        """Go the ordinary road up to a stage, or as far as the next steps lead."""
        for _ in range(LONGEST_ROAD):
            if self.m is None or self.m.stage in {upto, Stage.CLOSED}:
                return
            self._noting(reached, self._step_on)

    def run(self, steps: int, reached: "Reached") -> None:
        """Let so many things happen, noting each stage that is reached; then hold the journal against the state."""
        ended = 0
        for _ in range(steps):
            self._noting(reached, self._something)
            ended = ended + 1 if self.m and self.m.stage is Stage.CLOSED else 0
            if ended == AFTER_THE_END:
                break
        if fold(self.events) != self.m:
            raise Broken("the state is not the fold of its events: " + self._told())

    def _noting(self, reached: "Reached", happens: Callable[[], None]) -> None:
        stage = self.m.stage if self.m else None
        happens()
        if self.m and self.m.stage is not stage:
            reached[self.m.stage].append(self.fork())

    def _step_on(self) -> None:
        """Give the ordinary answer to the task opened last that takes one now; else wait for what comes next."""
        m = self.m
        assert m is not None
        if m.open_of(TaskKind.MAKE_OFFER) and not m.candidates:
            self._draw(list(given(self._known(m), "LearnDwellings")))
            return
        for task in reversed(m.tasks):
            answer = ordinary(self.policy, task, m, self.now, reached=self.random.random() < 0.7)
            command = AnswerTask(by=self.municipality, task=task.id, answer=answer)
            if self.give(command, f"{task.kind.value}, as is ordinary"):
                return
        self._pass_on(m)

    def _pass_on(self, m: Mediation) -> None:
        moments = agenda(m)
        self._pass(max(self.now, moments[0].at) if moments else self.now + timedelta(days=1))

    def _something(self) -> None:
        m = self.m
        assert m is not None
        way = self.random.random()
        if m.open_of(TaskKind.MAKE_OFFER) and not m.candidates and way < 0.55:
            self._draw(list(given(self._known(m), "LearnDwellings")))
        elif m.tasks and way < 0.58:
            self._answer(m)
        elif way < 0.72:
            self._pass_on(m)
        elif way < 0.78:
            self._pass(self.now + timedelta(minutes=self.random.choice((7, 600, 3 * 1440, 40 * 1440, 200 * 1440))))
        else:
            name = self.seen.rarest([(f"{name} in {m.stage}", name) for name in self._some(list(commands()))])
            moves = list(given(self._known(m), name))
            if issubclass(commands()[name], LEAVING) and self.random.random() > 0.15:
                moves = [move for move in moves if move.who != MUNICIPALITY]  # others report, and it is found out
            self._draw(moves)

    def _some(self, choice: Several[T]) -> list[T]:
        return self.random.sample(choice, min(OFFERED, len(choice)))

    def _answer(self, m: Mediation) -> None:
        task = self.seen.rarest([(task.kind.value, task) for task in self._some(m.tasks)])
        moves = list(answers(self._known(m), task))
        for _ in range(TRIES):
            if self._draw(moves):
                return

    def _draw(self, moves: list[Move]) -> bool:
        if not moves:
            return False
        assert self.m is not None
        stage = self.m.stage
        move = self.seen.rarest([(f"{move} in {stage}", move) for move in self._some(moves)])
        command, before = move.make(), len(self.events)
        accepted = command is not None and self.give(command, str(move))
        counted = self.seen.given if len(self.events) > before else self.seen.refused
        counted.update((move.of, f"{move.of} in {stage}", f"{move} in {stage}"))
        return accepted

    def _pass(self, moment: datetime) -> None:
        self.now = moment
        if not self.give(PassTime(by=self.engine), f"time passes to {self.now:%Y-%m-%d %H:%M}"):
            raise Broken("time may not pass: " + self._told())

    def _known(self, m: Mediation) -> ChoiceContext:
        return ChoiceContext(m, self.policy, self.now, tuple(self.effects.values()))

    def give(self, command: AnyCommand, said: str) -> bool:
        """Decide as the store does; now and then what is claimed is gone. Tell whether it was accepted."""
        self.story.append(said)
        before = self.m
        gone: frozenset[Claim] = frozenset()
        decided = decide(before, command, self.policy, self.now, gone)
        if isinstance(decided, Decided) and before and decided.claims and self.random.random() < 0.2:
            gone = frozenset(claim for claim in decided.claims if not getattr(claim, "beyond_limit", False))
            decided = decide(before, command, self.policy, self.now, gone)
        self.seen.steps += 1
        self.asked.append(Asked(before, command, self.now, gone))
        if isinstance(decided, Refused):
            self.seen.rules[decided.rule] += 1
            return False
        self._record(before, command, decided)
        return True

    def _record(self, before: Mediation | None, command: AnyCommand, decided: Decided) -> None:
        assert decided.state is not None
        self.m = decided.state
        self.events += decided.events
        self.effects |= {effect.type: effect for effect in decided.effects}
        wrong = [*wrong_step(before, command, decided, self.now, self.policy)]
        wrong += wrong_in(decided.state, self.now, self.policy)
        if wrong:
            raise Broken(f"{wrong[0][0]}: {wrong[0][1]}: {self._told()}")
        for event in decided.events:
            if EVENT.validate_json(EVENT.dump_json(event)) != event:
                raise Broken(f"{event.type} does not read back as it was written: {self._told()}")
        self._count(before, decided.state, decided)

    def _count(self, before: Mediation | None, after: Mediation, decided: Decided) -> None:
        self.seen.events.update(event.type for event in decided.events)
        self.seen.tasks.update(task.kind.value for task in after.tasks)
        self.seen.stages[after.stage.value] += 1
        if before and before.stage is not after.stage:
            self.seen.edges[f"{before.stage} to {after.stage}"] += 1
        if after.outcome and before and before.stage is not Stage.CLOSED:
            self.seen.outcomes[after.outcome.value] += 1

    def _told(self) -> str:
        return "\n  ".join(["this happened:", *self.story])


Reached = dict[Stage, list[Sequence]]
"""Sequences as they stood when they entered a stage."""
ROAD = tuple(stage for stage in reversed(Stage) if stage is not Stage.CLOSED)


def play(
    policy: Policy, *, seed: int, sequences: int, steps: int, seen: Seen | None = None
) -> tuple[Seen, list[Sequence]]:
    """Play so many sequences of so many steps. Raises Broken.

    Every third begins with a referral and is walked to one stage after the other, so that whatever the seed no stage
    hangs on luck; the others go on from where one before entered a stage.
    """
    seen = seen or Seen()
    played: list[Sequence] = []
    reached: Reached = defaultdict(list)
    for n in range(sequences):
        random = Random(f"{seed}-{n}")
        sequence = Sequence(policy, random, seen)
        going = [stage for stage in Stage if reached[stage] and stage is not Stage.CLOSED]
        if going and n % 3:
            sequence.goes_on_from(random.choice(reached[random.choice(going)]))
        else:
            sequence.walk(ROAD[n // 3 % len(ROAD)], reached)
        sequence.run(steps, reached)
        played.append(sequence)
    return seen, played


def told(seen: Seen, seed: int) -> str:
    """Tell what was hit."""
    lines = [f"sequences: seed {seed}, {seen.steps} steps"]
    for name in ("stages", "edges", "tasks", "events", "outcomes", "rules"):
        counts: Counter[str] = getattr(seen, name)
        lines.append(f"{name} ({len(counts)}): {', '.join(f'{one} {n}' for one, n in counts.most_common())}")
    return "\n".join(lines)
