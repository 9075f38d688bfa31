"""The team of the home's district receives the client: it gets the notice, the visit and what follows from the call.

Source: in Almere "the district teams were not aware of who came to live in a neighbourhood"; since then they are told
before the keys. The team that assessed is another party.
"""

from datetime import timedelta

import pytest

from domain.facts.absences import AbsenceKind
from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import Role
from domain.facts.signals import SignalKind
from domain.facts.tasks import TaskKind
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import AskAssessment, GiveNotice, Letter, RequestSupport
from domain.state import events as e
from domain.state.fold import fold
from tests.domain.case import MONDAY, NOTE, STEPS, Case, actor, dwelling

WEST, EAST = "wijkteam-west", "wijkteam-oost"
"""The first assesses; the second serves the district of the home."""


def along(upto: str, support: a.SupportProduct = a.SupportProduct.REGULAR, team: str | None = EAST) -> Case:
    """The ordinary way up to and including a step, to a home that another team serves."""
    case = Case()
    case.teams = {"centrum": team}
    for step in STEPS[: STEPS.index(upto) + 1]:
        if step == "positive":
            case.answer(a.AssessmentAnswer(result=a.AssessmentResult.POSITIVE, support=support))
        else:
            getattr(case, step)()
    return case


def test_the_team_of_the_homes_district_gets_the_notice() -> None:
    case = along("plan_support")
    assert [asked.team for asked in case.done(AskAssessment)] == [WEST]
    assert [(told.team, told.district) for told in case.done(GiveNotice)] == [(EAST, "centrum")]
    known = case.happened(e.ReceivingTeamKnown)
    assert [(it.team, it.district, it.named) for it in known] == [(EAST, "centrum", False)]


def test_the_receiving_team_visits_and_takes_up_what_follows() -> None:
    called = along("start_support")
    called.call_day().answer(a.CallAnswer(day_part=a.DayPart.MORNING, reached=True, result=a.CallResult.LIGHT_HELP))
    assert called.task(TaskKind.TAKE_UP_FOLLOW_ON).owner == EAST
    visited = along("start_support")
    visited.do(c.ReportSignal(by=visited.municipality, kind=SignalKind.WORRY, note=NOTE))
    visited.answer(a.ClientContactAnswer(result="no_contact"))
    assert visited.task(TaskKind.VISIT_CLIENT).owner == EAST
    by = actor(Role.DISTRICT_TEAM, WEST)
    assert visited.refused_answer(a.VisitAnswer(seen=True, note=NOTE), by) == "not_yours"


def test_a_team_sees_the_mediation_from_its_notice_on_and_not_before() -> None:
    assert EAST not in along("sign").m.organisations()
    assert EAST in along("plan_support").m.organisations()


def test_a_team_that_supports_by_itself_is_that_of_the_home() -> None:
    case = along("accept", a.SupportProduct.DISTRICT)
    assert case.task(TaskKind.CONFIRM_SUPPORT).owner == EAST
    assert not case.done(RequestSupport), "it has a task, and no system of a provider"
    assert EAST in case.m.organisations()


def test_another_home_has_another_team() -> None:
    case = along("plan_support")
    case.do(c.WithdrawOffer(by=case.municipality, reason=c.WithdrawalReason.LET_OTHERWISE, note=NOTE))
    assert case.m.receiving is None
    assert EAST not in case.m.organisations()
    case.teams["buiten"] = "wijkteam-buiten"
    case.list(dwelling(7, district="buiten")).match(7).confirm().accept().sign().plan_support()
    assert [told.team for told in case.done(GiveNotice)] == [EAST, "wijkteam-buiten"]


def test_when_a_district_goes_over_to_another_team_before_the_notice_that_one_is_told() -> None:
    case = along("sign")
    assert case.m.receiving_team == EAST
    case.teams["centrum"] = "wijkteam-nieuw"
    case.plan_support()
    assert [told.team for told in case.done(GiveNotice)] == ["wijkteam-nieuw"]
    case.teams["centrum"] = WEST
    case.keys().start_support()
    assert case.m.receiving_team == "wijkteam-nieuw", "who had the notice receives the client"


def test_when_it_was_to_support_the_client_itself_the_municipality_decides() -> None:
    case = along("sign", a.SupportProduct.DISTRICT)
    case.teams["centrum"] = "wijkteam-nieuw"
    case.plan_support()
    assert case.task(TaskKind.NAME_RECEIVING_TEAM).owner == "almere"
    assert not case.done(GiveNotice)
    assert case.m.lease.keys_on is None
    case.answer(a.ReceivingTeamAnswer(team=EAST))
    assert [told.team for told in case.done(GiveNotice)] == [EAST]


