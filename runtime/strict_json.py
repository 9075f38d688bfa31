"""JSON that can be read in one way only: no key twice in an object, and no text that a database cannot keep.

Of a key that stands twice, readers take the first or the last, each as it likes: one that checks a request and one that
carries it out could see different ones.
"""

import json
from collections.abc import Iterator
from typing import Any


class JsonWrong(ValueError):
    """This is no JSON in UTF-8 that can be read in one way. `field` is where."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        self.message = message
        super().__init__(f"{field}: {message}")


class KeyTwice(JsonWrong):
    """A key stands twice in one object."""

    def __init__(self, key: str) -> None:
        # the key comes from the sender, and may hold anything
        told = "".join(character if character.isprintable() else "?" for character in key)[:60]
        super().__init__(told or "body", "this key stands twice in one object: say it once")


def check_keys(content: bytes) -> None:
    """Raise KeyTwice for JSON with a key twice in one object; what is no JSON at all is for its reader to refuse."""
    try:
        json.loads(content, object_pairs_hook=_once)
    except KeyTwice:
        raise
    except (ValueError, RecursionError):
        return


def read_json(content: bytes | str) -> Any:
    """Return what JSON in UTF-8 says. Raises JsonWrong."""
    try:
        text = content.decode("utf-8") if isinstance(content, bytes) else content
        document = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except JsonWrong:
        raise
    except (ValueError, RecursionError):
        raise JsonWrong("body", "no JSON in UTF-8") from None
    if any(not can_be_kept(text) for text in _texts(document)):
        raise JsonWrong("body", "a text holds a character that cannot be kept")
    return document


def can_be_kept(text: str) -> bool:
    """Tell whether a database can keep a text: no NUL, and no half of a pair of surrogates."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for key, value in pairs:
        if key in whole:
            raise KeyTwice(key)
        whole[key] = value
    return whole


def _no_number(name: str) -> Any:
    raise ValueError(name)


def _texts(document: Any) -> Iterator[str]:
    waiting = [document]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            waiting += one
