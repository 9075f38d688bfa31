"""What may happen at any stage: an end, a note, a correction, an override, a failed delivery; and who may do what."""

from datetime import timedelta

import pytest

from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import Actor, Role
from domain.facts.referral import Document, DwellingNeeds, ReferralChanges
from domain.facts.rules import Overridable
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import CancelSupport, FreeDwelling, Letter, PlaceOffer, SendLetter
from domain.state import events as e
from tests.domain.case import NOTE, STEPS, Case, actor, along, assert_all_let_go, dwelling, referral

CITIES = ("almere", "amersfoort")
INSTITUTION = actor(Role.INSTITUTION, "leger-des-heils")
TEAM = actor(Role.DISTRICT_TEAM, "wijkteam-west")
YMERE = actor(Role.CORPORATION, "ymere")
YMERES_SYSTEM = actor(Role.CORPORATION, "ymere", "system")
DE_ALLIANTIE = actor(Role.CORPORATION, "de-alliantie")
KWINTES = actor(Role.CARE_PROVIDER, "kwintes")
STRANGER = actor(Role.COORDINATOR, "lelystad")
AUDITOR = actor(Role.AUDITOR, "almere")


def knowing_the_offer(case: Case) -> bool:
    offer = case.m.live_offer
    return offer is not None and offer.number is not None and case.m.lease.handed_over_on is None


def knowing_of_support(case: Case) -> bool:
    support = case.m.support
    return support is not None and support.number is not None and support.started_on is None


# -- withdrawal and death ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("city", CITIES)
@pytest.mark.parametrize("upto", STEPS)
def test_a_client_may_withdraw_at_every_stage(upto: str, city: str) -> None:
    case = along(city, upto)
    owners = {task.owner for task in case.m.tasks} - {city}
    told = (knowing_the_offer(case), knowing_of_support(case))
    case.do(c.Withdraw(by=case.municipality, source=a.KnownFrom.CLIENT, note=NOTE))
    if case.m.lease.handed_over_on:
        assert case.m.outcome is None, "the call is still to be made"
        return
    assert_all_let_go(case, Outcome.WITHDRAWN_BY_CLIENT)
    assert case.readers(Letter.STOPPED_AT_REQUEST) == {"client", "guide"}
    assert case.readers(Letter.CLOSED, Letter.ENDED_AT_INSTITUTION) == {"leger-des-heils"} | owners
    assert (bool(case.done(FreeDwelling)), bool(case.done(CancelSupport))) == told
    assert case.happened(e.MediationClosed)[0].note == NOTE


@pytest.mark.parametrize("city", CITIES)
@pytest.mark.parametrize("upto", STEPS)
def test_a_death_stops_everything_at_once_and_nobody_writes_to_the_client(upto: str, city: str) -> None:
    case = along(city, upto)
    before = len(case.effects)
    told = (knowing_the_offer(case), knowing_of_support(case))
    case.dies()
    assert_all_let_go(case, Outcome.DIED)
    last = [effect for effect in case.effects[before:] if isinstance(effect, SendLetter)]
    assert last
    assert all(letter.organisation and not letter.readers for letter in last)
    assert (bool(case.done(FreeDwelling)), bool(case.done(CancelSupport))) == told
    seen = len(case.events)
    case.now += timedelta(days=400)
    case.do(c.PassTime(by=case.engine))
    assert len(case.events) == seen


@pytest.mark.parametrize("path", ["supplement", "hearing", "place", "refusal", "bridge", "guide"])
def test_a_death_on_a_side_path_leaves_nothing_either(path: str) -> None:
    case = side_path(path)
    assert_all_let_go(case.dies(), Outcome.DIED)
    if path != "guide":
        assert_all_let_go(side_path(path).withdraws(), Outcome.WITHDRAWN_BY_CLIENT)


def side_path(path: str) -> Case:
    match path:
        case "supplement":
            incomplete = a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=(Document.IDENTITY,))
            return along(upto="start").answer(incomplete).days(20)
        case "hearing":
            result = a.AssessmentAnswer(result=a.AssessmentResult.NEGATIVE, note=NOTE)
            return along(upto="ready").answer(result)
        case "place":
            case = along(upto="ready")
            case.full = True
            return case.positive().days(100)
        case "refusal":
            return along(upto="confirm").refuse()
        case "bridge":
            return along(upto="sign").days(10)
        case _:
            case = along().call_day()
            for day_part in a.DayPart:
                case.no_reply(day_part)
            return case


def test_a_closed_mediation_takes_no_more_but_what_is_still_on_its_way() -> None:
    case = along(upto="request_known").withdraws()
    for command in (
        c.Withdraw(by=case.municipality, source=a.KnownFrom.CLIENT),
        c.ReportDeath(by=case.municipality, source=a.KnownFrom.FAMILY),
        c.AddNote(by=case.municipality, note=NOTE),
        c.AnswerTask(by=YMERE, task="sign_lease-1", answer=a.LeaseAnswer(failed_check=True)),
        c.WithdrawOffer(by=YMERE, reason=c.WithdrawalReason.OTHER),
    ):
        assert case.refused(command).rule == "closed"
    seen, done = len(case.events), len(case.effects)
    case.do(c.LearnLease(by=YMERES_SYSTEM, offer="O-1", number="L-1")).request_known().list(dwelling(7))
    assert (len(case.events), len(case.effects)) == (seen, done)


