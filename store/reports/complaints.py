"""Complaints of how somebody was treated: how many, what was found, whether they were answered in time (Awb 9:12a)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from domain.facts.complaints import Complainant, ComplaintResult
from store.reports.asked import ReportRequest
from store.reports.figures import ALL, Figure, Frame, Number, Table, Unit, tabulate
from store.reports.happened import Happened
from store.reports.journeys import Journeys, groups

COMPLAINTS = Frame(
    "complaints",
    "Complaints filed in the period (Awb chapter 9)",
    "who complains",
    (
        Figure("filed", Unit.EVENTS, "Complaints that were noted in the period."),
        Figure("well_founded", Unit.EVENTS, "Of those, well founded.", part_of="filed"),
        Figure("partly_founded", Unit.EVENTS, "Of those, well founded in part.", part_of="filed"),
        Figure("unfounded", Unit.EVENTS, "Of those, unfounded.", part_of="filed"),
        Figure("settled", Unit.EVENTS, "Of those, settled to the complainant's content (Awb 9:5).", part_of="filed"),
        Figure("withdrawn", Unit.EVENTS, "Of those, withdrawn.", part_of="filed"),
        Figure("not_handled", Unit.EVENTS, "Of those, not handled, on a ground of the law (Awb 9:8).", part_of="filed"),
        Figure("unanswered", Unit.EVENTS, "Of those, not answered by now.", part_of="filed"),
        Figure("in_time", Unit.EVENTS, "Of all, whose answer left by the last day, as it was postponed (Awb 9:11)."),
        Figure("late", Unit.EVENTS, "Of all, whose answer left after that day, or had not left when it was over."),
        Figure("postponed", Unit.EVENTS, "Of all, of which the answer was postponed."),
    ),
)


class ComplaintCourse(NamedTuple):
    """One complaint and what became of it."""

    result: str | None
    last_day: date
    sent_on: date | None
    postponed: bool


def count(journeys: Journeys, happened: Sequence[Happened], wanted: ReportRequest) -> tuple[Table, ...]:
    """Count complaints by when they were noted, and how they stand now."""
    group, today = wanted.by.value if wanted.by else None, wanted.today

    def counted(of: Sequence[ComplaintCourse]) -> dict[str, Number]:
        results = [one.result for one in of]
        found: dict[str, Number] = {
            result.value: results.count(result.value) for result in ComplaintResult if result not in NOT_AN_ANSWER
        }
        return {
            "filed": len(of),
            **found,
            "unanswered": results.count(None),
            "in_time": sum(one.sent_on is not None and one.sent_on <= one.last_day for one in of),
            "late": sum((one.sent_on or today) > one.last_day for one in of),
            "postponed": sum(one.postponed for one in of),
        }

    courses = (
        (who, journeys[mediation].group(wanted.by), course)
        for mediation, who, filed_on, course in _courses(happened)
        if wanted.covers(filed_on)
    )
    known = tuple(groups(journeys, wanted))
    items = (*map(str, Complainant), ALL)
    return (tabulate(COMPLAINTS, courses, counted, items=items, group=group, groups=known),)


NOT_AN_ANSWER = frozenset({ComplaintResult.POSTPONED})


def _courses(happened: Iterable[Happened]) -> Iterator[tuple[str, str, date, ComplaintCourse]]:
    """Yield each complaint: of which mediation, who complains, and when it was noted."""
    found: dict[tuple[str, str], tuple[str, date, ComplaintCourse]] = {}
    for one in happened:
        if one.type not in TYPES or one.about is None or one.what is None:
            continue
        complaint, _, last_day = one.about.partition(" ")
        key = (one.mediation, complaint)
        if one.type == "ComplaintFiled":
            course = ComplaintCourse(None, date.fromisoformat(last_day), None, postponed=False)
            found[key] = (one.what, one.happened_on, course)
            continue
        who, filed_on, course = found[key]
        if one.type == "ComplaintPostponed":
            course = course._replace(last_day=date.fromisoformat(one.what), postponed=True)
        elif one.type == "ComplaintAnswered":
            course = course._replace(result=one.what)
        else:
            course = course._replace(sent_on=date.fromisoformat(one.what))
        found[key] = (who, filed_on, course)
    for (mediation, _), (who, filed_on, course) in found.items():
        yield mediation, who, filed_on, course


TYPES = frozenset({"ComplaintFiled", "ComplaintPostponed", "ComplaintAnswered", "ComplaintAnswerSent"})
