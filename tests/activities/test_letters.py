"""Letters: in two languages, without a name in them, once, and not at all when they have become pointless."""

import asyncio
import json
from datetime import date, timedelta
from email.message import EmailMessage

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from icalendar import Calendar
from pydantic import SecretStr
from temporalio.exceptions import ApplicationError

from activities.letters.mail import message_id
from activities.letters.post_room import Letters
from activities.letters.wording.long import is_long
from activities.partner import Partners
from domain.exchange.record import Recording
from domain.facts.parties import Actor, Role
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages.answers import DeathConfirmationAnswer, KnownFrom
from domain.messages.commands import AnswerTask, LearnHeldBack, ReportDeath, ReportUndelivered
from domain.messages.effects import Appointment, Audience, Letter, SendLetter
from domain.steps import still_so
from domain.steps.still_so import WITH_ITS_TASK
from runtime.addresses import AllowList
from runtime.directory import Channel, Directory
from runtime.letter_webhook import LetterWebhook
from runtime.outbound import outbound
from runtime.settings import Settings
from sandbox.embedded.mail import MailServer
from sandbox.embedded.ports import free_port
from store import letters
from store.database import Pool
from store.record import record
from store.vault import Vault
from tests.activities.conftest import Hands
from tests.activities.effects import SOON
from tests.letters.test_to_webhook import SECRET, Inbox
from tests.listening import listening
from tests.store.script import Script
from tests.town import CLIENT, Town
from texts import Language, of

PERSONAL = (CLIENT.bsn, "Noor", "Testpersoon", "Bram", "Begeleider", "612345678", "06 12345678", "2001")


SENDER = "mediation@almere.example"
BOTH = (Audience.CLIENT, Audience.GUIDE)
SHORT = tuple(of(Language.DUTCH).letter)
"""The letters that need no facts of a decision; how the others read stands in tests/letters/golden."""


def letter(*readers: Audience, kind: Letter = Letter.OFFER_MADE, **facts: object) -> SendLetter:
    """A letter to these readers or to an organisation; to the client when none is named."""
    readers = readers or (() if facts.get("organisation") else (Audience.CLIENT,))
    about = {"task_kind": TaskKind.ANSWER_OFFER, "by": date(2026, 6, 9)}
    made = SendLetter.model_validate({"letter": kind, "readers": readers, **about, **facts})
    return replace(made, key=f"m-1:{made.step}:9")


async def posted(mail: MailServer) -> EmailMessage:
    """The one mail that was sent."""
    (sent,) = mail.mailbox.mails()
    return sent


async def test_people_read_the_number_that_can_be_said_on_the_phone(
    hands: Hands, referred: Script, town: Town, mail: MailServer, pool: Pool
) -> None:
    number = await letters.reference_of(pool, "m-1")
    assert number
    for effect in (
        letter(*BOTH),
        letter(kind=Letter.TASK_REMINDER, organisation=town.corporation, task="confirm_offer-1"),
    ):
        await hands.carry_out(effect)
    sent = mail.mailbox.mails()
    assert len(sent) == 3
    for one in sent:
        assert str(one["Subject"]).endswith(f" ({number})")
        assert number in one.get_content()
        assert "m-1" not in one["Subject"] + one.get_content()


async def test_a_letter_to_the_client_is_dutch(hands: Hands, mail: MailServer) -> None:
    assert await hands.carry_out(letter()) is None
    sent = await posted(mail)
    body = sent.get_content()
    assert sent["To"] == CLIENT.mail
    assert sent["Subject"] == "Een brief over uw bemiddeling (A26-0001)", "a subject tells nothing of a person"
    assert "Er is een woning voor u, met 2 kamers. De huur is € 600,00 per maand." in " ".join(body.split())
    assert "Zeg daarna ja of nee, voor of op dinsdag 9 juni 2026." in " ".join(body.split())
    assert "English" not in body
    assert "https://" not in body, "a client has no account: nothing is behind a link"
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
    assert (mail.mailbox.count().received, mail.mailbox.count().kept) == (2, 2)


