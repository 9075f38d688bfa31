"""A reference partner system as a child process, with what its own people do in it."""

import sys
from pathlib import Path
from typing import Any

import httpx

from sandbox.embedded import ports
from sandbox.embedded.process import Program
from sandbox.embedded.server import Server

Json = dict[str, Any]


class PartnerSystem(Server):
    """One kind of partner system, serving any number of organisations."""

    def __init__(self, kind: str, directory: Path, port: int, *options: str) -> None:
        super().__init__()
        self._options = options
        self.name = f"The {kind} system"
        self._kind = kind
        self._directory = directory
        self.port = port
        self.url = f"http://{ports.LOOPBACK}:{port}"
        self._http = httpx.AsyncClient(base_url=self.url, timeout=10, trust_env=False)

    def url_of(self, organisation: str) -> str:
        """Where an organisation's own system is."""
        return f"{self.url}/{organisation}"

    async def register(self, organisation: str) -> None:
        """Serve one more organisation."""
        (await self._http.put(f"/organisations/{organisation}")).raise_for_status()

    async def exchange(self, organisation: str, agb: str, url: str, token: str) -> None:
        """Say under which AGB code a care provider exchanges messages, and where its own go."""
        told = {"agb": agb, "url": url, "token": token}
        (await self._http.put(f"/organisations/{organisation}/exchange", json=told)).raise_for_status()

    async def post_message(self, organisation: str, kind: str, content: bytes) -> int:
        """Send a message to a care provider; return with which status it was met."""
        headers = {"Content-Type": "application/xml", "X-Berichtsoort": kind}
        url = f"/{organisation}/istandaarden/berichten"
        return (await self._http.post(url, content=content, headers=headers)).status_code

    async def messages(self, organisation: str) -> list[Json]:
        """What a care provider sent, and how it was answered."""
        sent: list[Json] = (await self._http.get(f"/{organisation}/messages")).json()
        return sent

    async def switch(self, *faults: Json) -> None:
        """Switch these faults on and all others off."""
        (await self._http.put("/faults", json=list(faults))).raise_for_status()

    async def staff(self, method: str, organisation: str, path: str, body: object = None) -> Json:
        """Let the partner's own people do something in their system."""
        response = await self._http.request(method, f"/{organisation}{path}", json=body)
        response.raise_for_status()
        answer: Json = response.json()
        return answer

    async def request(self, method: str, path: str) -> None:
        """Ask something that has no answer worth reading."""
        (await self._http.request(method, path)).raise_for_status()

    async def vera(self, organisation: str, path: str, method: str = "GET", body: object = None) -> Any:
        """Speak VERA to a corporation's system; a change has no answer."""
        response = await self._http.request(method, f"/{organisation}/v4{path}", json=body)
        response.raise_for_status()
        return response.json() if response.content else None

    async def records(self, organisation: str, path: str, mediation: str) -> list[Json]:
        """What the partner has on a mediation, such as its `/offers`."""
        answer = await self._http.get(f"/{organisation}{path}", params={"mediation": mediation})
        answer.raise_for_status()
        records: list[Json] = answer.json()["records"]
        return records

    async def supports(self, organisation: str) -> list[Json]:
        """What a care provider has been allocated. It does not know our mediations."""
        answer = await self._http.get(f"/{organisation}/support-requests")
        answer.raise_for_status()
        records: list[Json] = answer.json()["records"]
        return records

    async def ledger(self, organisation: str) -> dict[tuple[str, str], tuple[int, int]]:
        """(operation, key) -> (how often it arrived, how often it took effect)."""
        lines = (await self._http.get("/effects")).json()
        ours = [line for line in lines if line["organisation"] == organisation]
        return {(line["operation"], line["key"]): (line["received"], line["executed"]) for line in ours}

    def wanted_ports(self) -> list[ports.WantedPort]:
        return [ports.WantedPort(self.port, self.name, "none")]

    async def _program(self) -> Program:
        state = self._directory / f"{self._kind}.sqlite"
        options = ["--port", str(self.port), "--state", str(state), *self._options]
        command = [sys.executable, "-m", "sandbox.partners", self._kind, *options]
        return Program(name=self.name, command=command, log=self._directory / f"{self._kind}.log")

    async def _answers(self) -> bool:
        if not await ports.accepts(self.port):
            return False
        return (await self._http.get("/health")).is_success

    def _let_go(self) -> None:
        """It has nothing that others could want."""
