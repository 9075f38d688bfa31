"""Carrying out a request to give a command: the rules are asked, it is recorded once, and always answered alike."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, TypeVar

from fastapi import Request, Response
from pydantic import BaseModel, TypeAdapter, ValidationError

from api.auth import Caller
from api.contracts import check_chosen
from api.entity_tags import Conditions
from api.groups import check_corrected
from api.idempotency import Attempt, UnderKey
from api.installation import Here, Installation
from api.problems import Invalid, invalid_json
from api.shown import Shown, mediation_view
from api.submission import ask_rules, outcome_of, submit
from domain.exchange.record import Recorded, Submission
from domain.facts.value import replace
from domain.messages.commands import AnswerTask, AnyCommand
from store.journal import Loaded

UNWRITTEN = "note-00000000"
"""Stands for the note while the rules are asked: the note goes to the vault only when they allow the command."""

T = TypeVar("T")


class Order(NamedTuple):
    """A request to give a command: by whom, to which mediation, under which key."""

    request: Request
    caller: Caller
    loaded: Loaded
    key: str
    body: BaseModel
    conditions: Conditions

    @property
    def note(self) -> str | None:
        """The free text of the request."""
        note: str | None = getattr(self.body, "note", None)
        return note


def given(body: BaseModel, shape: TypeAdapter[T], **more: Any) -> T:
    """Return what a body says as a value of the domain, its note not yet written."""
    values = body.model_dump(exclude_unset=True)
    answer = values.get("answer")
    if isinstance(answer, dict) and answer.pop("note", None) not in {None, values.get("note")}:
        raise Invalid([("answer.note", "a correction has one note, its reason: write it in `note` and leave this out")])
    if values.get("note") is not None:
        values["note"] = UNWRITTEN
    try:
        return shape.validate_python(values | more)
    except ValidationError as wrong:
        raise invalid_json(wrong) from None


async def carry_out(
    here: Here,
    response: Response,
    order: Order,
    command: AnyCommand,
    first: Callable[[Attempt], Awaitable[None]] | None = None,
) -> Shown:
    """Have a command recorded, once, and return the mediation as it was right after it.

    `first` is done when the rules allow it and before it is recorded: perhaps more than once, always alike.
    """
    mediation, organisation = order.loaded.state.id, order.caller.organisation
    body = order.body.model_dump_json(exclude_unset=True).encode()

    async def give(attempt: Attempt) -> Recorded:
        order.conditions.check(order.loaded.state.sequence)
        check_corrected(order.loaded.policy, command)
        await ask_rules(here, order.loaded, command, order.loaded.policy)
        await check_chosen(here, order.loaded.state, command)
        if first:
            await first(attempt)
        whole = await _noted(here, order, command, attempt)
        return await submit(here, mediation, Submission(command_id=attempt.command, command=whole, keyed=attempt.keyed))

    asked = UnderKey(organisation, order.key, order.request.url.path, body, mediation)
    _, result = await here.idempotency.once(asked, give)
    after = await outcome_of(here, mediation, result)
    response.headers["ETag"] = f'"{after.state.sequence}"'
    return mediation_view(after, order.caller)


async def _noted(here: Installation, order: Order, command: AnyCommand, attempt: Attempt) -> AnyCommand:
    """Return a command with its note written: by the request, so that a corrected text is another note."""
    if order.note is None:
        return command
    key = f"{attempt.command}:{attempt.keyed.fingerprint}"
    note = await here.vault.put_note(order.loaded.state.id, order.note, order.caller.organisation, key=key)
    return _with_note(command, note)


def _with_note(command: AnyCommand, note: str) -> AnyCommand:
    if isinstance(command, AnswerTask):
        return replace(command, answer=replace(command.answer, note=note))
    changes: dict[str, Any] = {"note": note}  # which commands have one is told by their bodies
    return replace(command, **changes)
