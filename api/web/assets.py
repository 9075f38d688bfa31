"""The files that pages are made of: read and compressed once, and not sent to who has them."""

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

ADDRESS = "/assets/"
"""How the addresses of these files begin."""
TEMPLATES = Path(__file__).parent / "templates"
PAGE_OF_API = Path(__file__).parent / "page_of_api"
SWAGGER_UI = Path(str(distribution("fastapi-swagger").locate_file("fastapi_swagger/resources")))
ASSETS: Mapping[str, tuple[Path, str]] = {
    "plain.css": (TEMPLATES, "text/css"),
    "try-out.js": (PAGE_OF_API, "text/javascript"),
    "swagger-ui-bundle.js": (SWAGGER_UI, "text/javascript"),
    "swagger-ui.css": (SWAGGER_UI, "text/css"),
    "favicon-32x32.png": (SWAGGER_UI, "image/png"),
}
"""Each file: its folder, and its media type."""

router = APIRouter(include_in_schema=False)


class Asset(NamedTuple):
    """A file as it is sent."""

    plain: bytes
    compressed: bytes
    tag: str
    media_type: str


@cache
def asset(name: str) -> Asset:
    """Return a file, read and compressed once: the largest has more than a megabyte."""
    folder, media_type = ASSETS[name]
    plain = (folder / name).read_bytes()
    return Asset(plain, gzip.compress(plain, mtime=0), tag_of(plain), media_type)


async def send(request: Request) -> Response:
    """Return a file, compressed for a browser that takes that; 304 for a browser that has it already."""
    one = await run_in_threadpool(asset, request.url.path.rpartition("/")[2])
    compressed = "gzip" in request.headers.get("Accept-Encoding", "")
    headers = {"Cache-Control": "public, max-age=3600", "Vary": "Accept-Encoding"}
    headers["ETag"] = f'"{one.tag}{GZIP if compressed else ""}"'
    known = read_tags(request.headers, "If-None-Match")
    if known and known.may_have(one.tag):
        return Response(status_code=304, headers=headers)
    if compressed:
        headers["Content-Encoding"] = "gzip"
    return Response(one.compressed if compressed else one.plain, headers=headers, media_type=one.media_type)


for name in ASSETS:
    router.add_api_route(f"{ADDRESS}{name}", send, methods=["GET"])
