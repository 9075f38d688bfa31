"""Statutory terms against a table of dated cases, made from the statutes alone by somebody who had not read our code.

`statutory_terms.csv` is never changed: its hash stands here. `docs/terms.md` says how the articles are read.
"""

import csv
import hashlib
import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest

from domain.facts import terms
from domain.facts.calendar import Calendar, Reckoning, Term, TermUnit
from domain.facts.decrees import DECREE_DAYS, DECREED, DECREED_TO, KNOWN_TO
from domain.facts.terms import DAY, Standstill, TermEnd
from domain.facts.value import replace

TABLE = Path(__file__).with_name("statutory_terms.csv")
FROZEN = "bc3eacaa495db8b9067b4fd1aada24eab1d9fdec1f5e64fc311a6670ab9a5733"
LAW = Calendar(decree_days=DECREE_DAYS, reckoning=Reckoning.BY_LAW, known_to=KNOWN_TO)
ZONE = ZoneInfo("Europe/Amsterdam")


class Row(NamedTuple):
    id: str
    kind: str
    inputs: dict[str, Any]
    expected: dict[str, Any]


def rows() -> list[Row]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [
            Row(row["id"], row["kind"], json.loads(row["inputs"]), json.loads(row["expected"]))
            for row in csv.DictReader(file)
        ]


def day(text: str) -> date:
    return date.fromisoformat(text)


def maybe(text: str | None) -> date | None:
    return day(text) if text else None


def length(given: dict[str, Any]) -> Term:
    """The term that a row names, in the unit in which it is set."""
    if "years" in given:
        return Term(amount=12 * given["years"], unit=TermUnit.MONTHS)
    unit = next(unit for unit in TermUnit if unit.value in given)
    return Term(amount=given[unit.value], unit=unit)


def end(start: date, term: Term, given: dict[str, Any]) -> TermEnd:
    """Where a term ends: one set by an ordinance only rolls on if that says so, as a clock with `statutory`."""
    if given.get("set_by") != "municipal_ordinance" or given.get("atw_declared_applicable"):
        return terms.end(LAW, start, term)
    return TermEnd(LAW.add(start, term), LAW.add(start, term))


def weeks(amount: int) -> Term:
    return Term(amount=amount, unit=TermUnit.WEEKS)


def plain(given: dict[str, Any]) -> dict[str, object]:
    if "event_at" in given:
        at = datetime.fromisoformat(given["event_at"]).replace(tzinfo=ZONE)
        ends = terms.deadline(LAW, at, length(given)).astimezone(ZONE)
        return {"ends_at": f"{ends:%Y-%m-%dT%H:%M}", "rolled": False}
    if "counted_back_from" in given:
        back = LAW.subtract(day(given["counted_back_from"]), length(given))
        return {"unrolled": back, "day": back, "rolled": False}
    start = day(given["event"])
    ending = end(start, length(given), given)
    assert LAW.today(terms.deadline(LAW, LAW.at(start, LAW.opens), length(given))) == ending.last_day
    return {**ending._asdict(), "rolled": ending.last_day != ending.unrolled}


def decision_term(given: dict[str, Any]) -> dict[str, object]:
    ending = end(day(given["received"]), length(given), given)
    if "extension_weeks" in given:
        ending = end(ending.last_day, weeks(given["extension_weeks"]), given)
    return {**ending._asdict(), "rolled": ending.last_day != ending.unrolled}


TELL = {"4:15 lid 1 a": (False, False), "4:15 lid 1 b": (False, True), "4:15 lid 2 a": (False, False)} | {
    "4:15 lid 2 b": (False, True),
    "4:15 lid 2 c": (True, True),
}
"""Awb 4:15 lid 3 and 4: whether the start and the end must be told. The product knows no grounds that must be told
when they start, and tells of every end."""


def standstill(one: dict[str, Any]) -> list[Standstill]:
    if "from" in one:
        return [Standstill(day(one["from"]), day(one["to"]))]
    if one["ground"] == "4:15 lid 1 a" and not one["given_until"]:
        return []  # No term was given: the product always gives one.
    until = maybe(one.get("given_until")) or day(one["completed"])
    return [terms.while_asked(day(one["asked"]), until, maybe(one["completed"]))]


