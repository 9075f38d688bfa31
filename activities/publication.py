"""`Publish`: send one webhook what is due, in order within a mediation, and note what became of each notification.

That a notification arrived is noted afterwards: if the worker dies in between it is sent again, under the same id.
Within one call nothing is tried again: the next moment is kept with the notification (Standard Webhooks: ten attempts
in 75 hours).
"""

import asyncio
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol

from temporalio import activity

from activities.alive import beating
from activities.cloud_events import CONTENT_TYPE, cloud_event
from activities.postgres import postgres_may_be_away
from activities.taken import KNOWN, NotTaken, check
from activities.zgw import CaseSystem
from domain.exchange.published import Published, event_id
from runtime.addresses import AddressRefused
from runtime.outbound import CallFailed, Outbound
from runtime.signatures import key_of, signed
from store.database import Pool
from store.notifications import Notification, Notifications
from store.webhooks import Kind, Webhook, Webhooks, WebhookUnknown

STEPS = (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
"""Seconds between the attempts, by Standard Webhooks; after the last one a notification is a dead letter."""
JITTER = 0.1
"""Each notification has a share of its own, from 0 to this, by which all its steps are longer: so those that failed
together are not all tried again at one moment."""
MEDIATIONS, EACH = 20, 10
"""So many mediations, and so many notifications of each, are sent in one attempt."""
AT_ONCE = 5
"""How many calls one webhook gets at the same time."""
ENOUGH = 45
"""Seconds after which an attempt begins no more calls: what is left then still fits `workflows.publication.ATTEMPT`."""
LONGEST_TELLING = 60
"""Seconds that one notification may take, with all its calls."""
DISABLED = timedelta(hours=1)
"""How long until a disabled webhook is looked at again; enabling it wakes its publication at once."""


class Teller(Protocol):
    """A way to tell one webhook."""

    async def tell(self, one: Notification) -> None:
        """Tell it of one event. Raises NotTaken, CallFailed or AddressRefused."""
        ...


class Publisher:
    """Sends webhooks their notifications. `pace` is how long it may take until a new event is noticed."""

    def __init__(self, pool: Pool, webhooks: Webhooks, outbound: Outbound, public_url: str, pace: timedelta) -> None:
        self._pool = pool
        self._webhooks = webhooks
        self._outbound = outbound
        self._public_url = public_url
        self._pace = pace

    @activity.defn(name="Publish")
    async def publish(self, webhook: str) -> Published:
        """Send a webhook what is due, once; return when to look again."""
        with beating(), postgres_may_be_away():
            return await self._publish(webhook, Notifications(self._pool, webhook), activity.info().started_time)

    async def _publish(self, name: str, outbox: Notifications, now: datetime) -> Published:
        try:
            webhook = await self._webhooks.get(name)
            secrets = await self._webhooks.secrets_of(name, now)
        except WebhookUnknown:
            await outbox.forget()
            return Published(ended=True)
        if not webhook.enabled:
            return Published(wait=DISABLED)
        lanes = await outbox.due(now, mediations=MEDIATIONS, each=EACH)
        async with self._outbound.visit() as out:
            round_ = _Round(self._teller(webhook, secrets, now, out), outbox, now)
            try:
                async with asyncio.TaskGroup() as group:
                    for lane in lanes:
                        group.create_task(round_.tell(lane))
            except ExceptionGroup as several:
                raise several.exceptions[0] from None
        if round_.gone:
            await self._webhooks.disable(name, "it answered 410 Gone")
            return Published(wait=DISABLED)
        if round_.arrived:
            await outbox.recovered(now)
        elif round_.failed:
            await outbox.failing()
        next_at = await outbox.next_at()
        wait = max(next_at - now, timedelta()) if next_at else self._pace
        return Published(wait=min(wait, self._pace))

    def _teller(self, webhook: Webhook, secrets: tuple[str, ...], now: datetime, out: Outbound) -> Teller:
        if webhook.kind is Kind.ZGW:
            return CaseSystem(self._pool, out, webhook, secrets[0], now)
        keys = [key_of(secret) for secret in secrets]
        return _Subscriber(out, webhook, keys, self._public_url, now)


class _Round:
    """One attempt to send a webhook what is due."""

    def __init__(self, teller: Teller, outbox: Notifications, now: datetime) -> None:
        self._teller = teller
        self._outbox = outbox
        self._now = now
        self._places = asyncio.Semaphore(AT_ONCE)
        self._until = asyncio.get_running_loop().time() + ENOUGH
        self.arrived = self.failed = 0
        self.gone = False

    async def tell(self, lane: list[Notification]) -> None:
        """Send the notifications of one mediation in order, until one of them is not taken."""
        async with self._places:
            for one in lane:
                if self.gone or asyncio.get_running_loop().time() > self._until:
                    return
                if not await self._told(one):
                    return

    async def _told(self, one: Notification) -> bool:
        try:
            async with asyncio.timeout(LONGEST_TELLING):
                await self._teller.tell(one)
        except NotTaken as not_taken:
            self.gone |= not_taken.gone
            code, retry_after = not_taken.code, not_taken.retry_after
        except (CallFailed, AddressRefused) as failed:
            code, retry_after = failed.code, timedelta()
        except TimeoutError:
            code, retry_after = "timeout", timedelta()
        else:
            await self._outbox.delivered(one, self._now)
            self.arrived += 1
            return True
        if not self.gone:
            self.failed += 1
            await self._outbox.failed(one, self._now, again_at(one, self._now, retry_after), code[:60])
        return False


class _Subscriber:
    """A webhook that takes CloudEvents, signed by Standard Webhooks."""

    def __init__(self, outbound: Outbound, webhook: Webhook, keys: list[bytes], public_url: str, now: datetime) -> None:
        self._outbound = outbound
        self._webhook = webhook
        self._keys = keys
        self._public_url = public_url
        self._now = now

    async def tell(self, one: Notification) -> None:
        """See Teller."""
        body = cloud_event(one, self._webhook.source, self._public_url)
        headers = signed(self._keys, event_id(one.mediation, one.sequence), self._now, body)
        answer = await self._outbound.call("POST", self._webhook.url, {"Content-Type": CONTENT_TYPE, **headers}, body)
        if answer.status != KNOWN:
            check(answer)


def again_at(one: Notification, now: datetime, retry_after: timedelta = timedelta()) -> datetime | None:
    """Return when a notification that failed now is tried again; None after the last time.

    The moments are counted from the first attempt, so an extra attempt, made when its webhook is back, uses up none.
    """
    share = int.from_bytes(sha256(event_id(one.mediation, one.sequence).encode()).digest()[:4]) / 2**32
    moment = one.tried_at or now
    for step in STEPS:
        moment += timedelta(seconds=step * (1 + JITTER * share))
        if moment > now:
            return max(moment, now + retry_after)
    return None
