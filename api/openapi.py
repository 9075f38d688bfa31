"""The description of the API (OpenAPI 3.1), with what FastAPI cannot know: bodies read by us, problems, headers."""

import json
from datetime import date
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from api.bodies import SHAPES
from api.envelope import API_VERSION
from api.examples import example_of
from api.explained import explain
from api.problems import (
    MEDIA_TYPE,
    DatabaseAway,
    Forbidden,
    Gone,
    Invalid,
    MovedOn,
    NotFound,
    NotJson,
    Problem,
    ProblemDetails,
    TooLarge,
    TooManyRequests,
    TooSlow,
    Unauthenticated,
    Unexpected,
    refusal,
)
from domain.decide.decide import Refused
from domain.facts.rules import RuleName

REF = "#/components/schemas/{model}"
ROOT = "/v1"
"""Where the contract begins: the description's paths are told from there on."""
TITLES = {
    400: "The request is not valid; `errors` names the fields",
    401: "A valid bearer token is needed, or the right signature",
    403: "Not yours to do",
    404: "Not there, or not for you to see",
    408: "The body did not come in time",
    409: "A rule refuses it (`rule`, `reason`, `conditions`), or the idempotency key was used for another request",
    410: "It is gone: personal data that was erased, or a history that is kept no longer",
    412: "It has another version than `If-Match` or `If-None-Match` allows",
    413: "The body is over 256 KiB",
    415: "The body is of another kind than is read here",
    429: "You ask too often, or too much at once; ask again after `Retry-After` seconds, a command with the same key",
    500: "Something went wrong that should not; it is logged under `instance`",
    503: "Something is away for a moment; send it again with the same key after `Retry-After` seconds",
}
REQUEST = "0b0c2f0e-6f0e-4f5e-9b1a-3f6f2f7f2f55"
"""The number of a request, as an example."""
PROBLEMS: dict[int, Problem] = {
    400: Invalid([("startsOn", "give a day, such as 2026-12-31")]),
    401: Unauthenticated(),
    403: Forbidden("reports are for coordinators, auditors and administrators"),
    404: NotFound(),
    408: TooSlow(),
    409: refusal(Refused(rule=RuleName.KEYS_BEFORE_NOTICE, field="on", day=date(2026, 12, 15))),
    410: Gone(),
    412: MovedOn("it is at version 12 now: look again before you decide"),
    413: TooLarge(),
    415: NotJson(),
    429: TooManyRequests(1200, 41),
    500: Unexpected(),
    503: DatabaseAway(),
}
"""An example of each status of a problem."""
HEADERS = {
    "API-Version": ("The version of this contract", {"type": "string"}, API_VERSION),
    "Request-Id": (
        "The number of this request, as the logs and a problem's `instance` have it",
        {"type": "string", "format": "uuid"},
        REQUEST,
    ),
    "ETag": (
        "Which version this is. Give it as `If-None-Match` to be told 304 when nothing changed, and as `If-Match` to "
        "change only what you have seen",
        {"type": "string"},
        '"12.9f86d081884c7d65"',
    ),
    "Location": ("Where what was made is read", {"type": "string"}, "/v1/mediations/m-ab12cd34ef56gh78ij90"),
    "Retry-After": ("After how many seconds to send it again", {"type": "integer"}, 5),
    "RateLimit-Policy": (
        "How many requests (`q`) are answered within how many seconds (`w`): of a caller, who is told apart by the "
        "subject of the token, or without a valid token of an address",
        {"type": "string"},
        '"caller";q=1200;w=60',
    ),
    "RateLimit": (
        "How many are left (`r`), and after how many seconds it begins anew (`t`)",
        {"type": "string"},
        '"caller";r=1199;t=60',
    ),
    "WWW-Authenticate": ("How to sign in", {"type": "string"}, "Bearer"),
}
"""Headers of answers: what each tells, its shape, and an example."""
LOCATED = frozenset({"startMediation", "addWebhook", "sendCareMessage", "releaseDwelling"})
"""Operations that tell where what they made is read."""
VERSIONED = frozenset({"startMediation", "answerTask", "giveCommand", "adoptPolicy", "releaseDwelling"})
VERSIONED |= {"takeBackDwelling", "changeDirectory"}
"""Operations that change something and tell its version."""
CONTACT = {"name": "Direct Mediation", "url": "https://example.org/direct-mediation", "email": "mediation@example.org"}
DESCRIPTION = """Direct mediation (directe bemiddeling): from a 24-hour care institution to a home, with support.

Every command carries an `Idempotency-Key`. Send it again unchanged, whatever went wrong on the way: the command is done
once, and answered alike. A rule's no is a 409 with the rule, the reason and the conditions. Problems are RFC 9457.

Every address answers HEAD as GET and OPTIONS with its methods. Every answer to GET has an `ETag`. `RateLimit` tells how
many requests are left to you; who asks too often is answered 429."""


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the problems of a route's own; those that every route has are added to each."""
    schema = {"$ref": REF.format(model="ProblemDetails")}
    return {
        status: {
            "description": TITLES[status],
            "content": {
                MEDIA_TYPE: {"schema": schema, "examples": {"one": {"$ref": f"#/components/examples/{status}"}}}
            },
        }
        for status in statuses
    }