@pytest.mark.parametrize("support", [a.SupportProduct.REGULAR, a.SupportProduct.DISTRICT])
def test_where_no_team_serves_the_district_the_municipality_names_one(support: a.SupportProduct) -> None:
    case = along("accept", support, team=None)
    task = case.task(TaskKind.NAME_RECEIVING_TEAM)
    assert task.owner == "almere"
    assert task.escalations, "it is never forgotten"
    case.sign()
    if support is a.SupportProduct.REGULAR:
        case.plan_support()
        assert case.m.lease.keys_on is None, "no keys before a team had its notice"
        assert not case.done(GiveNotice)
    case.days(30).answer(a.ReceivingTeamAnswer(team=EAST))
    if support is a.SupportProduct.DISTRICT:
        assert case.task(TaskKind.CONFIRM_SUPPORT).owner == EAST
        case.plan_support()
    (notice,) = case.done(GiveNotice)
    assert notice.team == EAST
    assert notice.keys_on >= case.policy.calendar.add(case.today, case.policy.support.notice_to_team)
    case.keys().start_support().call_day().call()
    assert case.m.outcome is Outcome.HOUSED_FOLLOW_UP_HELD


def test_the_question_ends_when_the_directory_has_a_team_after_all() -> None:
    case = along("sign", team=None)
    case.teams["centrum"] = EAST
    case.plan_support()
    assert TaskKind.NAME_RECEIVING_TEAM not in case.open
    assert [told.team for told in case.done(GiveNotice)] == [EAST]


def test_the_question_ends_with_the_offer() -> None:
    case = along("accept", team=None)
    case.do(c.WithdrawOffer(by=case.municipality, reason=c.WithdrawalReason.LET_OTHERWISE))
    assert TaskKind.NAME_RECEIVING_TEAM not in case.open
    assert case.m.stage is Stage.OFFER


def before(upto: str) -> Case:
    """A mediation decided before teams were looked up: its answers do not say who serves the district."""
    case = Case()
    case.looks_up = False
    for step in STEPS[: STEPS.index(upto) + 1]:
        getattr(case, step)()
    return case


def test_what_was_decided_before_teams_were_looked_up_is_decided_alike() -> None:
    case = before("start_support")
    assert not case.happened(e.ReceivingTeamKnown)
    assert [told.team for told in case.done(GiveNotice)] == [WEST]
    assert case.m.receiving_team == WEST
    assert fold(case.events) == case.m


def test_a_mediation_on_its_way_since_then_tells_the_right_team_with_its_next_answer() -> None:
    case = before("start_support")
    case.looks_up = True
    case.teams = {"centrum": EAST}
    case.call_day().answer(a.CallAnswer(day_part=a.DayPart.MORNING, reached=True, result=a.CallResult.LIGHT_HELP))
    assert case.task(TaskKind.TAKE_UP_FOLLOW_ON).owner == EAST
    assert [told.team for told in case.done(GiveNotice)] == [WEST, EAST]


BOSS = actor(Role.COORDINATOR, "almere")
OFF: dict[str, c.AnyCommand] = {
    "the client withdraws": c.Withdraw(by=BOSS, source=a.KnownFrom.CLIENT, note=NOTE),
    "the client dies": c.ReportDeath(by=BOSS, source=a.KnownFrom.AUTHORITY),
    "the corporation takes it back": c.WithdrawOffer(by=BOSS, reason=c.WithdrawalReason.LET_OTHERWISE, note=NOTE),
    # for so long that the home, whose lease is signed, is held no more
    "the client is away": c.ReportAbsence(
        by=BOSS, kind=AbsenceKind.READMISSION, since=MONDAY.date() - timedelta(weeks=3), note=NOTE
    ),
    "a step back": c.StepBack(by=BOSS, to=Stage.OFFER, note=NOTE),
}


@pytest.mark.parametrize("way", OFF)
def test_a_team_that_had_its_notice_hears_that_the_client_does_not_come_however_the_home_was_let_go(way: str) -> None:
    case = along("plan_support").do(OFF[way])
    assert [letter.organisation for letter in case.letters(Letter.MOVE_OFF)] == [EAST]


def test_nobody_is_told_so_who_had_no_notice_or_has_received_the_client() -> None:
    for case in (along("sign"), along("keys")):
        case.do(OFF["the client withdraws"])
        assert case.letters(Letter.MOVE_OFF) == []
