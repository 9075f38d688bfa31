"""No address, query or JSON body can make the API stumble: a control character, a key twice, half a character."""

import json
from collections.abc import Iterator
from typing import Any, get_args

import httpx
import pytest
from fastapi import FastAPI
from fastapi.params import Query
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter

from api.bodies import Name
from api.plain_request import HEADERS
from runtime.strict_json import JsonWrong, KeyTwice, check, read_json
from tests.api.contract import operations
from tests.api.desk import Desk
from tests.api.test_releases import hand

CONTROLS = ("%00", "a%00b", "%01", "%0A", "%0D%0A", "%1F", "%7F", "%C2%80", "%C2%9F")
ODD = ("%EF%BF%BF", "%FF", "%ED%A0%80", "%F0%9F%92%A5", "%E2%80%AE", "'", "%25", "%2F..%2F", "x" * 3000, "9" * 400)
KNOWN = {
    "mediation": "m-1",
    "task": "assess-1",
    "report": "council",
    "municipality": "almere",
    "message": "bericht-1",
    "token": "t",
    "webhook": "wh-1",
    "corporation": "ymere",
    "letter": "l-1",
    "dwelling": "H-1",
    "organisation": "ymere",
    "caseworker": "me",
    "proposal": "dp-1",
}


def routes(app: FastAPI) -> Iterator[tuple[str, str, APIRoute | None]]:
    """Every method, path and route of the application, from its own table."""
    for outer in app.routes:
        for route in getattr(getattr(outer, "original_router", None), "routes", [outer]):
            for method in sorted(getattr(route, "methods", None) or ()):
                yield method, route.path, route if isinstance(route, APIRoute) else None


def path_parameters(path: str) -> list[str]:
    """The names in a path."""
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


def query_parameters(route: APIRoute | None) -> list[str]:
    """Every query parameter that a route takes, by the name that is sent."""
    names = []
    for field in route.dependant.query_params if route else ():
        annotation: Any = field.field_info.annotation
        model = next((one for one in (annotation, *get_args(annotation)) if _is_model(one)), None)
        assert isinstance(field.field_info, Query)
        names += [info.alias or name for name, info in model.model_fields.items()] if model else [field.alias]
    return names


def _is_model(one: Any) -> bool:
    return isinstance(one, type) and issubclass(one, BaseModel)


async def test_every_route_refuses_control_characters_in_each_parameter(idle: Desk, app: FastAPI) -> None:
    headers = idle.headers(idle.coordinator, "k")
    tried: dict[str, int] = {"path": 0, "query": 0}
    for method, path, route in routes(app):
        for name in path_parameters(path):
            for text in CONTROLS:
                concrete = path.format(**{**KNOWN, name: text})
                answer = await idle.http.request(method, f"http://api{concrete}", headers=headers)
                _is_refused(answer, (method, concrete))
                tried["path"] += 1
        for name in (*query_parameters(route), "unknown"):
            for text in CONTROLS:
                asked = f"http://api{path.format(**KNOWN)}?{name}={text}"
                _is_refused(await idle.http.request(method, asked, headers=headers), (method, asked), name)
                tried["query"] += 1
    assert tried["path"] > 200
    assert tried["query"] > 500


def _is_refused(answer: httpx.Response, about: tuple[str, str], field: str = "path") -> None:
    assert answer.status_code == 400, (about, answer.text)
    assert answer.headers["Content-Type"] == "application/problem+json"
    if answer.request.method != "HEAD":
        assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("name", HEADERS)
async def test_a_header_that_holds_one_value_is_given_once(idle: Desk, name: str) -> None:
    usual = idle.headers(idle.institution, "first") | {"Content-Type": "application/json"}
    for first, second in (("first", "second"), ("same", "same")):
        headers = [
            *((key, value) for key, value in usual.items() if key != name),
            (name, first),
            (name.lower(), second),
        ]
        answer = await idle.http.post("/v1/mediations", headers=headers, json=idle.referral())
        _is_refused(answer, ("POST", name), name)
        assert answer.json()["errors"][0]["message"] == "give this once"


async def test_no_route_stumbles_over_odd_characters(idle: Desk, app: FastAPI) -> None:
    for who in (idle.coordinator, hand(idle)):
        headers = idle.headers(who, "k")
        for method, path, route in routes(app):
            for text in ODD:
                addresses = [path.format(**{**KNOWN, name: text}) for name in path_parameters(path)]
                addresses += [f"{path.format(**KNOWN)}?{name}={text}" for name in query_parameters(route)]
                for address in addresses:
                    answer = await idle.http.request(method, f"http://api{address}", headers=headers)
                    assert answer.status_code < 500, (method, address, answer.text)


TWICE = (
    '{"type": "add_note", "note": "x", "type": "withdraw"}',
    '{"type": "withdraw", "note": "x", "n\\u006fte": "y"}',
    '{"type": "correct_referral", "note": "x", "changes": {"householdSize": 2, "householdSize": 3}}',
)


@pytest.mark.parametrize("body", TWICE)
async def test_a_command_with_a_key_twice_is_refused_and_names_it(desk: Desk, body: str) -> None:
    mediation = (await desk.start())["id"]
    headers = desk.headers(desk.coordinator, "k") | {"Content-Type": "application/json"}
    answer = await desk.http.post(f"/v1/mediations/{mediation}/commands", headers=headers, content=body)
    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert error["field"] in {"type", "note", "householdSize"}
    assert "twice" in error["message"]
    state = await desk.read(desk.coordinator, f"/v1/mediations/{mediation}")
    assert state["stage"] == "readiness"


