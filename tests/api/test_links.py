"""Answering without an account: looking changes nothing, a code opens, one answer counts, and nobody learns more."""

import asyncio
import io
import logging
import re
import secrets
from datetime import timedelta
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any, NamedTuple

import httpx
import pytest
import structlog
from temporalio.client import Client

from api.app import create_app
from api.installation import Installation
from api.server import install
from api.web.code_post import CodePost
from api.web.forms import FormField, fields_of, spoken
from api.web.hindrances import HindranceForm
from api.web.pages import page
from domain.decide.catalogue import SPECS
from domain.facts.referral import Document
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from runtime.codec import EncryptionCodec
from runtime.link_keys import hashed
from runtime.logging import start_logging
from runtime.settings import Settings
from sandbox.embedded.mail import MailServer
from sandbox.embedded.ports import free_port
from sandbox.leaks import Marks, in_history
from store import database
from store.database import Pool
from store.links import keep_link
from store.vault_secrets import Secrets
from tests.api.desk import Desk, bsn, person
from tests.api.test_directory import agreed, line_of, table
from tests.mail_servers import Reception, mail_server
from tests.town import CLIENT
from texts import Language, of

LINK = re.compile(r"https://mediation\.example\.org(/l/([\w-]{43}))")
CODE = re.compile(r"Uw code is (\d{6})")
PERSONAL = (CLIENT.bsn, "Noor", "Testpersoon", "Bram", "Begeleider", "612345678", "06 12345678", "2001", "noor@")
ANSWER: dict[str, str | list[str]] = {"documents": ["income_statement"], "note": "De loonstrook van mei."}


class Door(NamedTuple):
    """A link as it came by mail, and the browser that opens it."""

    desk: Desk
    mail: MailServer
    mediation: str
    path: str
    token: str

    async def look(self, language: str = "nl") -> httpx.Response:
        return await self.desk.http.get(self.path, params={"lang": language})

    async def post(self, step: str, **fields: str | list[str]) -> httpx.Response:
        return await self.desk.http.post(f"{self.path}/{step}", data=fields)

    async def code(self) -> str:
        """Have a code sent, and read it in the mail."""
        assert (await self.post("code")).status_code == 200
        return code_in(mails_with(self.mail, CODE)[-1])

    async def pass_(self) -> str:
        """Go through the door; return what the form carries from then on."""
        opened = await self.post("open", code=await self.code())
        assert opened.status_code == 200, opened.text
        return pass_of(opened)

    async def answered(self) -> list[dict[str, object]]:
        """Every answer to the task that happened."""
        events = await self.desk.read(self.desk.coordinator, f"/v1/mediations/{self.mediation}/events", limit=100)
        return [
            e for e in events["items"] if e["event"]["type"] == "task_answered" and e["event"]["task"] == "supplement-1"
        ]


def pass_of(response: httpx.Response) -> str:
    [found] = re.findall(r'name="pass" value="([\w-]{43})"', response.text)
    return str(found)


def code_in(mail: EmailMessage) -> str:
    [found] = CODE.findall(str(mail.get_content()))
    return str(found)


def mails_with(server: MailServer, text: re.Pattern[str]) -> list[EmailMessage]:
    return [mail for mail in server.mailbox.mails() if text.search(str(mail.get_content()))]


async def knock(desk: Desk, mail: MailServer, client: str = CLIENT.bsn) -> Door:
    """Have an institution asked for a document, and take the link out of its letter."""
    before = {str(m["Message-ID"]) for m in mail.mailbox.mails()}
    referral: dict[str, Any] = {} if client == CLIENT.bsn else {"person": person(7) | {"bsn": client}}
    mediation = (await desk.start(**referral))["id"]
    await desk.answer(desk.coordinator, mediation, "check_readiness", result="incomplete", missing=["income_statement"])
    for _ in range(400):
        letters = [m for m in mails_with(mail, LINK) if str(m["Message-ID"]) not in before]
        if letters:
            break
        await asyncio.sleep(0.025)
    [(path, token)] = LINK.findall(str(letters[0].get_content()))
    assert letters[0]["To"] == desk.town.mail_of(desk.town.institution)
    return Door(desk, mail, mediation, path, token)


