"""What the engine does where a city has decided nothing. Each of these is listed as a gap of that city's policy."""

from collections.abc import Mapping
from typing import Any

DEFAULTS: Mapping[str, Any] = {
    "required_documents": ["consent", "identity"],
    "lease_forms": ["regular", "conversion", "tripartite"],
    "calendar": {"timezone": "Europe/Amsterdam"},
    "capacity": {"model": "unlimited", "unit": "mediations", "period": "year"},
    "spread": {"every_district": None, "every_complex": None},
    "offers": {"counted_refusals": 2},
    "support": {"notice_to_team": "5 working days"},
    "follow_up": {"after": "3 months", "window": "1 week", "attempts": 3},
    "clocks": {
        "decision_term": {"length": "8 weeks", "statutory": True, "warn": ["1 week"], "extension": "6 weeks"},
        "urgency": {"length": "6 months", "warn": ["2 months", "1 month"], "extension": "6 months"},
        "housing_target": {"length": "6 months", "extension": "6 months"},
    },
    "tasks": {
        "check_readiness": {
            "due": "5 working days",
            "escalate": ["0 days", "5 working days"],
            "repeat": "10 working days",
        },
        "supplement": {
            "due": "2 weeks",
            "remind": ["+7 days", "-2 days"],
            "escalate": ["5 working days"],
            "repeat": "10 working days",
            "statutory": True,
        },
        "decide_incomplete": {"due": "10 working days", "escalate": ["0 days"], "repeat": "10 working days"},
        "review_readiness": {
            "due": "3 months",
            "remind": ["-1 week"],
            "escalate": ["5 working days"],
            "repeat": "1 month",
        },
        "assess": {
            "due": "2 weeks",
            "remind": ["+7 days", "+12 days"],
            "escalate": ["0 days", "3 weeks"],
            "repeat": "10 working days",
        },
        "extend_decision_term": {"due": "5 working days", "escalate": ["0 days"], "repeat": "5 working days"},
        "hear_client": {
            "due": "2 weeks",
            "remind": ["-2 working days"],
            "escalate": ["0 days"],
            "repeat": "10 working days",
        },
        "await_place": {
            "due": "4 months",
            "escalate": ["0 days", "1 month"],
            "repeat": "1 month",
            "check": "1 month",
        },
        "make_offer": {"due": "4 months", "escalate": ["0 days", "1 month"], "repeat": "1 month", "check": "1 month"},
        "extend_urgency": {
            "due": "10 working days",
            "remind": ["-2 working days"],
            "escalate": ["0 days"],
            "repeat": "5 working days",
        },
        "confirm_offer": {"due": "2 working days", "escalate": ["0 days"], "repeat": "2 working days"},
        "answer_offer": {
            "due": "5 working days",
            "remind": ["-1 working day"],
            "escalate": ["5 working days"],
            "repeat": "5 working days",
        },
        "resolve_no_answer": {"due": "3 working days", "escalate": ["0 days"], "repeat": "3 working days"},
        "judge_refusal": {"due": "5 working days", "escalate": ["0 days"], "repeat": "5 working days"},
        "sign_lease": {
            "due": "10 working days",
            "remind": ["+7 days"],
            "escalate": ["0 days"],
            "repeat": "5 working days",
        },
        "confirm_support": {
            "due": "5 working days",
            "remind": ["-2 working days"],
            "escalate": ["5 working days"],
            "repeat": "5 working days",
        },
        "bridge_support": {"due": "5 working days", "escalate": ["0 days"], "repeat": "2 working days"},
        "hand_over_keys": {"due": "10 working days", "escalate": ["2 working days"], "repeat": "5 working days"},
        "start_support": {
            "due": "5 working days",
            "remind": ["-1 working day"],
            "escalate": ["1 working day"],
            "repeat": "2 working days",
        },
        "follow_up_call": {
            "due": "4 working days",
            "remind": ["-1 week"],
            "escalate": ["10 working days"],
            "repeat": "10 working days",
        },
        "ask_guide": {
            "due": "5 working days",
            "remind": ["-1 working day"],
            "escalate": ["0 days"],
            "repeat": "5 working days",
        },
        "sign_off_unreachable": {"due": "5 working days", "escalate": ["0 days"], "repeat": "10 working days"},
        "take_up_follow_on": {
            "due": "10 working days",
            "remind": ["-2 working days"],
            "escalate": ["0 days"],
            "repeat": "5 working days",
        },
        "resolve_delivery": {"due": "1 working day", "escalate": ["0 days"], "repeat": "1 working day"},
    },
}
"""By path, as in a policy file. What stands here is assumed, unless the law gives it."""
