"""The state is the fold of its events, and both survive their JSON."""

from datetime import date, timedelta
from functools import cache

import pytest
from pydantic import TypeAdapter

from domain.facts.absences import AbsenceKind
from domain.facts.complaints import Complainant, ComplaintResult
from domain.facts.default_notice import LateDecision
from domain.facts.dwelling import HomeNow
from domain.facts.landing import SoftLanding
from domain.facts.outcome import Stage
from domain.facts.parties import SYSTEM, Role
from domain.facts.referral import Checklist, Document, Known, ReferralChanges
from domain.facts.rules import Overridable
from domain.facts.signals import SignalKind
from domain.facts.tasks import Hindrance, TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import AnyEffect, Audience, FreeDwelling, Letter, ListDwellings
from domain.policy.policy import CountsAt, Policy
from domain.state import events as e
from domain.state.events import EVENT, read_event
from domain.state.fold import evolve, fold
from domain.state.mediation import Mediation
from sandbox.driven import road
from tests.domain.case import (
    DESK,
    NOTE,
    STEPS,
    Case,
    actor,
    along,
    checking,
    deciding,
    dwelling,
    main_road,
    policy_of,
    referral,
    undoable,
)
from tests.domain.choosing import ALLIANTIE, YMERE, chooses, chooses_none, listed
from tests.domain.test_decisions import UPHELD, objection, sent
from tests.domain.test_learned import late_confirmation, late_request, without_system
from tests.domain.test_onward import housed
from tests.domain.test_retours import report, started

KINDS = {kind.__name__ for kind in e.Event.__subclasses__()}
EFFECT: TypeAdapter[AnyEffect] = TypeAdapter(AnyEffect)


@cache
def lives() -> tuple[Case, ...]:
    """Lives in which every kind of event happens at least once."""
    return (
        hard_beginning(),
        hard_middle(),
        hard_end(),
        corrected(),
        late_answers(),
        viewed(),
        settled_elsewhere(),
        carried_on_elsewhere(),
        in_a_temporary_home(),
        much_aftercare(),
        away_and_back(),
        chased(),
        too_late(),
        complaining(),
        across_the_year(),
        by_messages(),
        reported(),
        decided_by_a_desk(),
        conversion_checked(),
        urgency_given_back(),
        chosen_by_a_corporation(),
        dearer_by_now(),
        undone(),
        taken_back(),
    )


def chosen_by_a_corporation() -> Case:
    """One corporation chooses none of its dwellings, the next one does, and the client leaves."""
    return chooses(chooses_none(listed(), ALLIANTIE), YMERE, 2).withdraws()


def decided_by_a_desk() -> Case:
    """Advised on, granted by the desk on other terms, and stopped."""
    case = Case(policy=deciding()).start().ready().answer(road.positive())
    decision = a.UrgencyDecisionAnswer(granted=True, support=a.SupportProduct.LIGHT, note=NOTE)
    return case.answer(decision, actor(Role.DESK, DESK)).withdraws()


def urgency_given_back() -> Case:
    """The urgency is taken back after a hearing, an objection to that is right, and the client leaves."""
    case = along(upto="positive")
    case.do(c.StepBack(by=case.municipality, to=Stage.ASSESSMENT, note=NOTE))
    invitation = case.letters(Letter.HEARING_INVITED)[-1]
    case.do(c.LearnLetterSent(by=case.engine, letter=invitation, on=case.today)).days(7)
    case.answer(case.hearing(a.HearingResult.STANDS))
    case.do(c.FileObjection(by=case.municipality, against=c.Disputed.URGENCY_TAKEN_BACK, note=NOTE)).answer(UPHELD)
    return case.withdraws()


