"""Examples of what may be sent, worked out of its schema: what must be given, and what has an example of its own."""

import re
from collections.abc import Mapping
from typing import Any

REF = "#/components/schemas/"
DAY = "2026-12-01"
TEXTS = ("Agreed by telephone.", "almere", "0233")
"""Free text, an organisation or a municipality, a code: the first that a shape takes is its example."""


def example_of(schema: Mapping[str, Any], shapes: Mapping[str, Any]) -> Any:
    """Return an example of a schema, whose references are to these shapes. Raises ValueError when none is known."""
    match schema:
        case {"examples": [first, *_]} | {"const": first} | {"enum": [first, *_]}:
            return first
        case {"$ref": str(reference)}:
            return example_of(shapes[reference.removeprefix(REF)], shapes)
        case {"anyOf": [first, *_]} | {"oneOf": [first, *_]}:
            return example_of(first, shapes)
        case {"type": "boolean"}:
            return True
        case {"type": "integer"}:
            return schema.get("minimum", 1)
        case {"type": "array", "items": items}:
            return [example_of(items, shapes)] if schema.get("minItems") else []
        case {"type": "object"}:
            given = set(schema.get("required", ()))
            properties = schema.get("properties", {}).items()
            return {
                name: example_of(one, shapes)
                for name, one in properties
                if name in given or one.keys() & {"examples", "const"}
            }
        case {"type": "string", "format": "date"}:
            return DAY
        case {"type": "string"}:
            return _text(schema)
    raise ValueError(f"no example of {dict(schema)} is known")


def _text(schema: Mapping[str, Any]) -> str:
    for text in TEXTS:
        if re.search(schema.get("pattern", ""), text) and len(text) <= schema.get("maxLength", len(text)):
            return text
    raise ValueError(f"none of {TEXTS} is one of {dict(schema)}")
