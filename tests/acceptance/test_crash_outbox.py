"""kill -9 of the worker while it sends letters and digests, and while it tells webhooks and case systems of events."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

import httpx
import pytest
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from domain.exchange.case_mirror import MIRRORED
from domain.facts.value import replace
from domain.messages.effects import Audience
from runtime.settings import Settings
from runtime.signatures import new_secret
from sandbox.driven.skipping import let_pass
from sandbox.embedded.mail import MailServer
from sandbox.embedded.ports import free_port
from sandbox.partners.book import Book
from sandbox.partners.case_system import SCHEMA, CaseSystem
from sandbox.partners.receiver import Receiver
from store.database import Pool
from store.vault_secrets import End, Secrets
from store.webhooks import Kind, Webhooks
from tests.acceptance.mortal_worker import AFTER, BEFORE, DONE, HANDED_OVER
from tests.acceptance.outside import mailbox_has_what_was_noted
from tests.acceptance.successors import Successors
from tests.activities.test_zgw import RSIN
from tests.activities.test_zgw import SECRET as CASE_SECRET
from tests.journey import Journey, Scene
from tests.listening import listening
from tests.store.script import housed
from tests.store.test_publication import fresh
from workflows.digest import DigestWorkflow
from workflows.publishers import wake_publication

SECRET = new_secret()
PATIENCE = 150.0


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Settings under which webhooks may be on this machine."""
    return replace(settings, webhook_hosts="127.0.0.1", webhook_seconds=1)


@pytest.mark.slow("each death of a worker is found out by waiting")
@pytest.mark.timeout(240)
async def test_a_worker_killed_before_it_notes_a_letter_or_a_digest_sends_the_same_one_again(
    scene: Scene, successors: Successors, mail: MailServer
) -> None:
    journey = Journey(scene, "letters")
    successors.appoint(journey.id, "SendLetter", HANDED_OVER)
    await journey.start()
    await journey.ready()
    await journey.settled()
    await mailbox_has_what_was_noted(scene.pool, journey.id, mail.mailbox, frozenset(Audience))
    assert mail.mailbox.count().copies >= 1

    rounds = f"digest-{scene.town.tag}"
    skipper = TimeSkipper(scene.client, config=TimeSkippingConfig(enabled=False))
    kept = [successors.appoint(rounds, "MakeRound", moment) for moment in (BEFORE, HANDED_OVER, AFTER)]
    handle = await skipper.client.start_workflow(
        DigestWorkflow.run, scene.town.municipality, id=rounds, task_queue=scene.queue
    )
    assert await let_pass(skipper, handle, timedelta(days=8))
    await until(lambda: len(successors.deaths) == 1 + len(kept))
    await until_async(lambda: digests_noted(scene.pool))
    await scene.client.get_workflow_handle(rounds).terminate()
    keys = Counter(str(one["X-Mediation-Effect"]).strip() for one in mail.mailbox.mails())
    digests = {key: times for key, times in keys.items() if key.startswith("digest-")}
    assert digests == dict.fromkeys(await digests_noted(scene.pool), 1)
    assert not any(one.exists() for one in kept)
    assert mail.mailbox.count().copies >= 2
    assert successors.deaths == [-9] * 4


async def digests_noted(pool: Pool) -> list[str]:
    """Every digest that was noted, with its reader."""
    rows = await pool.fetch("SELECT key || ':' || reader AS it FROM letter WHERE key LIKE 'digest-%' ORDER BY 1")
    return [row["it"] for row in rows]


class Told(NamedTuple):
    """A webhook and a case system that really listen, and the ids under which they are told."""

    receiver: Receiver
    register: httpx.AsyncClient
    webhooks: tuple[str, str]


@pytest.fixture
async def told(pool: Pool, settings: Settings, secrets_here: Secrets, tmp_path: Path) -> AsyncIterator[Told]:
    """Somebody to tell."""
    port, receiver = free_port(), Receiver(SECRET)
    system = CaseSystem(Book(tmp_path / "zaken.sqlite", SCHEMA), f"http://127.0.0.1:{port}", {"dm": CASE_SECRET})
    webhooks = Webhooks(pool, secrets_here.of[End.WEBHOOKS])
    async with (
        listening(receiver.application()) as bus,
        listening(system.application(), port) as zaken,
        httpx.AsyncClient(base_url=zaken, trust_env=False) as http,
    ):
        one = await webhooks.add("bus", fresh(url=f"{bus}/hook", secret=SECRET), datetime.now(UTC))
        configuration = {"client_id": "dm", "rsin": RSIN, "case_type": "DIRECTE-BEMIDDELING"}
        configuration["catalogi_url"] = f"{zaken}/catalogi/api/v1"
        mirror = fresh(
            kind=Kind.ZGW,
            url=f"{zaken}/zaken/api/v1",
            types=MIRRORED,
            configuration=configuration,
            secret=CASE_SECRET,
        )
        yield Told(receiver, http, (one.id, (await webhooks.add("zaken", mirror, datetime.now(UTC))).id))


@pytest.mark.slow("each death of a worker is found out by waiting")
@pytest.mark.timeout(300)
async def test_a_worker_killed_while_it_publishes_loses_nothing_and_makes_every_zaak_and_status_once(
    scene: Scene, successors: Successors, told: Told
) -> None:
    bus, zaken = told.webhooks
    moments = [(bus, DONE), (zaken, DONE), (zaken, AFTER)]
    kept = [successors.appoint(f"publication-{webhook}", "Publish", moment) for webhook, moment in moments]
    for mediation in ("m-1", "m-2"):
        await housed().play(scene.pool, mediation)
    for webhook in told.webhooks:
        await wake_publication(scene.client, scene.queue, webhook)
    # the last death comes after the last note, so that all may be told before it
    await until(lambda: len(successors.deaths) == len(kept))
    await until_async(lambda: all_told(scene.pool))
    assert not any(one.exists() for one in kept)
    assert successors.deaths == [-9] * len(kept)

    rows = await scene.pool.fetch("SELECT webhook, mediation, sequence, result FROM notification")
    assert {row["result"] for row in rows} == {"delivered"}
    wanted = sorted((row["mediation"], row["sequence"]) for row in rows if row["webhook"] == bus)
    seen = [(event["subject"], int(event["sequence"])) for event in told.receiver.events]
    assert sorted(seen) == wanted
    times = set(told.receiver.arrivals.values())
    assert times - {1}, "what arrived and was not noted arrives again, as the same"
    assert max(times) <= 1 + len(kept), "once more for each death, at most"
    for mediation in ("m-1", "m-2"):
        places = [sequence for subject, sequence in seen if subject == mediation]
        assert places == sorted(places)

    effects: list[dict[str, Any]] = (await told.register.get("/effects")).json()
    assert effects
    assert [one["key"] for one in effects if one["executed"] != 1] == []
    cases = {case["identificatie"]: case for case in (await told.register.get("/shown")).json()}
    assert sorted(cases) == ["m-1", "m-2"]
    assert cases["m-1"]["einddatum"], "its mediation has ended"


async def all_told(pool: Pool) -> bool:
    """Whether nothing waits any longer."""
    return not await pool.fetchval("SELECT count(*) FROM notification WHERE result IS NULL")


async def until(look: Callable[[], bool]) -> None:
    """Return when it is so."""

    async def seen() -> bool:
        return look()

    await until_async(seen)


async def until_async(look: Callable[[], Awaitable[object]]) -> None:
    """Return when it is so."""
    deadline = monotonic() + PATIENCE
    while not await look():
        assert monotonic() < deadline
        await asyncio.sleep(0.1)
