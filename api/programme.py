"""Pausing and resuming a whole programme: every open mediation of a municipality, through the API and one by one.

It may be broken off and given again with the same key: what was done is answered alike, and the rest is done.
"""

import asyncio
from collections.abc import AsyncIterator
from enum import StrEnum
from typing import Any, NamedTuple

import httpx

from domain.facts.rules import RuleName
from runtime import RuntimeFault

PAGE = 100
"""How many mediations are listed at a time."""
MOST_WAITS = 10
"""So often a request is sent again after the API said that it was too soon: others may use up the same limit."""


class ProgrammeRefused(RuntimeFault):
    """The API did not do it."""


class Way(StrEnum):
    """What is done to every mediation."""

    PAUSE = "pause"
    RESUME = "resume"

    @property
    def command(self) -> str:
        """The `type` of the command."""
        return f"{self.value}_mediation"

    @property
    def done_before(self) -> RuleName:
        """The rule that says that nothing was to be done."""
        return RuleName.ALREADY_PAUSED if self is Way.PAUSE else RuleName.NOT_PAUSED


class Changed(NamedTuple):
    """How many mediations were paused or resumed, and how many were so before."""

    changed: int = 0
    before: int = 0


async def change(http: httpx.AsyncClient, municipality: str, way: Way, note: str, key: str) -> Changed:
    """Pause or resume every open mediation of a municipality. Raises ProgrammeRefused with what the API said.

    `http` has the API's address and a coordinator's token; `key` names this whole command, to be given again unchanged.
    """
    changed = before = 0
    async for mediation in _open(http, municipality):
        response = await _asked(
            http,
            "POST",
            f"/v1/mediations/{mediation}/commands",
            json={"type": way.command, "note": note},
            headers={"Idempotency-Key": f"{key}:{mediation}"},
        )
        rule = response.json().get("rule") if response.status_code == 409 else None
        if rule in {way.done_before, RuleName.CLOSED}:
            before += rule == way.done_before
            continue
        _checked(response)
        changed += 1
    return Changed(changed, before)


async def _open(http: httpx.AsyncClient, municipality: str) -> AsyncIterator[str]:
    query: dict[str, Any] = {"municipality": municipality, "limit": PAGE}
    while True:
        page = _checked(await _asked(http, "GET", "/v1/mediations", params=query))
        for item in page["items"]:
            if item["stage"] != "closed":
                yield item["id"]
        if not page["next"]:
            return
        query["cursor"] = page["next"]


async def _asked(http: httpx.AsyncClient, method: str, path: str, **sent: Any) -> httpx.Response:
    """Send a request, again when the API says that it was too soon."""
    for _ in range(MOST_WAITS):
        response = await http.request(method, path, **sent)
        if response.status_code != 429:
            return response
        await asyncio.sleep(int(response.headers["Retry-After"]))
    raise ProgrammeRefused("429 You ask too often")


def _checked(response: httpx.Response) -> dict[str, Any]:
    if not response.is_success:
        said = response.json() if "json" in response.headers.get("Content-Type", "") else {}
        raise ProgrammeRefused(f"{response.status_code} {said.get('detail') or said.get('title') or ''}".strip())
    page: dict[str, Any] = response.json()
    return page