# -- notes, corrections, overrides ---------------------------------------------------------------------------------


@pytest.mark.parametrize("upto", STEPS)
def test_a_note_changes_nothing_but_is_kept(upto: str) -> None:
    case = along(upto=upto)
    before = case.m
    case.do(c.AddNote(by=INSTITUTION, note=NOTE))
    assert case.m == replace(before, sequence=before.sequence + 1)
    assert case.happened(e.NoteAdded)[0].note == NOTE


def test_a_correction_changes_only_what_it_names() -> None:
    case = along(upto="start")
    before = case.m.referral
    changes = ReferralChanges(target_group="shelter")
    case.do(c.CorrectReferral(by=INSTITUTION, changes=changes, note=NOTE))
    assert case.m.referral == replace(before, target_group="shelter")


@pytest.mark.parametrize(
    "changes",
    [
        ReferralChanges(),
        ReferralChanges(needs=None, documents=None),
        ReferralChanges(target_group=referral().target_group),
    ],
)
def test_a_correction_corrects_something(changes: ReferralChanges) -> None:
    case = along(upto="start")
    command = c.CorrectReferral(by=INSTITUTION, changes=changes, note=NOTE)
    assert case.refused(command).rule == "nothing_to_correct"


def test_a_correction_has_the_corporations_asked_again() -> None:
    case = along(upto="list")
    asked = len(case.effects)
    needs = DwellingNeeds(rooms=2, rent_limit_cents=68_000)
    case.do(c.CorrectReferral(by=INSTITUTION, changes=ReferralChanges(needs=needs), note=NOTE))
    assert [effect.type for effect in case.effects[asked:]] == ["ListDwellings"]


def test_a_correction_while_waiting_for_a_place_counts_the_household_as_it_is() -> None:
    case = side_path("place")
    case.full = False
    case.do(c.CorrectReferral(by=INSTITUTION, changes=ReferralChanges(household_size=3), note=NOTE))
    assert case.m.place is not None
    assert case.m.place.units == 3


@pytest.mark.parametrize("rule", Overridable)
def test_an_override_is_kept_with_its_reason(rule: Overridable) -> None:
    case = along(upto="start")
    case.do(c.OverrideRule(by=case.municipality, rule=rule, note=NOTE))
    assert case.m.overrides == (rule,)
    assert case.happened(e.RuleOverridden)[0].note == NOTE


# -- deliveries ----------------------------------------------------------------------------------------------------


def undelivered() -> Case:
    case = along(upto="match")
    by = actor(Role.CORPORATION, "ymere", "system")
    return case.do(c.ReportUndelivered(by=by, effect=case.done(PlaceOffer)[0], code="unknown_dwelling"))


def test_what_a_partner_refuses_for_good_becomes_a_task_for_the_municipality() -> None:
    case = undelivered()
    task = case.task(TaskKind.RESOLVE_DELIVERY)
    assert task.owner == "almere"
    assert task.about == case.done(PlaceOffer)[0].key
    assert case.happened(e.DeliveryFailed)[0].code == "unknown_dwelling"
    assert list(case.m.undelivered) == [task.id]


def test_it_is_tried_again_under_a_new_key_and_known_by_the_first() -> None:
    case = undelivered().answer(a.DeliveryAnswer(way="try_again"))
    first, second = case.done(PlaceOffer)
    assert second.key != first.key
    assert second.identity == second.first_key == first.identity == first.key
    assert replace(second, key=first.key, first_key=None) == first
    assert case.open == [TaskKind.CONFIRM_OFFER]
    assert not case.m.undelivered


def test_however_often_it_is_tried_again_it_is_known_by_the_first_key() -> None:
    case = undelivered().answer(a.DeliveryAnswer(way="try_again"))
    for _ in range(2):
        refused = case.done(PlaceOffer)[-1]
        case.do(c.ReportUndelivered(by=YMERES_SYSTEM, effect=refused, code="not_understood"))
        case.answer(a.DeliveryAnswer(way="try_again"))
    tried = case.done(PlaceOffer)
    assert len({one.key for one in tried}) == 4
    assert {one.identity for one in tried} == {tried[0].key}


def test_or_it_was_done_by_hand() -> None:
    case = undelivered().answer(a.DeliveryAnswer(way="done_by_hand"))
    assert len(case.done(PlaceOffer)) == 1
    assert case.open == [TaskKind.CONFIRM_OFFER]
    assert not case.m.undelivered
    assert case.confirm().m.stage is Stage.ACCEPTANCE


