"""The rounds of a municipality: a digest for each organisation on its day, once; and what became of letters."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.letters import rounds as rounds_module
from activities.letters.notify_nl import NotifyNl
from activities.letters.rounds import NOTED_TOGETHER, Rounds, next_round
from activities.letters.wording.digest import write_digest
from activities.letters.wording.letter_text import LetterText
from domain.exchange.policy_file import parse_policy
from domain.exchange.record import Round, RoundMade
from domain.facts.calendar import Calendar
from domain.facts.value import replace
from domain.policy.policy import Policy
from runtime import policies
from runtime.away import SystemAway
from runtime.directory import Channel, Directory, Organisation
from runtime.plugin import connect
from runtime.settings import Settings
from sandbox.embedded.mail import MailServer
from sandbox.embedded.ports import free_port
from store import letters
from store.database import Pool
from store.letters import LetterState, NotedLetter
from tests.letters.notify_server import KEY, TEMPLATE, NotifyServer, reached
from tests.store.script import Script
from tests.tampering import tamper
from tests.town import CLIENT, Town

MONDAY = datetime(2026, 6, 8, 7, 0, tzinfo=UTC)
"""Nine in the morning, in Almere."""
PERSONAL = (CLIENT.bsn, "Noor", "Testpersoon", "Bram", "Begeleider")


async def make(rounds: Rounds, town: Town, now: datetime = MONDAY) -> RoundMade:
    made: RoundMade = await ActivityEnvironment().run(rounds.make_round, Round(municipality=town.municipality, now=now))
    return made


@pytest.fixture
def rounds(pool: Pool, directory: Directory, settings: Settings, referred: Script) -> Rounds:
    return Rounds(pool, directory, settings)


@pytest.fixture
async def tasks(pool: Pool, town: Town, referred: Script) -> None:
    """One task in time and one that is late, of the corporation; nothing of the others."""
    await pool.execute("UPDATE task SET closed_at = now()")
    await tamper(
        pool,
        "UPDATE task SET owner = $1, closed_at = NULL, opened_at = $2, due = CASE id WHEN 'confirm_offer-1' "
        "THEN $3::timestamptz ELSE $4::timestamptz END WHERE id IN ('confirm_offer-1', 'answer_offer-1')",
        town.corporation,
        MONDAY - timedelta(days=3),
        MONDAY - timedelta(hours=1),
        MONDAY + timedelta(days=2),
    )
    await tamper(
        pool, "UPDATE mediation SET municipality = $1, organisations = ARRAY[$2]", town.municipality, town.corporation
    )
    await tamper(pool, "UPDATE participation SET organisation = $1 WHERE part = 'corporation'", town.corporation)
    await tamper(pool, "UPDATE event SET at = $1", MONDAY - timedelta(days=30))


async def test_who_has_something_to_do_gets_a_digest_and_nobody_else(
    rounds: Rounds, tasks: None, town: Town, mail: MailServer
) -> None:
    made = await make(rounds, town)
    (sent,) = mail.mailbox.mails()
    assert sent["To"] == town.mail_of(town.corporation)
    assert sent["Subject"] == "Overzicht van maandag 8 juni 2026: 2 taken wachten op u"
    body = sent.get_content().replace("\r\n", "\n")
    late = "- De woning vasthouden en het aanbod bevestigen, moest klaar zijn op maandag 8 juni 2026 (A26-0001)\n"
    assert f"Dit is te laat:\n{late}" in body
    waits = "- Antwoord geven op het aanbod, cliënt en begeleider samen, voor of op woensdag 10 juni 2026 (A26-0001)\n"
    assert f"Dit wacht op u:\n{waits}" in body
    assert "Dit is nieuw of veranderd:\n- nieuw: De woning vasthouden en het aanbod bevestigen (A26-0001)\n" in body
    assert not [word for word in PERSONAL if word in sent.as_string() + body]
    assert "http" not in body, "there is no page that it could lead to"
    assert made.next_at == MONDAY + timedelta(days=7), "nothing else is to be done until the next digest"


async def test_a_digest_goes_once_a_day_however_often_the_round_is_made(
    rounds: Rounds, tasks: None, town: Town, mail: MailServer
) -> None:
    made = await asyncio.gather(*(make(rounds, town) for _ in range(3)), return_exceptions=True)
    beside = {one.type for one in made if isinstance(one, ApplicationError)}
    assert beside <= {"MailServerAway:being_sent"}, "another attempt comes back when the first is done"
    await make(rounds, town, MONDAY + timedelta(hours=6))
    assert (mail.mailbox.count().received, mail.mailbox.count().kept) == (1, 1)
    await make(rounds, town, MONDAY + timedelta(days=7))
    assert mail.mailbox.count().kept == 2


@pytest.mark.parametrize("later", [timedelta(minutes=-1), timedelta(days=1), timedelta(days=-1)])
async def test_on_other_days_and_before_opening_no_digest_goes(
    rounds: Rounds, tasks: None, town: Town, mail: MailServer, later: timedelta
) -> None:
    await make(rounds, town, MONDAY + later)
    assert mail.mailbox.mails() == []


async def test_an_empty_digest_is_not_sent(
    rounds: Rounds, tasks: None, town: Town, pool: Pool, mail: MailServer
) -> None:
    await pool.execute("UPDATE task SET closed_at = now()")
    await make(rounds, town)
    assert mail.mailbox.mails() == []


async def test_the_municipality_hears_each_time_of_letters_on_paper_that_nobody_printed(
    rounds: Rounds, tasks: None, town: Town, pool: Pool, mail: MailServer
) -> None:
    await pool.execute("UPDATE task SET closed_at = now()")
    wednesday, thursday = MONDAY - timedelta(days=5), MONDAY - timedelta(days=4)
    for number, at in enumerate((wednesday, thursday)):
        key, state = f"m-1:closed-client:{number}", LetterState.TO_PRINT
        await letters.note(pool, NotedLetter(key, "client", "m-1", None, "paper", state, f"p-{number}", at, None))
    lines = [f"- ligt klaar sinds {day} juni 2026 (A26-0001)" for day in ("woensdag 3", "donderdag 4")]
    for week, told in enumerate((lines[:1], lines)):
        await make(rounds, town, MONDAY + timedelta(weeks=week))
        sent = mail.mailbox.mails()[-1]
        assert sent["To"] == town.mail_of(town.municipality)
        body = sent.get_content().replace("\r\n", "\n")
        assert [line for line in body.splitlines() if "ligt klaar" in line] == told, (
            "two working days, not counting today"
        )
    await pool.execute("UPDATE letter SET state = 'posted' WHERE state = 'to_print'")
    await make(rounds, town, MONDAY + timedelta(weeks=2))
    assert len(mail.mailbox.mails()) == 2, "they have left"


async def test_the_municipality_hears_of_letters_that_did_not_arrive_and_who_takes_part_of_what_changed(
    rounds: Rounds, tasks: None, town: Town, pool: Pool, mail: MailServer
) -> None:
    failed = NotedLetter(
        "m-1:closed-client:9", "client", "m-1", None, "mail", LetterState.FAILED, None, MONDAY, "smtp_550"
    )
    await letters.note(pool, failed)
    await pool.execute("UPDATE task SET closed_at = now()")
    await pool.execute("UPDATE mediation SET outcome = 'died', closed_at = $1", MONDAY - timedelta(days=1))
    await make(rounds, town)
    told = {sent["To"]: sent.get_content() for sent in mail.mailbox.mails()}
    assert set(told) == {town.mail_of(town.municipality), town.mail_of(town.corporation)}
    assert "- A26-0001 client smtp_550" in told[town.mail_of(town.municipality)]
    assert "- klaar (A26-0001)" in told[town.mail_of(town.corporation)]


async def test_a_mail_server_that_is_away_is_tried_again_and_nobody_gets_two(
    pool: Pool, directory: Directory, settings: Settings, rounds: Rounds, tasks: None, town: Town, mail: MailServer
) -> None:
    away = Rounds(pool, directory, replace(settings, smtp_port=free_port()))
    with pytest.raises(ApplicationError) as caught:
        await make(away, town)
    assert not caught.value.non_retryable
    await make(rounds, town)
    assert mail.mailbox.count().received == 1


async def test_somebody_who_cannot_be_told_of_a_place_holds_up_no_digest_and_is_told_soon(
    rounds: Rounds, tasks: None, town: Town, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stuck(*_: object) -> None:
        raise SystemAway("a mediation whose turn it is cannot be told", "Temporal")

    monkeypatch.setattr("activities.letters.rounds.call", stuck)
    made = await make(rounds, town)
    assert mail.mailbox.count().received == 1
    assert made.next_at == MONDAY + timedelta(minutes=10)
    monkeypatch.undo()
    assert (await make(rounds, town, made.next_at)).next_at > MONDAY + timedelta(hours=12)
    assert mail.mailbox.count().received == 1, "the digest goes once a day"


async def test_a_municipality_without_a_policy_has_rounds_that_do_nothing(
    pool: Pool, directory: Directory, settings: Settings, tasks: None, town: Town, mail: MailServer, tmp_path: Path
) -> None:
    empty = replace(settings, policies=tmp_path / "none")
    assert (await make(Rounds(pool, directory, empty), town)).next_at == MONDAY + timedelta(days=1)
    assert mail.mailbox.mails() == []


async def test_a_round_asks_the_database_as_often_for_many_organisations_as_for_few(
    pool: Pool, settings: Settings, directory: Directory, tasks: None, town: Town, mail: MailServer
) -> None:
    partner = directory.get(town.corporation)
    crowd = [replace(partner, id=f"partner-{n}") for n in range(NOTED_TOGETHER - 1)]

    async def statements_of(organisations: Sequence[Organisation], week: int) -> int:
        asked.clear()
        await make(Rounds(counted, Directory(organisations), settings), town, MONDAY + timedelta(days=7 * week))
        return len(asked)

    asked: list[object] = []
    async with counting(settings.database_url, asked) as counted:
        await statements_of([*directory], 0)  # the driver asks things of its own at first
        alone = await statements_of([*directory], 1)
        await pool.execute(
            "INSERT INTO task SELECT mediation, 'of-' || one, kind, one, about, opened_at, due, reminded, escalated"
            " FROM task CROSS JOIN unnest($1::text[]) AS one WHERE id = 'confirm_offer-1'",
            [one.id for one in crowd],
        )
        many = await statements_of([*directory, *crowd], 2)
        again = await statements_of([*directory, *crowd], 2)
    assert mail.mailbox.count().kept == 2 + NOTED_TOGETHER
    assert many == alone == 11, (
        "what could not be recorded, what is stuck, who is changed, what waits on paper, who waits for a home, who for"
        " a place, whose turn it is, claim, read, note, let go"
    )
    assert again == 10, "nobody is told twice"


async def test_a_round_that_ends_half_way_has_noted_what_it_sent(
    rounds: Rounds, tasks: None, town: Town, pool: Pool, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tamper(pool, "UPDATE task SET owner = $1 WHERE id = 'answer_offer-1'", town.institution)
    written: list[object] = []

    def breaks(*told: Any) -> LetterText:
        written.append(told)
        if len(written) > 1:
            raise RuntimeError("no text")
        return write_digest(*told)

    with monkeypatch.context() as patch:
        patch.setattr(rounds_module, "write_digest", breaks)
        patch.setattr(rounds_module, "AT_ONCE", 1)
        with pytest.raises(RuntimeError):
            await make(rounds, town)
    noted = await pool.fetchval("SELECT count(*) FROM letter")
    await make(rounds, town)
    assert noted == mail.mailbox.count().kept - 1 == mail.mailbox.count().received - 1 == 1


@asynccontextmanager
async def counting(url: str, asked: list[object]) -> AsyncIterator[Pool]:
    """A pool that keeps what it was asked."""

    async def count(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        connection.add_query_logger(asked.append)

    async def nothing(_: object) -> None:
        pass

    async with asyncpg.create_pool(url, min_size=1, max_size=5, init=count, reset=nothing) as pool:
        yield pool


async def test_a_policy_is_parsed_once_however_often_a_round_is_made(
    rounds: Rounds, tasks: None, town: Town, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[str] = []

    def parse(text: str) -> Policy:
        parsed.append(text)
        return parse_policy(text)

    monkeypatch.setattr(policies, "parse_policy", parse)
    policies._parsed.cache_clear()
    for week in range(3):
        await make(rounds, town, MONDAY + timedelta(days=7 * week))
    assert parsed
    assert len(parsed) == len(set(parsed))


def test_the_next_round_is_at_the_next_opening_of_a_working_day() -> None:
    friday = MONDAY - timedelta(days=3)
    assert next_round(Calendar(), friday) == MONDAY
    assert next_round(Calendar(), MONDAY - timedelta(minutes=1)) == MONDAY
    assert next_round(Calendar(), datetime(2027, 3, 25, 12, tzinfo=UTC)) == datetime(2027, 3, 30, 7, tzinfo=UTC)


async def test_what_notify_says_of_letters_is_noted(
    pool: Pool, directory: Directory, settings: Settings, tasks: None, town: Town, mail: MailServer
) -> None:
    server = NotifyServer()
    own = [replace(one, channel=Channel.NOTIFY if one.id == town.corporation else Channel.NONE) for one in directory]
    async with reached(server) as http:
        rounds = Rounds(pool, Directory(own), settings, NotifyNl(http, "https://notify.example", KEY, TEMPLATE))
        await make(rounds, town)
        assert [one["email_address"] for one in server.sent.values()] == [town.mail_of(town.corporation)]
        await letters.note(
            pool, NotedLetter("m-1:closed-client:9", "client", "m-1", None, "notify", LetterState.POSTED, "n-2", MONDAY)
        )
        server.sent["n-2"] = {"reference": "m-1.closed-client.9.client"}
        server.states = {next(iter(server.sent)): "delivered", "n-2": "permanent-failure"}
        environment = ActivityEnvironment(client=await connect(settings))
        environment.info = dataclasses.replace(environment.info, started_time=MONDAY)
        tuesday = Round(municipality=town.municipality, now=MONDAY + timedelta(days=1))
        await environment.run(rounds.make_round, tuesday)
    rows = await pool.fetch("SELECT reader, state, code FROM letter ORDER BY reader = 'client'")
    assert [tuple(row) for row in rows] == [
        (town.corporation, "delivered", None),
        ("client", "failed", "notify_permanent_failure"),
    ]
    assert mail.mailbox.mails() == []
