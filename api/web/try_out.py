"""A page on which every request of the API can be tried: Swagger UI, from files that are all served by us.

They come with the package `fastapi-swagger`, of which nothing is run. The page's policy lets the browser load and call
nothing elsewhere, and run nothing that stands in the page itself.
"""

import gzip
from collections.abc import Mapping
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import NamedTuple

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.entity_tags import GZIP, read_tags, tag_of

PAGE = "/docs"
OURS = Path(__file__).parent / "page_of_api"
THEIRS = Path(str(distribution("fastapi-swagger").locate_file("fastapi_swagger/resources")))
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""What the browser may do for the page. The pictures in Swagger UI's style are `data:`."""
ASSETS: Mapping[str, tuple[Path, str]] = {
    "try-out.js": (OURS, "text/javascript"),
    "swagger-ui-bundle.js": (THEIRS, "text/javascript"),
    "swagger-ui.css": (THEIRS, "text/css"),
    "favicon-32x32.png": (THEIRS, "image/png"),
}
"""What the page is made of: in which folder it is, and of which kind."""

router = APIRouter(include_in_schema=False)


class Asset(NamedTuple):
    """A file as it is sent."""

    plain: bytes
    packed: bytes
    tag: str
    kind: str


@cache
def asset(name: str) -> Asset:
    """Return a file, read and packed once: the largest has more than a megabyte."""
    folder, kind = ASSETS[name]
    plain = (folder / name).read_bytes()
    return Asset(plain, gzip.compress(plain, mtime=0), tag_of(plain), kind)


@router.get(PAGE)
async def try_out() -> Response:
    """Return the page."""
    headers = {"Content-Security-Policy": POLICY}
    return Response((OURS / "page.html").read_bytes(), headers=headers, media_type="text/html; charset=utf-8")


async def send(request: Request) -> Response:
    """Return a file that the page is made of, packed for who takes that; 304 for who has it."""
    one = await run_in_threadpool(asset, request.url.path.rpartition("/")[2])
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    headers = {"Cache-Control": "public, max-age=3600", "Vary": "Accept-Encoding"}
    headers["ETag"] = f'"{one.tag}{GZIP if packed else ""}"'
    known = read_tags(request.headers, "If-None-Match")
    if known and known.may_have(one.tag):
        return Response(status_code=304, headers=headers)
    if packed:
        headers["Content-Encoding"] = "gzip"
    return Response(one.packed if packed else one.plain, headers=headers, media_type=one.kind)


for name in ASSETS:
    router.add_api_route(f"/assets/{name}", send, methods=["GET"])