def test_a_letter_that_bounces_is_reported_by_the_letters_lane() -> None:
    case = along(upto="positive")
    by = actor(Role.COORDINATOR, "letters", "system")
    case.do(c.ReportUndelivered(by=by, effect=case.letters(Letter.URGENCY_GRANTED)[0], code="smtp_550"))
    assert TaskKind.RESOLVE_DELIVERY in case.open


# -- who may do what -----------------------------------------------------------------------------------------------


def test_every_task_is_answered_by_its_owner_or_the_municipality_only() -> None:
    answers: dict[str, a.TaskAnswer] = {
        "start": a.ReadinessAnswer(result=a.Readiness.READY),
        "ready": a.AssessmentAnswer(result=a.AssessmentResult.POSITIVE, support=a.SupportProduct.LIGHT),
        "match": a.ConfirmationAnswer(number="O-1"),
        "keys": a.StartAnswer(unable=True),
    }
    for upto, answer in answers.items():
        case = along(upto=upto)
        task = case.task(answer.kind)
        for by in (INSTITUTION, TEAM, YMERE, DE_ALLIANTIE, KWINTES, STRANGER):
            command = case.answering(answer, by)
            if by.organisation != task.owner:
                assert case.refused(command).rule == "not_yours"
        case.answer(answer, actor(task.owner_role, task.owner))


@pytest.mark.parametrize("by", [TEAM, YMERE, KWINTES, STRANGER, AUDITOR])
def test_only_the_institution_and_the_municipality_correct(by: Actor) -> None:
    case = along(upto="confirm")
    changes = ReferralChanges(household_size=2)
    assert case.refused(c.CorrectReferral(by=by, changes=changes, note=NOTE)).rule == "not_yours"


@pytest.mark.parametrize("by", [INSTITUTION, TEAM, YMERE, KWINTES, STRANGER, AUDITOR])
def test_only_the_municipality_sets_a_rule_aside(by: Actor) -> None:
    case = along(upto="confirm")
    assert case.refused(c.OverrideRule(by=by, rule=Overridable.QUOTA_FULL, note=NOTE)).rule == "not_yours"


@pytest.mark.parametrize("by", [INSTITUTION, TEAM, DE_ALLIANTIE, KWINTES, STRANGER, AUDITOR])
def test_only_the_corporation_of_the_offer_and_the_municipality_take_it_back(by: Actor) -> None:
    case = along(upto="confirm")
    assert case.refused(c.WithdrawOffer(by=by, reason=c.WithdrawalReason.OTHER)).rule == "not_yours"


@pytest.mark.parametrize("by", [DE_ALLIANTIE, STRANGER, AUDITOR])
def test_outsiders_and_auditors_report_nothing(by: Actor) -> None:
    case = along(upto="confirm")
    for command in (c.ReportDeath(by=by, source=a.KnownFrom.FAMILY), c.AddNote(by=by, note=NOTE), c.PassTime(by=by)):
        assert case.refused(command).rule == "not_yours"


def test_an_auditor_of_the_municipality_answers_none_of_its_tasks() -> None:
    case = along(upto="start")
    assert case.refused_answer(a.ReadinessAnswer(result=a.Readiness.READY), AUDITOR) == "not_yours"


@pytest.mark.parametrize("by", [INSTITUTION, TEAM, YMERE, KWINTES])
def test_everybody_who_takes_part_may_report_a_death_and_add_a_note(by: Actor) -> None:
    case = along(upto="match").do(c.AddNote(by=by, note=NOTE)).do(c.ReportDeath(by=by, source=a.KnownFrom.FAMILY))
    assert case.m.reported_death == by.organisation


def test_a_task_that_is_closed_is_told_from_one_that_never_was() -> None:
    case = along(upto="ready")
    answer = a.ReadinessAnswer(result=a.Readiness.READY)
    for task, rule in (
        ("check_readiness-1", "task_closed"),
        ("check_readiness-2", "no_such_task"),
        ("check_readiness-0", "no_such_task"),
        ("check_readiness-01", "no_such_task"),
        ("check_readiness-²", "no_such_task"),
        ("make_offer-1", "no_such_task"),
        ("-1", "no_such_task"),
        ("", "no_such_task"),
        ("assess-1", "wrong_answer"),
    ):
        assert case.refused(c.AnswerTask(by=case.municipality, task=task, answer=answer)).rule == rule


def test_what_a_partners_system_learns_comes_from_that_system_only() -> None:
    case = along(upto="request_known")
    effect = case.done(PlaceOffer)[0]
    person, other = YMERE, actor(Role.CORPORATION, "de-alliantie", "system")
    for command in (
        c.LearnDwellings(by=person, dwellings=()),
        c.LearnSupportRequest(by=other, provider="kwintes", number="S-1"),
        c.LearnLease(by=person, offer="O-1", number="L-1"),
        c.ReportUndelivered(by=person, effect=effect, code="x"),
    ):
        assert case.refused(command).rule == "not_yours"
