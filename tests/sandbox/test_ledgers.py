"""What the demonstration's check sees: an effect doubled anywhere, a letter that came twice, an event not told."""

import json
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest
from rich.console import Console

from runtime.signatures import key_of, new_secret, signed
from sandbox.checks import Checks
from sandbox.embedded.mailbox import Mailbox
from sandbox.ledgers import Ledger, ledger_of, ledger_of_mails
from sandbox.partners.book import Book
from sandbox.partners.corporation import CORPORATION
from sandbox.partners.receiver import Receiver
from sandbox.partners.vera_desk import VeraDesk
from sandbox.standing import Tally
from sandbox.summary import Summary, system_table, verdict
from tests.listening import listening

CANDIDATE = {"idExtern": "m-1:place-offer:1", "eenheid": "/eenheden/w1"}


async def asked_twice(tmp_path: Path, *, remembers_keys: bool) -> Ledger:
    """What a corporation tells after the same POST came twice."""
    desk = VeraDesk(CORPORATION, Book(tmp_path / "book", CORPORATION.schema), remembers_keys=remembers_keys)
    desk.book.register("ymere")
    async with listening(desk.application()) as url, httpx.AsyncClient(base_url=url, trust_env=False) as http:
        for _ in range(2):
            assert (await http.post("/ymere/v4/kandidaten", json=CANDIDATE)).status_code == 201
        return await ledger_of(http, "corporation", url)


def summary(*ledgers: Ledger, untold: int = 0) -> Summary:
    """The end of a city of one in which everything else held."""
    tally = Tally({}, {"housed_follow_up_held": 1}, 0, 0, 1, 0)
    checks = Checks([], {}, list(ledgers), untold, search_sees=True)
    return Summary("almere", 1, 1, tally, {}, 300, 9.0, checks)


async def test_a_corporation_that_knows_its_keys_doubles_nothing(tmp_path: Path) -> None:
    ledger = await asked_twice(tmp_path, remembers_keys=True)
    assert ledger == Ledger("corporation", asked=2, keys=1, effects=1, doubled=(), played={})
    assert summary(ledger).sound


async def test_an_effect_that_was_doubled_makes_the_city_unsound(tmp_path: Path) -> None:
    ledger = await asked_twice(tmp_path, remembers_keys=False)
    assert (ledger.keys, ledger.effects) == (1, 2)
    assert ledger.doubled == ("create_kandidaat m-1:place-offer:1",)
    told = summary(ledger)
    assert not told.sound
    assert told.as_json()["effectsDoubled"] == 1
    assert told.as_json()["systems"]["corporation"]["doubled"] == 1
    assert json.loads(json.dumps(told.as_json())) == told.as_json()
    assert "2 effects under 1 keys in 1 systems, mails included: 1 doubled" in verdict(told)
    assert "doubled: corporation: create_kandidaat m-1:place-offer:1" in verdict(told)


def test_a_letter_that_came_twice_makes_the_city_unsound(tmp_path: Path) -> None:
    mailbox, letter = Mailbox(tmp_path), EmailMessage()
    letter["Message-ID"] = "<a@example.org>"
    mailbox.deliver(letter.as_bytes())
    assert summary(ledger_of_mails(mailbox)).sound
    mailbox.deliver(letter.as_bytes())
    twice = ledger_of_mails(mailbox)
    assert (twice.keys, twice.effects, len(twice.doubled)) == (1, 2, 1)
    assert not summary(twice).sound


def test_an_event_that_was_not_told_makes_the_city_unsound() -> None:
    assert summary(untold=0).sound
    assert not summary(untold=1).sound


@pytest.mark.parametrize(("faults", "taken"), [([], 1), ([{"fault": "forgotten"}], 2)])
async def test_a_receiver_tells_what_it_took_and_how_often(faults: list[dict[str, object]], taken: int) -> None:
    secret, body = new_secret(), b'{"id": "m-1/1"}'
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    headers = signed([key_of(secret)], "m-1/1", long_ago, body)
    receiver = Receiver(tolerance=None)
    async with listening(receiver.application()) as url, httpx.AsyncClient(base_url=url, trust_env=False) as http:
        assert (await http.post("/hook", content=body, headers=headers)).status_code == 401
        assert (await http.put("/secrets", json=[secret])).status_code == 204
        (await http.put("/faults", json=faults)).raise_for_status()
        for _ in range(2):
            assert (await http.post("/hook", content=body, headers=headers)).status_code == 204
        ledger = await ledger_of(http, "receiver", url)
    assert (ledger.asked, ledger.keys, ledger.effects) == (2, 1, taken)
    assert len(ledger.doubled) == taken - 1
    strict = Receiver(secret)
    async with listening(strict.application()) as url, httpx.AsyncClient(base_url=url, trust_env=False) as http:
        assert (await http.post("/hook", content=body, headers=headers)).status_code == 401


async def test_a_receiver_whose_answer_is_lost_took_the_event() -> None:
    secret, body = new_secret(), b'{"id": "m-1/1"}'
    headers = signed([key_of(secret)], "m-1/1", datetime.now(UTC), body)
    receiver = Receiver(secret)
    async with listening(receiver.application()) as url, httpx.AsyncClient(base_url=url, trust_env=False) as http:
        for fault, code in (("server_error", 502), ("unavailable", 503)):
            (await http.put("/faults", json=[{"fault": fault}])).raise_for_status()
            assert (await http.post("/hook", content=body, headers=headers)).status_code == code
        assert receiver.events == []
        (await http.put("/faults", json=[{"fault": "lost_answer"}])).raise_for_status()
        with pytest.raises(httpx.RemoteProtocolError):
            await http.post("/hook", content=body, headers=headers)
        assert receiver.events == [{"id": "m-1/1"}]
        assert (await ledger_of(http, "receiver", url)).played == {"lost_answer": 1}


def test_the_table_names_each_system_with_its_faults() -> None:
    ledger = Ledger("care_provider", 3, 2, 2, (), {"early": 1, "unavailable": 12})
    console = Console(width=120)
    with console.capture() as capture:
        console.print(system_table([ledger]))
    assert capture.get().split("\n")[1].split() == [
        *("care", "provider", "2", "2", "0", "3"),
        *("start", "before", "the", "allocation", "1,", "down", "12"),
    ]
