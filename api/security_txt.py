"""How to report a vulnerability of this installation: `/.well-known/security.txt` (RFC 9116).

Who runs it says where reports go; without that there is no such file. Its end lies a number of days ahead of whenever
it is asked for, so it has never passed.
"""

from datetime import timedelta

from fastapi import APIRouter
from starlette.responses import Response

from api.installation import Here
from api.problems import NotFound

ADDRESS = "/.well-known/security.txt"
router = APIRouter(include_in_schema=False)


@router.get(ADDRESS)
async def security_txt(here: Here) -> Response:
    """Return the file. Raises `NotFound` where nobody is named to report to."""
    about = here.security
    if not about.contacts:
        raise NotFound
    until = (await here.clock.now()).replace(microsecond=0) + timedelta(days=about.days)
    lines = [
        *(f"Contact: {contact}" for contact in about.contacts),
        f"Expires: {until:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: nl, en",
        f"Canonical: {about.public_url}{ADDRESS}",
    ]
    headers = {"Cache-Control": "public, max-age=3600"}
    return Response("".join(f"{line}\n" for line in lines), headers=headers, media_type="text/plain; charset=utf-8")
