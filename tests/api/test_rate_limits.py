"""How often a caller may ask: told in every answer, and 429 beyond it; nobody is held to account for another."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api import programme
from api.installation import Installation
from api.limits import Limits
from api.rate_limits import network_of
from runtime.rates import Counted, Limit, TooOften, TryCounter
from tests.api.contract import kept
from tests.api.desk import Desk, issuer_in

RATE = re.compile(r'"(?P<name>caller|address)";r=(?P<left>\d+);t=(?P<seconds>\d+)')
"""draft-ietf-httpapi-ratelimit-headers-10, section 4: an item with what is left and the seconds until it is whole."""
PATHS = ("/v1", "/docs", "/assets/plain.css", "/v1/openapi.json", "/nothing")


@pytest.fixture
def few(installation: Installation) -> Installation:
    """An installation that answers three requests a minute of a caller, and two of an address."""
    installation.limits = Limits.per_minute(caller=3, address=2)
    return installation


def told(response: httpx.Response) -> tuple[str, int]:
    """Which limit an answer tells of, and how many requests are left."""
    found = RATE.fullmatch(response.headers["RateLimit"])
    assert found, response.headers["RateLimit"]
    assert 0 < int(found["seconds"]) <= 60
    return found["name"], int(found["left"])


async def statuses(idle: Desk, token: str, times: int, **headers: str) -> list[int]:
    sent = {"Authorization": f"Bearer {token}"} | headers
    return [(await idle.http.get("/v1/tasks", headers=sent)).status_code for _ in range(times)]


async def test_a_caller_who_asks_too_often_is_told_when_to_ask_again(few: Installation, idle: Desk) -> None:
    sent = idle.headers(idle.coordinator)
    answers = [await idle.http.get("/v1/tasks", headers=sent) for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert [told(one) for one in answers] == [("caller", 2), ("caller", 1), ("caller", 0), ("caller", 0)]
    assert {one.headers["RateLimit-Policy"] for one in answers} == {'"caller";q=3;w=60'}
    problem = answers[-1].json()
    assert answers[-1].headers["Content-Type"] == "application/problem+json"
    assert (problem["status"], problem["type"]) == (429, "urn:direct-mediation:problem:too-many-requests")
    assert answers[-1].headers["Retry-After"] == re.findall(r"t=(\d+)", answers[-1].headers["RateLimit"])[0]


async def test_a_command_that_came_too_soon_is_sent_again_under_its_key(few: Installation, desk: Desk) -> None:
    for _ in range(3):
        await desk.get(desk.institution, "/v1/tasks")
    refused = await desk.post(desk.institution, "/v1/mediations", desk.referral(), "mine")
    assert refused.status_code == 429
    few.limits = Limits.per_minute(caller=3, address=2)
    assert (await desk.start("mine"))["stage"] == "readiness"


async def test_a_person_is_one_caller_with_every_token_and_an_office_is_as_many_as_it_has_people(
    few: Installation, idle: Desk
) -> None:
    def token(subject: str) -> str:
        return idle.issuer.issue(*idle.coordinator, subject=subject)

    assert [*await statuses(idle, token("a"), 2), *await statuses(idle, token("a"), 2)] == [200, 200, 200, 429]
    assert await statuses(idle, token("b"), 3) == [200, 200, 200], "of the same organisation, at the same address"


async def test_who_is_not_signed_in_is_known_by_the_address(few: Installation, idle: Desk, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    forged = issuer_in(tmp_path / "other").issue(*idle.coordinator, subject="a")
    answers = [
        await idle.http.get("/v1"),
        await idle.http.get("/v1/tasks", headers={"Authorization": f"Bearer {forged}"}),
    ]
    assert [one.status_code for one in answers] == [200, 401]
    assert [told(one) for one in answers] == [("address", 1), ("address", 0)]
    assert await statuses(idle, forged, 1) == [429], "a token that is not valid names nobody"
    assert await statuses(idle, idle.issuer.issue(*idle.coordinator, subject="a"), 3) == [200, 200, 200]


@pytest.mark.parametrize("path", PATHS)
async def test_every_address_counts(few: Installation, idle: Desk, path: str) -> None:
    answers = [await idle.http.get(path) for _ in range(3)]
    assert [told(one)[1] for one in answers] == [1, 0, 0]
    assert [one.status_code == 429 for one in answers] == [False, False, True]


async def test_an_address_that_is_not_well_formed_counts_and_tells_too(few: Installation, idle: Desk) -> None:
    answers = [await idle.http.get("/v1/tasks?a=1&a=2") for _ in range(3)]
    assert [one.status_code for one in answers] == [400, 400, 429]
    assert [told(one)[1] for one in answers] == [1, 0, 0]


async def test_whoever_looks_whether_it_lives_is_always_answered(few: Installation, idle: Desk) -> None:
    for path in ("/healthz", "/readyz", "/version"):
        for _ in range(4):
            response = await idle.http.get(path)
            assert (response.status_code, "RateLimit" in response.headers) == (200, False)


async def test_people_are_told_on_a_page_in_their_language(few: Installation, idle: Desk) -> None:
    pages = [await idle.http.get(path) for path in ("/l/x", "/l/x", "/l/x", "/l/x?lang=en")]
    assert [page.status_code for page in pages] == [404, 404, 429, 429]
    assert "Te vaak geprobeerd" in pages[2].text
    assert "Tried too often" in pages[3].text
    assert {page.headers["Content-Type"] for page in pages} == {"text/html; charset=utf-8"}
    assert 0 < int(pages[2].headers["Retry-After"]) <= 60


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("", ""),
        ("a-socket", "a-socket"),
    ],
)
def test_an_ipv6_address_is_known_by_its_network(host: str, network: str) -> None:
    assert network_of(host) == network


def test_it_begins_anew_when_the_time_is_over_and_not_before() -> None:
    now = 100.0
    counter = TryCounter(Limit("x", 2, timedelta(seconds=60)), lambda: now)
    assert counter.count("a") == Counted(1, 60)
    now = 130.5
    assert counter.count("a") == Counted(0, 30)
    now = 159.9
    with pytest.raises(TooOften, match=r"^1$"):
        counter.count("a")
    now = 160.0
    assert counter.count("a") == Counted(1, 60)


def test_it_remembers_only_so_many_and_forgets_first_who_began_first() -> None:
    now = 0.0
    counter = TryCounter(Limit("x", 1, timedelta(seconds=60)), lambda: now, remembered=3)
    for name in ("a", "b", "c"):
        counter.count(name)
    with pytest.raises(TooOften):
        counter.count("b")
    counter.count("d")
    assert len(counter) == 3
    assert counter.count("a") == Counted(0, 60), "forgotten, so it begins anew"
    for name in ("c", "d"):
        with pytest.raises(TooOften):
            counter.count(name)
    now = 61.0
    counter.count("e")
    assert len(counter) == 1, "what is over is not kept"


async def test_a_programme_waits_as_long_as_it_is_told(
    few: Installation, idle: Desk, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[int] = []

    async def wait(seconds: int) -> None:
        waited.append(seconds)
        few.limits = Limits.per_minute(caller=3, address=2)

    monkeypatch.setattr("api.programme.asyncio.sleep", wait)
    for _ in range(3):
        await idle.get(idle.coordinator, "/v1/tasks")
    transport: Any = httpx.ASGITransport(app)
    headers = idle.headers(idle.coordinator)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://api", headers=headers, event_hooks={"response": [kept]}
    ) as http:
        done = await programme.change(http, idle.town.municipality, programme.Way.PAUSE, "Wacht.", "key")
    assert (done, len(waited)) == (programme.Changed(0, 0), 1)
    assert 0 < waited[0] <= 60
