"""Decisions go by mail to who agreed to that, and on paper to everybody else (Awb 2:14)."""

from datetime import date

import pytest

from domain.exchange.record import Recording
from domain.facts.parties import Actor, Role
from domain.facts.value import replace
from domain.messages.answers import DeathConfirmationAnswer, KnownFrom
from domain.messages.commands import AnswerTask, AnyCommand, ReportDeath
from domain.messages.effects import Audience, Letter
from runtime.directory import Channel, Organisation
from sandbox.embedded.mail import MailServer
from store import letters, paper
from store.database import Pool
from store.letters import LetterState
from store.paper import PaperLetter
from store.record import record
from store.vault import Vault
from tests.activities.conftest import Hands
from tests.activities.test_letters import BOTH, letter
from tests.store.script import Script
from tests.town import CLIENT, Town

TODAY = date(2026, 6, 1)
NOT_BY_MAIL = replace(CLIENT, consents_to_mail=None, postal_address=("Dorpsstraat 1", "1300 AA Almere"))


async def test_who_did_not_agree_to_mail_gets_a_letter_on_paper_by_name_and_the_guide_a_mail(
    hands: Hands, mail: MailServer, vault: Vault, pool: Pool, town: Town
) -> None:
    await vault.put_person(NOT_BY_MAIL, town.municipality)
    effect = letter(*BOTH, kind=Letter.OFFER_MADE)
    await hands.expect(effect)
    assert await hands.carry_out(effect) is None
    assert [sent["To"] for sent in mail.mailbox.mails()] == [CLIENT.guide.mail]
    (line,) = await paper.to_print(pool, town.municipality, 10, TODAY)
    assert (line.mediation, line.letter, line.reader, line.waits) == ("m-1", Letter.OFFER_MADE, "client", True)
    written = PaperLetter.model_validate_json(await vault.text(line.id))
    assert written.to == (CLIENT.name, "Dorpsstraat 1", "1300 AA Almere")
    assert f"Beste {CLIENT.name}," in written.body
    assert "automatisch gemaakt" not in written.body, "one may answer a letter"
    noted = await pool.fetchrow("SELECT channel, state FROM letter WHERE key = $1 AND reader = 'client'", effect.key)
    assert noted
    assert tuple(noted) == ("paper", "to_print")
    await hands.carry_out(effect, attempt=2)
    assert len(await paper.to_print(pool, town.municipality, 10, TODAY)) == 1, "once"


async def test_what_tells_nothing_but_a_day_goes_by_mail_all_the_same(
    hands: Hands, mail: MailServer, vault: Vault, town: Town
) -> None:
    await vault.put_person(NOT_BY_MAIL, town.municipality)
    await hands.carry_out(letter(kind=Letter.KEYS_PLANNED))
    assert [sent["To"] for sent in mail.mailbox.mails()] == [CLIENT.mail]


async def test_a_letter_on_paper_has_not_left_before_the_post_room_says_so(
    hands: Hands, vault: Vault, pool: Pool, town: Town
) -> None:
    await vault.put_person(replace(NOT_BY_MAIL, postal_address=()), town.municipality)
    effect = letter(Audience.CLIENT)
    await hands.expect(effect)
    await hands.carry_out(effect)
    (line,) = await paper.to_print(pool, town.municipality, 10, TODAY)
    written = PaperLetter.model_validate_json(await vault.text(line.id))
    assert written.to[1].startswith("p/a "), "to the client, at the institution"
    found = await paper.find(pool, town.municipality, line.id)
    assert found
    assert found.effect.letter is Letter.OFFER_MADE
    assert await paper.find(pool, "amersfoort", line.id) is None
    assert await paper.left(pool, line.id, line.at)
    assert not await paper.left(pool, line.id, line.at), "what was noted first stays"
    assert await paper.to_print(pool, town.municipality, 10, TODAY) == []


async def test_what_the_client_would_read_on_paper_waits_for_a_reported_death_and_is_void_after_it(
    hands: Hands, vault: Vault, pool: Pool, town: Town, referred: Script
) -> None:
    await vault.put_person(NOT_BY_MAIL, town.municipality)
    effect = letter(Audience.CLIENT, kind=Letter.URGENCY_GRANTED)
    await hands.expect(effect)
    await hands.carry_out(effect)
    (line,) = await paper.to_print(pool, town.municipality, 10, TODAY)
    found = await paper.find(pool, town.municipality, line.id)
    assert found
    assert await paper.wanted(pool, found, TODAY)

    async def give(command_id: str, command: AnyCommand) -> None:
        recording = Recording(mediation="m-1", command_id=command_id, command=command, now=referred.now)
        assert (await record(pool, recording)).refused is None

    async def listed() -> list[paper.ToPrint]:
        return await paper.to_print(pool, town.municipality, 10, TODAY)

    seat = referred.municipality
    says = Actor(role=Role.INSTITUTION, organisation=referred.m.parties.of_guide, user="user-1")
    for n, dead in enumerate((False, True)):
        await give(f"said-{n}", ReportDeath(by=says, source=KnownFrom.SEEN))
        assert (await listed(), await paper.wanted(pool, found, TODAY)) == ([], False)
        await paper.void_pointless(pool, town.municipality, TODAY, referred.now)
        confirmed = DeathConfirmationAnswer(confirmed=dead, source=KnownFrom.FAMILY if dead else None)
        await give(f"known-{n}", AnswerTask(by=seat, task=f"confirm_death-{n + 1}", answer=confirmed))
        assert [one.id for one in await listed()] == ([] if dead else [line.id])
    await paper.void_pointless(pool, town.municipality, TODAY, referred.now)
    states = [one.state for one in await letters.letters_of(pool, "m-1") if one.key == effect.key]
    assert states == [LetterState.VOID]


def test_no_organisation_reads_its_letters_on_paper() -> None:
    with pytest.raises(ValueError, match="paper is for letters to clients"):
        Organisation(id="almere", role=Role.COORDINATOR, name="Gemeente Almere", mail="a@b.nl", channel=Channel.PAPER)


def test_consent_is_a_day() -> None:
    assert CLIENT.consents_to_mail == date(2026, 1, 5)
