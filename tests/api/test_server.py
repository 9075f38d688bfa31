"""The API as a process runs it: it migrates, reaches Temporal by itself, and serves over a socket."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api.server import application, serve
from domain.facts.value import replace
from runtime.policies import Policies, PolicyFolderWrong
from runtime.settings import Settings
from tests.api.desk import MovedClock
from tests.api.listening import listening


@pytest.fixture
async def server(served: Settings) -> AsyncIterator[str]:
    """Where a whole API answers."""
    async with listening(application(served, MovedClock()), lifespan="auto") as where:
        yield where


async def ready(http: httpx.AsyncClient) -> bool:
    for _ in range(200):
        if (await http.get("/readyz")).status_code == 200:
            return True
        await asyncio.sleep(0.05)
    return False


async def test_it_becomes_ready_by_itself_and_refuses_what_is_too_large_unread(server: str) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(400):
            yield b" " * 1024

    async with httpx.AsyncClient(base_url=server, trust_env=False) as http:
        assert await ready(http)
        described = (await http.get("/v1/openapi.json", timeout=60)).json()  # made once, beside other tests' work
        assert described["servers"] == [{"url": "https://mediation.example.org/v1"}]
        response = await http.post("/v1/mediations", content=b"x" * 300_000)
        assert (response.status_code, response.json()["type"].rpartition(":")[2]) == (413, "too-large")
        assert (await http.post("/v1/mediations", content=endless())).status_code in {401, 413}


def test_the_proxies_that_are_believed_are_those_of_the_settings(
    served: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, Any] = {}
    monkeypatch.setattr("api.server.uvicorn.run", lambda _, **options: given.update(options))
    serve(served)
    assert given["forwarded_allow_ips"] == "127.0.0.1"
    serve(replace(served, trusted_proxies="10.0.0.0/8,192.0.2.1"))
    believed = ProxyHeadersMiddleware(lambda *_: None, given["forwarded_allow_ips"]).trusted_hosts  # type: ignore[arg-type]
    assert ["10.1.2.3" in believed, "192.0.2.1" in believed, "192.0.2.2" in believed] == [True, True, False]


def test_a_wrong_policy_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "almere.toml").write_text("id = 3")
    with pytest.raises(PolicyFolderWrong, match=r"almere\.toml: .*version"):
        Policies.load(tmp_path)
