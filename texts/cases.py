"""Texts of which one is chosen by the facts: of those that fit, the one that asks most.

What a text asks stands in its key: `result=ready` asks for that value, `ends_on` that there is one, `a+b` for both,
and an empty key for nothing.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from domain.messages.results import said

T = TypeVar("T")


def asked(key: str) -> tuple[tuple[str, str | None], ...]:
    """Return which fields a key asks for, each with the value that it must have, or None for any."""
    parts = (part.partition("=") for part in filter(None, key.split("+")))
    return tuple((field, value if equals else None) for field, equals, value in parts)


def chosen(cases: Mapping[str, T], facts: object) -> T | None:
    """Return the case that fits these facts and asks most of them, the first of equals; None when none fits."""
    fit = [key for key in cases if all(_holds(facts, field, value) for field, value in asked(key))]
    return cases[max(fit, key=lambda key: len(asked(key)))] if fit else None


def fitting(cases: Mapping[str, T], facts: object) -> list[T]:
    """Return every case that fits these facts, but none that asks for less than another that fits."""
    fit = {key: set(asked(key)) for key in cases if all(_holds(facts, field, value) for field, value in asked(key))}
    return [cases[key] for key in fit if not any(fit[key] < more for more in fit.values())]


def spelled(value: object) -> str:
    """Return a value as a key has it."""
    return str(said(value) if isinstance(value, StrEnum) else value).lower()


def _holds(facts: object, field: str, wanted: str | None) -> bool:
    value = getattr(facts, field, None)
    return bool(value) if wanted is None else value is not None and spelled(value) == wanted