def describe(app: FastAPI, server: str) -> dict[str, Any]:
    """Return the whole description. `server` is where the application is reached."""
    document = get_openapi(
        title=app.title,
        version=API_VERSION,
        openapi_version="3.1.0",
        description=DESCRIPTION,
        contact=CONTACT,
        license_info={"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        servers=[{"url": f"{server.rstrip('/')}{ROOT}"}],
        routes=app.routes,
    )
    components: dict[str, Any] = document.setdefault("components", {})
    schemas: dict[str, Any] = components.setdefault("schemas", {})
    _, told = models_json_schema([(ProblemDetails, "serialization")], ref_template=REF)
    _add(schemas, told["$defs"])
    components["headers"] = {
        name: {"description": text, "schema": shape, "example": example}
        for name, (text, shape, example) in HEADERS.items()
    }
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            _add(schemas, operation.pop(SHAPES, {}))
            _complete(operation, method, within=path.startswith(ROOT))
    components["examples"] = {
        str(status): {"summary": problem.title, "value": json.loads(bytes(problem.response(REQUEST).body))}
        for status, problem in PROBLEMS.items()
    }
    document["paths"] = {
        path.removeprefix(ROOT) or "/": {**item, **({} if path.startswith(ROOT) else {"servers": [{"url": server}]})}
        for path, item in document["paths"].items()
    }
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    explain(schemas)
    _simplify(document)
    for operations in document["paths"].values():
        for told in (one for one in operations.values() if isinstance(one, dict)):
            _with_examples(told["responses"], schemas)
    return document


def _with_examples(responses: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Add an example to every answer in JSON, worked out of its schema."""
    for response in responses.values():
        content = response.get("content", {}).get("application/json")
        if content:
            content["example"] = example_of(content["schema"], schemas, answer=True)


def _simplify(node: Any) -> None:
    """Say it as generators of clients know it: an enumeration of values of one type, and no shape as a default."""
    for part in node if isinstance(node, list) else node.values() if isinstance(node, dict) else ():
        _simplify(part)
    if not isinstance(node, dict):
        return
    values = node.get("enum")
    texts = [one for one in values if isinstance(one, str)] if isinstance(values, list) else []
    if isinstance(values, list) and {True, False} <= {one for one in values if isinstance(one, bool)} and texts:
        del node["enum"]
        node["anyOf"] = [{"type": "boolean"}, {"type": "string", "enum": texts}]
    if isinstance(node.get("default"), dict) and node.keys() & {"$ref", "anyOf", "allOf", "oneOf"}:
        del node["default"]


def _add(schemas: dict[str, Any], shapes: dict[str, Any]) -> None:
    """Add shapes; raises ValueError when two different ones have one name: a client could be made of one only."""
    for name, shape in shapes.items():
        if schemas.setdefault(name, shape) != shape:
            raise ValueError(f"two different shapes are called {name}")


def _complete(operation: dict[str, Any], method: str, *, within: bool) -> None:
    """Add what every operation of its kind has: problems and headers."""
    responses: dict[str, Any] = operation["responses"]
    responses.pop("422", None)
    wrong = {400, 500} | ({429, 503} if within else set())
    wrong |= {401, 403} if operation.get("security") else set()
    wrong |= {408, 413} if "requestBody" in operation else set()
    wrong |= {415} if operation.get("security") and "requestBody" in operation else set()
    cached = method == "get"
    wrong |= {412} if cached else set()
    for status, told in problems(*sorted(wrong)).items():
        responses.setdefault(str(status), told)
    if cached:
        responses["304"] = {"description": "It has not changed since the version in `If-None-Match`"}
    for status, response in responses.items():
        names = _headers(operation["operationId"], int(status), cached=cached, counted=within)
        response["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
    operation["responses"] = dict(sorted(responses.items()))


def _headers(operation: str, status: int, *, cached: bool, counted: bool) -> list[str]:
    good = status < 400
    tagged = (cached and status in {200, 304}) or (good and operation in VERSIONED)
    return [
        *("API-Version", "Request-Id"),
        *(("RateLimit-Policy", "RateLimit") if counted else ()),
        *(["ETag"] if tagged else []),
        *(["Location"] if status in {201, 202} and operation in LOCATED else []),
        *(["Retry-After"] if status in {429, 503} else []),
        *(["WWW-Authenticate"] if status == 401 else []),
    ]
