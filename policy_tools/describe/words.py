"""What a description needs to say in a language. Each language is one module with one `WORDS`."""

from collections.abc import Mapping
from typing import NamedTuple

from domain.facts.calendar import Unit
from domain.facts.capacity import Denominator
from domain.facts.clocks import ClockKind
from domain.facts.landing import SoftLanding
from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import Role
from domain.facts.periods import Span
from domain.facts.referral import Document, ReadinessItem, TargetGroup
from domain.facts.tasks import TaskKind
from domain.policy.agreements import AgreementKind
from domain.policy.policy import CapacityModel, CapacityUnit, LeaseForm, OriginException, OriginRule
from domain.policy.policy_terms import CallAnchor, CallTopic, DecisionMaker
from domain.policy.spread import CapPeriod


class Words(NamedTuple):
    """Every text of a description in one language. `{...}` is filled in from the policy."""

    tasks: Mapping[TaskKind, str]
    stages: Mapping[Stage, str]
    about_stages: Mapping[Stage, str]
    """What happens in a stage."""
    groups: Mapping[str, str]
    """Of tasks that belong to no stage, by the keys of `policy_tools.describe.flow`."""
    tracks: Mapping[str, str]
    """What may happen beside the stages. A task's name in braces is filled in with its term."""
    clocks: Mapping[ClockKind, str]
    about_clocks: Mapping[ClockKind, str]
    outcomes: Mapping[Outcome, str]
    roles: Mapping[Role, str]
    the_roles: Mapping[Role, str]
    """Within a sentence."""
    units: Mapping[Unit, tuple[str, str]]
    """One, and more than one."""
    documents: Mapping[Document, str]
    target_groups: Mapping[TargetGroup, str]
    readiness_items: Mapping[ReadinessItem, str]
    origin_rules: Mapping[OriginRule, str]
    origin_exceptions: Mapping[OriginException, str]
    soft_landing: Mapping[SoftLanding, str]
    spans: Mapping[Span, str]
    cap_periods: Mapping[CapPeriod, str]
    denominators: Mapping[Denominator, str]
    lease_forms: Mapping[LeaseForm, str]
    capacity: Mapping[CapacityModel, str]
    capacity_units: Mapping[CapacityUnit, str]
    agreements: Mapping[AgreementKind, str]
    decision_makers: Mapping[DecisionMaker, str]
    anchors: Mapping[CallAnchor, str]
    topics: Mapping[CallTopic, str]
    flow: Mapping[str, str]
    """Why a mediation goes on to a stage, by the keys of `policy_tools.describe.flow`."""
    parameters: Mapping[str, str]
    """Parts of a parameter's path as people say them; what is not here is shown as it is written."""
    phrases: Mapping[str, str]
    """Headings and sentences."""
