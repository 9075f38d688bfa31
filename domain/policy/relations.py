"""What the values of one policy must keep to between them, and those of municipalities that share their places.

Held against a file when it is read, as the bounds of each value are (`domain.policy.value_bounds`).
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from domain.facts.calendar import Term
from domain.facts.clocks import ClockKind
from domain.facts.parties import LOOKING_ON, TAKING_PART, Role
from domain.facts.tasks import TaskKind
from domain.policy.agreements import AgreementKind
from domain.policy.groups import can_be, wrong_groups
from domain.policy.policy import CapacityModel, LeaseForm, Policy
from domain.policy.value_bounds import longest, shortest, surely, term_of

MOST_CLOSED = 60
"""On so many days of a year a town hall is closed at most: a term in working days must come to an end."""


class Unfit(NamedTuple):
    """Two values that do not go together."""

    path: str
    message: str
    others: tuple[str, ...] = ()
    """The paths of what it does not go together with."""


def unfit(policy: Policy) -> Iterator[Unfit]:
    """Yield what does not go together in a policy."""
    for rule in RULES:
        yield from rule(policy)


def _days(policy: Policy) -> Iterator[Unfit]:
    calendar, reminders = policy.calendar, policy.reminders
    try:
        ZoneInfo(calendar.timezone)
    except (ValueError, OSError, KeyError):
        yield Unfit("calendar.timezone", f"'{calendar.timezone}' is no time zone: write 'Europe/Amsterdam'")
    hours = {
        "calendar.opens": calendar.opens,
        "calendar.closes": calendar.closes,
        "reminders.quiet_after": reminders.quiet_after,
    }
    zoned = [path for path, hour in hours.items() if hour and hour.tzinfo]
    yield from (Unfit(path, "it is an hour of the town hall: leave the time zone out") for path in zoned)
    if zoned:
        return
    if calendar.closes <= calendar.opens:
        message = f"the town hall closes at {calendar.closes:%H:%M}, before it opens at {calendar.opens:%H:%M}"
        yield Unfit("calendar.closes", message, ("calendar.opens",))
    if reminders.quiet_after and reminders.quiet_after <= calendar.opens:
        message = (
            f"quiet after {reminders.quiet_after:%H:%M} leaves no hour to remind in: later than {calendar.opens:%H:%M}"
        )
        yield Unfit("reminders.quiet_after", message, ("calendar.opens",))
    for year in sorted({day.year for day in calendar.closing_days}):
        closed = len({day for day in calendar.closing_days if day.year == year})
        if closed > MOST_CLOSED:
            message = f"{closed} days of {year} are too many: at most {MOST_CLOSED}, for terms run in working days"
            yield Unfit("calendar.closing_days", message)


def _capacity(policy: Policy) -> Iterator[Unfit]:
    capacity = policy.capacity
    if capacity.model is CapacityModel.QUOTA and capacity.limit is None:
        message = 'a quota needs a number: write it, or model = "unlimited" where there is no maximum'
        yield Unfit("capacity.limit", message, ("capacity.model",))
    if (
        capacity.model is CapacityModel.CEILING
        and capacity.limit is None
        and not (capacity.share and capacity.denominator)
    ):
        message = "a ceiling needs `share` and `denominator`, or a fixed `limit`"
        yield Unfit("capacity.share", message, ("capacity.model", "capacity.limit", "capacity.denominator"))
    if capacity.model is CapacityModel.UNLIMITED and capacity.limit is not None:
        message = f"there are {capacity.limit} places and the model says unlimited: leave one of the two out"
        yield Unfit("capacity.limit", message, ("capacity.model",))
    if capacity.denominator and (capacity.model is not CapacityModel.CEILING or capacity.share is None):
        message = "a denominator belongs to a ceiling with a share: write `share`, or leave it out"
        yield Unfit("capacity.denominator", message, ("capacity.model", "capacity.share"))
    kept = sum(part.target for part in capacity.sub_targets.values() if part.reserved)
    if capacity.limit is not None and kept > capacity.limit:
        message = f"sub-targets keep {kept} places, but there are only {capacity.limit}"
        yield Unfit("capacity.sub_targets", message, ("capacity.limit",))
    for name, part in capacity.sub_targets.items():
        if capacity.limit is not None and part.target > capacity.limit:
            message = f"{part.target} of {capacity.limit} places cannot be: at most {capacity.limit}"
            yield Unfit(f"capacity.sub_targets.{name}.target", message, ("capacity.limit",))
    if capacity.shared_by and policy.municipality not in capacity.shared_by:
        message = f"{policy.municipality} itself is missing among those who share"
        yield Unfit("capacity.shared_by", message, ("municipality",))
    if len(set(capacity.shared_by)) < len(capacity.shared_by):
        yield Unfit("capacity.shared_by", "a municipality is named twice")
    if len(capacity.shared_by) == 1:
        yield Unfit("capacity.shared_by", "nobody shares with itself: name the others too, or leave this out")


def _groups(policy: Policy) -> Iterator[Unfit]:
    parts = policy.capacity.sub_targets.items()
    named = {f"capacity.sub_targets.{name}.groups": part.groups for name, part in parts}
    capped = policy.suitability.capped_rent_for if policy.suitability else ()
    named |= {"target_groups": policy.target_groups, "suitability.capped_rent_for": capped}
    yield from (Unfit(path, message) for path, message in wrong_groups(policy.groups, named))
    for path, groups in named.items():
        if len(set(groups)) < len(groups):
            yield Unfit(path, "a target group is named twice")
    for name, group in policy.groups.items():
        if group.asks and group.within and not can_be((name,), policy.groups):
            message = "nobody can be of it: in the groups that it is within nobody has this age and trait"
            yield Unfit(f"groups.{name}", message, ("groups",))
    for name, part in parts:
        if part.groups and not can_be(part.groups, policy.groups, (part.age,), (part.trait,)):
            message = "nobody can count for it: in these groups nobody has this age and trait"
            yield Unfit(f"capacity.sub_targets.{name}", message, ("groups",))


def _rents(policy: Policy) -> Iterator[Unfit]:
    rents = policy.suitability.rents if policy.suitability else {}
    years = sorted(rents)
    at = "suitability.rents"
    for year in years:
        if not 2015 <= year <= 2099:
            yield Unfit(f"{at}.{year}", f"{year} is no year of rents: between 2015 and 2099")
        limits = rents[year]
        rising = (limits.quality_discount_cents, limits.small_cents, limits.large_cents)
        for name, (less, more) in zip(("small_cents", "large_cents"), pairwise(rising), strict=True):
            if less >= more:
                message = f"{more} is not more than the limit below it, {less}: the three limits rise"
                yield Unfit(f"{at}.{year}.{name}", message)
    if years and years[0] > policy.valid_from.year:
        message = f"the limits of {policy.valid_from.year} are missing, the year in which the policy begins"
        yield Unfit(f"{at}.{policy.valid_from.year}", message, ("valid_from",))
    for one, other in pairwise(years):
        if other > one + 1 and 2015 <= one < other <= 2099:
            yield Unfit(f"{at}.{one + 1}", f"the limits of {one + 1} are missing between {one} and {other}")


def missing_rents(policy: Policy) -> int | None:
    """Return the first year in which the policy is in force and whose limits to the rent nobody wrote down yet."""
    if not policy.suitability or not policy.suitability.rents:
        return None
    year = max(policy.suitability.rents) + 1
    return year if policy.valid_to is None or policy.valid_to.year >= year else None


def lies_within(step: str, term: Term) -> bool:
    """Tell whether a reminder or warning, as a file writes it, can come within a term."""
    of = term_of(step)
    if of is None:
        return True
    return shortest(of) <= longest(term) if step.startswith("+") else not surely(of, term)


def _clocks(policy: Policy) -> Iterator[Unfit]:
    for kind, clock in policy.clocks.items():
        for number, warn in enumerate(clock.warn):
            if not lies_within(str(warn), clock.length):
                message = f"{warn} before the end of {clock.length} is before it begins: less than {clock.length}"
                yield Unfit(f"clocks.{kind}.warn.{number}", message, (f"clocks.{kind}.length",))
    if not policy.clocks[ClockKind.DECISION_TERM].statutory:
        message = "the law sets this term, so it is counted by the law: true, or leave it out"
        yield Unfit("clocks.decision_term.statutory", message)


def _ladders(policy: Policy) -> Iterator[Unfit]:
    for kind, ladder in policy.tasks.items():
        at = f"tasks.{kind}"
        for number, (one, other) in enumerate(pairwise(ladder.escalate), 1):
            if surely(one, other):
                message = f"{other} comes after {one} and is not later: write them from early to late, each once"
                yield Unfit(f"{at}.escalate.{number}", message)
    for kind in (TaskKind.DECIDE_OBJECTION, TaskKind.HANDLE_COMPLAINT):
        if not policy.tasks[kind].statutory:
            message = "the law sets this term, so it is counted by the law: true, or leave it out"
            yield Unfit(f"tasks.{kind}.statutory", message)


def _known_years(policy: Policy) -> Iterator[Unfit]:
    """A client who is referred on the first day must be able to have a decision within the years that are known."""
    calendar, length = policy.calendar, policy.clocks[ClockKind.DECISION_TERM].length
    if calendar.known_to is not None and calendar.add(policy.valid_from, length).year > calendar.known_to:
        message = (
            f"{policy.valid_from} is too late: of no year after {calendar.known_to} the holidays are known, so that no "
            f"term to decide could be counted; write an earlier day, or use a newer release"
        )
        yield Unfit("valid_from", message)


def _day_of_text(policy: Policy) -> Iterator[Unfit]:
    try:
        date.fromisoformat(policy.version)
    except ValueError:
        yield Unfit("version", f"{policy.version} is no day of the calendar: write the day of the text")


def _conversion(policy: Policy) -> Iterator[Unfit]:
    for form in policy.conversion.after:
        if form not in policy.lease_forms:
            message = f"no lease is {form} here: leave it out, or add it to lease_forms"
            yield Unfit(f"conversion.after.{form}", message, ("lease_forms",))
    if LeaseForm.REGULAR in policy.conversion.after:
        message = "a regular lease is in the client's own name from the first day: leave it out"
        yield Unfit("conversion.after.regular", message)


def _agreements(policy: Policy) -> Iterator[Unfit]:
    for kind, agreement in policy.agreements.items():
        if agreement.owner in LOOKING_ON:
            known = ", ".join(role for role in Role if role in TAKING_PART)
            message = f"{agreement.owner} takes no part in a mediation; who does: {known}"
            yield Unfit(f"agreements.{kind}.owner", message)
        if kind not in set(AgreementKind) and not agreement.words:
            known = ", ".join(AgreementKind)
            message = f"say what it is called: words = {{ nl = ..., en = ... }}; those that need none: {known}"
            yield Unfit(f"agreements.{kind}", message)


def _within_others(policy: Policy) -> Iterator[Unfit]:
    support, bounds, call, lease = policy.support, policy.bounds, policy.follow_up, policy.temporary_lease
    pairs: list[tuple[str, Term | None, str, Term | None]] = [
        ("support.notice_to_team", support.notice_to_team, "bounds.keys", bounds.keys),
        ("support.starts_within", support.starts_within, "bounds.ahead", bounds.ahead),
        ("follow_up.window", call.window, "follow_up.after", call.after),
    ]
    if lease:
        pairs.append(("temporary_lease.onward_move", lease.onward_move, "temporary_lease.longest", lease.longest))
    for path, one, of, other in pairs:
        if one and other and surely(one, other) and one != other:
            yield Unfit(path, f"{one} is longer than {of}, {other}: at most {other}, for it lies within that", (of,))


RULES: Sequence[Callable[[Policy], Iterator[Unfit]]] = (
    _day_of_text,
    _known_years,
    _conversion,
    _days,
    _capacity,
    _groups,
    _rents,
    _clocks,
    _ladders,
    _agreements,
    _within_others,
)

POOL = ("model", "unit", "limit", "share", "denominator", "period", "counts_at", "shared_by", "sub_targets")
"""What municipalities that share their places must say alike."""


class Unequal(NamedTuple):
    """Two municipalities that share their places, and do not say the same of them."""

    one: Policy
    other: Policy
    path: str

    def __str__(self) -> str:
        values = " and ".join(f"{_at(policy, self.path)} in {policy.municipality}" for policy in (self.one, self.other))
        return f"{self.path}: {values}, which share their places: both files must say the same"


def unequal(policies: Sequence[Policy]) -> Iterator[Unequal]:
    """Yield where two policies of municipalities that share their places do not say the same of them."""
    for number, other in enumerate(policies):
        for one in policies[:number]:
            if _share(one, other):
                paths = (*(f"capacity.{name}" for name in POOL), "queue")
                yield from (Unequal(one, other, path) for path in paths if _at(one, path) != _at(other, path))


def _at(policy: Policy, path: str) -> object:
    """Return what a policy says, as a file writes it; of a list of municipalities the order says nothing."""
    said = policy.model_dump(mode="json")
    for part in path.split("."):
        said = said[part]
    return sorted(said) if path == "capacity.shared_by" else said


def _share(one: Policy, other: Policy) -> bool:
    two = {one.municipality, other.municipality}
    return len(two) == 2 and any(two <= set(policy.capacity.shared_by) for policy in (one, other))
