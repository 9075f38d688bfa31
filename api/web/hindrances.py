"""The last part of the form on the page of a link: its reader needs more time, or says that the task is not theirs."""

import json
from collections.abc import Sequence
from typing import NamedTuple

from pydantic import BaseModel, ValidationError

from api.commands import COMMAND
from api.web.forms import Filled
from domain.facts.rules import RuleName
from domain.facts.tasks import Hindrance, Task
from domain.state.mediation import Mediation
from runtime.directory import Directory, Organisation
from texts import Texts

SAID_BEFORE = frozenset({RuleName.ALREADY_REPORTED})
"""Rules that say that the municipality knows already: who says it again is told that it does."""


FIELDS = {
    "hindrance": "hindrance",
    "until": "hindrance_until",
    "to": "hindrance_to",
    "note": "hindrance_note",
}
"""What is filled in, by the field of the command."""


class NotSaid(Exception):
    """Something lacks, or cannot be; `phrase` names the words for it."""

    def __init__(self, phrase: str) -> None:
        self.phrase = phrase
        super().__init__(phrase)


class HindranceForm(NamedTuple):
    """The form as it is shown."""

    kinds: Sequence[tuple[str, str]]
    others: Sequence[Organisation]
    """Whose the task may be."""
    filled: Filled
    wrong: str | None

    def said(self, name: str) -> str:
        """Return what was filled in before; nothing as long as nothing was wrong."""
        return next(iter(self.filled.get(name, ())), "") if self.wrong else ""


def hindrance_form(
    texts: Texts, directory: Directory, state: Mediation, task: Task | None, filled: Filled, wrong: str | None
) -> HindranceForm:
    """Return the form for who has a task. It offers those who have the same role in this municipality."""
    municipality = state.parties.municipality
    here = [one for one in directory if municipality in one.municipalities and task and one.id != task.owner]
    role = next((one.role for one in directory if task and one.id == task.owner), None)
    others = sorted((one for one in here if one.role is role), key=lambda one: one.name)
    kinds = [(one.value, texts.value.hindrance[one]) for one in Hindrance]
    return HindranceForm(kinds, others, filled, wrong)


def read_hindrance(task: str, filled: Filled) -> BaseModel:
    """Return what was filled in as the body of the command. Raises NotSaid."""
    written = {name: next(iter(filled.get(field, ())), "").strip() for name, field in FIELDS.items()}
    said = {name: value for name, value in written.items() if value}
    if said.get("hindrance") not in set(Hindrance):
        raise NotSaid("hindrance_which")
    if "note" not in said or (said["hindrance"] == Hindrance.MORE_TIME and "until" not in said):
        raise NotSaid("hindrance_lacks")
    try:
        body: BaseModel = COMMAND.shape.validate_json(json.dumps({"type": "report_hindrance", "task": task, **said}))
    except ValidationError as wrong:
        about = {str(part) for fault in wrong.errors(include_input=False) for part in fault["loc"]}
        raise NotSaid("no_date" if "until" in about else "not_right") from None
    return body
