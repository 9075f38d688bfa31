"""What the engine does where a city has decided nothing. Each of these is listed as a gap of that city's policy.

It is the one place for that. The defaults of `Policy` say what policies of earlier releases meant (see there).
"""

from collections.abc import Mapping
from typing import Any

from domain.policy.groups import SIX


def _ladder(due: str, repeat: str, *escalate: str, **more: Any) -> dict[str, Any]:
    """Return a task's ladder: its term, how often it is escalated again, and when it is escalated first."""
    return {"due": due, **more, "escalate": [*escalate], "repeat": repeat}


DEFAULTS: Mapping[str, Any] = {
    "target_groups": [*SIX],
    "exclusions": {},
    "application": {"by": ["institution", "coordinator"]},
    "decision": {"maker": "municipality", "after_advice": False, "fee_cents": 0},
    "required_documents": ["consent", "identity"],
    "supplement_rounds": 1,
    "readiness_items": ["treatment_done", "living_skills", "money", "day_activity", "support_agreed"],
    "origin": "return",
    "origin_exceptions": ["no_fixed_abode", "weighty_reasons", "safety", "own_network"],
    "suitability": {
        "rents": {
            "2024": {"quality_discount_cents": 45447, "small_cents": 65043, "large_cents": 69707, "young_below": 23},
            "2025": {"quality_discount_cents": 47720, "small_cents": 68296, "large_cents": 73193, "young_below": 23},
            "2026": {"quality_discount_cents": 49820, "small_cents": 71302, "large_cents": 76414, "young_below": 21},
        },
        "capped_rent_for": [],
        "people_per_room": 2,
        "closed_complexes": [],
        "unsuitable_kept": 20,
    },
    "viewing": False,
    "secrecy": {"institution_knows": False},
    "sight": {"after_part": "2 weeks", "after_end": "13 weeks"},
    "temporary_lease": {"longest": "24 months", "onward_move": "3 months"},
    "lease_forms": ["regular", "conversion", "tripartite"],
    "calendar": {"timezone": "Europe/Amsterdam", "closing_days": []},
    "capacity": {"model": "unlimited", "unit": "mediations", "period": "year"},
    "queue": {"order": ["let_down", "urgent_safety", "ends_soon", "waiting_since"]},
    "spread": {"every_district": None, "every_complex": None},
    "offers": {"counted_refusals": 2, "choose_within": "5 working days"},
    "support": {
        "notice_to_team": "5 working days",
        "starts_within": "2 weeks",
        "starts_before": "6 weeks",
        "plan": "off",
        "talk": "off",
        "soft_landing": [],
    },
    "bounds": {"told": "6 weeks", "ahead": "12 months", "review": "6 months", "viewing": "1 month", "keys": "3 months"},
    "follow_up": {
        "after": "3 months",
        "window": "1 week",
        "attempts": 3,
        "attempts_a_day": 1,
        "anchor": "keys",
        "caller": "coordinator",
        "script": ["home", "support", "day_activity", "money", "health", "neighbours", "what_else"],
    },
    "absence": {"suspends": ["urgency", "housing_target"], "holds_home": "10 working days"},
    "reopening": {"within": "6 weeks"},
    "conversion": {"after": {}, "extension": "6 months", "checked": False},
    "agreements": {
        "preparation": {"owner": "institution"},
        "suitable_tenancy": {"owner": "corporation"},
        "tailored_guidance": {"owner": "care_provider"},
        "good_tenancy": {"owner": "corporation"},
        "early_signals": {"owner": "care_provider"},
        "nuisance": {"owner": "corporation"},
        "money": {"owner": "care_provider"},
        "conversion": {"owner": "corporation"},
        "after_conversion": {"owner": "district_team"},
        "privacy": {"owner": "coordinator"},
    },
    "retention": {"support_years": 15, "rejected_years": 5, "erase_within_months": 3, "reads_years": 5},
    "clocks": {
        "decision_term": {"length": "8 weeks", "statutory": True, "warn": ["1 week"], "extension": "6 weeks"},
        "urgency": {"length": "6 months", "warn": ["2 months", "1 month"], "extension": "6 months"},
        "housing_target": {"length": "6 months", "extension": "6 months"},
    },
    "tasks": {
        "check_readiness": _ladder("5 working days", "10 working days", "0 days", "5 working days"),
        "supplement": _ladder(
            "2 weeks", "10 working days", "5 working days", remind=["+7 days", "-2 days"], statutory=True
        ),
        "decide_incomplete": _ladder("10 working days", "10 working days", "0 days"),
        "review_readiness": _ladder("3 months", "1 month", "5 working days", remind=["-1 week"]),
        "determine_origin": _ladder("5 working days", "10 working days", "0 days", "5 working days"),
        "await_transfer": _ladder("10 working days", "5 working days", "0 days", remind=["+5 working days"]),
        "answer_transfer": _ladder("10 working days", "5 working days", "0 days", remind=["+5 working days"]),
        "assess": _ladder("2 weeks", "10 working days", "0 days", "3 weeks", remind=["+7 days", "+12 days"]),
        "decide_urgency": _ladder(
            "5 working days", "5 working days", "0 days", "5 working days", remind=["-2 working days"]
        ),
        "extend_decision_term": _ladder("5 working days", "5 working days", "0 days"),
        "hear_client": _ladder("2 weeks", "10 working days", "0 days", remind=["-2 working days"]),
        "decide_objection": _ladder("6 weeks", "5 working days", "0 days", remind=["-2 weeks"], statutory=True),
        "handle_complaint": _ladder("6 weeks", "5 working days", "0 days", remind=["-2 weeks"], statutory=True),
        "await_place": _ladder("4 months", "1 month", "0 days", "1 month", check="1 month"),
        "make_offer": _ladder("4 months", "1 month", "0 days", "1 month", check="1 month"),
        "extend_urgency": _ladder("10 working days", "5 working days", "0 days", remind=["-2 working days"]),
        "confirm_offer": _ladder("2 working days", "2 working days", "0 days"),
        "plan_viewing": _ladder("2 working days", "2 working days", "0 days", remind=["-1 working day"]),
        "hold_viewing": _ladder("5 working days", "2 working days", "1 working day", remind=["-1 working day"]),
        "answer_offer": _ladder("5 working days", "5 working days", "5 working days", remind=["-1 working day"]),
        "resolve_no_answer": _ladder("3 working days", "3 working days", "0 days"),
        "judge_refusal": _ladder("5 working days", "5 working days", "0 days"),
        "sign_lease": _ladder("10 working days", "5 working days", "0 days", remind=["+7 days"]),
        "name_receiving_team": _ladder("3 working days", "2 working days", "0 days"),
        "judge_fraud": _ladder("5 working days", "5 working days", "0 days"),
        "arrange_onward_move": _ladder("3 months", "1 month", "0 days", remind=["-3 months", "-1 month"]),
        "confirm_support": _ladder("5 working days", "5 working days", "5 working days", remind=["-2 working days"]),
        "await_retour": _ladder(
            "3 working days", "10 working days", "0 days", escalate_to=["care_provider", "coordinator"]
        ),
        "bridge_support": _ladder("5 working days", "2 working days", "0 days"),
        "hand_over_keys": _ladder("10 working days", "5 working days", "2 working days"),
        "start_support": _ladder("5 working days", "2 working days", "1 working day", remind=["-1 working day"]),
        "review_support": _ladder("5 working days", "5 working days", "0 days"),
        "complete_landing": _ladder("2 weeks", "5 working days", "0 days", remind=["-2 working days"]),
        "agree_plan": _ladder("5 working days", "10 working days", "1 week", remind=["-1 week"]),
        "hold_talk": _ladder("5 working days", "10 working days", "1 week", remind=["-1 week"]),
        "follow_up_call": _ladder("4 working days", "10 working days", "10 working days", remind=["-1 week"]),
        "ask_guide": _ladder("5 working days", "5 working days", "0 days", remind=["-1 working day"]),
        "sign_off_unreachable": _ladder("5 working days", "10 working days", "0 days"),
        "take_up_follow_on": _ladder("10 working days", "5 working days", "0 days", remind=["-2 working days"]),
        "visit_client": _ladder("5 working days", "5 working days", "0 days", remind=["-1 working day"]),
        "acknowledge_signal": _ladder("1 working day", "1 working day", "0 days"),
        "hold_joint_talk": _ladder("5 working days", "5 working days", "0 days"),
        "review_signal": _ladder("2 weeks", "5 working days", "0 days"),
        "hold_case_conference": _ladder("5 working days", "5 working days", "0 days"),
        "remind_arrears": _ladder("5 working days", "5 working days", "0 days"),
        "contact_tenant": _ladder("2 weeks", "5 working days", "0 days", remind=["-2 working days"]),
        "offer_debt_help": _ladder("2 weeks", "5 working days", "0 days", remind=["-2 working days"]),
        "take_up_arrears": _ladder("4 weeks", "5 working days", "0 days"),
        "contact_client": _ladder("5 working days", "5 working days", "0 days", remind=["-1 working day"]),
        "review_time_out": _ladder("2 weeks", "5 working days", "0 days", remind=["-2 working days"]),
        "review_absence": _ladder("6 weeks", "10 working days", "0 days", remind=["-1 week"]),
        "decide_conversion": _ladder("4 weeks", "1 month", "2 weeks", remind=["-8 weeks", "-2 weeks"]),
        "check_conversion": _ladder("10 working days", "10 working days", "0 days", remind=["-2 working days"]),
        "confirm_death": _ladder("1 working day", "1 working day", "0 days"),
        "confirm_withdrawal": _ladder("3 working days", "2 working days", "0 days", remind=["-1 working day"]),
        "confirm_offer_withdrawal": _ladder("2 working days", "2 working days", "0 days", remind=["-1 working day"]),
        "review_pause": _ladder("1 month", "10 working days", "0 days", remind=["-1 week"]),
        "resolve_delivery": _ladder("1 working day", "1 working day", "0 days"),
    },
}
"""By path, as in a policy file. What stands here is assumed, unless the law gives it."""
