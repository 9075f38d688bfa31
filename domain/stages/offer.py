"""Stage 3: a place within the quota, a suitable dwelling, and an offer that the corporation confirms (aanbod)."""

from collections.abc import Sequence

from domain.facts.clocks import ClockKind
from domain.facts.conditions import all_met
from domain.facts.dwelling import Candidate, HomeRef
from domain.facts.outcome import HearingSubject, Stage
from domain.facts.parties import Role, Whose
from domain.facts.rules import Overridable, RuleName
from domain.facts.tasks import Task, TaskKind
from domain.facts.value import replace
from domain.messages.answers import ConfirmationAnswer, CorporationDecline, MatchAnswer, PlaceAnswer, UrgencyAnswer
from domain.messages.commands import LearnDwellings
from domain.messages.effects import Audience, Letter, ListDwellings, PlaceOffer
from domain.policy.scarce import DwellingClaim, PlaceClaim
from domain.policy.spread import claims_for, room
from domain.stages.viewing import respond_by
from domain.state import events as e
from domain.state.decision import Basis
from domain.state.draft import Draft, RuleBroken
from domain.state.mediation import OfferState
from domain.state.task_spec import AnySpec, Lack, TaskSpec, TaskTrack
from domain.steps.choosing import first_owner, leave, may_offer, ref_of, turn_over
from domain.steps.hearing import intend
from domain.steps.home_queue import pass_over
from domain.steps.room import claim_spread, place_claim
from domain.steps.seeking import ran_out
from domain.steps.suitability import count_unmet, judge_dwelling, unsuitable
from domain.steps.terms import end_when_run_out, extend_urgency
from domain.steps.trial import invented_homes
from domain.steps.turn import turn

FURTHER = 500
"""So many suitable dwellings beyond those shown are kept by their number: more than anybody chooses from."""
MAY_COME_BACK = frozenset({OfferState.LET_GO, OfferState.WITHDRAWN})
"""Offers that were let go or taken back, and not refused, declined or failed: the same home may be offered again."""


def enter(d: Draft) -> None:
    """Look for a place within the quota, then for a dwelling, as long as there is an urgency."""
    if end_when_run_out(d) or ran_out(d.m):
        return
    if d.m.place:
        seek_dwelling(d)
    else:
        seek_place(d)


def seek_place(d: Draft) -> None:
    """Claim a place of this period; wait for one when the quota is full, or others come before."""
    claim = place_claim(d)
    waited = d.before is not None and d.before.open_of(TaskKind.AWAIT_PLACE)
    if d.claim(claim):
        d.emit(
            e.PlaceReserved(
                year=claim.year,
                half=claim.half,
                units=claim.units,
                beyond_limit=claim.beyond_limit,
                shared_by=claim.shared_by,
                part=next(iter(claim.parts), None),
                also=claim.parts[1:],
                turn=turn(d) if waited else None,
            ),
        )
        d.cancel(TaskKind.AWAIT_PLACE)
        seek_dwelling(d)
    elif not d.m.open_of(TaskKind.AWAIT_PLACE):
        gone = d.why_gone(claim)
        ahead = gone.ahead if isinstance(gone, PlaceClaim) else None
        d.emit(e.PlaceUnavailable(year=claim.year, half=claim.half, ahead=ahead))
        d.open(TaskKind.AWAIT_PLACE)
        d.letter(Letter.WAITING_FOR_PLACE, Audience.CLIENT, Audience.GUIDE)


def await_place(d: Draft, _task: Task, _answer: PlaceAnswer) -> None:
    """The municipality asks to look for a place again."""
    seek_place(d)


def seek_dwelling(d: Draft) -> None:
    """Ask for a dwelling to be chosen, and the corporations what they have released."""
    d.open(TaskKind.MAKE_OFFER)
    list_dwellings(d)


def list_dwellings(d: Draft) -> None:
    """Ask the corporations what they have released. A trial asks nobody: its homes are as invented as its client."""
    if d.test:
        learn_dwellings(d, LearnDwellings(by=d.by, dwellings=invented_homes(d.m, d.today)))
        return
    d.do(ListDwellings(corporations=d.m.parties.corporations, released_by=d.today))