@pytest.fixture
async def door(desk: Desk, mail: MailServer) -> Door:
    """A link to one task of the town's institution."""
    return await knock(desk, mail)


async def test_the_form_of_an_institution_names_the_documents_that_are_missing(door: Door) -> None:
    opened = await door.post("open", code=await door.code())
    told = opened.text.partition("Deze stukken missen nog")[2].partition("</dl>")[0]
    document = of(Language.DUTCH).value.document
    assert document[Document.INCOME_STATEMENT] in told
    assert document[Document.IDENTITY] not in told


async def test_looking_changes_nothing_and_of_twenty_answers_at_once_one_counts(door: Door, pool: Pool) -> None:
    before = [await database.rows_of(pool, table) for table in ("link", "link_try", "event", "command")]
    looked = [await door.look() for _ in range(5)]
    head = await door.desk.http.head(door.path)
    assert {response.status_code for response in (*looked, head)} == {200}
    assert before == [await database.rows_of(pool, table) for table in ("link", "link_try", "event", "command")]
    given = await door.pass_()
    sent = await asyncio.gather(*(door.post("answer", **ANSWER, **{"pass": given}) for _ in range(20)))
    assert {response.status_code for response in sent} == {200}
    [answer] = await door.answered()
    by = {"role": "institution", "organisation": door.desk.town.institution, "substitute": None, "person": None}
    assert answer["by"] == by
    stored = await pool.fetchval(
        "SELECT document ->> 'by' FROM command WHERE type = 'AnswerTask' AND NOT refused "
        "AND document ->> 'task' = 'supplement-1'"
    )
    assert '"user": "link"' in stored or '"user":"link"' in stored
    assert await pool.fetchval("SELECT count(*) FROM vault_item WHERE kind = 'note'") == 1


async def test_who_answers_again_sees_what_was_answered_and_changes_nothing(door: Door) -> None:
    given = await door.pass_()
    first = await door.post("answer", **ANSWER, **{"pass": given})
    assert "Wij hebben uw antwoord" in first.text
    assert "bewijs van inkomen" in first.text
    second = await door.post("answer", documents=["identity"], **{"pass": given})
    assert second.status_code == 200
    assert "al beantwoord" in second.text
    assert "bewijs van inkomen" in second.text
    assert "identiteitsbewijs" not in second.text
    assert len(await door.answered()) == 1
    later = await door.look()
    assert "al beantwoord" in later.text
    assert "bewijs van inkomen" not in later.text, "without the pass it is not told what was answered"


async def test_answers_that_differ_sent_at_once_are_one_answer(door: Door) -> None:
    given = await door.pass_()
    bodies = [{"documents": [name]} for name in ("income_statement", "identity")] * 10
    sent = await asyncio.gather(*(door.post("answer", **body, **{"pass": given}) for body in bodies))
    assert {response.status_code for response in sent} == {200}
    assert len(await door.answered()) == 1


async def door_to(desk: Desk, mail: MailServer, pool: Pool, mediation: str, task: str, owner: str) -> Door:
    """A link to another task, made without its letter."""
    token = secrets.token_urlsafe(32)
    now = await desk.clock.now()
    assert await keep_link(pool, hashed(token), mediation, task, owner, now, timedelta(days=7))
    return Door(desk, mail, mediation, f"/l/{token}", token)


async def assessing(desk: Desk, mail: MailServer, pool: Pool) -> Door:
    """A link to the assessment, whose form takes an answer that a rule then refuses."""
    mediation = (await desk.start())["id"]
    await desk.answer(desk.coordinator, mediation, "check_readiness", result="ready")
    await desk.answer(desk.coordinator, mediation, "determine_origin", origin=desk.town.municipality)
    task = await desk.task(mediation, "assess")
    return await door_to(desk, mail, pool, mediation, task["id"], desk.town.team)


