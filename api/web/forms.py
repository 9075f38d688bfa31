"""Forms made of what may be answered to a kind of task, and what was filled in read back as an answer."""

import json
import types
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from enum import Enum, StrEnum
from functools import partial
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from api.commands import ANSWER, ANSWERS
from domain.facts.tasks import TaskKind
from domain.facts.value import Value
from domain.messages.results import SAID
from texts import Language, Texts, of
from texts.cases import asked
from texts.misread import OWN, in_words

BY_KIND: Mapping[TaskKind, type[Value]] = {answer.model_fields["kind"].default: answer for answer in ANSWERS}
YES, NO = "true", "false"
WHOLE = "answer"
"""What the question of a whole answer is called in a form."""
Filled = Mapping[str, Sequence[str]]
"""What a browser sent: the values by field."""


class FormField(NamedTuple):
    """One question of a form."""

    name: str
    """As in the answer; within a group with a dot, such as `checklist.money`."""
    shape: Literal["whole", "choice", "yes_no", "several", "day", "text", "note"]
    required: bool
    options: tuple[str, ...] = ()
    values: type[StrEnum] | None = None
    """Of which enumeration the options are; None where they are of this question alone."""
    goes_with: str | None = None
    """The option of the whole answer that it is filled in with, and with no other."""

    @property
    def key(self) -> str:
        """What it is called in the words of the pages."""
        return self.name.rpartition(".")[2]

    def choice(self, value: str) -> str:
        """Return the key under which its task says one of its options (see `texts.cases`)."""
        return value if self.shape == "whole" else f"{self.name}={value.lower()}"


def question(field: FormField, kind: TaskKind, texts: Texts) -> str:
    """Return what a field of a task's form asks."""
    if field.shape == "whole":
        return texts.page.phrase["answer"]
    return texts.task[kind].field.get(field.key) or texts.page.field[field.key]


def option(
    field: FormField, value: str, kind: TaskKind, texts: Texts, known: Mapping[str, str] = MappingProxyType({})
) -> str:
    """Return how one of its options is offered: as it is known here, as its task says it, else as that kind of value is
    called.
    """
    said = known.get(value) or texts.task[kind].option(field.choice(value))
    if said is None and field.shape == "yes_no":
        return texts.page.phrase["yes" if value == YES else "no"]
    return said or (texts.value.of(field.values(value)) if field.values else value)


def spoken(
    kind: TaskKind, texts: Texts, known: Mapping[str, str] = MappingProxyType({})
) -> Mapping[str, Callable[..., str | None]]:
    """Return how the form of a task speaks, as its page calls it. `known` tells options that the task has none of."""
    questions = {field.key: question(field, kind, texts) for field in fields_of(kind)}
    return {
        "question": questions.__getitem__,
        "option": partial(option, kind=kind, texts=texts, known=known),
        "follows": lambda field, value: texts.task[kind].follows(field.choice(value)),
    }


class NotFilled(Exception):
    """Something must be mended: `wrong` names the word for what is wrong, by field, or has what cannot be read."""

    def __init__(self, wrong: Mapping[str, ErrorDetails | str]) -> None:
        self.wrong = dict(wrong)
        super().__init__(", ".join(wrong))

    def in_words(self, texts: Texts) -> dict[str, str]:
        """Say by field what is wrong with it."""
        return {
            name: texts.page.phrase[wrong] if isinstance(wrong, str) else self._misread(wrong, texts)
            for name, wrong in self.wrong.items()
        }

    @staticmethod
    def _misread(wrong: ErrorDetails, texts: Texts) -> str:
        if wrong["type"] in OWN:
            return texts.page.phrase["not_right"]  # what a check of ours says is English
        said = in_words(wrong["type"], wrong.get("ctx", {}), texts)
        return f"{said[:1].upper()}{said[1:]}".removesuffix(".") + "."


def whole_answers(kind: TaskKind) -> tuple[str, ...]:
    """Return the sentences of which one is chosen as the whole answer, by their keys (see `texts.cases`).

    They are one question where a sentence says several things at once or has something to fill in, and where no field
    of theirs must be given: asked field by field, such a form asks "Can you not start?", and to answer nothing means
    yes. None where a field that must be given has a sentence for each of its values, and where there is nothing to
    choose.
    """
    keys = tuple(of(Language.DUTCH).task[kind].choice)
    facts = [fact for key in keys for fact in asked(key)]
    mixed = len(facts) > len(keys) or any(value is None for _, value in facts)
    needed = {part.name for part in parts_of(kind) if part.required}
    return keys if len(keys) > 1 and (mixed or not needed & {name for name, _ in facts}) else ()


def parts_of(kind: TaskKind) -> tuple[FormField, ...]:
    """Return every field of the answer to a kind of task, each as a question of its own."""
    return tuple(_fields(BY_KIND[kind], ""))


