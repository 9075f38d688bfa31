"""The proof that nobody is overtaken in a queue, for places and for homes.

A mediation is explored alone; of the others who wait it meets only what the store tells it. So it is shown in parts.
Of every two of some people who wait, one of each kind that the policy's order can tell apart, the turn of the one whom
the order names first sorts first (`wrong_order`). In every step of the exploration whoever waits stands in the queue,
at the turn as it is then; a place is claimed at that turn; and what comes free is called out (`out_of_line`). And each
choice of a home is made again as if somebody came before: it is refused, but to a person of the municipality who says
why, and then it is recorded who was passed over (`pushed_in`).

Not shown: that the store grants and calls by the order of these turns. Its tests show that, with 64 who wait.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import permutations, product

from domain.decide.catalogue import RULES
from domain.decide.decide import Decided, decide
from domain.facts.parties import SYSTEM
from domain.facts.rules import RuleName
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages.answers import MatchAnswer
from domain.messages.commands import AnswerTask, AnyCommand
from domain.messages.effects import CallWaiting
from domain.policy.policy import Policy
from domain.policy.queue import BY_WAIT, Precedence, Turn
from domain.policy.scarce import DwellingClaim, HomeLine, InLine, PlaceClaim
from domain.state import events as e
from domain.state.draft import Draft
from domain.state.mediation import Mediation
from domain.steps.turn import turn

EARLIER, LATER = date(2026, 3, 2), date(2026, 11, 30)
SINCE = tuple(datetime(on.year, on.month, on.day, 9, tzinfo=UTC) for on in (EARLIER, LATER))
REASON = "why another comes first"


def wrong_order(policy: Policy) -> Iterator[str]:
    """Yield which of two people who wait sorts before the one whom the policy's order names first."""
    order = (policy.queue or BY_WAIT).order
    days = (None, EARLIER, LATER)
    everybody = [
        Turn(order=order, since=since, let_down_on=down, for_safety=safe, ends_on=ends, out_of_turn=out)
        for since, down, safe, ends, out in product(SINCE, days, (False, True), days, (False, True))
    ]
    for one, other in permutations(everybody, 2):
        if _first(one, other) and not one.rank < other.rank:
            yield f"{_told(one)} comes before {_told(other)}, and does not sort so"
            return


def _first(one: Turn, other: Turn) -> bool:
    """Tell whether one comes before the other, by what the policy's order says in words."""
    if one.out_of_turn != other.out_of_turn:
        return one.out_of_turn
    for precedence in one.order:
        here, there = (_place(who, precedence) for who in (one, other))
        if here != there:
            return here < there
    return False


def _place(who: Turn, precedence: Precedence) -> tuple[bool, date]:
    """Whether somebody lacks what puts one first, and since when or until when one has it."""
    match precedence:
        case Precedence.LET_DOWN:
            return (who.let_down_on is None, who.let_down_on or date.max)
        case Precedence.URGENT_SAFETY:
            return (not who.for_safety, date.max)
        case Precedence.ENDS_SOON:
            return (who.ends_on is None, who.ends_on or date.max)
        case Precedence.WAITING_SINCE:
            return (False, who.since)


def _told(one: Turn) -> str:
    said = one.model_dump(mode="json", exclude={"order"}, exclude_defaults=True)
    return "who has " + ", ".join(f"{name} {value}" for name, value in said.items())


def out_of_line(decided: Decided, policy: Policy, command: AnyCommand, now: datetime) -> Iterator[str]:
    """Yield what a step does to a queue that lets others go before: who waits and does not stand there as of now, a
    place that is claimed out of turn, something that came free and is not called out.
    """
    m = decided.state
    if m is None:
        return
    if m.open_of(TaskKind.AWAIT_PLACE):
        claim = decided.queued.claim if decided.queued else None
        if claim is None or claim.rank != _turn(m, policy, command, now).rank:
            yield "who waits for a place does not stand in the queue at the turn as it is now"
    for claimed in decided.claims:
        if isinstance(claimed, PlaceClaim) and not (claimed.rank or m.lease.keys_on or claimed.beyond_limit):
            yield "a place was claimed without a turn"
    yield from _not_called(decided)


def _not_called(decided: Decided) -> Iterator[str]:
    called = {effect.corporation for effect in decided.effects if isinstance(effect, CallWaiting)}
    kept = {(one.corporation, one.dwelling) for one in decided.claims if isinstance(one, DwellingClaim)}
    for one in decided.releases:
        match one:
            case PlaceClaim() if None not in called:
                yield "a place came free, and nobody is called for it"
            case DwellingClaim(corporation=corporation, dwelling=dwelling, not_free=False):
                if corporation not in called and (corporation, dwelling) not in kept:
                    yield "a home came free, and nobody is called for it"


def stands(m: Mediation | None, policy: Policy, command: AnyCommand, now: datetime) -> Turn | None:
    """Return the turn of who waits for a home, as it is now; None of who waits for none."""
    return _turn(m, policy, command, now) if m and m.open_of(TaskKind.MAKE_OFFER) else None


def _turn(m: Mediation, policy: Policy, command: AnyCommand, now: datetime) -> Turn:
    return turn(Draft(m, policy, now, command.by, RULES))


def pushed_in(m: Mediation, command: AnyCommand, policy: Policy, now: datetime) -> Iterator[str]:
    """Choose a home once more as if somebody came before, and yield what lets this client go first all the same."""
    answer = command.answer if isinstance(command, AnswerTask) else None
    if not isinstance(command, AnswerTask) or not isinstance(answer, MatchAnswer) or answer.declined:
        return
    other = InLine(mediation="m-2", turn=Turn(order=(Precedence.WAITING_SINCE,), since=SINCE[0]))
    line = HomeLine(ahead=(other,))
    for note in (None, REASON):
        asked = replace(command, line=line, answer=replace(answer, note=note))
        after = decide(m, asked, policy, now)
        person = command.by.organisation == m.parties.municipality and command.by.user != SYSTEM
        if isinstance(after, Decided):
            offered = next((one for one in after.events if isinstance(one, e.OfferPrepared)), None)
            if offered and not (person and note):
                yield "a home was offered though somebody else comes first, without a person's reason"
            elif offered and offered.passed_over != (other,):
                yield "somebody was passed over for a home, and that was not recorded"
        elif person and note and after.rule is RuleName.OTHERS_COME_FIRST:
            yield "a person of the municipality who says why may not let somebody go first"
