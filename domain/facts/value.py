"""The base of everything the domain talks about."""

from functools import cache
from typing import TYPE_CHECKING, dataclass_transform

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    # To mypy a value is a frozen dataclass, so it holds the names and types of a change against the value's fields.
    from collections.abc import Callable
    from dataclasses import replace as replace
    from typing import ParamSpec, TypeVar

    from pydantic._internal._model_construction import ModelMetaclass

    P = ParamSpec("P")
    T = TypeVar("T")

    def made(kind: Callable[P, T], /, *_: P.args, **given: P.kwargs) -> T:
        """To mypy it is the same as to call the kind."""
else:
    ModelMetaclass = type(BaseModel)

    def replace(value, /, **changes):
        """Return a value with some fields changed. What is given is not validated: mypy has checked it."""
        kind = type(value)
        fields = kind.__pydantic_fields__
        was = value.__dict__
        if len(was) != len(fields):  # What was worked out of the old fields (`cached_property`) stays behind.
            was = {name: was[name] for name in fields}
        now = was | changes
        if len(now) != len(fields):
            raise TypeError(f"{kind.__name__} has no field {', '.join(sorted(now.keys() - fields.keys()))}")
        copy = _new(kind)
        _set_fields(copy, now)
        _set_given(copy, value.__pydantic_fields_set__.union(changes))
        _set_extra(copy, None)
        _set_private(copy, None)
        return copy

    def made(kind, /, **given):
        """Return a new value of facts that are values already. What is given is not validated: mypy has checked it."""
        usual, needed = _usual(kind)
        if not needed <= given.keys() <= usual.keys():
            raise TypeError(f"{kind.__name__} is not made of {', '.join(sorted(given))}")
        copy = _new(kind)
        _set_fields(copy, usual | given)
        _set_given(copy, set(given))
        _set_extra(copy, None)
        _set_private(copy, None)
        return copy

    @cache
    def _usual(kind):
        """Return the fields in their order, in which they are written too, with what they are when they are not given;
        and which must be.
        """
        fields = kind.__pydantic_fields__
        needed = {name for name, field in fields.items() if field.is_required() or field.default_factory}
        return {name: None if name in needed else field.default for name, field in fields.items()}, needed


# A value's four slots, set past its being frozen. The rules make copies all day: found here once, it is a sixth faster.
_new = object.__new__
_set_fields, _set_given, _set_extra, _set_private = (
    BaseModel.__dict__[slot].__set__
    for slot in ("__dict__", "__pydantic_fields_set__", "__pydantic_extra__", "__pydantic_private__")
)


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(Field,))
class ValueMeta(ModelMetaclass):
    """Tells mypy that every value is frozen, and which arguments make one."""


def left_out(value: object) -> bool:
    """Whether a field that a later release added says nothing: then it is not written, and old bytes stay equal."""
    return not value


def unsaid(value: object) -> bool:
    """Whether such a field is not given at all: it may say none, or nothing, and then it is written."""
    return value is None


class Value(BaseModel, metaclass=ValueMeta):
    """A frozen value that grows but never breaks: fields unknown to this release are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")
