"""Request bodies: read as strict JSON. Control characters are refused; what only deceives the eye is left out.

In a single line any white space, such as a tab, a line's end or a no-break space, is one space: no words are joined.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from api.problems import Invalid, NotJson, invalid_json
from runtime.strict_json import JsonWrong, check

NOTE_LIMIT = 20_000
"""Characters of the longest note."""

DECEIVING = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Zero-width characters and those that turn the direction of writing."""
LINE_END = re.compile(r"\r\n?")
"""As forms of browsers send it."""


def _cleaned(most: int, *, one_line: bool) -> Callable[[str], str]:
    """Return what makes a text its composed form, with one kind of line end, and without what deceives the eye."""

    def clean(text: str) -> str:
        plain = LINE_END.sub("\n", DECEIVING.sub("", unicodedata.normalize("NFC", text))).strip()
        plain = " ".join(plain.split()) if one_line else plain
        if not 1 <= len(plain) <= most:
            raise ValueError(f"give 1 to {most} visible characters")
        return plain

    return clean


def one_line(most: int) -> Callable[[str], str]:
    """Return what cleans a single line of at most so many characters; it raises ValueError for none or a longer one."""
    return _cleaned(most, one_line=True)


Name = Annotated[str, Field(max_length=1000), AfterValidator(one_line(120))]
"""A name or another single line."""
NoteText = Annotated[
    str,
    Field(max_length=NOTE_LIMIT, description="Free text. It is kept encrypted and travels as a reference only."),
    AfterValidator(_cleaned(NOTE_LIMIT, one_line=False)),
]

T = TypeVar("T")


class RequestPart(BaseModel):
    """Something asked for in a request: nothing unknown besides."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True, hide_input_in_errors=True)


def media_type(request: Request) -> str | None:
    """Return of which kind a body is, without parameters; None when it is encoded, which nothing here reads."""
    if "Content-Encoding" in request.headers:
        return None
    return request.headers.get("Content-Type", "").partition(";")[0].strip().lower()


class Body(Generic[T]):
    """A JSON body of one shape, as a dependency. `tagged` when the shape is one of several told apart by a field.

    It is read straight from the bytes: no number is taken for a text, no text for a number, no key twice, no depth is
    too deep.
    """

    def __init__(self, shape: Any, *, tagged: bool = False) -> None:
        self.shape: TypeAdapter[T] = TypeAdapter(shape)
        self._skip = 1 if tagged else 0

    async def __call__(self, request: Request) -> T:
        """Return the body; raises `NotJson` or `Invalid`. The installation is the context of its validators."""
        if media_type(request) != "application/json":
            raise NotJson
        content = await request.body()
        try:
            check(content)
        except JsonWrong as wrong:
            raise Invalid([(wrong.field, wrong.message)]) from None
        try:
            return self.shape.validate_json(content, strict=True, context=request.app.state.installation)
        except ValidationError as wrong:
            raise invalid_json(wrong, self._skip) from None

    def documented(self, examples: dict[str, Any]) -> dict[str, Any]:
        """Return what an OpenAPI operation says of this body; `api.openapi` moves the shapes to their place."""
        schema = self.shape.json_schema(ref_template="#/components/schemas/{model}")
        shapes = schema.pop("$defs", {})
        content = {"application/json": {"schema": schema, "examples": examples}}
        return {"requestBody": {"required": True, "content": content}, SHAPES: shapes}


SHAPES = "x-shapes"
"""Under which name an operation carries the shapes of its body until `api.openapi` takes them."""
