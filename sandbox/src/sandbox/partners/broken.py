"""The answers of a system in which something is broken: instead of doing what is asked, it says this."""

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import Request
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


def broken_answer(strike: Strike, request: Request) -> Response | None:
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
            return StreamingResponse(
                _drip(request, strike.seconds or DRIP, strike.lasts), media_type="application/json"
            )
        case _:
            return None


async def _huge() -> AsyncIterator[bytes]:
    for _ in range(HUGE // len(PIECE)):
        yield PIECE


async def _drip(request: Request, seconds: float, lasts: float | None) -> AsyncIterator[bytes]:
    time = asyncio.get_running_loop().time
    began = time()
    for _ in range(LONGEST_DRIP):
        yield b" "
        await asyncio.sleep(seconds)
        if lasts is not None and time() - began >= lasts:
            await drop(request)
            return


async def drop(request: Request) -> None:
    """Break the caller's connection; whatever is answered after this reaches nobody."""
    request.scope["extensions"]["partner.drop"]()
    # One turn of the loop, so that the server knows the connection is gone before it is handed an answer.
    await asyncio.sleep(0)
