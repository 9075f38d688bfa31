"""A ceiling beside the outside figures that it is a share of. Not broken down: dwellings are vacated for nobody yet."""

from collections.abc import Sequence

from store.reports.asked import ReportRequest
from store.reports.figures import Figure, Frame, Number, Row, Table, Unit
from store.reports.places import GivenPlaces, PlaceLedger, Places, left, load, units

__all__ = ["count", "load"]

CEILING = Frame(
    "ceiling",
    "The ceiling, in the periods that have a day in the period asked for",
    "whose places, and the period in which they count",
    (
        Figure("share", Unit.SHARE, "The share of the dwellings that the policy sets; empty where it sets none."),
        Figure(
            "months", Unit.DECIDED, "Months of which figures were fed, of every municipality that shares the places."
        ),
        Figure("vacated", Unit.DECIDED, "Dwellings vacated in the period, as far as figures were fed."),
        Figure("expected", Unit.DECIDED, "Dwellings expected to be vacated; never fewer than were vacated already."),
        Figure("other_lettings", Unit.DECIDED, "Lettings to other urgent people, which count too."),
        Figure(
            "limit",
            Unit.DECIDED,
            "Places there are: share x dwellings (vacated or expected, as the policy says), rounded down, less other "
            "lettings. A month in which nothing was vacated yet counts as expected. As long as a month was not fed, or "
            "when the ceiling is fixed: the limit of the policy.",
        ),
        Figure("given", Unit.PLACES, "Places given and not given back, used and reserved."),
        Figure("left", Unit.DECIDED, "The limit less what was given within it; never below none."),
        Figure("share_used", Unit.SHARE, "Other lettings and places given, as a share of the dwellings vacated."),
    ),
)


def count(facts: Places, wanted: ReportRequest) -> tuple[Table, ...]:
    """Tell the ceiling of every book."""
    rows: dict[Row, dict[str, Number]] = {
        (books.name, None): _measured(books, [one for one in facts.given if one.books == books.name])
        for books in facts.books
    }
    return (Table(CEILING.name, CEILING.title, CEILING.item, None, CEILING.figures, rows),)


def _measured(books: PlaceLedger, of: Sequence[GivenPlaces]) -> dict[str, Number]:
    figures, given = books.fed, units(of)
    return {
        "share": books.policy.capacity.share,
        "months": figures.months if figures else None,
        "vacated": figures.vacated if figures else None,
        "expected": figures.expected if figures else None,
        "other_lettings": figures.other_lettings if figures else None,
        "limit": books.limit,
        "given": given,
        "left": left(books.limit, of),
        "share_used": round((figures.other_lettings + given) / figures.vacated, 4)
        if figures and figures.vacated
        else None,
    }
