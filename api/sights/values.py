"""Who sees which fields of the values that events hold. A value that is not here is shown to nobody."""

from collections.abc import Mapping

from api.sights.named import Named, everybody, municipality_only, named
from domain.facts.absences import Absence
from domain.facts.clocks import Clock
from domain.facts.complaints import ToldComplaint
from domain.facts.conditions import Condition, Measured, Norm
from domain.facts.default_notice import DefaultNotice
from domain.facts.dwelling import Candidate, Dwelling, HomeRef, LeftOut, Unsuitable
from domain.facts.groups import AgeRange
from domain.facts.outcome import EndedBefore
from domain.facts.parties import Actor, Parties
from domain.facts.referral import Checklist, DwellingNeeds, Referral, ReferralChanges, TransferredFrom
from domain.facts.signals import Signal
from domain.facts.tasks import Task
from domain.facts.value import Value
from domain.messages import answers as a
from domain.messages import effects as f
from domain.messages.told import Told
from domain.policy.queue import Turn
from domain.policy.scarce import Against, InLine, SpreadClaim

FACTS: Mapping[type[Value], Named] = {
    Referral: named(
        "person target_group other_groups household_size needs documents track checklist age age_between "
        "support_districts address_secret district transferred_from"
    ),
    TransferredFrom: named("municipality reference"),
    DwellingNeeds: named(
        "rooms rent_limit_cents accessible low_stimulus wanted_districts excluded_districts unsafe_districts"
    ),
    AgeRange: everybody("least most"),
    Checklist: named("treatment_done living_skills money day_activity support_agreed"),
    ReferralChanges: named(
        "target_group other_groups household_size needs documents track checklist age support_districts address_secret "
        "transferred_from"
    ),
    Actor: named("role organisation user substitute", partners="role organisation substitute"),
    EndedBefore: named("outcome on"),
    Parties: named("municipality institution district_team care_provider corporations desk committee"),
    Task: named(
        "id kind owner owner_role asked_first about opened_at term_from due agreed reminders escalations check_at "
        "reminded escalated overdue runs_on hindrance hindrance_until hindrance_to more_time_asked "
        "awaits_letter",
        corporation="id kind owner owner_role about opened_at due",
    ),
    Clock: named("kind started_at ends_at warnings suspended_at expired unrolled suspended_for extended"),
    DefaultNotice: named("late received_on term_ended_on first last begins_at ends_at begun over"),
    Candidate: everybody("dwelling conditions"),
    Dwelling: named(
        "id corporation complex district rooms rent_cents accessible low_stimulus living_form released_on "
        "closed_for_placement",
        corporation="id corporation complex district rooms rent_cents accessible low_stimulus living_form released_on",
    ),
    HomeRef: named("corporation dwelling"),
    LeftOut: named("corporation number lacks"),
    Unsuitable: named("corporation dwelling complex district unmet"),
    Condition: everybody("name verdict fact norm advisory found asked"),
    Measured: everybody("unit value on until reason"),
    Norm: everybody("comparison value unit period review rooms shared"),
    InLine: Named(("mediation", "turn"), None, None),
    SpreadClaim: named("municipality scope corporation name period most on beyond_limit found against"),
    Against: named("used most eligible until reason"),
    Turn: named("order since let_down_on for_safety ends_on out_of_turn"),
    Signal: named("id kind reported_by reported_at state objected"),
    Absence: named("kind since suspended"),
}

