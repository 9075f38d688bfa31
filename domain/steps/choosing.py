"""Whose turn it is to choose a home, where the policy leaves that to others than the municipality.

Corporations choose among their own dwellings, one at a time: the one whose dwelling has been free the longest first,
within the policy's term, then the next. The municipality has the choice as long as nothing that suits is listed, when
every corporation has let its turn go by, and while nobody may be offered a home. It may take the choice over or give
it to somebody at any time: what it decided by hand stays so. Who is shown which dwellings suit a client, and which do
not, can tell where that client is not safe: then it is always the municipality that chooses.
"""

from domain.facts.clocks import ClockKind
from domain.facts.conditions import all_met
from domain.facts.dwelling import Candidate, HomeRef
from domain.facts.parties import OrganisationId, Owner, Role, Whose
from domain.facts.rules import Overridable
from domain.facts.tasks import Task, TaskKind
from domain.facts.value import replace
from domain.messages.answers import CorporationDecline
from domain.messages.effects import Letter
from domain.policy.policy import Policy
from domain.state import events as e
from domain.state.draft import Draft
from domain.state.mediation import Mediation


def landlords_choose(policy: Policy) -> bool:
    """Tell whether a corporation that has a suitable dwelling chooses here."""
    return policy.owners.get(TaskKind.MAKE_OFFER) is Whose.CORPORATION


def first_owner(d: Draft) -> Owner | None:
    """Return who is to choose before anything is listed, where that is not simply whom the policy names."""
    return _municipality(d) if landlords_choose(d.policy) or d.m.referral.address_secret else None


def may_offer(d: Draft, candidate: Candidate) -> bool:
    """Tell whether this dwelling may be offered: it suits, or a person of the municipality set that rule aside."""
    return all_met(candidate.conditions) or Overridable.DWELLING_UNSUITABLE in d.m.overrides


def leave(d: Draft, task: Task, reason: CorporationDecline | None = None) -> None:
    """A corporation chose none of the dwellings that it could choose from."""
    homes = tuple(ref_of(one) for one in _fresh(d.m) if one.dwelling.corporation == task.owner)
    d.emit(e.ChoiceLeft(corporation=task.owner, homes=homes, reason=reason))


def turn_over(d: Draft, task: Task) -> None:
    """The time to choose is over: the turn of a corporation goes by."""
    if task.owner_role is Role.CORPORATION and task.asked_first is None:
        leave(d, task)


def settle(d: Draft) -> None:
    """Give the choice to whose turn it is now, after whatever was decided."""
    task = d.state.open_of(TaskKind.MAKE_OFFER) if d.state else None
    if task is None or task.asked_first:
        return
    owner = _whose_turn(d, task)
    if owner.organisation != task.owner:
        _pass_on(d, task, owner)


def _pass_on(d: Draft, task: Task, owner: Owner) -> None:
    calendar = d.policy.calendar
    turn = calendar.deadline(d.now, d.policy.offers.choose_within) if owner.role is Role.CORPORATION else None
    given = replace(d.afresh(task, turn), owner=owner.organisation, owner_role=owner.role)
    d.emit(e.ChoicePassedOn(task=given))
    if task.owner_role is not Role.COORDINATOR:
        d.letter(Letter.TASK_PASSED_ON, organisation=task.owner, task=given)
    if owner.role is not Role.COORDINATOR:
        d.letter(Letter.TASK_OPENED, task=given)


def _whose_turn(d: Draft, task: Task) -> Owner:
    """Return who is to choose now. A desk stays, but for a secret address. A corporation keeps the turn that it has, as
    long as there is something to choose from, also when another has a home by now that is free longer.
    """
    kept = Owner(task.owner_role, task.owner)
    if task.owner_role is Role.DESK:
        return _municipality(d) if d.m.referral.address_secret else kept
    corporations = () if _no_landlord_may(d) else in_turn(d.m)
    if task.owner_role is Role.CORPORATION and task.owner in corporations:
        return kept
    if not corporations or not landlords_choose(d.policy) or d.m.paused_at:
        return _municipality(d)
    return Owner(Role.CORPORATION, corporations[0])


def _municipality(d: Draft) -> Owner:
    return Owner(Role.COORDINATOR, d.m.parties.municipality)


def _no_landlord_may(d: Draft) -> bool:
    """Tell whether no home may be offered now, which is no landlord's to know, or never by a landlord."""
    m, urgency = d.m, d.m.clock(ClockKind.URGENCY)
    valid = urgency is not None and urgency.runs_at(d.now)
    return m.referral.must_be_safe or m.absence is not None or m.suspended or not valid


def in_turn(m: Mediation) -> tuple[OrganisationId, ...]:
    """Return who may still choose, the one whose dwelling has been free the longest first."""
    return tuple(dict.fromkeys(one.dwelling.corporation for one in sorted(_fresh(m), key=_longest_free)))


def _longest_free(candidate: Candidate) -> tuple[str, str, str]:
    home = candidate.dwelling
    return home.released_on.isoformat(), home.corporation, home.id


def _fresh(m: Mediation) -> tuple[Candidate, ...]:
    """Return the suitable dwellings that their corporation has not yet let go by in its turn."""
    return tuple(one for one in m.candidates if ref_of(one) not in m.homes_left)


def ref_of(candidate: Candidate) -> HomeRef:
    """Return which dwelling it is."""
    return HomeRef(corporation=candidate.dwelling.corporation, dwelling=candidate.dwelling.id)