@pytest.mark.parametrize("missing", BOTH)
async def test_a_letter_reaches_the_one_who_has_mail_and_a_client_without_mail_on_paper(
    hands: Hands, mail: MailServer, vault: Vault, pool: Pool, missing: Audience
) -> None:
    no_guide = replace(CLIENT, guide=replace(CLIENT.guide, mail=None))
    await vault.put_person(no_guide if missing is Audience.GUIDE else replace(CLIENT, mail=None), "almere")
    effect = letter(*BOTH)
    await hands.expect(effect)
    assert await hands.carry_out(effect) is None
    assert (await posted(mail))["To"] == (CLIENT.mail if missing is Audience.GUIDE else CLIENT.guide.mail)
    assert await hands.result(effect) == "done"
    lines = {line.reader: line.state for line in await letters.letters_of(pool, "m-1") if line.key == effect.key}
    client_on_paper = {"client": "to_print", "guide": "posted"}
    assert lines == (client_on_paper if missing is Audience.CLIENT else {"client": "posted", "guide": "failed"}), (
        "nobody posted what is not noted"
    )


async def test_a_letter_that_one_reader_cannot_get_for_good_still_reaches_the_other(
    hands: Hands, mail: MailServer, vault: Vault
) -> None:
    await vault.put_person(replace(CLIENT, mail="no address"), "almere")
    effect = letter(*BOTH)
    await hands.expect(effect)
    learned = await hands.carry_out(effect)
    assert isinstance(learned, ReportUndelivered)
    assert (learned.code, await hands.result(effect)) == ("wrong_address", None)
    assert (await posted(mail))["To"] == CLIENT.guide.mail


