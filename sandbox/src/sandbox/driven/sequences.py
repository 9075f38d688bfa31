"""Sequences of commands, answers, partners' reports and time, drawn at random from everything the types allow.

What may be drawn comes from the same reading of the types as the proof (`policy_tools.prove.moves`), so that a command,
answer or task of a later release is drawn without a change here. The claims of the proof are held against every step.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from collections.abc import Sequence as Several
from datetime import datetime, timedelta
from math import inf
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
from domain.state.events import EVENT, AnyEvent, TaskOpened
from domain.state.fold import fold
from domain.state.mediation import Mediation
from policy_tools.prove.choices import ChoiceContext
from policy_tools.prove.claims import wrong_in, wrong_step
from policy_tools.prove.moves import LEAVING, MUNICIPALITY, Move, answers, commands, given, undoing
from policy_tools.prove.proof import referrals
from sandbox.driven.ordinary import ordinary

T = TypeVar("T")

AFTER_THE_END = 15
"""So many things are tried on a mediation that has ended: little can happen to it."""
UNDONE = 0.3
"""So often an end is undone that can be, when something is done after it."""
OFFERED = 8
"""So many moves are drawn and looked ahead at, of which the one is made that leads to what was seen least often."""
AIMED = 0.8
"""So often it is chosen; else one is drawn that may be refused."""
RARE_OF = 3
"""Of so many kinds of event the one seen least often is gone on from: what comes after it is seen less often still."""
KEPT = 8
"""So many sequences are kept after each kind of event, for others to go on from."""
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
        self.happened: Counter[str] = Counter()
        """The events, those by which a task opens by its kind."""
        self.edges: Counter[str] = Counter()
        self.outcomes: Counter[str] = Counter()
        self.rules: Counter[str] = Counter()
        self.given: Counter[str] = Counter()
        """How often each move changes something, and each kind of task and each command by any move, or by one role."""
        self.refused: Counter[str] = Counter()
        """How often it does not."""

    def rarest(self, named: Iterable[tuple[str, T]]) -> T:
        """Return what changed something least often so far, of those alike the first; what did not counts for half.

        So whole reports of partners and the rare branches after them are drawn as often as the road that all take.
        """
        return min(named, key=lambda one: self.given[one[0]] + self.refused[one[0]] / 2)[1]

    def likely(self, named: dict[str, T]) -> tuple[list[T], list[float]]:
        """Return these with how likely each is to change something, by what was seen so far."""
        given = {name: self.given[name] + 1 for name in named}
        return list(named.values()), [n / (n + self.refused[name] + 1) for name, n in given.items()]


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

    def seek(self, reached: "Reached") -> None:
        """Do what was seen least often, twice: it may take a report and an answer to it."""
        for _ in range(2):
            self._noting(reached, self._rarest)

    def run(self, steps: int, reached: "Reached") -> None:
        """Let so many things happen, noting what they lead to; then hold the journal against the state."""
        ended = 0
        for _ in range(steps):
            self._noting(reached, self._something)
            ended = ended + 1 if self.m and self.m.stage is Stage.CLOSED else 0
            if ended == AFTER_THE_END:
                break
        if fold(self.events) != self.m:
            raise Broken("the state is not the fold of its events: " + self._told())

    def _noting(self, reached: "Reached", happens: Callable[[], None]) -> None:
        before = len(self.events)
        happens()
        for what in sorted({_what(event) for event in self.events[before:]}):
            known = reached[what]
            if len(known) < KEPT:
                known.append(self.fork())
            elif self.random.random() < KEPT / self.seen.happened[what]:
                known[self.random.randrange(KEPT)] = self.fork()

    def _step_on(self) -> None:
        """Give the ordinary answer to the task opened last that takes one now; else wait for what comes next."""
        m = self.m
        assert m is not None
        reports = self._awaited(m)
        if reports and self._try(list(given(self._known(m), reports))):
            return
        for task in reversed(m.tasks):
            answer = ordinary(self.policy, task, m, self.now, reached=self.random.random() < 0.7)
            command = AnswerTask(by=self.municipality, task=task.id, answer=answer)
            if self.give(command, f"{task.kind.value}, as is ordinary"):
                return
        self._pass_on(m)

    def _awaited(self, m: Mediation) -> str | None:
        """Return the command by which a partner's system tells what is waited for, if any is."""
        if m.open_of(TaskKind.MAKE_OFFER) and not m.candidates:
            return "LearnDwellings"
        asked = m.support is not None and not m.support.number
        return "LearnSupportRequest" if asked and self.random.random() < 0.5 else None

    def _pass_on(self, m: Mediation) -> None:
        moments = agenda(m)
        self._pass(max(self.now, moments[0].at) if moments else self.now + timedelta(days=1))

    def _something(self) -> None:
        m = self.m
        assert m is not None
        way = self.random.random()
        if m.open_of(TaskKind.MAKE_OFFER) and not m.candidates and way < 0.55:
            self._try(list(given(self._known(m), "LearnDwellings")))
        elif m.tasks and way < 0.56:
            self._answer(m)
        elif way < 0.60:
            self._answer_late(m)
        elif way < 0.72:
            self._pass_on(m)
        elif way < 0.78:
            self._pass(self.now + timedelta(minutes=self.random.choice((7, 600, 3 * 1440, 40 * 1440, 200 * 1440))))
        else:
            self._command(m)

    def _rarest(self) -> None:
        """Of everything that may be done now, do what leads to what was seen least often."""
        m = self.m
        assert m is not None
        known = self._known(m)
        ways = [list(answers(known, task)) for task in m.tasks] + [list(given(known, name)) for name in commands()]
        foreseen = [(self._foreseen(move), move) for one in ways for move in self._some(one)]
        _, move = min(foreseen, key=lambda one: one[0])
        command = move.make()
        if command is not None:
            self.give(command, str(move))

    def _some(self, choice: Several[T]) -> list[T]:
        return self.random.sample(choice, min(OFFERED, len(choice)))

    def _answer(self, m: Mediation) -> None:
        task = self.seen.rarest([(task.kind.value, task) for task in self._some(m.tasks)])
        self._try(list(answers(self._known(m), task)))

    def _answer_late(self, m: Mediation) -> None:
        """Answer a task that is no longer open, as a partner's system does that was asked before."""
        opened = [event.task for event in self.events if isinstance(event, TaskOpened)]
        over = [task for task in opened if m.task(task.id) is None]
        if over:
            self._try(list(answers(self._known(m), self.random.choice(over))))

    def _command(self, m: Mediation) -> None:
        """Give a command: of some, each in one of its ways, the one that changes what changed least often."""
        known = self._known(m)
        if m.undoable_end and self.random.random() < UNDONE and self._try(list(undoing(known))):
            return
        found = (self._one(list(given(known, name))) for name in self._some(list(commands())))
        self._make([move for move in found if move])

    def _try(self, moves: list[Move]) -> bool:
        return self._make(self._some(moves))

    def _one(self, moves: list[Move]) -> Move | None:
        """Draw one way to give a command: by who is likely to be the one that may, what was drawn least often."""
        if not moves:
            return None
        if issubclass(commands()[moves[0].of], LEAVING) and self.random.random() > 0.15:
            moves = [move for move in moves if move.who != MUNICIPALITY]  # others report, and it is found out
        who = self.random.choices(*self.seen.likely({f"{move.of} by {move.who}": move.who for move in moves}))[0]
        theirs = self._some([move for move in moves if move.who == who])
        return self.seen.rarest([(str(move), move) for move in theirs])

    def _make(self, moves: list[Move]) -> bool:
        """Make the move that leads to what was seen least often so far. Tell whether it changed something."""
        if not moves:
            return False
        foreseen = [(self._foreseen(move), move) for move in moves]
        rare = self.random.random() < AIMED
        _, move = min(foreseen, key=lambda one: one[0]) if rare else self.random.choice(foreseen)
        command, before = move.make(), len(self.events)
        return command is not None and self.give(command, str(move)) and len(self.events) > before

    def _foreseen(self, move: Move) -> float:
        """Return how often the rarest was seen of what this leads to."""
        command = move.make()
        decided = decide(self.m, command, self.policy, self.now, frozenset()) if command else None
        events = decided.events if isinstance(decided, Decided) else ()
        counted = self.seen.given if events else self.seen.refused
        counted.update((str(move), f"{move.of} by {move.who}", move.of))
        return min((self.seen.happened[_what(event)] for event in events), default=inf)

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
        self.seen.happened.update(_what(event) for event in decided.events)
        self.seen.tasks.update(task.kind.value for task in after.tasks)
        self.seen.stages[after.stage.value] += 1
        if before and before.stage is not after.stage:
            self.seen.edges[f"{before.stage} to {after.stage}"] += 1
        if after.outcome and before and before.stage is not Stage.CLOSED:
            self.seen.outcomes[after.outcome.value] += 1

    def _told(self) -> str:
        return "\n  ".join(["this happened:", *self.story])


def _what(event: AnyEvent) -> str:
    return f"{event.task.kind} opened" if isinstance(event, TaskOpened) else event.type


Reached = dict[str, list[Sequence]]
"""Sequences as they stood after a kind of event, some of each kind."""
ROAD = tuple(stage for stage in reversed(Stage) if stage is not Stage.CLOSED)


def play(
    policy: Policy, *, seed: int, sequences: int, steps: int, seen: Seen | None = None
) -> tuple[Seen, list[Sequence]]:
    """Play so many sequences of so many steps. Raises Broken.

    Every third begins with a referral and is walked to one stage after the other, so that whatever the seed no stage
    hangs on luck. The others go on from where one before stood when something happened that was seldom seen, first with
    what was seen least often of all that may follow, so that no kind of event hangs on luck either.
    """
    seen = seen or Seen()
    played: list[Sequence] = []
    reached: Reached = defaultdict(list)
    for n in range(sequences):
        random = Random(f"{seed}-{n}")
        sequence = Sequence(policy, random, seen)
        if n % 3:
            some = random.sample(sorted(reached), min(RARE_OF, len(reached)))
            sequence.goes_on_from(random.choice(reached[min(some, key=lambda what: seen.happened[what])]))
            sequence.seek(reached)
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
