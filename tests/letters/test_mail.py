"""Whatever is mailed goes alike: logged in and encrypted as the settings say, and refusals told as what they are."""

import ast
import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from structlog.testing import CapturingLogger

from activities.letters.calendar_file import calendar_file
from activities.letters.channels import Channels
from activities.letters.handing_over import handed_over
from activities.letters.letter import ChannelAway, ReadyLetter
from activities.letters.wording.letter_text import LetterText
from activities.partner import PartnerRefused
from api.web.code_post import CodeNotSent, CodePost, CodeUndeliverable
from console.letters import _mail_check
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages.effects import Appointment
from runtime.directory import Channel
from runtime.mail import MailClient, ServerAway, Unsent
from runtime.mailbox import NoMailbox, bare
from runtime.settings import Settings
from sandbox.data_directory import new_seals
from sandbox.embedded.ports import free_port
from tests.mail_servers import NAME, PASSWORD, Certified, Reception, certify, mail_server
from texts import Language

HOUSE = Path(__file__).parents[2]
NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
READER = "noor@client.example"
Send = Callable[[Settings, str], Awaitable[str]]


async def letter(settings: Settings, address: str) -> str:
    """A letter, and with it every digest: they go by the same channel."""
    ready = ReadyLetter("m-1:letter:1", "client", address, LetterText("Een woning", "Dag"), NOW)
    try:
        return "sent" if await handed_over(Channels(settings, None, None).port(Channel.MAIL), ready) else "not sent"
    except PartnerRefused as refused:
        return f"never: {refused.code}"
    except ChannelAway as away:
        return f"later: {str(away.type).partition(':')[2]}{', for all' if away.for_all else ''}"


async def code(settings: Settings, address: str) -> str:
    """The code of a link."""
    try:
        await CodePost(settings).send(address, "123456", NOW)
    except CodeUndeliverable as never:
        return f"never: {never.code}"
    except CodeNotSent:
        return "later"
    return "sent"


async def check(settings: Settings, address: str) -> str:
    """What `mediation mail-check` sends."""
    said = await _mail_check(settings, address)
    said = re.sub(r"^taken: .*", "sent", said).replace("refused for good: ", "never: ")
    return said.replace("not now: MailServerAway:", "later: ")


@pytest.mark.parametrize("subject", ["Een woning", "Herinnering: één keer, vóór 3 maart " * 6])
def test_a_mail_is_written_to_the_byte_as_python_writes_it(plain: Settings, subject: str) -> None:
    ours = MailClient(plain).blank("a.b@client.example", subject, "<m-1.letter.1.client@almere.example>", NOW)
    pythons = EmailMessage()
    for name, value in ours.items():
        pythons[name] = str(value)
    for mail in (ours, pythons):
        mail.set_content("Dag, één regel\n")
    assert ours.as_bytes() == pythons.as_bytes()


SENDERS = pytest.mark.parametrize("send", [letter, code, check])


def same(said: str, told: str) -> bool:
    """Whether a sender told this, as far as it tells more than never or later."""
    return said == told or said == told.removesuffix(", for all") or (said == "later" and told.startswith("later"))


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Certified:
    return certify(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def plain() -> Settings:
    return Settings.model_validate(
        {
            "database_url": "postgresql://localhost/none",
            "temporal_address": "localhost:7233",
            "directory": "none.toml",
            "payload_keys": f"k1:{'a' * 43}=",
            "vault_keys": f"{'a' * 43}=",
            **new_seals(),
            "smtp_host": "127.0.0.1",
            "mail_from": "bemiddeling@almere.example",
            "public_url": "https://mediation.example.org",
            "token_keys": "none",
            "token_issuer": "none",
            "token_audience": "none",
        }
    )


def known(settings: Settings, port: int, **more: object) -> Settings:
    """Settings with this server, and how we log in there."""
    values = settings.model_dump() | {"smtp_port": port, "smtp_user": NAME, "smtp_password": PASSWORD} | more
    return Settings.model_validate(values)


@SENDERS
@pytest.mark.parametrize(
    ("tls", "as_set"), [("starttls", "offered"), ("starttls", "required"), ("implicit", "implicit")]
)
async def test_everything_is_sent_logged_in_and_encrypted(
    send: Send, tls: str, as_set: str, plain: Settings, certified: Certified, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certified.believed))
    reception = Reception()
    async with mail_server(reception, tls=tls, certified=certified, login=True) as port:  # type: ignore[arg-type]
        assert await send(known(plain, port, smtp_tls=as_set), READER) == "sent"
    [taken] = reception.taken
    assert (taken.readers, taken.encrypted, taken.login) == ([READER], True, NAME)


