"""Examples of what is sent and answered, worked out of its schema.

Of a request: what must be given, and what has an example of its own. Of an answer: everything, a list with one item.
"""

import re
from collections.abc import Mapping
from typing import Any

REF = "#/components/schemas/"
DAY, MOMENT = "2026-12-01", "2026-12-01T09:30:00Z"
TEXTS = (
    *("Agreed by telephone.", "almere", "0233", "note-4e1c0c9e7f57", "00000001803240912000", "sam@example.org"),
    *("036 1234567", "https://example.org/", "12345678"),
)
"""Free text, an organisation, a code, a reference and so on: the first that fits a schema is its example."""
NAMED: Mapping[str, str] = {
    "actsNext": "wijkteam-stad-haven",
    "bsn": "999990019",
    "careProvider": "kwintes",
    "complex": "De Oever",
    "corporation": "ymere",
    "digest": "3f786850e387550fdab836ed7e6dc881de23001b0d3f786850e387550fdab83f",
    "district": "de-werven",
    "districtTeam": "wijkteam-stad-haven",
    "dwelling": "E-1001",
    "id": "m-ab12cd34ef56gh78ij90",
    "institution": "kwintes-beschermd-wonen",
    "mediation": "m-ab12cd34ef56gh78ij90",
    "municipality": "almere",
    "name": "Noor de Wit",
    "note": "note-4e1c0c9e7f57",
    "number": "O-1001",
    "organisation": "wijkteam-stad-haven",
    "owner": "wijkteam-stad-haven",
    "provider": "kwintes",
    "receivingTeam": "wijkteam-stad-haven",
    "task": "assess-1",
    "team": "wijkteam-stad-haven",
    "url": "https://bus.example.nl/bemiddelingen",
    "version": "2026-01-01",
}
"""Texts by the name of the field that they stand in, of answers only: what is sent says itself what it may be."""


def example_of(schema: Mapping[str, Any], shapes: Mapping[str, Any], *, answer: bool = False, name: str = "") -> Any:
    """Return an example of a schema, whose references are to these shapes. Raises ValueError when none is known.

    `answer`: of an answer, and not of a request. `name` is that of the field.
    """

    def part(of: Mapping[str, Any], name: str = name) -> Any:
        return example_of(of, shapes, answer=answer, name=name)

    match schema:
        case {"examples": [first, *_]} | {"const": first} | {"enum": [first, *_]}:
            return first
        case {"$ref": str(reference)}:
            return part(shapes[reference.removeprefix(REF)])
        case {"anyOf": [first, *_]} | {"oneOf": [first, *_]}:
            return part(first)
        case {"type": "null"}:
            return None
        case {"type": "boolean"}:
            return True
        case {"type": "integer" | "number"}:
            return schema.get("minimum", 1)
        case {"type": "array", "items": items}:
            return [part(items)] if answer or schema.get("minItems") else []
        case {"type": "object"}:
            needed = set(schema.get("required", ()))
            properties = schema.get("properties", {}).items()
            return {
                field: part(one, field)
                for field, one in properties
                if answer or field in needed or one.keys() & {"examples", "const"}
            }
        case {"type": "string", "format": "date"}:
            return DAY
        case {"type": "string", "format": "date-time"}:
            return MOMENT
        case {"type": "string"}:
            return _text(schema, (NAMED[name],) if answer and name in NAMED else ())
    raise ValueError(f"no example of {dict(schema)} is known")


def _text(schema: Mapping[str, Any], first: tuple[str, ...]) -> str:
    for text in (*first, *TEXTS):
        if re.search(schema.get("pattern", ""), text) and len(text) <= schema.get("maxLength", len(text)):
            return text
    raise ValueError(f"none of {TEXTS} is one of {dict(schema)}")