def form_of(response: httpx.Response) -> str:
    """What names the form that was shown."""
    [found] = re.findall(r'name="form" value="([0-9a-f]{16})"', response.text)
    return str(found)


@pytest.mark.parametrize("again", ["the form as shown again", "the form before, by the back button", "an old form"])
async def test_a_refused_answer_is_corrected_and_then_recorded(
    desk: Desk, mail: MailServer, pool: Pool, again: str
) -> None:
    door = await assessing(desk, mail, pool)
    opened = await door.post("open", code=await door.code())
    given, first = pass_of(opened), form_of(opened)
    if again == "an old form":
        first = ""
    refused = await door.post("answer", result="positive", form=first, **{"pass": given})
    assert refused.status_code == 409
    assert "al beantwoord" not in refused.text
    told = '<a href="#support">Hoeveel begeleiding is nodig?</a>: Dit kan nog niet: vul ook dit in.'
    assert told in refused.text, "in Dutch, and with the question as it is asked"
    form = form_of(refused) if again == "the form as shown again" else first
    answer = {"result": "positive", "support": "light", "form": form}
    sent = await door.post("answer", **answer, **{"pass": given})
    assert (sent.status_code, "Wij hebben uw antwoord" in sent.text) == (200, True), sent.text
    twice = await door.post("answer", **answer, **{"pass": given})
    assert (twice.status_code, "al beantwoord" in twice.text) == (200, True)
    stages = await desk.read(desk.coordinator, f"/v1/mediations/{door.mediation}/events", limit=100)
    answers = [e["event"]["answer"] for e in stages["items"] if e["event"].get("task") == "assess-1"]
    assert [one.get("support") for one in answers] == ["light"]


async def test_who_answers_a_task_that_ended_without_answer_is_not_told_that_it_was_answered(
    desk: Desk, mail: MailServer, pool: Pool
) -> None:
    door = await assessing(desk, mail, pool)
    given = await door.pass_()
    path = f"/v1/mediations/{door.mediation}/commands"
    assert (await desk.post(desk.coordinator, path, {"type": "withdraw", "source": "client"})).status_code == 200
    late = await door.post("answer", result="positive", support="light", **{"pass": given})
    assert "al beantwoord" not in late.text
    assert late.status_code == 404


async def test_nothing_about_a_person_is_told_before_the_code(door: Door) -> None:
    code = await door.code()
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    shown = [
        await door.look(),
        await door.look("en"),
        await door.post("code"),
        await door.post("open", code=wrong),
        await door.post("answer", **ANSWER),
    ]
    assert [response.status_code for response in shown] == [200, 200, 200, 403, 403]
    for response in shown:
        assert not [mark for mark in (*PERSONAL, door.mediation) if mark in response.text]
    assert "Welke stukken stuurt u?" in shown[0].text
    assert "Which documents do you send?" in shown[1].text
    code = code_in(mails_with(door.mail, CODE)[-1])
    opened = await door.post("open", code=code)
    assert "Noor Testpersoon" in opened.text, "the search sees"


async def test_a_code_works_once_for_ten_minutes(door: Door) -> None:
    code = await door.code()
    assert (await door.post("open", code=code)).status_code == 200
    assert (await door.post("open", code=code)).status_code == 403, "used"
    old = await door.code()
    door.desk.clock.ahead += timedelta(minutes=10, seconds=1)
    assert (await door.post("open", code=old)).status_code == 403, "too old"


async def test_a_pass_holds_ten_minutes_and_then_a_new_code_is_asked(door: Door) -> None:
    given = await door.pass_()
    door.desk.clock.ahead += timedelta(minutes=10, seconds=1)
    late = await door.post("answer", **ANSWER, **{"pass": given})
    assert late.status_code == 403
    assert "tien minuten zijn voorbij" in late.text
    assert await door.answered() == []