def suspension(given: dict[str, Any]) -> dict[str, object]:
    received = day(given["received"])
    first = end(received, length(given), given)
    pauses = [pause for one in given["suspensions"] for pause in standstill(one)]
    last = terms.stood_still(LAW, received, first, pauses)
    tell = [TELL[one["ground"]] for one in given["suspensions"]]
    starts, ends = (any(said) for said in zip(*tell, strict=True))
    days = (last.unrolled - first.unrolled).days
    return {**last._asdict(), "suspended_days": days, "must_tell_start": starts, "must_tell_end": ends}


def not_processed(given: dict[str, Any]) -> dict[str, object]:
    until, completed = day(given["given_until"]), maybe(given["completed"])
    last = terms.not_processed(LAW, until, completed)
    known = maybe(given.get("made_known"))
    unrolled = LAW.add(min(until, completed or until), terms.NOT_PROCESSED)
    return {"unrolled": unrolled, "last_day": last, "in_time": known is not None and known <= last}


def extension(given: dict[str, Any]) -> dict[str, object]:
    first = terms.end(LAW, day(given["received"]), length(given)).last_day
    in_time = day(given["told"]) <= first
    said: dict[str, object] = {"first_last_day": first, "told_in_time": in_time}
    if "named_day" in given:  # Awb 4:14 lid 3: the municipality names the day.
        return {**said, "last_day": day(given["named_day"]) if in_time else first}
    longest = weeks(6)
    valid = in_time and given["nth_extension"] == 1 and given["extension_weeks"] <= longest.amount
    last = terms.end(LAW, first, weeks(given["extension_weeks"])).last_day if valid else first
    return {**said, "valid": valid, "last_day": last}


def penalty(given: dict[str, Any]) -> dict[str, object]:
    last_day, notice = day(given["decision_term_last_day"]), day(given["notice_received"])
    run = terms.penalty(last_day, notice)
    if run is None:
        return {"valid": False, "first_day": None}
    until = maybe(given.get("no_decision_up_to_and_including")) or run.last
    euros = run.cents(until) / 100
    return {
        "valid": True,
        "first_day": run.first,
        "last_day_at_most": run.last,
        "maximum_eur": run.cents(run.last) / 100,
        "days": run.days(until),
        "amount_eur": euros,
        "amount_each_eur": euros / given.get("applicants", 1),
        "fix_by": terms.end(LAW, run.last, weeks(2)).last_day,
    }


def objection_term(given: dict[str, Any]) -> dict[str, object]:
    known = day(given["made_known"])
    last = terms.objection(LAW, known)
    said: dict[str, object] = {"first_day": known + DAY, "unrolled": LAW.add(known, terms.OBJECTION), "last_day": last}
    received = maybe(given.get("received"))
    if received is None:
        return said
    if "decided" in given:  # Awb 6:10: too early is not too late, if there was a decision or it could seem so.
        fair = day(given["decided"]) <= received or given["could_reasonably_think_decided"]
        return {**said, "premature": received <= known, "admissible_as_to_time": fair}
    in_time = terms.in_time(last, received, maybe(given.get("posted")))
    return {**said, "in_time": in_time, "only_if_excusable_6_11": not in_time}


def objection_decision(given: dict[str, Any]) -> dict[str, object]:
    until = terms.objection(LAW, day(given["made_known"]))
    ending = first = terms.on_objection(LAW, until, committee=given["committee_7_13"])
    if omission := given.get("omission_6_6"):
        still = terms.while_asked(*(day(omission[name]) for name in ("asked", "given_until", "repaired")))
        ending = terms.stood_still(LAW, until, first, [still])
    if amount := given.get("extension_weeks"):
        ending = terms.end(LAW, first.last_day, weeks(amount))
    return {
        "objection_last_day": until,
        "first_day": until + DAY,
        "unrolled": ending.unrolled,
        "last_day_before_extension": first.last_day,
        "last_day": maybe(given.get("consented_until")) or ending.last_day,
        "must_tell_in_writing_7_10_lid_5": True,
    }


