"""Stage 3: a place within the quota, a suitable dwelling, and an offer that the corporation confirms (aanbod)."""

from datetime import timedelta

from domain import events as e
from domain.answers import ConfirmationAnswer, HearingSubject, MatchAnswer, PlaceAnswer, UrgencyAnswer
from domain.clocks import ClockKind
from domain.commands import LearnDwellings, Rule
from domain.conditions import all_met
from domain.draft import Draft, RuleBroken
from domain.dwelling import Candidate, suitability
from domain.effects import ListDwellings, PlaceOffer
from domain.hearing import intend
from domain.outcome import Stage
from domain.policy import CapacityUnit
from domain.scarce import DwellingClaim, PlaceClaim
from domain.tasks import Task, TaskKind
from domain.terms import extend_urgency


def enter(d: Draft) -> None:
    """Look for a place within the quota, then for a dwelling."""
    if d.m.place:
        seek_dwelling(d)
    else:
        seek_place(d)


def seek_place(d: Draft) -> None:
    """Claim a place of this year; wait for one when the quota is full."""
    capacity = d.policy.capacity
    claim = PlaceClaim(
        municipality=d.m.parties.municipality,
        year=d.today.year,
        units=d.m.referral.household_size if capacity.unit is CapacityUnit.PEOPLE else 1,
        limit=capacity.limit,
        beyond_limit=Rule.QUOTA_FULL in d.m.overrides,
    )
    if d.claim(claim):
        d.emit(e.PlaceReserved(year=claim.year, units=claim.units, beyond_limit=claim.beyond_limit))
        d.cancel(TaskKind.AWAIT_PLACE)
        seek_dwelling(d)
    elif not d.m.open_of(TaskKind.AWAIT_PLACE):
        d.emit(e.PlaceUnavailable(year=claim.year))
        d.open(TaskKind.AWAIT_PLACE)


def await_place(d: Draft, _task: Task, _answer: PlaceAnswer) -> None:
    """The municipality asks to look for a place again."""
    seek_place(d)


def seek_dwelling(d: Draft) -> None:
    """Ask the municipality to choose a dwelling, and the corporations what they have released."""
    d.open(TaskKind.MAKE_OFFER)
    list_dwellings(d)


def list_dwellings(d: Draft) -> None:
    """Ask the corporations what they have released."""
    d.do(ListDwellings(corporations=d.m.parties.corporations, released_by=d.today))


def learn_dwellings(d: Draft, command: LearnDwellings) -> None:
    """Hold the released dwellings against the client's needs. What was offered before is left out."""
    waiting = d.m.open_of(TaskKind.MAKE_OFFER)
    if waiting is None:
        return
    offered = {(o.candidate.dwelling.corporation, o.candidate.dwelling.id) for o in d.m.offers}
    candidates = (
        Candidate(dwelling=dwelling, conditions=suitability(d.m.referral, dwelling))
        for dwelling in sorted(command.dwellings, key=lambda one: (one.released_on, one.corporation, one.id))
        if dwelling.corporation in d.m.parties.corporations and (dwelling.corporation, dwelling.id) not in offered
    )
    unfit_too = Rule.DWELLING_UNSUITABLE in d.m.overrides
    suitable = [c for c in candidates if unfit_too or all_met(c.conditions)]
    d.emit(
        e.DwellingsListed(
            considered=len(command.dwellings),
            away=command.away,
            suitable=tuple(suitable[: d.policy.offers.candidates_shown]),
        ),
    )
    if command.away:
        calendar = d.policy.calendar
        tomorrow = calendar.working_day_from(d.today + timedelta(days=1))
        d.emit(e.TaskChecked(task=waiting.id, next_check=calendar.at(tomorrow, calendar.opens)))


def make_offer(d: Draft, _task: Task, answer: MatchAnswer) -> None:
    """The municipality chose a dwelling: claim it, and ask the corporation to confirm."""
    urgency = d.m.clock(ClockKind.URGENCY)
    valid = urgency is not None and urgency.runs_at(d.now)
    d.require(valid, "urgency_expired", "no offer without a valid urgency")
    chosen = (answer.corporation, answer.dwelling)
    candidate = next((c for c in d.m.candidates if (c.dwelling.corporation, c.dwelling.id) == chosen), None)
    if candidate is None:
        raise RuleBroken("dwelling_not_listed", "choose one of the suitable dwellings listed with this mediation")
    candidate = Candidate(dwelling=candidate.dwelling, conditions=suitability(d.m.referral, candidate.dwelling))
    d.require_all(
        candidate.conditions,
        "dwelling_unsuitable",
        "the dwelling must suit the household",
        unless=Rule.DWELLING_UNSUITABLE,
    )
    if not d.claim(DwellingClaim(corporation=answer.corporation, dwelling=answer.dwelling)):
        raise RuleBroken("dwelling_taken", "this dwelling is kept for somebody else")
    d.emit(e.OfferPrepared(candidate=candidate))
    task = d.open(TaskKind.CONFIRM_OFFER)
    d.do(
        PlaceOffer(
            corporation=answer.corporation,
            task=task.id,
            dwelling=answer.dwelling,
            household=d.m.referral.household_size,
            respond_by=d.policy.calendar.deadline(d.now, d.policy.tasks[TaskKind.ANSWER_OFFER].due),
        ),
    )


def confirm_offer(d: Draft, _task: Task, answer: ConfirmationAnswer) -> None:
    """The corporation confirmed the offer, or declined to make it."""
    if answer.declined:
        d.release_dwelling()
        d.emit(e.OfferDeclined(reason=answer.declined))
        seek_dwelling(d)
    else:
        number = d.given(answer.number, "number", "of the offer, or `declined` with the reason")
        d.emit(e.OfferPlaced(number=number))
        d.enter(Stage.ACCEPTANCE)


def answer_urgency(d: Draft, _task: Task, answer: UrgencyAnswer) -> None:
    """The municipality extends the urgency, or intends to let it lapse."""
    if answer.extend:
        extend_urgency(d)
        return
    d.require(d.m.live_offer is None, "offer_live", "the urgency cannot lapse while an offer is open")
    d.given(answer.note, "note", "with the reasons not to extend")
    intend(d, HearingSubject.URGENCY_NOT_EXTENDED)