async def test_after_five_tries_a_minute_one_must_wait(door: Door) -> None:
    code = await door.code()
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    tried = [await door.post("open", code=wrong) for _ in range(8)]
    assert [response.status_code for response in tried] == [403] * 5 + [429] * 3
    assert 0 < int(tried[-1].headers["Retry-After"]) <= 60
    assert (await door.post("open", code=code)).status_code == 429, "the right one neither"
    door.desk.clock.ahead += timedelta(seconds=61)
    assert (await door.post("open", code=code)).status_code == 403, "five tries are all that a code has"


async def test_tries_at_one_process_count_at_another(
    door: Door, served: Settings, client: Client, secrets_here: Secrets
) -> None:
    async with database.connect(served.database_url, size=2) as other:
        elsewhere = create_app(install(served, secrets_here, other, client, door.desk.clock))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(elsewhere), base_url="http://other") as http:
            for _ in range(5):
                await http.post(f"{door.path}/open", data={"code": "1"})
    assert (await door.post("open", code="1")).status_code == 429


async def test_guessing_on_slowly_kills_the_link(door: Door) -> None:
    for _ in range(4):
        code = await door.code()
        wrong = f"{(int(code) + 1) % 10**6:06d}"
        for _ in range(5):
            assert (await door.post("open", code=wrong)).status_code in {403, 404}
        door.desk.clock.ahead += timedelta(minutes=11)
    assert (await door.look()).status_code == 404


async def test_passes_cannot_be_guessed_either(door: Door) -> None:
    tried = [await door.post("answer", **ANSWER, **{"pass": "x" * 43}) for _ in range(7)]
    assert [response.status_code for response in tried] == [403] * 5 + [429] * 2


async def test_codes_are_mailed_three_times_in_ten_minutes(door: Door) -> None:
    sent = [await door.post("code") for _ in range(5)]
    assert [response.status_code for response in sent] == [200, 200, 200, 429, 429]
    assert len(mails_with(door.mail, CODE)) == 3


async def test_the_pass_of_one_link_opens_no_other(desk: Desk, mail: MailServer) -> None:
    one, other = await knock(desk, mail), await knock(desk, mail, bsn(21))
    given = await one.pass_()
    assert (await other.post("answer", **ANSWER, **{"pass": given})).status_code == 403
    assert await other.answered() == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE task SET owner = 'somebody-else' WHERE id = 'supplement-1'",
        "UPDATE task SET due = due + interval '1 day' WHERE id = 'supplement-1'",
        "UPDATE task SET closed_at = now() WHERE id = 'supplement-1'",
    ],
)
async def test_a_link_ends_when_its_task_changes_and_then_looks_like_one_never_made(
    door: Door, pool: Pool, change: str
) -> None:
    given = await door.pass_()
    await pool.execute(change)
    unknown = await door.desk.http.get("/l/" + "x" * 43)
    assert unknown.status_code == 404
    for ended in (await door.look(), await door.post("code"), await door.post("open", code="123456")):
        assert (ended.status_code, ended.text) == (404, unknown.text)
    answered = await door.post("answer", **ANSWER, **{"pass": given})
    assert answered.status_code == 404
    assert await door.answered() == []


async def test_a_link_ends_after_so_many_days_and_then_looks_like_one_never_made(door: Door) -> None:
    door.desk.clock.ahead += timedelta(days=7, seconds=1)
    expired, unknown = await door.look(), await door.desk.http.get("/l/" + "x" * 43)
    assert (expired.status_code, expired.text) == (unknown.status_code, unknown.text) == (404, unknown.text)
    assert (await door.post("code")).status_code == 404


async def test_guessed_tokens_are_limited_together_and_fill_no_table(idle: Desk, pool: Pool) -> None:
    tried = [await idle.http.post("/l/" + f"{n:043d}" + "/open", data={"code": "1"}) for n in range(8)]
    assert [response.status_code for response in tried] == [404] * 5 + [429] * 3
    assert await pool.fetchval("SELECT count(*) FROM link_try") == 1


