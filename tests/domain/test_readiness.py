"""Stage 1: a referral is complete, becomes complete, or is not processed; a client is ready, or comes back later."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.facts.clocks import ClockKind
from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import Role
from domain.facts.referral import Document, DwellingNeeds, IdentityPart, ReferralChanges
from domain.facts.rules import Overridable
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import Letter
from domain.policy.policy import Policy
from domain.policy.scarce import PersonClaim
from domain.state import events as e
from sandbox.driven import road
from tests.domain.case import NOTE, Case, actor, assert_all_let_go, main_road, parties, policy_of, referral

INSTITUTION = actor(Role.INSTITUTION, "leger-des-heils")
INCOMPLETE = a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=(Document.IDENTITY,))
HAS = (Document.CONSENT,)


def incomplete() -> Case:
    return Case().start(referral(documents=HAS)).answer(INCOMPLETE)


def test_a_referral_starts_with_one_task_for_the_municipality_and_the_decision_term() -> None:
    case = Case().start()
    assert case.open == [TaskKind.CHECK_READINESS]
    assert case.task(TaskKind.CHECK_READINESS).owner == "almere"
    assert case.readers(Letter.REFERRAL_RECEIVED) == {"leger-des-heils", "client", "guide"}
    assert case.clock(ClockKind.DECISION_TERM).ends_at == datetime(2026, 7, 27, 21, 59, 59, tzinfo=UTC)


def test_a_complete_referral_of_a_client_who_is_ready_is_assessed() -> None:
    case = Case().start().ready()
    assert case.m.stage is Stage.ASSESSMENT
    assert case.open == [TaskKind.ASSESS]


def test_a_referral_is_not_ready_while_a_document_is_missing_and_says_which() -> None:
    case = Case().start(referral(documents=HAS))
    refused = case.refused(case.answering(a.ReadinessAnswer(result=a.Readiness.READY)))
    assert refused.rule == "documents_missing"
    missing = {x.name for x in refused.conditions if x.verdict == "unmet"}
    assert missing == {
        "document.identity",
        "document.address_history",
        "document.income_statement",
        "document.readiness_statement",
    }
    assert case.open == [TaskKind.CHECK_READINESS]


def test_which_documents_are_required_is_policy() -> None:
    almost = referral(documents=tuple(x for x in Document if x is not Document.SUPPORT_PLAN))
    assert Case("almere").start(almost).ready().m.stage is Stage.ASSESSMENT
    amersfoort = Case("amersfoort").start(almost)
    assert amersfoort.refused_answer(a.ReadinessAnswer(result=a.Readiness.READY)) == "documents_missing"


def test_a_coordinator_may_set_the_missing_documents_aside_with_a_reason() -> None:
    case = Case().start(referral(documents=HAS))
    case.do(c.OverrideRule(by=case.municipality, rule=Overridable.DOCUMENTS_MISSING, note=NOTE)).ready()
    assert case.m.stage is Stage.ASSESSMENT


def test_a_client_who_is_not_ready_comes_back_on_the_review_date() -> None:
    case = Case().start()
    review_on = date(2026, 10, 3)  # a Saturday
    case.answer(a.ReadinessAnswer(result=a.Readiness.NOT_READY, review_on=review_on, standstill="consent"))
    task = case.task(TaskKind.REVIEW_READINESS)
    assert task.owner == "leger-des-heils"
    assert case.policy.calendar.today(task.due) == date(2026, 10, 5)
    assert case.clock(ClockKind.DECISION_TERM).suspended_at == case.now
    case.on(date(2026, 10, 5)).answer(a.ReviewAnswer(ready=True), INSTITUTION)
    assert case.open == [TaskKind.CHECK_READINESS]
    assert case.clock(ClockKind.DECISION_TERM).suspended_at is None
    assert case.ready().m.stage is Stage.ASSESSMENT


def test_without_a_review_date_the_policys_term_counts_and_a_client_may_be_unready_again() -> None:
    case = Case().start().answer(a.ReadinessAnswer(result=a.Readiness.NOT_READY))
    assert case.policy.calendar.today(case.task(TaskKind.REVIEW_READINESS).due) == date(2026, 9, 1)
    case.answer(a.ReviewAnswer(ready=False), INSTITUTION)
    assert case.open == [TaskKind.REVIEW_READINESS]
    assert case.task(TaskKind.REVIEW_READINESS).id == "review_readiness-2"


def test_a_review_lies_in_the_future_and_in_this_century() -> None:
    case = Case().start()
    past = a.ReadinessAnswer(result=a.Readiness.NOT_READY, review_on=case.today)
    assert case.refused_answer(past) == "review_in_past"
    with pytest.raises(ValueError, match="less than 2100-01-01"):
        a.ReadinessAnswer(result=a.Readiness.NOT_READY, review_on=date(9999, 12, 31))


def test_an_incomplete_referral_says_what_is_missing() -> None:
    case = Case().start(referral(documents=HAS))
    assert case.refused_answer(a.ReadinessAnswer(result=a.Readiness.INCOMPLETE)) == "answer_incomplete"


def test_the_decision_term_stands_still_for_exactly_as_long_as_the_supplement_is_awaited() -> None:
    case = Case().start(referral(documents=HAS))
    before = case.clock(ClockKind.DECISION_TERM)
    case.days(2).answer(INCOMPLETE)
    assert case.clock(ClockKind.DECISION_TERM).suspended_at == case.now
    assert case.readers(Letter.TASK_OPENED) == {"leger-des-heils"}
    case.days(9).answer(a.SupplementAnswer(documents=tuple(Document)), INSTITUTION)
    after = case.clock(ClockKind.DECISION_TERM)
    assert after.suspended_at is None
    assert after.ends_at - before.ends_at == timedelta(days=8), (
        "from the day after the asking to the day before it came"
    )
    assert after.ends_at == datetime(2026, 8, 4, 21, 59, 59, tzinfo=UTC)
    assert [case.policy.calendar.today(at) for at in after.warnings] == [date(2026, 7, 28)]
    assert case.m.referral.documents == tuple(Document)
    assert case.ready().m.stage is Stage.ASSESSMENT


def last_day(case: Case) -> date:
    return case.policy.calendar.today(case.clock(ClockKind.DECISION_TERM).ends_at)


def on_day(day: date) -> Case:
    """A referral without papers that comes in on a day."""
    return Case(now=datetime(day.year, day.month, day.day, 10, tzinfo=UTC)).start(referral(documents=HAS))


@pytest.mark.parametrize(
    ("received", "asked", "complete", "last"),
    [
        (date(2026, 1, 7), date(2026, 1, 21), date(2026, 1, 29), date(2026, 3, 11)),  # 4 March and seven days
        (date(2026, 1, 19), date(2026, 1, 21), date(2026, 1, 29), date(2026, 3, 23)),  # 16 March and seven days
        (date(2026, 1, 12), date(2026, 1, 21), date(2026, 1, 27), date(2026, 3, 16)),  # five days: Saturday 14 March
        (date(2026, 1, 12), date(2026, 1, 21), date(2026, 1, 22), date(2026, 3, 9)),  # the next day: none
    ],
)
def test_days_that_the_term_stood_still_are_added_and_the_sum_is_rolled_on(
    received: date, asked: date, complete: date, last: date
) -> None:
    case = on_day(received).on(asked).answer(INCOMPLETE).on(complete)
    case.answer(a.SupplementAnswer(documents=(Document.IDENTITY,)), INSTITUTION)
    assert last_day(case) == last


@pytest.mark.parametrize(("asks_at", "comes_at"), [((0, 5), (23, 50)), ((23, 50), (0, 5)), ((12, 0), (12, 0))])
def test_the_hours_of_the_acts_move_no_term(asks_at: tuple[int, int], comes_at: tuple[int, int]) -> None:
    local = ZoneInfo("Europe/Amsterdam")
    case = on_day(date(2026, 1, 7))
    case.now = datetime(2026, 1, 21, *asks_at, tzinfo=local)
    case.answer(INCOMPLETE)
    case.now = datetime(2026, 1, 29, *comes_at, tzinfo=local)
    case.answer(a.SupplementAnswer(documents=(Document.IDENTITY,)), INSTITUTION)
    assert case.clock(ClockKind.DECISION_TERM).ends_at == datetime(2026, 3, 11, 22, 59, 59, tzinfo=UTC)


def test_a_paper_that_was_there_and_is_asked_for_anew_is_waited_for() -> None:
    asked = a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=tuple(Document))
    case = Case().start(referral(documents=HAS)).answer(asked)
    rest = tuple(one for one in Document if one not in HAS)
    case.answer(a.SupplementAnswer(documents=rest), INSTITUTION)
    assert case.open == [TaskKind.SUPPLEMENT]
    case.answer(a.SupplementAnswer(documents=HAS), INSTITUTION)
    assert case.open == [TaskKind.CHECK_READINESS]


def test_a_paper_that_is_there_is_not_asked_for_in_the_place_of_one_that_is_missing() -> None:
    case = Case().start(referral(documents=HAS))
    refused = case.refused(case.answering(a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=HAS)))
    assert (refused.rule, refused.field) == ("documents_not_named", "missing")
    lacking = {f"document.{one.value}" for one in case.policy.required_documents if one not in HAS}
    assert {one.name for one in refused.conditions} == lacking != set()
    case.answer(a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=(*HAS, *case.policy.required_documents)))
    complete = Case().start().answer(a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=HAS))
    assert complete.open == [TaskKind.SUPPLEMENT], "where nothing is missing one may be asked for anew"


CENTRE_OR_HARBOUR = replace(referral().needs, wanted_districts=("Centrum", "haven"))


@pytest.mark.parametrize(
    "needs",
    [
        replace(CENTRE_OR_HARBOUR, excluded_districts=("centrum ",)),
        replace(CENTRE_OR_HARBOUR, unsafe_districts=("centrum ",)),
    ],
)
def test_a_client_wants_to_live_in_no_district_that_is_barred(needs: DwellingNeeds) -> None:
    case = Case()
    command = c.StartMediation(
        by=INSTITUTION, mediation="m-1", referral=referral(needs=needs), parties=parties("almere"), policy=case.policy
    )
    refused = case.refused(command)
    assert (refused.rule, refused.field) == ("district_barred", "needs.wanted_districts")
    case.start()
    changed = c.CorrectReferral(by=INSTITUTION, changes=ReferralChanges(needs=needs), note=NOTE)
    assert case.refused(changed).rule == "district_barred"


def test_a_term_whose_day_of_warning_is_past_warns_at_once_so_that_it_can_still_be_extended() -> None:
    """Received on 1 June, entered on 23 July: the term ends on 27 July, and the warning's day was 20 July."""
    case = Case(now=datetime(2026, 7, 23, 10, tzinfo=UTC))
    start = c.StartMediation(
        by=case.municipality,
        mediation="m-1",
        referral=referral(),
        parties=parties("almere"),
        policy=case.policy,
        received_on=date(2026, 6, 1),
    )
    case.do(start).until(case.now)
    assert last_day(case) == date(2026, 7, 27)
    case.answer(a.TermExtensionAnswer(note=NOTE), case.municipality)
    assert last_day(case) == date(2026, 9, 7)


