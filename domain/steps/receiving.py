"""Which district team receives the client: the one that serves the district of the home, not the one that assessed.

It is noted when a home is accepted and looked at again when the keys are planned; from its notice on it stays, also
when the directory changes. Where no team serves the district the municipality names one: nobody is told by guess.
"""

from datetime import date

from domain.facts.outcome import Stage
from domain.facts.parties import OrganisationId
from domain.facts.referral import District
from domain.facts.tasks import TaskKind
from domain.messages.effects import Audience, GiveNotice, Letter
from domain.messages.told import Told
from domain.policy.policy import Policy
from domain.state import events as e
from domain.state.draft import Draft
from domain.state.mediation import Mediation, Support


def district_of_home(m: Mediation) -> District | None:
    """Return the district of the home that is kept for the client, or that the client has; None without one."""
    return m.live_offer.candidate.dwelling.district if m.live_offer else None


def note_receiving_team(d: Draft) -> OrganisationId | None:
    """Note which team receives the client, and return it; None when the municipality is asked to name one."""
    known, served = d.m.receiving, d.served
    if known and known.named:
        return known.team
    if served is None and d.m.open_of(TaskKind.NAME_RECEIVING_TEAM):
        return None
    if served is None:
        # decided before teams were looked up: the team that assessed was told then
        return known.team if known else d.m.parties.district_team
    district = d.offer.candidate.dwelling.district
    team = served.team if served.district == district else None
    if team is None or (known and known.team != team and _supports(d, known.team)):
        d.open_once(TaskKind.NAME_RECEIVING_TEAM)
        return None
    if known is None or known.team != team:
        d.emit(e.ReceivingTeamKnown(team=team, district=district))
    d.cancel(TaskKind.NAME_RECEIVING_TEAM)
    return team


def catch_up(d: Draft) -> None:
    """Where the keys were planned before teams were looked up, note the receiving team, and tell it if nobody did.

    It is done with every answer, before what that leads to: the first answer after an upgrade mends it.
    """
    keys_on = d.m.lease.handed_over_on or d.m.lease.keys_on
    if d.m.receiving or keys_on is None or d.served is None or d.served.team is None:
        return
    team, district = d.served.team, d.served.district
    d.emit(e.ReceivingTeamKnown(team=team, district=district))
    if team != d.m.parties.district_team:
        d.do(GiveNotice(team=team, district=district, keys_on=keys_on))


def tell_off(d: Draft) -> None:
    """Tell the team that had its notice that the client does not come, by whatever decision the home was let go."""
    before, housed = d.before, d.state is not None and d.state.lease.handed_over_on is not None
    if before and _is_expected(before) and not housed and not (d.state and _is_expected(d.state)):
        d.letter(Letter.MOVE_OFF, organisation=before.receiving_team)


def _is_expected(m: Mediation) -> bool:
    """Tell whether a team has had its notice of a client who does not have the keys yet."""
    return m.stage is not Stage.CLOSED and m.lease.keys_on is not None and m.lease.handed_over_on is None


def _supports(d: Draft, team: OrganisationId) -> bool:
    """Tell whether this team was asked to support the client itself: then another one is not simply told instead."""
    return d.m.support is not None and d.m.support.provider == team


def secured(policy: Policy, support: Support | None, keys_on: date) -> bool:
    """Tell whether there is support from the day of the keys on: it starts soon after, or somebody bridges."""
    within = policy.support.starts_within
    if support is None or support.bridged_by or support.starts_on is None or within is None:
        return support is not None and support.secured
    return support.starts_on <= policy.calendar.add(keys_on, within)


def keys_day(d: Draft) -> date:
    """Return the agreed day of the keys, or the first on which the team has had its notice in time."""
    calendar = d.policy.calendar
    agreed = d.known(d.m.lease.agreed_keys_on, "the agreed day of the keys")
    noticed = calendar.add(d.today, d.policy.support.notice_to_team)
    return calendar.working_day_from(max(agreed, noticed))


def plan_keys(d: Draft, on: date | None = None) -> None:
    """Plan the keys once the lease is signed and support is secured, so that the team has its notice: for a day that
    was decided on, or the first that will do. Where that cannot be, the municipality is asked to find a way.
    """
    lease, support, calendar = d.m.lease, d.m.support, d.policy.calendar
    if not (lease.agreed_keys_on and support and support.secured) or lease.keys_on:
        return
    keys_on = on or keys_day(d)
    if not (secured(d.policy, support, keys_on) and before_lease_ends(d, keys_on)):
        d.open_once(TaskKind.BRIDGE_SUPPORT)
        return
    team = note_receiving_team(d)
    if team is None:
        return
    d.emit(e.KeysPlanned(on=keys_on))
    district = d.offer.candidate.dwelling.district
    d.do(GiveNotice(team=team, district=district, keys_on=keys_on))
    task = d.open(TaskKind.HAND_OVER_KEYS, due=calendar.closing(keys_on))
    d.letter(Letter.KEYS_PLANNED, Audience.CLIENT, Audience.GUIDE, task=task)
    if support.starts_on:
        d.cancel(TaskKind.BRIDGE_SUPPORT)


def move_keys(d: Draft, on: date) -> None:
    """Move the keys to another day: the team has its notice of it, and the client and the guide hear of it."""
    planned = d.known(d.m.lease.keys_on, "the planned day of the keys")
    d.emit(e.KeysPlanned(on=on))
    d.do(GiveNotice(team=d.m.receiving_team, district=d.offer.candidate.dwelling.district, keys_on=on))
    task = d.m.open_of(TaskKind.HAND_OVER_KEYS)
    if task:
        d.give_time(task, d.policy.calendar.closing(on))
        moved = d.m.open_of(TaskKind.HAND_OVER_KEYS)
        d.letter(Letter.KEYS_MOVED, Audience.CLIENT, Audience.GUIDE, task=moved, told=Told(since=planned))


def before_lease_ends(d: Draft, keys_on: date) -> bool:
    """Tell whether the client has the keys before a temporary lease ends."""
    return d.m.lease.ends_on is None or keys_on < d.m.lease.ends_on
