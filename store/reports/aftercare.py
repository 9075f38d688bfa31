"""What became of the people who got their keys: support, the call after three months, and what went wrong at home."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from domain.facts.outcome import Outcome
from domain.messages.answers import CallResult
from store.database import Source
from store.queries import query
from store.reports import happened, home
from store.reports.asked import ZONE, ReportRequest
from store.reports.figures import ALL, Figure, Frame, Number, Table, Unit, share, tabulate
from store.reports.happened import Happened
from store.reports.journeys import Journey, Journeys, groups

ROUTINE = frozenset(
    {"SupportStarted", "CallAttempted", "CallsRestarted", "FollowUpHeld", "RuleOverridden", "ReferralCorrected"}
    | {"LandingCompleted", "PlanAgreed", "TalkHeld", "FollowUpConcluded", "RetourReceived", "TaskOverdue"}
    | {"ReopeningTermEnded"},
)
"""What happens after the keys in the ordinary way, or is counted elsewhere. Every other type is counted as such."""
SUPPORT = Frame(
    "support",
    "Start of support, of the mediations of which the keys were handed over in the period",
    "which",
    (
        Figure("keys", Unit.MEDIATIONS, "Mediations with a day of the keys in the period."),
        Figure(
            "on_time",
            Unit.MEDIATIONS,
            "Of those, with the first contact at home on or before the first deadline for it: the day that the "
            "provider had agreed, or the policy's term after the keys when that is later.",
            part_of="keys",
        ),
        Figure("late", Unit.MEDIATIONS, "Of those, with the first contact after that deadline.", part_of="keys"),
        Figure("not_started", Unit.MEDIATIONS, "Of those, without a first contact reported until now.", part_of="keys"),
        Figure(
            "share_on_time",
            Unit.SHARE,
            "`on_time` as a share of `on_time` and `late` together.",
            of=("on_time", "late"),
        ),
    ),
)
CALLS = Frame(
    "calls",
    "The follow-up call, of the same mediations",
    "which",
    (
        Figure("keys", Unit.MEDIATIONS, "Mediations with a day of the keys in the period."),
        Figure("held", Unit.MEDIATIONS, "Of those, in which the client was spoken to.", part_of="keys"),
        Figure(
            "unreachable",
            Unit.MEDIATIONS,
            "Of those, closed without having spoken to the client, signed off by a person.",
            part_of="keys",
        ),
        Figure("to_come", Unit.MEDIATIONS, "Of those, open and not called with success yet.", part_of="keys"),
        Figure("ended_before", Unit.MEDIATIONS, "Of those, ended for another reason before the call.", part_of="keys"),
        Figure("attempts_without_reply", Unit.CALLS, "Calls in these mediations that nobody answered."),
    ),
)
RESULTS = Frame(
    "results",
    "What the calls told, of the same mediations",
    "result",
    (Figure("mediations", Unit.MEDIATIONS, "Mediations in which the last call that was answered had this result."),),
)
EVENTS = Frame(
    "events",
    "What else happened after the keys, in the period",
    "type of event",
    (
        Figure(
            "events",
            Unit.EVENTS,
            "Events of this type in the period, in any mediation, at or after the keys. Every type that does not "
            "belong to the ordinary way after the keys is counted, also one that later releases add.",
        ),
        Figure("mediations", Unit.MEDIATIONS, "Mediations in which they happened."),
    ),
)


class AftercareFacts(NamedTuple):
    """What this report counts."""

    journeys: Journeys
    support_due: Mapping[str, date]
    """Per mediation the first deadline of the first contact."""
    happened: list[Happened]


class Housed(NamedTuple):
    """One mediation of which the keys were handed over."""

    journey: Journey
    support_due: date | None
    calls: tuple[Happened, ...]

    @property
    def held(self) -> str | None:
        """The result of the last call in which the client was spoken to; none when that was a mistake."""
        last = next((call for call in reversed(self.calls) if call.type in {"FollowUpHeld", "FollowUpReopened"}), None)
        return last.what if last else None


async def load(source: Source, wanted: ReportRequest, journeys: Journeys) -> AftercareFacts:
    """Return the deadlines of support and everything that happened out of the ordinary."""
    due = await source.fetch(query("report_support_due"), wanted.municipality, ZONE)
    return AftercareFacts(
        journeys, {row["mediation"]: row["due_on"] for row in due}, await happened.load(source, wanted, journeys)
    )


def count(facts: AftercareFacts, wanted: ReportRequest) -> tuple[Table, ...]:
    """Count what came after the keys."""
    group = wanted.by.value if wanted.by else None
    known = tuple(groups(facts.journeys, wanted))
    housed = [(one.journey.group(wanted.by), one) for one in _housed(facts, wanted)]
    everybody = [(ALL, name, one) for name, one in housed]
    results = [(one.held, name, one) for name, one in housed if one.held]
    events = (
        (one.type, facts.journeys[one.mediation].group(wanted.by), one)
        for one in facts.happened
        if one.after_keys and one.type not in ROUTINE and wanted.covers(one.happened_on)
    )

    def number(of: Sequence[Housed]) -> dict[str, Number]:
        return {"mediations": len(of)}

    return (
        tabulate(SUPPORT, everybody, _support, items=(ALL,), group=group, groups=known),
        tabulate(CALLS, everybody, _calls, items=(ALL,), group=group, groups=known),
        tabulate(RESULTS, results, number, items=(*map(str, CallResult), ALL), group=group, groups=known),
        *home.count(facts.journeys, facts.happened, wanted),
        tabulate(EVENTS, events, _events, group=group, groups=known),
    )


def _housed(facts: AftercareFacts, wanted: ReportRequest) -> Iterator[Housed]:
    calls: dict[str, list[Happened]] = {}
    for one in facts.happened:
        if one.type in {"CallAttempted", "FollowUpHeld", "FollowUpReopened"}:
            calls.setdefault(one.mediation, []).append(one)
    for journey in facts.journeys.values():
        if wanted.covers(journey.keys_on):
            key = journey.mediation
            yield Housed(journey, facts.support_due.get(key), tuple(calls.get(key, ())))


def _support(of: Sequence[Housed]) -> dict[str, Number]:
    started = [(one.journey.support_started_on, one.support_due) for one in of]
    on_time = sum(day is not None and (due is None or day <= due) for day, due in started)
    not_started = sum(day is None for day, _ in started)
    late = len(of) - on_time - not_started
    counts: dict[str, Number] = {"keys": len(of), "on_time": on_time, "late": late, "not_started": not_started}
    return counts | {"share_on_time": share(on_time, on_time + late)}


def _calls(of: Sequence[Housed]) -> dict[str, Number]:
    held = sum(one.held is not None for one in of)
    others = [one.journey.outcome for one in of if one.held is None]
    unreachable = others.count(Outcome.HOUSED_UNREACHABLE)
    return {
        "keys": len(of),
        "held": held,
        "unreachable": unreachable,
        "to_come": others.count(None),
        "ended_before": len(others) - unreachable - others.count(None),
        "attempts_without_reply": sum(call.type == "CallAttempted" for one in of for call in one.calls),
    }


def _events(of: Sequence[Happened]) -> dict[str, Number]:
    return {"events": len(of), "mediations": len({one.mediation for one in of})}
