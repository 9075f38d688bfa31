"""By which notes an auditor can judge what was decided: every note that the journal refers to is one or is none."""

from collections.abc import Iterator, Mapping
from types import CodeType, FunctionType
from typing import Any

import pytest

from api.grounds import DECISIONS, is_ground, notes_in
from api.sights.events import EVENTS
from domain.decide.catalogue import SPECS
from domain.facts.tasks import TaskKind
from domain.facts.value import Value
from domain.state import events as e
from domain.state.task_spec import TaskSpec
from domain.steps.deciding import take
from domain.steps.hearing import intend

NO_GROUND: Mapping[str, frozenset[type[Value]]] = {
    "the answer that it tells is a ground or is none": frozenset({e.AnswerCorrected}),
    "it says how work is shared out": frozenset(
        {
            *(e.TaskSnoozed, e.TaskReassigned, e.TaskTakenOver),
            *(e.HindranceReported, e.MoreTimeGranted, e.HindranceRefused),
        }
    ),
    "it says what somebody reported; what was decided on it has a note of its own": frozenset(
        {
            *(e.SignalReported, e.DeathReported, e.WithdrawalReported, e.OfferWithdrawalReported),
            *(e.AbsenceStarted, e.AbsenceEnded),
        }
    ),
    "nothing was decided: what was reported is not so": frozenset(
        {e.DeathDenied, e.WithdrawalDenied, e.OfferWithdrawalDenied}
    ),
    "the client decided, and the end has the note once more": frozenset({e.ClientWithdrew}),
    "the end has the note once more": frozenset({e.FollowUpConcluded}),
    "the facts stand in the event": frozenset({e.ReferralCorrected, e.DefaultNoticeReceived}),
    "how somebody is reached decides nothing": frozenset({e.ContactChanged}),
    "which provider helps is agreed between partners": frozenset({e.ProviderChanged}),
    "it stands still, and no term of the law does": frozenset({e.MediationPaused, e.MediationResumed}),
    "municipalities agree on it with the client's consent": frozenset(
        {e.TransferProposed, e.TransferDeclined, e.TransferWithdrawn}
    ),
    "it is for who works on it": frozenset({e.NoteAdded}),
}
"""The events whose own note is no ground, by the reason."""

ELSEWHERE = frozenset(
    {
        *(("LetterHeld", "letter"), ("DeliveryFailed", "effect"), ("TransferProposed", "notes")),
        *(("DecisionIntended", "notes"), ("DecisionTaken", "basis"), ("MediationClosed", "basis")),
    }
)
"""Where an event refers to notes of others: a letter to that of the decision, a transfer to those that go along, a
decision to those of the advice and of whoever intended it.
"""

NO_GROUND_OF_TASKS: Mapping[str, frozenset[TaskKind]] = {
    "it says how things are, or what was done": frozenset(
        {
            *(TaskKind.SUPPLEMENT, TaskKind.REVIEW_READINESS, TaskKind.AWAIT_PLACE, TaskKind.CONFIRM_OFFER),
            *(TaskKind.PLAN_VIEWING, TaskKind.HOLD_VIEWING, TaskKind.NAME_RECEIVING_TEAM, TaskKind.CONFIRM_SUPPORT),
            *(TaskKind.HAND_OVER_KEYS, TaskKind.START_SUPPORT, TaskKind.REVIEW_SUPPORT, TaskKind.AWAIT_RETOUR),
            *(TaskKind.COMPLETE_LANDING, TaskKind.AGREE_PLAN, TaskKind.HOLD_TALK, TaskKind.FOLLOW_UP_CALL),
            *(TaskKind.ASK_GUIDE, TaskKind.TAKE_UP_FOLLOW_ON, TaskKind.ARRANGE_ONWARD_MOVE, TaskKind.REVIEW_TIME_OUT),
            *(TaskKind.REVIEW_PAUSE, TaskKind.RESOLVE_DELIVERY),
        }
    ),
    "whom others came before stands in the event, and the note may say where the home is": frozenset(
        {TaskKind.MAKE_OFFER}
    ),
    "the client answers; what it counts for is judged apart": frozenset(
        {TaskKind.ANSWER_OFFER, TaskKind.RESOLVE_NO_ANSWER}
    ),
    "the corporation decides whom it lets a home to; a suspicion is judged apart": frozenset({TaskKind.SIGN_LEASE}),
    "partners help: what is decided in the end comes of the conference": frozenset(
        {
            *(TaskKind.ACKNOWLEDGE_SIGNAL, TaskKind.HOLD_JOINT_TALK, TaskKind.REMIND_ARREARS, TaskKind.CONTACT_TENANT),
            *(TaskKind.OFFER_DEBT_HELP, TaskKind.TAKE_UP_ARREARS, TaskKind.CONTACT_CLIENT, TaskKind.VISIT_CLIENT),
            TaskKind.REVIEW_SIGNAL,
        }
    ),
    "the end has the note once more": frozenset({TaskKind.CONFIRM_DEATH}),
    "municipalities agree on it with the client's consent": frozenset({TaskKind.ANSWER_TRANSFER}),
}
"""The tasks of whose answer the note is no ground, by the reason."""


