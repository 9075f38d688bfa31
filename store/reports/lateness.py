"""Which decisions were too late: terms of the law that were broken, and the penalties that followed."""

from collections.abc import Iterator, Sequence

from domain.facts.clocks import ClockKind
from domain.facts.default_notice import LateDecision
from store.reports.asked import ReportRequest
from store.reports.figures import ALL, Figure, Frame, Number, Table, Unit, tabulate
from store.reports.happened import Happened
from store.reports.journeys import Journeys, groups

LATE = Frame(
    "late_decisions",
    "Decisions that were too late (Awb 4:13, 4:17, 7:10)",
    "which decision",
    (
        Figure("broken", Unit.EVENTS, "Times that a term to decide ended in the period without a decision."),
        Figure("notices", Unit.EVENTS, "Notices of default that came in, by the day on which they were noted."),
        Figure("penalties", Unit.EVENTS, "Penalties that ended in the period, with one day owed or more."),
        Figure("penalty_days", Unit.DAYS, "The days for which these are owed, together.", of=("penalties",)),
        Figure("penalty_cents", Unit.CENTS, "What they come to, together, in cents.", of=("penalties",)),
    ),
)


def count(journeys: Journeys, happened: Sequence[Happened], wanted: ReportRequest) -> tuple[Table, ...]:
    """Count terms that were broken, notices of default and penalties, by when they happened."""
    group = wanted.by.value if wanted.by else None
    late = ((which, journeys[one.mediation].group(wanted.by), one) for which, one in _late(happened, wanted))
    items = (*map(str, LateDecision), ALL)
    known = tuple(groups(journeys, wanted))
    return (tabulate(LATE, late, _counted, items=items, group=group, groups=known),)


def _late(happened: Sequence[Happened], wanted: ReportRequest) -> Iterator[tuple[str, Happened]]:
    for one in happened:
        if not wanted.covers(one.happened_on):
            continue
        if one.type == "ClockExpired" and one.what == ClockKind.DECISION_TERM:
            yield LateDecision.URGENCY.value, one
        elif one.type == "TaskOverdue":
            yield LateDecision.OBJECTION.value, one
        elif one.type in {"DefaultNoticeReceived", "PenaltyEnded"}:
            yield str(one.what), one


def _counted(of: Sequence[Happened]) -> dict[str, Number]:
    kinds = [one.type for one in of]
    owed = [one for one in of if one.cents]
    return {
        "broken": kinds.count("ClockExpired") + kinds.count("TaskOverdue"),
        "notices": kinds.count("DefaultNoticeReceived"),
        "penalties": len(owed),
        "penalty_days": sum(int(one.about or 0) for one in owed),
        "penalty_cents": sum(one.cents or 0 for one in owed),
    }
