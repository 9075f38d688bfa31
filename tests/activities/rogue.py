"""A partner's system gone wrong: it answers whatever a test wants, byte for byte."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

LOOPBACK = "127.0.0.1"


class Rogue:
    """Where it is, and what it was asked."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[str] = []


def answer(status: str, body: bytes = b"", *headers: str) -> bytes:
    """One whole HTTP answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


@asynccontextmanager
async def rogue(says: bytes | Iterable[bytes]) -> AsyncIterator[Rogue]:
    """A server that answers every request with these bytes, then hangs up."""
    wrong = Rogue()
    parts = [says] if isinstance(says, bytes) else says

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wrong.asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
        try:
            for part in parts:
                writer.write(part)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, LOOPBACK, 0)
    wrong.url = f"http://{LOOPBACK}:{server.sockets[0].getsockname()[1]}"
    try:
        yield wrong
    finally:
        server.close()


@asynccontextmanager
async def chatterbox() -> AsyncIterator[str]:
    """A server that answers a byte at a time and never comes to an end; yields where it is."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            while not writer.is_closing():
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.05)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, LOOPBACK, 0)
    try:
        yield f"http://{LOOPBACK}:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
