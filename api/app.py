"""The application: routes, layers around them, and the one installation they work with."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api import (
    alarms,
    assignments,
    calls,
    care_messages,
    caseworkers,
    changes,
    commands,
    contact,
    directory,
    dwellings,
    event_feed,
    figures,
    fitting,
    foreseen,
    free_homes,
    histories,
    incoming,
    index,
    letters,
    mediations,
    operations,
    paper,
    people,
    persons,
    policy_changes,
    proposals,
    reads,
    referral_import,
    referrals,
    releases,
    reports,
    security_txt,
    stuck,
    tasks,
    transfers,
    webhooks,
    woonwaaier,
    work,
)
from api.at_once import RequestsAtOnce
from api.body_limit import BodyLimit
from api.compression import Compression
from api.description import ApiDescription
from api.envelope import Envelope
from api.installation import Installation
from api.measured import RequestMeter
from api.methods import Methods
from api.plain_request import PlainRequest
from api.problems import Invalid, from_status, request_id
from api.rate_limits import RateLimits
from api.validators import Validators
from api.web import assets, links, try_out

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_app(
    installation: Installation | None = None, *, lifespan: Lifespan | None = None, public_url: str = "/"
) -> FastAPI:
    """Return the application for an installation, or for one that `lifespan` puts at `app.state.installation`."""
    app = FastAPI(title="Direct Mediation", openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan)
    app.state.installation = installation
    app.router.redirect_slashes = False
    reading = (
        mediations,
        people,
        event_feed,
        histories,
        letters,
        dwellings,
        fitting,
        free_homes,
        tasks,
        persons,
        reads,
        reports,
        operations,
    )
    asking = (
        *(
            referrals,
            referral_import,
            commands,
            care_messages,
            policy_changes,
            figures,
            directory,
            proposals,
            releases,
            woonwaaier,
        ),
        links,
    )
    ours = (paper, contact, caseworkers, assignments, work, calls, stuck, alarms, changes, foreseen, transfers)
    routers = [
        part.router for part in (*asking, *reading, *ours, incoming, index, webhooks, try_out, assets, security_txt)
    ]
    for router in routers:
        app.include_router(router)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _refused_by_framework)
    app.state.description = ApiDescription(app, public_url)
    app.add_route("/v1/openapi.json", app.state.description.send, methods=["GET"], include_in_schema=False)
    table = [route for router in routers for route in router.routes]
    # the layer that is added last is the outermost
    app.add_middleware(BodyLimit)
    app.add_middleware(Validators)
    app.add_middleware(Compression)
    app.add_middleware(Methods, routes=[*table, *app.routes])
    app.add_middleware(PlainRequest)
    app.add_middleware(RequestsAtOnce)
    app.add_middleware(RateLimits)
    app.add_middleware(Envelope)
    app.add_middleware(RequestMeter)
    return app


async def _invalid(request: Request, error: Exception) -> Response:
    errors = error.errors() if isinstance(error, RequestValidationError) else []
    return Invalid.of(errors, skip=1).response(request_id(request))


async def _refused_by_framework(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    return from_status(error.status_code, error.detail, error.headers).response(request_id(request))
