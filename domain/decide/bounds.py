"""How far the days may lie that people and partners give: a table over every day in an answer or command.

A day outside it is refused, and the refusal says which day would do. The municipality may go a year further, and says
why in a note. What a day must keep to besides, such as keys after the notice, its stage says by a rule of its own.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple

from domain.facts.calendar import Term, TermUnit
from domain.facts.parties import SYSTEM
from domain.facts.rules import RuleName
from domain.facts.value import Value
from domain.messages import answers as a
from domain.messages import commands as c
from domain.policy.policy_terms import BoundsPolicy
from domain.state.draft import Draft
from domain.steps.limits import FURTHER

Within = Callable[[BoundsPolicy], Term | None]
"""A term of the policy, before or after today; None where the policy has none, as in those of before there were any."""


def ruled(_bounds: BoundsPolicy) -> None:
    """Leave it to the rule of its own stage."""


def _so_long_ago(bounds: BoundsPolicy) -> Term | None:
    return bounds.told


class Bound(NamedTuple):
    """How long before and after today a day may lie."""

    before: Within
    after: Within


HAPPENED = Bound(_so_long_ago, ruled)
"""What has happened: each stage refuses a day that is yet to come."""

TAKEN_OVER = Term(amount=4, unit=TermUnit.WEEKS)
"""How soon another municipality goes on: with its yes this one ends, and nobody looks for a home until then."""

BOUNDS: Mapping[tuple[type[Value], str], Bound] = {
    (a.ReadinessAnswer, "review_on"): Bound(ruled, lambda bounds: bounds.review),
    (a.HearingAnswer, "heard_on"): Bound(ruled, ruled),
    (a.ObjectionAnswer, "heard_on"): Bound(ruled, ruled),
    (a.ComplaintAnswer, "heard_on"): Bound(ruled, ruled),
    (a.ComplaintAnswer, "happened_on"): Bound(ruled, ruled),
    (a.ComplaintAnswer, "until"): Bound(ruled, lambda bounds: bounds.ahead),
    (a.ViewingPlanAnswer, "on"): Bound(ruled, lambda bounds: bounds.viewing),
    (a.LeaseAnswer, "keys_on"): Bound(ruled, lambda bounds: bounds.keys),
    (a.LeaseAnswer, "ends_on"): Bound(ruled, ruled),
    (a.SupportAnswer, "starts_on"): Bound(_so_long_ago, lambda bounds: bounds.ahead),
    (a.KeysAnswer, "on"): Bound(ruled, ruled),
    (a.StartAnswer, "started_on"): HAPPENED,
    (a.SupportReviewAnswer, "started_on"): HAPPENED,
    (a.PlanAnswer, "agreed_on"): HAPPENED,
    (a.TalkAnswer, "held_on"): HAPPENED,
    (a.CallAnswer, "on"): HAPPENED,
    (a.TimeOutReviewAnswer, "on"): Bound(ruled, ruled),
    (a.AbsenceReviewAnswer, "on"): Bound(ruled, ruled),
    (a.ConversionAnswer, "on"): Bound(_so_long_ago, lambda bounds: bounds.ahead),
    (a.ConversionCheckAnswer, "on"): Bound(_so_long_ago, lambda bounds: bounds.ahead),
    (a.ConversionCheckAnswer, "again_on"): Bound(ruled, lambda bounds: bounds.ahead),
    (a.WithdrawalConfirmationAnswer, "spoke_on"): Bound(ruled, ruled),
    (a.DeliveryAnswer, "on"): HAPPENED,
    (c.StartMediation, "received_on"): Bound(ruled, ruled),
    (c.NoteDefaultNotice, "received_on"): HAPPENED,
    (c.FileObjection, "made_on"): HAPPENED,
    (c.FileObjection, "received_on"): HAPPENED,
    (c.FileComplaint, "made_on"): HAPPENED,
    (c.FileComplaint, "received_on"): HAPPENED,
    (c.ReportAbsence, "since"): HAPPENED,
    (c.ReportReturn, "on"): Bound(ruled, ruled),
    (a.TransferReply, "takes_over_on"): Bound(ruled, lambda _: TAKEN_OVER),
    (c.ProposeTransfer, "consent_on"): HAPPENED,
    (c.SnoozeTask, "until"): Bound(ruled, ruled),
    (c.ReportHindrance, "until"): Bound(ruled, ruled),
    (c.AnswerHindrance, "until"): Bound(ruled, ruled),
}
"""By answer or command, and the field of it."""

_OF_KIND: dict[type[Value], list[tuple[str, Bound]]] = {}
for (_kind, _field), _bound in BOUNDS.items():
    _OF_KIND.setdefault(_kind, []).append((_field, _bound))

OF_SUPPORT = frozenset(
    {(a.SupportAnswer, "starts_on"), (a.StartAnswer, "started_on"), (a.SupportReviewAnswer, "started_on")}
)
"""When support starts: not long before the keys, once their day is known."""

FROM_SYSTEMS = frozenset({c.LearnLetterSent, c.LearnSupportReport})
"""What systems tell. A day that cannot be right is there a question to a person, for nobody reads a refusal."""


def keep_to_bounds(d: Draft, command: c.Command) -> None:
    """Refuse a command, or the answer in it, with a day that lies too far off. Raises RuleBroken."""
    given: Value = command.answer if isinstance(command, c.AnswerTask | c.CorrectAnswer) else command
    kind = type(given)
    if kind not in _OF_KIND:
        return
    further = _may_go_further(d, command if isinstance(command, c.CorrectAnswer) else given)
    for field, bound in _OF_KIND[kind]:
        day = getattr(given, field)
        if day is not None:
            _keep(d, day, bound, field, further)
            if (kind, field) in OF_SUPPORT:
                _not_long_before_the_keys(d, day, field, further)


def _may_go_further(d: Draft, given: Value) -> bool:
    """Tell whether a person of the municipality says why a day lies far off."""
    noted = getattr(given, "note", None) is not None
    return noted and d.by.user != SYSTEM and d.by.organisation == d.policy.municipality


def _keep(d: Draft, day: date, bound: Bound, field: str, further: bool) -> None:
    calendar, bounds = d.policy.calendar, d.policy.bounds
    before, after = bound.before(bounds), bound.after(bounds)
    if before:
        first = _first(d, d.today, before, further)
        d.require(day >= first, RuleName.DAY_TOO_EARLY, field=field, day=first)
    if after:
        last = calendar.add(d.today, after)
        last = calendar.add(last, FURTHER) if further else last
        d.require(day <= last, RuleName.DAY_TOO_FAR, field=field, day=last)


def _first(d: Draft, day: date, before: Term, further: bool) -> date:
    """Return the first day that may be given so long before another."""
    first = d.policy.calendar.subtract(day, before)
    return d.policy.calendar.subtract(first, FURTHER) if further else first


def _not_long_before_the_keys(d: Draft, day: date, field: str, further: bool) -> None:
    """Refuse a start of support longer before the keys than the policy has it; it may prepare the move."""
    lease, before = d.m.lease, d.policy.support.starts_before
    keys_on = lease.handed_over_on or lease.keys_on or lease.agreed_keys_on
    if keys_on and before:
        first = _first(d, keys_on, before, further)
        d.require(day >= first, RuleName.SUPPORT_LONG_BEFORE_KEYS, field=field, day=first)