@pytest.mark.parametrize("reader", [*Audience, None])
async def test_no_letter_names_a_person(
    hands: Hands, mail: MailServer, town: Town, reader: Audience | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers = (reader,) if reader else ()
    organisation = None if reader else town.institution
    monkeypatch.setattr(still_so, "HOLDS", {})
    kinds = [kind for kind in SHORT if reader is None or not is_long(letter(reader, kind=kind), reader)]
    for n, kind in enumerate(kinds):
        effect = letter(*readers, kind=kind, organisation=organisation, task="confirm_offer-1")
        await hands.carry_out(replace(effect, key=f"{effect.key}{n}"), seconds=(SOON - timedelta(days=9)).timestamp())
    mails = mail.mailbox.mails()
    assert len(mails) == len(kinds)
    people = {Audience.CLIENT: CLIENT.mail, Audience.GUIDE: CLIENT.guide.mail}
    to = people[reader] if reader else town.mail_of(town.institution)
    for sent in mails:
        assert sent["To"] == to
        del sent["To"]
        text = f"{sent.as_string()} {sent.get_content()}"
        assert not [word for word in PERSONAL if word in text]


async def test_a_letter_that_was_handed_over_is_noted_and_not_sent_again(
    hands: Hands, mail: MailServer, pool: Pool
) -> None:
    effect = letter(*BOTH)
    await hands.carry_out(effect)
    await hands.carry_out(effect, attempt=2)
    assert (mail.mailbox.count().received, mail.mailbox.count().kept) == (2, 2)
    noted = await letters_of_all(pool)
    assert noted == [
        (effect.key, reader, "mail", "posted", f"{effect.key}.{reader}".replace(":", ".")) for reader in BOTH
    ]


async def letters_of_all(pool: Pool) -> list[tuple[str, ...]]:
    """What is noted of every letter."""
    rows = await pool.fetch("SELECT key, reader, channel, state, reference FROM letter ORDER BY reader")
    return [tuple(row) for row in rows]


async def test_a_letter_of_which_the_note_was_lost_comes_again_and_is_kept_once(
    hands: Hands, mail: MailServer, pool: Pool
) -> None:
    effect = letter()
    await hands.carry_out(effect)
    await pool.execute("DELETE FROM letter")
    await hands.carry_out(effect, attempt=2)
    assert (mail.mailbox.count().received, mail.mailbox.count().kept) == (2, 1)
    assert (await posted(mail))["Message-ID"] == message_id(f"{effect.key}:client", SENDER)


@pytest.mark.parametrize("kind", sorted(WITH_ITS_TASK))
async def test_a_letter_about_a_closed_task_is_void(
    hands: Hands, mail: MailServer, pool: Pool, town: Town, kind: Letter
) -> None:
    effect = letter(kind=kind, organisation=town.corporation, task="confirm_offer-1")
    await hands.expect(effect)
    await pool.execute("UPDATE task SET closed_at = now() WHERE id = 'confirm_offer-1'")
    assert await hands.carry_out(effect) is None
    assert await hands.result(effect) == "void"
    assert mail.mailbox.mails() == []


async def test_what_waited_for_a_channel_tells_the_day_of_its_task_as_it_is_by_then(
    hands: Hands, mail: MailServer, pool: Pool, town: Town
) -> None:
    effect = letter(kind=Letter.TASK_REMINDER, organisation=town.corporation, task="confirm_offer-1")
    await pool.execute("UPDATE task SET due = '2026-08-03 15:00+00' WHERE id = 'confirm_offer-1'")
    await hands.carry_out(effect)
    assert "Doe dit voor of op maandag 3 augustus 2026." in (await posted(mail)).get_content()


async def test_after_an_outage_each_reader_gets_one_letter_about_a_task(
    hands: Hands, mail: MailServer, town: Town
) -> None:
    asked = [Letter.TASK_OPENED, Letter.TASK_REMINDER, Letter.TASK_REMINDER]
    told = [letter(kind=kind, organisation=town.corporation, task="confirm_offer-1") for kind in asked]
    told += [letter(kind=Letter.TASK_ESCALATED, organisation="almere", task="confirm_offer-1") for _ in range(3)]
    waiting = [replace(one, key=f"m-1:{one.step}:{n}") for n, one in enumerate(told, 20)]
    for one in waiting:
        await hands.expect(one)
    for one in waiting:
        await hands.carry_out(one)
    sent = {mail["To"]: mail["Subject"] for mail in mail.mailbox.mails()}
    assert len(mail.mailbox.mails()) == 2
    assert sent[town.mail_of(town.corporation)] == "Herinnering: wij wachten op u (A26-0001)"
    assert sent[town.mail_of("almere")] == "Te laat: kijk wat er nodig is (A26-0001)"
    assert [await hands.result(one) for one in waiting] == ["void", "void", "done", "void", "void", "done"]


async def test_an_absence_that_is_over_is_not_told_any_more(
    hands: Hands, mail: MailServer, pool: Pool, referred: Script
) -> None:
    effect = letter(kind=Letter.ABSENCE_NOTED, by=None)
    await hands.expect(effect)
    assert await hands.carry_out(effect) is None
    assert (await hands.result(effect), mail.mailbox.mails()) == ("void", [])


async def test_nobody_writes_to_the_dead_but_organisations_are_told(
    hands: Hands, mail: MailServer, pool: Pool, town: Town, referred: Script
) -> None:
    command = ReportDeath(by=referred.municipality, source=KnownFrom.FAMILY)
    await record(pool, Recording(mediation="m-1", command_id="death", command=command, now=referred.now))
    for readers in ((Audience.CLIENT,), (Audience.GUIDE,), BOTH):
        await hands.carry_out(letter(*readers, kind=Letter.URGENCY_GRANTED))
    assert mail.mailbox.mails() == []
    await hands.carry_out(letter(kind=Letter.CLOSED, organisation=town.institution))
    assert (await posted(mail))["To"] == town.mail_of(town.institution)


async def test_nobody_writes_to_a_client_whose_death_is_reported_and_what_was_on_its_way_is_given_back(
    hands: Hands, mail: MailServer, pool: Pool, town: Town, referred: Script
) -> None:
    by = Actor(role=Role.INSTITUTION, organisation=referred.m.parties.of_guide, user="user-1")
    command = ReportDeath(by=by, source=KnownFrom.SEEN)
    recorded = await record(pool, Recording(mediation="m-1", command_id="death", command=command, now=referred.now))
    assert recorded.refused is None
    effect = letter(*BOTH, kind=Letter.URGENCY_GRANTED)
    await hands.expect(effect)
    kept = replace(effect, readers=(Audience.CLIENT,))
    seat = Actor(role=Role.COORDINATOR, organisation=referred.m.parties.municipality)
    held = LearnHeldBack(by=seat, letter=kept)
    assert await hands.carry_out(effect) == held
    assert (await posted(mail))["To"] == CLIENT.guide.mail, "the guide is not the client"
    settled = Recording(
        mediation="m-1", command_id=f"{effect.key}:learned", command=held, now=referred.now, settles=effect.key
    )
    after = await record(pool, settled)
    assert after.refused is None
    lines = {line.reader: line.state for line in await letters.letters_of(pool, "m-1") if line.key == effect.key}
    assert lines == {"client": "void", "guide": "posted"}
    lives = AnswerTask(by=seat, task="confirm_death-1", answer=DeathConfirmationAnswer(confirmed=False))
    after = await record(pool, Recording(mediation="m-1", command_id="lives", command=lives, now=referred.now))
    again = [e for e in after.effects if isinstance(e, SendLetter) and e.readers == (Audience.CLIENT,)]
    assert Letter.URGENCY_GRANTED in {e.letter for e in again}
    for one in again:
        assert await hands.carry_out(one) is None
    assert CLIENT.mail in {sent["To"] for sent in mail.mailbox.mails()}


async def test_a_letter_to_an_erased_person_is_void(hands: Hands, mail: MailServer, pool: Pool) -> None:
    effect = letter()
    await hands.expect(effect)
    await pool.execute("UPDATE vault_key SET wrapped = NULL")
    assert await hands.carry_out(effect) is None
    assert (await hands.result(effect), mail.mailbox.mails()) == ("void", [])


@pytest.mark.parametrize("no_mail", [None, ""])
async def test_a_letter_that_can_reach_nobody_is_given_to_a_person_and_goes_when_there_is_an_address(
    hands: Hands, mail: MailServer, vault: Vault, pool: Pool, no_mail: str | None
) -> None:
    nobody = replace(CLIENT, guide=replace(CLIENT.guide, mail=no_mail))
    await vault.put_person(nobody, "almere")
    effect = letter(Audience.GUIDE)
    await hands.expect(effect)
    learned = await hands.carry_out(effect)
    assert isinstance(learned, ReportUndelivered)
    assert learned.code == "no_address"
    noted = await pool.fetch("SELECT reader, state, code FROM letter WHERE key = $1", effect.key)
    assert [tuple(row) for row in noted] == [("guide", "failed", "no_address")]
    await vault.put_person(CLIENT, "almere")
    assert await hands.carry_out(replace(effect, key=f"{effect.key}:2")) is None
    assert (await posted(mail))["To"] == CLIENT.guide.mail


@pytest.mark.parametrize("kind", [Letter.OFFER_MADE, Letter.KEYS_PLANNED])
@pytest.mark.parametrize("no_mail", [None, ""])
async def test_a_client_without_mail_reads_on_paper_what_may_go_by_mail_too(
    hands: Hands, vault: Vault, pool: Pool, no_mail: str | None, kind: Letter
) -> None:
    await vault.put_person(replace(CLIENT, mail=no_mail), "almere")
    effect = letter(kind=kind)
    await hands.carry_out(effect)
    noted = await pool.fetch("SELECT channel FROM letter WHERE key = $1 AND reader = 'client'", effect.key)
    assert [row["channel"] for row in noted] == ["paper"]


@pytest.mark.parametrize("address", ["no address", "noor@x.example\nBcc: other@x.example", "a@x.example, b@x.example"])
async def test_an_address_that_is_none_is_given_to_a_person(
    hands: Hands, mail: MailServer, vault: Vault, address: str
) -> None:
    await vault.put_person(replace(CLIENT, mail=address), "almere")
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
    away = replace(settings, smtp_port=free_port())
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
        there = replace(settings, smtp_port=port)
        hands = Hands(pool, Partners(None, directory), Letters(pool, vault, directory, there))  # type: ignore[arg-type]
        return await hands.carry_out(letter())


async def test_of_two_readers_only_the_one_not_reached_yet_is_tried_again(
    hands: Hands, mail: MailServer, pool: Pool
) -> None:
    effect = letter(*BOTH)
    await hands.carry_out(effect)
    await pool.execute("DELETE FROM letter WHERE reader = 'guide'")
    for file in mail.mailbox.directory.glob("*"):
        file.unlink()
    await hands.carry_out(effect, attempt=2)
    assert (await posted(mail))["To"] == CLIENT.guide.mail


async def test_while_a_letter_is_handed_over_its_task_is_not_closed(
    hands: Hands, pool: Pool, town: Town, referred: Script
) -> None:
    """Otherwise a reminder could arrive after the answer that made it pointless."""
    async with pool.acquire() as connection, connection.transaction():
        await letters.hold(connection, "m-1")
        command = ReportDeath(by=referred.municipality, source=KnownFrom.FAMILY)
        waits = asyncio.create_task(
            record(pool, Recording(mediation="m-1", command_id="death", command=command, now=referred.now))
        )
        done, _ = await asyncio.wait([waits], timeout=0.5)
        assert not done
    assert (await waits).refused is None


async def test_an_organisation_that_wants_no_letters_gets_none_and_that_is_noted(
    pool: Pool, vault: Vault, settings: Settings, referred: Script, town: Town, mail: MailServer
) -> None:
    silent = [
        replace(one, channel=Channel.NONE) if one.id == town.institution else one for one in Directory.load(town.file)
    ]
    hands = _hands(pool, Letters(pool, vault, Directory(silent), settings))
    effect = letter(kind=Letter.TASK_REMINDER, organisation=town.institution)
    await hands.expect(effect)
    assert await hands.carry_out(effect) is None
    assert (await hands.result(effect), mail.mailbox.mails()) == ("done", [])
    assert [(x[2], x[3]) for x in await letters_of_all(pool)] == [("none", "not_sent")]


async def test_an_organisation_whose_system_takes_letters_gets_them_there_and_nowhere_else(
    pool: Pool, vault: Vault, settings: Settings, referred: Script, town: Town, mail: MailServer
) -> None:
    inbox = Inbox()
    async with listening(inbox.application()) as url, outbound(AllowList.parse("127.0.0.1")) as out:
        webhook = LetterWebhook(url=f"{url}/letters", secret=SecretStr(SECRET))
        known = [
            replace(one, channel=Channel.WEBHOOK, webhook=webhook) if one.id in {town.institution, "almere"} else one
            for one in Directory.load(town.file)
        ]
        hands = _hands(pool, Letters(pool, vault, Directory(known), settings, outbound=out))
        await hands.carry_out(letter(kind=Letter.TASK_REMINDER, organisation=town.institution))
        await hands.carry_out(letter())
    assert [json.loads(body)["data"]["reader"] for _, body in inbox.got] == [town.institution]
    assert [sent["To"] for sent in mail.mailbox.mails()] == [CLIENT.mail], "people are reached by mail all the same"
    assert {(x[2], x[3]) for x in await letters_of_all(pool)} == {("webhook", "posted"), ("mail", "posted")}


async def test_letters_are_in_the_language_of_their_reader(
    pool: Pool, vault: Vault, settings: Settings, referred: Script, town: Town, mail: MailServer
) -> None:
    english = [replace(one, language=Language.ENGLISH) for one in Directory.load(town.file)]
    await vault.put_person(replace(CLIENT, language="en"), "almere")
    hands = _hands(pool, Letters(pool, vault, Directory(english), settings))
    await hands.carry_out(letter(*BOTH))
    await hands.carry_out(letter(kind=Letter.TASK_REMINDER, organisation=town.institution))
    subjects = {sent["To"]: sent["Subject"] for sent in mail.mailbox.mails()}
    assert subjects == {
        CLIENT.mail: "A letter about your mediation (A26-0001)",
        CLIENT.guide.mail: "Een brief aan uw cliënt (A26-0001)",
        town.mail_of(town.institution): "Reminder: we are waiting for you (A26-0001)",
    }


async def test_a_reminder_names_who_can_end_it_what_to_do_and_by_when(
    hands: Hands, mail: MailServer, town: Town
) -> None:
    reminder = letter(kind=Letter.TASK_REMINDER, organisation=town.institution, owner=town.institution)
    await hands.carry_out(reminder)
    body = (await posted(mail)).get_content().replace("\r\n", "\n")
    assert f"Wie kan dit doen: alleen {Directory.load(town.file).get(town.institution).name}\n" in body
    assert "Bespreek het aanbod met de cliënt. Geef daarna samen antwoord.\n" in body
    assert "Doe dit voor of op dinsdag 9 juni 2026." in body


async def test_an_appointment_goes_as_a_calendar_file_with_nobody_in_it(hands: Hands, mail: MailServer) -> None:
    said = Appointment(name="viewing-1", kind=TaskKind.HOLD_VIEWING, sequence=9, on=date(2026, 6, 5))
    off = replace(said, sequence=12, off=True)
    for n, appointment in enumerate((said, off)):
        effect = letter(*BOTH, kind=Letter.VIEWING_PLANNED, appointment=appointment)
        await hands.carry_out(replace(effect, key=f"{effect.key}{n}"))
    files = [part for sent in mail.mailbox.mails() for part in sent.iter_attachments()]
    assert [part.get_content_type() for part in files] == ["text/calendar"] * 4
    assert {part.get_param("method") for part in files} == {"PUBLISH", "CANCEL"}
    events = [Calendar.from_ical(part.get_content()).walk("VEVENT")[0] for part in files]
    assert {str(event["UID"]) for event in events} == {f"m-1.viewing-1@{SENDER.partition('@')[2]}"}
    assert [(e.decoded("SEQUENCE"), str(e["STATUS"])) for e in events] == [(9, "CONFIRMED")] * 2 + [
        (12, "CANCELLED")
    ] * 2
    assert {event.decoded("DTSTART") for event in events} == {date(2026, 6, 5)}
    assert {str(event["ORGANIZER"]) for event in events} == {f"mailto:{SENDER}"}
    assert not [word for part in files for word in (*PERSONAL, CLIENT.mail or "") if word in part.get_content()]


def _hands(pool: Pool, post_room: Letters) -> Hands:
    return Hands(pool, Partners(None, Directory([])), post_room)  # type: ignore[arg-type]


async def test_a_password_is_not_sent_in_the_clear(
    pool: Pool, vault: Vault, directory: Directory, settings: Settings, referred: Script, mail: MailServer
) -> None:
    secret = replace(settings, smtp_user="us", smtp_password=SecretStr("our-password"))
    hands = _hands(pool, Letters(pool, vault, directory, secret))
    with pytest.raises(ApplicationError) as caught:
        await hands.carry_out(letter())
    assert caught.value.type == "MailServerAway:no_starttls"
    assert mail.mailbox.mails() == []
