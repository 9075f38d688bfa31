"""Giving commands to a mediation: answering a task, and all that needs no task."""

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Union

from fastapi import APIRouter, Depends, Request, Response
from pydantic import AfterValidator, BaseModel, Field, TypeAdapter, ValidationInfo, create_model
from pydantic.alias_generators import to_camel

from api.auth import Acting, Visible
from api.bodies import Body, NoteText
from api.edge import asked, spelled_value
from api.entity_tags import Conditional
from api.examples import example_of
from api.idempotency import IdempotencyKey
from api.installation import Here, Installation
from api.openapi import problems
from api.order import Order, carry_out, given
from api.shown import Shown
from api.spelling import spelled
from domain.decide.catalogue import SPECS
from domain.facts.parties import Role
from domain.facts.value import Value
from domain.messages import commands as c
from domain.messages.answers import Answer, OriginAnswer, TaskAnswer
from domain.messages.shapes import ANY, SHAPES, apart
from domain.state.task_spec import AnySpec
from runtime.municipalities import municipality_id
from texts import Language, of

GIVEN: tuple[type[c.Command], ...] = (
    c.Withdraw,
    c.ReportDeath,
    c.AddNote,
    c.FileObjection,
    c.FileComplaint,
    c.NoteDefaultNotice,
    c.CorrectReferral,
    c.CorrectAnswer,
    c.OverrideRule,
    c.WithdrawOffer,
    c.ReportSignal,
    c.ReportAbsence,
    c.ReportReturn,
    c.ChangeProvider,
    c.PauseMediation,
    c.ResumeMediation,
    c.ReopenMediation,
    c.StepBack,
    c.ProposeTransfer,
    c.WithdrawTransfer,
    c.SnoozeTask,
    c.ReportHindrance,
    c.AnswerHindrance,
    c.ReassignTask,
    c.TakeOverTask,
)
"""What can be asked of a mediation outside its tasks."""
COMMANDS: dict[str, type[c.Command]] = {spelled(command.__name__): command for command in GIVEN}
"""The same by the `type` of the body."""
OLD_SPELLING: dict[str, type[c.Command]] = {
    old: command for name, command in COMMANDS.items() if (old := to_camel(name)) != name
}
"""As releases before this one spelled it (`reportDeath`): still taken until the next."""

ANSWERS: tuple[type[Value], ...] = TaskAnswer.__origin__.__args__  # type: ignore[attr-defined]


def _municipality(text: str, info: ValidationInfo) -> str:
    """Return the id of a municipality that CBS or a policy of this installation knows."""
    here: Installation | None = info.context
    return municipality_id(text, here.policies.municipalities if here else ())


MunicipalityName = Annotated[
    str,
    Field(
        max_length=80,
        description="A municipality by its name, such as `utrecht` or `Utrecht`, or by its CBS code, such as `GM0344`",
        examples=["utrecht"],
    ),
    AfterValidator(_municipality),
]
OTHERWISE: dict[type[Value], dict[str, Any]] = {
    OriginAnswer: {"origin": (MunicipalityName, ...), "funded_by": (MunicipalityName | None, None)}
}
"""Fields of answers that are asked for in other words than the domain keeps."""


OLD = "The second is how it was spelled before; it is taken until the next release"


def _answer_shape() -> Any:
    shapes = tuple(asked(answer, NoteText, **OTHERWISE.get(answer, {})) for answer in ANSWERS)
    return Annotated[Union[shapes], Field(discriminator="kind")]  # noqa: UP007 - made from parts


ANSWER_SHAPE = _answer_shape()
WITHIN: dict[type[Value], dict[str, Any]] = {
    c.CorrectAnswer: {"answer": (ANSWER_SHAPE, ...)},
    c.ProposeTransfer: {"to": (MunicipalityName, ...)},
}
"""Fields of commands that are asked for in other words than the domain keeps."""


def _command_shape(kind: str, command: type[c.Command]) -> type[BaseModel]:
    whole = asked(command, NoteText, **WITHIN.get(command, {}))
    kinds = tuple(dict.fromkeys((kind, to_camel(kind))))
    fields: dict[str, Any] = {
        name: (info.annotation, info) for name, info in whole.model_fields.items() if name not in {"by", "type"}
    }
    return create_model(
        f"{command.__name__}Command",
        __config__=whole.model_config,
        __doc__=command.__doc__,
        **{"type": (Literal[kinds], Field(description=OLD if len(kinds) > 1 else None)), **fields},
    )


