"""Links in letters: for the owner of an open task, the same however often the letter is sent."""

import re
from datetime import date

import pytest

from domain.facts.parties import Role
from domain.facts.tasks import TaskKind
from domain.messages.effects import Audience, Letter, SendLetter
from runtime.directory import Directory
from runtime.link_keys import LinkKeys, hashed
from runtime.settings import Settings
from sandbox.embedded.mail import MailServer
from store.database import Pool
from store.vault_secrets import End, Secrets
from tests.activities.conftest import Hands
from tests.town import Town

LINK = re.compile(r"https://mediation\.example\.org/l/([\w-]{43})")


@pytest.fixture
async def asked(pool: Pool, hands: Hands, town: Town) -> Town:
    """A task of the institution and one of the municipality."""
    for task, owner in (("hold_viewing-1", town.institution), ("judge_refusal-1", town.municipality)):
        await pool.execute(
            "INSERT INTO task (mediation, id, kind, owner, opened_at, due, reminded, escalated) "
            "VALUES ('m-1', $1, $2, $3, now(), now() + interval '3 days', 0, 0)",
            *(task, task.partition("-")[0], owner),
        )
    return town


def letter(town: Town, **changes: object) -> SendLetter:
    facts = {"letter": Letter.TASK_REMINDER, "organisation": town.institution, "task": "hold_viewing-1"}
    about = {"task_kind": TaskKind.HOLD_VIEWING, "by": date(2026, 6, 9), "key": "m-1:task-reminder:9"}
    return SendLetter.model_validate({**facts, **about, **changes})


async def sent(hands: Hands, mail: MailServer, effect: SendLetter) -> list[str]:
    """The tokens in the letters that an attempt leaves in the mailbox."""
    await hands.carry_out(effect)
    return [token for one in mail.mailbox.mails() for token in LINK.findall(str(one.get_content()))]


async def test_a_letter_sent_again_has_the_same_link_and_only_its_hash_is_kept(
    hands: Hands, asked: Town, mail: MailServer, pool: Pool, secrets_here: Secrets
) -> None:
    effect = letter(asked)
    [first] = await sent(hands, mail, effect)
    for file in mail.mailbox.directory.glob("*.eml"):
        file.unlink()
    await pool.execute("DELETE FROM letter")  # as if the worker had died before it noted that the letter went
    assert await sent(hands, mail, effect) == [first]
    assert [row["hash"] for row in await pool.fetch("SELECT hash FROM link")] == [hashed(first)]
    assert first == LinkKeys(secrets_here.of[End.LINK_TOKENS], bytes(32)).token(effect.key)


async def test_every_letter_has_a_link_of_its_own_that_nobody_can_work_out(
    hands: Hands, asked: Town, mail: MailServer
) -> None:
    await sent(hands, mail, letter(asked))
    tokens = await sent(hands, mail, letter(asked, letter=Letter.TASK_OPENED, key="m-1:task-opened:4"))
    assert len(set(tokens)) == 2
    assert LinkKeys(bytes(32), bytes(32)).token("m-1:task-opened:4") not in tokens


async def test_a_link_lasts_so_many_days_from_the_day_it_was_asked_for(
    hands: Hands, asked: Town, mail: MailServer, pool: Pool, settings: Settings
) -> None:
    await sent(hands, mail, letter(asked))
    assert await pool.fetchval("SELECT extract(day FROM expires_at - made_at)::int FROM link") == settings.link_days


@pytest.mark.parametrize(
    "changes",
    [
        {"letter": Letter.TASK_ESCALATED, "organisation": "almere", "by": None},
        {"organisation": "almere", "task": "judge_refusal-1", "task_kind": TaskKind.JUDGE_REFUSAL},
        {"organisation": "almere"},
        {"organisation": None, "readers": (Audience.CLIENT, Audience.GUIDE)},
    ],
    ids=["an escalation", "a decision of the municipality", "not the owner", "client and guide"],
)
async def test_no_other_letter_has_a_link(
    hands: Hands, asked: Town, mail: MailServer, pool: Pool, changes: dict[str, object]
) -> None:
    assert await sent(hands, mail, letter(asked, **changes)) == []
    assert mail.mailbox.mails(), "the letter went"
    assert await pool.fetchval("SELECT count(*) FROM link") == 0


async def test_a_letter_goes_to_who_stands_in_while_its_reader_is_absent(
    asked: Town, settings: Settings, directory: Directory, hands: Hands, mail: MailServer
) -> None:
    away = {"substitute": asked.municipality, "absences": ("1970-01-01/2099-12-31",)}
    known = [
        type(one).model_validate(one.model_dump() | away) if one.id == asked.institution else one for one in directory
    ]
    directory.__init__(known)  # type: ignore[misc] # the hands hold this very object
    assert directory.get(asked.institution).role is Role.INSTITUTION
    await sent(hands, mail, letter(asked))
    assert [one["To"] for one in mail.mailbox.mails()] == [asked.mail_of(asked.municipality)]
