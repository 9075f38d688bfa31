"""What a council asks (raadsrapportage): outflow, outcomes, urgencies, objections, complaints, late decisions, rules
set aside, deadlines kept.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from domain.facts.clocks import ClockKind
from domain.facts.outcome import Outcome
from domain.facts.rules import Overridable
from store.database import Source
from store.reports import complaints, happened, lateness, objections, tasks
from store.reports.asked import ReportRequest
from store.reports.figures import ALL, Figure, Frame, Number, Table, Unit, share, tabulate
from store.reports.happened import Happened
from store.reports.journeys import Journey, Journeys, groups
from store.reports.tasks import TaskFact

OPEN = "open"
"""The item of mediations that have not ended."""
OUTFLOW = "outflow"
REFERRED = "referred"
ENDED = "ended"
FLOW = Frame(
    "flow",
    "Referrals, people housed and mediations ended in the period",
    "what happened in the period: `referred`, `outflow` (the day of the keys) or `ended`",
    (
        Figure("mediations", Unit.MEDIATIONS, "Mediations, that is households, with that day in the period."),
        Figure("people", Unit.PEOPLE, "Everybody in these households, by the last recorded household size."),
    ),
)
OUTCOMES = Frame(
    "outcomes",
    "How the mediations ended that ended in the period",
    "outcome",
    (
        Figure(
            "mediations",
            Unit.MEDIATIONS,
            "Mediations that ended in the period with this one outcome; `all` is their sum.",
        ),
        Figure("people", Unit.PEOPLE, "Everybody in these households."),
    ),
)
CASES = Frame(
    "cases",
    "How the mediations stand now that were referred in the period",
    "outcome, or open",
    (
        Figure(
            "mediations",
            Unit.MEDIATIONS,
            "Mediations referred in the period that have this outcome now; `open`: not ended; `all`: each of them.",
        ),
        Figure("people", Unit.PEOPLE, "Everybody in these households."),
    ),
)
URGENCIES = Frame(
    "urgencies",
    "Urgencies",
    "which",
    (
        Figure("granted", Unit.MEDIATIONS, "Mediations whose urgency was granted in the period."),
        Figure("extended", Unit.MEDIATIONS, "Mediations whose urgency was extended in the period, once or more."),
        Figure(
            "expired",
            Unit.MEDIATIONS,
            "Mediations in which an urgency ran out in the period (it may be extended after).",
        ),
        Figure(
            "expired_without_offer",
            Unit.MEDIATIONS,
            "Of those, in which no corporation had confirmed any offer before: the client could not help it.",
            part_of="expired",
        ),
        Figure("expired_after_offer", Unit.MEDIATIONS, "Of those, the others.", part_of="expired"),
    ),
)
OVERRIDES = Frame(
    "overrides",
    "Rules set aside in the period (hardheidsclausule)",
    "rule",
    (
        Figure("times", Unit.EVENTS, "How many times a person set this rule aside in a mediation, with a reason."),
        Figure("mediations", Unit.MEDIATIONS, "Mediations in which that was done."),
    ),
)
DEADLINES = Frame(
    "deadlines",
    "Deadlines kept, by kind of task",
    "kind of task",
    (
        Figure("answered", Unit.TASKS, "Tasks that were answered in the period."),
        Figure("met", Unit.TASKS, "Of those, answered before any deadline of theirs went by.", part_of="answered"),
        Figure(
            "missed",
            Unit.TASKS,
            "Of those, answered after a deadline went by; more time given after that does not mend it.",
            part_of="answered",
        ),
        Figure("share_met", Unit.SHARE, "`met` as a share of `answered`.", of=("met", "missed", "answered")),
        Figure(
            "open_overdue", Unit.TASKS, "Tasks that are open and past their deadline now, whenever they were asked."
        ),
    ),
)


class CouncilFacts(NamedTuple):
    """What this report counts."""

    journeys: Journeys
    happened: list[Happened]
    tasks: list[TaskFact]


async def load(source: Source, wanted: ReportRequest, journeys: Journeys) -> CouncilFacts:
    """Return what happened out of the ordinary, and the tasks that are open or ended in the period."""
    exceptions = await happened.load(source, wanted, journeys)
    return CouncilFacts(journeys, exceptions, await tasks.load(source, wanted, journeys))


def count(facts: CouncilFacts, wanted: ReportRequest) -> tuple[Table, ...]:
    """Count what the council asks. Deadlines are by owner, unless something else is asked for."""
    by = wanted.by
    group = by.value if by else None
    known = tuple(groups(facts.journeys, wanted))
    own = [(journey.group(by), journey) for journey in facts.journeys.values()]
    ended = ((str(one.outcome), name, one) for name, one in own if wanted.covers(one.closed_on))
    referred = ((one.outcome or OPEN, name, one) for name, one in own if wanted.covers(one.referred_on))
    urgencies = ((ALL, facts.journeys[one].group(by), (one, what)) for one, what in _urgencies(facts, wanted))
    overrides = (
        (str(one.what), facts.journeys[one.mediation].group(by), one)
        for one in facts.happened
        if one.type == "RuleOverridden" and wanted.covers(one.happened_on)
    )
    relevant = [task for task in facts.tasks if _counts(task, wanted)]
    deadlines = ((task.kind, facts.journeys[task.mediation].group(by) if by else task.owner, task) for task in relevant)
    outcomes = (*map(str, Outcome), ALL)

    def kept(of: Sequence[TaskFact]) -> dict[str, Number]:
        answered = [task.missed for task in of if task.answered and wanted.covers(task.closed_on)]
        met = answered.count(False)
        counts: dict[str, Number] = {"answered": len(answered), "met": met, "missed": len(answered) - met}
        return counts | {"share_met": share(met, len(answered)), "open_overdue": sum(not t.closed_at for t in of)}

    return (
        tabulate(FLOW, _flow(facts, wanted), _households, items=(REFERRED, OUTFLOW, ENDED), group=group, groups=known),
        tabulate(OUTCOMES, ended, _households, items=outcomes, group=group, groups=known),
        tabulate(CASES, referred, _households, items=(*outcomes[:-1], OPEN, ALL), group=group, groups=known),
        tabulate(URGENCIES, urgencies, _urgency, items=(ALL,), group=group, groups=known),
        *objections.count(facts.journeys, facts.happened, wanted),
        *complaints.count(facts.journeys, facts.happened, wanted),
        *lateness.count(facts.journeys, facts.happened, wanted),
        tabulate(OVERRIDES, overrides, _overridden, items=tuple(map(str, Overridable)), group=group, groups=known),
        tabulate(DEADLINES, deadlines, kept, items=(ALL,), group=group or "owner", groups=known),
    )


def _flow(facts: CouncilFacts, wanted: ReportRequest) -> Iterator[tuple[str, str, Journey]]:
    for one in facts.journeys.values():
        for what, day in ((REFERRED, one.referred_on), (OUTFLOW, one.keys_on), (ENDED, one.closed_on)):
            if wanted.covers(day):
                yield what, one.group(wanted.by), one


def _urgencies(facts: CouncilFacts, wanted: ReportRequest) -> Iterator[tuple[str, str]]:
    """Yield each mediation with what became of its urgency in the period."""
    offered: set[str] = set()
    for one in facts.happened:
        if one.type == "OfferPlaced":
            offered.add(one.mediation)
        elif not wanted.covers(one.happened_on):
            continue
        elif one.type == "UrgencyGranted":
            yield one.mediation, "granted"
        elif one.type == "ClockExtended" and one.what == ClockKind.URGENCY:
            yield one.mediation, "extended"
        elif one.type == "ClockExpired" and one.what == ClockKind.URGENCY:
            yield one.mediation, "expired"
            if one.mediation not in offered:
                yield one.mediation, "expired_without_offer"


def _counts(task: TaskFact, wanted: ReportRequest) -> bool:
    if task.closed_at is None:
        return task.due < wanted.now
    return task.answered and wanted.covers(task.closed_on)


def _households(of: Sequence[Journey]) -> dict[str, Number]:
    return {"mediations": len(of), "people": sum(journey.people for journey in of)}


def _urgency(of: Sequence[tuple[str, str]]) -> dict[str, Number]:
    by_what = {name: len({one for one, what in of if what == name}) for name in ("granted", "extended", "expired")}
    without = len({one for one, what in of if what == "expired_without_offer"})
    return {**by_what, "expired_without_offer": without, "expired_after_offer": by_what["expired"] - without}


def _overridden(of: Sequence[Happened]) -> dict[str, Number]:
    return {"times": len(of), "mediations": len({one.mediation for one in of})}