def fields_of(kind: TaskKind) -> tuple[FormField, ...]:
    """Return the questions of a kind of task: the whole answer first, the note last."""
    found = parts_of(kind)
    keys = whole_answers(kind)
    if keys:
        filled = Counter(name for key in keys for name, value in asked(key) if value is None)
        said = {name for key in keys for name, value in asked(key) if value is not None}
        beside = {name: key for key in keys for name, value in asked(key) if value is None and filled[name] == 1}
        found = (
            FormField(WHOLE, "whole", required=True, options=keys),
            *(
                field._replace(goes_with=beside.get(field.name), required=field.required and field.name not in beside)
                for field in found
                if field.name not in said
            ),
        )
    return tuple(sorted(found, key=lambda field: field.name == "note"))


def said_by(key: str, kind: TaskKind) -> dict[str, Any]:
    """Return what a whole answer says by itself, by field, as JSON has it."""
    fields = {field.name: field for field in parts_of(kind)}
    return {name: _value(fields[name], [value]) for name, value in asked(key) if value is not None}


def _fields(model: type[BaseModel], within: str) -> Iterator[FormField]:
    for name, info in model.model_fields.items():
        plain = _plain(info.annotation)
        if name == "kind":
            continue
        elif name == "note":
            yield FormField("note", "note", info.is_required())
        elif isinstance(plain, type) and issubclass(plain, BaseModel):
            yield from (field._replace(required=False) for field in _fields(plain, f"{name}."))
        else:
            yield _field(f"{within}{name}", plain, required=info.is_required())


def _field(name: str, plain: Any, *, required: bool) -> FormField:
    if plain is bool:
        return FormField(name, "yes_no", required, (YES, NO))
    if get_origin(plain) is tuple:
        one = get_args(plain)[0]
        return FormField(name, "several", required, _options(one), _kind_of(one))
    if plain is date:
        return FormField(name, "day", required)
    plain = SAID.get(plain, plain)
    options = _options(plain)
    return FormField(name, "choice" if options else "text", required, options, _kind_of(plain))


def _plain(annotation: Any) -> Any:
    """Return a type without "or nothing" and without what is asked of its values."""
    if get_origin(annotation) in {Union, types.UnionType}:
        [annotation] = [arg for arg in get_args(annotation) if arg is not type(None)]
    return get_args(annotation)[0] if hasattr(annotation, "__metadata__") else annotation


def _kind_of(plain: Any) -> type[StrEnum] | None:
    return plain if isinstance(plain, type) and issubclass(plain, StrEnum) else None


def _options(plain: Any) -> tuple[str, ...]:
    if get_origin(plain) is Literal:
        return tuple(map(str, get_args(plain)))
    return tuple(str(one.value) for one in plain) if isinstance(plain, type) and issubclass(plain, Enum) else ()


def read(kind: TaskKind, filled: Filled) -> BaseModel:
    """Return what was filled in as the body of an answer; raises NotFilled."""
    fields = fields_of(kind)
    chosen = next(iter(filled.get(WHOLE, ())), "")
    given: dict[str, Any] = {}
    if whole_answers(kind):
        if chosen not in whole_answers(kind):
            raise NotFilled({WHOLE: "not_right" if chosen else "missing"})
        given = {to_camel(name): value for name, value in said_by(chosen, kind).items()}
    wrong = {}
    for field in fields:
        value = None if field.shape == "whole" else _value(field, filled.get(field.name, ()))
        if value is None:
            if field.name != WHOLE and (field.required or field.goes_with == chosen):
                wrong[field.name] = "missing"
        elif field.goes_with not in {None, chosen}:
            wrong[field.name] = "other_answer"
        else:
            group, _, name = field.name.rpartition(".")
            within = given.setdefault(to_camel(group), {}) if group else given
            within[to_camel(name)] = value
    if wrong:
        raise NotFilled(wrong)
    try:
        return ANSWER.shape.validate_json(json.dumps(given | {"kind": kind.value}), strict=True)
    except ValidationError as invalid:
        faults = invalid.errors(include_url=False, include_input=False)
    raise NotFilled(dict(_told(fault, fields) for fault in faults))


def _value(field: FormField, values: Sequence[str]) -> Any:
    """Return a field as JSON has it; None when nothing was filled in."""
    given = [value.strip() for value in values if value.strip()]
    if not given:
        return None
    if field.shape == "yes_no":
        return {YES: True, NO: False}.get(given[0], given[0])
    return given if field.shape == "several" else given[0]


def _told(fault: ErrorDetails, fields: Sequence[FormField]) -> tuple[str, ErrorDetails | str]:
    names = {to_camel(field.key): field for field in fields}
    field = next((names[str(part)] for part in reversed(fault["loc"]) if str(part) in names), None)
    if field is None:
        return "note", "not_right"
    return field.name, "no_date" if field.shape == "day" else fault
