"""JSON that all programs read alike: no key twice in an object, and no control character in a text.

Of a key that stands twice some readers take the first value and some the last. So the code that checks a request and
the code that carries it out could see different values. A control character is refused and not left out: what is kept
is what was sent.
"""

import json
import unicodedata
from collections.abc import Iterator
from typing import Any

LINES = frozenset("\t\n\r")
"""Control characters that a text of several lines may hold; a field of one line refuses them by its own pattern."""
CONTROL = "this holds a control character"
FIELD_LIMIT = 60
"""Characters of the name of a field that are told."""


class JsonWrong(ValueError):
    """This is no JSON in UTF-8 that can be read in one way. `field` is where."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        self.message = message
        super().__init__(f"{field}: {message}")


class KeyTwice(JsonWrong):
    """A key stands twice in one object."""

    def __init__(self, key: str) -> None:
        super().__init__(_printable(key) or "body", "this key stands twice in one object: say it once")


def check(content: bytes) -> None:
    """Raise JsonWrong for a key twice or a control character; what is no JSON at all is for its reader to refuse."""
    try:
        document = json.loads(content, object_pairs_hook=_once)
    except KeyTwice:
        raise
    except (ValueError, RecursionError):
        return
    _check_texts(document)


def read_json(content: bytes | str) -> Any:
    """Return what JSON in UTF-8 says. Raises JsonWrong."""
    try:
        text = content.decode("utf-8") if isinstance(content, bytes) else content
        document = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except JsonWrong:
        raise
    except (ValueError, RecursionError):
        raise JsonWrong("body", "no JSON in UTF-8") from None
    _check_texts(document)
    return document


def holds_control(text: str) -> bool:
    """Tell whether a text holds a control character, or half of a pair of surrogates, which no database keeps."""
    # printable text, nearly all of it, is told apart by the interpreter itself
    return not text.isprintable() and any(
        unicodedata.category(character) in {"Cc", "Cs"} for character in set(text) - LINES
    )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for key, value in pairs:
        if key in whole:
            raise KeyTwice(key)
        whole[key] = value
    return whole


def _no_number(name: str) -> Any:
    raise ValueError(name)


def _check_texts(document: Any) -> None:
    for field, text in _texts(document):
        if holds_control(text):
            raise JsonWrong(_printable(field) or "body", CONTROL)


def _texts(document: Any) -> Iterator[tuple[str, str]]:
    """Return every text, keys too, with where it stands, such as `person.name`. Not recursive: it may be deep."""
    waiting: list[tuple[str, Any]] = [("", document)]
    while waiting:
        field, found = waiting.pop()
        if isinstance(found, str):
            yield field, found
        elif isinstance(found, dict | list):
            parts = found.items() if isinstance(found, dict) else enumerate(found)
            for name, part in parts:
                within = f"{field}.{name}".lstrip(".")[:FIELD_LIMIT]
                if isinstance(name, str):
                    yield within, name
                waiting.append((within, part))


def _printable(field: str) -> str:
    """Return the name of a field as it is told: it comes from the sender, and may hold anything."""
    return "".join(character if character.isprintable() else "?" for character in field)[:FIELD_LIMIT]
