"""A partner's system that answers with anything at all: never believed, never repeated, never a burden."""

import asyncio
import gzip
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest
from temporalio.exceptions import ApplicationError

from activities import corporation
from activities.partner import Partners
from activities.turns import EVERY
from domain.facts.parties import Role
from domain.messages.commands import LearnDwellings, ReportUndelivered
from runtime.directory import Directory, Organisation
from runtime.systems import Plain, Vera
from store.database import Pool
from tests.activities.conftest import Hands
from tests.activities.effects import DAY, Effects
from tests.activities.rogue import Rogue, answer, chatterbox, rogue
from tests.town import Town
from workflows.mediation import ATTEMPT

MEBIBYTE = 1024 * 1024
WORDS = "Noor Testpersoon 999990019"
JSON = "Content-Type: application/json"

PASSING = [
    (answer("500 Oh", f"<html>{WORDS}</html>".encode()), "500"),
    (answer("502 Oh", b"x" * (2 * MEBIBYTE)), "502"),
    (answer("429 Oh", b"", "Retry-After: 7"), "429"),
    (answer("408 Oh"), "408"),
    (answer("425 Oh"), "425"),
    (b"", "RemoteProtocolError"),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", "RemoteProtocolError"),
    (b"\x00\xff\x00 not HTTP at all\r\n\r\n", "RemoteProtocolError"),
]
STRANGE_WAITS = ["soon", "-3", "0", "1e9", "9" * 5000, "\xb2", "Wed, 21 Oct 2026 07:28:00 GMT"]
NONSENSE = [
    b"",
    b"null",
    b"[]",
    b'{"number": NaN, "state": "offered"}',
    b'{"number": ["A-1"], "state": "offered"}',
    b'{"number": "A 1; drop", "state": "offered"}',
    b'{"number": "' + b"9" * 5000 + b'", "state": "offered"}',
    b"[" * 100_000,
    b'{"number": "\xff\xfe"}',
    f'{{"melding": "{WORDS}"}}'.encode(),
    gzip.compress(b'{"number": "A-1", "state": "offered"}'),
]
REFUSALS = [
    (answer("403 No", b'{"code": "not_allowed"}'), "not_allowed"),
    (answer("404 No", f"<p>{WORDS}".encode()), "status_404"),
    (answer("400 No", f'{{"code": "{WORDS}"}}'.encode()), "status_400"),
    (answer("422 No", b'{"detail": "no"}'), "status_422"),
    (answer("409 No", b'{"code": 7}'), "status_409"),
]


@asynccontextmanager
async def facing(pool: Pool, town: Town, says: bytes | Iterable[bytes]) -> AsyncIterator[tuple[Hands, Effects, Rogue]]:
    """Hands whose corporation, provider and team are all this one rogue."""
    async with rogue(says) as wrong, httpx.AsyncClient(trust_env=False) as http:
        names = {
            town.corporation: Role.CORPORATION,
            town.provider: Role.CARE_PROVIDER,
            town.team: Role.DISTRICT_TEAM,
        }
        known = [
            Organisation(id=name, role=role, name=name, mail="partner@x.example", system=_system(role, wrong.url))
            for name, role in names.items()
        ]
        yield Hands(pool, Partners(http, Directory(known))), Effects(town), wrong


async def passing(hands: Hands, effects: Effects, attempt: int = 1) -> ApplicationError:
    """Place an offer, which must fail in passing."""
    with pytest.raises(ApplicationError) as caught:
        await hands.carry_out(effects.place(), attempt=attempt)
    assert not caught.value.non_retryable
    assert WORDS not in f"{caught.value!r} {caught.value.__cause__!r} {caught.value.details}"
    return caught.value


@pytest.mark.usefixtures("referred")
async def test_what_may_pass_is_tried_again_for_ever(pool: Pool, town: Town) -> None:
    for says, code in PASSING:
        async with facing(pool, town, says) as (hands, effects, _):
            wish = timedelta(seconds=7) if code == "429" else None
            error = await passing(hands, effects)
            assert (error.type, error.next_retry_delay) == (f"PartnerAway:{code}", wish)
            error = await passing(hands, effects, attempt=50)
            assert error.type == f"PartnerAway:{code}"
            assert error.next_retry_delay is not None
            assert (wish or timedelta()) <= error.next_retry_delay <= EVERY, "it knocks when it is its turn"


@pytest.mark.usefixtures("referred")
async def test_a_strange_wish_to_wait_is_not_heeded(pool: Pool, town: Town) -> None:
    for after in STRANGE_WAITS:
        async with facing(pool, town, answer("503 Oh", b"", f"Retry-After: {after}")) as (hands, effects, _):
            assert (await passing(hands, effects)).next_retry_delay is None


@pytest.mark.usefixtures("referred")
async def test_nobody_makes_us_wait_longer_than_half_a_working_day(pool: Pool, town: Town) -> None:
    async with facing(pool, town, answer("503 Oh", b"", "Retry-After: 99999999")) as (hands, effects, _):
        assert (await passing(hands, effects)).next_retry_delay == timedelta(hours=4)