async def test_an_answer_with_faults_names_each_field_and_keeps_what_was_filled_in(door: Door) -> None:
    given = await door.pass_()
    wrong = await door.post("answer", note="Bijna goed.", **{"pass": given})
    assert wrong.status_code == 400
    assert 'href="#documents"' in wrong.text
    assert 'id="documents-wrong"' in wrong.text
    assert "Bijna goed." in wrong.text
    junk = await door.post("answer", documents=["income_statement", "a lie"], **{"pass": given})
    assert (junk.status_code, 'id="documents-wrong"' in junk.text) == (400, True)
    assert "a lie" not in junk.text
    assert (await door.post("answer", **ANSWER, **{"pass": given})).status_code == 200


async def test_what_is_typed_comes_back_as_text_and_never_as_page(door: Door) -> None:
    given = await door.pass_()
    back = await door.post("answer", note="</textarea><script>alert(1)</script>", **{"pass": given})
    assert back.status_code == 400
    assert "<script" not in back.text
    assert "&lt;script&gt;" in back.text


async def test_without_a_mail_server_one_is_told_to_come_back(
    door: Door, installation: Installation, served: Settings
) -> None:
    installation.code_post = CodePost(replace(served, smtp_port=free_port()))
    away = await door.post("code")
    assert (away.status_code, away.headers["Retry-After"]) == (503, "60")
    assert "lukt nu even niet" in away.text


@pytest.mark.parametrize("line", ["550 5.1.1 nobody here", "553 5.1.3 no such mailbox"])
async def test_a_mailbox_that_refuses_the_code_is_told_as_that_and_not_as_something_that_passes(
    door: Door, installation: Installation, served: Settings, line: str
) -> None:
    async with mail_server(Reception({"RCPT": line})) as port:
        installation.code_post = CodePost(replace(served, smtp_port=port))
        refused = await door.post("code")
    assert refused.status_code == 409
    assert "Retry-After" not in refused.headers
    assert "De code kan niet worden bezorgd" in refused.text
    assert "Bel de gemeente en geef het goede e-mailadres door." in refused.text
    assert "lukt nu even niet" not in refused.text
    assert (await door.look()).status_code == 200


async def test_a_mail_server_that_refuses_us_is_no_fault_of_the_one_at_the_page(
    door: Door, installation: Installation, served: Settings
) -> None:
    async with mail_server(Reception({"MAIL": "530 5.7.0 log in first"})) as port:
        installation.code_post = CodePost(replace(served, smtp_port=port))
        away = await door.post("code")
    assert (away.status_code, away.headers["Retry-After"]) == (503, "60")
    assert "lukt nu even niet" in away.text


async def test_while_the_organisation_is_absent_its_substitute_gets_the_code_and_is_known_to_have_answered(
    door: Door, pool: Pool
) -> None:
    desk, stand_in = door.desk, f"other-institution-{door.desk.town.tag}"
    rows = await table(desk, desk.coordinator)
    line_of(rows, desk.town.institution).update(substitute=stand_in, absences=(await desk.today()).isoformat())
    assert (await agreed(desk, desk.coordinator, rows)).status_code == 200
    given = await door.pass_()
    assert mails_with(door.mail, CODE)[-1]["To"] == desk.town.mail_of(stand_in)
    assert (await door.post("answer", **ANSWER, **{"pass": given})).status_code == 200
    [answer] = await door.answered()
    assert answer["by"] == {
        "role": "institution",
        "organisation": desk.town.institution,
        "substitute": stand_in,
        "person": None,
    }