def learn_dwellings(d: Draft, command: LearnDwellings) -> None:
    """Hold the released dwellings against the client's needs. What was offered before is left out, unless it came back
    without the client having answered to it for good.

    Dwellings are put in order, the longest released first. Who among the clients comes first for one is another matter
    (`domain.steps.home_queue`).
    """
    waiting = d.m.open_of(TaskKind.MAKE_OFFER)
    if waiting is None:
        return
    offered = {
        (o.candidate.dwelling.corporation, o.candidate.dwelling.id) for o in d.m.offers if o.state not in MAY_COME_BACK
    }
    candidates = tuple(
        Candidate(dwelling=dwelling, conditions=judge_dwelling(d.m.referral, dwelling, d.policy, d.today))
        for dwelling in sorted(command.dwellings, key=lambda one: (one.released_on, one.corporation, one.id))
        if dwelling.corporation in d.m.parties.corporations and (dwelling.corporation, dwelling.id) not in offered
    )
    unfit_too = Overridable.DWELLING_UNSUITABLE in d.m.overrides
    unfit = [c for c in candidates if not all_met(c.conditions)] if d.policy.suitability else []
    kept = d.policy.suitability.unsuitable_kept if d.policy.suitability else 0
    suitable, full = _with_room(d, [c for c in candidates if unfit_too or all_met(c.conditions)], command)
    d.emit(
        e.DwellingsListed(
            considered=len(command.dwellings),
            away=command.away,
            suitable=tuple(suitable[: d.policy.offers.candidates_shown]),
            unsuitable=tuple(unsuitable(c) for c in unfit[:kept]),
            unmet=count_unmet(unfit),
            full=tuple(full[: d.policy.offers.candidates_shown]),
            left_out=command.left_out,
            further=tuple(ref_of(one) for one in suitable[d.policy.offers.candidates_shown :][:FURTHER]),
        ),
    )
    if command.away:
        calendar = d.policy.calendar
        tomorrow = calendar.next_working_day(d.today)
        d.emit(e.TaskChecked(task=waiting.id, next_check=calendar.opening(tomorrow)))


def _with_room(d: Draft, suitable: Sequence[Candidate], command: LearnDwellings) -> tuple[list[Candidate], ...]:
    """Part the dwellings whose district and complex have room from the others, judged on how those stood."""
    spread = d.policy.spread
    if spread is None:
        return list(suitable), []
    free: list[Candidate] = []
    full: list[Candidate] = []
    for one in suitable:
        claims = claims_for(spread, d.m.parties.municipality, one.dwelling, d.today)
        judged = room(spread, claims, command.standings)
        there_is = all_met(judged) or Overridable.SPREAD_FULL in d.m.overrides
        (free if there_is else full).append(replace(one, conditions=one.conditions + judged))
    return free, full


def make_offer(d: Draft, task: Task, answer: MatchAnswer) -> None:
    """A dwelling was chosen: claim it, and ask the corporation to confirm. Or a corporation chooses none of its own."""
    if answer.declined:
        _choose_none(d, task, answer)
        return
    dwelling = d.given(answer.dwelling, "dwelling")
    landlord = d.by.role is Role.CORPORATION
    d.require(not landlord or answer.corporation == d.by.organisation, RuleName.OWN_DWELLINGS_ONLY, field="corporation")
    urgency = d.m.clock(ClockKind.URGENCY)
    d.require(d.m.absence is None, RuleName.CLIENT_ABSENT)
    valid = urgency is not None and urgency.runs_at(d.now)
    d.require(valid, RuleName.URGENCY_EXPIRED)
    d.require(not d.m.suspended, RuleName.OBJECTION_SUSPENDS)
    chosen = (answer.corporation, dwelling)
    listed = d.m.candidates if landlord else d.m.candidates + d.m.full
    candidate = next((c for c in listed if (c.dwelling.corporation, c.dwelling.id) == chosen), None) or _further(
        d, answer
    )
    if candidate is None:
        raise RuleBroken(RuleName.DWELLING_NOT_LISTED, field="dwelling")
    conditions = judge_dwelling(d.m.referral, candidate.dwelling, d.policy, d.today)
    candidate = Candidate(dwelling=candidate.dwelling, conditions=conditions)
    if landlord and not may_offer(d, candidate):  # what stands in the way tells of the client
        raise RuleBroken(RuleName.DWELLING_NOT_LISTED, field="dwelling")
    d.require_all(candidate.conditions, RuleName.DWELLING_UNSUITABLE)
    if not d.claim(DwellingClaim(corporation=answer.corporation, dwelling=dwelling)):
        raise RuleBroken(RuleName.DWELLING_TAKEN, field="dwelling")
    passed_over = pass_over(d, answer)
    spread = claim_spread(d, candidate.dwelling)
    d.emit(
        e.OfferPrepared(
            candidate=candidate,
            spread=spread,
            turn=turn(d) if d.line else None,
            passed_over=passed_over,
            following=d.line.following if d.line else None,
        ),
    )
    confirm = d.open(TaskKind.CONFIRM_OFFER)
    d.do(
        PlaceOffer(
            corporation=answer.corporation,
            task=confirm.id,
            dwelling=dwelling,
            household=d.m.referral.household_size,
            respond_by=respond_by(d.policy, d.now),
        ),
    )


