"""Between which bounds every value of a policy file lies, and why: the one table of them.

A file is held against it when it is read. A policy that was recorded is not: it means what it meant. What two values
must keep to between them stands in `domain.policy.relations`.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, time
from functools import lru_cache
from typing import Any, NamedTuple

from pydantic import ValidationError

from domain.facts.calendar import Term, TermUnit, add_months

Measure = Term | int | float | date | time
"""What a bound is written in. For a text it is its number of characters, for a list the number of its parts."""

Path = tuple[str, ...]
"""The path of a value, such as `("tasks", "assess", "due")`; the parts of a list are numbered from 0."""


class ValueBound(NamedTuple):
    """The bounds of the values at one path; `*` stands for any part of it."""

    path: str
    least: str | int | float | date | time
    most: str | int | float | date | time
    why: str
    law: str | None = None
    """The article that sets the bound. A term is then held against it in every year, holidays and all."""
    ground: tuple[str, str] | None = None
    """A word in the `basis` of the value, and the highest value that is allowed with it."""


HOURS, MONTHS_12 = "1 hour", "12 months"
SHORT = "what is written must fit on a line"
AGE = "in whole years"
NOBODY_WAITS = "nobody can be asked to do it in less, and nobody should wait for longer"

BOUNDS: tuple[ValueBound, ...] = (
    ValueBound("id", 2, 40, SHORT),
    ValueBound("version", 10, 10, "a version is the day of the text"),
    ValueBound("municipality", 2, 40, SHORT),
    ValueBound("name", 1, 80, SHORT),
    ValueBound("valid_from", date(2020, 1, 1), date(2099, 12, 31), "no earlier case is directed by this engine"),
    ValueBound("valid_to", date(2020, 1, 1), date(2099, 12, 31), "no earlier case is directed by this engine"),
    ValueBound("supplement_rounds", 1, 9, "what is lacking is asked for at least once"),
    # -- the days and hours of the town hall ---------------------------------------------------------------------------
    ValueBound("calendar.timezone", 1, 40, SHORT),
    ValueBound("calendar.opens", time(5), time(12), "people work by day"),
    ValueBound("calendar.closes", time(12), time(23), "people work by day"),
    ValueBound("calendar.closing_days", 0, 500, "a town hall is open on most days"),
    ValueBound("calendar.closing_days.*", date(2020, 1, 1), date(2099, 12, 31), "no earlier day is counted"),
    ValueBound("calendar.decree_days.*", date(2020, 1, 1), date(2099, 12, 31), "no earlier day is counted"),
    # -- places --------------------------------------------------------------------------------------------------------
    ValueBound("capacity.limit", 0, 100_000, "no municipality houses more people a year in this way"),
    ValueBound("capacity.share", 0.001, 1, "a share is more than nothing and no more than all"),
    ValueBound("capacity.shared_by", 0, 60, "so many municipalities share no places"),
    ValueBound("capacity.shared_by.*", 2, 40, SHORT),
    ValueBound("capacity.sub_targets", 0, 50, "so many parts nobody keeps apart"),
    ValueBound("capacity.sub_targets.*.target", 0, 100_000, "no municipality houses more people a year in this way"),
    ValueBound("capacity.sub_targets.*.groups", 0, 50, "so many groups nobody tells apart"),
    ValueBound("capacity.sub_targets.*.age.at_least", 0, 100, AGE),
    ValueBound("capacity.sub_targets.*.age.below", 18, 121, "nobody younger rents a home"),
    ValueBound("exclusions.*", "1 month", "5 years", "nobody is barred for ever, and less than a month bars nobody"),
    # -- target groups -------------------------------------------------------------------------------------------------
    ValueBound("target_groups", 1, 50, "somebody must be helped, and people must be able to tell the groups apart"),
    ValueBound("target_groups.*", 2, 40, SHORT),
    ValueBound("capacity.sub_targets.*.groups.*", 2, 40, SHORT),
    ValueBound("suitability.capped_rent_for.*", 2, 40, SHORT),
    ValueBound("groups.*.within.*", 2, 40, SHORT),
    ValueBound("groups", 0, 50, "so many groups nobody tells apart"),
    ValueBound("groups.*.words.*", 2, 120, "it stands within a sentence"),
    ValueBound("groups.*.statutory", 3, 200, SHORT),
    ValueBound("groups.*.within", 0, 20, "so many groups nobody tells apart"),
    ValueBound("groups.*.age.at_least", 0, 100, AGE),
    ValueBound("groups.*.age.below", 18, 121, "nobody younger rents a home"),
    ValueBound("spread.every_district.most", 0, 10_000, "no district has more homes for this"),
    ValueBound("spread.every_complex.most", 0, 10_000, "no complex has more homes"),
    ValueBound("spread.districts.*.most", 0, 10_000, "no district has more homes for this"),
    ValueBound("spread.complexes.*.most", 0, 10_000, "no complex has more homes"),
    ValueBound("spread.*.closed_until", date(2020, 1, 1), date(2099, 12, 31), "a closed place is looked at again"),
    ValueBound("spread.*.review_on", date(2020, 1, 1), date(2099, 12, 31), "an agreement is looked at again"),
    ValueBound("spread.*.*.closed_until", date(2020, 1, 1), date(2099, 12, 31), "a closed place is looked at again"),
    ValueBound("spread.*.*.review_on", date(2020, 1, 1), date(2099, 12, 31), "an agreement is looked at again"),
    # -- homes and offers ----------------------------------------------------------------------------------------------
    ValueBound("offers.counted_refusals", 1, 9, "an urgency cannot lapse before a refusal"),
    ValueBound("offers.withdrawals_before_alert", 1, 20, "the municipality must hear of it some day"),
    ValueBound("offers.viewings", 1, 9, "a client cannot wait for a viewing without end"),
    ValueBound("offers.candidates_shown", 1, 50, "a person must be able to look at them"),
    ValueBound("offers.choose_within", "4 hours", "2 months", "an empty home waits meanwhile"),
    ValueBound("suitability.rents", 0, 40, "there is one line a year"),
    ValueBound("suitability.rents.*.quality_discount_cents", 200_00, 2_000_00, "in cents a month"),
    ValueBound("suitability.rents.*.small_cents", 200_00, 2_000_00, "in cents a month"),
    ValueBound("suitability.rents.*.large_cents", 200_00, 2_000_00, "in cents a month"),
    ValueBound(
        "suitability.rents.*.young_below", 18, 30, "the limit for young people is for adults: 23 to 2025, then 21"
    ),
    ValueBound("suitability.people_per_room", 1, 4, "more people do not fit in a room"),
    ValueBound("suitability.closed_complexes", 0, 500, "then there is no home left"),
    ValueBound("suitability.closed_complexes.*", 1, 60, SHORT),
    ValueBound("suitability.unsuitable_kept", 0, 50, "a person must be able to look at them"),
    ValueBound("sight.after_part", "0 days", "3 months", "who has no part any more hands over, and goes"),
    ValueBound(
        "sight.after_end",
        "7 weeks",
        "24 months",
        "who helps the client to object must see what it is about: six weeks, and the holidays that they may meet",
    ),
    ValueBound("temporary_lease.longest", "3 months", "5 years", "it is for a time: two years, for the young five"),
    ValueBound("temporary_lease.onward_move", "2 weeks", MONTHS_12, "a home is not found in a day"),
    # -- support and the call ------------------------------------------------------------------------------------------
    ValueBound(
        "support.notice_to_team", "1 working day", "2 months", "a team must be able to prepare, and a client to move in"
    ),
    ValueBound("support.starts_within", "1 day", "6 months", "nobody lives without support for longer"),
    ValueBound("support.starts_before", "1 day", "6 months", "who prepares a move does not start half a year before"),
    ValueBound("support.plan", "1 week", MONTHS_12, "a plan is made in the first time"),
    ValueBound("support.talk", "1 week", MONTHS_12, "the talk is about the first time"),
    ValueBound("support.guidance_term", "1 month", "10 years", "support is agreed for a time"),
    ValueBound("absence.holds_home", "1 working day", "3 months", "a home that is let cannot stand empty for long"),
    ValueBound("follow_up.after", "2 weeks", "24 months", "the call is about the first time in the home"),
    ValueBound("follow_up.window", "1 day", "3 months", "the call belongs to a day"),
    ValueBound("follow_up.attempts", 1, 9, "somebody who does not answer is asked after otherwise"),
    ValueBound("follow_up.attempts_a_day", 1, 3, "nobody is called all day, and there are three parts of a day"),
    ValueBound("follow_up.script", 1, 20, "a call is about something"),
    ValueBound("reopening.within", "1 day", MONTHS_12, "a place and a home are for others by then"),
    ValueBound("conversion.after.*", "1 month", "5 years", "a client must have lived there, and not for ever"),
    ValueBound("conversion.extension", "1 month", "5 years", "it must be looked at again"),
    ValueBound("agreements", 0, 60, "nobody keeps so many agreements"),
    ValueBound("agreements.*.words.*", 2, 120, SHORT),
    ValueBound("agreements.*.due", "1 day", "24 months", "an agreement is about the first time in the home"),
    # -- days that people give -----------------------------------------------------------------------------------------
    ValueBound("bounds.told", "1 day", MONTHS_12, "what is told later was forgotten"),
    ValueBound("bounds.ahead", "1 month", "5 years", "what lies further off is a slip of the pen"),
    ValueBound("bounds.review", "1 week", "24 months", "a client must not be forgotten"),
    ValueBound("bounds.viewing", "1 day", "6 months", "an empty home waits meanwhile"),
    ValueBound("bounds.keys", "1 week", MONTHS_12, "a home does not stay empty for longer"),
    # -- the decision, and what is kept --------------------------------------------------------------------------------
    ValueBound("decision.desk", 1, 80, SHORT),
    ValueBound("decision.advice", 1, 80, SHORT),
    ValueBound("decision.ground", 3, 200, SHORT),
    ValueBound("decision.fee_cents", 0, 1_000_00, "in cents; a fee may not be more than it costs (Gemeentewet 229b)"),
    ValueBound("retention.support_years", 15, 30, "it is kept for fifteen years", "Wmo 2015 art. 5.3.4"),
    ValueBound("retention.rejected_years", 1, 30, "no longer than it is needed (AVG art. 5)"),
    ValueBound("retention.erase_within_months", 1, 3, "it is erased within three months", "Wmo 2015 art. 5.3.5"),
    ValueBound(
        "retention.reads_years", 5, 20, "so long a client may claim damages for a read that was not right", "BW 3:310"
    ),
    # -- terms beside the tasks ----------------------------------------------------------------------------------------
    ValueBound(
        "clocks.decision_term.length",
        "1 week",
        "8 weeks",
        "a decision is taken within eight weeks, unless a by-law says otherwise: then name that in `basis`",
        "Awb 4:13",
        ("verordening", "26 weeks"),
    ),
    ValueBound("clocks.decision_term.extension", "1 week", "8 weeks", "a delay is of a reasonable time", "Awb 4:14"),
    ValueBound(
        "clocks.urgency.length", "1 month", "36 months", "a home must be found in it, and urgency is not for ever"
    ),
    ValueBound("clocks.urgency.extension", "1 week", "24 months", "it must be worth its letter"),
    ValueBound("clocks.*.length", "1 week", "36 months", "a home is not found in a day, and an aim is not for ever"),
    ValueBound("clocks.*.extension", "1 week", "36 months", "it must be worth its letter"),
    ValueBound("clocks.*.warn", 0, 10, "people stop reading"),
    ValueBound("clocks.*.warn.*", "1 day", "24 months", "a warning comes before the end"),
    # -- tasks ---------------------------------------------------------------------------------------------------------
    ValueBound("tasks.supplement.due", "1 week", "3 months", "the client needs time to find the papers", "Awb 4:5"),
    ValueBound(
        "tasks.decide_objection.due",
        "1 week",
        "6 weeks",
        "it is six weeks, or twelve where a committee advises: then name Awb 7:13 in `basis`",
        "Awb 7:10",
        ("7:13", "12 weeks"),
    ),
    ValueBound(
        "tasks.handle_complaint.due",
        "1 week",
        "6 weeks",
        "it is six weeks, or ten where a committee advises: then name Awb 9:14 in `basis`",
        "Awb 9:11",
        ("9:14", "10 weeks"),
    ),
    ValueBound("tasks.*.due", HOURS, MONTHS_12, NOBODY_WAITS),
    ValueBound("tasks.*.remind", 0, 10, "people stop reading"),
    ValueBound("tasks.*.remind.*", HOURS, MONTHS_12, "a reminder comes while the task is open"),
    ValueBound("tasks.*.escalate", 1, 10, "a task that is late is told of at least once"),
    ValueBound("tasks.*.escalate.*", "0 hours", MONTHS_12, "a wait is never forgotten"),
    ValueBound("tasks.*.repeat", "1 day", MONTHS_12, "a wait is never forgotten, and nobody reads a message an hour"),
    ValueBound("tasks.*.check", "1 day", MONTHS_12, "the engine looks once a day at most, and does not forget"),
    ValueBound("reminders.quiet_after", time(12), time(23, 59), "after closing time"),
    ValueBound("reminders.snooze", "1 day", "6 months", "a task may rest, and not be forgotten"),
)
"""The first that fits a path holds."""


def out_of_bounds(path: Path, value: object, basis: str | None) -> str | None:
    """Tell in words what is wrong with a value as a file writes it; None where nothing is, or no bound is known.

    What is no term, number or date at all is for the reader of the file to tell.
    """
    bound = bound_of(path)
    if bound is None:
        return None
    most = bound.ground[1] if bound.ground and basis and bound.ground[0] in basis.lower() else bound.most
    limits = (bound.least, most)
    if isinstance(bound.least, int) and isinstance(value, str) and not value.isprintable():
        return "a line break or another sign that cannot be printed stands in it: write one plain line"
    found = _measured(value, limits)
    if found is None:
        return None
    (low, measured, high), word = found
    by_law = bound.law is not None
    if _below(measured, low, by_law=by_law):
        return _told(value, word[0], f"at least {_said(bound.least, value)}", bound)
    if _below(high, measured, by_law=by_law):
        return _told(value, word[1], f"at most {_said(most, value)}", bound)
    return None


@lru_cache(maxsize=4096)
def bound_of(path: Path) -> ValueBound | None:
    """Return the bound that holds at a path."""
    fits = (bound for pattern, bound in _PATTERNS[len(path)] if all(map(_fits, pattern, path)))
    return next(fits, None)


def _fits(part: str, name: str) -> bool:
    return part in {"*", name}


_PATTERNS: Mapping[int, list[tuple[Path, ValueBound]]] = defaultdict(list)
for _bound in BOUNDS:
    _pattern = tuple(_bound.path.split("."))
    _PATTERNS[len(_pattern)].append((_pattern, _bound))


def term_of(value: object) -> Term | None:
    """Return the term that a file writes, also with the sign of a reminder; None when it is none."""
    if not isinstance(value, str):
        return None
    try:
        return Term.model_validate(value.removeprefix("+").removeprefix("-"))
    except ValidationError:
        return None


WORDS: Mapping[type, tuple[str, str]] = {
    Term: ("too short", "too long"),
    int: ("too low", "too high"),
    date: ("too early", "too late"),
    time: ("too early", "too late"),
    str: ("too short", "too long"),
    list: ("too few", "too many"),
}


def _measured(value: Any, limits: tuple[Any, Any]) -> tuple[tuple[Measure, Measure, Measure], tuple[str, str]] | None:
    """Return the least, the value and the most in one measure, with the words for too little and too much."""
    least, most = limits
    if isinstance(least, str) and isinstance(most, str):
        low, term, high = Term.model_validate(least), term_of(value), Term.model_validate(most)
        return ((low, term, high), WORDS[Term]) if term else None
    for kind in (date, time):
        if isinstance(least, kind) and isinstance(most, kind):
            return ((least, value, most), WORDS[kind]) if type(value) is kind else None
    if not isinstance(least, int | float) or not isinstance(most, int | float):
        return None
    if isinstance(value, str | list | dict):
        return (least, len(value), most), WORDS[str if isinstance(value, str) else list]
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return ((least, value, most), WORDS[int]) if plain else None


def _below(one: Measure, other: Measure, *, by_law: bool) -> bool:
    """Tell whether the one is less than the other; for a bound of the law: in any year."""
    if isinstance(one, Term) and isinstance(other, Term):
        return not surely(one, other) if by_law else usual(one) < usual(other)
    return one < other  # type: ignore[operator]


def surely(one: Term, other: Term) -> bool:
    """Tell whether one term is at least as long as another, whenever the two begin."""
    return (one.unit is other.unit and one.amount >= other.amount) or shortest(one) >= longest(other)


def _told(value: object, how: str, right: str, bound: ValueBound) -> str:
    """Return the value, what is wrong with it, what would be right, and why."""
    source = f" ({bound.law})" if bound.law else ""
    return f"{said(value)} is {how}: {right}, for {bound.why}{source}"


def _said(limit: object, value: object) -> str:
    if isinstance(value, str) and isinstance(limit, int):
        return f"{limit} characters"
    return said(limit)


def said(value: object) -> str:
    """Return a value as a person says it."""
    if isinstance(value, list | dict):
        return f"{len(value)} of them"
    if isinstance(value, bool):
        return str(value).lower()
    return f"'{value}'" if isinstance(value, str) and len(value) < 60 and term_of(value) is None else f"{value!s:.60}"


# -- how long a term is ------------------------------------------------------------------------------------------------

_MOST_MONTHS = 1200


def usual(term: Term) -> float:
    """Return how many days a term usually is."""
    match term.unit:
        case TermUnit.HOURS:
            return term.amount / 24
        case TermUnit.DAYS:
            return term.amount
        case TermUnit.WORKING_DAYS:
            return term.amount * 7 / 5
        case TermUnit.WEEKS:
            return term.amount * 7
        case TermUnit.MONTHS:
            return term.amount * 365.25 / 12


def shortest(term: Term) -> float:
    """Return how many days a term is at least, whenever it begins."""
    if term.unit is TermUnit.WORKING_DAYS:
        return term.amount + 2 * ((term.amount - 1) // 5) if term.amount else 0
    return min(_months(min(term.amount, _MOST_MONTHS))) if term.unit is TermUnit.MONTHS else usual(term)


def longest(term: Term) -> float:
    """Return how many days a term is at most, whenever it begins: working days may meet every holiday."""
    if term.unit is TermUnit.WORKING_DAYS:
        return term.amount + 2 * -(-term.amount // 5) + 4 if term.amount else 0
    return max(_months(min(term.amount, _MOST_MONTHS))) if term.unit is TermUnit.MONTHS else usual(term)


@lru_cache(maxsize=64)
def _months(amount: int) -> frozenset[int]:
    """Return every number of days that so many months have, from the first day of a month."""
    return frozenset(
        (add_months(start, amount) - start).days
        for start in (date(2023 + month // 12, month % 12 + 1, 1) for month in range(60))
    )


def bounded(values: object, path: Path = ()) -> Iterator[tuple[Path, object]]:
    """Yield every value of a file with its path: tables, lists and what is in them."""
    if path:
        yield path, values
    parts: Iterator[tuple[str, object]] = iter(())
    if isinstance(values, dict):
        parts = iter(values.items())
    elif isinstance(values, list):
        parts = ((str(number), one) for number, one in enumerate(values))
    for name, value in parts:
        yield from bounded(value, (*path, str(name)))
