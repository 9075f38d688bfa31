"""What events of earlier releases leave unsaid. It never grows: what is written today says it."""

from typing import Any

from domain.facts.parties import Role

OWNED: dict[Role, str] = {
    Role.INSTITUTION: "supplement review_readiness hold_viewing answer_offer",
    Role.DISTRICT_TEAM: "assess take_up_follow_on visit_client",
    Role.CORPORATION: "confirm_offer plan_viewing sign_lease hand_over_keys arrange_onward_move hold_talk "
    "acknowledge_signal remind_arrears contact_tenant offer_debt_help decide_conversion",
    Role.CARE_PROVIDER: "confirm_support await_retour start_support complete_landing agree_plan ask_guide "
    "hold_joint_talk review_signal contact_client review_time_out",
}
"""Whose the tasks of each kind were in 0.1.0 and 0.2.0; all others were the municipality's."""
_ROLES = {kind: role for role, kinds in OWNED.items() for kind in kinds.split()}


def owner_role_of(task: dict[str, Any]) -> Role:
    """Return in which role the owner of a task has it, of which only the organisation was written down."""
    return _ROLES.get(task["kind"], Role.COORDINATOR)
