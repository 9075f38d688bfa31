"""What a corporation's system may answer when it is asked for one home: changed, gone, spelled otherwise, nonsense."""

import json
from typing import Any

import httpx
import pytest
from temporalio.testing import ActivityEnvironment

from activities.partner import PartnerAway, PartnerRefused, Partners
from activities.vera.corporation import VeraCorporation
from activities.vera.tokens import Tokens
from domain.facts.dwelling import HomeNow, HomeRef
from runtime.directory import Directory
from tests.activities.test_vera import HERE, UNIT

HOME = HomeRef(corporation="ymere", dwelling="E-1001")
LET = {"status": {"code": "VER"}, "detailStatus": {"code": "VER"}}
Said = tuple[int, dict[str, Any]]


async def asked(unit: Said, offer: Said = (404, {})) -> HomeNow:
    """What is learned from a system that says this of the home, and this of the offer."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/ping"):
            return httpx.Response(200, stream=httpx.ByteStream(b"{}"))
        status, body = offer if "/aanbiedingen/" in request.url.path else unit
        return httpx.Response(status, stream=httpx.ByteStream(json.dumps(body).encode()))

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        partners = Partners(http, Directory(()))
        vera = VeraCorporation(partners, Tokens(partners), "ymere", HERE)
        seen: HomeNow = await ActivityEnvironment().run(vera.home, HOME, "m-1", "A-1")
        return seen


def offer(status: str) -> Said:
    return 200, {"id": "A-1", "idExtern": "m-1:place-offer:9", "status": {"code": status}}


async def test_a_home_is_as_its_system_says_that_it_is() -> None:
    seen = await asked((200, {**UNIT, "rekenhuur": 990.00}))
    assert seen.dwelling
    assert (seen.dwelling.rent_cents, seen.gone) == (99_000, False)


async def test_a_home_that_is_not_there_is_gone() -> None:
    assert (await asked((404, {}))).gone


@pytest.mark.parametrize(("status", "gone"), [("AAN", False), ("TOE", False), ("ING", True), ("GEW", True)])
async def test_a_home_that_is_not_free_is_gone_only_when_its_offer_to_this_client_is_not_open(
    status: str, gone: bool
) -> None:
    seen = await asked((200, {**UNIT, **LET}), offer(status))
    assert (seen.gone, seen.dwelling is None) == (gone, gone)


async def test_a_home_that_lacks_what_we_need_by_now_is_not_known() -> None:
    lacking = {name: value for name, value in UNIT.items() if name != "rekenhuur"}
    seen = await asked((200, lacking))
    assert (seen.dwelling, seen.gone) == (None, False)


@pytest.mark.parametrize("unit", [(200, {**UNIT, "id": "e-1001"}), (200, {"id": "E-1001"}), (500, {}), (403, {})])
async def test_what_is_no_answer_about_this_home_says_nothing_of_it(unit: Said) -> None:
    with pytest.raises((PartnerAway, PartnerRefused)):
        await asked(unit)
