"""Asking the API for commands that are requests to it."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import typer

from console.process import api_here, fail, run

ADDRESS = "MEDIATION_API"
Api = Annotated[
    str | None,
    typer.Option(help=f"Where the API is. Without it: that of --data, else {ADDRESS}, else this installation's."),
]
Token = Annotated[str, typer.Option(envvar="MEDIATION_TOKEN", help="A bearer token of who may do this.")]


def address(api: str | None, data: Path | None) -> str:
    """Return where the API is: as it was typed, else that of the directory that was, else as the environment says, else
    that of the installation whose settings are found.
    """
    return api or (None if data else os.environ.get(ADDRESS)) or api_here(data)


def ask(
    method: str,
    path: str,
    token: str,
    api: str,
    body: dict[str, Any] | None = None,
    key: str | None = None,
    query: dict[str, Any] | None = None,
    table: bytes | None = None,
) -> dict[str, Any]:
    """Send a request and return what was answered; what is wrong ends the command, told in a line.

    `table` is sent as CSV in place of a body; what is wrong with it is told by line.
    """
    import httpx

    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key or f"cli-{uuid4().hex}"}
    sent: dict[str, Any] = {"json": body} if table is None else {"content": table}
    if table is not None:
        headers["Content-Type"] = "text/csv"

    async def send() -> httpx.Response:
        async with httpx.AsyncClient(base_url=api, headers=headers, timeout=120) as http:
            return await http.request(method, f"/v1{path}", params=query, **sent)

    try:
        response = run(send())
    except httpx.HTTPError as error:
        raise fail(f"the API at {api} cannot be reached ({type(error).__name__})") from None
    said: dict[str, Any] = (
        response.json() if response.content and "json" in response.headers.get("Content-Type", "") else {}
    )
    if not response.is_success:
        if table is not None and (errors := said.get("errors")):
            raise fail("\n".join(told_line(error) for error in errors))
        raise fail(f"{response.status_code} {said.get('detail') or said.get('title') or ''}".strip())
    return said


def told_line(error: dict[str, Any]) -> str:
    """Return what is wrong with a line of a table, as it is printed."""
    return f"line {error['line']}, {error['field']}: {error['message']}"


def pages(path: str, token: str, api: str, **query: Any) -> Iterator[dict[str, Any]]:
    """Read a list page by page."""
    asked = {name: value for name, value in query.items() if value is not None}
    while True:
        page = ask("GET", path, token, api, query=asked)
        yield page
        if not page["next"]:
            return
        asked["cursor"] = page["next"]


def listed(path: str, token: str, api: str, none: str, **query: Any) -> Iterator[dict[str, Any]]:
    """Read what is on all pages of a list; when nothing is, tell so."""
    empty = True
    for page in pages(path, token, api, **query):
        empty = empty and not page["items"]
        yield from page["items"]
    if empty:
        typer.echo(none)
