"""The day of the keys: lease signed, support secured, and not before the receiving team has had its notice."""

from domain.facts.tasks import TaskKind
from domain.messages.effects import Audience, GiveNotice, Letter
from domain.state import events as e
from domain.state.draft import Draft
from domain.steps.receiving import receiving_team


def plan_keys(d: Draft) -> None:
    """Plan the keys once the lease is signed and support is secured, so that the team has its notice."""
    lease, support = d.m.lease, d.m.support
    if not (lease.agreed_keys_on and support and support.secured) or lease.keys_on:
        return
    team = receiving_team(d)
    if team is None:
        return
    calendar = d.policy.calendar
    noticed = calendar.add(d.today, d.policy.support.notice_to_team)
    keys_on = calendar.working_day_from(max(lease.agreed_keys_on, noticed))
    d.emit(e.KeysPlanned(on=keys_on))
    district = d.offer.candidate.dwelling.district
    d.do(GiveNotice(team=team, district=district, keys_on=keys_on))
    task = d.open(TaskKind.HAND_OVER_KEYS, due=calendar.closing(keys_on))
    d.letter(Letter.KEYS_PLANNED, Audience.CLIENT, Audience.GUIDE, task=task)