@SENDERS
async def test_a_password_is_never_sent_in_the_clear(send: Send, plain: Settings) -> None:
    reception = Reception()
    async with mail_server(reception, login=True) as port:
        assert same(await send(known(plain, port), READER), "later: no_starttls, for all")
    assert (reception.logins, reception.taken) == (0, [])


@SENDERS
async def test_a_certificate_that_nobody_vouches_for_is_ours_to_mend(
    send: Send, plain: Settings, certified: Certified
) -> None:
    reception = Reception()
    for tls, as_set in (("starttls", "required"), ("implicit", "implicit")):
        async with mail_server(reception, tls=tls, certified=certified, login=True) as port:  # type: ignore[arg-type]
            said = await send(known(plain, port, smtp_tls=as_set), READER)
            assert same(said, "later: certificate, for all")
    assert (reception.logins, reception.taken) == (0, [])


@SENDERS
async def test_a_wrong_password_is_ours_to_mend_and_is_not_tried_over_and_over(
    send: Send, plain: Settings, certified: Certified, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certified.believed))
    reception = Reception()
    async with mail_server(reception, tls="starttls", certified=certified, login=True) as port:
        said = await send(known(plain, port, smtp_password="wrong"), READER)
        assert same(said, "later: login_535, for all")
        nobody = replace(plain, smtp_port=port)
        assert same(await send(nobody, READER), "later: login_530, for all")
    assert reception.taken == []


@SENDERS
@pytest.mark.parametrize(
    ("step", "line", "told"),
    [
        ("RCPT", "550 5.1.1 no noor@client.example here", "never: smtp_550"),
        ("RCPT", "553 5.1.3 no such place", "never: smtp_553"),
        ("DATA", "554 5.7.1 not wanted", "never: smtp_554"),
        ("RCPT", "450 4.2.0 greylisted", "later: 450"),
        ("DATA", "452 4.3.1 full", "later: 452"),
        ("RCPT", "530 5.7.0 log in first", "later: login_530, for all"),
        ("MAIL", "530 5.7.0 log in first", "later: login_530, for all"),
        ("MAIL", "550 5.7.1 you may not send as this", "later: sender_550, for all"),
        ("MAIL", "451 4.3.0 later", "later: sender_451, for all"),
    ],
)
async def test_a_refusal_is_told_as_what_it_is(send: Send, step: str, line: str, told: str, plain: Settings) -> None:
    reception = Reception({step: line})
    async with mail_server(reception) as port:
        said = await send(replace(plain, smtp_port=port), READER)
    assert same(said, told), said
    assert reception.taken == []


@SENDERS
@pytest.mark.parametrize(
    ("greeting", "told"),
    [("554 5.3.2 no mail from you", "later: server_554, for all"), ("421 4.3.2 closing", "later: server_421, for all")],
)
async def test_a_server_that_takes_nobody_is_told(send: Send, greeting: str, told: str, plain: Settings) -> None:
    async with mail_server(Reception(), greeting=greeting) as port:
        assert same(await send(replace(plain, smtp_port=port), READER), told)


@SENDERS
async def test_a_server_that_is_not_there_is_away(send: Send, plain: Settings) -> None:
    away = replace(plain, smtp_port=free_port())
    assert same(await send(away, READER), "later: SMTPConnectError, for all")


@SENDERS
async def test_an_address_outside_ascii_is_refused_by_us_where_the_server_cannot_write_to_it(
    send: Send, plain: Settings
) -> None:
    reception = Reception()
    async with mail_server(reception, utf8=False) as port:
        there = replace(plain, smtp_port=port)
        assert await send(there, "zoë@client.example") == "never: no_smtputf8"
        # a domain has a name in ASCII, which every server can write to
        assert await send(there, "zoe@bücher.example") == "sent"
    async with mail_server(reception) as port:
        assert await send(replace(plain, smtp_port=port), "zoë@client.example") == "sent"
    assert [taken.readers for taken in reception.taken] == [["zoe@xn--bcher-kva.example"], ["zoë@client.example"]]


