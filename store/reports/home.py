"""What went wrong at home and what became of it: signals, absences, the lease in the own name, and the end."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from domain.facts.absences import AbsenceKind
from domain.facts.outcome import Outcome
from domain.facts.signals import SignalKind
from store.reports.asked import ReportRequest
from store.reports.figures import ALL, Figure, Frame, Number, Table, Unit, middle, tabulate
from store.reports.happened import Happened
from store.reports.journeys import Journeys, groups

SIGNALS = Frame(
    "signals",
    "Signals of trouble at home that were told in the period",
    "kind of signal",
    (
        Figure("told", Unit.EVENTS, "Signals of this kind that were told in the period."),
        Figure("calmed", Unit.EVENTS, "Of those, calmed until now.", part_of="told"),
        Figure(
            "handed_over", Unit.EVENTS, "Of those, handed over: others go on with it, outside this.", part_of="told"
        ),
        Figure("open", Unit.EVENTS, "Of those, worked on now.", part_of="told"),
        Figure("ended", Unit.EVENTS, "Of those, neither before the mediation ended.", part_of="told"),
        Figure("not_passed_on", Unit.EVENTS, "Of all, arrears not passed on: the tenant objected."),
        Figure("mediations", Unit.MEDIATIONS, "Mediations in which they were told."),
    ),
)
ABSENCES = Frame(
    "absences",
    "Absences from home that were told in the period",
    "kind of absence",
    (
        Figure("began", Unit.EVENTS, "Absences of this kind that were told in the period."),
        Figure("returned", Unit.EVENTS, "Of those, of which the client came back.", part_of="began"),
        Figure("away", Unit.EVENTS, "Of those, that go on now.", part_of="began"),
        Figure("ended", Unit.EVENTS, "Of those, that went on when the mediation ended.", part_of="began"),
        Figure("median_days", Unit.DAYS, "Of those who came back: the median of the days away.", of=("returned",)),
    ),
)
OWN_LEASE = Frame(
    "own_lease",
    "The lease in the client's own name (omklap), in the period",
    "which",
    (
        Figure("converted", Unit.MEDIATIONS, "Mediations in which it came in the period."),
        Figure("extended", Unit.MEDIATIONS, "Mediations in which it was put off, once or more."),
        Figure("left", Unit.MEDIATIONS, "Mediations in which it did not come, and the engine left it at that."),
    ),
)
ENDS = Frame(
    "ends",
    "How the mediations ended after the keys that ended in the period",
    "outcome",
    (Figure("mediations", Unit.MEDIATIONS, "Mediations that ended in the period after the keys, with this outcome."),),
)
CONVERSION = {"LeaseConverted": "converted", "ConversionExtended": "extended", "ConversionLeft": "left"}


class Signalled(NamedTuple):
    """One signal and what became of it."""

    mediation: str
    state: str
    objected: bool


class AbsenceLength(NamedTuple):
    """One absence."""

    state: str
    days: int | None
    """None as long as the client has not come back."""


def count(journeys: Journeys, happened: Sequence[Happened], wanted: ReportRequest) -> tuple[Table, ...]:
    """Count what went wrong, by when it was told, and how it stands now."""
    group = wanted.by.value if wanted.by else None
    known = tuple(groups(journeys, wanted))
    own_lease = (
        (ALL, journeys[one.mediation].group(wanted.by), one)
        for one in happened
        if one.type in CONVERSION and wanted.covers(one.happened_on)
    )
    ends = (
        (str(one.outcome), one.group(wanted.by), one)
        for one in journeys.values()
        if one.keys_on and wanted.covers(one.closed_on)
    )
    kinds, absences = (*map(str, SignalKind), ALL), (*map(str, AbsenceKind), ALL)
    failed = (str(Outcome.PLACEMENT_FAILED), ALL)
    told, gone = _signals(journeys, happened, wanted), _absences(journeys, happened, wanted)
    return (
        tabulate(SIGNALS, told, _told, items=kinds, group=group, groups=known),
        tabulate(ABSENCES, gone, _gone, items=absences, group=group, groups=known),
        tabulate(OWN_LEASE, own_lease, _leased, items=(ALL,), group=group, groups=known),
        tabulate(ENDS, ends, lambda of: {"mediations": len(of)}, items=failed, group=group, groups=known),
    )


def _signals(
    journeys: Journeys, happened: Iterable[Happened], wanted: ReportRequest
) -> Iterator[tuple[str, str, Signalled]]:
    became: dict[tuple[str, str | None], set[str]] = {}
    told: list[Happened] = []
    for one in happened:
        if one.type == "SignalReported":
            told.append(one)
        elif one.type in {"SignalCalmed", "SignalHandedOver", "ArrearsNotPassedOn"}:
            became.setdefault((one.mediation, one.about), set()).add(one.type)
    for one in told:
        if wanted.covers(one.happened_on):
            journey, types = journeys[one.mediation], became.get((one.mediation, one.about), set())
            state = "ended" if journey.outcome else "open"
            state = "calmed" if "SignalCalmed" in types else "handed_over" if "SignalHandedOver" in types else state
            signal = Signalled(one.mediation, state, "ArrearsNotPassedOn" in types)
            yield str(one.what), journey.group(wanted.by), signal


def _absences(
    journeys: Journeys, happened: Iterable[Happened], wanted: ReportRequest
) -> Iterator[tuple[str, str, AbsenceLength]]:
    going_on: dict[str, Happened] = {}
    pairs: list[tuple[Happened, Happened | None]] = []
    for one in happened:
        if one.type == "AbsenceStarted":
            going_on[one.mediation] = one
        elif one.type == "AbsenceEnded":
            pairs.append((going_on.pop(one.mediation), one))
    pairs += [(one, None) for one in going_on.values()]
    for began, ended in pairs:
        if wanted.covers(began.happened_on):
            journey = journeys[began.mediation]
            days = (_day(ended) - _day(began)).days if ended else None
            state = "returned" if ended else "ended" if journey.outcome else "away"
            yield str(began.what), journey.group(wanted.by), AbsenceLength(state, days)


def _day(one: Happened) -> date:
    return date.fromisoformat(str(one.about))


def _told(of: Sequence[Signalled]) -> dict[str, Number]:
    states = [one.state for one in of]
    counts: dict[str, Number] = {name: states.count(name) for name in ("calmed", "handed_over", "open", "ended")}
    objected = sum(one.objected for one in of)
    return {"told": len(of), **counts, "not_passed_on": objected, "mediations": len({one.mediation for one in of})}


def _gone(of: Sequence[AbsenceLength]) -> dict[str, Number]:
    states = [one.state for one in of]
    counts: dict[str, Number] = {name: states.count(name) for name in ("returned", "away", "ended")}
    return {"began": len(of), **counts, "median_days": middle([one.days for one in of if one.days is not None])}


def _leased(of: Sequence[Happened]) -> dict[str, Number]:
    return {name: len({one.mediation for one in of if one.type == type_}) for type_, name in CONVERSION.items()}
