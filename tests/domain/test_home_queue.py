"""A home is offered to whoever comes first in the policy's order, or by a person of the municipality with a reason."""

from datetime import UTC, date, datetime

from domain.facts.absences import AbsenceKind
from domain.facts.dwelling import HomeNow, HomeRef
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import CallWaiting
from domain.policy.queue import Precedence, Turn
from domain.policy.scarce import HomeLine, HomesWanted, InLine
from domain.state import events as e
from tests.domain.case import MONDAY, NOTE, Case, along, dwelling
from tests.domain.choosing import YMERE, listed

SOONER = InLine(mediation="m-0", turn=Turn(order=(Precedence.WAITING_SINCE,), since=MONDAY))
LATER = InLine(mediation="m-9", turn=Turn(order=(Precedence.WAITING_SINCE,), since=MONDAY))


def choosing(case: Case, line: HomeLine | None, note: str | None = None) -> c.AnswerTask:
    answer = a.MatchAnswer(corporation="ymere", dwelling="D-1", note=note)
    return replace(case.answering(answer), line=line)


def test_who_is_not_the_first_is_offered_a_home_with_a_reason_only_and_those_passed_over_are_noted() -> None:
    case = along(upto="list")
    line = HomeLine(ahead=(SOONER,), following=LATER)
    refused = case.refused(choosing(case, line))
    assert (refused.rule, refused.field) == ("others_come_first", "note")
    case.do(choosing(case, line, NOTE))
    (prepared,) = case.happened(e.OfferPrepared)
    assert (prepared.passed_over, prepared.following) == ((SOONER,), LATER)
    assert prepared.turn
    assert prepared.turn.since == case.m.clocks[0].started_at


def test_the_first_is_offered_a_home_without_a_word_and_why_it_was_the_turn_is_noted() -> None:
    case = along(upto="list")
    case.do(choosing(case, HomeLine(following=LATER)))
    (prepared,) = case.happened(e.OfferPrepared)
    assert prepared.turn
    assert (prepared.passed_over, prepared.following) == ((), LATER)
    unseen = along(upto="match").happened(e.OfferPrepared)[0]
    assert '"turn"' not in unseen.model_dump_json(), "what was recorded before has the same bytes"


def test_whose_urgency_ends_soon_stands_in_line_for_that_from_a_warning_on_that_a_holiday_brings_forward() -> None:
    """Two months before 5 July is 5 May, a holiday: the warning goes out on 4 May."""
    case = Case("almere", now=datetime(2026, 1, 5, 10, tzinfo=UTC)).start().ready().positive().list()
    stood: dict[date, date | None] = {}
    while case.today < date(2026, 5, 5) and case.last.wake_at:
        case.until(case.last.wake_at)
        if case.last.homes_wanted and case.last.homes_wanted.turn:
            stood[case.today] = case.last.homes_wanted.turn.ends_on
    assert stood[date(2026, 5, 4)] == date(2026, 7, 5)
    assert [ends for day, ends in stood.items() if day < date(2026, 5, 4) and ends] == []


def test_a_corporation_that_chooses_may_not_pass_anybody_over_whatever_it_says() -> None:
    case = listed()
    case.now = case.task(TaskKind.MAKE_OFFER).due
    for note in (None, NOTE):
        given = replace(
            case.answering(a.MatchAnswer(corporation=case.task(TaskKind.MAKE_OFFER).owner, dwelling="D-1", note=note)),
            line=HomeLine(ahead=(SOONER,)),
        )
        own = replace(given, by=replace(YMERE, organisation=case.task(TaskKind.MAKE_OFFER).owner))
        refused = case.refused(own)
        assert (refused.rule, refused.field) == ("others_come_first", None)


def test_for_which_homes_somebody_waits_is_told_to_the_store_and_that_they_wait_no_more() -> None:
    case = along(upto="list")
    wanted = case.last.homes_wanted
    assert wanted
    assert wanted.turn
    assert [one.dwelling for one in wanted.homes] == ["D-1", "D-2"]
    assert not wanted.resting
    case.do(c.AddNote(by=case.municipality, note=NOTE))
    assert case.last.homes_wanted is None, "nothing changed"
    away = case.away(AbsenceKind.READMISSION).last.homes_wanted
    assert away
    assert away.resting
    assert along(upto="match").last.homes_wanted == HomesWanted()


def test_when_a_home_comes_free_those_who_wait_for_one_of_its_corporation_are_called() -> None:
    assert [one.corporation for one in along(upto="accept").done(CallWaiting)] == []
    case = along(upto="confirm").refuse()
    assert [one.corporation for one in case.done(CallWaiting)] == ["ymere"]


def test_who_is_called_asks_the_corporations_again() -> None:
    case = along(upto="list")
    lists = [effect.type for effect in case.effects].count("ListDwellings")
    case.do(c.LearnRoom(by=case.engine))
    assert [effect.type for effect in case.effects].count("ListDwellings") == lists + 1


def test_a_home_that_suits_beyond_those_shown_can_be_offered_as_it_is_now() -> None:
    case = along(upto="positive")
    homes = [dwelling(n) for n in range(1, 13)]
    case.list(*homes)
    assert len(case.m.candidates) == case.policy.offers.candidates_shown == 10
    assert case.m.further == tuple(HomeRef(corporation="ymere", dwelling=f"D-{n}") for n in (11, 12))
    answer = case.answering(a.MatchAnswer(corporation="ymere", dwelling="D-11"))
    assert case.refused(answer).rule == "dwelling_not_listed"
    dear = HomeNow(corporation="ymere", id="D-11", dwelling=dwelling(11, "ymere", rent_cents=99_000))
    assert case.refused(replace(answer, home_now=dear)).rule == "dwelling_unsuitable"
    now = HomeNow(corporation="ymere", id="D-11", dwelling=homes[10])
    case.do(replace(answer, home_now=now))
    assert case.offer.candidate.dwelling.id == "D-11"
    assert case.offer.candidate.conditions
