"""The NL API Design Rules (Logius), as their linter asks them of a description: no errors and no warnings.

One test for each technical rule, by its name in the standard (https://gitdocumentatie.logius.nl/publicatie/api/adr).
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.contract import description

METHODS = {"get", "put", "post", "delete", "patch", "head", "options"}
SEMVER = r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?"


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in description()["paths"].items():
        for method in item.keys() & METHODS:
            yield path, method, item[method]


def responses() -> Iterator[tuple[str, int, dict[str, Any]]]:
    for path, method, operation in operations():
        for status, response in operation["responses"].items():
            yield f"{method} {path} {status}", int(status), response


def properties(node: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every property of every shape, by name."""
    if isinstance(node, dict):
        if isinstance(node.get("properties"), dict):
            yield from ((name, shape) for name, shape in node["properties"].items() if isinstance(shape, dict))
        for value in node.values():
            yield from properties(value)
    elif isinstance(node, list):
        for value in node:
            yield from properties(value)


def formats(shape: dict[str, Any]) -> set[str]:
    parts = [shape, *shape.get("anyOf", []), *shape.get("allOf", [])]
    return {part["format"] for part in parts if "format" in part}


def test_core_no_trailing_slash() -> None:
    """API-48."""
    assert [path for path in description()["paths"] if path != "/" and path.endswith("/")] == []


def test_core_path_segments_kebab_case() -> None:
    for path in description()["paths"]:
        assert re.fullmatch(r"/|(/(_?[a-z0-9-]+|\{[^}]+\}))+", path) or path == "/openapi.json", path


def test_core_query_keys_camel_case() -> None:
    names = [
        parameter["name"]
        for _, _, operation in operations()
        for parameter in operation.get("parameters", [])
        if parameter["in"] == "query"
    ]
    assert names
    assert [name for name in names if not re.fullmatch(r"[a-z][a-z\d]*([A-Z][a-z\d]*)*", name)] == []


def test_core_http_methods() -> None:
    """API-03."""
    for path, item in description()["paths"].items():
        assert item.keys() - {"servers"} <= {"post", "put", "get", "delete", "patch", "parameters"}, path


def test_core_doc_openapi() -> None:
    """API-16."""
    assert re.fullmatch(r"3(\.\d+){1,2}", description()["openapi"])
    ids = [operation["operationId"] for _, _, operation in operations()]
    assert len(ids) == len(set(ids))


def test_core_doc_openapi_contact() -> None:
    assert description()["info"]["contact"].keys() >= {"name", "email", "url"}


def test_core_publish_openapi() -> None:
    """API-51: every parameter of a path is described, and nothing else is."""
    for path, method, operation in operations():
        told = {one["name"] for one in operation.get("parameters", []) if one["in"] == "path"}
        assert told == set(re.findall(r"\{(\w+)\}", path)), (method, path)


def test_core_uri_version() -> None:
    """API-20."""
    assert description()["servers"]
    assert all(re.search(r"/v\d", server["url"]) for server in description()["servers"])


def test_core_semver() -> None:
    """API-56."""
    assert re.fullmatch(SEMVER, description()["info"]["version"])


def test_core_version_header() -> None:
    """API-57."""
    told = [
        where for where, status, response in responses() if status < 400 and "API-Version" not in response["headers"]
    ]
    assert told == []


def test_core_error_handling_problem_details() -> None:
    """RFC 9457: `status`, `title` and `detail` are always there."""
    for where, status, response in responses():
        if status >= 400:
            assert set(response["content"]) == {"application/problem+json"}, where
    assert description()["components"]["schemas"]["ProblemDetails"]["properties"].keys() >= {
        "status",
        "title",
        "detail",
    }


def test_core_error_handling_invalid_input() -> None:
    """400, and never 422."""
    for path, method, operation in operations():
        if method in {"put", "post", "patch"} or operation.get("parameters"):
            assert "400" in operation["responses"], (method, path)
        assert "422" not in operation["responses"]


@pytest.mark.parametrize("kind", ["date-time-local", "time"])
def test_core_date_time_timezone(kind: str) -> None:
    assert [name for name, shape in properties(description()) if kind in formats(shape)] == []


def test_core_date_time_date_omit_time_portion() -> None:
    dates = [
        (name, formats(shape))
        for name, shape in properties(description())
        if name in {"date", "datum"} or re.search(r"(\w+D|_[dD])(ate|atum)", name)
    ]
    assert [name for name, told in dates if told != {"date"}] == []


def test_schema_camel_case() -> None:
    names = description()["components"]["schemas"]
    assert [name for name in names if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", name)] == []