def conversion_checked() -> Case:
    """It is advised to put the lease in the client's own name; the municipality looks again later, and then agrees."""
    case = along(policy=checking()).call_day().call()
    for check in (
        a.ConversionCheckAnswer(result="later", again_on=case.today + timedelta(weeks=8)),
        a.ConversionCheckAnswer(result="agreed", on=case.today),
    ):
        case.answer(a.ConversionAnswer(result="converted", on=case.today)).answer(check)
    return case


def too_late() -> Case:
    """The decision is too late, the applicant writes so, and a penalty runs."""
    case = along(upto="ready").days(60)
    case.do(c.NoteDefaultNotice(by=case.municipality, late=LateDecision.URGENCY, note=NOTE)).days(20)
    return case.positive().withdraws()


def complaining() -> Case:
    """The client complains, waits longer, is answered after the end, and the answer leaves."""
    case = along(upto="ready")
    case.do(c.FileComplaint(by=case.municipality, complainant=Complainant.CLIENT, note=NOTE))
    case.answer(a.ComplaintAnswer(result=ComplaintResult.POSTPONED, note=NOTE)).withdraws()
    case.answer(a.ComplaintAnswer(result=ComplaintResult.UNFOUNDED, hearing="no_reply", note=NOTE))
    letter = case.letters(Letter.COMPLAINT_ANSWERED)[-1]
    return case.do(c.LearnLetterSent(by=case.engine, letter=letter, on=case.today))


def across_the_year() -> Case:
    """Reserved in December, and housed in January: the place counts in the year of the keys."""
    city = main_road("almere")
    case = Case(policy=replace(city, capacity=replace(city.capacity, counts_at=CountsAt.KEYS)))
    case.on(date(2026, 12, 1)).start().ready().on(date(2026, 12, 21)).positive().list().match().confirm().accept()
    return case.request_known().sign(keys_in=20).plan_support(20).keys().withdraws()


def reported() -> Case:
    """Said to be dead, and to want to stop; neither is so, and later the client does want to stop."""
    by = actor(Role.CARE_PROVIDER, "kwintes")
    leaving = c.Withdraw(by=by, source=a.KnownFrom.CLIENT, reason=c.ClientWithdrawal.OTHER, note=NOTE)
    case = along(upto="keys").do(c.ReportDeath(by=by, source=a.KnownFrom.FAMILY)).do(leaving)
    case.answer(a.DeathConfirmationAnswer(confirmed=False))
    case.answer(a.WithdrawalConfirmationAnswer(confirmed=False, spoke_on=case.today)).do(leaving)
    case.answer(a.WithdrawalConfirmationAnswer(confirmed=True, spoke_on=case.today, note=NOTE))
    return case.dies()


def taken_back() -> Case:
    """The corporation takes back a home whose lease is signed: first the lease stands, later the client is let down."""
    by = actor(Role.CORPORATION, "ymere")
    case = along(upto="plan_support").do(c.WithdrawOffer(by=by, reason=c.WithdrawalReason.OTHER, note=NOTE))
    case.answer(a.OfferWithdrawalAnswer(confirmed=False, note=NOTE))
    case.do(c.WithdrawOffer(by=replace(by, user=SYSTEM), reason=c.WithdrawalReason.LET_OTHERWISE))
    return case.answer(a.OfferWithdrawalAnswer(confirmed=True, note=NOTE)).dies()


def undone() -> Case:
    """Said to be dead, which a second person undoes; then the client goes, comes back, and goes for good."""
    second = actor(Role.COORDINATOR, "almere", "user-2")
    case = along(upto="accept", policy=undoable()).dies().days(3)
    wrong, goes_on = c.ReopeningReason.END_WAS_WRONG, c.ReopeningReason.CLIENT_GOES_ON
    case.do(c.ReopenMediation(by=second, because=wrong, note=NOTE)).withdraws()
    return case.do(c.ReopenMediation(by=second, because=goes_on, note=NOTE)).withdraws().days(50)