@SENDERS
@pytest.mark.parametrize("address", ["no address", "a@b, c@d", "a@b\nBcc: c@d", "a@" + "ü" * 80 + ".example"])
async def test_what_is_no_address_of_one_mailbox_goes_nowhere(send: Send, address: str, plain: Settings) -> None:
    reception = Reception()
    async with mail_server(reception) as port:
        assert await send(replace(plain, smtp_port=port), address) == "never: wrong_address"
    assert reception.taken == []


@SENDERS
@pytest.mark.parametrize("name", ["Gemeente Almere", '"Almere, team wonen"', "Gemeente Súdwest-Fryslân"])
async def test_a_sender_with_a_name_has_it_in_the_header_alone(send: Send, name: str, plain: Settings) -> None:
    reception = Reception()
    async with mail_server(reception) as port:
        named = replace(plain, smtp_port=port, mail_from=f"{name} <bemiddeling@almere.example>")
        assert await send(named, READER) == "sent"
        assert await send(replace(named, mail_bounces="Retour <retour@almere.example>"), READER) == "sent"
    assert [taken.sender for taken in reception.taken] == ["bemiddeling@almere.example", "retour@almere.example"]
    for taken in reception.taken:
        mail = message_from_bytes(taken.content, policy=default)
        [sender] = mail["From"].addresses
        assert (sender.display_name, sender.addr_spec) == (name.strip('"'), "bemiddeling@almere.example")
        assert re.fullmatch(r"<[^@<>\s]+@almere\.example>", str(mail["Message-ID"]).strip())


