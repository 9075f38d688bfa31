"""The municipality's own systems in the demonstration: a receiver of webhooks, and a case system.

They are connected as an administrator does it, through the API, and told of everything before the end.
"""

import asyncio
from datetime import timedelta
from typing import Any

import httpx

from domain.facts.parties import Role
from sandbox.stack import CASE_SYSTEM_CLIENT, CASE_SYSTEM_SECRET, Stack

RSIN = "123456782"
CASE_TYPE = "DIRECTE-BEMIDDELING"
LOOK_EVERY = 0.2
PATIENCE = 120
"""Seconds in which everything that happened must have been told."""


class MunicipalSystems:
    """What one municipality has beside its partners."""

    def __init__(self, municipality: str, stack: Stack, http: httpx.AsyncClient) -> None:
        ports, systems = stack.directory.ports, stack.reference_systems()
        self.receiver, self.case_system = systems["receiver"], systems["case_system"]
        token = stack.directory.issuer.issue(Role.COORDINATOR, municipality, "administrator", timedelta(days=1))
        self._api, self._bearer = f"{ports.url(ports.api)}/v1/webhooks", {"Authorization": f"Bearer {token}"}
        self._http = http

    async def connect(self) -> None:
        """Have both told of everything from now on."""
        added = await self._asked("POST", "", {"kind": "cloudevents", "url": f"{self.receiver}/hook"})
        (await self._http.put(f"{self.receiver}/secrets", json=[added["secret"]])).raise_for_status()
        zgw = {
            "kind": "zgw",
            "url": f"{self.case_system}/zaken/api/v1",
            "catalogiUrl": f"{self.case_system}/catalogi/api/v1",
            "clientId": CASE_SYSTEM_CLIENT,
            "clientSecret": CASE_SYSTEM_SECRET,
            "rsin": RSIN,
            "caseType": CASE_TYPE,
        }
        await self._asked("POST", "", zgw)

    async def until_told(self) -> int:
        """Wait until nothing waits to be told; return how many events were given up, or not told in time."""
        for _ in range(round(PATIENCE / LOOK_EVERY)):
            webhooks = (await self._asked("GET"))["items"]
            if not any(one["waiting"] for one in webhooks):
                break
            for one in webhooks:
                await self._asked("POST", f"/{one['id']}/enable")
            await asyncio.sleep(LOOK_EVERY)
        return sum(one["waiting"] + one["deadLetters"] for one in webhooks)

    async def _asked(self, method: str, path: str = "", body: dict[str, str] | None = None) -> dict[str, Any]:
        headers = {**self._bearer, "Idempotency-Key": (body or {}).get("kind", "none")}
        answer = await self._http.request(method, f"{self._api}{path}", json=body, headers=headers)
        answer.raise_for_status()
        said: dict[str, Any] = answer.json()
        return said
