"""Shapes of request bodies, made from the domain's values: camelCase names, nothing unknown, and a note as its text.

They are made and not written, so that an answer that is added to the domain can never be forgotten here.
"""

import json
import types
from collections.abc import Callable
from copy import copy
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, create_model
from pydantic.alias_generators import to_camel

from domain.facts.days import WrittenDay
from domain.facts.value import Value
from domain.messages.answers import Answer
from domain.messages.results import SAID, said
from domain.messages.shapes import ANY, SHAPES, Shape

ASKED = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True, hide_input_in_errors=True)


def shape_of(annotation: Any, shape: Callable[[type[Value]], type[BaseModel]]) -> Any:
    """Return a type with every domain value in it in another shape, every day as requests write it, and every choice as
    it is said.
    """
    if annotation is date:
        return WrittenDay
    if annotation in SAID:
        return SAID[annotation]
    if isinstance(annotation, type) and issubclass(annotation, Value):
        return shape(annotation)
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        inner, *metadata = args
        return Annotated[(shape_of(inner, shape), *metadata)]
    if origin in {Union, types.UnionType}:
        return Union[tuple(shape_of(arg, shape) for arg in args)]  # noqa: UP007 - made from parts
    if origin is tuple:
        return tuple[tuple(shape_of(arg, shape) for arg in args)]  # type: ignore[misc]
    return annotation


def asked(model: type[Value], text: Any, **more: Any) -> type[BaseModel]:
    """Return a domain value as it is asked for in requests: its `note`, if any, is this text and no reference.

    `more` are other fields that are asked for as another type than the domain's, with their defaults.
    """
    note = model.model_fields.get("note")
    changed = dict(more)
    if note:
        changed["note"] = (text, ...) if note.is_required() else (text | None, None)
    return _shaped(model, f"{model.__name__}Body", ASKED, _asked_within, changed)


@cache
def _asked_within(model: type[Value]) -> type[BaseModel]:
    return _shaped(model, f"{model.__name__}Body", ASKED, _asked_within)


def _shaped(
    model: type[Value],
    name: str,
    config: ConfigDict,
    shape: Callable[[type[Value]], type[BaseModel]],
    changed: dict[str, Any] | None = None,
) -> type[BaseModel]:
    fields: dict[str, Any] = {
        field: (shape_of(info.annotation, shape), copy(info)) for field, info in model.model_fields.items()
    }
    made: type[BaseModel] = create_model(
        name, __config__=config, __doc__=_described(model), __module__=model.__module__, **fields | (changed or {})
    )
    return made


def _described(model: type[Value]) -> str | None:
    """Return what a shape of a request is; of an answer also which facts of it go together."""
    shapes = SHAPES.get(model, ()) if issubclass(model, Answer) else ()
    if not shapes:
        return model.__doc__
    told = "One of: " + "; ".join(map(_told, shapes)) + "."
    return told if model.__doc__ == Answer.__doc__ or not model.__doc__ else f"{model.__doc__}\n\n{told}"


def _told(shape: Shape) -> str:
    value = "" if shape.value is ANY else f" {spelled_value(shape.value)}"
    needs, may = (" and ".join(f"`{to_camel(name)}`" for name in names) for names in (shape.needs, shape.may))
    beside = (f" with {needs}" if needs else "") + (f", perhaps {may}" if may else "")
    return f"`{to_camel(shape.field)}`{value}{beside}"


def spelled_value(value: object) -> str:
    """Return a value of a field as JSON has it."""
    return json.dumps(said(value) if isinstance(value, StrEnum) else value)