def chased() -> Case:
    """A task that takes longer, rests, is given to another and is taken over."""
    case, by = along(upto="ready"), Case().municipality
    team = actor(Role.DISTRICT_TEAM, case.task(TaskKind.ASSESS).owner)
    until = case.today + timedelta(days=21)
    case.do(c.ReportHindrance(by=team, task="assess-1", hindrance=Hindrance.MORE_TIME, until=until, note=NOTE))
    case.do(c.AnswerHindrance(by=by, task="assess-1", granted=True, note=NOTE))
    case.do(c.ReportHindrance(by=team, task="assess-1", hindrance=Hindrance.NOT_MINE, to="wijkteam-oost", note=NOTE))
    case.do(c.AnswerHindrance(by=by, task="assess-1", granted=False, note=NOTE))
    case.do(c.SnoozeTask(by=by, task="assess-1", until=date(2026, 6, 10), note=NOTE))
    case.do(c.ReassignTask(by=by, task="assess-1", owner="wijkteam-oost", note=NOTE))
    return case.do(c.TakeOverTask(by=by, task="assess-1", note=NOTE)).withdraws()


def viewed() -> Case:
    """Checked item by item, granted on conditions, objected to, and viewed before answering."""
    case = Case(policy=replace(main_road("almere"), viewing=True)).start()
    case.answer(a.ReadinessAnswer(result=a.Readiness.READY, checklist=Checklist(money=Known.YES)))
    conditions = (a.UrgencyCondition.FINISH_TRAINING,)
    granted = a.AssessmentResult.CONDITIONAL
    case.answer(a.AssessmentAnswer(result=granted, support=a.SupportProduct.LIGHT, conditions=conditions, note=NOTE))
    case.do(c.FileObjection(by=case.municipality, against=c.Disputed.URGENCY_CONDITIONS, note=NOTE))
    case.answer(a.ObjectionAnswer(result=a.ObjectionResult.EXTENDED, note=NOTE))
    case.answer(UPHELD).list().match().confirm()
    for held in (False, True):
        case.answer(a.ViewingPlanAnswer(on=case.today)).answer(a.ViewingAnswer(held=held))
    return case.withdraws()


def dearer_by_now() -> Case:
    """The rent goes up after the client had said yes, and once more beyond what the client can pay."""
    case = along(upto="request_known")
    for rent in (66_000, 99_000):
        home = dwelling(1, rent_cents=rent)
        case.do(
            c.LearnHome(
                by=actor(Role.CORPORATION, "ymere", "system"),
                home_now=HomeNow(corporation="ymere", id="D-1", dwelling=home),
            )
        )
    return case


def carried_on_elsewhere() -> Case:
    """Another municipality is asked three times: it says no, is asked no longer, and says yes."""
    case = along(upto="positive")
    asks = c.ProposeTransfer(
        by=case.municipality,
        to="utrecht",
        consent_on=case.today,
        consent="written",
        shares=tuple(c.FilePart),
        notes=(NOTE,),
        note=NOTE,
    )
    case.do(asks).answer(a.TransferReply(accepted=False, note=NOTE))
    case.do(asks).do(c.WithdrawTransfer(by=case.municipality, note=NOTE))
    case.do(asks).answer(a.TransferReply(accepted=True, takes_over_on=case.today, note=NOTE))
    return sent(case).days(60)


def settled_elsewhere() -> Case:
    """From another municipality that does not take the client over, and better off in another living form."""
    case = along("amersfoort", "start").answer(a.ReadinessAnswer(result=a.Readiness.READY))
    case.answer(a.OriginAnswer(origin="leusden", note=NOTE)).answer(a.TransferAnswer(accepted=False))
    interim = a.AlternativeForm.INTERIM_HOME
    case.answer(a.AssessmentAnswer(result=a.AssessmentResult.ALTERNATIVE, alternative=interim, note=NOTE))
    sent(case.answer(case.hearing(a.HearingResult.STANDS)))
    case.do(objection(case)).answer(UPHELD)
    case.answer(a.AssessmentAnswer(result=a.AssessmentResult.NEGATIVE, note=NOTE))
    return sent(case.answer(case.hearing(a.HearingResult.STANDS))).days(60)


