"""Request bodies: read as strict JSON, and cleaned of characters that only deceive the eye."""

import re
import unicodedata
from collections.abc import Callable
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Request
from pydantic import AfterValidator, Field, StringConstraints, TypeAdapter, ValidationError

from api.problems import Invalid, NotJson, invalid_json
from runtime.strict_json import JsonWrong, check_keys

NOTE_LIMIT = 20_000
"""Characters of the longest note."""

DECEIVING = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Zero-width characters and those that turn the direction of writing."""


def _clean(text: str, keep: str) -> str:
    """Return the text in its composed form, without control characters and without what deceives the eye."""
    plain = DECEIVING.sub("", unicodedata.normalize("NFC", text))
    return "".join(c for c in plain if c in keep or unicodedata.category(c) not in {"Cc", "Cs", "Cn"}).strip()


def _cleaned(keep: str, least: int, most: int) -> Callable[[str], str]:
    def clean(text: str) -> str:
        cleaned = _clean(text, keep)
        if not least <= len(cleaned) <= most:
            raise ValueError(f"give {least} to {most} visible characters")
        return cleaned

    return clean


Name = Annotated[str, Field(max_length=1000), AfterValidator(_cleaned("", 1, 120))]
"""A name or another single line."""
NoteText = Annotated[
    str,
    Field(max_length=NOTE_LIMIT, description="Free text. It is kept encrypted and travels as a reference only."),
    AfterValidator(_cleaned("\n\t", 1, NOTE_LIMIT)),
]
Mail = Annotated[str, StringConstraints(pattern=r"^[^@\s<>\"'(),;:\\]{1,64}@[A-Za-z0-9.-]{1,190}$")]
Phone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9 ()-]{5,22}$")]

T = TypeVar("T")


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
        kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != "application/json" or "Content-Encoding" in request.headers:
            raise NotJson
        content = await request.body()
        try:
            check_keys(content)
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
