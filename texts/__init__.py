"""Every word that people read: one file a language, checked as a whole when it is read.

`nl.toml` and `en.toml` hold the words, and nothing of how they are used. `of` reads a language once.
"""

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pydantic import ValidationError

from texts.language import Language
from texts.words import Texts

__all__ = ["FILES", "Language", "Texts", "WordsWrong", "of", "read"]

FILES = Path(__file__).parent


class WordsWrong(Exception):
    """A file lacks words, or has words for something that does not exist; the text names each place."""


@cache
def of(language: Language) -> Texts:
    """Return the words of a language. Raises WordsWrong."""
    name = f"{language.value}.toml"
    return read((FILES / name).read_text(encoding="utf-8"), name)


def read(text: str, name: str) -> Texts:
    """Read the words of one language from a file of this name. Raises WordsWrong."""
    try:
        return Texts.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise WordsWrong(f"{name}: {error}") from None
    except ValidationError as error:
        told = (": ".join((name, *_place(one["loc"]), _fault(one["type"], one["msg"]))) for one in error.errors())
        raise WordsWrong("\n".join(told)) from None


def _place(loc: tuple[int | str, ...]) -> Iterator[str]:
    if loc:
        yield ".".join(str(part) for part in loc if part != "[key]")


def _fault(kind: str, message: str) -> str:
    if kind in {"enum", "literal_error", "extra_forbidden"}:
        return "there is nothing of this name"
    return "no words" if kind == "missing" else message.removeprefix("Value error, ")
