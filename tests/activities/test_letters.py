"""Letters: in two languages, without a name in them, once, and not at all when they have become pointless."""

import asyncio
from datetime import date
from email.message import EmailMessage

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from temporalio.exceptions import ApplicationError

from activities.letter_texts import DUTCH, ENGLISH, TASKS, letter_text
from activities.letters import ABOUT_A_TASK, Letters, message_id
from activities.partner import Partners
from domain.commands import ReportDeath, ReportUndelivered
from domain.effects import Audience, Letter, SendLetter
from domain.record import Recording
from domain.tasks import TaskKind
from runtime.directory import Directory
from runtime.settings import Settings
from sandbox.embedded.mail import MailServer
from sandbox.embedded.ports import free_port
from store.database import Pool
from store.journal import record
from store.vault import Vault
from tests.activities.conftest import Hands
from tests.store.script import Script
from tests.town import CLIENT, Town

PERSONAL = (CLIENT.bsn, "Noor", "Testpersoon", "Bram", "Begeleider", "0612345678", "2001")


SENDER = "mediation@almere.example"
BOTH = (Audience.CLIENT, Audience.GUIDE)


def letter(*readers: Audience, kind: Letter = Letter.OFFER_MADE, **facts: object) -> SendLetter:
    """A letter to these readers or to an organisation; to the client when none is named."""
    readers = readers or (() if facts.get("organisation") else (Audience.CLIENT,))
    about = {"task_kind": TaskKind.ANSWER_OFFER, "by": date(2026, 6, 9)}
    made = SendLetter.model_validate({"letter": kind, "readers": readers, **about, **facts})
    return made.model_copy(update={"key": f"m-1:{made.step}:9"})


async def posted(mail: MailServer) -> EmailMessage:
    """The one mail that was sent."""
    (sent,) = mail.mailbox.mails()
    return sent


async def test_a_letter_to_the_client_is_dutch_first_then_english(hands: Hands, mail: MailServer) -> None:
    assert await hands.carry_out(letter()) is None
    sent = await posted(mail)
    body = sent.get_content()
    assert sent["To"] == CLIENT.mail
    assert sent["Subject"] == "Er is een woning voor u (m-1)"
    assert body.index("Geef antwoord voor of op 09-06-2026") < body.index("Please answer on or before 09-06-2026")
    assert "https://mediation.example.org/mediations/m-1" in body
    assert (sent["Auto-Submitted"], sent["From"]) == ("auto-generated", SENDER)


async def test_a_letter_to_client_and_guide_is_two_mails_each_to_one_of_them(hands: Hands, mail: MailServer) -> None:
    effect = letter(*BOTH)
    await hands.expect(effect)
    assert await hands.carry_out(effect) is None
    mails = {sent["To"]: sent for sent in mail.mailbox.mails()}
    assert set(mails) == {CLIENT.mail, CLIENT.guide.mail}
    ids = {to: str(sent["Message-ID"]).strip() for to, sent in mails.items()}
    assert ids == {
        CLIENT.mail: message_id(f"{effect.key}:client", SENDER),
        CLIENT.guide.mail: message_id(f"{effect.key}:guide", SENDER),
    }
    assert len(set(ids.values())) == 2
    assert await hands.result(effect) == "done"
    await hands.carry_out(effect, attempt=2)
    assert (mail.mailbox.count().received, mail.mailbox.count().kept) == (4, 2)


@pytest.mark.parametrize("missing", BOTH)
async def test_a_letter_reaches_the_one_who_has_mail_when_the_other_has_none(
    hands: Hands, mail: MailServer, vault: Vault, missing: Audience
) -> None:
    no_mail = {"guide": CLIENT.guide.model_copy(update={"mail": None})} if missing is Audience.GUIDE else {"mail": None}
    await vault.put_person(CLIENT.model_copy(update=no_mail), "almere")
    effect = letter(*BOTH)
    await hands.expect(effect)
    assert await hands.carry_out(effect) is None
    assert (await posted(mail))["To"] == (CLIENT.mail if missing is Audience.GUIDE else CLIENT.guide.mail)
    assert await hands.result(effect) == "done"


async def test_a_letter_that_one_reader_cannot_get_for_good_still_reaches_the_other(
    hands: Hands, mail: MailServer, vault: Vault
) -> None:
    await vault.put_person(CLIENT.model_copy(update={"mail": "no address"}), "almere")
    effect = letter(*BOTH)
    await hands.expect(effect)
    learned = await hands.carry_out(effect)
    assert isinstance(learned, ReportUndelivered)
    assert (learned.code, await hands.result(effect)) == ("wrong_address", None)
    assert (await posted(mail))["To"] == CLIENT.guide.mail


@pytest.mark.parametrize("reader", [*Audience, None])
async def test_no_letter_names_a_person(hands: Hands, mail: MailServer, town: Town, reader: Audience | None) -> None:
    readers = (reader,) if reader else ()
    organisation = None if reader else town.institution
    for n, kind in enumerate(Letter):
        effect = letter(*readers, kind=kind, organisation=organisation, task="confirm_offer-1")
        await hands.carry_out(effect.model_copy(update={"key": f"{effect.key}{n}"}))
    mails = mail.mailbox.mails()
    assert len(mails) == len(Letter)
    people = {Audience.CLIENT: CLIENT.mail, Audience.GUIDE: CLIENT.guide.mail}
    to = people[reader] if reader else town.mail_of(town.institution)
    for sent in mails:
        assert sent["To"] == to
        del sent["To"]
        text = f"{sent.as_string()} {sent.get_content()}"
        assert not [word for word in PERSONAL if word in text]


