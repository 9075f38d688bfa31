"""The notes by which decisions and the answers to complaints can be judged: auditors read these, and no others."""

from collections.abc import Iterator, Mapping
from typing import Any

from domain.decide.catalogue import SPECS
from domain.facts.value import Value
from domain.state import events as e

DECISIONS: frozenset[type[Value]] = frozenset(
    {
        *(e.MediationClosed, e.MediationReopened, e.DecisionTaken, e.UrgencyDecided, e.ObjectionFiled),
        *(e.UrgencyAdvised, e.StepBackIntended, e.SteppedBack, e.RuleOverridden, e.PolicyAdopted, e.ComplaintFiled),
    }
)
"""The events whose own note says why something was decided about the client, is intended or advised, what the client
objects to, or of what somebody complains.
"""
_NAMES = frozenset(event.model_fields["type"].default for event in DECISIONS)
_KINDS = frozenset(kind.value for kind, spec in SPECS.items() if spec.grounds)


def notes_in(document: Mapping[str, Any]) -> Iterator[str]:
    """Return the notes that an event refers to: its own, and those of the answers that it tells."""
    for holder in (document, document.get("answer"), document.get("was")):
        note = holder.get("note") if isinstance(holder, Mapping) else None
        if isinstance(note, str):
            yield note


def is_ground(document: Mapping[str, Any]) -> bool:
    """Tell whether a decision, or the answer to a complaint, can be judged by what is noted with this event."""
    answer = document.get("answer") or {}
    return document["type"] in _NAMES or answer.get("kind") in _KINDS
