"""What was objected to and what was decided on it, and which municipality a client comes from."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from domain.messages.commands import Disputed
from domain.messages.results import ObjectionResult, said
from store.reports.asked import ReportRequest
from store.reports.figures import ALL, Figure, Frame, Number, Table, Unit, tabulate
from store.reports.happened import Happened
from store.reports.journeys import Journeys, groups

OBJECTIONS = Frame(
    "objections",
    "Objections filed in the period (bezwaar)",
    "what is objected to",
    (
        Figure("filed", Unit.EVENTS, "Objections that were filed in the period."),
        Figure("well_founded", Unit.EVENTS, "Of those, well founded until now.", part_of="filed"),
        Figure("dismissed", Unit.EVENTS, "Of those, dismissed.", part_of="filed"),
        Figure("inadmissible", Unit.EVENTS, "Of those, inadmissible.", part_of="filed"),
        Figure("withdrawn", Unit.EVENTS, "Of those, withdrawn.", part_of="filed"),
        Figure("undecided", Unit.EVENTS, "Of those, not decided on by now.", part_of="filed"),
        Figure("suspending", Unit.EVENTS, "Of all, for which the municipality suspended the decision."),
    ),
)
ORIGINS = Frame(
    "origins",
    "From which municipality clients come, as far as it was looked at in the period",
    "which",
    (
        Figure("determined", Unit.EVENTS, "Times that it was determined."),
        Figure("here", Unit.EVENTS, "Of those: from this municipality.", part_of="determined"),
        Figure("elsewhere", Unit.EVENTS, "Of those: from another one.", part_of="determined"),
        Figure("exceptions", Unit.EVENTS, "Of all, helped here all the same, by an exception."),
        Figure("transfers_refused", Unit.EVENTS, "Times that the municipality of origin did not take the client over."),
    ),
)


class ObjectionCourse(NamedTuple):
    """One objection and what became of it."""

    result: str | None
    """None: not decided."""
    suspends: bool


def count(journeys: Journeys, happened: Sequence[Happened], wanted: ReportRequest) -> tuple[Table, ...]:
    """Count objections by when they were filed, and how they stand now; origins by when they were looked at."""
    group = wanted.by.value if wanted.by else None
    known = tuple(groups(journeys, wanted))
    origins = (
        (ALL, journeys[one.mediation].group(wanted.by), one)
        for one in happened
        if one.type in {"OriginDetermined", "TransferRefused"} and wanted.covers(one.happened_on)
    )
    objections = _objections(journeys, happened, wanted)
    items = (*map(str, Disputed), ALL)
    return (
        tabulate(OBJECTIONS, objections, _decided, items=items, group=group, groups=known),
        tabulate(ORIGINS, origins, _origins, items=(ALL,), group=group, groups=known),
    )


def _objections(
    journeys: Journeys, happened: Iterable[Happened], wanted: ReportRequest
) -> Iterator[tuple[str, str, ObjectionCourse]]:
    """Yield each objection; a next one is filed only when the one before is decided."""
    undecided: dict[str, Happened] = {}
    pairs: list[tuple[Happened, str | None]] = []
    for one in happened:
        if one.type == "ObjectionFiled":
            undecided[one.mediation] = one
        elif one.type == "ObjectionDecided":
            pairs.append((undecided.pop(one.mediation), one.what))
    pairs += [(one, None) for one in undecided.values()]
    for filed, result in pairs:
        if wanted.covers(filed.happened_on):
            group = journeys[filed.mediation].group(wanted.by)
            yield str(filed.what), group, ObjectionCourse(result, filed.about == "true")


def _decided(of: Sequence[ObjectionCourse]) -> dict[str, Number]:
    results = [one.result for one in of]
    decided = [result for result in ObjectionResult if result is not ObjectionResult.EXTENDED]
    counts: dict[str, Number] = {said(result): results.count(result) for result in decided}
    return {"filed": len(of), **counts, "undecided": results.count(None), "suspending": sum(x.suspends for x in of)}


def _origins(of: Sequence[Happened]) -> dict[str, Number]:
    found = [one for one in of if one.type == "OriginDetermined"]
    places = [one.what for one in found]
    return {
        "determined": len(found),
        "here": places.count("here"),
        "elsewhere": places.count("elsewhere"),
        "exceptions": sum(one.about is not None for one in found),
        "transfers_refused": len(of) - len(found),
    }