async def test_token_code_and_pass_are_in_no_log_table_or_history(
    door: Door, pool: Pool, client: Client, served: Settings
) -> None:
    root, stream = logging.getLogger(), io.StringIO()
    before = root.handlers, root.level
    start_logging("DEBUG", "json", stream)
    try:
        code = await door.code()
        opened = await door.post("open", code=code)
        given = pass_of(opened)
        assert (await door.post("answer", **ANSWER, **{"pass": given})).status_code == 200
        await door.look()
    finally:
        root.handlers, root.level = before
        logging.captureWarnings(False)
        structlog.reset_defaults()
    marks = Marks([door.token, given, f"code {code}", f'"{code}"'])
    assert "/l/{token}/answer" in stream.getvalue(), "the search sees"
    assert marks.found_in(stream.getvalue().encode()) == set()
    stored = [row for table in await database.tables(pool) for row in await database.rows_of(pool, table)]
    assert any(hashed(door.token).hex() in row for row in stored), "the search sees"
    assert marks.found_in("\n".join(stored).encode()) == set()
    history = await client.get_workflow_handle(door.mediation).fetch_history()
    codec = EncryptionCodec(served.key_ring)
    assert await in_history(Marks([door.desk.town.institution]), history, codec), "the search sees"
    assert await in_history(marks, history, codec) == set()


class Labels(HTMLParser):
    """Finds what is asked for without a label, and what must not be on a page."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()
        self.labelled: set[str] = set()
        self.tags: list[str] = []
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append(tag)
        self.attributes |= values.keys()
        if tag in {"input", "textarea", "select"} and values.get("type") != "hidden":
            self.asked.add(values["id"] or "")
        if tag == "label":
            self.labelled.add(values["for"] or "")


def checked(text: str) -> Labels:
    labels = Labels()
    labels.feed(text)
    assert labels.asked == labels.labelled
    assert labels.tags.count("h1") == labels.tags.count("main") == labels.tags.count("title") == 1
    assert not {"script", "iframe", "img", "style"} & set(labels.tags)
    assert not {name for name in labels.attributes if name.startswith("on") or name == "style"}
    return labels


async def test_pages_work_without_scripts_and_are_labelled_and_in_the_language_asked_for(door: Door) -> None:
    for language in ("nl", "en"):
        looked = await door.look(language)
        assert f'<html lang="{language}">' in looked.text
        checked(looked.text)
    code = await door.post("code", lang="en")
    checked(code.text)
    opened = await door.post("open", lang="en", code=code_in(mails_with(door.mail, CODE)[-1]))
    checked(opened.text)
    assert "Which documents do you send now? *" in opened.text
    for response in (looked, code, opened):
        policy = response.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "script-src" not in policy
        assert "default-src 'none'" in policy
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["Cache-Control"] == "no-store"
    style = await door.desk.http.get("/assets/plain.css")
    assert style.headers["Content-Type"].startswith("text/css")


PARTNERS_TASKS = sorted(kind for kind in TaskKind if SPECS[kind].may_be_a_partners)


@pytest.mark.parametrize("kind", PARTNERS_TASKS)
def test_every_task_of_a_partner_has_a_form_with_words_in_both_languages(kind: TaskKind) -> None:
    fields = fields_of(kind)
    assert all(option for field in fields for option in field.options)
    for language in Language:
        asked = of(language).task[kind].ask
        assert asked
        facts: dict[str, Any] = {"token": "t", "asked": asked, "organisation": "X", "due": CLIENT.born_on.earliest}
        facts |= {
            **spoken(kind, of(language)),
            "pass": "p",
            "person": None,
            "home": None,
            "form": "f",
            "mediation": "m-1",
            "refused": None,
            "test": False,
            "hinders": HindranceForm(kinds=(("more_time", "X"),), others=(), filled={}, wrong=None),
        }
        made = page("answer", language, fields=fields, filled={}, wrong={}, lacks=[], judged=[], **facts)
        text = bytes(made.body).decode()
        hindrance = 3  # which of the kinds, by when, and why
        assert len(checked(text).asked) == sum(map(questions, fields)) + hindrance


def questions(field: FormField) -> int:
    """How many things there are to click or fill in."""
    return (len(field.options) or 1) + (field.shape in {"choice", "yes_no"} and not field.required)