ANSWER: Body[BaseModel] = Body(ANSWER_SHAPE, tagged=True)
COMMAND: Body[BaseModel] = Body(
    Annotated[
        Union[tuple(_command_shape(kind, command) for kind, command in COMMANDS.items())],  # noqa: UP007
        Field(discriminator="type"),
    ],
    tagged=True,
)
TASK_ANSWER: TypeAdapter[Any] = TypeAdapter(TaskAnswer)
ANY_COMMAND: TypeAdapter[c.AnyCommand] = TypeAdapter(c.AnyCommand)

AnswerBody = Annotated[BaseModel, Depends(ANSWER)]
CommandBody = Annotated[BaseModel, Depends(COMMAND)]


def _answer_examples() -> dict[str, Any]:
    """One for every kind of task, with its name and whose it is: worked out of the definitions of the tasks."""
    words = of(Language.ENGLISH)
    schema = ANSWER.shape.json_schema(ref_template="#/components/schemas/{model}")
    shapes, mapping = schema["$defs"], schema["discriminator"]["mapping"]
    return {
        name: {
            "summary": words.task[kind].name,
            "description": _whose(spec, words.description.the_roles),
            "value": value,
        }
        for kind, spec in SPECS.items()
        for name, value in _by_shape(spec.answer_type, example_of({"$ref": mapping[kind]}, shapes), shapes)
    }


