"""What a description of a municipality's process needs to say."""

from collections.abc import Mapping
from typing import Annotated

from domain.facts.calendar import TermUnit
from domain.facts.capacity import Denominator
from domain.facts.clocks import ClockKind
from domain.facts.groups import Trait
from domain.facts.outcome import Stage
from domain.facts.parties import PARTICULAR, Role, Whose
from domain.facts.periods import Span
from domain.messages.disclosed import Disclosed, Handed, System
from domain.messages.effects import Audience
from domain.policy.agreements import AgreementKind
from domain.policy.policy import CapacityModel, CapacityUnit, OriginRule
from domain.policy.policy_terms import CallAnchor, CallTopic, DecisionMaker
from domain.policy.queue import Precedence
from domain.policy.spread import CapPeriod
from texts.whole import Words, whole


class Description(Words):
    """The words of a description. `{...}` is filled in from the policy."""

    about_stages: Annotated[Mapping[Stage, str], whole(Stage)]
    """What happens in a stage."""
    groups: Mapping[str, str]
    """Of tasks that belong to no stage, by the keys of `policy_tools.describe.flow`."""
    tracks: Mapping[str, str]
    """What may happen beside the stages. A task's name in braces is filled in with its term."""
    about_clocks: Annotated[Mapping[ClockKind, str], whole(ClockKind)]
    the_roles: Annotated[Mapping[Role, str], whole(Role)]
    """Within a sentence."""
    one_of_several: Annotated[Mapping[Whose, str], whole(PARTICULAR)]
    """Who owns a task, where a policy says which of several with a role."""
    units: Annotated[Mapping[TermUnit, tuple[str, str]], whole(TermUnit)]
    """One, and more than one."""
    origin_rules: Annotated[Mapping[OriginRule, str], whole(OriginRule)]
    spans: Annotated[Mapping[Span, str], whole(Span)]
    cap_periods: Annotated[Mapping[CapPeriod, str], whole(CapPeriod)]
    traits: Annotated[Mapping[Trait, str], whole(Trait)]
    precedences: Annotated[Mapping[Precedence, str], whole(Precedence)]
    denominators: Annotated[Mapping[Denominator, str], whole(Denominator)]
    capacity: Annotated[Mapping[CapacityModel, str], whole(CapacityModel)]
    capacity_models: Annotated[Mapping[CapacityModel, str], whole(CapacityModel)]
    """In a few words, among what a city left open."""
    capacity_units: Annotated[Mapping[CapacityUnit, tuple[str, str]], whole(CapacityUnit)]
    """One, and more than one."""
    agreements: Annotated[Mapping[AgreementKind, str], whole(AgreementKind)]
    decision_makers: Annotated[Mapping[DecisionMaker, str], whole(DecisionMaker)]
    disclosed: Annotated[Mapping[Disclosed, str], whole(Disclosed)]
    """What others learn of a client, in a list."""
    read_when: Annotated[Mapping[Role, str], whole(Role)]
    """When a role may read who the client is."""
    sent: Mapping[str, str]
    """What is asked of a partner's system, by the type of the effect."""
    handed: Annotated[Mapping[Handed, str], whole(Handed)]
    """What goes along to another municipality."""
    told: Annotated[Mapping[System, str], whole(System)]
    """What else is told by a machine, and to whom."""
    letters_to: Annotated[Mapping[Audience, str], whole(Audience)]
    """What stands in letters to people."""
    anchors: Annotated[Mapping[CallAnchor, str], whole(CallAnchor)]
    topics: Annotated[Mapping[CallTopic, str], whole(CallTopic)]
    flow: Mapping[str, str]
    """Why a mediation goes on to a stage, by the keys of `policy_tools.describe.flow`."""
    parameters: Mapping[str, str]
    """Parts of a parameter's path as people say them; what is not here is shown as it is written."""
    phrases: Mapping[str, str]
    """Headings and sentences."""
