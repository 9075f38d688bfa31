"""Over HTTP 202 alone is the promise that a message was taken in."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from pydantic import SecretStr
from temporalio.testing import ActivityEnvironment

from activities.iwmo.codes import MessageKind
from activities.iwmo.transport import PATH, HttpPost
from activities.partner import PATIENCE, PartnerAway, PartnerRefused, Partners
from runtime.directory import Directory
from runtime.systems import HttpTransport


class Page(httpx.AsyncByteStream):
    """What a proxy says."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"<html>Welcome to the proxy</html>"


async def sent(status: int, attempt: int = 1) -> httpx.Request:
    """Send a message to a provider whose system answers so; return the request it got."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(status, stream=Page())

    environment = ActivityEnvironment()
    environment.info = replace(environment.info, attempt=attempt)
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        where = HttpTransport(kind="http", url="https://provider.example", token=SecretStr("a-token"))
        post = HttpPost(Partners(http, Directory([])), where)
        await environment.run(post.send, MessageKind.ALLOCATION, "WMO301-0034-DM1.xml", b"<bericht/>")
    return seen[0]


async def test_202_is_the_promise_and_the_message_goes_with_its_kind() -> None:
    request = await sent(202)
    assert (request.method, request.url.path, request.content) == ("POST", PATH, b"<bericht/>")
    assert request.headers["X-Berichtsoort"] == "WMO301"
    assert request.headers["Authorization"] == "Bearer a-token"


@pytest.mark.parametrize("status", [200, 201, 204, 206])
async def test_another_success_is_no_promise_it_is_tried_again_and_then_given_to_a_person(status: int) -> None:
    with pytest.raises(PartnerAway) as away:
        await sent(status)
    assert away.value.type == "PartnerAway:not_taken_in"
    with pytest.raises(PartnerRefused) as refused:
        await sent(status, attempt=PATIENCE)
    assert refused.value.code == "not_taken_in"


@pytest.mark.parametrize(("status", "code"), [(400, "status_400"), (404, "status_404"), (302, "redirected")])
async def test_a_refusal_is_for_good(status: int, code: str) -> None:
    with pytest.raises(PartnerRefused) as refused:
        await sent(status)
    assert refused.value.code == code


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_system_that_is_busy_is_passing(status: int) -> None:
    with pytest.raises(PartnerAway):
        await sent(status)
