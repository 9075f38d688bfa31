"""A policy file for a city to fill in: every parameter, with what it is, what may be written and what holds till then.

All of it is worked out of the definitions. The comments are those of the parameters' own classes.
"""

import ast
import inspect
import json
import re
import textwrap
import types
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date, time
from enum import StrEnum
from functools import cache
from itertools import pairwise
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from domain.decide.catalogue import SPECS
from domain.exchange.policy_file import LAW, TOLD_ONCE, UNSPECIFIED
from domain.facts.calendar import Term
from domain.facts.value import Value
from domain.policy.policy import Policy, Step
from domain.policy.policy_defaults import DEFAULTS
from domain.policy.value_bounds import bound_of
from policy_tools.describe.telling import capital
from texts import Language, of

WIDTH = 118
HEAD = f"""\
Policy of {{name}} for direct mediation. Fill in what was decided. What stays "{UNSPECIFIED}" is open: till then
the engine works with its own default, which is named beside it, and `mediation policy check` lists it as a gap.

A value is written plainly, or with where it comes from:
    due = {{{{ value = "2 weeks", source = "Protocol 2026", basis = "Awb 4:5", note = "after the summer" }}}}
A table may give {", ".join(TOLD_ONCE)} once, for all of its values. A line that begins with # is not read.
"""
HEADED = frozenset({"id", "version", "municipality", "name", "valid_from", "valid_to"})
"""What stands at the top of a file."""


class NoPolicyName(ValueError):
    """A name of which no id can be made."""


def new_policy(name: str, today: date) -> str:
    """Return the text of a policy file for a city of this name. Raises NoPolicyName."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    known_as = "-".join(re.findall(r"[a-z0-9]+", plain))
    if not 2 <= len(known_as) <= 40 or not name.isprintable():
        raise NoPolicyName(f"'{name}' cannot be the name of a policy: write 2 to 40 letters, digits and hyphens")
    given = {"id": known_as, "version": str(today), "municipality": known_as, "name": name}
    lines = [f"# {line}".rstrip() for line in HEAD.format(name=name).splitlines()]
    lines += [f"{field} = {json.dumps(value, ensure_ascii=False)}" for field, value in given.items()]
    lines += [f"valid_from = {today}", f"# valid_to = {date(today.year + 3, 12, 31)}", *_table(Policy, DEFAULTS, ())]
    return "\n".join(lines) + "\n"


class Writable(NamedTuple):
    """What may be written for a value: in a list, in a table by names, or by itself."""

    annotation: Any
    many: bool = False
    by: Any = None
    """The names of a table, where those are a city's own or of a closed list."""

    @property
    def model(self) -> type[Value] | None:
        """The class of a table."""
        plain = get_args(self.annotation)[0] if get_origin(self.annotation) is Annotated else self.annotation
        table = isinstance(plain, type) and issubclass(plain, Value) and plain not in {Term, Step}
        return plain if table else None


def kind_of(annotation: Any) -> Writable:
    """Return what an annotation lets a file write."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin in {Union, types.UnionType}:
        return kind_of(next(part for part in parts if part is not type(None)))
    if origin is dict:
        return Writable(parts[1], by=parts[0])
    if origin is tuple:
        return Writable(parts[0], many=True)
    if origin is Annotated and get_origin(parts[0]) in {Union, types.UnionType, tuple, dict}:
        return kind_of(parts[0])
    return Writable(annotation)


def _table(model: type[Value], defaults: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    """Yield the lines of a table: its own values first, as TOML wants it, and then the tables in it."""
    skipped = HEADED if not path else LAW.keys() if path == ("calendar",) else ()
    fields = {name: field for name, field in model.model_fields.items() if name not in skipped}
    kinds = {name: kind_of(field.rebuild_annotation()) for name, field in fields.items()}
    about = told_of(model)
    usual = {name: defaults.get(name, _usual(field)) for name, field in fields.items()}
    tables = {name for name, kind in kinds.items() if kind.by or (kind.model and usual[name] is not None)}
    for name, kind in kinds.items():
        if name not in tables:
            yield from _value(kind, usual[name], (*path, name), about.get(name, ""))
    for name in (one for one in kinds if one in tables or kinds[one].model):
        kind, here, inner = kinds[name], (*path, name), usual[name] or {}
        if kind.by:
            yield from _by_name(kind, inner, here, about.get(name, ""))
        elif kind.model and name in tables:
            yield from _headed(here, about.get(name) or _first(kind.model.__doc__))
            yield from _table(kind.model, inner, here)
        elif kind.model:
            yield from _example(kind.model, here, "")


def _usual(field: FieldInfo) -> Any:
    """Return what holds where neither a file nor the engine's defaults say anything, as a file writes it."""
    value = None if field.is_required() else field.get_default(call_default_factory=True)
    return value.model_dump(mode="json") if isinstance(value, Value) and not isinstance(value, Term) else value


