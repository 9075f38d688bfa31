"""What a partner system is: the operations it can be asked, and what each asks, does and answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter
from pydantic.alias_generators import to_camel

from .book import Book, Json, Record, Refused
from .faults import FaultKind


class Body(BaseModel):
    """What a call may ask: camelCase names, nothing besides."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel)

    def facts(self) -> Json:
        """The body as JSON values, under the names of the contract."""
        return self.model_dump(mode="json", by_alias=True)


class Nothing(Body):
    """A call that asks nothing besides its address."""


class Reason(Body):
    """Why, if it is said."""

    reason: str | None = Field(default=None, max_length=2000)


Asked = TypeVar("Asked")
Mishap = Callable[[Book, str, str], None]
"""Something goes wrong at a partner: the book, the organisation, and the number of what was made or changed."""


@dataclass(frozen=True)
class Call(Generic[Asked]):
    """One call, checked: whose system, which record (`number`, or what else the address ends in), and what is asked.

    `url` is the organisation's own address, and `headers` are those of the call, in small letters.
    """

    organisation: str
    number: str
    asked: Asked
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """A status and its JSON. A keyed operation tells the `number` of the record it made or changed."""

    content: JsonValue
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    record: str | None = None
    """The record it made or changed, where the content does not say its `number`."""
    changed: bool = True
    """Whether anything is otherwise than it was: a change that was made before takes no effect."""

    @property
    def number(self) -> str:
        """The number of the record that was made or changed."""
        return self.record or (str(self.content["number"]) if isinstance(self.content, dict) else "")


@dataclass(frozen=True)
class Operation(Generic[Asked]):
    """What a partner system can be asked. `keyed` takes an Idempotency-Key; `by_staff` is done by its own people."""

    name: str
    method: str
    path: str
    asked: type[Asked]
    perform: Callable[[Book, Call[Asked]], Answer]
    keyed: bool = False
    by_staff: bool = False
    mishaps: Mapping[FaultKind, Mishap] = field(default_factory=dict)
    """What may go wrong after it was done, and how."""

    @cached_property
    def checker(self) -> TypeAdapter[Asked]:
        """Checks what is asked; built once, as building costs more than a call."""
        return TypeAdapter(self.asked)


@dataclass(frozen=True)
class Partner:
    """A kind of partner system: its name, the tables it has besides the book's, and its operations."""

    kind: str
    schema: str
    operations: tuple[Operation[Any], ...]


class Worklist(Body):
    """Which records a person wants to see: of one mediation, in one state, after a number."""

    mediation: str | None = None
    state: str | None = None
    after: str = ""
    limit: int = Field(default=100, ge=1, le=100)


def worklist(kind: str, path: str) -> Operation[Worklist]:
    """The operation by which staff see their records of one kind, with everything known about each."""

    def show(book: Book, call: Call[Worklist]) -> Answer:
        wanted = call.asked
        records = book.worklist(call.organisation, kind, wanted.mediation, wanted.state, wanted.after, wanted.limit)
        full = len(records) == wanted.limit
        return Answer({"records": [shown(record) for record in records], "next": records[-1].number if full else None})

    return Operation(f"list_{kind}s", "GET", path, Worklist, show, by_staff=True)


def shown(record: Record) -> Json:
    """A record with everything known about it."""
    return {"number": record.number, "mediation": record.mediation, "state": record.state, **record.details}


def invalid(field: str, message: str) -> Refused:
    """A call that is wrong in one field."""
    return Refused(400, "invalid", errors=[{"field": field, "message": message}])
