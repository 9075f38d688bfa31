"""The directory in the database: every version kept, the operator's file taken over once, secrets never stored."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from domain.facts.parties import Role
from domain.facts.value import replace
from runtime.directory import Channel, Directory, DirectoryWrong, Organisation, UnknownOrganisation, written
from runtime.letter_webhook import LetterWebhook
from runtime.signatures import new_secret
from runtime.systems import ClientCredentials, Plain, Vera
from store import database
from store.database import Pool
from store.directory import DirectoryMovedOn, LiveDirectory, Versions, change, following

SECRET = "kanarie-geheim-4711"
SIGNING = new_secret()
NOW = datetime(2026, 6, 1, 10, tzinfo=UTC)
TODAY = NOW.date()


def known() -> list[Organisation]:
    seat = Organisation(id="almere", role=Role.COORDINATOR, name="Almere", municipalities=("almere",), mail="a@a.nl")
    system = Plain(kind="plain", url="https://ymere.example/api", token=SecretStr(SECRET))
    homes = Organisation(
        id="ymere", role=Role.CORPORATION, name="Ymere", municipalities=("almere",), mail="y@y.nl", system=system
    )
    oauth = ClientCredentials(token_url="https://tokens.example", client_id="us", client_secret=SecretStr(SECRET))
    vera = Vera(kind="vera", url="https://vera.example/v4", oauth=oauth)
    more = Organisation(
        id="alliantie",
        role=Role.CORPORATION,
        name="De Alliantie",
        municipalities=("almere",),
        mail="l@l.nl",
        system=vera,
    )
    webhook = LetterWebhook(url="https://kwintes.example/letters", secret=SecretStr(SIGNING))
    care = Organisation(
        id="kwintes",
        role=Role.CARE_PROVIDER,
        name="Kwintes",
        municipalities=("almere",),
        mail="k@k.nl",
        channel=Channel.WEBHOOK,
        webhook=webhook,
    )
    return [seat, homes, more, care]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "directory.toml"
    tell(path, known())
    return path


def tell(file: Path, organisations: Iterable[Organisation]) -> None:
    file.write_text(written(organisations))


async def opened(pool: Pool, file: Path, now: datetime = NOW) -> LiveDirectory:
    directory = LiveDirectory(pool, file, lambda: now)
    await directory.reread()
    return directory


async def renamed(pool: Pool, name: str, since: date, *, seen: int | None = None, id: str = "ymere") -> int:
    def judge(versions: Versions) -> Iterable[Organisation]:
        yield replace(versions.on(since).get(id), name=name)

    return await change(pool, "almere:u-1", NOW, since, judge, lambda revision: seen in {None, revision})


async def test_the_file_is_taken_over_at_the_first_start_and_only_then(pool: Pool, file: Path) -> None:
    first = await opened(pool, file)
    assert [one.id for one in first] == ["almere", "ymere", "alliantie", "kwintes"]
    assert (await opened(pool, file)).revision == first.revision == 1
    assert list(first.on(date(2001, 1, 1))), "it holds from the beginning"


async def test_what_the_file_says_anew_is_taken_over_and_what_it_repeats_is_not(pool: Pool, file: Path) -> None:
    await opened(pool, file)
    await renamed(pool, "Ymere Wonen", TODAY)
    changed = [replace(one, mail="nieuw@l.nl") if one.id == "alliantie" else one for one in known()]
    tell(file, changed)
    directory = await opened(pool, file)
    assert (directory.get("ymere").name, directory.get("alliantie").mail) == ("Ymere Wonen", "nieuw@l.nl")
    assert directory.revision == 3


async def test_what_the_file_leaves_out_stays(pool: Pool, file: Path) -> None:
    await opened(pool, file)
    tell(file, known()[:2])
    assert (await opened(pool, file)).get("alliantie").name == "De Alliantie"


async def test_each_version_holds_from_its_day_and_the_past_stays_readable(pool: Pool, file: Path) -> None:
    directory = await opened(pool, file)
    await renamed(pool, "Ymere later", TODAY + timedelta(days=30))
    await renamed(pool, "Ymere nu", TODAY)
    await directory.reread()
    names = [directory.on(TODAY + timedelta(days=n)).get("ymere").name for n in (-1, 0, 29, 30, 400)]
    assert names == ["Ymere", "Ymere nu", "Ymere nu", "Ymere later", "Ymere later"]
    assert directory.get("ymere").name == "Ymere nu"
    assert (await opened(pool, file, NOW + timedelta(days=30))).get("ymere").name == "Ymere later"
    rows = await pool.fetch("SELECT by FROM directory_change ORDER BY revision")
    assert [row["by"] for row in rows] == ["file", "almere:u-1", "almere:u-1"]


async def test_of_two_changes_for_one_day_the_one_made_last_holds(pool: Pool, file: Path) -> None:
    directory = await opened(pool, file)
    for name in ("Een", "Twee", "Drie"):
        await renamed(pool, name, TODAY)
    await directory.reread()
    assert directory.get("ymere").name == "Drie"


async def test_a_change_made_for_an_older_directory_is_refused(pool: Pool, file: Path) -> None:
    directory = await opened(pool, file)
    await renamed(pool, "Een", TODAY, seen=1)
    with pytest.raises(DirectoryMovedOn):
        await renamed(pool, "Twee", TODAY, seen=1)
    await directory.reread()
    assert directory.get("ymere").name == "Een"


async def test_a_change_that_makes_a_later_day_wrong_is_refused_whole(pool: Pool, file: Path) -> None:
    def teams(versions: Versions, day: str) -> Iterable[Organisation]:
        facts = {"role": "district_team", "municipalities": ["almere"], "mail": "t@t.nl", "districts": ["haven"]}
        yield Organisation.model_validate({"id": f"team-{day}", "name": day, **facts})

    await opened(pool, file)
    await change(pool, "x", NOW, date(2026, 7, 1), lambda versions: teams(versions, "late"))
    with pytest.raises(DirectoryWrong, match="districts overlap"):
        await change(pool, "x", NOW, TODAY, lambda versions: teams(versions, "now"))
    assert await pool.fetchval("SELECT count(*) FROM organisation_version WHERE organisation = 'team-now'") == 0


async def test_a_secret_is_used_but_never_stored(pool: Pool, file: Path) -> None:
    directory = await opened(pool, file)
    system = directory.get("ymere").system
    assert isinstance(system, Plain)
    assert system.token is not None
    assert system.token.get_secret_value() == SECRET
    stored = [row for table in await database.tables(pool) for row in await database.rows_of(pool, table)]
    assert any("ymere.example" in row for row in stored), "the search sees"
    assert not [row for row in stored if SECRET in row or SIGNING in row]
    webhook = directory.get("kwintes").webhook
    assert webhook is not None
    assert webhook.secret.get_secret_value() == SIGNING


async def test_a_secret_never_follows_an_address_that_was_changed(pool: Pool, file: Path) -> None:
    """Whoever may change an address must not have the token sent there."""

    def elsewhere(versions: Versions) -> Iterable[Organisation]:
        one = versions.on(TODAY).get("ymere")
        assert isinstance(one.system, Plain)
        yield replace(one, system=replace(one.system, url="https://thief.example"))

    directory = await opened(pool, file)
    await change(pool, "x", NOW, TODAY, elsewhere)
    await directory.reread()
    system = directory.get("ymere").system
    assert isinstance(system, Plain)
    assert system.url == "https://thief.example"
    assert system.token is not None
    assert system.token.get_secret_value() == "**********"


async def test_processes_see_a_change_within_two_seconds_without_a_restart(pool: Pool, file: Path) -> None:
    async with following(pool, file, lambda: NOW) as directory:
        await renamed(pool, "Ymere nu", TODAY)
        for _ in range(40):
            if directory.get("ymere").name == "Ymere nu":
                break
            await asyncio.sleep(0.05)
        assert directory.get("ymere").name == "Ymere nu"


async def test_processes_that_start_together_take_the_file_over_once(pool: Pool, file: Path) -> None:
    await asyncio.gather(*(opened(pool, file) for _ in range(8)))
    assert await pool.fetchval("SELECT count(*) FROM directory_change") == 1


async def test_a_file_that_contradicts_the_directory_is_told_at_the_start(pool: Pool, file: Path) -> None:
    await opened(pool, file)
    wrong = [replace(one, municipalities=("utrecht",)) if one.id == "almere" else one for one in known()]
    tell(file, wrong)
    with pytest.raises(DirectoryWrong):
        await opened(pool, file)


async def test_until_the_first_look_it_is_the_file(pool: Pool, file: Path) -> None:
    directory = LiveDirectory(pool, file, lambda: NOW)
    assert directory.get("ymere").name == "Ymere"
    assert isinstance(directory, Directory)
    with pytest.raises(UnknownOrganisation):
        directory.get("nobody")


async def test_what_a_system_signs_with_is_known_from_the_operator_s_file_alone(pool: Pool, file: Path) -> None:
    secret, other = new_secret(), new_secret()
    signing = [replace(one, webhook_secrets=(SecretStr(secret),)) for one in known() if one.id == "ymere"]
    others = [one for one in known() if one.id != "ymere"]
    tell(file, [*others, *signing])
    directory = await opened(pool, file)

    # Neither a change of another thing nor one of the secrets themselves reaches the database, or the secrets.
    await renamed(pool, "Ymere Wonen", TODAY)
    sly = replace(signing[0], webhook_secrets=(SecretStr(other),), mail="sly@ymere.nl")
    await change(pool, "somebody", NOW, TODAY, lambda _: [sly])
    await directory.reread()
    ymere = directory.get("ymere")
    assert ymere.mail == "sly@ymere.nl"
    assert [one.get_secret_value() for one in ymere.webhook_secrets] == [secret]
    rows = "".join([row for name in await database.tables(pool) for row in await database.rows_of(pool, name)])
    assert secret not in rows
    assert other not in rows
    assert "webhook_secrets" not in rows

    # Taken out of the file it is gone, though nothing else changed.
    tell(file, [*others, replace(signing[0], webhook_secrets=())])
    assert (await opened(pool, file)).get("ymere").webhook_secrets == ()