def test_a_term_that_stood_still_over_its_day_of_warning_warns_when_it_runs_on() -> None:
    """It ends on 4 March, stands still for one day and ends on 5 March: the warning's hour is 9 on 26 February."""
    case = on_day(date(2026, 1, 7)).on(date(2026, 2, 24)).answer(INCOMPLETE)
    case.until(datetime(2026, 2, 26, 10, tzinfo=UTC))
    case.answer(a.SupplementAnswer(documents=(Document.IDENTITY,)), INSTITUTION).until(case.now)
    assert last_day(case) == date(2026, 3, 5)
    assert len(case.happened(e.ClockWarned)) == 1
    assert TaskKind.EXTEND_DECISION_TERM in case.open


def test_when_the_given_term_is_over_the_decision_term_runs_on() -> None:
    case = incomplete().days(15)
    clock = case.clock(ClockKind.DECISION_TERM)
    assert clock.suspended_at is None
    assert last_day(case) == date(2026, 8, 10), "asked on 1 June until 15 June: 13 days after 27 July, a Sunday"
    warned = case.days(60)
    assert warned.happened(e.ClockWarned)
    assert warned.happened(e.ClockExpired)


def test_only_the_clients_consent_or_own_doing_lets_the_term_stand_still_for_who_is_not_ready() -> None:
    review_on = date(2026, 8, 3)
    plain = Case().start().answer(a.ReadinessAnswer(result=a.Readiness.NOT_READY, review_on=review_on))
    assert plain.clock(ClockKind.DECISION_TERM).suspended_at is None
    assert last_day(plain) == date(2026, 7, 27)
    consent = a.ReadinessAnswer(result=a.Readiness.NOT_READY, review_on=review_on, standstill="consent")
    agreed = Case().start().answer(consent).on(date(2026, 8, 4))
    assert agreed.clock(ClockKind.DECISION_TERM).suspended_at is None, "the day until which the client agreed is over"
    assert last_day(agreed) == date(2026, 9, 28), "63 days, 2 June to 3 August 2026, after 27 July"
    doing = a.ReadinessAnswer(result=a.Readiness.NOT_READY, review_on=review_on, standstill="applicant")
    held_up = Case().start().answer(doing).days(200)
    assert not held_up.happened(e.ClockWarned)
    assert not held_up.happened(e.ClockExpired)


