"""A corporation takes its offer back. Once the lease is signed that is a report: a lease binds both, and the
municipality finds out whether the client still gets the home.

Meanwhile everything goes on, and the client is told nothing. The question ends with the offer, however that falls
through, with the mediation, and with the keys: the corporation then gave the home all the same.
"""

from domain.facts.parties import SYSTEM
from domain.facts.rules import RuleName
from domain.facts.tasks import Task, TaskKind
from domain.messages.answers import OfferWithdrawalAnswer
from domain.messages.commands import WithdrawOffer
from domain.messages.effects import Letter
from domain.stages.acceptance import take_back
from domain.state import events as e
from domain.state.draft import Draft
from domain.state.task_spec import AnySpec, Asked, Beside, TaskSpec, TaskTrack
from domain.steps.home_now import is_signed


def withdraw_offer(d: Draft, command: WithdrawOffer) -> None:
    """Take the offer back; of a signed lease only the municipality does, by a person who says why."""
    d.require(bool(d.offer) and d.m.lease.handed_over_on is None, RuleName.KEYS_HANDED_OVER)
    by_system = command.by.user == SYSTEM
    if not is_signed(d.m):
        take_back(d, command.reason, in_system=by_system)
    elif d.by_municipality:
        d.require(not by_system, RuleName.PERSON_NEEDED)
        d.given(command.note, "note")
        take_back(d, command.reason)
    else:
        _report(d, command, by_system=by_system)


def _report(d: Draft, command: WithdrawOffer, *, by_system: bool) -> None:
    """Have the municipality find out. A system that is read again says again what it said before: that is no news."""
    known = d.offer.withdrawal
    finding_out = d.m.open_of(TaskKind.CONFIRM_OFFER_WITHDRAWAL) is not None
    if by_system and known and (finding_out or known.reason is command.reason):
        return
    d.require(not finding_out, RuleName.ALREADY_REPORTED)
    reporter = command.by.organisation
    d.emit(
        e.OfferWithdrawalReported(reporter=reporter, reason=command.reason, by_system=by_system, note=command.note),
    )
    d.open(TaskKind.CONFIRM_OFFER_WITHDRAWAL, about=reporter)


def confirm_offer_withdrawal(d: Draft, _task: Task, answer: OfferWithdrawalAnswer) -> None:
    """The municipality found out whether the client still gets the home."""
    told = d.known(d.offer.withdrawal, "what the corporation reported")
    if answer.confirmed:
        d.require(d.by.user != SYSTEM, RuleName.PERSON_NEEDED)
        d.given(answer.note, "note")
        take_back(d, told.reason, in_system=told.by_system)
    else:
        d.emit(e.OfferWithdrawalDenied(note=answer.note))
        d.letter(Letter.LEASE_STANDS, organisation=told.reporter)


TASKS: tuple[AnySpec, ...] = (
    TaskSpec(
        OfferWithdrawalAnswer,
        confirm_offer_withdrawal,
        group=Beside.REPORTED,
        asked=Asked.LETTER,
        of_offer=True,
        track=TaskTrack.ALONE,
        mended_by=RuleName.CORRECT_BY_COMMAND,
        grounds=True,
    ),
)