def hearing(given: dict[str, Any]) -> dict[str, object]:
    held = day(given["hearing"])
    papers = LAW.subtract(held, Term(amount=10, unit=TermUnit.DAYS)) - DAY
    open_from = LAW.subtract(held, weeks(1))
    received, laid = maybe(given.get("papers_received")), maybe(given.get("laid_open_from_start_of"))
    return {
        "last_day_for_papers": papers,
        "open_from_at_the_latest": open_from,
        "in_time": received is not None and received <= papers,
        "long_enough": laid is not None and laid <= open_from,
    }


def age(given: dict[str, Any]) -> dict[str, object]:
    return {"age": terms.age(day(given["born"]), day(given["on"]))}


def working_days(given: dict[str, Any]) -> dict[str, object]:
    return {"last_day": LAW.add(day(given["from"]), Term(amount=given["working_days"], unit=TermUnit.WORKING_DAYS))}


KINDS: dict[str, Callable[[dict[str, Any]], dict[str, object]]] = {
    **dict.fromkeys((f"plain_term_{unit}" for unit in ("hours", "days", "weeks", "months", "years")), plain),
    "decision_term": decision_term,
    "suspension": suspension,
    "not_processed": not_processed,
    "extension": extension,
    "penalty": penalty,
    "objection_term": objection_term,
    "objection_decision": objection_decision,
    "hearing": hearing,
    "age": age,
    "working_days": working_days,
}
ON_PURPOSE: dict[str, str] = {}
"""Rows that are decided otherwise here, with the reason: none."""


def test_the_table_is_the_one_that_was_frozen() -> None:
    assert hashlib.sha256(TABLE.read_bytes()).hexdigest() == FROZEN
    assert len(rows()) == 507


@pytest.mark.parametrize("kind", KINDS)
def test_every_row_of_the_table_is_counted_so(kind: str) -> None:
    of_kind = [row for row in rows() if row.kind == kind and row.id not in ON_PURPOSE]
    assert of_kind
    wrong = {}
    for row in of_kind:
        counted = KINDS[kind](row.inputs)
        said = {name: str(counted[name]) if isinstance(counted[name], date) else counted[name] for name in row.expected}
        if said != row.expected:
            wrong[row.id] = (said, row.expected)
    assert wrong == {}


def test_the_table_has_no_other_kinds() -> None:
    assert {row.kind for row in rows()} == set(KINDS)


def test_a_term_ends_with_the_last_second_of_its_last_day() -> None:
    noon = datetime(2026, 5, 18, 12, tzinfo=ZONE)
    ends = terms.deadline(LAW, noon, weeks(8)).astimezone(ZONE)
    assert (ends.date(), f"{ends:%H:%M:%S}") == (date(2026, 7, 13), "23:59:59")


def test_a_town_halls_own_closing_days_move_no_term_of_the_law() -> None:
    closed = replace(LAW, closing_days=(date(2026, 7, 13),))
    assert terms.end(closed, date(2026, 5, 18), weeks(8)).last_day == date(2026, 7, 13)
    assert closed.working_day_from(date(2026, 7, 13)) == date(2026, 7, 14)


def test_of_a_year_without_holidays_no_term_is_counted() -> None:
    assert terms.end(LAW, date(KNOWN_TO, 10, 1), weeks(8)).last_day.year == KNOWN_TO
    with pytest.raises(terms.YearUnknown) as unknown:
        terms.end(LAW, date(KNOWN_TO, 12, 1), weeks(8))
    assert unknown.value.day.year == KNOWN_TO + 1


def test_every_year_is_decreed_with_its_source_or_said_to_be_not_yet() -> None:
    assert list(DECREED) == list(range(min(DECREED), KNOWN_TO + 1))
    for year, decree in DECREED.items():
        assert (decree is not None) == (year <= DECREED_TO)
        if decree:
            assert {one.year for one in decree.days} == {year}
            assert decree.source.startswith("Besluit gelijkstelling van ")
            assert all(LAW.is_working_day(one) is False and one.weekday() < 5 for one in decree.days)
