"""Descriptions of shapes, fields and values that have none, taken from the docstrings of the domain's classes."""

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, NamedTuple

from pydantic.alias_generators import to_camel

from domain.facts.tasks import TaskKind
from domain.messages.answers import Answer
from texts import Language, of

SUFFIXES = ("", "Body", "Command", "View")
"""How a shape of the API is called after the class of the domain."""


class Explained(NamedTuple):
    """A class of the domain, with what is said beneath its fields or members."""

    kind: type
    fields: Mapping[str, str]


def explain(schemas: dict[str, Any]) -> None:
    """Describe the shapes, and their fields, that have no description."""
    known = {one.kind.__name__: one for one in _classes()}
    for name, schema in schemas.items():
        names = (name.removesuffix(suffix) for suffix in SUFFIXES)
        found = next((known[one] for one in names if one in known), None)
        if found is None:
            continue
        if issubclass(found.kind, Enum):
            if words := _values(found):
                schema["description"] = words
        elif words := _whole(found.kind):
            schema.setdefault("description", words)
        fields: dict[str, str] = {}
        for base in reversed(found.kind.__mro__):
            if base.__name__ in known:
                fields |= {to_camel(field): words for field, words in known[base.__name__].fields.items()}
        for field, told in schema.get("properties", {}).items():
            if field in fields:
                told.setdefault("description", fields[field])


def _whole(kind: type) -> str:
    """Return what is said of a class; of an answer, if of nothing else, what its task is called."""
    if "__doc__" in vars(kind) and kind.__doc__:
        return inspect.cleandoc(kind.__doc__)
    if issubclass(kind, Answer) and "kind" in kind.model_fields:
        return of(Language.ENGLISH).task[TaskKind(kind.model_fields["kind"].default)].name
    return ""


def _values(found: Explained) -> str:
    """Return what is said of an enumeration and of each of its members, if of any."""
    members = [(member.value, found.fields.get(member.name)) for member in found.kind if isinstance(member, Enum)]  # type: ignore[attr-defined]
    listed = [f"- `{value}`: {words}" for value, words in members if words]
    return "\n".join(filter(None, [inspect.cleandoc(found.kind.__doc__ or ""), *listed]))


def _classes() -> Iterator[Explained]:
    """Return every class of the domain, and the enumerations of the views, with the words beneath their fields.

    They are read from the source: Python keeps the docstrings of classes, and not those beneath their fields.
    """
    for name, module in list(sys.modules.items()):
        if name.startswith(("domain.", "api.views")):
            nodes = [node for node in ast.parse(inspect.getsource(module)).body if isinstance(node, ast.ClassDef)]
            for node in nodes:
                kind = vars(module)[node.name]
                if name.startswith("domain.") or issubclass(kind, Enum):
                    yield Explained(kind, dict(_fields(node)))


def _fields(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for one, beneath in zip(node.body, node.body[1:], strict=False):
        match one, beneath:
            case (
                ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]),
                ast.Expr(value=ast.Constant(value=str(words))),
            ):
                yield name, inspect.cleandoc(words)
