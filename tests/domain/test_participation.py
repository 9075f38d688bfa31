"""Which part an organisation has in a mediation, from when to when, and until when it may see it."""

from datetime import date, datetime, timedelta

import pytest

from domain.facts.calendar import Term, TermUnit
from domain.facts.parties import Role
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.policy.policy import SightPolicy
from domain.state.participation import Participation, PartTaken, StateAt, participations, parts
from tests.domain.case import NOTE, TEAM, Case, actor, along, dwelling
from tests.store.script import Script

MUNICIPALITY, INSTITUTION, PROVIDER, CORPORATION = "almere", "leger-des-heils", "kwintes", "ymere"
OTHER = "wijkteam-oost"
ENDING = c.ReportDeath(by=actor(Role.COORDINATOR, MUNICIPALITY), source=a.KnownFrom.FAMILY)


def scripted(upto: str = "start") -> Script:
    case = Script()
    for step in ("start", "ready", "positive", "list", "match", "confirm", "accept"):
        getattr(case, step)()
        if step == upto:
            break
    return case


def spans(case: Script) -> list[Participation]:
    """Every part there was."""
    return list(participations(StateAt(at, after, case.policy) for at, _, after in case.steps))


def of(case: Script, organisation: str) -> list[Participation]:
    return [one for one in spans(case) if one.organisation == organisation]


def has(case: Case, organisation: str) -> set[PartTaken]:
    return {one.part for one in parts(case.m) if one.organisation == organisation}


def test_the_team_has_a_part_from_the_first_thing_that_is_asked_of_it() -> None:
    case = scripted()
    assert has(case, TEAM) == set()
    assert has(case, INSTITUTION) == {PartTaken.INSTITUTION}
    case.ready()
    assert has(case, TEAM) == {PartTaken.DISTRICT_TEAM}
    case.positive()
    assert has(case, TEAM) == {PartTaken.DISTRICT_TEAM}
    (part,) = of(case, TEAM)
    assert (part.since, part.until) == (case.steps[1][0], None)
    assert part.first == case.steps[0][2].sequence + 1, "what asked it is its first event"


def test_a_corporation_has_a_part_as_long_as_its_dwelling_is_kept_for_the_client() -> None:
    case = scripted("list")
    assert has(case, CORPORATION) == set()
    case.match()
    assert has(case, CORPORATION) == {PartTaken.CORPORATION}
    case.days(3)
    case.do(c.WithdrawOffer(by=case.municipality, reason=c.WithdrawalReason.LET_OTHERWISE))
    assert has(case, CORPORATION) == set()
    assert CORPORATION not in case.m.taking_part()
    (part,) = of(case, CORPORATION)
    assert (part.until, part.last) == (case.now, case.m.sequence)
    today = case.policy.calendar.today(case.now)
    assert part.shown_until == case.policy.calendar.at(today + timedelta(days=15), datetime.min.time())


def test_the_former_provider_has_no_part_and_the_new_one_has() -> None:
    case = along(upto="start_support")
    case.do(c.ChangeProvider(by=case.municipality, provider="hvo-querido", note=NOTE))
    assert has(case, PROVIDER) == set()
    assert PartTaken.CARE_PROVIDER in has(case, "hvo-querido")
    assert PROVIDER not in case.m.taking_part()
    assert case.refused(c.AddNote(by=actor(Role.CARE_PROVIDER, PROVIDER), note=NOTE)).rule == "not_yours"


def test_who_stands_in_has_a_part_and_rights_while_it_has_the_task() -> None:
    case = scripted("ready")
    task = case.task(TaskKind.ASSESS)
    case.do(c.ReassignTask(by=case.municipality, task=task.id, owner=OTHER, note=NOTE))
    assert has(case, OTHER) == {PartTaken.TASK}
    note = c.AddNote(by=actor(Role.DISTRICT_TEAM, OTHER), note=NOTE)
    case.do(note)
    case.answer(a.AssessmentAnswer(result=a.AssessmentResult.POSITIVE, support=a.SupportProduct.INTENSIVE), note.by)
    assert has(case, OTHER) == set()
    assert case.refused(note).rule == "not_yours"
    (part,) = of(case, OTHER)
    assert part.until == case.now


@pytest.mark.parametrize(
    ("organisation", "part"),
    [(INSTITUTION, PartTaken.INSTITUTION), (TEAM, PartTaken.DISTRICT_TEAM), (PROVIDER, PartTaken.CARE_PROVIDER)],
)
def test_after_the_end_who_worked_with_the_client_sees_it_for_the_term_of_the_policy(
    organisation: str, part: PartTaken
) -> None:
    case = scripted("accept")
    case.policy = replace(case.policy, sight=SightPolicy(after_end=Term(amount=13, unit=TermUnit.WEEKS)))
    case.do(ENDING)
    found = next(one for one in of(case, organisation) if one.part is part)
    assert found.until is None, "it is shown as it is, with what becomes of an objection"
    day = case.policy.calendar.today(case.now) + timedelta(weeks=13, days=1)
    assert found.shown_until == case.policy.calendar.at(day, datetime.min.time())
    assert [one.shown_until for one in of(case, MUNICIPALITY)] == [None], "it keeps the file"


def test_at_the_end_the_corporations_part_is_over() -> None:
    case = scripted("accept").do(ENDING)
    (found,) = of(case, CORPORATION)
    assert (found.until, found.stage, found.outcome) == (case.now, case.m.stage, case.m.outcome)


def test_the_team_that_assessed_has_no_part_once_another_has_notice_that_it_receives_the_client() -> None:
    case = Script()
    case.teams = {"buiten": "wijkteam-buiten"}
    case.start().ready().positive().list(dwelling(1, district="buiten")).match().confirm().accept().sign()
    assert has(case, "wijkteam-buiten") == set()
    case.request_known().plan_support()
    assert has(case, "wijkteam-buiten") == {PartTaken.RECEIVING_TEAM}
    assert has(case, TEAM) == set()


def test_no_term_at_all_ends_with_the_day() -> None:
    case = scripted("match")
    case.policy = replace(case.policy, sight=SightPolicy(after_part=Term(amount=0, unit=TermUnit.DAYS)))
    case.do(c.WithdrawOffer(by=case.municipality, reason=c.WithdrawalReason.LET_OTHERWISE))
    (part,) = of(case, CORPORATION)
    assert part.shown_until == case.policy.calendar.at(
        case.policy.calendar.today(case.now) + timedelta(days=1), datetime.min.time()
    )


def test_a_term_over_the_change_of_the_clock_ends_at_midnight_there() -> None:
    case = Script()
    case.now = datetime.combine(date(2026, 10, 20), case.now.timetz())
    case.start().ready().positive().list().match()
    case.do(c.WithdrawOffer(by=case.municipality, reason=c.WithdrawalReason.LET_OTHERWISE))
    (part,) = of(case, CORPORATION)
    assert part.shown_until is not None
    assert case.policy.calendar.local(part.shown_until).isoformat() == "2026-11-04T00:00:00+01:00"
