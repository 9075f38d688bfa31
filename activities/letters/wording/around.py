"""How a mediation stands when a letter leaves: what letters tell beside what was decided."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from domain.facts.calendar import Term
from domain.facts.clocks import ClockKind, Suspension
from domain.facts.outcome import HearingSubject
from domain.facts.parties import OrganisationId
from domain.facts.referral import Document
from domain.facts.tasks import TaskKind
from domain.messages.effects import Letter, SendLetter
from domain.policy.policy import Policy
from domain.policy.queue import BY_WAIT, Precedence
from domain.stages.readiness import asked_for
from domain.state.mediation import Mediation

LOOKED_AT: Mapping[Letter, tuple[TaskKind, ...]] = {
    Letter.NOT_READY_YET: (TaskKind.REVIEW_READINESS,),
    Letter.ABSENCE_NOTED: (TaskKind.REVIEW_ABSENCE, TaskKind.REVIEW_TIME_OUT),
    Letter.ABSENCE_NOTED_KEYS_LATER: (TaskKind.REVIEW_ABSENCE,),
    Letter.ABSENCE_NOTED_OFFER_GONE: (TaskKind.REVIEW_ABSENCE, TaskKind.REVIEW_TIME_OUT),
    Letter.LEASE_CONVERSION_LATER: (TaskKind.DECIDE_CONVERSION,),
    Letter.STOPPED_AFTER_KEYS: (TaskKind.FOLLOW_UP_CALL,),
}
"""Which task is meant by the day on which somebody looks again."""


class Around(NamedTuple):
    """Facts of a mediation. What it does not have is None, nothing or no."""

    institution: OrganisationId | None = None
    """Where the guide works."""
    corporation: OrganisationId | None = None
    """Of the home that is offered or let; None while the client's address is secret."""
    provider: OrganisationId | None = None
    team: OrganisationId | None = None
    """The district team of the client; after the keys that of the home, and then none while the address is secret."""
    elsewhere: OrganisationId | None = None
    subject: HearingSubject | None = None
    """What is intended, of a letter that invites to a hearing."""
    within: Term | None = None
    """How long the client has from when such a letter leaves."""
    valid_to: date | None = None
    """The last day of the urgency."""
    decide_by: date | None = None
    """The last day for the decision on the urgency."""
    looked_at: date | None = None
    """When somebody looks again at what the letter tells of."""
    lacks: tuple[Document, ...] = ()
    """What is still asked of the referral, of a letter about that."""
    stands_still: Suspension | None = None
    most_refusals: int = 0
    rooms: int = 0
    rent_cents: int = 0
    converted_on: date | None = None
    order: tuple[Precedence, ...] = ()
    """In which order those who wait for a place have their turn."""
    secret: bool = False
    """Whether nobody may read where the home is, or whose."""


def around(m: Mediation, policy: Policy, letter: SendLetter) -> Around:
    """Return the facts around one letter."""
    today, urgency, term = policy.calendar.today, m.clock(ClockKind.URGENCY), m.clock(ClockKind.DECISION_TERM)
    task = m.task(letter.task) if letter.task else None
    again = next((found for kind in LOOKED_AT.get(letter.letter, ()) if (found := m.open_of(kind))), None)
    home = m.offers[-1].candidate.dwelling if m.offers else None
    housed, secret = m.lease.handed_over_on is not None, m.referral.address_secret
    heard_on = task.about if task and task.kind is TaskKind.HEAR_CLIENT else None
    return Around(
        institution=m.parties.of_guide,
        corporation=home.corporation if home and not secret else None,
        provider=m.support.provider if m.support else m.parties.care_provider,
        team=None if secret and housed else m.receiving_team if housed else m.parties.district_team,
        elsewhere=m.origin.municipality if m.origin else None,
        subject=HearingSubject(heard_on) if heard_on else None,
        within=policy.tasks[task.kind].due if task and task.awaits_letter else None,
        valid_to=today(urgency.ends_at) if urgency else None,
        decide_by=today(term.ends_at) if term else None,
        looked_at=today(again.due) if again else None,
        lacks=asked_for(task) if task and task.kind is TaskKind.SUPPLEMENT else (),
        stands_still=term.suspended_for if term else None,
        most_refusals=policy.offers.counted_refusals,
        rooms=home.rooms if home else 0,
        rent_cents=home.rent_cents if home else 0,
        converted_on=m.lease.converted_on,
        order=(policy.queue or BY_WAIT).order,
        secret=secret,
    )
