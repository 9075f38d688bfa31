"""Breadth first over every state that a mediation can be in, by asking the real rules: never a second model.

Answers and commands that were never told apart (refused both, or led both to the same state) in any sampled situation
of a stage are given through one of them that was seen to lead elsewhere; those that never led to another state are
tried in sampled situations only. A situation (`Node.situation`: the stage, what is asked, what bars the client, what is
known of offer, support and calls, what runs beside) is sampled the first time it is met: every way by the municipality,
and by each other who may in one of every class so found. When that tells more apart, states seen before are visited
again.

The main track is followed everywhere: answers and commands at once, answers once more when all asked is overdue,
and time to each moment that changes the state, to the end of every clock. What runs beside it is followed from every
state of the main track, through every state of both, one at a time: a signal, an absence, an objection that suspends or
is about a refusal. Where a policy allows so many refusals that states differ only in which number it is, between the
first and the last but one, each number is walked from one refusal to the next, and everything else is followed with one
of them (`abstraction.like_number`): on that way a command that leads beside the main track or to an end is given in one
of them, and so what runs beside is followed from that one. Beside it, in every state of both:

- answers, to either track, at once; those refused then once more when all that is asked is overdue;
- time, to each moment at which more is due than to remind or escalate, and until all that is asked is overdue;
- other commands (another return, provider or step back, for instance) in sampled situations only.

Checked, and not followed further:

- a second thing beside (a signal during an absence, for instance): the step that leads there;
- a pause, from every state of the main track: the step, that resuming loses no timer, and what may be answered in it
  (once for every stage and task);
- tasks for which nothing waits (a message refused, the first weeks): each answer, once for every stage;
- an objection to each decision on the way, from the main track: once for every stage, with each answer to it;
- another version of the policy with the same terms: the step. Other terms are tried by the tests of adoption;
- an answer that is corrected, from every situation: the step, and the state it leads to;
- the undoing of an end, once for each way of ending and for what the main track waited for then: the step, and where it
  leads to a state that is not known, what may be answered there.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Set
from datetime import datetime, time, timedelta

from domain.decide.decide import Decided, Refused, decide
from domain.facts.clocks import Clock
from domain.facts.outcome import Stage
from domain.facts.parties import SYSTEM, Actor, Role
from domain.facts.rules import Overridable, RuleName
from domain.facts.tasks import Task, TaskKind
from domain.messages.commands import (
    AnyCommand,
    CorrectAnswer,
    Disputed,
    FileObjection,
    OverrideRule,
    PassTime,
    PauseMediation,
    ReopenMediation,
    ResumeMediation,
    StartMediation,
    StepBack,
)
from domain.policy.policy import Policy
from domain.policy.scarce import Claim
from domain.state.agenda import Due, Moment, agenda
from domain.state.mediation import Mediation
from policy_tools.prove.abstraction import ABOUT, ALONE, EXTENSIONS, SIDE, Key, key, known_task
from policy_tools.prove.choices import SAMPLES, ChoiceContext
from policy_tools.prove.claims import ANSWERED, NO_DEAD_END, NO_FAULT, NOT_OVERTAKEN, PAUSE, wrong_in, wrong_step
from policy_tools.prove.classes import Classes
from policy_tools.prove.moves import (
    LEAVING,
    MUNICIPALITY,
    PERSON,
    Move,
    answer_in,
    answers,
    command_in,
    commands,
    given,
    undoing,
)
from policy_tools.prove.nodes import Flaw, Node, ProofStep
from policy_tools.prove.pause import all_later, runs_on
from policy_tools.prove.queue import pushed_in, stands, wrong_order

STANDING_STILL = 8
"""So many moments on the agenda pass one by one in a state that waits; then all at once until what is asked is due."""
PAUSED = timedelta(days=30)
BESIDE = ALONE | SIDE | EXTENSIONS
LOOKED_AT = ALONE | EXTENSIONS | {TaskKind.DECIDE_OBJECTION}
TELLS = frozenset({Due.REMIND, Due.ESCALATE})
"""Moments that tell people and change nothing else."""
NOBODY: frozenset[Claim] = frozenset()
NOTHING_TRIED: frozenset[str] = frozenset()


class Exploration:
    """All states and steps found, and every claim that failed."""

    def __init__(self, policy: Policy, *, most_beside: int, until: str | None = None) -> None:
        self.policy = policy
        self.until = until
        """Stop as soon as this claim is seen not to hold."""
        self.most_beside = most_beside
        self.every = 0
        self.on_the_way: Callable[[int], None] = lambda _states: None
        """Told of every so many new states."""
        self.nodes: dict[Key, Node] = {}
        self.onward: dict[Key, set[Key]] = {}
        self.left: set[tuple[Key, Key]] = set()
        self.flaws: dict[tuple[str, str], Flaw] = {}
        self.accepted: Counter[str] = Counter()
        self.refused: Counter[RuleName] = Counter()
        self.events: Counter[str] = Counter()
        self.decisions = 0
        self.crowded = 0
        self._classes = Classes()
        self.asked: dict[TaskKind, Node] = {}
        """Of each kind of task, the first state in which it was open."""
        self.undoable: dict[object, Node] = {}
        """Ends that can be undone, the first of each way of ending."""
        self._looked: set[object] = set()
        self._stands: dict[Key, Node] = {}
        """Of states of the main track that differ only in how many refusals count, the one that was visited first."""
        self._sampled: dict[object, set[str]] = {}
        """Of each situation, the kinds of move that were sampled in it."""
        self._queue: deque[Node] = deque()
        self._engine = Actor(role=Role.COORDINATOR, organisation=policy.municipality, user=SYSTEM)

    @property
    def edges(self) -> int:
        """How many steps lead from one state to another."""
        return sum(map(len, self.onward.values())) + len(self.left)

    def run(self, starts: Iterable[tuple[str, StartMediation, datetime]]) -> None:
        """Explore everything that follows from these referrals, until nothing new is found."""
        told = 0
        for what in wrong_order(self.policy):
            self._flaw(NOT_OVERTAKEN, what, None)
        for said, command, now in starts:
            self._begin(said, command, now)
        while self._queue:
            while self._queue:
                self._visit(self._queue.popleft())
                if self.every and len(self.nodes) // self.every > told:
                    told = len(self.nodes) // self.every
                    self.on_the_way(len(self.nodes))
                if any(claim == self.until for claim, _ in self.flaws):
                    return
            self._queue.extend(node for node in self.nodes.values() if self._untried(node))
        self._undo_ends()
        self._look_for_dead_ends()
        self._look_for_unanswered()

    # -- visiting ------------------------------------------------------------------------------------------------

    def _begin(self, said: str, command: StartMediation, now: datetime) -> None:
        decided = self._decide(None, command, now, NOBODY, None, said)
        if isinstance(decided, Refused):
            self._flaw(NO_FAULT, f"{said} is refused: {decided.rule}", None)
        elif decided:
            self._arrive(None, decided, command, now, said)

    def _visit(self, node: Node) -> None:
        if not node.visited:
            node.visited = True
            node.late = self._pass_time(node)
            self._move_on(node)
            if not node.beside and node.m.stage is not Stage.CLOSED:
                self._pause(node)
        else:
            self._move_on(node)
        if node.late:
            self._move_on(node.late)

    def _move_on(self, node: Node) -> None:
        known = _choices(node, self.policy)
        in_the_way = {Overridable.QUOTA_FULL.value} if node.m.open_of(TaskKind.AWAIT_PLACE) else set()
        runs_beside = bool(node.beside)
        of_commands = self._sampled.setdefault(node.situation("", self.policy), set())
        elsewhere = self._given_elsewhere(node)
        stage = str(node.m.stage)
        for of, task in self._possible(node):
            alike = task is None and of != FileObjection.__name__
            sampled = of_commands if alike else self._sampled.setdefault(node.situation(of, self.policy), set())
            whole = of not in sampled
            if not whole and runs_beside and task is None:
                continue
            kind = f"{of} in {stage}"
            tried = node.tried.get(kind, NOTHING_TRIED)
            if whole:
                moves = answers(known, task) if task else given(known, of)
                results, made = self._sample(node, moves, in_the_way)
                sampled.add(of)
                self._classes.learn(kind, results, made, node.key)
                tried |= results.keys()
            chosen = self._classes.chosen.get(kind, NOTHING_TRIED)
            for words in sorted(chosen - tried):
                if task is None and (of, words) in elsewhere:
                    continue
                move = answer_in(known, task, words) if task else command_in(known, of, words)
                if move and not (runs_beside and node.first and (of, words) in node.first.taken):
                    self._try(node, move, in_the_way)
            if task or not runs_beside:
                node.tried[kind] = tried | chosen

    def _given_elsewhere(self, node: Node) -> Set[tuple[str, str]]:
        """Return the commands that need not be given here: in a state that differs by a number of refusals they led
        beside the main track, to an end, or nowhere.
        """
        if node.beside or node.is_late:
            return frozenset()
        stands = self._stands.setdefault(key(node.m, self.policy, node.now, each_number=False), node)
        return frozenset() if stands is node else stands.aside

    def _sample(
        self, node: Node, moves: Iterator[Move], in_the_way: set[str]
    ) -> tuple[dict[str, object], frozenset[str]]:
        """Try every way as the first who may; each other in one of every class that this tells apart.

        Return what each led to, or would as another of its class, and which were made.
        """
        results: dict[str, object] = {}
        first_who = ""
        classes: dict[object, str] = {}
        like: dict[str, str] = {}
        guessed: set[str] = set()
        for move in moves:
            words, what = move.words, move.what
            first_who = first_who or move.who
            if move.who == first_who:
                results[words] = result = self._try(node, move, in_the_way)
                like[what] = classes.setdefault(result, what)
            elif like.get(what, what) == what:
                results[words] = self._try(node, move, in_the_way)
            else:
                results[words] = results[f"{move.who}: {like[what]}"]
                guessed.add(words)
        return results, frozenset(results.keys() - guessed)

    def _possible(self, node: Node) -> Iterator[tuple[str, Task | None]]:
        """Yield what may happen: each open task, and the name of each command."""
        yield from ((task.kind.value, task) for task in node.m.tasks)
        if node.is_late:
            return
        closed = node.m.stage is Stage.CLOSED
        for name, kind in commands().items():
            if not (closed and issubclass(kind, LEAVING)):
                yield name, None

    def _untried(self, node: Node) -> bool:
        visits = (node, node.late) if node.late else (node,)
        return any(self._classes.chosen[kind] - tried for visit in visits for kind, tried in visit.tried.items())

    def _try(self, node: Node, move: Move, in_the_way: set[str]) -> object:
        """Make a move, and once more for each scarce thing it claims as if that were gone. Return what it led to."""
        command = move.make()
        if command is None or (isinstance(command, OverrideRule) and command.rule.value not in in_the_way):
            return None
        decided = self._decide(node.m, command, node.now, NOBODY, node, move)
        if isinstance(decided, Refused):
            self.refused[decided.rule] += 1
            in_the_way.add(decided.rule)
            return None
        if decided is None:
            return None
        said = str(move)
        self.accepted[move.of] += 1
        for what in pushed_in(node.m, command, self.policy, node.now):
            self._flaw(NOT_OVERTAKEN, what, node)
        node.taken.add((move.of, move.words))
        after = self._arrive(node, decided, command, node.now, said)
        if (after.beside or after.m.outcome or after.key == node.key) and not decided.claims:
            node.aside.add((move.of, move.words))
        lost = [self._lose(node, node.m, claim, command, node.now, said) for claim in decided.claims]
        return (after.key, tuple(lost))

    def _lose(
        self, node: Node, m: Mediation, claim: Claim, command: AnyCommand, now: datetime, said: str
    ) -> Key | str | None:
        """Decide again knowing that something scarce is gone, unless it is granted beyond every limit."""
        if getattr(claim, "beyond_limit", False):
            return None
        said = f"{said} (the {claim.type} is gone)"
        decided = self._decide(m, command, now, frozenset({claim}), node, said)
        if isinstance(decided, Decided):
            return self._arrive(node, decided, command, now, said).key
        return decided.rule if decided else None

    def _pass_time(self, node: Node) -> Node | None:
        """Let time pass until the state is another. Return the state as late as it can be while it is not.

        On the main track moment by moment, and at last to what each clock still does; beside it to each moment at which
        more is due than to remind or escalate.
        """
        here = node
        for _ in range(STANDING_STILL):
            ahead = [moment for moment in agenda(here.m) if not node.beside or moment.due not in TELLS]
            after = self._wait(here, ahead[0], node) if ahead else here
            if after is None or after.key != node.key:
                return None
            here = after
        moments = agenda(here.m)
        overdue = [moment for moment in moments if moment.due is Due.OVERDUE]
        late = self._wait(here, max(moments[:1] + overdue, key=_when), node) if moments else None
        if late is None or late.key != node.key:
            return None
        late.first = node
        if not node.beside:
            self._run_out(late)
        return late

    def _run_out(self, late: Node) -> None:
        """Let time pass to what each clock still does, until the state is another."""
        here: Node | None = late
        while here and here.key == late.key:
            ahead = [moment for moment in agenda(here.m) if isinstance(moment.subject, Clock)]
            here = self._wait(here, ahead[0], late) if ahead else None

    def _wait(self, here: Node, moment: Moment, since: Node) -> Node | None:
        """Let time pass up to a moment, with everything that is due before it. None when the rules break down."""
        command, now, said = PassTime(by=self._engine), max(here.now, moment.at), _moment(moment)
        decided = self._decide(here.m, command, now, NOBODY, here, said)
        if isinstance(decided, Refused):
            self._flaw(NO_FAULT, f"time may not pass: {decided.rule}", here)
        if not isinstance(decided, Decided):
            return None
        self.accepted["PassTime"] += 1
        for claim in decided.claims:
            self._lose(here, here.m, claim, command, now, said)
        return self._arrive(here, decided, command, now, said, since=since)

    # -- deciding and checking -----------------------------------------------------------------------------------

    def _decide(
        self,
        m: Mediation | None,
        command: AnyCommand,
        now: datetime,
        gone: frozenset[Claim],
        node: Node | None,
        said: str | Move,
    ) -> Decided | Refused | None:
        """Ask the rules. None when they break down: that is a flaw of its own."""
        self.decisions += 1
        try:
            return decide(m, command, self.policy, now, gone)
        except Exception as fault:
            self._flaw(NO_FAULT, f"{said}: {type(fault).__name__} {fault}", node)
            return None

    def _arrive(
        self,
        node: Node | None,
        decided: Decided,
        command: AnyCommand,
        now: datetime,
        said: str,
        since: Node | None = None,
    ) -> Node:
        """Check a step and the state it leads to; a state of a new class is explored from here."""
        here = self._checked(node, decided, command, now, said)
        known_as = here.key
        self._look_at_what_is_alone(here, node)
        self.look_at_objections(here)
        self._keep_end(here)
        corrected = isinstance(command, CorrectAnswer)
        if node and known_as not in self.nodes and (corrected or self._crowding(node, here)):
            self.crowded += 1
            return here
        origin = since or node
        if origin and origin.key != known_as:
            if isinstance(command, LEAVING | StepBack):
                self.left.add((origin.key, known_as))
            else:
                self.onward.setdefault(origin.key, set()).add(known_as)
        if known_as not in self.nodes:
            self.nodes[known_as] = here
            self._queue.append(here)
        return here

    def _checked(self, node: Node | None, decided: Decided, command: AnyCommand, now: datetime, said: str) -> Node:
        """Hold a step and the state it leads to against the claims."""
        assert decided.state is not None  # noqa: S101
        events = tuple(event.type for event in decided.events)
        as_before = node is not None and decided.state is node.m and now == node.now
        known_as = node.key if node and as_before else key(decided.state, self.policy, now)
        here = Node(known_as, decided.state, now, node, ProofStep(now, said, events))
        if decided.effects:
            here.effects = {**here.effects, **{effect.type: effect for effect in decided.effects}}
        if decided.homes_wanted:
            here.in_line = decided.homes_wanted.turn
        if here.in_line != stands(here.m, self.policy, command, now):
            self._flaw(NOT_OVERTAKEN, "who waits for a home does not stand in its queue at the turn as it is now", here)
        self.events.update(events)
        for claim, what in wrong_step(node.m if node else None, command, decided, now, self.policy):
            self._flaw(claim, what, here)
        for claim, what in () if as_before else wrong_in(decided.state, now, self.policy):
            self._flaw(claim, what, here)
        for task in decided.state.tasks:
            self.asked.setdefault(task.kind, here)
        return here

    # -- beside the main track -----------------------------------------------------------------------------------

    def _look_at_what_is_alone(self, here: Node, before: Node | None) -> None:
        """Try every answer to a task for which nothing waits, or that is not followed: once for every stage."""
        for task in here.m.tasks:
            if not (task.kind in LOOKED_AT or here.m.paused_at) or (before and before.m.task(task.id)):
                continue
            looked = (known_task(task, here.m), here.m.stage, here.beside)
            if looked not in self._looked:
                self._looked.add(looked)
                self._look(here, answers(_choices(here, self.policy), task))

    def look_at_objections(self, here: Node) -> None:
        """Object to each decision that was taken on the way: once for every stage, for few of them are told apart."""
        for one in () if here.beside else here.m.decisions:
            looked = (FileObjection, one.subject, here.m.stage)
            if not one.over and looked not in self._looked:
                self._looked.add(looked)
                self._look(here, given(_choices(here, self.policy), FileObjection.__name__), one.subject)

    def _keep_end(self, here: Node) -> None:
        """Keep an end that can be undone: the first of each way of ending, by what the main track waited for then."""
        ended = here.m.undoable_end
        if ended and not ended.over:
            waited = frozenset(
                (t.kind, t.about if t.about in ABOUT else "") for t in ended.tasks if t.kind not in BESIDE
            )
            self.undoable.setdefault((ended.outcome, ended.stage, waited), here)

    def _undo_ends(self) -> None:
        """Undo each end that was kept, and look at what may be answered then where that leads to another state."""
        for ended in tuple(self.undoable.values()):
            for move in undoing(_choices(ended, self.policy)):
                command = move.make()
                for decided in self._whatever_is_gone(ended, command, str(move)) if command else ():
                    self.accepted[move.of] += 1
                    here = self._checked(ended, decided, command, ended.now, str(move))
                    if here.key not in self.nodes:
                        self.crowded += 1
                        self._look_at_answers(here)

    def _look_at_answers(self, here: Node) -> None:
        """Try every answer to each open task: once in every situation."""
        for task in here.m.tasks:
            situation = (ReopenMediation, task.kind, here.situation(task.kind.value, self.policy))
            if situation not in self._looked:
                self._looked.add(situation)
                self._look(here, answers(_choices(here, self.policy), task))

    def _whatever_is_gone(self, node: Node, command: AnyCommand, said: str) -> Iterator[Decided]:
        """Decide, and once more for each scarce thing that is claimed as if that were gone."""
        decided = self._decide(node.m, command, node.now, NOBODY, node, said)
        if isinstance(decided, Decided):
            yield decided
            for claim in decided.claims:
                less = self._decide(node.m, command, node.now, frozenset({claim}), node, said)
                if isinstance(less, Decided):
                    yield less
        elif decided:
            self.refused[decided.rule] += 1

    def _look(self, here: Node, moves: Iterator[Move], against: Disputed | None = None) -> None:
        for move in moves:
            command = move.make() if move.who == MUNICIPALITY else None
            if command is None or (isinstance(command, FileObjection) and command.against is not against):
                continue
            decided = self._decide(here.m, command, here.now, NOBODY, here, str(move))
            if isinstance(decided, Decided):
                self.accepted[move.of] += 1
                after = self._checked(here, decided, command, here.now, str(move))
                if after.m.outcome and all(after.m.outcome is not node.m.outcome for node in self.nodes.values()):
                    # an end that nothing else leads to: followed once, and no way out of a dead end
                    self.left.add((here.key, after.key))
                    self.nodes[after.key] = after
                    self._queue.append(after)
                if against:
                    self._look_at_what_is_alone(after, here)
            elif decided:
                self.refused[decided.rule] += 1

    def _pause(self, node: Node) -> None:
        """Pause, look at what may be answered meanwhile, and resume a month later: every moment is a month later. What
        the law counts runs on: where it falls due within that month, the pause ends at that moment.
        """
        by = Actor(role=Role.COORDINATOR, organisation=self.policy.municipality, user=PERSON)
        pause = PauseMediation(by=by, note=SAMPLES[0])
        paused = self._decide(node.m, pause, node.now, NOBODY, node, "a pause")
        if not isinstance(paused, Decided) or paused.state is None:
            return
        at_rest = self._checked(node, paused, pause, node.now, "a pause")
        for task in at_rest.m.tasks:
            situation = (node.m.stage, known_task(task, node.m))
            if situation not in self._looked:
                self._looked.add(situation)
                self._look(at_rest, answers(_choices(at_rest, self.policy), task))
        law = (moment.at for moment in agenda(at_rest.m) if runs_on(moment))
        resume, later = ResumeMediation(by=by), min((node.now + PAUSED, *law, *self._lease_over(node)))
        resumed = self._decide(at_rest.m, resume, later, NOBODY, at_rest, "resumed after a pause")
        if isinstance(resumed, Decided) and resumed.claims:
            # Who waits for a place looks for one again: what a pause does to moments is seen where there still is none.
            self._checked(at_rest, resumed, resume, later, "resumed after a pause")
            taken = frozenset(resumed.claims)
            resumed = self._decide(at_rest.m, resume, later, taken, at_rest, "resumed, and there is still no place")
        if isinstance(resumed, Decided) and resumed.state:
            self.accepted["ResumeMediation"] += 1
            after = self._checked(at_rest, resumed, resume, later, "resumed after a pause")
            if not all_later(agenda(node.m), agenda(after.m), later - node.now):
                self._flaw(PAUSE, "a moment was lost, or is not later by the pause", after)
            if key(after.m, self.policy, node.now) != node.key:
                self._flaw(PAUSE, "it is another state than before the pause", after)
        elif isinstance(resumed, Refused):
            self._flaw(PAUSE, f"it may not be resumed: {resumed.rule}", at_rest)

    def _lease_over(self, node: Node) -> list[datetime]:
        """Return the last moment of a lease that ends before the keys: after it the home falls through."""
        lease = node.m.lease
        if lease.ends_on is None or lease.handed_over_on:
            return []
        return [max(node.now, self.policy.calendar.at(lease.ends_on, time()) - timedelta(minutes=1))]

    def _crowding(self, before: Node, after: Node) -> bool:
        """Tell whether a step opened one more thing beside what already runs: that is checked, and not followed."""
        return after.m.paused_at is not None or len(after.beside) > max(len(before.beside), self.most_beside)

    def _flaw(self, claim: str, what: str, node: Node | None) -> None:
        self.flaws.setdefault((claim, what), Flaw(claim, what, node.path() if node else ()))

    def _look_for_dead_ends(self) -> None:
        """Walk back from every end; what is not met cannot get there other than by leaving or stepping back."""
        back: dict[Key, set[Key]] = {}
        for origin, reached in self.onward.items():
            for one in reached:
                back.setdefault(one, set()).add(origin)
        met = {node.key for node in self.nodes.values() if node.m.stage is Stage.CLOSED}
        left = deque(met)
        while left:
            for origin in back.get(left.popleft(), set()) - met:
                met.add(origin)
                left.append(origin)
        for node in self.nodes.values():
            if node.key not in met:
                tasks = ", ".join(task.kind.value for task in node.m.tasks) or "nothing"
                self._flaw(NO_DEAD_END, f"no way to an end from stage {node.m.stage} with {tasks} open", node)

    def _look_for_unanswered(self) -> None:
        for kind, node in self.asked.items():
            if not self.accepted[kind.value]:
                self._flaw(ANSWERED, f"no answer to {kind.value} is ever accepted", node)


def _choices(node: Node, policy: Policy) -> ChoiceContext:
    return ChoiceContext(node.m, policy, node.now, tuple(node.effects.values()))


def _when(moment: Moment) -> datetime:
    return moment.at


def _moment(moment: Moment) -> str:
    return f"time passes: {moment.due.value} {moment.name}"