@pytest.mark.usefixtures("referred")
async def test_what_cannot_be_understood_passes_until_a_person_looks(pool: Pool, town: Town) -> None:
    for body in NONSENSE:
        async with facing(pool, town, answer("200 OK", body, JSON)) as (hands, effects, _):
            assert (await passing(hands, effects)).type == "PartnerAway:not_understood"
            learned = await hands.carry_out(effects.place(), attempt=5)
            assert isinstance(learned, ReportUndelivered)
            assert learned.code == "not_understood"


@pytest.mark.usefixtures("referred")
@pytest.mark.parametrize("compressed", [False, True])
async def test_an_endless_answer_is_refused_without_being_kept(pool: Pool, town: Town, compressed: bool) -> None:
    head = b"HTTP/1.1 200 OK\r\n" + (b"Content-Encoding: gzip\r\n" if compressed else b"") + b"\r\n"
    body = [head, *_bomb()] if compressed else [head, *[b" " * MEBIBYTE] * 200]
    tracemalloc.start()
    async with facing(pool, town, body) as (hands, effects, _):
        code = "not_understood" if compressed else "too_long"
        assert (await passing(hands, effects)).type == f"PartnerAway:{code}"
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10 * MEBIBYTE


def _bomb() -> list[bytes]:
    """200 MiB of blanks, compressed to a thousandth of that."""
    press = zlib.compressobj(9, wbits=31)
    return [*(press.compress(b" " * MEBIBYTE) for _ in range(200)), press.flush()]


@pytest.mark.usefixtures("referred")
async def test_nobody_sends_us_elsewhere(pool: Pool, town: Town) -> None:
    async with rogue(answer("200 OK", b'{"number": "A-1", "state": "offered"}')) as elsewhere:
        moved = answer("307 Moved", b"", f"Location: {elsewhere.url}/offers")
        async with facing(pool, town, moved) as (hands, effects, _):
            learned = await hands.carry_out(effects.place())
        assert isinstance(learned, ReportUndelivered)
        assert learned.code == "redirected"
        assert elsewhere.asked == []


@pytest.mark.usefixtures("referred")
async def test_a_refusal_for_good_goes_to_a_person_without_the_words(pool: Pool, town: Town) -> None:
    for says, code in REFUSALS:
        async with facing(pool, town, says) as (hands, effects, _):
            for effect in (effects.place(), effects.assess()):
                learned = await hands.carry_out(effect)
                assert isinstance(learned, ReportUndelivered)
                assert learned.code == code
                assert WORDS not in learned.model_dump_json()


@pytest.mark.usefixtures("referred")
async def test_a_corporation_that_lists_nonsense_is_away_without_its_words(pool: Pool, town: Town) -> None:
    nothing_released = b"[]"
    wrong = [says for says, _ in (*PASSING, *REFUSALS)]
    wrong += [answer("200 OK", nonsense) for nonsense in NONSENSE if nonsense != nothing_released]
    for says in wrong:
        async with facing(pool, town, says) as (hands, effects, asked):
            learned = await hands.carry_out(effects.list())
        assert isinstance(learned, LearnDwellings)
        assert (learned.dwellings, learned.away) == ((), (town.corporation,))
        assert WORDS not in learned.model_dump_json()
        assert len(asked.asked) == 1


@pytest.mark.usefixtures("referred")
async def test_a_corporation_that_never_finishes_talking_does_not_hold_up_the_listing(
    pool: Pool, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ATTEMPT.total_seconds() > corporation.LISTING
    monkeypatch.setattr(corporation, "LISTING", 0.5)
    async with chatterbox() as url, httpx.AsyncClient(trust_env=False) as http:
        names = town.corporations
        known = [
            Organisation(
                id=name, role=Role.CORPORATION, name=name, mail="p@x.example", system=_system(Role.CORPORATION, url)
            )
            for name in names
        ]
        hands = Hands(pool, Partners(http, Directory(known)))
        async with asyncio.timeout(5):
            learned = await hands.carry_out(Effects(town).list(DAY, *names))
    assert isinstance(learned, LearnDwellings)
    assert learned.away == names


@pytest.mark.usefixtures("referred")
async def test_every_call_carries_its_key_and_asks_for_nothing_compressed(pool: Pool, town: Town) -> None:
    async with facing(pool, town, answer("403 No")) as (hands, effects, wrong):
        await hands.carry_out(effects.place())
        await hands.carry_out(effects.assess())
    offer, assessment, looked_for = every = [asked.lower() for asked in wrong.asked]
    assert "x-stuurgegevens-referentienummer: m-1:place-offer:d-1" in offer
    assert "idempotency-key: m-1:ask-assessment:9" in assessment
    assert looked_for.startswith("get /messages?key=m-1")
    for asked in every:
        assert "accept-encoding: identity" in asked
        assert "noor" not in asked


def _system(role: Role, url: str) -> Plain | Vera:
    return Vera(kind="vera", url=url) if role is Role.CORPORATION else Plain(kind="plain", url=url)