def in_a_temporary_home() -> Case:
    return housed().call_day().call().answer(a.OnwardMoveAnswer(way="moves_on"))


def late_answers() -> Case:
    """The partners do what they were asked when it is no longer wanted, or hear by letter that it is."""
    case = late_request(along(upto="accept").withdraws())
    return without_system(late_confirmation(case), case.done(FreeDwelling)[0])


def hard_beginning() -> Case:
    case = Case().start(referral(documents=()))
    case.answer(a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=(Document.IDENTITY,))).days(16)
    case.answer(a.SupplementAnswer(documents=case.policy.required_documents)).ready()
    case.days(50).answer(a.TermExtensionAnswer(note=NOTE)).days(10)
    case.full = True
    case.positive().days(40)
    case.do(c.OverrideRule(by=case.municipality, rule=Overridable.QUOTA_FULL, note=NOTE))
    by = case.engine
    case.do(c.ReportUndelivered(by=by, effect=case.done(ListDwellings)[0], code="unknown"))
    case.do(c.CorrectReferral(by=by, changes=ReferralChanges(household_size=2), note=NOTE))
    case.do(c.AdoptPolicy(by=case.municipality, policy=generous(case.policy), note=NOTE))
    case.do(c.AddNote(by=by, note=NOTE)).days(200).answer(a.UrgencyAnswer(extend=True))
    return case.withdraws()


def generous(policy: Policy) -> Policy:
    """The same policy with other terms for tasks and clocks."""
    document = policy.model_dump(mode="json") | {"version": "2026-07-01"}
    document["tasks"]["make_offer"]["due"] = "5 months"
    document["clocks"]["housing_target"]["length"] = "9 months"
    return Policy.model_validate(document)


def hard_middle() -> Case:
    case = along("amersfoort", "match").answer(a.ConfirmationAnswer(declined=a.CorporationDecline.OTHER))
    case.list().match(2).do(c.WithdrawOffer(by=case.municipality, reason=c.WithdrawalReason.OTHER))
    for n in (3, 4):
        case.list(dwelling(n)).match(n).confirm()
        if n == 3:
            case.refuse().judged(valid=False)
    case.until(case.task(TaskKind.ANSWER_OFFER).due).answer(a.ContactAnswer(result="more_time"))
    case.accept().answer(a.LeaseAnswer(failed_check=True))
    return case.dies()


def hard_end() -> Case:
    case = (
        along(upto="accept").do(c.LearnLease(by=along().municipality, offer="O-1", number="L-1")).request_known().sign()
    )
    case.answer(a.SupportAnswer(unable=True)).answer(a.BridgeAnswer(way="bridge", by="leger-des-heils"))
    case.plan_support().keys().start_support().call_day()
    for day_part in a.DayPart:
        case.no_reply(day_part)
    return case.answer(a.GuideAnswer(in_contact=True)).call()


def corrected() -> Case:
    """The keys and what came out of the call were noted wrongly, and the client has another phone."""
    case = along(upto="keys").days(3)
    case.do(c.ChangeContact(by=case.municipality, who=Audience.CLIENT, fields=(c.ContactField.PHONE,), note=NOTE))
    case.corrected(a.KeysAnswer(on=case.today)).start_support().call_day().call(a.CallResult.LIGHT_HELP)
    return case.corrected(road.called(a.CallResult.FINE))


