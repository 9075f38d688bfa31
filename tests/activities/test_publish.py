"""Telling webhooks over real HTTP: in order, signed, never lost, doubled only under the same id."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from cloudevents.core.formats.json import JSONFormat
from standardwebhooks import Webhook as PublicWebhook
from starlette.applications import Starlette
from starlette.datastructures import Address
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from temporalio.testing import ActivityEnvironment

from activities import publication
from activities.cloud_events import cloud_event
from activities.publication import STEPS, Publisher, again_at
from domain.exchange.published import TYPES, Published
from runtime.addresses import AllowList
from runtime.outbound import outbound
from runtime.signatures import new_secret
from sandbox.partners.faults import Fault, FaultKind
from sandbox.partners.receiver import Receiver
from store.database import Pool, rows_of
from store.notifications import Notification, Notifications
from store.webhooks import Webhook, Webhooks
from tests.listening import listening
from tests.store.script import script
from tests.store.test_publication import fresh
from tests.tampering import tamper

SECRET = new_secret()
PUBLIC_URL = "https://mediation.example.org"


class Death(Exception):
    """What ends an attempt as suddenly as a test can."""


class Post:
    """A publisher, one webhook at a receiver that really listens, and the moment it is."""

    def __init__(self, pool: Pool, webhooks: Webhooks, publisher: Publisher, receiver: Receiver) -> None:
        self.pool, self.webhooks, self.publisher, self.receiver = pool, webhooks, publisher, receiver
        self.now = datetime.now(UTC)
        self.webhook: Webhook

    @property
    def box(self) -> Notifications:
        return Notifications(self.pool, self.webhook.id)

    async def publish(self) -> Published:
        environment = ActivityEnvironment()
        environment.info = replace(environment.info, started_time=self.now)
        published: Published = await environment.run(self.publisher.publish, self.webhook.id)
        return published

    async def drained(self) -> None:
        for _ in range(50):
            if (await self.publish()).wait:
                return
        raise AssertionError("there is always more")

    async def happened(self, *mediations: str) -> None:
        """Let mediations be referred, now."""
        for mediation in mediations:
            await script("match").play(self.pool, mediation)
        await tamper(self.pool, "UPDATE notification SET at = $1, next_at = $1 WHERE result IS NULL", self.now)

    async def counts(self) -> dict[str, int]:
        rows = await self.pool.fetch("SELECT coalesce(result, 'waiting') AS r, count(*) FROM notification GROUP BY 1")
        return {row["r"]: row["count"] for row in rows}


@pytest.fixture
async def post(pool: Pool) -> AsyncIterator[Post]:
    webhooks = Webhooks(pool, b"k" * 32)
    receiver = Receiver(SECRET)
    async with listening(receiver.application()) as url, outbound(AllowList.parse("127.0.0.1")) as out:
        publisher = Publisher(pool, webhooks, out, PUBLIC_URL, timedelta(seconds=30))
        post = Post(pool, webhooks, publisher, receiver)
        post.webhook = await webhooks.add("one", fresh(url=f"{url}/hook", secret=SECRET), post.now)
        yield post


async def test_every_event_arrives_once_and_in_order(post: Post) -> None:
    await post.happened(*(f"m-{n}" for n in range(30)))
    total = (await post.counts())["waiting"]
    await post.drained()
    assert await post.counts() == {"delivered": total}
    assert len(post.receiver.events) == total
    assert set(post.receiver.arrivals.values()) == {1}
    by_mediation: dict[str, list[str]] = {}
    for event in post.receiver.events:
        by_mediation.setdefault(event["subject"], []).append(event["sequence"])
    assert len(by_mediation) == 30
    assert all(sequences == sorted(sequences) for sequences in by_mediation.values())
    assert (await post.publish()).wait == timedelta(seconds=30)


async def test_what_is_told_in_one_round_goes_over_a_few_connections(pool: Pool) -> None:
    callers: list[Address | None] = []

    async def take(request: Request) -> Response:
        callers.append(request.client)
        return Response(status_code=204)

    webhooks = Webhooks(pool, b"k" * 32)
    async with (
        listening(Starlette(routes=[Route("/hook", take, methods=["POST"])])) as url,
        outbound(AllowList.parse("127.0.0.1")) as out,
    ):
        post = Post(pool, webhooks, Publisher(pool, webhooks, out, PUBLIC_URL, timedelta(seconds=30)), Receiver())
        post.webhook = await webhooks.add("one", fresh(url=f"{url}/hook", secret=SECRET), post.now)
        await post.happened(*(f"m-{n}" for n in range(8)))
        await post.publish()
        first = set(callers)
        await post.publish()
    assert len(callers) > 20
    assert len(first) <= publication.AT_ONCE
    assert len(set(callers)) <= 2 * publication.AT_ONCE


async def test_the_public_libraries_read_what_arrives(pool: Pool) -> None:
    taken: list[tuple[dict[str, str], bytes]] = []

    async def take(request: Request) -> Response:
        taken.append((dict(request.headers), await request.body()))
        return Response(status_code=202)

    webhooks = Webhooks(pool, b"k" * 32)
    async with (
        listening(Starlette(routes=[Route("/hook", take, methods=["POST"])])) as url,
        outbound(AllowList.parse("127.0.0.1")) as out,
    ):
        post = Post(pool, webhooks, Publisher(pool, webhooks, out, PUBLIC_URL, timedelta(seconds=30)), Receiver())
        source = "urn:nld:oin:00000001823288444000:systeem:direct-mediation"
        post.webhook = await webhooks.add("one", fresh(url=f"{url}/hook", secret=SECRET, source=source), post.now)
        await post.happened("m-1")
        await post.publish()
    assert len(taken) > 3
    for headers, body in taken:
        assert headers["content-type"] == "application/cloudevents+json"
        document = PublicWebhook(SECRET).verify(body, headers)
        event = from_http_event(HTTPMessage(headers, body), JSONFormat())
        assert event.get_id() == headers["webhook-id"] == document["id"]
        assert event.get_source() == source
        assert event.get_subject() == "m-1"
        assert event.get_time() == post.now
        assert event.get_data() is None
        extensions = {"sequence": event.get_extension("sequence"), "dataref": event.get_extension("dataref")}
        assert extensions == {"sequence": document["sequence"], "dataref": f"{PUBLIC_URL}/v1/mediations/m-1"}
        assert set(document) == {"specversion", "id", "source", "type", "subject", "time", "dataref", "sequence"}
        assert len(body) < 20_000


async def test_a_worker_that_dies_after_it_arrived_tells_it_again_under_the_same_id(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    await post.happened("m-1", "m-2")
    total = (await post.counts())["waiting"]
    delivered, deaths = Notifications.delivered, [0]

    async def dies(self: Notifications, one: Notification, at: datetime) -> None:
        deaths[0] += 1
        if deaths[0] % 3 == 1:
            raise Death
        await delivered(self, one, at)

    monkeypatch.setattr(Notifications, "delivered", dies)
    for _ in range(60):
        with suppress(Death):
            await post.publish()
    assert deaths[0] > total
    assert await post.counts() == {"delivered": total}
    assert len(post.receiver.arrivals) == len(post.receiver.events) == total
    assert sum(post.receiver.arrivals.values()) > total


async def test_what_is_not_taken_is_tried_by_the_schedule_and_is_a_dead_letter_in_the_end(post: Post) -> None:
    await post.happened("m-1")
    total = (await post.counts())["waiting"]
    post.receiver.status = 500
    began, tries = post.now, []
    while (await post.counts()).get("dead") is None:
        wait = (await post.publish()).wait
        next_at = await post.box.next_at()
        tries.append((post.now - began).total_seconds())
        if next_at is None or not wait or next_at <= post.now:
            break
        assert wait <= timedelta(seconds=30)
        post.now = next_at
        post.receiver.secrets = [SECRET]
    assert len(tries) == len(STEPS) + 1
    wanted = [sum(STEPS[:n]) for n in range(len(STEPS) + 1)]
    assert all(exact <= tried <= exact * 1.1 for exact, tried in zip(wanted, tries, strict=True))
    assert 75 * 3600 < tries[-1] < 84 * 3600
    (letter,) = await post.box.dead_letters(None, 10)
    assert letter.sequence == 1
    assert letter.attempts == len(STEPS) + 1
    post.receiver.status, post.now = 204, datetime.now(UTC)
    await post.pool.execute("UPDATE notification SET next_at = $1 WHERE result IS NULL", post.now)
    await post.drained()
    assert await post.counts() == {"delivered": total - 1, "dead": 1}, "the following ones went on"
    assert await post.box.resend(post.now, None) == 1
    await post.drained()
    assert await post.counts() == {"delivered": total}
    assert post.receiver.events[-1]["id"] == "m-1/1"


async def test_one_mediation_that_is_never_taken_holds_up_no_other(post: Post) -> None:
    await post.happened(*(f"m-{n}" for n in range(5)))
    hook = post.receiver.hook

    async def picky(request: Request) -> Response:
        if request.headers["webhook-id"].startswith("m-3/"):
            return Response(status_code=422)
        return await hook(request)

    async with listening(Starlette(routes=[Route("/hook", picky, methods=["POST"])])) as url:
        await tamper(post.pool, "UPDATE webhook SET url = $1", f"{url}/hook")
        await post.drained()
    assert {event["subject"] for event in post.receiver.events} == {"m-0", "m-1", "m-2", "m-4"}
    codes = await post.pool.fetch("SELECT DISTINCT mediation, code FROM notification WHERE code IS NOT NULL")
    assert [tuple(row) for row in codes] == [("m-3", "status_422")]


async def test_what_follows_in_the_same_mediation_waits_for_what_was_not_taken(post: Post) -> None:
    await post.happened("m-1")
    await post.pool.execute("UPDATE notification SET next_at = at")
    second = await post.pool.fetchval("SELECT sequence FROM notification ORDER BY sequence OFFSET 1")
    hook = post.receiver.hook

    async def picky(request: Request) -> Response:
        post.receiver.status = 500 if request.headers["webhook-id"] == f"m-1/{second}" else 204
        return await hook(request)

    async with listening(Starlette(routes=[Route("/hook", picky, methods=["POST"])])) as url:
        await tamper(post.pool, "UPDATE webhook SET url = $1", f"{url}/hook")
        await post.publish()
    assert list(post.receiver.arrivals) == ["m-1/1", f"m-1/{second}"]


async def test_a_webhook_that_is_gone_is_disabled_and_nothing_is_lost(post: Post) -> None:
    await post.happened("m-1")
    total = (await post.counts())["waiting"]
    post.receiver.status = 410
    await post.publish()
    webhook = await post.webhooks.get(post.webhook.id)
    assert (webhook.enabled, webhook.disabled_reason) == (False, "it answered 410 Gone")
    arrived = sum(post.receiver.arrivals.values())
    await post.publish()
    assert sum(post.receiver.arrivals.values()) == arrived
    assert await post.counts() == {"waiting": total}
    post.receiver.status = 204
    assert await post.webhooks.enable(webhook.id, post.now)
    await post.drained()
    assert await post.counts() == {"delivered": total}


@pytest.mark.parametrize("status", [301, 302, 307, 308, 304, 400, 404, 429, 500, 503])
async def test_anything_but_2xx_is_a_failure_and_no_redirect_is_followed(post: Post, status: int) -> None:
    await post.happened("m-1")
    post.receiver.status, post.receiver.headers = status, {"Location": "/events", "Retry-After": "600"}
    await post.publish()
    row = await post.pool.fetchrow("SELECT code, next_at FROM notification WHERE sequence = 1")
    assert row is not None
    assert row["code"] == f"status_{status}"
    waits = (row["next_at"] - post.now).total_seconds()
    assert (waits == 600) == (status in {429, 503})
    assert sum(post.receiver.arrivals.values()) == 1


@pytest.mark.parametrize("fault", ["not_unique", "forgotten"])
async def test_an_event_that_its_webhook_has_already_is_told_and_holds_nothing_up(post: Post, fault: str) -> None:
    """Its answer got lost; when it comes again the webhook refuses it (409), or takes it under the same id."""
    post.receiver.faults.switch([Fault(fault=FaultKind.LOST_ANSWER, times=1), Fault(fault=FaultKind(fault))])
    await post.happened("m-1")
    await post.publish()
    assert (await post.counts())["waiting"] > 0
    post.now += timedelta(minutes=1)
    await post.drained()
    total = (await post.counts())["delivered"]
    assert await post.counts() == {"delivered": total}
    assert sum(post.receiver.arrivals.values()) == total + 1
    assert len(post.receiver.events) == total + (fault == "forgotten")


async def test_a_backlog_is_told_as_soon_as_the_webhook_is_back(post: Post) -> None:
    await post.happened(*(f"m-{n}" for n in range(50)))
    total = (await post.counts())["waiting"]
    url = (await post.webhooks.get(post.webhook.id)).url
    await tamper(post.pool, "UPDATE webhook SET url = 'http://127.0.0.1:1/hook'")
    for _ in range(200):
        await post.publish()
        next_at = await post.box.next_at()
        if next_at is None or next_at - post.now > timedelta(hours=5):
            break
        post.now = max(next_at, post.now)
    assert (await post.webhooks.get(post.webhook.id)).failing
    await tamper(post.pool, "UPDATE webhook SET url = $1", url)
    back = next_at or post.now
    post.now = datetime.now(UTC)
    await post.pool.execute("UPDATE notification SET next_at = next_at - ($1::timestamptz - $2)", back, post.now)
    await post.drained()
    assert await post.counts() == {"delivered": total}
    assert not (await post.webhooks.get(post.webhook.id)).failing


async def test_a_name_that_leads_inside_is_not_called_and_its_notifications_wait(post: Post) -> None:
    await post.happened("m-1")
    await tamper(post.pool, "UPDATE webhook SET url = 'https://localhost.localdomain/hook'")
    await post.publish()
    codes = [row["code"] for row in await post.pool.fetch("SELECT code FROM notification WHERE code IS NOT NULL")]
    assert codes in (["not_a_public_address"], ["unknown_host"])


async def test_while_a_secret_is_rotated_both_are_taken(post: Post) -> None:
    await post.happened("m-1")
    second = new_secret()
    await post.webhooks.rotate(post.webhook.id, "r", second, post.now)
    await post.publish()
    post.receiver.secrets = [second]
    await post.happened("m-2")
    await post.drained()
    assert {event["subject"] for event in post.receiver.events} == {"m-1", "m-2"}


async def test_a_removed_webhook_ends_its_publication(post: Post) -> None:
    await post.happened("m-1")
    await post.webhooks.remove(post.webhook.id)
    assert (await post.publish()).ended
    assert await rows_of(post.pool, "notification") == []


def test_extra_attempts_cost_none_of_the_schedule() -> None:
    first = datetime(2026, 1, 1, tzinfo=UTC)
    one = Notification("m-1", 1, "x", first, first)
    moments = {again_at(one, first + timedelta(seconds=s)) for s in range(0, 90 * 3600, 60)}
    assert None in moments
    assert len(moments) == len(STEPS) + 1, "every step and the end"


def test_the_bytes_of_an_event_are_the_same_for_every_attempt() -> None:
    one = Notification("m-1", 7, "t", datetime(2026, 1, 1, 12, 0, 0, 5, tzinfo=UTC), None)
    later = one._replace(tried_at=datetime(2026, 1, 2, tzinfo=UTC))
    assert cloud_event(one, "s", PUBLIC_URL) == cloud_event(later, "s", PUBLIC_URL)
    document: dict[str, Any] = json.loads(cloud_event(one, "s", PUBLIC_URL))
    assert (document["id"], document["sequence"]) == ("m-1/7", "0000000007")
    assert document["time"] == "2026-01-01T12:00:00.000005Z"


NL_GOV = {
    "specversion": r"1\.0",
    "id": r"[!-~]{1,255}",
    "source": r"urn:nld:(oin:[0-9]{20}|gemeente:[a-z-]+):systeem:[a-z-]+",
    "type": r"nl(\.[a-z]([a-z-]*[a-z])?){3}\.v[0-9]+",
    "subject": r"m-[a-z0-9]+",
    "time": r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z",
    "dataref": r"https?://[!-~]+",
    "sequence": r"[0-9]{10}",
}
"""What the NL GOV profile 1.0 asks of each attribute that we send: a reverse domain name with a version as the type, a
urn:nld as the source, RFC 3339 as the moment. Without data there is neither datacontenttype nor dataschema."""


def test_every_attribute_is_as_the_nl_gov_profile_asks() -> None:
    source = "urn:nld:gemeente:almere:systeem:direct-mediation"
    at = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert len(TYPES) > 30
    for kind in TYPES:
        document: dict[str, str] = json.loads(cloud_event(Notification("m-ab1", 7, kind, at, None), source, PUBLIC_URL))
        assert document.keys() == NL_GOV.keys()
        assert [name for name, value in document.items() if not re.fullmatch(NL_GOV[name], value)] == [], document
        assert all(re.fullmatch("[a-z0-9]{1,20}", name) for name in document)


def test_a_batch_fits_in_an_attempt() -> None:
    from workflows.publication import ATTEMPT

    assert timedelta(seconds=publication.ENOUGH + publication.LONGEST_TELLING) < ATTEMPT
