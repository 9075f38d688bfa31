"""The answers of a system in which something is broken: instead of doing what is asked, it says this."""

import asyncio
from collections.abc import AsyncIterator

from starlette.responses import JSONResponse, Response, StreamingResponse

from .book import Json
from .faults import FaultKind, Strike

UNAGREED: Json = {"resultaat": {"nummer": 12, "toestand": ["onbekend"]}, "versie": "2.0-beta"}
"""What a system answers after an upgrade nobody announced."""
PAGE = b"<!doctype html><html><head><title>502</title></head><body><h1>Bad Gateway</h1></body></html>"
HUGE = 10 * 1024 * 1024
PIECE = b" " * 65536
DRIP = 0.2
LONGEST_DRIP = 3600
"""Pieces after which even a drip stops, so that no test leaves a connection behind for ever."""


def broken_answer(strike: Strike) -> Response | None:
    """The answer of a fault that does nothing of what was asked; None for any other."""
    match strike.ending:
        case FaultKind.UNAVAILABLE:
            return JSONResponse({"code": "unavailable"}, 503, {"Retry-After": str(strike.retry_after)})
        case FaultKind.SERVER_ERROR:
            return Response(PAGE, 502, media_type="text/html")
        case FaultKind.WRONG_SCHEMA:
            return JSONResponse(UNAGREED)
        case FaultKind.HUGE:
            return StreamingResponse(_huge(), media_type="application/json")
        case FaultKind.DRIP:
            return StreamingResponse(_drip(strike.seconds or DRIP), media_type="application/json")
        case _:
            return None


async def _huge() -> AsyncIterator[bytes]:
    for _ in range(HUGE // len(PIECE)):
        yield PIECE


async def _drip(seconds: float) -> AsyncIterator[bytes]:
    for _ in range(LONGEST_DRIP):
        yield b" "
        await asyncio.sleep(seconds)
