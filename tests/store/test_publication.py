"""Who is to be told of events is written with the events, in one transaction, and each webhook has its own outbox."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.exchange.published import TYPES, cloud_type, published
from domain.facts.value import replace
from runtime.sealing import Tampered
from runtime.signatures import new_secret
from store import journal
from store.database import Pool, rows_of
from store.notifications import Notifications
from store.record import record
from store.webhooks import Fresh, Kind, Webhooks, WebhookUnknown
from tests.store.script import hard, housed, script, team_of

NOW = datetime(2030, 1, 1, tzinfo=UTC)
"""After everything that the cases of these tests do."""


def fresh(**changes: Any) -> Fresh:
    values: dict[str, Any] = {
        "municipality": "almere",
        "kind": Kind.CLOUDEVENTS,
        "url": "https://bus.example.nl/",
        "types": None,
        "source": "urn:nld:gemeente:almere:systeem:direct-mediation",
        "configuration": {},
        "secret": new_secret(),
        "by": "user-1",
    }
    return Fresh(**values | changes)


@pytest.fixture
def webhooks(pool: Pool) -> Webhooks:
    return Webhooks(pool, b"k" * 32)


async def outbox(pool: Pool, webhook: str) -> list[tuple[str, int, str]]:
    """Everything that waits for a webhook."""
    lanes = await Notifications(pool, webhook).due(NOW, mediations=1000, each=1000)
    return [(one.mediation, one.sequence, one.type) for lane in lanes for one in lane]


@pytest.mark.parametrize("way", [housed, hard])
async def test_every_published_event_waits_for_every_webhook_of_its_municipality(
    pool: Pool, webhooks: Webhooks, way: Any
) -> None:
    first = await webhooks.add("one", fresh(), NOW)
    offers = await webhooks.add("two", fresh(types=(cloud_type("aanbod-gedaan"),)), NOW)
    elsewhere = await webhooks.add("three", fresh(municipality="amersfoort"), NOW)
    off = await webhooks.add("four", fresh(), NOW)
    assert await webhooks.disable(off.id, "not yet")
    case = way()
    await case.play(pool)
    events = [event for entry in await journal.entries(pool, "m-1") for event in entry.events]
    wanted = [("m-1", n, name) for n, event in enumerate(events, 1) if (name := published(event))]
    assert len(wanted) > 10
    assert await outbox(pool, first.id) == wanted
    assert await outbox(pool, offers.id) == [one for one in wanted if one[2].endswith("aanbod-gedaan.v1")] != []
    assert await outbox(pool, elsewhere.id) == await outbox(pool, off.id) == []


async def test_a_command_sent_twice_or_refused_writes_no_notification(pool: Pool, webhooks: Webhooks) -> None:
    webhook = await webhooks.add("one", fresh(), NOW)
    recordings = script("match").recordings()
    for one in [*recordings, *recordings]:
        await record(pool, one, team_of)
    before = await outbox(pool, webhook.id)
    again = replace(recordings[0], command_id="c-again")
    assert (await record(pool, again)).refused is not None
    assert await outbox(pool, webhook.id) == before
    assert len({sequence for _, sequence, _ in before}) == len(before)


async def test_a_webhook_that_is_removed_meanwhile_makes_no_decision_fail(pool: Pool, webhooks: Webhooks) -> None:
    added = [await webhooks.add(f"k-{n}", fresh(), NOW) for n in range(20)]
    playing = [script("match").play(pool, f"m-{n}") for n in range(5)]
    removing = [webhooks.remove(one.id) for one in added]
    await asyncio.gather(*playing, *removing)
    assert await webhooks.of("almere") == []
    for one in added:
        await Notifications(pool, one.id).forget()
        assert await outbox(pool, one.id) == []
    assert await rows_of(pool, "notification") == []


async def test_of_one_mediation_only_the_first_is_due_and_another_is_not_held_up(
    pool: Pool, webhooks: Webhooks
) -> None:
    webhook = await webhooks.add("one", fresh(), NOW)
    await script("start").play(pool, "m-1")
    await script("start").play(pool, "m-2")
    box = Notifications(pool, webhook.id)
    stuck, going = await box.due(NOW, mediations=10, each=100)
    assert [one.sequence for one in stuck] == sorted(one.sequence for one in stuck)
    await box.failed(stuck[0], NOW, NOW + timedelta(hours=1), "status_500")
    assert await box.due(NOW, mediations=10, each=100) == [going]
    for one in going:
        await box.delivered(one, NOW)
    assert await box.due(NOW, mediations=10, each=100) == []
    assert await box.next_at() == NOW + timedelta(hours=1)
    (later,) = await box.due(NOW + timedelta(hours=1), mediations=10, each=100)
    assert [one.sequence for one in later] == [one.sequence for one in stuck]
    assert later[0].tried_at == NOW
    assert later[1].tried_at is None


async def test_a_dead_letter_lets_the_next_go_on_and_can_be_sent_again(pool: Pool, webhooks: Webhooks) -> None:
    webhook = await webhooks.add("one", fresh(), NOW)
    await script("start").play(pool)
    box = Notifications(pool, webhook.id)
    ((first, second, *_),) = await box.due(NOW, mediations=10, each=100)
    await box.failed(first, NOW, None, "timeout")
    ((head, *_),) = await box.due(NOW, mediations=10, each=100)
    assert head == second
    (letter,) = await box.dead_letters(None, 10)
    assert (letter.sequence, letter.code, letter.attempts, letter.settled_at) == (first.sequence, "timeout", 1, NOW)
    assert await box.dead_letters((letter.settled_at, letter.mediation, letter.sequence), 10) == []
    assert await box.resend(NOW, ["m-9/1"]) == 0
    assert await box.resend(NOW, [f"m-1/{first.sequence}"]) == 1
    assert await box.resend(NOW, None) == 0
    ((head, *_),) = await box.due(NOW, mediations=10, each=100)
    assert head == first
    assert (await box.counts())[1] == 0


async def test_what_a_disabled_webhook_misses_is_a_dead_letter_that_is_told_in_order_when_it_is_back(
    pool: Pool, webhooks: Webhooks
) -> None:
    webhook = await webhooks.add("one", fresh(), NOW)
    offers = await webhooks.add("two", fresh(types=(cloud_type("aanbod-gedaan"),)), NOW)
    await webhooks.disable(webhook.id, "it answered 410 Gone")
    await webhooks.disable(offers.id, "moving")
    case = housed()
    recordings = case.recordings()
    for one in recordings[:-1]:
        await record(pool, one, team_of)
    box = Notifications(pool, webhook.id)
    events = [event for entry in await journal.entries(pool, "m-1") for event in entry.events]
    wanted = [("m-1", n, name) for n, event in enumerate(events, 1) if (name := published(event))]
    missed = await box.dead_letters(None, 1000)
    assert [(one.mediation, one.sequence, one.type) for one in missed] == wanted
    assert {(one.code, one.attempts, one.tried_at) for one in missed} == {("disabled", 0, None)}
    assert await Notifications(pool, offers.id).counts() == (0, 1)

    # Asked for before it is enabled, it comes before what happens afterwards.
    assert await box.resend(NOW, None) == len(wanted)
    await webhooks.enable(webhook.id, NOW)
    await record(pool, recordings[-1], team_of)
    later = await outbox(pool, webhook.id)
    assert later[: len(wanted)] == wanted
    assert len(later) > len(wanted)
    assert await box.counts() == (len(later), 0)


async def test_what_was_settled_stays_settled(pool: Pool, webhooks: Webhooks) -> None:
    webhook = await webhooks.add("one", fresh(), NOW)
    await script("start").play(pool)
    box = Notifications(pool, webhook.id)
    ((first, *_),) = await box.due(NOW, mediations=1, each=1)
    await box.delivered(first, NOW)
    await box.failed(first, NOW, None, "timeout")
    assert await box.dead_letters(None, 10) == []


async def test_when_something_arrives_again_nothing_waits_any_longer(pool: Pool, webhooks: Webhooks) -> None:
    webhook = await webhooks.add("one", fresh(), NOW)
    for n in range(3):
        await script("start").play(pool, f"m-{n}")
    box = Notifications(pool, webhook.id)
    for lane in await box.due(NOW, mediations=10, each=1):
        await box.failed(lane[0], NOW, NOW + timedelta(hours=10), "ConnectError")
    await box.recovered(NOW)
    assert await box.due(NOW, mediations=10, each=1) == [], "it was not known to fail"
    await box.failing()
    assert (await webhooks.get(webhook.id)).failing
    await box.recovered(NOW)
    assert len(await box.due(NOW, mediations=10, each=1)) == 3


async def test_secrets_are_kept_encrypted_and_two_sign_for_a_day(pool: Pool, webhooks: Webhooks) -> None:
    first, second = new_secret(), new_secret()
    webhook = await webhooks.add("one", fresh(secret=first), NOW)
    assert await webhooks.secrets_of(webhook.id, NOW) == (first,)
    assert await webhooks.rotate(webhook.id, "r-1", second, NOW) == second
    assert await webhooks.rotate(webhook.id, "r-1", new_secret(), NOW) == second, "the same key rotates once"
    assert await webhooks.secrets_of(webhook.id, NOW + timedelta(hours=23)) == (second, first)
    assert await webhooks.secrets_of(webhook.id, NOW + timedelta(hours=24)) == (second,)
    table = "\n".join(await rows_of(pool, "webhook"))
    for secret in (first, second):
        assert secret.removeprefix("whsec_") not in table
        assert secret.encode().hex() not in table
    with pytest.raises(Tampered, match=f"webhook {webhook.id}"):
        await Webhooks(pool, b"o" * 32).secrets_of(webhook.id, NOW)


async def test_adding_under_the_same_key_is_adding_once(pool: Pool, webhooks: Webhooks) -> None:
    made = await asyncio.gather(*(webhooks.add("one", fresh(), NOW) for _ in range(10)))
    assert len({one.id for one in made}) == 1
    assert await webhooks.ids() == [made[0].id]
    await webhooks.remove(made[0].id)
    with pytest.raises(WebhookUnknown):
        await webhooks.get(made[0].id)


def test_names_are_reverse_dns_with_a_version_and_none_is_used_twice() -> None:
    assert len(TYPES) == len(set(TYPES)) > 30
    for name in TYPES:
        assert name.startswith("nl.directe-bemiddeling.bemiddelingen.")
        assert name.endswith(".v1")
        assert name.replace(".", "").replace("-", "").isalnum()
        assert name == name.lower()
        assert name.isascii()
