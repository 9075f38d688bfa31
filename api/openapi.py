"""The description of the API (OpenAPI 3.1), with what FastAPI cannot know: bodies read by us, problems, headers."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from api.bodies import SHAPES
from api.envelope import API_VERSION
from api.problems import MEDIA_TYPE, ProblemDetails

REF = "#/components/schemas/{model}"
TITLES = {
    400: "The request is not valid; `errors` names the fields",
    401: "A valid bearer token is needed",
    403: "Not yours to do",
    404: "Not there, or not for you to see",
    409: "A rule refuses it (`rule`, `reason`, `conditions`), or the idempotency key was used for another request",
    410: "It is gone: personal data that was erased, or a history that is kept no longer",
    412: "The mediation has moved on since the version in `If-Match`",
    413: "The body is over 256 KiB",
    415: "The body is not JSON",
    500: "Something went wrong that should not; it is logged under `instance`",
    503: "Something is away for a moment; send it again with the same key after `Retry-After` seconds",
}
CONTACT = {"name": "Direct Mediation", "url": "https://example.org/direct-mediation", "email": "mediation@example.org"}
DESCRIPTION = """Direct mediation (directe bemiddeling): from a 24-hour care institution to a home, with support.

Every command carries an `Idempotency-Key`. Send it again unchanged, whatever went wrong on the way: the command is done
once, and answered alike. A rule's no is a 409 with the rule, the reason and the conditions. Problems are RFC 9457."""


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the problems a route may answer with, as its documentation says them."""
    content = {MEDIA_TYPE: {"schema": {"$ref": REF.format(model="ProblemDetails")}}}
    return {status: {"description": TITLES[status], "content": content} for status in (*statuses, 500)}


def describe(app: FastAPI, server: str) -> dict[str, Any]:
    """Return the whole description."""
    document = get_openapi(
        title=app.title,
        version=API_VERSION,
        openapi_version="3.1.0",
        description=DESCRIPTION,
        contact=CONTACT,
        license_info={"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        servers=[{"url": server}],
        routes=app.routes,
    )
    schemas: dict[str, Any] = document.setdefault("components", {}).setdefault("schemas", {})
    _, told = models_json_schema([(ProblemDetails, "serialization")], ref_template=REF)
    schemas |= told["$defs"]
    for operations in document["paths"].values():
        for operation in operations.values():
            _complete(operation, schemas)
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    return document


def _complete(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    schemas |= operation.pop(SHAPES, {})
    operation["responses"].pop("422", None)
    for response in operation["responses"].values():
        response.setdefault("headers", {})["API-Version"] = {"schema": {"type": "string"}, "example": API_VERSION}
