"""What each stage does on entry, and what each answer leads to."""

from collections.abc import Callable
from typing import Any

from domain.beside import absence, aftercare, heard, objection, pause, reported, retours
from domain.facts.outcome import Stage
from domain.facts.tasks import Task, TaskKind
from domain.stages import (
    acceptance,
    assessment,
    conversion,
    first_weeks,
    follow_up,
    offer,
    onward,
    origin,
    readiness,
    support,
    support_start,
    viewing,
)
from domain.state.draft import Draft
from domain.steps import terms

ENTRIES: dict[Stage, Callable[[Draft], None]] = {
    Stage.READINESS: readiness.enter,
    Stage.ASSESSMENT: assessment.enter,
    Stage.OFFER: offer.enter,
    Stage.ACCEPTANCE: acceptance.enter,
    Stage.SUPPORT_START: support_start.enter,
    Stage.FOLLOW_UP: follow_up.enter,
    Stage.CONVERSION: conversion.enter,
}

ANSWERS: dict[TaskKind, Callable[[Draft, Task, Any], None]] = {
    TaskKind.CHECK_READINESS: readiness.check_readiness,
    TaskKind.SUPPLEMENT: readiness.supplement,
    TaskKind.DECIDE_INCOMPLETE: readiness.decide_incomplete,
    TaskKind.REVIEW_READINESS: readiness.review,
    TaskKind.DETERMINE_ORIGIN: origin.determine_origin,
    TaskKind.AWAIT_TRANSFER: origin.transfer_answered,
    TaskKind.ASSESS: assessment.assess,
    TaskKind.EXTEND_DECISION_TERM: terms.extend_decision_term,
    TaskKind.HEAR_CLIENT: heard.hear,
    TaskKind.DECIDE_OBJECTION: objection.decide_objection,
    TaskKind.AWAIT_PLACE: offer.await_place,
    TaskKind.MAKE_OFFER: offer.make_offer,
    TaskKind.EXTEND_URGENCY: offer.answer_urgency,
    TaskKind.CONFIRM_OFFER: offer.confirm_offer,
    TaskKind.PLAN_VIEWING: viewing.viewing_planned,
    TaskKind.HOLD_VIEWING: viewing.viewing_held,
    TaskKind.ANSWER_OFFER: acceptance.answer_offer,
    TaskKind.RESOLVE_NO_ANSWER: acceptance.resolve_no_answer,
    TaskKind.JUDGE_REFUSAL: acceptance.judge_refusal,
    TaskKind.SIGN_LEASE: acceptance.sign_lease,
    TaskKind.JUDGE_FRAUD: acceptance.judge_fraud,
    TaskKind.NAME_RECEIVING_TEAM: acceptance.team_named,
    TaskKind.CONFIRM_SUPPORT: support.confirm_support,
    TaskKind.AWAIT_RETOUR: retours.retour_answered,
    TaskKind.BRIDGE_SUPPORT: support.bridge_support,
    TaskKind.HAND_OVER_KEYS: acceptance.hand_over_keys,
    TaskKind.ARRANGE_ONWARD_MOVE: onward.onward_move,
    TaskKind.START_SUPPORT: support_start.start_support,
    TaskKind.REVIEW_SUPPORT: retours.review_support,
    TaskKind.COMPLETE_LANDING: first_weeks.complete_landing,
    TaskKind.AGREE_PLAN: first_weeks.agree_plan,
    TaskKind.HOLD_TALK: first_weeks.hold_talk,
    TaskKind.FOLLOW_UP_CALL: follow_up.call,
    TaskKind.ASK_GUIDE: follow_up.ask_guide,
    TaskKind.SIGN_OFF_UNREACHABLE: follow_up.sign_off,
    TaskKind.TAKE_UP_FOLLOW_ON: follow_up.take_up_follow_on,
    TaskKind.VISIT_CLIENT: aftercare.visit,
    TaskKind.ACKNOWLEDGE_SIGNAL: aftercare.acknowledge,
    TaskKind.HOLD_JOINT_TALK: aftercare.joint_talk,
    TaskKind.REVIEW_SIGNAL: aftercare.review_signal,
    TaskKind.HOLD_CASE_CONFERENCE: aftercare.case_conference,
    TaskKind.REMIND_ARREARS: aftercare.remind_arrears,
    TaskKind.CONTACT_TENANT: aftercare.contact_tenant,
    TaskKind.OFFER_DEBT_HELP: aftercare.offer_debt_help,
    TaskKind.TAKE_UP_ARREARS: aftercare.take_up_arrears,
    TaskKind.CONTACT_CLIENT: aftercare.contact_client,
    TaskKind.REVIEW_TIME_OUT: absence.review_time_out,
    TaskKind.REVIEW_ABSENCE: absence.review_absence,
    TaskKind.DECIDE_CONVERSION: conversion.decide_conversion,
    TaskKind.CONFIRM_DEATH: reported.confirm_death,
    TaskKind.CONFIRM_WITHDRAWAL: reported.confirm_withdrawal,
    TaskKind.REVIEW_PAUSE: pause.review_pause,
}