@pytest.mark.parametrize(
    ("body", "field", "said"),
    [
        ('{"rows": [{"a": {"deep": 1, "deep": 2}}], "kind": "x", "kind": "x"}', {"deep", "kind"}, "twice"),
        *(
            (
                json.dumps({"rows": [{"a": {"deep": f"x{control}"}}], "kind": "y"}),
                {"rows.0.a.deep"},
                "control character",
            )
            for control in "\x00\x07\x1b\x7f\x85"
        ),
    ],
)
async def test_every_route_with_a_json_body_refuses_a_key_twice_and_a_control_character(
    idle: Desk, body: str, field: set[str], said: str
) -> None:
    tried = []
    for path, method, operation in operations((await idle.http.get("/v1/openapi.json")).json()):
        if "application/json" not in operation.get("requestBody", {}).get("content", {}):
            continue
        if path.startswith("/v1/webhooks/incoming/"):
            continue  # admitted by its signature: see test_incoming
        for who in (idle.coordinator, hand(idle), idle.institution):
            concrete = path.format(**KNOWN)
            headers = idle.headers(who, "k") | {"Content-Type": "application/json"}
            answer = await idle.http.request(method, concrete, headers=headers, content=body)
            assert answer.status_code in {400, 403, 404, 409}, (path, answer.text)
            if answer.status_code == 400 and said in answer.text:
                assert {error["field"] for error in answer.json()["errors"]} <= field
                tried.append(path)
                break
    assert set(tried) == {
        "/v1/mediations",
        "/v1/capacity/{municipality}/vacated",
        "/v1/capacity/{municipality}/complexes",
        "/v1/transfers/{mediation}/answer",
        "/v1/directory",
        "/v1/people/search",
        "/v1/paper/{letter}/left",
        "/v1/caseworkers/me",
        "/v1/caseworkers/{caseworker}/absence",
        "/v1/caseworkers/{caseworker}/hand-over",
        "/v1/referrals",
        "/v1/released-dwellings",
        "/v1/released-dwellings/{dwelling}",
        "/v1/webhooks",
    }


async def test_a_control_character_in_a_text_is_refused_with_its_field_and_not_left_out(desk: Desk) -> None:
    path = f"/v1/mediations/{(await desk.start())['id']}/commands"
    for text in ("a\x00b", "a\x1b[31mb", "\x07", "a\u0085b"):
        answer = await desk.post(desk.coordinator, path, {"type": "add_note", "note": text})
        assert answer.status_code == 400, answer.text
        assert [(e["field"], e["message"]) for e in answer.json()["errors"]] == [
            ("note", "this holds a control character")
        ]
    person = {**desk.referral()["person"], "name": "No\x00or"}
    answer = await desk.post(desk.institution, "/v1/mediations", desk.referral(person=person))
    assert answer.status_code == 400, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == ["person.name"]


@pytest.mark.parametrize("between", ["\t", "\n", "\r\n", "\u00a0", "\u2003", "  ", " \t "])
def test_white_space_in_a_single_line_is_one_space_and_joins_no_words(between: str) -> None:
    assert TypeAdapter(Name).validate_python(f" Jan{between}de{between}Vries{between}") == "Jan de Vries"


def test_a_key_twice_is_found_however_it_is_written_and_however_deep() -> None:
    for text in (*TWICE, '[{"a": [{"b": {"c": 1, "c": 1}}]}]', '{"": 1, "": 2}', '{"__proto__": 1, "__proto__": 2}'):
        with pytest.raises(KeyTwice):
            check(text.encode())
        with pytest.raises(KeyTwice):
            read_json(text.encode())
    check(b'{"a": {"a": 1}, "b": {"a": 1}}')
    check(b"\xff")
    check(b"[" * 100_000)
    assert read_json(b'{"a": {"a": 1}}') == {"a": {"a": 1}}


@pytest.mark.parametrize("content", [b"\xff", b"[" * 100_000, b"{", b"NaN", b'{"a": "\\u0000"}', b'["\\ud800"]', b""])
def test_what_cannot_be_read_or_kept_is_no_json(content: bytes) -> None:
    with pytest.raises(JsonWrong):
        read_json(content)


@pytest.mark.parametrize("text", ["\x00", "\ud800"])
async def test_rows_that_no_database_can_keep_are_refused(idle: Desk, text: str) -> None:
    for who, path, name in (
        (idle.coordinator, "/v1/capacity/almere/complexes", "complex"),
        (hand(idle), "/v1/released-dwellings", "complex"),
        (idle.coordinator, "/v1/directory", "name"),
    ):
        method = "PUT" if path.endswith("directory") else "POST"
        row = {"corporation": "ymere", "most": 4, "id": "H-1", name: f"De {text} Oever"}
        for rows in ({"rows": [row]}, {"organisations": [row]}):
            headers = idle.headers(who, "k") | {"Content-Type": "application/json"}
            answer = await idle.http.request(method, path, headers=headers, content=json.dumps(rows))
            assert answer.status_code == 400, (path, answer.text)
        if text == "\x00":
            headers["Content-Type"] = "text/csv"
            answer = await idle.http.request(method, path, headers=headers, content=f"id,{name}\nH-1,a{text}b\n")
            assert answer.status_code == 400, (path, answer.text)