def test_what_still_lacks_stays_asked_for_and_is_named() -> None:
    asked = (Document.IDENTITY, Document.ADDRESS_HISTORY, Document.INCOME_STATEMENT)
    case = Case().start(referral(documents=HAS))
    case.answer(a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=asked))
    first = case.task(TaskKind.SUPPLEMENT)
    since = case.clock(ClockKind.DECISION_TERM).suspended_at
    case.days(3).answer(a.SupplementAnswer(documents=asked[:2]), INSTITUTION)
    assert case.open == [TaskKind.SUPPLEMENT]
    assert case.clock(ClockKind.DECISION_TERM).suspended_at == since
    assert case.task(TaskKind.SUPPLEMENT).due == first.due, "the term that was given does not change"
    case.days(9)
    reminder = case.letters(Letter.TASK_REMINDER)[-1]
    assert reminder.told is not None
    assert reminder.told.missing == (Document.INCOME_STATEMENT,)
    case.answer(a.SupplementAnswer(documents=asked[2:]), INSTITUTION)
    assert case.open == [TaskKind.CHECK_READINESS]
    assert case.m.supplement_rounds == 1
    assert case.clock(ClockKind.DECISION_TERM).suspended_at is None


def rounds(most: int) -> Policy:
    return replace(main_road("almere"), supplement_rounds=most)