def _by_shape(
    answer: type[Answer], first: dict[str, Any], schemas: Mapping[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return an example of each shape that an answer may have, by its name."""
    kind = first["kind"]
    yield kind, first
    fields = schemas[f"{answer.__name__}Body"]["properties"]
    always = {name: value for name, value in first.items() if name not in set(map(to_camel, apart(answer)))}
    for shape in SHAPES.get(answer, ())[1:]:
        needed = map(to_camel, (shape.field, *shape.needs))
        given = {name: example_of(fields[name] | {"minItems": 1}, schemas) for name in needed}
        value = None if shape.value is ANY else json.loads(spelled_value(shape.value))
        if value is not None:
            given[to_camel(shape.field)] = value
        known_by = [kind, to_camel(shape.field)] + ([] if value is None else [str(value).lower()])
        yield "-".join(known_by), always | given


def _whose(spec: AnySpec, roles: Mapping[Role, str]) -> str:
    may = {one.role for one in spec.owners} - {spec.owner}
    others = [roles[role] for role in Role if role in may]
    or_others = f", or where the policy says so by {' or '.join(others)}" if others else ""
    return f"By {roles[spec.owner]}{or_others}." if spec.chosen is None else "By whom the policy says."


ANSWER_EXAMPLES = _answer_examples()
COMMAND_EXAMPLES = {
    "withdraw": {
        "summary": "The client withdraws",
        "description": "A partner reports it, with the reason and in the note the client's own words; it counts when "
        "the municipality has asked the client. After the keys the call is made all the same. Having found a home of "
        "their own is an outcome of its own. 409: `already_reported`; `answer_incomplete`.",
        "value": {"type": "withdraw", "reason": "own_housing_found", "source": "client", "note": "I found a home."},
    },
    "report_death": {
        "summary": "The client died",
        "description": "A partner reports it: no letter goes to the client from then on, and the municipality finds "
        "out. What the municipality itself knows ends everything at once. 409: `already_reported`; "
        "`answer_incomplete`.",
        "value": {"type": "report_death", "source": "family"},
    },
    "add_note": {
        "summary": "Add a note",
        "description": "Its text is kept in the vault.",
        "value": {"type": "add_note", "note": "The viewing is on Tuesday."},
    },
    "file_objection": {
        "summary": "The client objects to the conditions of the urgency",
        "description": "Against `end` when it has ended. It is taken however late: the days on which it was posted "
        "(`madeOn`) and came in (`receivedOn`) tell whether it is in time, and the decision on it says what follows. "
        "409: `nothing_disputed` no such decision stands; `object_to_end` it ended by another decision since; "
        "`objection_open` the one before is undecided; "
        "`objection_decided`; `objection_too_early` with the day of that; "
        "`objection_in_future`; `nothing_to_suspend`; that nothing is decided: `not_late`, `notice_first`. "
        "403 `not_yours`: only the municipality suspends a decision, and excuses that it is late.",
        "value": {
            "type": "file_objection",
            "against": "urgency_conditions",
            "note": "Budget management is not needed.",
        },
    },
    "file_complaint": {
        "summary": "The client complains of how they were treated",
        "description": "By the municipality, or by a partner for the client, its own guide or itself; also after the "
        "end. Nothing else changes by it. It is acknowledged, and answered within six weeks by a person who did not "
        "act in the mediation (Awb chapter 9). No partner sees it. 409: `received_in_future`; `complainant_unknown`; "
        "`answer_incomplete` which organisation complains. 403 `not_yours`: only the municipality notes one of an "
        "earlier day, and only the institution that of the guide.",
        "value": {
            "type": "file_complaint",
            "complainant": "client",
            "note": "I was promised a call three times, and nobody called.",
        },
    },
    "note_default_notice": {
        "summary": "The applicant writes that the decision is too late",
        "description": "Two weeks after it came in the municipality owes a penalty for each day, 42 at most, until it "
        "decides (Awb 4:17). 409: `nothing_late` there is nothing to decide; `not_late` with the last day of the term; "
        "`default_noted`; `received_in_future`. 403 `not_yours`: only the municipality notes one of an earlier day.",
        "value": {"type": "note_default_notice", "late": "urgency"},
    },
    "correct_referral": {
        "summary": "Correct the size of the household",
        "description": "409 `nothing_to_correct`: no fact would change.",
        "value": {"type": "correct_referral", "changes": {"householdSize": 2}, "note": "A child was born."},
    },
    "correct_answer": {
        "summary": "Correct an answer: the client got the keys a week later",
        "description": "By the municipality; the whole answer as it should have been, without a note of its own. What "
        "hangs on it follows (terms, tasks, letters, the period of the place). 409: `task_open` answer it instead; "
        "`answer_counts_no_more`; `nothing_to_correct`; `correct_by_step_back`, `correct_by_decision`, "
        "`correct_by_command` or `correct_with_next` what mends it instead; and the rules of the answer itself.",
        "value": {
            "type": "correct_answer",
            "task": "hand_over_keys-1",
            "answer": {"kind": "hand_over_keys", "on": "2026-06-09"},
            "note": "The corporation noted the day of the appointment.",
        },
    },
    "override_rule": {
        "summary": "Set a rule aside for this mediation",
        "description": "By the municipality, with the reason.",
        "value": {"type": "override_rule", "rule": "spread_full", "note": "Agreed with the corporation."},
    },
    "withdraw_offer": {
        "summary": "The corporation takes its offer back",
        "description": "By the corporation that made the offer. Once the lease is signed this reports it: nothing is"
        " taken from the client, and the municipality decides (task `confirm_offer_withdrawal`). Of the municipality it"
        " takes effect at once; it then says in the note why. 409: `keys_handed_over`; `already_reported`;"
        " `answer_incomplete`; `person_needed`.",
        "value": {"type": "withdraw_offer", "reason": "complex_overloaded"},
    },
    "report_signal": {
        "summary": "Report nuisance",
        "description": "409: `no_keys_yet` it is about life at home; `signal_known` one of this kind is worked on;"
        " `signal_not_agreed` partners did not agree on it.",
        "value": {"type": "report_signal", "kind": "nuisance"},
    },
    "report_absence": {
        "summary": "The client is on a time-out",
        "description": "Also of another kind while the client is away. 409: `already_absent` in the same way;"
        " `absence_in_future`; `return_out_of_order` before the present absence; `no_keys_yet` for a time-out before"
        " the keys.",
        "value": {"type": "report_absence", "kind": "time_out", "since": "2026-06-01"},
    },
    "report_return": {
        "summary": "The client is back",
        "description": "409: `not_absent`; `return_out_of_order` before the absence began, or later than today.",
        "value": {"type": "report_return", "on": "2026-06-20"},
    },
    "change_provider": {
        "summary": "Another provider supports the client from now on",
        "description": "409: `support_not_started`; `same_provider`.",
        "value": {"type": "change_provider", "provider": "blijf-groep", "note": "Closer to the new home."},
    },
    "pause_mediation": {
        "summary": "Pause the mediation",
        "description": "409 `already_paused`.",
        "value": {"type": "pause_mediation", "note": "The programme is paused until October."},
    },
    "resume_mediation": {
        "summary": "Resume the mediation",
        "description": "409 `not_paused`.",
        "value": {"type": "resume_mediation", "note": "The programme goes on."},
    },
    "reopen_mediation": {
        "summary": "Undo a death that was noted of the wrong person",
        "description": "By a person of the municipality who did not end it, until the moment in `undoableEnd`: after a "
        "death, a withdrawal, a home found elsewhere or the call. Place and home are sought anew. 409: `not_ended`; "
        "`ended_by_decision` an objection undoes that; `not_reopenable`; `reopening_too_late` with the last day; "
        "`second_person_needed`; `person_has_open_mediation`; `answer_contradicts` a death can only have been wrong.",
        "value": {
            "type": "reopen_mediation",
            "because": "end_was_wrong",
            "note": "The report was about another client with the same name.",
        },
    },
    "step_back": {
        "summary": "Assess again",
        "description": "Where that takes a granted urgency away, and the client does not agree (`agreed`), it is only "
        "intended: the search stops, the client is heard (`hear_client` about `urgency_taken_back`), and it is decided "
        "after that. To the stage in which it is, while the urgency is to be decided: what was answered there is asked "
        "again. 409: `keys_handed_over`; `not_earlier` it is before that stage, or in it and nothing was answered yet; "
        "`client_must_agree` a home is on offer: settle that first; `hearing_open` the client is still to be heard.",
        "value": {
            "type": "step_back",
            "to": "assessment",
            "agreed": True,
            "note": "The support that was granted is no longer enough, says the client too.",
        },
    },
    "propose_transfer": {
        "summary": "Ask another municipality to carry the mediation on",
        "description": "By the municipality, before the keys, with the client's consent and to what goes along "
        "(`shares`; `notes` by their ids). One that works here is asked at `/v1/transfers`; else `byHand`: ask it "
        "yourself, hand over what `GET /v1/transfers/{mediation}` tells, and note its answer. It reads the `note` "
        "before it answers: name nobody there. Until it answers everything goes on. 409: `lives_here`; "
        "`transfer_to_self`; `transfer_open`; `consent_in_future`.",
        "value": {
            "type": "propose_transfer",
            "to": "utrecht",
            "byHand": True,
            "consentOn": "2026-06-01",
            "consent": "written",
            "shares": ["person", "referral", "urgency"],
            "note": "Her sister and her work are in Utrecht.",
        },
    },
    "withdraw_transfer": {
        "summary": "Ask the other municipality no longer",
        "description": "The client takes the consent back, or it is not needed. The mediation goes on here. "
        "409 `no_transfer`.",
        "value": {"type": "withdraw_transfer", "note": "She stays here after all."},
    },
    "snooze_task": {
        "summary": "Let a task rest",
        "description": "Nobody is reminded of it before that day; it stays due when it was. 409: `snooze_too_long`; "
        "`no_such_task`; `task_closed`; `already_paused`.",
        "value": {
            "type": "snooze_task",
            "task": "assess-1",
            "until": "2026-06-22",
            "note": "The team phones on Monday.",
        },
    },
    "report_hindrance": {
        "summary": "Say that a task takes longer",
        "description": "By who has the task. `more_time` with `until`, once in its term; or `not_mine`, it is not "
        "theirs, with `to` where they know whose it is. The municipality is told, and answers; until then whose the "
        "task is and when it is due stay as they are. 409: `already_reported`; `more_time_asked_before`; "
        "`not_more_time` with the day that is due now; `past_legal_term` with the law's last day; `snooze_too_long` "
        "with the last day that can be asked for; `municipality_decides` it is the municipality's own; "
        "`not_owner_any_more`; `same_owner`; `answer_incomplete`; `answer_contradicts`; `task_closed`.",
        "value": {
            "type": "report_hindrance",
            "task": "assess-1",
            "hindrance": "more_time",
            "until": "2026-06-22",
            "note": "The client is on holiday.",
        },
    },
    "answer_hindrance": {
        "summary": "Grant more time for a task, or refuse it",
        "description": "By the municipality, about what the owner said (`report_hindrance`). Granted: its ladder is "
        "laid anew to the day that was asked for, or to `until`. Not granted: the task stays theirs, and due when it "
        "was; so for one that is `not_mine`. The owner is told. 409: `nothing_hinders`; `hand_it_on` give one that is "
        "not theirs to another, or take it over; `not_more_time`; `past_legal_term`; `snooze_too_long`; "
        "`already_paused`; `answer_contradicts`; `no_such_task`; `task_closed`.",
        "value": {"type": "answer_hindrance", "task": "assess-1", "granted": True, "note": "They phoned about it."},
    },
    "reassign_task": {
        "summary": "Give a task to another organisation",
        "description": "One of the same role in this municipality, or the owner's substitute; else 400. 409: "
        "`same_owner`; `take_it_over` for the municipality itself; `no_such_task`; `task_closed`; `transfer_open`: "
        "what another municipality is asked is withdrawn, and another asked.",
        "value": {"type": "reassign_task", "task": "assess-1", "owner": "wijkteam-oost", "note": "The team is ill."},
    },
    "take_over_task": {
        "summary": "Do a task in its owner's place",
        "description": "Its owner is told, and answers no more. 409: `same_owner`; `no_such_task`; `task_closed`.",
        "value": {"type": "take_over_task", "task": "assess-1", "note": "The team does not answer."},
    },
}
"""One for every command, with the rules of its own that may refuse it."""

router = APIRouter(tags=["commands"])


@router.post(
    "/v1/mediations/{mediation}/tasks/{task}/answer",
    operation_id="answerTask",
    summary="Answer a task",
    response_model=Shown,
    responses=problems(404, 409, 412),
    openapi_extra=ANSWER.documented(ANSWER_EXAMPLES),
)
async def answer_task(
    request: Request,
    response: Response,
    here: Here,
    caller: Acting,
    loaded: Visible,
    task: str,
    key: IdempotencyKey,
    body: AnswerBody,
    conditions: Conditional,
) -> Shown:
    """Answer one open task. The body's `kind` is the task's kind."""
    answer = given(body, TASK_ANSWER)
    command = c.AnswerTask(by=caller.actor, task=task[:64], answer=answer)
    order = Order(request, caller, loaded, key, body, conditions)
    return await carry_out(here, response, order, command)


@router.post(
    "/v1/mediations/{mediation}/commands",
    operation_id="giveCommand",
    summary="Do what needs no task",
    response_model=Shown,
    responses=problems(404, 409, 412),
    openapi_extra=COMMAND.documented(COMMAND_EXAMPLES),
)
async def give_command(
    request: Request,
    response: Response,
    here: Here,
    caller: Acting,
    loaded: Visible,
    key: IdempotencyKey,
    body: CommandBody,
    conditions: Conditional,
) -> Shown:
    """Do what needs no task, by the body's `type`.

    Withdraw or report a death (by a partner: nothing ends until the municipality confirms it), add a note, object,
    note that the applicant finds a decision too late, correct the referral, override a rule, take an offer back;
    report a signal (after the keys; one open signal of a kind), an absence or a return. Only the municipality corrects
    an answer, changes the provider (once support has started), pauses, resumes, steps back to an earlier stage (before
    the keys), or undoes an end that was no decision; only it asks another municipality to carry the mediation on,
    lets a task rest, gives it to another organisation or takes it over. Who has a task says that it takes longer, or is
    not theirs, and only the municipality answers that. What a rule forbids is a 409 that names the
    rule; the examples tell which rules each command has.
    """
    kind = (COMMANDS | OLD_SPELLING)[body.type]  # type: ignore[attr-defined]
    command = given(body, ANY_COMMAND, by=caller.actor, type=kind.__name__)
    order = Order(request, caller, loaded, key, body, conditions)
    return await carry_out(here, response, order, command)
