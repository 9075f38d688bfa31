"""Which part each organisation has in a mediation, from when to when: what it may see follows from it, and ends.

A part begins with the command after which the state gives it, and ends with the one after which it no longer does. Who
had it may look back for a while at how the mediation stood then. When the mediation itself ends, who works with the
client sees it for a while as it is. How long, the policy says (`domain.policy.policy.SightPolicy`).
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from domain.facts.calendar import Term
from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import OrganisationId
from domain.facts.tasks import TaskKind
from domain.messages.answers import SupportProduct
from domain.policy.policy import Policy
from domain.state.mediation import Mediation


class PartTaken(StrEnum):
    """What an organisation does in one mediation."""

    MUNICIPALITY = "municipality"
    """It directs the mediation, and keeps its file: from the start, without end."""
    INSTITUTION = "institution"
    """It refers the client."""
    DISTRICT_TEAM = "district_team"
    """It assesses the client: from its first task until another team has notice that it receives the client."""
    DESK = "desk"
    """It decides by mandate: from its first task."""
    COMMITTEE = "committee"
    """It advises on the urgency: from its first task until that is decided."""
    CARE_PROVIDER = "care_provider"
    """It will support the client, or does, or bridges until then; not where the district team does so alone."""
    RECEIVING_TEAM = "receiving_team"
    """It receives the client in the district of the home: from its notice."""
    CORPORATION = "corporation"
    """A dwelling of its is kept for the client, or is the client's home."""
    CHOOSES = "chooses"
    """It is its turn to choose a dwelling."""
    TASK = "task"
    """It has a task and no other part: it stands in, or helps once."""


class Having(NamedTuple):
    """An organisation with a part."""

    organisation: OrganisationId
    part: PartTaken


AFTER_END = frozenset(
    {
        PartTaken.MUNICIPALITY,
        PartTaken.INSTITUTION,
        PartTaken.DISTRICT_TEAM,
        PartTaken.RECEIVING_TEAM,
        PartTaken.CARE_PROVIDER,
    }
)
"""The parts that do not end with the mediation: who has one may see it, and an objection after it, for a while."""


class Had(NamedTuple):
    """A part, and until when its organisation may see the mediation by it: None as long as that has no end."""

    organisation: OrganisationId
    part: PartTaken
    shown_until: datetime | None


class PartsChange(NamedTuple):
    """What changes between two states."""

    began: tuple[Had, ...]
    ended: tuple[Had, ...]
    kept: tuple[Had, ...]
    """Those that go on, but are shown to another moment, since the mediation ended or went on."""


class Participation(NamedTuple):
    """A part from when to when, in moments and in the numbers of the events."""

    organisation: OrganisationId
    part: PartTaken
    since: datetime
    first: int
    """The first event of the command with which it began."""
    until: datetime | None = None
    """None as long as it lasts, and then the next three too."""
    last: int | None = None
    """The last event of the command with which it ended."""
    stage: Stage | None = None
    """How the mediation stood when it ended."""
    outcome: Outcome | None = None
    shown_until: datetime | None = None
    """Until when its organisation may see the mediation by it: as it stood when the part ended."""


def parts(m: Mediation) -> frozenset[Having]:
    """Return who has a part. Who has a task has one, also after the end; but not another municipality that is asked to
    carry the mediation on: it is shown what the client agreed to, and no more (`api.transfers`).
    """
    lasting = {one for one in _parts(m) if m.outcome is None or one.part in AFTER_END}
    known = {one.organisation for one in lasting if m.outcome is None or one.part is PartTaken.MUNICIPALITY}
    asked = (
        Having(task.owner, PartTaken.CHOOSES if task.kind is TaskKind.MAKE_OFFER else PartTaken.TASK)
        for task in m.tasks
        if task.owner not in known and task.kind is not TaskKind.ANSWER_TRANSFER
    )
    return frozenset((*lasting, *asked))


def _parts(m: Mediation) -> Iterator[Having]:
    yield Having(m.parties.municipality, PartTaken.MUNICIPALITY)
    if m.parties.institution:
        yield Having(m.parties.institution, PartTaken.INSTITUTION)
    if m.support or m.urgency is not SupportProduct.DISTRICT:
        yield from (Having(provider, PartTaken.CARE_PROVIDER) for provider in m.providers())
    team = m.parties.district_team
    noticed = m.receiving_team if m.lease.keys_on else None
    if team in m.asked and noticed in {None, team}:
        yield Having(team, PartTaken.DISTRICT_TEAM)
    if noticed:
        yield Having(noticed, PartTaken.RECEIVING_TEAM)
    if m.parties.desk and m.parties.desk in m.asked:
        yield Having(m.parties.desk, PartTaken.DESK)
    if m.advising and m.advising in m.asked:
        yield Having(m.advising, PartTaken.COMMITTEE)
    if m.live_offer:
        yield Having(m.live_offer.candidate.dwelling.corporation, PartTaken.CORPORATION)


def change(before: Mediation | None, after: Mediation, policy: Policy, now: datetime) -> PartsChange:
    """Return which parts begin, end and go on otherwise between two states."""
    had, has = parts(before) if before else frozenset(), parts(after)
    turned = (before is not None and before.outcome is not None) is not (after.outcome is not None)
    kept = {one for one in had & has if turned and _ends(one)}
    closed = _last_moment(policy.sight.after_end, policy, now) if after.outcome is not None else None
    back = _last_moment(policy.sight.after_part, policy, now) if had - has else None
    # Whose turn to choose went by knows nobody yet, and has nothing to hand over.
    ended = (Had(*one, now if one.part is PartTaken.CHOOSES else back) for one in sorted(had - has))
    return PartsChange(
        began=tuple(Had(*one, closed if _ends(one) else None) for one in sorted(has - had)),
        ended=tuple(ended),
        kept=tuple(Had(*one, closed) for one in sorted(kept)),
    )


def _ends(one: Having) -> bool:
    """Tell whether a part that goes on after the end is shown for a while only."""
    return one.part in AFTER_END and one.part is not PartTaken.MUNICIPALITY


def _last_moment(term: Term, policy: Policy, now: datetime) -> datetime:
    """Return when the last day of a term that starts today is over."""
    calendar = policy.calendar
    return calendar.end_of_day(calendar.add(calendar.today(now), term)) + timedelta(seconds=1)


class StateAt(NamedTuple):
    """One command's moment, the state after it, and the policy then."""

    at: datetime
    after: Mediation
    policy: Policy


def participations(steps: Iterable[StateAt]) -> tuple[Participation, ...]:
    """Return every part there was, from the states after each of a mediation's commands, in order."""
    over: list[Participation] = []
    lasting: dict[Having, Participation] = {}
    before: Mediation | None = None
    for at, after, policy in steps:
        first = before.sequence + 1 if before else 1
        began, ended, kept = change(before, after, policy, at)
        for name, part, shown_until in ended:
            over.append(
                lasting.pop(Having(name, part))._replace(
                    until=at,
                    last=after.sequence,
                    stage=after.stage,
                    outcome=after.outcome,
                    shown_until=shown_until,
                )
            )
        for name, part, shown_until in kept:
            one = Having(name, part)
            lasting[one] = lasting[one]._replace(shown_until=shown_until)
        for name, part, shown_until in began:
            new = Participation(name, part, since=at, first=first, shown_until=shown_until)
            lasting[Having(name, part)] = new
        before = after
    return (*over, *lasting.values())