def test_rounds_of_asking_are_counted_whatever_they_are_called() -> None:
    case = incomplete().answer(a.SupplementAnswer(documents=(Document.IDENTITY,)), INSTITUTION)
    case.answer(INCOMPLETE)
    assert case.open == [TaskKind.DECIDE_INCOMPLETE]
    assert case.refused_answer(a.IncompleteAnswer(decision="more_time")) == "supplement_asked_before"
    twice = Case(policy=rounds(2)).start(referral(documents=HAS)).answer(INCOMPLETE).days(15)
    twice.answer(a.IncompleteAnswer(decision="more_time"))
    assert twice.open == [TaskKind.SUPPLEMENT]
    assert twice.clock(ClockKind.DECISION_TERM).suspended_at == twice.now
    assert twice.days(20).refused_answer(a.IncompleteAnswer(decision="more_time")) == "supplement_asked_before"


def test_four_weeks_after_the_given_term_a_referral_must_be_processed() -> None:
    case = incomplete().on(date(2026, 7, 13))  # four weeks after 15 June
    assert case.answering(a.IncompleteAnswer(decision="not_processed")).answer.kind is TaskKind.DECIDE_INCOMPLETE
    refused = incomplete().on(date(2026, 7, 14))
    late = refused.refused(refused.answering(a.IncompleteAnswer(decision="not_processed")))
    assert (late.rule, late.day) == ("must_be_processed", date(2026, 7, 13))
    assert refused.answer(a.IncompleteAnswer(decision="process")).open == [TaskKind.CHECK_READINESS]
    case.answer(a.IncompleteAnswer(decision="not_processed")).days(1)
    assert case.refused_answer(case.hearing(a.HearingResult.STANDS)) == "must_be_processed"


def test_the_decision_term_runs_from_the_day_on_which_the_referral_came_in() -> None:
    case = Case()
    on = date(2026, 5, 20)
    command = c.StartMediation(
        by=case.municipality,
        mediation="m-1",
        referral=referral(),
        parties=parties("almere"),
        policy=case.policy,
        received_on=on,
    )
    assert case.refused(replace(command, by=INSTITUTION)).rule == "not_yours", "a penalty hangs on it"
    case.do(command)
    assert last_day(case) == date(2026, 7, 15), "eight weeks from Wednesday 20 May 2026, entered on 1 June"
    tomorrow = replace(command, received_on=date(2026, 6, 2))
    assert Case().refused(tomorrow).rule == "received_in_future"
    assert Case().refused(replace(command, received_on=date(2024, 6, 2))).rule == "received_too_long_ago"


