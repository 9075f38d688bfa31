"""Absurd values for every field of a message, by the message's own type: what a slip, a bug or an upgrade leaves.

A value is text as it stands in JSON, so that it can be what no JSON writer of ours would write.
"""

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, get_args

from pydantic import BaseModel

Path = tuple[str | int, ...]

DEEP = 2_000
NUMBERS = (
    *("0", "-1", "-0.0", "0.5", "1e26", "-1e26", "1e400", "1E-400", "1e308", "123456789012345678901234567890"),
    *("9" * 400, "-" + "9" * 5_000, "0." + "1" * 5_000),
)
TEXTS = (
    *('""', '" "', '"612,45"', '"612.45"', '"1e26"', '"NaN"', '"nee"', '"2026-02"', '"2026-13-40"', '"0000-00-00"'),
    *('"0001-01-01"', '"9999-12-31"', '"2026-02-30T25:61:00Z"', '"9999-12-31T23:59:59Z"', '"0001-01-01T00:00:00Z"'),
    *('"\\u0000"', '"' + "x" * 1_000_000 + '"', '"ＤＥ\\u00a0ＯＥＶＥＲ"'),
)
SHAPES = (
    *("null", "true", "false", "[]", "{}", "[null]", "[[]]", "[1, 2]", '["x"]', '{"code": null}', '{"code": 5}'),
    *('{"code": ["x"]}', '[{"code": {}}]', '{"id": {"id": {}}}', '[{"naam": 1, "waarde": 2}]'),
)
NO_JSON = (
    *("NaN", "Infinity", "-Infinity", '"\\ud800"', "[" * DEEP + "]" * DEEP, '{"a":' * DEEP + "1" + "}" * DEEP),
    *("01", "+1", "'x'", '"\\x"', ""),
)
"""What is no JSON at all, within brackets and quotes that match."""
ABSURD = (*NUMBERS, *TEXTS, *SHAPES)


def fields(model: type[BaseModel]) -> Iterator[Path]:
    """Every field of a message, and every field of what stands in it, by its name there; of a list its first."""
    for name, field in model.model_fields.items():
        alias = field.alias or name
        yield (alias,)
        for inner, listed in _models(field.annotation):
            yield from ((alias, *([0] if listed else []), *path) for path in fields(inner))


def _models(annotation: Any, listed: bool = False) -> Iterator[tuple[type[BaseModel], bool]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation, listed
        return
    for part in get_args(annotation):
        yield from _models(part, listed or _is_list(annotation))


def _is_list(annotation: Any) -> bool:
    return getattr(annotation, "__origin__", None) in {tuple, list}


def planted(document: dict[str, Any], path: Path, value: str) -> str:
    """The JSON of a document in which one field holds this."""
    mark = "@@here@@"
    copy = json.loads(json.dumps(document))
    place: Any = copy
    for step, after in pairwise(path):
        if isinstance(place, list):
            place.extend({} for _ in range(1 - len(place)))
            place = place[0]
        else:
            place = place.setdefault(step, [] if after == 0 else {})
    if isinstance(place, list):
        place[:] = [mark]
    else:
        place[path[-1]] = mark
    return json.dumps(copy).replace(f'"{mark}"', value)