ANSWERS: Mapping[type[Value], Named] = {
    a.ReadinessAnswer: named("note kind result missing review_on standstill checklist"),
    a.SupplementAnswer: named("note kind documents"),
    a.IncompleteAnswer: named("note kind decision"),
    a.ReviewAnswer: named("note kind ready checklist give_up"),
    a.OriginAnswer: named("note kind origin exception funded_by"),
    a.TransferReply: named("note kind accepted takes_over_on"),
    a.TransferAnswer: named("note kind accepted help_here"),
    a.AssessmentAnswer: named("note kind result support conditions alternative reasons"),
    a.UrgencyDecisionAnswer: named("note kind granted support conditions reasons"),
    a.TermExtensionAnswer: named("note kind"),
    a.HearingAnswer: named("note kind hearing heard_on form said_by result reasons"),
    a.ObjectionAnswer: named("note kind result hearing heard_on heard_by ground excused"),
    a.ComplaintAnswer: municipality_only("note kind result hearing heard_on ground happened_on until agreed"),
    a.PlaceAnswer: named("note kind"),
    a.MatchAnswer: everybody("note kind corporation dwelling declined"),
    a.UrgencyAnswer: named("note kind extend"),
    a.ConfirmationAnswer: everybody("note kind number declined"),
    a.ViewingPlanAnswer: everybody("note kind on"),
    a.ViewingAnswer: named("note kind held"),
    a.ClientAnswer: named("note kind accept reason"),
    a.ContactAnswer: named("note kind result reason"),
    a.JudgementAnswer: named("note kind valid"),
    a.LeaseAnswer: everybody("note kind form keys_on failed_check failure legal_ground ends_on"),
    a.FraudAnswer: named("note kind founded"),
    a.ReceivingTeamAnswer: named("note kind team"),
    a.OnwardMoveAnswer: everybody("note kind way"),
    a.SupportAnswer: named("note kind starts_on number unable"),
    a.RetourAnswer: named("note kind way"),
    a.BridgeAnswer: named("note kind way by"),
    a.KeysAnswer: everybody("note kind on"),
    a.StartAnswer: named("note kind started_on unable in_place"),
    a.SupportReviewAnswer: named("note kind way started_on"),
    a.LandingAnswer: named("note kind in_place"),
    a.PlanAnswer: named("note kind agreed_on goals"),
    a.TalkAnswer: everybody("note kind held_on worries"),
    a.CallAnswer: named("note kind day_part on reached result"),
    a.GuideAnswer: named("note kind in_contact"),
    a.SignOffAnswer: named("note kind close visit"),
    a.FollowOnAnswer: named("note kind result"),
    a.VisitAnswer: named("note kind seen calmed"),
    a.AcknowledgementAnswer: everybody("note kind"),
    a.JointTalkAnswer: named("note kind result"),
    a.SignalReviewAnswer: named("note kind result"),
    a.ConferenceAnswer: named("note kind result"),
    a.ReminderAnswer: everybody("note kind settled"),
    a.TenantAnswer: everybody("note kind settled"),
    a.DebtHelpAnswer: everybody("note kind settled objects"),
    a.ArrearsAnswer: named("note kind result"),
    a.ClientContactAnswer: named("note kind result"),
    a.TimeOutReviewAnswer: named("note kind result on"),
    a.AbsenceReviewAnswer: named("note kind result on"),
    a.ConversionAnswer: everybody("note kind result on"),
    a.ConversionCheckAnswer: everybody("note kind result on again_on"),
    a.DeathConfirmationAnswer: named("note kind confirmed source"),
    a.WithdrawalConfirmationAnswer: named("note kind confirmed spoke_on"),
    a.OfferWithdrawalAnswer: named("note kind confirmed", corporation="kind confirmed"),
    a.PauseReviewAnswer: named("note kind result"),
    a.DeliveryAnswer: named("note kind way on"),
}

EFFECTS: Mapping[type[Value], Named] = {
    f.SendLetter: named("key letter readers organisation task task_kind by owner appointment told"),
    Told: named(
        "decided_on reasons note basis hearing heard_on ground living_form counted_refusals asked_on asked_until "
        "missing institution district_team elsewhere takes_over_on received_on meanwhile last_day decree_days decision "
        "until conditions most_refusals since not_heard late_after undone lost complaint",
        partners="decided_on reasons note hearing heard_on ground living_form counted_refusals asked_on asked_until "
        "missing institution district_team elsewhere takes_over_on received_on meanwhile last_day decree_days "
        "decision until conditions most_refusals since not_heard late_after undone lost",
    ),
    ToldComplaint: municipality_only("id committee agreed result ground"),
    f.Appointment: named("name kind sequence on off"),
    f.AskAssessment: named("key first_key team due_on"),
    f.GiveNotice: named("key first_key team district keys_on"),
    f.ListDwellings: named("key corporations released_by"),
    f.PlaceOffer: named("key first_key corporation task dwelling household respond_by"),
    f.ReadOffer: named("key first_key corporation task number"),
    f.FreeDwelling: named("key first_key corporation number reason"),
    f.PrepareLease: named("key first_key corporation number form"),
    f.RequestSupport: named("key first_key provider product district"),
    f.ReadSupport: named("key first_key provider task number"),
    f.CallWaiting: named("key municipality corporation"),
    f.CancelSupport: named("key first_key provider number ended_on"),
}
