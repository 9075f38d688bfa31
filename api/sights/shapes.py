"""The sights themselves: what each role sees of an event, as shapes of responses made from the lists of fields.

A shape has the fields that its sight names and no others: whatever else an event holds is dropped when it is shown.
"""

import types
from collections.abc import Mapping
from copy import copy
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, create_model
from pydantic.alias_generators import to_camel

from api.problems import Forbidden
from api.sights.events import EVENTS
from api.sights.named import ALWAYS, Named
from api.sights.values import ANSWERS, EFFECTS, FACTS
from api.spelling import spelled
from domain.facts.parties import Role
from domain.facts.value import Value
from domain.messages.results import SAID

SENT = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)
TABLE: Mapping[type[Value], Named] = {**EVENTS, **FACTS, **ANSWERS, **EFFECTS}
_made: dict[tuple[type[Value], tuple[tuple[str, Any], ...]], type[BaseModel]] = {}


class Sight:
    """What some roles see. Its name is put before those of shapes that the municipality sees otherwise."""

    def __init__(self, name: str, fields: Mapping[type[Value], tuple[str, ...]]) -> None:
        self.name = name
        self.fields = fields
        self._kinds = {kind for model in fields for kind in _kinds(model)}

    def sees(self, event: Mapping[str, Any]) -> bool:
        """Tell whether an event, as the journal has it, is seen: its kind, and the kind of answer or effect in it."""
        answer, effect = event.get("answer"), event.get("effect")
        return (
            event["type"] in self._kinds
            and (answer is None or answer["kind"] in self._kinds)
            and (effect is None or effect["type"] in self._kinds)
        )

    def events(self) -> tuple[type[BaseModel], ...]:
        """Return the shapes of the events that are seen."""
        return tuple(self.shape(event) for event in EVENTS if event in self.fields)

    def shape(self, model: type[Value]) -> type[BaseModel]:
        """Return how a value is shown. Equal shapes are one, whoever sees them."""
        seen = [name for name in model.model_fields if name in (*ALWAYS, *self.fields[model])]
        hints = {name: self._hint(model.model_fields[name].annotation) for name in seen}
        kind = model.model_fields["type"].default if "type" in hints else None
        # Events and effects are named as classes are, and spelled anew; a claim's type is a word already.
        name = kind if isinstance(kind, str) and kind[:1].isupper() else None
        if name:
            hints["type"] = Literal[spelled(name)]
        key = (model, tuple(hints.items()))
        if key not in _made:
            fields: dict[str, Any] = {
                field: (hint, ... if name and field == "type" else copy(model.model_fields[field]))
                for field, hint in hints.items()
            }
            _made[key] = create_model(
                f"{self.name}{name or model.__name__}",
                __config__=SENT,
                __doc__=model.__doc__,
                __module__=model.__module__,
                **fields,
            )
        return _made[key]

    def _hint(self, hint: Any) -> Any:
        """Return a type with every value of the domain in its shape; a choice among values is one among those seen, and
        a choice of words is as it is said.
        """
        if _is_value(hint):
            return self.shape(hint)
        if hint in SAID:
            return SAID[hint]
        origin, args = get_origin(hint), get_args(hint)
        if origin is Annotated:
            inner, *metadata = args
            return Annotated[(self._hint(inner), *metadata)]
        if origin in {Union, types.UnionType}:
            seen = [arg for arg in args if not _is_value(arg) or arg in self.fields]
            return Union[tuple(self._hint(arg) for arg in seen)]  # noqa: UP007 - made from parts
        if origin is tuple:
            return tuple[tuple(self._hint(arg) for arg in args)]  # type: ignore[misc]
        return hint


def _kinds(model: type[Value]) -> list[str]:
    """Return by which word an event, an answer or an effect is told from others."""
    tags = (model.model_fields[name].default for name in ("type", "kind") if name in model.model_fields)
    return [str(tag) for tag in tags if isinstance(tag, str)]


def _is_value(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Value)


def _sight(name: str, who: str) -> Sight:
    by_role = {model: getattr(named, who) for model, named in TABLE.items()}
    return Sight(name, {model: fields for model, fields in by_role.items() if fields is not None})


MUNICIPALITY = _sight("", "municipality")
PARTNERS = _sight("Partner", "partners")
CORPORATION = _sight("Corporation", "corporation")
SIGHTS: Mapping[Role, Sight] = {
    Role.COORDINATOR: MUNICIPALITY,
    Role.AUDITOR: MUNICIPALITY,
    Role.ADMIN: MUNICIPALITY,
    Role.INSTITUTION: PARTNERS,
    Role.DISTRICT_TEAM: PARTNERS,
    Role.CARE_PROVIDER: PARTNERS,
    Role.DESK: PARTNERS,
    Role.COMMITTEE: PARTNERS,
    Role.CORPORATION: CORPORATION,
}
"""A role that is not here is shown no mediation."""


def sight_of(role: Role) -> Sight:
    """Return what a role sees; raises `Forbidden` for a role that sees nothing."""
    if role not in SIGHTS:
        raise Forbidden("your role is shown no mediations")
    return SIGHTS[role]
