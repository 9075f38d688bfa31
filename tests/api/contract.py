"""Holds every answer that a test is given against the description: its status, its headers, and how a problem looks."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import httpx

from api.app import create_app
from api.openapi import ROOT, describe
from domain.exchange.feed import ComplexRow, VacatedRow
from domain.exchange.releases import ReleasedRow
from runtime.directory import Organisation

ALWAYS = {"API-Version", "Request-Id"}
FOR_A_PROGRAMMER = re.compile(
    r"[\^$\\]|\bInput\b|\bshould\b|Value error|\bValid\b|_type\b|\bString\b"
    r"|\b(True|False|None|str|int|dict|tuple)\b|\[key\]"
)
"""What pydantic says of what it cannot read, a regular expression, a type of Python."""
SNAKE = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
CHOICES = re.compile(r": [a-z0-9_-]+(?:, [a-z0-9_-]+)+")
"""What may be chosen, as it is written; of data that a city names there is no list in the description."""


@cache
def said_so() -> frozenset[str]:
    """The words with an underscore that a caller writes: values of the description, and columns of tables."""
    columns = {name for rows in (VacatedRow, ComplexRow, ReleasedRow, Organisation) for name in rows.model_fields}
    return frozenset(columns | set(SNAKE.findall(json.dumps(description()))))


def programmers_words(problem: dict[str, Any]) -> list[str]:
    """What a problem says that is for a programmer of ours; a field is named as the caller wrote it, wrong or not."""
    told = [error["message"] for error in problem.get("errors", [])] or [problem.get("detail", "")]
    return [one for one in told if FOR_A_PROGRAMMER.search(one) or set(SNAKE.findall(CHOICES.sub("", one))) - said_so()]


@cache
def description() -> dict[str, Any]:
    """The whole description of the API."""
    return describe(create_app(), "/")


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation of a description: its path with what its server puts before it, its method, and the rest."""
    for path, methods in document["paths"].items():
        whole = path if "servers" in methods else f"{ROOT}{path.rstrip('/')}"
        yield from ((whole, method, told) for method, told in methods.items() if method != "servers")


@cache
def _operations() -> list[tuple[re.Pattern[str], str, dict[str, Any]]]:
    found = [
        (re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), method, told)
        for path, method, told in operations(description())
    ]
    return sorted(found, key=lambda one: one[0].pattern.count("[^/]+"))


def operation_of(method: str, path: str) -> dict[str, Any] | None:
    """What the description says of this request; None when it knows no such address or method."""
    method = "get" if method == "HEAD" else method.lower()
    found = (told for pattern, known, told in _operations() if known == method and pattern.fullmatch(path))
    return next(found, None)


async def kept(response: httpx.Response) -> None:
    """Fail unless an answer is one that the description has."""
    status, request = response.status_code, response.request
    assert response.headers.keys() >= {name.lower() for name in ALWAYS}, (request.url, response.headers)
    operation = operation_of(request.method, request.url.path)
    if operation is None:
        return
    where = f"{request.method} {request.url.path}: {status}"
    told = operation["responses"].get(str(status))
    assert told is not None or status == 405, f"{where} is not described"
    names = {name.lower() for name in (told or {}).get("headers", {})}
    assert names <= response.headers.keys(), f"{where} lacks {names - response.headers.keys()}"
    if status >= 400 and request.method != "HEAD":
        assert response.headers["Content-Type"] == "application/problem+json", where
        await response.aread()
        assert {"type", "title", "status", "detail", "instance"} <= response.json().keys(), where
        assert response.json()["instance"] == f"urn:uuid:{response.headers['Request-Id']}"
        assert programmers_words(response.json()) == [], f"{where}: {response.text}"
