"""How long it takes from referral and urgency to the keys, and from the keys to the first contact (doorlooptijd)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from store.database import Source
from store.queries import query
from store.reports.asked import ReportRequest
from store.reports.figures import Figure, Frame, Number, Table, Unit, mean, middle, ninetieth, share, tabulate
from store.reports.journeys import Journey, Journeys, groups

DAY = timedelta(days=1)
REFERRAL_TO_KEYS = "referral_to_keys"
URGENCY_TO_KEYS = "urgency_to_keys"
KEYS_TO_SUPPORT = "keys_to_support"
SPANS = (REFERRAL_TO_KEYS, URGENCY_TO_KEYS, KEYS_TO_SUPPORT)
FRAME = Frame(
    "leadtime",
    "Lead time of the mediations of which the keys were handed over in the period",
    "span",
    (
        Figure(
            "mediations",
            Unit.MEDIATIONS,
            "Mediations with a day of the keys in the period, in which both ends of the span are known.",
        ),
        Figure(
            "median_days",
            Unit.DAYS,
            "The median of calendar days from the first to the second day of the span.",
            of=("mediations",),
        ),
        Figure(
            "p90_days",
            Unit.DAYS,
            "The smallest number of days that at least nine of ten mediations did not exceed.",
            of=("mediations",),
        ),
        Figure(
            "suspended_days",
            Unit.MEAN,
            "The mean number of days within the span, per mediation, on which any clock (decision term, urgency, "
            "housing target) stood still. They are not taken from the other figures.",
            of=("mediations",),
        ),
        Figure(
            "within_target",
            Unit.MEDIATIONS,
            "Of those, with keys on or before the last day of the housing target as the policy set it when the urgency "
            "was granted (six months in the policies that come with this program). Only from urgency to keys.",
            part_of="mediations",
        ),
        Figure(
            "after_target",
            Unit.MEDIATIONS,
            "Of those, with keys after the last day of the housing target. Only from urgency to keys.",
            part_of="mediations",
        ),
        Figure(
            "share_within_target",
            Unit.SHARE,
            "`within_target` as a share of `within_target` and `after_target` together.",
            of=("within_target", "after_target"),
        ),
    ),
)


MONTH = 30
"""Days of a bin."""
LAST_BIN = 12
BINS = (*(f"{n * MONTH + 1}-{(n + 1) * MONTH}" for n in range(LAST_BIN)), f"over {LAST_BIN * MONTH}")
"""Of thirty days each; the first begins with the day itself."""
DISTRIBUTION = Frame(
    "leadtime_bins",
    "The same lead times in bins of thirty days",
    "span, and its number of days",
    (Figure("mediations", Unit.MEDIATIONS, "Mediations with a lead time of so many days; 0 stands in the first bin."),),
)


class LeadTime(NamedTuple):
    """How long it took one mediation."""

    days: int
    suspended: float
    in_target: bool | None
    """None: this span has no target."""


class LeadtimeFacts(NamedTuple):
    """What this report counts."""

    journeys: Journeys
    pauses: Mapping[str, list[tuple[datetime, datetime]]]
    """Per mediation when some clock stood still, without overlap, in order."""


async def load(source: Source, wanted: ReportRequest, journeys: Journeys) -> LeadtimeFacts:
    """Return when clocks stood still."""
    stretches: dict[str, list[tuple[datetime, datetime]]] = {}
    since: dict[tuple[str, str], datetime] = {}
    for row in await source.fetch(query("report_pauses"), wanted.municipality):
        clock = (row["mediation"], row["clock"])
        if row["type"] == "ClockSuspended":
            since.setdefault(clock, row["at"])
        elif began := since.pop(clock, None):
            stretches.setdefault(row["mediation"], []).append((began, row["at"]))
    for (mediation, _), began in since.items():
        stretches.setdefault(mediation, []).append((began, wanted.now))
    return LeadtimeFacts(journeys, {mediation: _merged(found) for mediation, found in stretches.items()})


def count(facts: LeadtimeFacts, wanted: ReportRequest) -> tuple[Table, ...]:
    """Count the lead times."""
    spans = [
        (name, journey.group(wanted.by), span)
        for journey in facts.journeys.values()
        if wanted.covers(journey.keys_on)
        for name, span in _spans(journey, facts.pauses.get(journey.mediation, []))
    ]
    bins = ((f"{name} {_bin(span.days)}", of, span) for name, of, span in spans)
    every = [f"{name} {days}" for name in SPANS for days in BINS]
    group = wanted.by.value if wanted.by else None
    known = groups(facts.journeys, wanted)
    return (
        tabulate(FRAME, spans, _measure, items=SPANS, group=group, groups=known),
        tabulate(DISTRIBUTION, bins, lambda of: {"mediations": len(of)}, items=every, group=group, groups=known),
    )


def _bin(days: int) -> str:
    return BINS[min(max(days - 1, 0) // MONTH, LAST_BIN)]


def _spans(journey: Journey, pauses: list[tuple[datetime, datetime]]) -> Iterator[tuple[str, LeadTime]]:
    keys_on, keys_at = journey.keys_on, journey.keys_at
    if keys_on is None or keys_at is None:
        return
    yield (
        REFERRAL_TO_KEYS,
        LeadTime((keys_on - journey.referred_on).days, _within(pauses, journey.opened_at, keys_at), None),
    )
    if journey.urgency_on and journey.urgency_at:
        target = journey.housing_target_on
        in_target = keys_on <= target if target else None
        suspended = _within(pauses, journey.urgency_at, keys_at)
        yield URGENCY_TO_KEYS, LeadTime((keys_on - journey.urgency_on).days, suspended, in_target)
    if journey.support_started_on:
        days = (journey.support_started_on - keys_on).days
        yield KEYS_TO_SUPPORT, LeadTime(days, _within(pauses, keys_at, keys_at + days * DAY), None)


def _within(pauses: list[tuple[datetime, datetime]], start: datetime, end: datetime) -> float:
    return sum(max((min(end, until) - max(start, since)) / DAY, 0.0) for since, until in pauses)


def _merged(stretches: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    merged: list[tuple[datetime, datetime]] = []
    for since, until in sorted(stretches):
        if merged and since <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(until, merged[-1][1]))
        else:
            merged.append((since, until))
    return merged


def _measure(spans: Sequence[LeadTime]) -> dict[str, Number]:
    days = [span.days for span in spans]
    targets = [span.in_target for span in spans if span.in_target is not None]
    return {
        "mediations": len(spans),
        "median_days": middle(days),
        "p90_days": ninetieth(days),
        "suspended_days": mean([span.suspended for span in spans]),
        "within_target": sum(targets) if targets else None,
        "after_target": len(targets) - sum(targets) if targets else None,
        "share_within_target": share(sum(targets), len(targets)),
    }
