"""Tables that are sent or taken as JSON or as CSV, whichever the caller would rather have."""

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import Query
from pydantic import Field

CSV = "text/csv"
ForSpreadsheet = Annotated[
    bool,
    Field(
        description="With `text/csv`: as a Dutch spreadsheet opens it, with semicolons, decimal commas and a byte "
        "order mark, and with an apostrophe before text such as 0012. What is saved there can be sent back"
    ),
]
DryRun = Annotated[
    bool,
    Query(alias="dryRun", description="Only tell what is wrong, and what is new, changed and unchanged: keep nothing"),
]
SkipWrong = Annotated[
    bool,
    Query(
        alias="skipWrong",
        description="Take in the lines that are right although others are wrong, which are then told in `wrong`; else "
        "all lines are taken in or none",
    ),
]


def or_table(description: str, columns: Iterable[str]) -> dict[int | str, dict[str, Any]]:
    """Return what an operation says of its answer when that can be had as CSV too."""
    schema = {"type": "string", "description": "A header, and a line for each"}
    content = {CSV: {"schema": schema, "example": f"{','.join(columns)}\r\n"}}
    return {200: {"description": description, "content": content}}


def wants_csv(accept: str) -> bool:
    """Tell whether a caller would rather have CSV than JSON (RFC 9110, 12.5.1)."""
    weights = {"application/json": 0.0, CSV: 0.0}
    for given in sorted(accept.lower().split(","), key=lambda one: one.count("*"), reverse=True):
        kind, *parameters = (part.strip() for part in given.split(";"))
        for known in weights:
            if kind in {known, "*/*", f"{known.partition('/')[0]}/*"}:
                weights[known] = _weight(parameters)
    return weights[CSV] > weights["application/json"]


def _weight(parameters: list[str]) -> float:
    text = next((part[2:] for part in parameters if part.startswith("q=")), "1")
    try:
        return float(text)
    except ValueError:
        return 0.0
