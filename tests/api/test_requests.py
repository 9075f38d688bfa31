"""What is no proper request is refused as a problem: never with a 5xx or 422, and before it costs anything."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.api.contract import description, operations
from tests.api.desk import Desk, Json

JSON = {"Content-Type": "application/json"}
BROKEN: dict[str, bytes] = {
    "nothing": b"",
    "no json": b"{",
    "a list": b"[]",
    "null": b"null",
    "deep": b"[" * 100_000,
    "deep object": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "not a number": b'{"householdSize": NaN}',
    "infinite": b'{"householdSize": 1e999}',
    "a huge number": b'{"householdSize": ' + b"9" * 10_000 + b"}",
    "a long number": b'{"householdSize": ' + b"9" * 300 + b"}",
    "a text for a number": b'{"householdSize": "1"}',
    "half a surrogate": b'{"municipality": "\\ud800"}',
    "not utf-8": b'{"municipality": "\xff\xfe"}',
    "utf-16": '{"municipality": "almere"}'.encode("utf-16"),
    "a zero byte": b'{"municipality": "al\\u0000mere"}',
    "a byte order mark": b'\xef\xbb\xbf{"municipality": "almere"}',
}


def problem_of(response: httpx.Response) -> dict[str, Any]:
    """The problem in a response, which must look like one."""
    assert response.headers["Content-Type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert {"type", "title", "status", "detail", "instance"} <= problem.keys()
    assert problem["status"] == response.status_code
    return problem


@pytest.mark.parametrize("name", BROKEN)
async def test_broken_json_is_invalid(idle: Desk, name: str) -> None:
    headers = idle.headers(idle.institution, "k") | JSON
    response = await idle.http.post("/v1/mediations", headers=headers, content=BROKEN[name])
    assert response.status_code == 400
    assert problem_of(response)["errors"]


async def test_wrong_fields_are_named_one_by_one_without_their_values(idle: Desk) -> None:
    body = idle.referral(householdSize=True, colour="red", targetGroup="Noor Testpersoon")
    body["needs"] = {"rentLimitCents": 1.5, "wantedDistricts": ["HAVEN!"]}
    body["person"]["phone"] = "Noor Testpersoon"
    response = await idle.post(idle.institution, "/v1/mediations", body)
    fields = {e["field"] for e in problem_of(response)["errors"]}
    assert response.status_code == 400
    assert fields == {
        "householdSize", "colour", "targetGroup", "needs.rentLimitCents", "needs.wantedDistricts.0", "person.phone"
    }  # fmt: skip
    assert "Testpersoon" not in response.text
    told = {e["field"]: e["message"] for e in problem_of(response)["errors"]}
    assert told["person.phone"].startswith("this is no phone number: give it with its area code")


async def test_a_body_over_the_limit_is_refused_before_it_is_parsed(idle: Desk) -> None:
    headers = idle.headers(idle.institution, "k") | JSON

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(300):
            yield b"[" * 1024

    told = await idle.http.post("/v1/mediations", headers=headers, content=b"[" * (256 * 1024 + 1))
    untold = await idle.http.post("/v1/mediations", headers=headers, content=chunks())
    just = await idle.http.post("/v1/mediations", headers=headers, content=b"[" * (256 * 1024))
    assert [told.status_code, untold.status_code, just.status_code] == [413, 413, 400]
    assert problem_of(told)["type"].endswith(":too-large")


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data; boundary=x", ""])
async def test_only_json_is_read(idle: Desk, kind: str) -> None:
    headers = idle.headers(idle.institution, "k") | {"Content-Type": kind}
    response = await idle.http.post("/v1/mediations", headers=headers, content=b"{}")
    assert response.status_code == 415
    problem_of(response)


async def test_encoded_bodies_are_not_unpacked(idle: Desk) -> None:
    headers = idle.headers(idle.institution, "k") | JSON | {"Content-Encoding": "gzip"}
    assert (await idle.http.post("/v1/mediations", headers=headers, content=b"\x1f\x8b")).status_code == 415


async def test_unknown_addresses_and_methods_are_problems(idle: Desk) -> None:
    headers = idle.headers(idle.coordinator)
    assert problem_of(await idle.http.get("/v1/nothing", headers=headers))["status"] == 404
    assert problem_of(await idle.http.get("/v1/mediations/", headers=headers))["status"] == 404
    wrong = await idle.http.delete("/v1/mediations", headers=headers)
    assert problem_of(wrong)["status"] == 405
    assert wrong.headers["Allow"] == "GET, HEAD, OPTIONS, POST"


@pytest.mark.parametrize(
    "query",
    [
        *("limit=0", "limit=101", "limit=x", "stage=nowhere", "owner=%00", "colour=red", "cursor=xyz"),
        *("municipality=A%20B", "stage=offer&stage=offer", "limit=5&limit=6"),
        *("changedSince=9999-12-31T23:59:59-14:00", "changedSince=0001-01-01T00:00:00%2B14:00"),
    ],
)
async def test_wrong_queries_are_invalid(idle: Desk, query: str) -> None:
    response = await idle.http.get(f"/v1/mediations?{query}", headers=idle.headers(idle.coordinator))
    assert response.status_code == 400
    assert problem_of(response)["errors"][0]["field"] == query.partition("=")[0]


@pytest.mark.parametrize("body", [{}, {"type": 5}, {"kind": None}, {"kind": "answer_offer"}, {"type": "nothing"}])
async def test_a_body_that_does_not_say_what_it_is_is_never_our_fault(desk: Desk, body: Json) -> None:
    """Over every operation that takes JSON, those that exist and those that come."""
    place = {"mediation": (await desk.start())["id"], "task": "check_readiness-1"}
    taken = [
        (re.sub(r"\{(\w+)\}", lambda found: place.get(found[1], "x"), path), method)
        for path, method, told in operations(description())
        if "application/json" in told.get("requestBody", {}).get("content", {})
    ]
    assert len(taken) > 5
    for path, method in taken:
        headers = desk.headers(desk.coordinator, f"key-{path}-{method}"[:40]) | JSON
        response = await desk.http.request(method.upper(), path, headers=headers, content=json.dumps(body))
        assert 400 <= response.status_code < 500, (path, method, response.text)
        assert problem_of(response)["status"] == response.status_code


@pytest.mark.parametrize(("rest", "tag"), [("tasks/check_readiness-1/answer", "kind"), ("commands", "type")])
async def test_a_body_without_its_kind_is_told_which_field_names_it(desk: Desk, rest: str, tag: str) -> None:
    path = f"/v1/mediations/{(await desk.start())['id']}/{rest}"
    none = problem_of(await desk.post(desk.coordinator, path, {}))
    assert (none["status"], none["errors"]) == (400, [{"field": tag, "message": "say which kind it is"}])
    [other] = problem_of(await desk.post(desk.coordinator, path, {tag: "nothing"}))["errors"]
    assert other["field"] == tag
    assert other["message"].startswith("name one of the kinds: ")
    assert not re.search("[<A-Z]", other["message"]), "in the API's own words and its one spelling"


@pytest.mark.parametrize("mediation", ["m-unknown", "..%2f..", "a" * 500, "M-1", "m-1'--"])
async def test_strange_ids_are_not_found(idle: Desk, mediation: str) -> None:
    for rest in ("", "/events", "/person", "/notes"):
        response = await idle.http.get(f"/v1/mediations/{mediation}{rest}", headers=idle.headers(idle.coordinator))
        assert problem_of(response)["status"] == 404


async def test_every_response_carries_the_headers(idle: Desk) -> None:
    for path in ("/healthz", "/v1/nothing", "/v1/tasks", "/v1/openapi.json"):
        headers = (await idle.http.get(path)).headers
        assert headers["API-Version"] == "1.0.0"
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["Strict-Transport-Security"].startswith("max-age=")


async def test_notes_are_cleaned_and_limited(desk: Desk) -> None:
    mediation = (await desk.start())["id"]
    path = f"/v1/mediations/{mediation}/commands"
    sly = {"type": "add_note", "note": "een \u202eregel\r\n\ttwee\u200b "}
    assert (await desk.post(desk.coordinator, path, sly)).status_code == 200
    longest = await desk.post(desk.coordinator, path, {"type": "add_note", "note": "é" * 20_000})
    assert longest.status_code == 200, longest.text
    for note in ("x" * 20_001, "", " \u200b"):
        assert (await desk.post(desk.coordinator, path, {"type": "add_note", "note": note})).status_code == 400
    notes = await desk.read(desk.coordinator, f"/v1/mediations/{mediation}/notes", purpose="contact")
    assert [n["text"] for n in notes["items"]] == ["een regel\n\ttwee", "é" * 20_000]