def test_every_letter_and_task_has_its_words_in_both_languages() -> None:
    assert set(DUTCH) == set(ENGLISH) == set(Letter)
    assert set(TASKS) == set(TaskKind)
    for kind in Letter:
        for task in TaskKind:
            text = letter_text(letter(kind=kind, task_kind=task), "m-1", "https://x.example")
            assert "{" not in text.body + text.subject
            assert "\n" not in text.subject


async def test_a_letter_sent_twice_is_kept_once(hands: Hands, mail: MailServer) -> None:
    effect = letter()
    await hands.carry_out(effect)
    await hands.carry_out(effect, attempt=2)
    assert (mail.mailbox.count().received, mail.mailbox.count().kept) == (2, 1)
    assert (await posted(mail))["Message-ID"] == message_id(f"{effect.key}:client", SENDER)


@pytest.mark.parametrize("kind", sorted(ABOUT_A_TASK))
async def test_a_letter_about_a_closed_task_is_void(
    hands: Hands, mail: MailServer, pool: Pool, town: Town, kind: Letter
) -> None:
    effect = letter(kind=kind, organisation=town.corporation, task="confirm_offer-1")
    await hands.expect(effect)
    await pool.execute("UPDATE task SET closed_at = now() WHERE id = 'confirm_offer-1'")
    assert await hands.carry_out(effect) is None
    assert await hands.result(effect) == "void"
    assert mail.mailbox.mails() == []


async def test_nobody_writes_to_the_dead_but_organisations_are_told(
    hands: Hands, mail: MailServer, pool: Pool, town: Town, referred: Script
) -> None:
    command = ReportDeath(by=referred.municipality)
    await record(pool, Recording(mediation="m-1", command_id="death", command=command, now=referred.now))
    for readers in ((Audience.CLIENT,), (Audience.GUIDE,), BOTH):
        await hands.carry_out(letter(*readers, kind=Letter.URGENCY_GRANTED))
    assert mail.mailbox.mails() == []
    await hands.carry_out(letter(kind=Letter.CLOSED, organisation=town.institution))
    assert (await posted(mail))["To"] == town.mail_of(town.institution)


async def test_a_letter_to_an_erased_person_is_void(hands: Hands, mail: MailServer, pool: Pool) -> None:
    effect = letter()
    await hands.expect(effect)
    await pool.execute("UPDATE vault_key SET wrapped = NULL")
    assert await hands.carry_out(effect) is None
    assert (await hands.result(effect), mail.mailbox.mails()) == ("void", [])


async def test_a_letter_to_somebody_without_mail_is_void(hands: Hands, mail: MailServer, vault: Vault) -> None:
    await vault.put_person(CLIENT.model_copy(update={"mail": None}), "almere")
    effect = letter()
    await hands.expect(effect)
    assert await hands.carry_out(effect) is None
    assert (await hands.result(effect), mail.mailbox.mails()) == ("void", [])


@pytest.mark.parametrize(
    "address", ["", "no address", "noor@x.example\nBcc: other@x.example", "a@x.example, b@x.example"]
)
async def test_an_address_that_is_none_is_given_to_a_person(
    hands: Hands, mail: MailServer, vault: Vault, address: str
) -> None:
    await vault.put_person(CLIENT.model_copy(update={"mail": address}), "almere")
    learned = await hands.carry_out(letter())
    assert isinstance(learned, ReportUndelivered)
    assert learned.code == "wrong_address"
    assert mail.mailbox.mails() == []


class _Grumpy:
    """A mail server that answers every recipient with this line."""

    def __init__(self, line: str) -> None:
        self._line = line

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        return self._line


@pytest.mark.parametrize(
    ("line", "code"),
    [("550 5.1.1 noor@client.example: no Noor here", "smtp_550"), ("554 no", "smtp_554")],
)
async def test_what_the_mail_server_refuses_for_good_is_given_to_a_person(
    pool: Pool, vault: Vault, directory: Directory, settings: Settings, referred: Script, line: str, code: str
) -> None:
    learned = await _post_to(_Grumpy(line), pool, vault, directory, settings)
    assert isinstance(learned, ReportUndelivered)
    assert learned.code == code
    assert "Noor" not in learned.model_dump_json()


@pytest.mark.parametrize("line", ["450 4.2.0 noor@client.example: greylisted", "421 later"])
async def test_a_mail_server_that_wants_us_later_is_passing(
    pool: Pool, vault: Vault, directory: Directory, settings: Settings, referred: Script, line: str
) -> None:
    with pytest.raises(ApplicationError) as caught:
        await _post_to(_Grumpy(line), pool, vault, directory, settings)
    assert caught.value.type == f"MailServerAway:{line[:3]}"
    assert "noor" not in f"{caught.value!r} {caught.value.__cause__!r}"


async def test_a_mail_server_that_is_away_is_passing(
    pool: Pool, vault: Vault, directory: Directory, settings: Settings, referred: Script
) -> None:
    away = settings.model_copy(update={"smtp_port": free_port()})
    hands = Hands(pool, Partners(None, directory), Letters(pool, vault, directory, away))  # type: ignore[arg-type]
    with pytest.raises(ApplicationError) as caught:
        await hands.carry_out(letter(), attempt=100)
    assert not caught.value.non_retryable
    assert caught.value.type is not None
    assert caught.value.type.startswith("MailServerAway:SMTPConnect")


async def _post_to(
    handler: _Grumpy, pool: Pool, vault: Vault, directory: Directory, settings: Settings
) -> ReportUndelivered | object:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, loop=loop), "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        there = settings.model_copy(update={"smtp_port": port})
        hands = Hands(pool, Partners(None, directory), Letters(pool, vault, directory, there))  # type: ignore[arg-type]
        return await hands.carry_out(letter())
