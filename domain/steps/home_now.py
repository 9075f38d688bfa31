"""The home of an offer as its corporation has it now, held against what was offered.

It is read when the client says yes and when the lease is signed, when its corporation changes it in between, and when
one is chosen that was not among those shown. What could not be read changes nothing. From the lease on its terms are
those of the contract.
"""

from typing import NamedTuple

from domain.facts.conditions import Condition, unmet
from domain.facts.dwelling import Candidate, Dwelling, HomeNow, HomeRef
from domain.facts.names import comparable
from domain.facts.rules import Overridable, RuleName
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages.answers import Answer, ClientAnswer, ContactAnswer, LeaseAnswer, MatchAnswer
from domain.messages.commands import AnswerTask, Command
from domain.state import events as e
from domain.state.draft import Draft, RuleBroken
from domain.state.mediation import Mediation, OfferState
from domain.steps.choosing import ref_of
from domain.steps.suitability import judge_dwelling, rent_to_pay


class HomeChange(NamedTuple):
    """What is otherwise than it was offered."""

    candidate: Candidate | None
    """The home as it is; None: it is gone."""
    barred: tuple[Condition, ...] = ()
    """What stands in the way now, and did not before."""
    rent: tuple[Condition, ...] = ()
    """The condition on the rent, where more is to be paid than was told."""


def home_asked_after(m: Mediation | None, command: Command) -> HomeRef | None:
    """Return the home that a command decides on as it is now; None when it decides on none, or on an invented one."""
    if m is None or m.test or not isinstance(command, AnswerTask) or not decides_on_home(command.answer):
        return None
    answer = command.answer
    if isinstance(answer, MatchAnswer) and answer.dwelling:
        chosen = HomeRef(corporation=answer.corporation, dwelling=answer.dwelling)
        return chosen if chosen in m.further else None
    return ref_of(m.live_offer.candidate) if m.live_offer else None


def decides_on_home(answer: Answer) -> bool:
    """Tell whether an answer decides on a home, by itself: without a look at the mediation."""
    match answer:
        case MatchAnswer():
            return answer.dwelling is not None
        case ClientAnswer():
            return answer.accept
        case ContactAnswer():
            return answer.result == "accepted"
        case LeaseAnswer():
            return not answer.failed_check
        case _:
            return False


def hold_as_offered(d: Draft, now: HomeNow | None) -> None:
    """Refuse to go on with a home that does not suit any more, costs more, or is gone; note any other change."""
    change = changed(d, now)
    if change is None:
        return
    if change.candidate is None or change.barred or change.rent:
        raise RuleBroken(RuleName.DWELLING_CHANGED, change.barred or change.rent)
    d.emit(e.OfferChanged(candidate=change.candidate))


def changed(d: Draft, now: HomeNow | None) -> HomeChange | None:
    """Return what changed of the home of the live offer; None when nothing did, or it is not known."""
    offer = d.m.live_offer
    if offer is None or now is None:
        return None
    was = offer.candidate.dwelling
    if (was.corporation, comparable(was.id)) != (now.corporation, comparable(now.id)):
        return None
    if now.gone:
        return HomeChange(None)
    if now.dwelling is None or (there := _as_we_write(now.dwelling, was)) == was:
        return None
    before = judge_dwelling(d.m.referral, was, d.policy, d.today)
    judged = judge_dwelling(d.m.referral, there, d.policy, d.today)
    aside = Overridable.DWELLING_UNSUITABLE in d.m.overrides
    known = {one.name for one in unmet(before)}
    barred = () if aside else tuple(one for one in unmet(judged) if one.name not in known)
    dearer = _rent(d, there) > _rent(d, was)
    rent = tuple(one for one in judged if dearer and one.name == "rent")
    return HomeChange(Candidate(dwelling=there, conditions=judged), barred, rent)


def is_signed(m: Mediation) -> bool:
    """Tell whether the lease of the live offer is signed."""
    return m.live_offer is not None and m.live_offer.state is OfferState.ACCEPTED and not m.open_of(TaskKind.SIGN_LEASE)


def _rent(d: Draft, dwelling: Dwelling) -> int:
    return rent_to_pay(d.m.referral, dwelling, d.policy, d.today)


def _as_we_write(there: Dwelling, was: Dwelling) -> Dwelling:
    """Return a home with what does not concern who has an offer of it as it was: another spelling of its names, the
    day of its release, and that its complex takes nobody else now.
    """
    same = {
        name: getattr(was, name)
        for name in ("complex", "district")
        if comparable(getattr(there, name)) == comparable(getattr(was, name))
    }
    return replace(there, id=was.id, released_on=was.released_on, closed_for_placement=was.closed_for_placement, **same)
