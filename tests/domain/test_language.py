"""The language of a release is what its number says: whoever changes an event, a command or a record counts on.

After a change: add one to `domain.exchange.language.LANGUAGE`, then `python -m tests.domain.test_language`, which adds
the new number to language.json and changes no other.
"""

import json
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from domain.exchange.language import LANGUAGE
from domain.exchange.record import Recorded
from domain.messages.commands import AnyCommand
from domain.state.events import AnyEvent

KEPT = Path(__file__).with_name("language.json")
SPOKEN: dict[str, Any] = {"events": AnyEvent, "commands": AnyCommand, "recorded": Recorded}


def described() -> dict[str, str]:
    """The SHA-256 of each description, without its prose: that may change."""
    return {name: digest(TypeAdapter(kind).json_schema(mode="serialization")) for name, kind in SPOKEN.items()}


def digest(schema: object) -> str:
    return sha256(json.dumps(bare(schema), sort_keys=True).encode()).hexdigest()


def bare(schema: object, *, names: bool = False) -> object:
    """A description without titles and prose. `names`: these are names of fields or types, whatever they are called."""
    if isinstance(schema, dict):
        prose = set() if names else {"title", "description", "examples"}
        return {
            name: bare(value, names=not names and name in {"properties", "$defs", "mapping"})
            for name, value in schema.items()
            if name not in prose
        }
    return [bare(one) for one in schema] if isinstance(schema, list) else schema


def kept() -> dict[str, dict[str, str]]:
    numbers: dict[str, dict[str, str]] = json.loads(KEPT.read_text(encoding="utf-8"))
    return numbers


def added(numbers: dict[str, dict[str, str]], language: int, today: dict[str, str]) -> dict[str, dict[str, str]]:
    """Add the description of a language; one that is kept is never changed, and none is left out."""
    if str(language) in numbers and numbers[str(language)] != today:
        raise SystemExit(f"language {language} is described already: the changed one is {language + 1}")
    if language > 1 and str(language - 1) not in numbers:
        raise SystemExit(f"language {language - 1} was never described")
    return numbers | {str(language): today}


def test_the_language_is_what_its_number_says() -> None:
    assert kept()[str(LANGUAGE)] == described(), __doc__
    assert list(kept()) == [str(number) for number in range(1, LANGUAGE + 1)]


def test_a_number_that_is_described_is_never_described_otherwise() -> None:
    one, other = described(), described() | {"events": "other"}
    assert added({}, 1, one) == {"1": one} == added({"1": one}, 1, one)
    assert added({"1": one}, 2, other) == {"1": one, "2": other}
    with pytest.raises(SystemExit, match="the changed one is 2"):
        added({"1": one}, 1, other)
    with pytest.raises(SystemExit, match="language 2 was never described"):
        added({"1": one}, 3, other)


def test_a_new_field_changes_the_language_and_a_new_word_of_prose_does_not() -> None:
    schema = {"title": "A", "description": "b", "properties": {"title": {"type": "string", "description": "c"}}}
    assert digest(schema) == digest({"properties": {"title": {"type": "string"}}})
    assert digest(schema) != digest({"properties": {}})
    assert digest(schema) != digest({"properties": {"title": {"type": "integer"}}})


if __name__ == "__main__":
    text = json.dumps(added(kept() if KEPT.exists() else {}, LANGUAGE, described()), indent=2)
    KEPT.write_text(f"{text}\n", encoding="utf-8")
    sys.stdout.write(f"language {LANGUAGE} is described in {KEPT.name}\n")
