"""Waiting for a home in the policy's order: the same order, with the same words, as for a place.

Every home has its own queue: those who are to be offered one, and for whom it is a candidate. The store keeps it, in
the transaction that records a decision. Whoever is offered a home is the first of them, unless a person of the
municipality chooses otherwise and says why. A corporation or a desk that chooses goes by the same order, and hears of
nobody else.
"""

from domain.facts.clocks import ClockKind
from domain.facts.parties import SYSTEM
from domain.facts.rules import RuleName
from domain.facts.tasks import TaskKind
from domain.messages.answers import MatchAnswer
from domain.messages.effects import CallWaiting, ListDwellings
from domain.policy.scarce import DwellingClaim, HomesWanted, InLine, ledger
from domain.state.draft import Draft, RuleBroken
from domain.state.mediation import Mediation
from domain.steps.choosing import ref_of
from domain.steps.turn import turn


def pass_over(d: Draft, answer: MatchAnswer) -> tuple[InLine, ...]:
    """Return who comes before the client for this home, whom a person passes over with a reason; refuse without one."""
    ahead = d.line.ahead if d.line else ()
    if not ahead:
        return ()
    if not d.by_municipality or d.by.user == SYSTEM:
        raise RuleBroken(RuleName.OTHERS_COME_FIRST)
    if answer.note is None:
        raise RuleBroken(RuleName.OTHERS_COME_FIRST, field="note")
    return ahead


def homes_wanted(d: Draft) -> HomesWanted | None:
    """Return for which homes the mediation waits after this decision; None when that is as it was. A trial waits in no
    line.
    """
    if d.test:
        return None
    asks = any(isinstance(effect, ListDwellings) for effect in d.effects)
    if d.state is None or not _waits(d.state):
        return HomesWanted() if d.before and _waits(d.before) else None
    if d.before and _waits(d.before) and _alike(d, d.before, d.state) and not asks:
        return None
    m, capacity = d.m, d.policy.capacity
    return HomesWanted(
        ledger=ledger(m.parties.municipality, capacity.shared_by),
        municipality=m.parties.municipality,
        corporations=m.parties.corporations,
        homes=tuple(dict.fromkeys((*map(ref_of, m.candidates), *m.further))),
        turn=turn(d),
        resting=_rests(d, m),
        asks=asks,
    )


def call_for_homes(d: Draft) -> None:
    """Have those called who wait for a home of a corporation of which one comes free by this decision."""
    kept = {(one.corporation, one.dwelling) for one in d.claims if isinstance(one, DwellingClaim)}
    freed = {
        one.corporation
        for one in d.releases
        if isinstance(one, DwellingClaim) and not one.not_free and (one.corporation, one.dwelling) not in kept
    }
    for corporation in sorted(freed):
        d.do(CallWaiting(municipality=d.m.parties.municipality, corporation=corporation))


def _waits(m: Mediation) -> bool:
    return m.open_of(TaskKind.MAKE_OFFER) is not None


def _alike(d: Draft, before: Mediation, m: Mediation) -> bool:
    """Tell whether all is as it was that the queue looks at. Time may have brought the end of the urgency near: then a
    clock was warned or ran out.
    """
    return _rests(d, before) == _rests(d, m) and all(
        getattr(before, name) == getattr(m, name)
        for name in ("candidates", "further", "clocks", "referral", "overrides", "let_down_on", "policy_digest")
    )


def _rests(d: Draft, m: Mediation) -> bool:
    """Tell whether no home may be offered now."""
    urgency = m.clock(ClockKind.URGENCY)
    valid = urgency is not None and urgency.runs_at(d.now)
    return m.paused_at is not None or m.absence is not None or m.suspended or not valid