async def test_who_refused_us_is_let_be_for_a_while_and_told_of_once(
    plain: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = CapturingLogger()
    monkeypatch.setattr("runtime.mail.log", told)
    reception = Reception({"MAIL": "530 5.7.0 log in first"})
    async with mail_server(reception) as port:
        post = Channels(replace(plain, smtp_port=port), None, None).port(Channel.MAIL)
        ready = ReadyLetter("m-1:letter:1", "client", READER, LetterText("Een woning", "Dag"), NOW)
        for _ in range(3):
            with pytest.raises(ChannelAway):
                await post.post(ready)
        reception.answers.clear()
        with pytest.raises(ChannelAway):
            await post.post(ready)
        monkeypatch.setattr("runtime.mail.monotonic", lambda: 1e12)
        await post.post(ready)
    assert len(reception.taken) == 1
    [call] = told.calls
    assert (call.method_name, call.kwargs["code"], call.kwargs["port"]) == ("error", "login_530", port)


def mail_to(client: MailClient, n: int, to: str = READER) -> EmailMessage:
    """One mail of many."""
    mail = client.blank(to, "Een woning", f"<{n}@almere.example>", NOW)
    mail.set_content("Dag")
    return mail


class Tired(Reception):
    """Ends a conversation at its second mail, in a way."""

    def __init__(self, way: str) -> None:
        super().__init__()
        self.way = way

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await super().handle_MAIL(server, session, envelope, address, options)
        if self.began.count(session.peer) == 1:
            return answer
        if self.way == "hangs up" and server.transport:
            server.transport.close()
        return "421 4.7.0 too many mails" if self.way == "421" else "452 4.5.3 too many mails"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        if self.way == "hangs up after the first" and server.transport:
            asyncio.get_running_loop().call_later(0.02, server.transport.close)
        return answer


@asynccontextmanager
async def conversation(reception: Reception, settings: Settings) -> AsyncIterator[MailClient]:
    """What mails to this server, in one conversation for as long as it lasts."""
    async with mail_server(reception) as port:
        client = MailClient(replace(settings, smtp_port=port))
        async with client.conversing():
            yield client


async def test_the_mails_of_a_round_leave_by_one_conversation_and_it_ends(plain: Settings) -> None:
    reception = Reception()
    async with mail_server(reception) as port:
        client = MailClient(replace(plain, smtp_port=port))
        async with client.conversing():
            for n in range(3):
                await client.send(mail_to(client, n))
        await client.send(mail_to(client, 3))
        await client.send(mail_to(client, 4))
    assert len(reception.taken) == 5
    assert [reception.began.count(peer) for peer in dict.fromkeys(reception.began)] == [3, 1, 1]


@pytest.mark.parametrize("way", ["421", "452", "hangs up", "hangs up after the first"])
async def test_a_conversation_that_the_server_ends_is_begun_anew_and_each_mail_is_taken_once(
    way: str, plain: Settings
) -> None:
    reception = Tired(way)
    async with conversation(reception, plain) as client:
        for n in range(3):
            await client.send(mail_to(client, n))
            await asyncio.sleep(0.05)
    told = [str(message_from_bytes(one.content)["Message-ID"]) for one in reception.taken]
    assert told == [f"<{n}@almere.example>" for n in range(3)]


async def test_no_mail_is_sent_again_in_a_conversation_that_breaks_after_it(plain: Settings) -> None:
    """Whether the server has it nobody knows: who sends it again says so by its Message-ID."""

    class Breaks(Reception):
        async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
            answer = await super().handle_DATA(server, session, envelope)
            if len(self.taken) == 2 and isinstance(server.transport, asyncio.WriteTransport):
                server.transport.abort()
            return answer

    reception = Breaks()
    async with conversation(reception, plain) as client:
        await client.send(mail_to(client, 1))
        with pytest.raises(ServerAway):
            await client.send(mail_to(client, 2))
        assert len(reception.taken) == 2
        await client.send(mail_to(client, 3))
    assert len(reception.taken) == 3


async def test_a_conversation_has_an_end(plain: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.mail.MOST", 2)
    monkeypatch.setattr("runtime.mail.IDLE", 0.05)
    reception = Reception()
    async with conversation(reception, plain) as client:
        for n in range(3):
            await client.send(mail_to(client, n))
        await asyncio.sleep(0.3)
        await client.send(mail_to(client, 3))
    assert [reception.began.count(peer) for peer in dict.fromkeys(reception.began)] == [2, 1, 1]


async def test_what_a_reader_is_refused_for_is_told_alike_in_a_conversation_that_was_kept(plain: Settings) -> None:
    reception = Reception()
    async with conversation(reception, plain) as client:
        await client.send(mail_to(client, 1))
        for line, told in {"550 5.1.1 unknown": "smtp_550", "450 4.2.1 busy": "450"}.items():
            reception.answers["RCPT"] = line
            with pytest.raises(Unsent) as unsent:
                await client.send(mail_to(client, 2))
            assert unsent.value.code == told
        reception.answers.clear()
        await client.send(mail_to(client, 3))
    assert len(reception.taken) == 2


@pytest.mark.parametrize("sender", ["Almere <bemiddeling@almere.example>", "bemiddeling@almere.example"])
def test_the_organiser_of_an_appointment_is_the_bare_address(sender: str, plain: Settings) -> None:
    named = replace(plain, mail_from=sender)
    about = Appointment(kind=TaskKind.HOLD_VIEWING, name="viewing-1", on=NOW.date(), sequence=0)
    made = calendar_file(about, "m-1", named.sender_address, NOW, Language.DUTCH).content.decode()
    assert "ORGANIZER:mailto:bemiddeling@almere.example\r\n" in made
    assert "@almere.example\r\n" in made.partition("UID:")[2]


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", "a@", "@b.example", "a b@c.example", "é@b.example", "<a@b.example", "Gemeente a@b.example"),
        *("A, B <a@b.example>", "a@b.example, c@d.example", "G: a@b.example;", "a@b.example\nBcc: c@d.example"),
    ],
)
def test_a_sender_that_is_not_one_mailbox_is_told_when_the_settings_are_read(text: str, plain: Settings) -> None:
    with pytest.raises(NoMailbox):
        bare(text)
    for name in ("mail_from", "mail_bounces"):
        with pytest.raises(ValueError, match="not one mailbox"):
            Settings.model_validate(plain.model_dump() | {name: text})


def test_mail_leaves_in_one_place() -> None:
    sources = [file for file in HOUSE.rglob("*.py") if not {"tests", ".venv", "build"} & set(file.parts)]
    speak = {
        str(file.relative_to(HOUSE))
        for file in sources
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in [*(alias.name for alias in node.names), getattr(node, "module", None) or ""]
        if name.split(".")[0] in {"aiosmtplib", "smtplib"}
    }
    assert speak == {"runtime/mail.py"}