def much_aftercare() -> Case:
    """Every kind of aftercare, under Almere's whole policy."""
    case = along(policy=policy_of("almere"))
    case.answer(a.LandingAnswer(in_place=tuple(SoftLanding)))
    case.answer(a.PlanAnswer(agreed_on=case.today)).answer(a.TalkAnswer(held_on=case.today))
    case.signals(SignalKind.ARREARS).answer(a.ReminderAnswer()).answer(a.TenantAnswer())
    case.answer(a.DebtHelpAnswer(objects=True)).answer(a.SignalReviewAnswer(result="calmed"))
    case.do(c.ChangeProvider(by=case.municipality, provider="blijf-groep", note=NOTE)).start_support()
    case.call_day().signals(SignalKind.NUISANCE).call().answer(a.AcknowledgementAnswer())
    case.answer(a.JointTalkAnswer(result="case_conference"))
    case.answer(a.ConferenceAnswer(result="handed_over", note=NOTE)).days(300)
    return case.answer(a.ConversionAnswer(result="extended")).answer(
        a.ConversionAnswer(result="converted", on=case.today)
    )


def away_and_back() -> Case:
    """An absence before the keys, a pause, a step back, and a lease that is not converted."""
    case = along(upto="accept", policy=policy_of("almere")).away(AbsenceKind.READMISSION).paused().back().resumed()
    case.steps_back(Stage.ASSESSMENT)
    for step in STEPS[STEPS.index("positive") :]:
        getattr(case, step)()
    return case.call_day().call().answer(a.ConversionAnswer(result="ended_outside", note=NOTE))


def by_messages() -> Case:
    """A provider that exchanges messages takes its report of the start back, twice."""
    case = started()
    case.do(report(case, c.SupportReport.START_WITHDRAWN))
    case.answer(a.SupportReviewAnswer(way="corrected", started_on=case.today))
    case.do(report(case, c.SupportReport.START_WITHDRAWN))
    return case.answer(a.SupportReviewAnswer(way="start_again")).start_support()


def test_these_lives_hold_every_kind_of_event() -> None:
    assert {event.type for case in lives() for event in case.events} == KINDS


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_event_reads_back_from_its_json(kind: str) -> None:
    found = [event for case in lives() for event in case.events if event.type == kind]
    assert found
    for event in found:
        assert EVENT.validate_json(EVENT.dump_json(event)) == event
        assert read_event(event.model_dump(mode="json")) == event
        assert event.schema_version == 1


def test_every_state_on_the_way_reads_back_from_its_json_and_goes_on_the_same() -> None:
    for case in lives():
        state: Mediation | None = None
        for event in case.events:
            state = evolve(state, event)
            again = Mediation.model_validate_json(state.model_dump_json())
            assert again == state
        assert state == case.m
        assert case.m.sequence == len(case.events)


def test_events_from_json_fold_to_the_same_state() -> None:
    for case in lives():
        assert fold(EVENT.validate_json(EVENT.dump_json(event)) for event in case.events) == case.m


def test_every_effect_reads_back_from_its_json_and_has_a_key_of_its_own() -> None:
    for case in lives():
        for effect in case.effects:
            assert EFFECT.validate_json(EFFECT.dump_json(effect)) == effect
        keys = [effect.key for effect in case.effects]
        assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("upto", STEPS)
def test_the_same_command_on_a_state_from_json_is_decided_the_same(upto: str) -> None:
    case = along(upto=upto)
    again = along(upto=upto)
    again.state = Mediation.model_validate_json(case.m.model_dump_json())
    for twin in (case, again):
        twin.days(200)
    assert again.m == case.m
    assert again.effects == case.effects


def test_fields_of_a_later_release_are_left_out() -> None:
    document = along(upto="start").events[0].model_dump(mode="json")
    assert read_event({**document, "mood": "hopeful"}) == read_event(document)


@pytest.mark.parametrize("document", [{}, {"type": "MediationSold"}, {"type": "StageEntered", "stage": "limbo"}])
def test_what_is_no_event_is_not_read(document: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        read_event(document)


def test_nothing_comes_before_the_start() -> None:
    assert fold([]) is None
    with pytest.raises(ValueError, match="PlaceConsumed before MediationStarted"):
        evolve(None, e.PlaceConsumed())