def test_an_overdue_supplement_makes_a_person_decide_and_may_still_come() -> None:
    case = incomplete().days(15)
    assert case.open == [TaskKind.SUPPLEMENT, TaskKind.DECIDE_INCOMPLETE]
    assert case.task(TaskKind.SUPPLEMENT).overdue
    case.answer(a.SupplementAnswer(documents=tuple(Document)), INSTITUTION)
    assert case.open == [TaskKind.CHECK_READINESS]


def test_more_time_starts_the_supplements_term_anew() -> None:
    case = Case(policy=rounds(2)).start(referral(documents=HAS)).answer(INCOMPLETE).days(15)
    case.answer(a.IncompleteAnswer(decision="more_time"))
    task = case.task(TaskKind.SUPPLEMENT)
    assert case.open == [TaskKind.SUPPLEMENT]
    assert not task.overdue
    assert task.due > case.now
    assert task.reminders
    assert case.days(20).open == [TaskKind.SUPPLEMENT, TaskKind.DECIDE_INCOMPLETE]


def test_a_referral_is_not_processed_only_after_a_hearing_and_with_a_reason() -> None:
    case = incomplete().days(15).answer(a.IncompleteAnswer(decision="not_processed"))
    assert case.open == [TaskKind.HEAR_CLIENT]
    assert case.readers(Letter.HEARING_INVITED) == {"client", "guide"}
    assert case.clock(ClockKind.DECISION_TERM).suspended_at is None
    assert case.refused_answer(case.hearing(a.HearingResult.STANDS, note=None)) == "answer_incomplete"
    case.answer(case.hearing(a.HearingResult.STANDS))
    assert_all_let_go(case, Outcome.NOT_PROCESSED_INCOMPLETE)


def test_a_hearing_may_bring_the_referral_back() -> None:
    case = incomplete().days(15).answer(a.IncompleteAnswer(decision="not_processed"))
    case.answer(case.hearing(a.HearingResult.DROPPED))
    assert case.m.stage is Stage.READINESS
    assert case.open == [TaskKind.CHECK_READINESS]


def test_one_person_has_one_open_mediation() -> None:
    case = Case()
    command = c.StartMediation(
        by=case.municipality, mediation="m-2", referral=referral(), parties=parties("almere"), policy=case.policy
    )
    gone = frozenset({PersonClaim(person=referral().person)})
    assert case.refused(command, gone).rule == "person_has_open_mediation"


@pytest.mark.parametrize("city", ["amersfoort", "almere"])
def test_a_mediation_starts_under_a_policy_of_its_own_municipality_that_is_in_force(city: str) -> None:
    policy = replace(policy_of("almere"), valid_from=date(2027, 1, 1))
    case = Case(policy=policy)
    command = c.StartMediation(
        by=INSTITUTION, mediation="m-1", referral=referral(), parties=parties(city), policy=policy
    )
    assert case.refused(command).rule == "policy_not_in_force"


def test_a_client_is_referred_by_the_institution_or_the_municipality() -> None:
    case = Case()
    by = actor(Role.INSTITUTION, "another-institution")
    command = c.StartMediation(
        by=by, mediation="m-1", referral=referral(), parties=parties("almere"), policy=case.policy
    )
    assert case.refused(command).rule == "not_yours"


def test_a_mediation_starts_once_and_nothing_happens_before_it() -> None:
    case = Case()
    assert case.refused(c.Withdraw(by=case.municipality, source=a.KnownFrom.CLIENT)).rule == "not_started"
    case.start()
    again = c.StartMediation(
        by=INSTITUTION, mediation="m-1", referral=referral(), parties=parties("almere"), policy=case.policy
    )
    assert case.refused(again).rule == "already_started"


def test_another_identity_under_a_known_number_is_checked_before_the_client_is_ready() -> None:
    """The number may be mistyped: a person says how it is known to be right."""
    case = Case()
    start = c.StartMediation(
        by=actor(Role.INSTITUTION, "leger-des-heils"),
        mediation="m-1",
        referral=referral(),
        parties=parties(case.policy.municipality, case.desk),
        policy=case.policy,
        identity_differs=(IdentityPart.BORN_ON,),
    )
    case.do(start)
    assert case.open == [TaskKind.CHECK_READINESS]
    refused = case.refused(case.answering(road.ready()))
    assert (refused.rule, refused.field) == ("identity_differs", "note")
    case.answer(replace(road.ready(), note=NOTE))
    assert TaskKind.CHECK_READINESS not in case.open