def _further(d: Draft, answer: MatchAnswer) -> Candidate | None:
    """Return a home that suits but was not among those shown, as it was read for this answer."""
    now = d.home_now
    if now is None or now.dwelling is None or (now.corporation, now.id) != (answer.corporation, answer.dwelling):
        return None
    listed = HomeRef(corporation=now.corporation, dwelling=now.id) in d.m.further
    return Candidate(dwelling=now.dwelling, conditions=()) if listed else None


def _choose_none(d: Draft, task: Task, answer: MatchAnswer) -> None:
    """A corporation chooses none: those that come after it are asked, and the corporations what else there is."""
    d.require(task.owner_role is Role.CORPORATION, RuleName.ANSWER_CONTRADICTS, field="declined")
    d.require(answer.corporation == task.owner, RuleName.OWN_DWELLINGS_ONLY, field="corporation")
    leave(d, task, answer.declined)
    seek_dwelling(d)


def confirm_offer(d: Draft, _task: Task, answer: ConfirmationAnswer) -> None:
    """The corporation confirmed the offer, or declined to make it."""
    if answer.declined:
        d.release_dwelling(not_free=answer.declined is CorporationDecline.UNAVAILABLE)
        d.emit(e.OfferDeclined(reason=answer.declined))
        if not (end_when_run_out(d) or ran_out(d.m)):
            seek_dwelling(d)
    else:
        number = d.given(answer.number, "number")
        d.emit(e.OfferPlaced(number=number))
        d.enter(Stage.ACCEPTANCE)


def answer_urgency(d: Draft, _task: Task, answer: UrgencyAnswer) -> None:
    """The municipality extends the urgency, or intends to let it lapse."""
    if answer.extend:
        extend_urgency(d)
        return
    d.require(d.m.live_offer is None, RuleName.OFFER_LIVE)
    intend(d, HearingSubject.URGENCY_NOT_EXTENDED, Basis(notes=(d.given(answer.note, "note"),)))


TASKS: tuple[AnySpec, ...] = (
    TaskSpec(
        PlaceAnswer,
        await_place,
        group=Stage.OFFER,
        check=seek_place,
        lack=Lack.PLACE,
        mended_by=RuleName.CORRECT_WITH_NEXT,
    ),
    TaskSpec(
        MatchAnswer,
        make_offer,
        group=Stage.OFFER,
        owners=frozenset({Whose.CORPORATION, Whose.DESK}),
        whose=first_owner,
        overdue=turn_over,
        check=list_dwellings,
        lack=Lack.HOME,
        mended_by=RuleName.CORRECT_BY_COMMAND,
    ),
    TaskSpec(
        UrgencyAnswer,
        answer_urgency,
        group=Stage.OFFER,
        track=TaskTrack.EXTENSION,
        stays=lambda _task, to: to is Stage.OFFER,
        mended_by=RuleName.CORRECT_BY_DECISION,
        grounds=True,
    ),
    # No `overdue`: silence decides nothing. It is escalated to the municipality again and again, until that takes the
    # task over and declines, or takes the offer back.
    TaskSpec(
        ConfirmationAnswer,
        confirm_offer,
        group=Stage.OFFER,
        owner=Role.CORPORATION,
        asked=PlaceOffer,
        of_offer=True,
        mended_by=RuleName.CORRECT_BY_COMMAND,
    ),
)
