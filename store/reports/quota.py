"""Places of the periods asked for: used, reserved and left, per sub-target and per municipality, and the forecast."""

from collections.abc import Iterator, Sequence

from store.reports.asked import ReportRequest
from store.reports.figures import Figure, Frame, Number, Table, Unit, tabulate
from store.reports.journeys import groups
from store.reports.places import (
    FORECAST,
    FULL,
    GivenPlaces,
    PlaceLedger,
    Places,
    forecast,
    full_in,
    left,
    load,
    units,
)

__all__ = ["count", "load"]

GIVEN = (
    Figure("given", Unit.PLACES, "Places given and not given back, in the unit that the policy counts."),
    Figure("used", Unit.PLACES, "Of those, of clients who have the keys.", part_of="given"),
    Figure("reserved", Unit.PLACES, "Of those, of clients on their way.", part_of="given"),
    Figure("beyond", Unit.PLACES, "Of those, given beyond the limit, by an authorised override."),
)
AHEAD = (Figure("forecast", Unit.DECIDED, FORECAST), Figure("full_in_days", Unit.DECIDED, FULL))
PLACES = Frame(
    "places",
    "Places, in the periods that have a day in the period asked for",
    "whose places, and the period in which they count",
    (
        Figure(
            "limit",
            Unit.DECIDED,
            "Places there are, by the policy in force now; of a ceiling by the figures that were fed.",
        ),
        *GIVEN,
        Figure("left", Unit.DECIDED, "The limit less what was given within it; never below none."),
        *AHEAD,
    ),
)
PARTS = Frame(
    "parts",
    "Places by sub-target",
    "whose places, the period, and the sub-target",
    (
        Figure("target", Unit.DECIDED, "Places that the policy aims at for this part."),
        Figure("kept_free", Unit.DECIDED, "Places of those that are kept free for it and go to nobody else."),
        *GIVEN,
        Figure("left", Unit.DECIDED, "The target less what was given within the limit; never below none."),
        *AHEAD,
    ),
)
MUNICIPALITIES = Frame(
    "municipalities",
    "Places by the municipality that gave them",
    "whose places, the period, and the municipality",
    GIVEN,
)


def count(facts: Places, wanted: ReportRequest) -> tuple[Table, ...]:
    """Count the places of every book. What was decided is told of all groups together only."""
    known = {*groups(facts.journeys, wanted), *(facts.group(one, wanted) for one in facts.given)}
    parts = list(_parts(facts))
    of_places = [(one.books, facts.group(one, wanted), one) for one in facts.given]
    of_parts = [(f"{books} {part}", group, one) for books, group, one in of_places for part in one.parts]
    named = [part for part, _, _ in parts]
    of_towns = [(f"{books} {one.municipality}", group, one) for books, group, one in of_places]
    towns = [f"{one.name} {town}" for one in facts.books for town in one.ledger.split("+")]
    group = wanted.by.value if wanted.by else None
    tables = (
        tabulate(PLACES, of_places, _given, items=[one.name for one in facts.books], group=group, groups=known),
        tabulate(PARTS, [x for x in of_parts if x[0] in named], _given, items=named, group=group, groups=known),
        tabulate(MUNICIPALITIES, of_towns, _given, items=towns, group=group, groups=known),
    )
    for books in facts.books:
        given = [one for one in facts.given if one.books == books.name]
        tables[0].rows[books.name, None].update(limit=books.limit, **_ahead(books, books.limit, given, wanted))
    for name, books, part in parts:
        given = [one for one in facts.given if one.books == books.name and part in one.parts]
        target = books.policy.capacity.sub_targets[part]
        decided: dict[str, Number] = {"target": target.target, "kept_free": target.target if target.reserved else 0}
        tables[1].rows[name, None].update(decided, **_ahead(books, target.target, given, wanted))
    for table in tables:
        for values in table.rows.values():
            for figure in table.figures:
                values.setdefault(figure.name, None)
    return tables


def _parts(facts: Places) -> Iterator[tuple[str, PlaceLedger, str]]:
    for books in facts.books:
        for part in books.policy.capacity.sub_targets:
            yield f"{books.name} {part}", books, part


def _given(of: Sequence[GivenPlaces]) -> dict[str, Number]:
    given, used = units(of), units(one for one in of if one.consumed)
    beyond = units(one for one in of if one.beyond)
    return {"given": given, "used": used, "reserved": given - used, "beyond": beyond}


def _ahead(
    books: PlaceLedger, limit: int | None, of: Sequence[GivenPlaces], wanted: ReportRequest
) -> dict[str, Number]:
    today = books.policy.calendar.today(wanted.now)
    within = units(one for one in of if not one.beyond)
    full = full_in(within, limit, books.period, today)
    return {"left": left(limit, of), "forecast": forecast(units(of), books.period, today), "full_in_days": full}
