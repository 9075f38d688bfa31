"""A page on which every request of the API can be tried: Swagger UI, from files that are all served by us.

They come with the package `fastapi-swagger`, of which no Python is run. The page's policy lets the browser load and
call nothing elsewhere, and run nothing that stands in the page itself.
"""

from fastapi import APIRouter
from starlette.responses import Response

from api.web.assets import PAGE_OF_API

PAGE = "/docs"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""What the browser may do for the page. The pictures in Swagger UI's style are `data:`."""

router = APIRouter(include_in_schema=False)


@router.get(PAGE)
async def try_out() -> Response:
    """Return the page."""
    headers = {"Content-Security-Policy": POLICY}
    return Response((PAGE_OF_API / "page.html").read_bytes(), headers=headers, media_type="text/html; charset=utf-8")
