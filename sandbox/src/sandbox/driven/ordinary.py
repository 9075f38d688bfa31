"""The ordinary answer to each kind of task: so a mediation walks its road, from referral to home."""

from datetime import datetime, timedelta

from domain.facts.complaints import ComplaintResult
from domain.facts.landing import SoftLanding
from domain.facts.referral import Document
from domain.facts.tasks import Task, TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.policy.policy import LeaseForm, Policy
from domain.state.mediation import Mediation
from sandbox.driven import road

NOTE = "note-0123456789abcdef"
NO_HOME = ("ymere", "D-1")
"""Corporation and dwelling that are named where none was listed: an answer that is refused."""


def ordinary(policy: Policy, task: Task, m: Mediation, now: datetime, *, reached: bool = False) -> a.TaskAnswer:
    """The answer that takes a mediation one step on; `reached` tells whether the client answers the telephone."""
    today = policy.calendar.today(now)
    homes = [(one.dwelling.corporation, one.dwelling.id) for one in m.candidates]
    corporation, home = next(iter(homes), NO_HOME)
    missing = tuple(one for one in policy.required_documents if one not in m.referral.documents)
    lacking = a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=missing)
    untried = next((part for part in a.DayPart if part not in m.call_attempts), a.DayPart.MORNING)
    lease = a.LeaseAnswer(form=LeaseForm.TRIPARTITE, keys_on=today + timedelta(days=14))
    if m.referral.household_size > 1:
        ground, ends_on = a.LegalGround.SECOND_CHANCE, today + timedelta(days=400)
        lease = replace(lease, form=LeaseForm.TEMPORARY, legal_ground=ground, ends_on=ends_on)
    result_of = a.CallResult.FINE if reached else None
    call = a.CallAnswer(day_part=untried, reached=reached, result=result_of)
    ordinary_answers: dict[TaskKind, a.TaskAnswer] = {
        TaskKind.CHECK_READINESS: lacking if missing else road.ready(),
        TaskKind.SUPPLEMENT: a.SupplementAnswer(documents=tuple(Document)),
        TaskKind.DECIDE_INCOMPLETE: a.IncompleteAnswer(decision="process"),
        TaskKind.REVIEW_READINESS: a.ReviewAnswer(ready=True),
        TaskKind.DETERMINE_ORIGIN: road.from_here(policy),
        TaskKind.AWAIT_TRANSFER: a.TransferAnswer(accepted=False),
        TaskKind.ANSWER_TRANSFER: a.TransferReply(accepted=False, note=NOTE),
        TaskKind.ASSESS: road.positive(),
        TaskKind.DECIDE_URGENCY: road.granted(),
        TaskKind.EXTEND_DECISION_TERM: a.TermExtensionAnswer(note=NOTE),
        TaskKind.HEAR_CLIENT: a.HearingAnswer(
            hearing="heard", heard_on=today, form="spoken", result=a.HearingResult.DROPPED, note=NOTE
        ),
        TaskKind.HANDLE_COMPLAINT: a.ComplaintAnswer(result=ComplaintResult.WELL_FOUNDED, hearing="waived", note=NOTE),
        TaskKind.DECIDE_OBJECTION: a.ObjectionAnswer(result=a.ObjectionResult.WELL_FOUNDED, note=NOTE),
        TaskKind.AWAIT_PLACE: a.PlaceAnswer(),
        TaskKind.MAKE_OFFER: a.MatchAnswer(corporation=corporation, dwelling=home, note=NOTE),
        TaskKind.EXTEND_URGENCY: a.UrgencyAnswer(extend=True),
        TaskKind.CONFIRM_OFFER: a.ConfirmationAnswer(number="O-1"),
        TaskKind.PLAN_VIEWING: a.ViewingPlanAnswer(on=today),
        TaskKind.HOLD_VIEWING: a.ViewingAnswer(held=True),
        TaskKind.ANSWER_OFFER: road.accepted(),
        TaskKind.RESOLVE_NO_ANSWER: a.ContactAnswer(result="accepted"),
        TaskKind.JUDGE_REFUSAL: a.JudgementAnswer(valid=True),
        TaskKind.SIGN_LEASE: lease,
        TaskKind.NAME_RECEIVING_TEAM: a.ReceivingTeamAnswer(team="wijkteam-west"),
        TaskKind.JUDGE_FRAUD: a.FraudAnswer(founded=False),
        TaskKind.ARRANGE_ONWARD_MOVE: a.OnwardMoveAnswer(way="moves_on"),
        TaskKind.CONFIRM_SUPPORT: road.planned(today),
        TaskKind.AWAIT_RETOUR: a.RetourAnswer(way="received"),
        TaskKind.BRIDGE_SUPPORT: a.BridgeAnswer(way="bridge", by="leger-des-heils"),
        TaskKind.HAND_OVER_KEYS: a.KeysAnswer(on=today),
        TaskKind.START_SUPPORT: a.StartAnswer(started_on=today),
        TaskKind.REVIEW_SUPPORT: a.SupportReviewAnswer(way="settled"),
        TaskKind.COMPLETE_LANDING: a.LandingAnswer(in_place=tuple(SoftLanding)),
        TaskKind.AGREE_PLAN: a.PlanAnswer(agreed_on=today),
        TaskKind.HOLD_TALK: a.TalkAnswer(held_on=today),
        TaskKind.FOLLOW_UP_CALL: call,
        TaskKind.ASK_GUIDE: a.GuideAnswer(in_contact=True),
        TaskKind.SIGN_OFF_UNREACHABLE: a.SignOffAnswer(close=False),
        TaskKind.TAKE_UP_FOLLOW_ON: a.FollowOnAnswer(),
        TaskKind.VISIT_CLIENT: a.VisitAnswer(seen=True),
        TaskKind.ACKNOWLEDGE_SIGNAL: a.AcknowledgementAnswer(),
        TaskKind.HOLD_JOINT_TALK: a.JointTalkAnswer(result="case_conference"),
        TaskKind.REVIEW_SIGNAL: a.SignalReviewAnswer(result="calmed"),
        TaskKind.HOLD_CASE_CONFERENCE: a.ConferenceAnswer(result="handed_over", note=NOTE),
        TaskKind.REMIND_ARREARS: a.ReminderAnswer(),
        TaskKind.CONTACT_TENANT: a.TenantAnswer(),
        TaskKind.OFFER_DEBT_HELP: a.DebtHelpAnswer(objects=True),
        TaskKind.TAKE_UP_ARREARS: a.ArrearsAnswer(result="settled"),
        TaskKind.CONTACT_CLIENT: a.ClientContactAnswer(result="agreements"),
        TaskKind.REVIEW_TIME_OUT: a.TimeOutReviewAnswer(result="returned", on=today),
        TaskKind.REVIEW_ABSENCE: a.AbsenceReviewAnswer(result="returned", on=today),
        TaskKind.DECIDE_CONVERSION: a.ConversionAnswer(result="converted", on=today),
        TaskKind.CHECK_CONVERSION: a.ConversionCheckAnswer(result="agreed", on=today),
        TaskKind.CONFIRM_DEATH: a.DeathConfirmationAnswer(confirmed=False),
        TaskKind.CONFIRM_OFFER_WITHDRAWAL: a.OfferWithdrawalAnswer(confirmed=False),
        TaskKind.CONFIRM_WITHDRAWAL: a.WithdrawalConfirmationAnswer(confirmed=False, spoke_on=today),
        TaskKind.REVIEW_PAUSE: a.PauseReviewAnswer(result="resumed"),
        TaskKind.RESOLVE_DELIVERY: a.DeliveryAnswer(way="try_again"),
    }
    return ordinary_answers[task.kind]