def holders(schema: Mapping[str, Any]) -> Iterator[str]:
    """Return under which fields of an event a note is referred to, at whatever depth; "" for one of its own."""

    def within(node: Any, seen: frozenset[str]) -> bool:
        match node:
            case {"pattern": str(pattern)} if pattern.startswith("^note-"):
                return True
            case {"$ref": str(ref)}:
                return ref not in seen and within(schema["$defs"][ref.rpartition("/")[2]], seen | {ref})
            case dict():
                return any(within(value, seen) for value in node.values())
            case list():
                return any(within(value, seen) for value in node)
        return False

    for name, node in schema["properties"].items():
        if within(node, frozenset()):
            yield "" if name == "note" else name


def test_every_note_of_an_event_is_a_ground_or_is_none_for_a_reason() -> None:
    held = {event: set(holders(event.model_json_schema())) for event in EVENTS}
    own = {event for event, found in held.items() if "" in found}
    named = [*DECISIONS, *(event for events in NO_GROUND.values() for event in events)]
    assert sorted(event.__name__ for event in own) == sorted(event.__name__ for event in named), "each in one of them"
    deeper = {(event.__name__, name) for event, found in held.items() for name in found - {"", "answer", "was"}}
    assert deeper == ELSEWHERE, "what `notes_in` does not look for"


def test_every_answer_is_a_ground_or_is_none_for_a_reason() -> None:
    grounds = {kind for kind, spec in SPECS.items() if spec.grounds}
    assert sorted([*grounds, *(kind for kinds in NO_GROUND_OF_TASKS.values() for kind in kinds)]) == sorted(TaskKind)
    assert TaskKind.HANDLE_COMPLAINT in grounds


def leads_to(function: object, targets: frozenset[object], seen: set[object]) -> bool:
    """Tell whether a function of the rules may call one of others, itself or by what it calls."""
    if not isinstance(function, FunctionType) or not function.__module__.startswith("domain.") or function in seen:
        return False
    if function in targets:
        return True
    seen.add(function)
    names, codes = set[str](), [function.__code__]
    while codes:
        code = codes.pop()
        names.update(code.co_names)
        codes.extend(one for one in code.co_consts if isinstance(one, CodeType))
    return any(leads_to(function.__globals__[name], targets, seen) for name in names & function.__globals__.keys())


@pytest.mark.parametrize("kind", SPECS)
def test_what_may_lead_to_a_decision_against_a_client_is_a_ground(kind: TaskKind) -> None:
    spec = SPECS[kind]
    assert isinstance(spec, TaskSpec)
    assert spec.grounds or not leads_to(spec.answered, frozenset({intend, take}), set())


def test_a_corrected_answer_is_a_ground_with_all_its_notes() -> None:
    def corrected(kind: TaskKind) -> dict[str, Any]:
        return {
            "type": "AnswerCorrected",
            "was": {"kind": kind.value, "note": "note-1"},
            "answer": {"kind": kind.value, "note": "note-2"},
            "note": "note-3",
        }

    assert is_ground(corrected(TaskKind.ASSESS))
    assert not is_ground(corrected(TaskKind.FOLLOW_UP_CALL))
    assert set(notes_in(corrected(TaskKind.ASSESS))) == {"note-1", "note-2", "note-3"}
