"""The base of everything the domain talks about."""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

_set = object.__setattr__


class Value(BaseModel):
    """A frozen value that grows but never breaks: fields unknown to this release are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    @classmethod
    def of(cls, **fields: Any) -> Self:
        """Make a value of fields that the rules made themselves: all of them, and none is checked again."""
        value = cls.__new__(cls)
        _set(value, "__dict__", fields)
        _set(value, "__pydantic_fields_set__", set(fields))
        _set(value, "__pydantic_extra__", None)
        _set(value, "__pydantic_private__", None)
        return value

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return this value with some fields changed. The rules do this all day: what is frozen needs no deep copy."""
        copy = type(self).__new__(type(self))
        _set(copy, "__dict__", {**self.__dict__, **update} if update else dict(self.__dict__))
        _set(copy, "__pydantic_fields_set__", self.__pydantic_fields_set__.union(update or ()))
        _set(copy, "__pydantic_extra__", None)
        _set(copy, "__pydantic_private__", None)
        return copy


class Lasting(Value):
    """A value that is read for years: what is worked out of it once (`cached_property`) is kept with it."""

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return this value with some fields changed, and nothing that was worked out of the old ones."""
        copy = super().model_copy(update=update)
        for worked_out in copy.__dict__.keys() - type(self).model_fields.keys():
            del copy.__dict__[worked_out]
        return copy
