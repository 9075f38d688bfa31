"""Which way a partner is asked is its configuration: what it has is used, and what is not for its role is told."""

from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from temporalio.testing import ActivityEnvironment

from activities.connection_check import check_connection
from activities.iwmo.outgoing import Outgoing
from activities.letters.channels import Channels
from activities.letters.letter import ChannelAway, ReadyLetter
from activities.letters.wording.letter_text import LetterText
from activities.partner import PartnerRefused, Partners
from domain.facts.parties import Role
from domain.facts.value import replace
from domain.messages.commands import ReportUndelivered
from domain.messages.effects import AnyEffect
from runtime.directory import Channel, Directory, Organisation
from runtime.settings import Settings
from runtime.systems import FolderTransport, HttpTransport, Iwmo, Plain, System, Vera
from sandbox.embedded.ports import free_port
from store.database import Pool
from store.vault import Vault
from tests.activities.conftest import Hands
from tests.activities.effects import DAY, Effects
from tests.activities.recorder import Recording
from tests.partner_system import PartnerSystem
from tests.town import Town

NOWHERE = "http://127.0.0.1:9"
MESSAGES = Iwmo(kind="iwmo", agb="42420001", transport=HttpTransport(kind="http", url=NOWHERE))


def organisation(name: str, role: Role, system: System) -> Organisation:
    return Organisation(id=name, role=role, name=name, mail=f"{name}@example.org", system=system)


@pytest.mark.usefixtures("referred")
async def test_a_system_that_is_not_for_a_partners_role_is_given_to_a_person(
    pool: Pool, vault: Vault, town: Town
) -> None:
    plain, vera = Plain(kind="plain", url=NOWHERE), Vera(kind="vera", url=NOWHERE)
    provider = organisation("provider", Role.CARE_PROVIDER, plain)
    teams = [organisation("team", Role.DISTRICT_TEAM, vera), organisation("other-team", Role.DISTRICT_TEAM, MESSAGES)]
    directory = Directory([provider, *teams])
    transport, effects = Recording(), Effects(town)
    asked: dict[str, list[AnyEffect]] = {
        "system_not_for_providers": [effects.support("provider")],
        "system_not_for_teams": [effects.assess("team"), effects.notice("other-team")],
    }
    async with httpx.AsyncClient(transport=transport, trust_env=False) as http:
        partners = Partners(http, directory)
        hands = Hands(pool, partners, outgoing=Outgoing(pool, vault, directory, partners))
        for code, every in asked.items():
            for effect in every:
                learned = await hands.carry_out(effect)
                assert isinstance(learned, ReportUndelivered)
                assert learned.code == code
    assert transport.sent == []


async def test_who_wants_no_letters_gets_none_and_a_channel_that_is_not_set_makes_them_wait(settings: Settings) -> None:
    text = LetterText("Subject", "Body")
    letter = ReadyLetter("m-1:letter:1", "almere", "post@almere.example", text, datetime(2026, 6, 1, tzinfo=UTC))
    channels = Channels(settings, None, None)
    assert await channels.port(Channel.NONE).post(letter) is None
    assert await channels.port(Channel.MAIL).post(letter) == "m-1.letter.1.almere"
    for channel in (Channel.NOTIFY, Channel.WEBHOOK):
        with pytest.raises(ChannelAway) as away:
            await channels.port(channel).post(letter)
        assert away.value.type == f"MailServerAway:{channel.value}_not_set"


async def knocked(system: System, role: Role = Role.CARE_PROVIDER, code: str | None = "0034") -> list[str]:
    """What is said of a partner of almere that has this system."""
    seat = Organisation(
        id="almere", role=Role.COORDINATOR, name="A", municipalities=("almere",), mail="a@example.org", code=code
    )
    one = replace(organisation("partner", role, system), municipalities=("almere",))
    directory = Directory([seat, one])
    async with httpx.AsyncClient(trust_env=False) as http:
        return await ActivityEnvironment().run(check_connection, Partners(http, directory), directory, one, DAY)


async def test_a_provider_is_tried_without_sending_it_a_message(town: Town) -> None:
    provider, before = town.systems.provider, await town.systems.provider.ledger(town.provider)
    there = HttpTransport(kind="http", url=provider.url_of(town.provider), token=SecretStr("theirs"))
    said = await knocked(replace(MESSAGES, transport=there))
    assert said[1:] == ["  almere is 0034 in messages"]
    assert said[0].startswith("partner (42420001) answers at ")
    assert await provider.ledger(town.provider) == before
    with pytest.raises(PartnerRefused, match="municipality_code_missing: almere"):
        await knocked(replace(MESSAGES, transport=there), code=None)


async def test_folders_are_tried_by_looking_whether_they_can_be_used(tmp_path: Path) -> None:
    folders = FolderTransport(kind="folder", outgoing=tmp_path / "out", incoming=tmp_path / "in")
    by_folder = replace(MESSAGES, transport=folders)
    folders.outgoing.mkdir()
    with pytest.raises(PartnerRefused, match="incoming_not_usable"):
        await knocked(by_folder)
    folders.incoming.mkdir()
    assert (await knocked(by_folder))[0] == "partner (42420001) exchanges messages by folders that we can use"


async def test_a_team_is_tried_without_asking_it_anything_and_says_whether_it_lets_us_in(tmp_path: Path) -> None:
    options = ("--token", "t0ken", "--organisation", "partner")
    async with PartnerSystem("district-team", tmp_path, free_port(), *options) as team:
        url = team.url_of("partner")
        with pytest.raises(PartnerRefused, match="status_401"):
            await knocked(Plain(kind="plain", url=url, token=SecretStr("wrong")), Role.DISTRICT_TEAM)
        said = await knocked(Plain(kind="plain", url=url, token=SecretStr("t0ken")), Role.DISTRICT_TEAM)
    assert said == [f"partner answers at {url}; nothing was asked"]
