"""The page of the API: everything it is made of is served by us, and it may load and run nothing else."""

import re
from html.parser import HTMLParser

import pytest

from api.web.assets import ASSETS
from api.web.try_out import PAGE
from tests.api.desk import Desk

ADDRESS = re.compile(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", re.IGNORECASE)
"""An address of a server."""
NAMESPACES = {"http://www.w3.org"}
"""Names of kinds of XML, which no browser loads."""


class Elements(HTMLParser):
    """What stands in a page: each element with its attributes, and the text of scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.within = ""
        self.inline = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.within = tag
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.within = ""

    def handle_data(self, data: str) -> None:
        self.inline += data if self.within in {"script", "style"} else ""


async def test_the_page_names_assets_of_ours_alone_and_each_is_served(idle: Desk) -> None:
    response = await idle.http.get(PAGE)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    elements = Elements(response.text).found
    named = {
        attributes[name]
        for tag, attributes in elements
        for name in ("src", "href")
        if attributes.get(name) and tag != "a"
    }
    assert named == {f"assets/{name}" for name in ASSETS} - {"assets/plain.css"}, "that is how the pages of links look"
    assert {attributes.get("href") for tag, attributes in elements if tag == "a"} == {"v1/openapi.json"}
    for name, (_, kind) in ASSETS.items():
        asset = await idle.http.get(f"/assets/{name}")
        assert (asset.status_code, asset.headers["Content-Type"].partition(";")[0]) == (200, kind)
        assert asset.content


async def test_nothing_in_the_page_is_a_script_or_a_style_and_no_other_server_is_named(idle: Desk) -> None:
    page = (await idle.http.get(PAGE)).text
    elements = Elements(page)
    assert elements.inline.strip() == ""
    assert [
        name for _, attributes in elements.found for name in attributes if name.startswith("on") or name == "style"
    ] == []
    for address in (PAGE, "/assets/try-out.js", "/assets/swagger-ui.css"):
        assert set(ADDRESS.findall((await idle.http.get(address)).text)) <= NAMESPACES, address


async def test_its_policy_lets_the_browser_load_call_and_run_only_what_is_ours(idle: Desk) -> None:
    told = (await idle.http.get(PAGE)).headers["Content-Security-Policy"]
    policy = {name: set(sources) for name, *sources in (part.split() for part in told.split(";"))}
    assert (
        policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == policy["form-action"] == {"'none'"}
    )
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == {"'self'"}
    assert policy["img-src"] == {"'self'", "data:"}


@pytest.mark.parametrize("name", sorted(ASSETS))
async def test_an_asset_is_packed_for_who_takes_that_and_not_sent_twice(idle: Desk, name: str) -> None:
    address = f"/assets/{name}"
    plain = await idle.http.get(address, headers={"Accept-Encoding": "identity"})
    packed = await idle.http.get(address, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert (packed.headers["Content-Encoding"], packed.headers["Vary"]) == ("gzip", "Accept-Encoding")
    assert packed.content == plain.content
    assert packed.headers["ETag"] != plain.headers["ETag"]
    for encoding, known in (("gzip", packed), ("identity", plain)):
        headers = {"Accept-Encoding": encoding, "If-None-Match": known.headers["ETag"]}
        again = await idle.http.get(address, headers=headers)
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", known.headers["ETag"])


async def test_the_key_that_the_page_makes_is_one_that_the_description_asks_for(idle: Desk) -> None:
    script = (await idle.http.get("/assets/try-out.js")).text
    paths = (await idle.http.get("/v1/openapi.json")).json()["paths"]
    parameters = paths["/mediations"]["post"]["parameters"]
    assert 'const KEY = "Idempotency-Key";' in script
    assert "Idempotency-Key" in {parameter["name"] for parameter in parameters}