def _by_name(kind: Writable, defaults: Mapping[str, Any], path: tuple[str, ...], about: str) -> Iterator[str]:
    """Yield the tables by name: those that the engine knows to fill in, others as an example."""
    if not kind.model:
        yield from _headed(path, about)
        yield from _lines_to_use(kind, path)
    elif not defaults:
        yield from _example(kind.model, (*path, "a_name"), about)
    elif besides := [name for name in kind.model.model_fields if any(name not in one for one in defaults.values())]:
        yield ""
        yield from _comment(f"{capital(path[-1])}. In each table may stand besides:")
        for name in besides:
            field = kind_of(kind.model.model_fields[name].rebuild_annotation())
            yield f"#     {name}: {may_be(field, (*path, '*', name))}"
    for name, inner in defaults.items() if kind.model else ():
        here = (*path, str(name))
        yield from _headed(here, _named(path, str(name)) or f"{path[-1]} {name}")
        for field, value in inner.items():
            yield f'{field} = "{UNSPECIFIED}"    # till then: {_plain(value)}'


def _named(path: tuple[str, ...], name: str) -> str:
    """Return what a task, a term or an agreement is called."""
    texts = of(Language.ENGLISH)
    known: Mapping[tuple[str, ...], Mapping[Any, Any]] = {
        ("tasks",): {kind: words.name for kind, words in texts.task.items()},
        ("clocks",): texts.value.clock,
        ("agreements",): texts.description.agreements,
    }
    return str(known.get(path, {}).get(name, ""))


def _lines_to_use(kind: Writable, path: tuple[str, ...]) -> Iterator[str]:
    """Yield a line to take up for each name of a closed list."""
    for one in kind.by if isinstance(kind.by, type) and issubclass(kind.by, StrEnum) else ():
        spec = SPECS.get(one)  # type: ignore[call-overload]
        may = sorted(spec.owners) if spec else [may_be(kind, (*path, one.value))]
        if may:
            yield f'# {one.value} = "{may[0] if spec else "..."}"    # {", ".join(may)}'


def _example(model: type[Value], path: tuple[str, ...], about: str) -> Iterator[str]:
    """Yield a table to take up."""
    yield ""
    yield from _comment(about)
    yield f"# [{'.'.join(path)}]"
    yield from _example_lines(model, path, "")


def _example_lines(model: type[Value], path: tuple[str, ...], within: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        kind, here = kind_of(field.rebuild_annotation()), (*path, name)
        if kind.model and not kind.many:
            yield from _example_lines(kind.model, here, f"{within}{name}.")
        else:
            yield f"# {within}{name} = ...    # {may_be(kind, here)}"


def _value(kind: Writable, default: Any, path: tuple[str, ...], about: str) -> Iterator[str]:
    words = of(Language.ENGLISH).description.parameters.get(".".join(path), "")
    about = about or (f"{capital(words)}." if words else "")
    till_then = f" Till then: {plain}." if (plain := _plain(default)) else ""
    yield ""
    yield from _comment(f"{about} {capital(may_be(kind, path))}.{till_then}".strip())
    yield f'{path[-1]} = "{UNSPECIFIED}"'


def may_be(kind: Writable, path: tuple[str, ...]) -> str:
    """Say what may be written for a value."""
    known = choices(kind.annotation)
    if known:
        return f"{'a list of' if kind.many else 'one of'}: {', '.join(known)}"
    plain = get_args(kind.annotation)[0] if get_origin(kind.annotation) is Annotated else kind.annotation
    what = WHAT.get(plain, "a table" if kind.model else "a text")
    bound = bound_of((*path, "0") if kind.many else path)
    limits = f", from {bound.least} to {bound.most}" if bound and plain is not str else ""
    law = f" ({bound.law})" if bound and bound.law else ""
    return f"{'a list, each ' if kind.many else ''}{what}{limits}{law}"


WHAT: Mapping[Any, str] = {
    Term: "a term",
    Step: "a reminder such as '+7 days' after it is asked or '-2 working days' before it is due",
    int: "a number",
    float: "a number",
    bool: "true or false",
    date: "a day",
    time: "an hour of the day",
}


def choices(annotation: Any) -> list[str]:
    """Return the words that may be written, where those are a closed list."""
    plain = get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
    if not (isinstance(plain, type) and issubclass(plain, StrEnum)):
        return []
    reads: TypeAdapter[Any] = TypeAdapter(annotation)
    return [one.value for one in plain if _reads(reads, one.value)]


def _reads(reads: TypeAdapter[Any], value: str) -> bool:
    try:
        reads.validate_python(value)
    except ValidationError:
        return False
    return True


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _headed(path: tuple[str, ...], about: str) -> Iterator[str]:
    yield ""
    yield from _comment(about)
    yield f"[{'.'.join(path)}]"


def _comment(about: str) -> Iterator[str]:
    yield from (f"# {line}" for line in textwrap.wrap(about, WIDTH))


OF_OLD = re.compile(r"^(None in|No rule|NONE in)\b")
"""Begins a sentence about policies of earlier releases, or about the code."""


def _first(text: str | None) -> str:
    """Return what somebody who fills in a file has to know."""
    sentences = re.split(r"(?<=[.;]) (?=[A-Z])", " ".join((text or "").split()))
    return " ".join(one for one in sentences if not OF_OLD.match(one)).rstrip(";")


@cache
def told_of(model: type[Value]) -> Mapping[str, str]:
    """Return what a class tells of each of its fields, in the text below it."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(model)))
    lines = next(one.body for one in tree.body if isinstance(one, ast.ClassDef))
    told: dict[str, str] = {}
    for field, text in pairwise(lines):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, ast.Expr):
            told[field.target.id] = _first(str(ast.literal_eval(text.value)))
    return told
