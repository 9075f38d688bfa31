"""A token that was revoked, or is valid for too long, or of who looks on no more, is believed by no process."""

import asyncio
import json
import time
from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI

from api.installation import Installation
from domain.facts.value import replace
from runtime.settings import Settings
from store import revocations
from store.database import DatabaseUnreachable, Pool
from store.directory import change
from store.revocations import Bearer, RevocationKind, Revocations, RevocationsUnknown, hashed, revoke
from tests.api.desk import Desk
from tests.console.commands import HOUSE, typed

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)


async def asked(desk: Desk, token: str) -> httpx.Response:
    return await desk.http.get("/v1/tasks", headers={"Authorization": f"Bearer {token}"})


def problem_of(answered: httpx.Response) -> str:
    assert answered.headers["WWW-Authenticate"].startswith("Bearer")
    assert answered.headers["Content-Type"] == "application/problem+json"
    return str(answered.json()["type"]).rpartition(":")[2]


async def test_a_token_is_revoked_by_its_id_and_no_other(
    idle: Desk, served: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revocations, "FRESH", 0.0)
    monkeypatch.setattr(revocations, "PAUSE", 0.0)
    token, other = (idle.issuer.issue(*idle.coordinator, subject="a") for _ in range(2))
    assert (await asked(idle, token)).status_code == 200
    claims = json.loads(urlsafe_b64decode(token.split(".")[1] + "=="))
    code, _, err = await typed(HOUSE, "token", "revoke", "--jti", claims["jti"], environment=served.environment())
    assert code == 0, err
    refused = await asked(idle, token)
    assert (refused.status_code, problem_of(refused)) == (401, "token-revoked")
    assert (await asked(idle, other)).status_code == 200


@pytest.mark.parametrize("by", ["--subject", "--person"])
async def test_all_that_a_person_was_given_until_then_is_revoked(
    idle: Desk, served: Settings, app: FastAPI, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revocations, "FRESH", 0.0)
    monkeypatch.setattr(revocations, "PAUSE", 0.0)
    subject, other = f"somebody {by}", f"another {by}"
    before = idle.issuer.issue(*idle.coordinator, subject=subject)
    here: Installation = app.state.installation
    name = subject if by == "--subject" else (await here.verifier.verify(before)).user
    code, _, err = await typed(HOUSE, "token", "revoke", by, name, environment=served.environment())
    assert code == 0, err
    assert problem_of(await asked(idle, before)) == "token-revoked"
    assert (await asked(idle, idle.issuer.issue(*idle.coordinator, subject=other))).status_code == 200
    later = given_later(idle, subject)
    assert (await asked(idle, later)).status_code == 200, "who signs in anew goes on"


def given_later(desk: Desk, subject: str) -> str:
    """A token that was given a moment later: moments of tokens are whole seconds."""
    time.sleep(1.1)
    return desk.issuer.issue(*desk.coordinator, subject=subject)


async def test_every_process_hears_of_it_within_a_minute(pool: Pool) -> None:
    moment = 0.0
    one, other = (Revocations(pool, lambda: moment) for _ in range(2))
    bearer = Bearer("u-1", "t-1", NOW.timestamp())
    assert [await one.holds(bearer), await other.holds(bearer)] == [False, False]
    await revoke(pool, RevocationKind.TOKEN, hashed("t-1"), NOW, "operator")
    moment = 59.0
    assert [await one.holds(bearer), await other.holds(bearer)] == [True, True]
    assert revocations.FRESH + revocations.PATIENCE < 60


async def test_many_at_once_after_a_start_are_all_told(pool: Pool) -> None:
    known = Revocations(pool)
    told = await asyncio.gather(*(known.holds(Bearer(f"u-{n}", None, None)) for n in range(50)))
    assert told == [False] * 50


async def test_a_token_that_does_not_say_since_when_it_is_falls_with_its_person(pool: Pool) -> None:
    await revoke(pool, RevocationKind.PERSON, "u-2", NOW, "operator")
    known = Revocations(pool)
    after = NOW.timestamp() + 1
    assert await known.holds(Bearer("u-2", None, None))
    assert await known.holds(Bearer("u-2", "t", NOW.timestamp()))
    assert not await known.holds(Bearer("u-2", "t", after))
    await revoke(pool, RevocationKind.PERSON, "u-2", NOW - timedelta(days=1), "operator")
    assert await Revocations(pool).holds(Bearer("u-2", "t", NOW.timestamp())), "it is never taken back by an older one"


async def test_nobody_is_believed_while_the_list_cannot_be_read_for_a_minute(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = 0.0
    known = Revocations(pool, lambda: moment)
    assert not await known.holds(Bearer("u-3", None, None))

    def away(_: str) -> str:
        raise DatabaseUnreachable

    monkeypatch.setattr(revocations, "query", away)
    moment = 50.0
    assert not await known.holds(Bearer("u-3", None, None))
    moment = 61.0
    with pytest.raises(RevocationsUnknown):
        await known.holds(Bearer("u-3", None, None))


async def test_a_token_of_ten_years_is_no_token(idle: Desk) -> None:
    refused = await asked(idle, idle.issuer.issue(*idle.admin, subject="x", lifetime=timedelta(days=3652)))
    assert (refused.status_code, problem_of(refused)) == (401, "token-lives-too-long")


async def test_who_looked_on_until_yesterday_looks_on_no_more(idle: Desk, app: FastAPI, pool: Pool) -> None:
    here: Installation = app.state.installation
    auditor = idle.auditor[1]
    assert (await idle.get(idle.auditor, "/v1/mediations")).status_code == 200
    today = here.directory.today()
    ended = replace(here.directory.get(auditor), valid_to=today - timedelta(days=1))
    await change(pool, "operator:a+b", NOW, today, lambda _: [ended])
    await here.directory.reread()
    assert (await idle.get(idle.auditor, "/v1/mediations")).status_code == 403


@pytest.mark.parametrize(
    "named", [[], ["--jti", "a", "--subject", "b"], ["--person", "Jan"]], ids=["nobody", "two", "no-pseudonym"]
)
async def test_one_thing_is_revoked_at_a_time(served: Settings, named: list[str]) -> None:
    code, _, err = await typed(HOUSE, "token", "revoke", *named, environment=served.environment())
    assert (code, err != "") == (2, True)
