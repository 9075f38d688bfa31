"""Over real sockets: who asks slowly, half, or too much at once keeps nobody else from being answered."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.responses import PlainTextResponse

from api import body_limit, patient_protocol
from api.installation import Installation
from api.patient_protocol import PatientProtocol
from runtime.at_once import AtOnce, TooMuchInAll, TooMuchOfOne
from sandbox.embedded.ports import free_port
from tests.api.desk import Desk

SHORT = 1.0
HEAD = b"GET /v1 HTTP/1.1\r\nHost: api\r\n"
POST = b"POST /v1/mediations HTTP/1.1\r\nHost: api\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n"


@asynccontextmanager
async def served_by(app: FastAPI | object) -> AsyncIterator[int]:
    """An application behind a port, as `api.server` serves it."""
    port = free_port()
    config = uvicorn.Config(app, port=port, log_config=None, lifespan="off", http=PatientProtocol, ws="none")  # type: ignore[arg-type]
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(20):
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.02)
    try:
        yield port
    finally:
        server.should_exit = server.force_exit = True
        await serving


@pytest.fixture
async def port(app: FastAPI, idle: Desk, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    monkeypatch.setattr(patient_protocol, "HEAD_SECONDS", SHORT)
    monkeypatch.setattr(patient_protocol, "ANSWER_SECONDS", SHORT)
    monkeypatch.setattr(body_limit, "BODY_SECONDS", SHORT)
    async with served_by(app) as where:
        yield where


async def opened(port: int, first: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(first)
    await writer.drain()
    return reader, writer


async def ended(reader: asyncio.StreamReader, within: float = 10 * SHORT) -> bytes:
    """What was answered until the connection ended; raises TimeoutError when it does not."""
    async with asyncio.timeout(within):
        return await reader.read()


async def test_three_hundred_that_ask_half_do_not_stay_and_others_are_answered(port: int) -> None:
    sent = [b"", b"GET", HEAD, POST + b"\r\n", POST + b'\r\n{"a"']
    many = [await opened(port, sent[n % len(sent)]) for n in range(300)]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
        began = time.monotonic()
        assert (await http.get("/v1", timeout=10)).status_code == 200
        assert time.monotonic() - began < 5
    answers = await asyncio.gather(*(ended(reader, 30) for reader, _ in many))
    assert {answer.split(b" ")[1] if answer else b"" for answer in answers} <= {b"", b"408", b"401", b"429"}
    for _, writer in many:
        writer.close()


async def test_who_sends_a_byte_now_and_then_is_waited_for_no_longer(port: int) -> None:
    reader, writer = await opened(port, HEAD)

    async def trickle() -> None:
        while not writer.is_closing():
            writer.write(b"X-A: b\r\n")
            await asyncio.sleep(0.1)

    trickling = asyncio.create_task(trickle())
    try:
        assert (await ended(reader)).startswith(b"HTTP/1.1 408")
    except ConnectionError:
        pass
    finally:
        trickling.cancel()
        writer.close()


async def test_a_body_that_does_not_come_is_a_typed_no(port: int, idle: Desk) -> None:
    token = idle.headers(idle.institution, "k")["Authorization"].encode()
    head = POST + b"Authorization: " + token + b"\r\nIdempotency-Key: k\r\n\r\n"
    reader, writer = await opened(port, head + b'{"a"')
    answer = await ended(reader)
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"urn:direct-mediation:problem:too-slow" in answer
    writer.close()


async def test_who_reads_no_answer_is_waited_for_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patient_protocol, "ANSWER_SECONDS", SHORT)
    done = asyncio.Event()

    async def huge(scope: dict[str, object], receive: object, send: object) -> None:
        try:
            await PlainTextResponse(b"x" * 50_000_000)(scope, receive, send)  # type: ignore[arg-type]
        finally:
            done.set()

    async with served_by(huge) as port:
        _, writer = await opened(port, HEAD + b"\r\n")
        async with asyncio.timeout(10 * SHORT):
            assert await done.wait(), "it is given up"
        writer.close()


async def test_a_connection_is_used_for_one_request_after_the_other(port: int) -> None:
    reader, writer = await opened(port, b"")
    for _ in range(3):
        writer.write(HEAD + b"\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200")
        length = next(int(line[16:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length: "))
        await reader.readexactly(length)
        await asyncio.sleep(SHORT / 3)
    assert await ended(reader) == b"", "and ends when nothing more is asked"
    writer.close()


async def test_no_more_of_one_caller_is_answered_at_once_and_others_are(
    app: FastAPI, installation: Installation, idle: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation.at_once = AtOnce(of_one=3, in_all=5)
    go_on = asyncio.Event()
    look = installation.directory.renew

    async def slow(*given: object) -> None:
        await go_on.wait()
        await look()

    monkeypatch.setattr(installation.directory, "renew", slow)
    mine, other = (idle.headers(who) for who in (idle.coordinator, idle.institution))
    third = idle.headers(idle.provider)
    async with served_by(app) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:

        async def asked(headers: dict[str, str]) -> httpx.Response:
            return await http.get("/v1/tasks", headers=headers, timeout=30)

        waiting = [asyncio.create_task(asked(mine)) for _ in range(10)]
        async with asyncio.timeout(10):
            while sum(one.done() for one in waiting) < 7:  # noqa: ASYNC110 - any seven of them
                await asyncio.sleep(0.02)
        refused = [one.result() for one in waiting if one.done()]
        assert {one.status_code for one in refused} == {429}
        assert {one.json()["type"].rpartition(":")[2] for one in refused} == {"too-many-at-once"}
        assert {one.headers["Retry-After"] for one in refused} == {"1"}
        assert all("RateLimit" in one.headers for one in refused)
        waiting += [asyncio.create_task(asked(other)) for _ in range(2)]
        await asyncio.sleep(0.5)
        full = await asked(third)
        assert (full.status_code, full.headers["Retry-After"]) == (503, "1")
        assert (await http.get("/healthz")).status_code == 200, "a probe is answered"
        go_on.set()
        done = await asyncio.gather(*waiting)
        assert Counter(one.status_code for one in done) == {200: 5, 429: 7}
        assert len(installation.at_once) == 0
        assert (await asked(third)).status_code == 200


def test_a_place_is_given_back_whatever_happens() -> None:
    places = AtOnce(of_one=1, in_all=2)
    with pytest.raises(ZeroDivisionError), places.place("a"):
        raise ZeroDivisionError
    with places.place("a"):
        with pytest.raises(TooMuchOfOne), places.place("a"):
            pass
        with places.place("b"), pytest.raises(TooMuchInAll), places.place("c"):
            pass
    assert len(places) == 0


async def test_a_request_that_breaks_off_gives_its_place_back(port: int, installation: Installation) -> None:
    many = [await opened(port, POST + b"\r\n") for _ in range(20)]
    await asyncio.sleep(0.3)
    for _, writer in many:
        writer.close()
    async with asyncio.timeout(10 * SHORT):
        while len(installation.at_once):  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.05)
    assert len(installation.at_once) == 0
