"""A mail server that takes a connection and then says nothing: nobody waits for it but the letters to it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from time import monotonic

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from temporalio.exceptions import ApplicationError

from activities.letters import handing_over as letters_out
from activities.letters import post_room
from activities.letters.mail import message_id
from activities.letters.notify_nl import NotifyNl
from activities.letters.post_room import AT_ONCE, Letters
from activities.partner import Partners
from domain.exchange.record import Recording
from domain.facts.value import replace
from domain.messages.answers import KnownFrom
from domain.messages.commands import ReportDeath
from domain.messages.effects import Audience, Letter, SendLetter
from runtime.directory import Channel, Directory
from runtime.settings import Settings
from sandbox.embedded.mail import MailServer
from store.database import Pool
from store.record import record
from store.vault import Vault
from tests.activities.conftest import Hands
from tests.activities.test_letters import SENDER, letter
from tests.letters.notify_server import KEY, TEMPLATE, NotifyServer, reached
from tests.store.script import Script
from tests.town import Town

LONGEST = 4.0
TURN = 0.5
IDLE_IN_TRANSACTION = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND state LIKE 'idle in transaction%' AND pid <> pg_backend_pid()
"""


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Less patience than in production."""
    monkeypatch.setattr(letters_out, "LONGEST", LONGEST)
    monkeypatch.setattr(post_room, "PATIENCE", TURN)


@asynccontextmanager
async def silent() -> AsyncIterator[int]:
    """A port where every connection is taken, and nothing is ever said."""
    ended = asyncio.Event()

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await ended.wait()
        writer.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        ended.set()
        server.close()


class _Forgetful:
    """A mail server that takes a letter, keeps it, and then never says so."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.came = asyncio.Event()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        headers = envelope.content.decode().split("\r\n\r\n")[0]
        self.taken += [line.partition(": ")[2] for line in headers.split("\r\n") if line.startswith("Message-ID")]
        self.came.set()
        await asyncio.sleep(60)
        return "250 OK"


def hands_at(pool: Pool, vault: Vault, directory: Directory, settings: Settings, port: int) -> Hands:
    """Hands whose letters go to the mail server at this port."""
    there = replace(settings, smtp_port=port)
    return Hands(pool, Partners(None, directory), Letters(pool, vault, directory, there))  # type: ignore[arg-type]


async def away(attempt: Awaitable[object]) -> str | None:
    """Why an attempt ended."""
    with pytest.raises(ApplicationError) as caught:
        await attempt
    assert not caught.value.non_retryable
    return caught.value.type


def death(referred: Script) -> Recording:
    """A decision on the mediation."""
    command = ReportDeath(by=referred.municipality, source=KnownFrom.FAMILY)
    return Recording(mediation="m-1", command_id="death", command=command, now=referred.now)


async def test_a_decision_does_not_wait_for_a_server_that_never_greets_and_the_letter_goes_once_afterwards(
    pool: Pool, vault: Vault, directory: Directory, settings: Settings, referred: Script, mail: MailServer
) -> None:
    effect = letter(kind=Letter.URGENCY_GRANTED)
    async with silent() as port:
        started = monotonic()
        hands = hands_at(pool, vault, directory, settings, port)
        hanging = asyncio.create_task(away(hands.carry_out(effect)))
        await asyncio.sleep(0.5)
        assert await pool.fetchval(IDLE_IN_TRANSACTION) == 0
        twin = hands_at(pool, vault, directory, settings, mail.port)
        assert await away(twin.carry_out(effect)) == "MailServerAway:being_sent"
        assert not hanging.done()
        assert await hanging == "MailServerAway:too_slow"
        assert LONGEST <= monotonic() - started < LONGEST + 3
    for attempt in (2, 3):
        await twin.carry_out(effect, attempt=attempt)
    assert (mail.mailbox.count().received, mail.mailbox.count().kept) == (1, 1)


async def test_a_mediation_is_decided_on_at_once_while_its_letter_hangs(
    pool: Pool, vault: Vault, directory: Directory, settings: Settings, referred: Script, mail: MailServer
) -> None:
    async with silent() as port:
        hanging = asyncio.create_task(away(hands_at(pool, vault, directory, settings, port).carry_out(letter())))
        await asyncio.sleep(0.5)
        async with asyncio.timeout(LONGEST - 1):
            assert (await record(pool, death(referred))).refused is None
        assert not hanging.done()
        await hanging
    # What has become pointless meanwhile does not go when the server is back.
    await hands_at(pool, vault, directory, settings, mail.port).carry_out(letter(), attempt=2)
    assert mail.mailbox.mails() == []


async def test_a_server_that_takes_a_letter_and_never_says_so_holds_up_a_decision_shortly_and_gets_the_same_letter(
    pool: Pool,
    vault: Vault,
    directory: Directory,
    settings: Settings,
    referred: Script,
    mail: MailServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(post_room, "HELD", 0.5)
    forgetful, loop = _Forgetful(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(forgetful, loop=loop), "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        hanging = asyncio.create_task(away(hands_at(pool, vault, directory, settings, port).carry_out(letter())))
        await forgetful.came.wait()
        started = monotonic()
        assert (await record(pool, death(referred))).refused is None
        assert monotonic() - started < LONGEST - 1
        assert not hanging.done()
        assert await hanging == "MailServerAway:too_slow"
    assert forgetful.taken == [message_id(f"{letter().key}:client", SENDER)]


async def test_letters_of_others_by_another_channel_do_not_wait_for_a_mail_server_that_hangs(
    pool: Pool, vault: Vault, settings: Settings, town: Town, referred: Script
) -> None:
    by_notify = [
        replace(one, channel=Channel.NOTIFY) if one.id == town.institution else one for one in Directory.load(town.file)
    ]
    notify = NotifyServer()
    async with silent() as port, reached(notify) as http:
        there = replace(settings, smtp_port=port)
        client = NotifyNl(http, "https://notify.example", KEY, TEMPLATE)
        room = Letters(pool, vault, Directory(by_notify), there, client)
        hands = Hands(pool, Partners(None, Directory([])), room)  # type: ignore[arg-type]
        hanging = [asyncio.create_task(away(hands.carry_out(numbered(n)))) for n in range(AT_ONCE + 3)]
        await asyncio.sleep(0.2)
        told = letter(kind=Letter.TASK_REMINDER, organisation=town.institution, owner=town.institution)
        async with asyncio.timeout(LONGEST - 1):
            await hands.carry_out(told)
        assert [one["email_address"] for one in notify.sent.values()] == [town.mail_of(town.institution)]
        ended = await asyncio.gather(*hanging)
    assert Counter(ended) == {"MailServerAway:busy": 3, "MailServerAway:too_slow": AT_ONCE}


def numbered(n: int) -> SendLetter:
    """One of several letters to the client."""
    effect = letter(Audience.CLIENT)
    return replace(effect, key=f"{effect.key}{n}")
