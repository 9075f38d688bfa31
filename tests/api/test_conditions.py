"""Methods of every address, and conditional requests, as RFC 9110 has them."""

import json
import re
from typing import Any

import pytest
from starlette.datastructures import Headers

from api.entity_tags import Conditions, Tags, read_tags
from api.problems import Invalid
from api.web.assets import ASSETS
from tests.api.contract import description
from tests.api.desk import Desk


def tags(text: str, name: str = "If-Match") -> Tags | None:
    return read_tags(Headers({name: text}), name)


@pytest.mark.parametrize(
    ("if_match", "if_none_match", "holds", "holds_for_nothing"),
    [
        (None, None, True, True),
        ("*", None, True, False),
        ('"3"', None, True, False),
        ('"2"', None, False, False),
        ('"2", "3"', None, True, False),
        ('"2" ,\t"3.0123456789abcdef"', None, True, False),
        ('"3.0123456789abcdef-gzip"', None, True, False),
        ('W/"3"', None, False, False),
        (None, "*", False, True),
        (None, '"3"', False, True),
        (None, 'W/"3"', False, True),
        (None, '"2"', True, True),
        ('"3"', '"3"', False, False),
    ],
)
def test_conditions_of_a_change(
    if_match: str | None, if_none_match: str | None, holds: bool, holds_for_nothing: bool
) -> None:
    asked = Conditions(*(tags(text) if text else None for text in (if_match, if_none_match)))
    assert asked.hold(3) is holds
    assert asked.hold(None) is holds_for_nothing


@pytest.mark.parametrize("text", ["", "3", "'3'", '"3', 'w/"3"', '"3" "4"', "*, *", '"a b"', '"\x7f"', "W/", '"3",4'])
def test_what_is_no_list_of_entity_tags_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        tags(text)


async def test_every_address_knows_head_and_options_and_tells_all_its_methods(idle: Desk) -> None:
    headers = idle.headers(idle.coordinator)
    known = {
        (path if "servers" in item else f"/v1{path}".rstrip("/")): {one.upper() for one in item.keys() - {"servers"}}
        for path, item in description()["paths"].items()
    }
    for path in known:
        whole = path.replace("{report}", "council").replace("{", "").replace("}", "")
        # `me` is an address of its own and one of any caseworker's: it has the methods of both
        methods = {
            one
            for other, those in known.items()
            if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", other), whole)
            for one in those
        }
        methods |= {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())
        options = await idle.http.options(whole)
        assert (options.status_code, options.headers["Allow"]) == (204, ", ".join(sorted(methods))), whole
        wrong = await idle.http.request("PATCH", whole, headers=headers)
        assert (wrong.status_code, wrong.headers["Allow"]) == (405, options.headers["Allow"])
        if "GET" in methods:
            got, head = [await idle.http.request(method, whole, headers=headers) for method in ("GET", "HEAD")]
            assert (head.status_code, head.content) == (got.status_code, b"")
            # a report tells when it was made
            varying = {"request-id", "content-length", "etag", "ratelimit"}
            assert head.headers.keys() == got.headers.keys()
            assert {k: v for k, v in head.headers.items() if k not in varying} == {
                k: v for k, v in got.headers.items() if k not in varying
            }
    assert (await idle.http.options("/v1/nothing")).status_code == 404


async def test_every_get_outside_the_contract_has_a_tag_and_is_not_sent_twice(idle: Desk) -> None:
    for path in ("/", "/v1/", "/docs", "/healthz", "/version", *(f"/assets/{name}" for name in ASSETS)):
        first = await idle.http.get(path)
        assert first.status_code == 200, path
        again = await idle.http.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b""), path
        policy = "Content-Security-Policy"
        assert again.headers[policy] == first.headers[policy], "a browser takes over the headers of a 304"


async def test_only_the_root_of_the_api_has_a_slash_at_its_end(idle: Desk) -> None:
    """NL API Design Rules, API-48: with it any other address is 404, and not a redirect."""
    headers = idle.headers(idle.coordinator)
    assert (await idle.http.get("/v1/")).json() == (await idle.http.get("/v1")).json()
    for path, item in description()["paths"].items():
        if path != "/" and "{" not in path and "get" in item:
            whole = f"{path}/" if "servers" in item else f"/v1{path}/"
            assert (await idle.http.get(whole, headers=headers)).status_code == 404, whole


async def test_what_has_not_changed_is_told_so_and_what_was_seen_is_compared(desk: Desk) -> None:
    mediation = (await desk.start())["id"]
    path = f"/v1/mediations/{mediation}"
    await desk.settled(mediation)
    headers = desk.headers(desk.coordinator)

    async def get(where: str, **sent: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in sent.items()}
        return await desk.http.get(where, headers=headers | named)

    for where in (path, "/v1/mediations", "/v1/tasks", f"{path}/events", "/v1/openapi.json"):
        tag = (await get(where)).headers["ETag"]
        plain = tag.replace("-gzip", "")
        for known in (tag, plain, f"W/{plain}", f'"other", {tag}', "*"):
            again = await get(where, If_None_Match=known)
            assert (again.status_code, again.content) == (304, b""), (where, known)
            assert again.headers["ETag"] == plain
        assert (await get(where, If_None_Match='"other"')).status_code == 200
        assert (await get(where, If_Match=tag)).status_code == 200
        for other in ('"other"', f"W/{plain}"):
            assert (await get(where, If_Match=other)).status_code == 412
        assert (await get(where, If_None_Match="other")).status_code == 400
    seen = (await get(path)).headers["ETag"]
    note = {"type": "add_note", "note": "Gebeld."}
    assert (await desk.post(desk.coordinator, f"{path}/commands", note, If_Match=f'"x", {seen}')).status_code == 200
    assert (await get(path, If_None_Match=seen)).status_code == 200
    for old in (seen, f"W/{seen}", seen.partition(".")[0] + '"'):
        refused = await desk.post(desk.coordinator, f"{path}/commands", note, If_Match=old)
        assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (412, "moved-on")


async def test_what_is_worth_it_is_compressed_under_another_tag(idle: Desk) -> None:
    plain = await idle.http.get("/v1/openapi.json", headers={"Accept-Encoding": "identity"})
    packed = await idle.http.get("/v1/openapi.json", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert packed.headers["ETag"] == plain.headers["ETag"][:-1] + '-gzip"'
    assert int(packed.headers["Content-Length"]) < len(plain.content) / 5
    assert packed.json() == plain.json() == json.loads(json.dumps(description()))
    small = await idle.http.get("/v1/nothing", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in small.headers
