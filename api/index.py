"""The index: what this is, and where its parts are. For anybody, without a token.

The NL API Design Rules have every address with a slash at its end answered 404, but for the root of the API (API-48).
"""

from fastapi import APIRouter
from pydantic import Field

from api.envelope import API_VERSION
from api.views import View
from api.web.try_out import PAGE

router = APIRouter(tags=["operations"])


class Index(View):
    """What this is, and where to go on."""

    title: str
    version: str = Field(description="The version of this contract")
    description: str = Field(description="The whole description of the API (OpenAPI)")
    page: str = Field(description="A page on which every request can be tried")
    mediations: str
    tasks: str
    events: str = Field(description="What happens in all mediations that you may see")
    woonwaaier: str = Field(description="Who does what, and how to reach them")
    health: str


@router.get("/", include_in_schema=False)
@router.get("/v1/", include_in_schema=False)
@router.get("/v1", operation_id="readIndex", summary="What is here")
async def read_index() -> Index:
    """Tell what this is and where its parts are."""
    return Index(
        title="Direct Mediation",
        version=API_VERSION,
        description="/v1/openapi.json",
        page=PAGE,
        mediations="/v1/mediations",
        tasks="/v1/tasks",
        events="/v1/events",
        woonwaaier="/v1/woonwaaier",
        health="/healthz",
    )
