"""What is told of events: a municipality's webhooks, and the case systems in which its mediations are mirrored.

Their secrets are kept encrypted, and shown only once, in the answer to the request that makes them.
"""

import hashlib
import json
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

import asyncpg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.facts.parties import OrganisationId
from runtime.ids import Ids
from runtime.keys import derived
from runtime.sealing import Tampered, opened, sealed
from store.changed import changed
from store.database import Pool
from store.queries import query
from store.readable import Readable, read_rows
from store.requests import KeyTaken, Request, claim
from store.tampering import told

OVERLAP = timedelta(hours=24)
"""How long after a rotation the old secret signs too."""


class Kind(StrEnum):
    """What a webhook is sent."""

    CLOUDEVENTS = "cloudevents"
    """Each event, as a signed CloudEvent."""
    ZGW = "zgw"
    """The mediation, as a case in a case system (zaak)."""


class Fresh(NamedTuple):
    """A webhook that is to be added."""

    municipality: OrganisationId
    kind: Kind
    url: str
    types: tuple[str, ...] | None
    source: str
    configuration: dict[str, Any]
    secret: str
    by: str


class Webhook(NamedTuple):
    """A webhook as it is now, without its secrets."""

    id: str
    municipality: OrganisationId
    kind: Kind
    url: str
    types: tuple[str, ...] | None
    """The types of events that it is told of. None: all, also those that later releases add."""
    source: str
    """Who the events say they are from (CloudEvents `source`)."""
    configuration: dict[str, Any]
    """What a case system needs besides. Holds no secret."""
    enabled: bool
    disabled_reason: str | None
    failing: bool
    """Whether the last attempt delivered nothing."""
    created_at: datetime
    created_by: str
    previous_until: datetime | None


class WebhookUnknown(Exception):
    """There is no such webhook."""


class Webhooks:
    """The webhooks of one installation. Under `key`, of 32 bytes, their secrets are encrypted."""

    def __init__(self, pool: Pool, key: bytes) -> None:
        self._pool = pool
        self._cipher = AESGCM(key)
        self._ids = Ids(derived(key, b"webhooks: ids"))

    async def add(self, key: str, fresh: Fresh, at: datetime, asked: Request | None = None) -> Webhook:
        """Add a webhook. `key` is the administrator's: the same key again names the same webhook, which stays as it is.

        Raises KeyTaken when something else was asked for under the key of this request before.
        """
        webhook = _former_id(fresh.municipality, key)
        if await self._pool.fetchrow(query("webhook"), webhook) is None:
            webhook = f"wh-{self._ids.hex('webhook', 20, fresh.municipality, key)}"
        await self._changed(
            asked,
            query("add_webhook"),
            webhook,
            fresh.municipality,
            fresh.kind.value,
            fresh.url,
            fresh.types,
            fresh.source,
            json.dumps(fresh.configuration),
            self._sealed(webhook, fresh.secret),
            key,
            at,
            fresh.by,
        )
        return await self.get(webhook)

    async def get(self, webhook: str) -> Webhook:
        """Return a webhook. Raises WebhookUnknown."""
        return _webhook(await self._row(webhook))

    async def of(self, municipality: OrganisationId) -> Readable[Webhook]:
        """Return a municipality's webhooks, the oldest first."""
        return read_rows(await self._pool.fetch(query("webhooks_of"), municipality), _webhook, "webhook")

    async def ids(self) -> list[str]:
        """Return the ids of all webhooks."""
        return [row["id"] for row in await self._pool.fetch(query("webhook_ids"))]

    async def secrets_of(self, webhook: str, now: datetime) -> tuple[str, ...]:
        """Return the secrets that sign now: the present one, and shortly after a rotation the one before."""
        row = await self._row(webhook)
        stored = [row["secret"]]
        if row["previous_secret"] and row["previous_until"] > now:
            stored.append(row["previous_secret"])
        return tuple(self._opened(webhook, one) for one in stored)

    async def rotate(self, webhook: str, key: str, secret: str, now: datetime, asked: Request | None = None) -> str:
        """Sign with another secret from now on, for a day with both; return it. The same key rotates once.

        Raises KeyTaken as `add` does.
        """
        await self._changed(asked, query("rotate_webhook"), webhook, self._sealed(webhook, secret), key, now + OVERLAP)
        return (await self.secrets_of(webhook, now))[0]

    async def disable(self, webhook: str, reason: str) -> bool:
        """Stop telling it; false when it was disabled already. What happens meanwhile becomes a dead letter."""
        return changed(await self._pool.execute(query("enable_webhook"), webhook, reason))

    async def enable(self, webhook: str, now: datetime) -> bool:
        """Tell it again, beginning with what still waits; false when it was enabled already."""
        enabled = changed(await self._pool.execute(query("enable_webhook"), webhook, None))
        await self._pool.execute(query("wake_notifications"), webhook, now)
        return enabled

    async def remove(self, webhook: str) -> None:
        """Forget a webhook and what it was still to be told."""
        await self._pool.execute(query("remove_webhook"), webhook)

    async def _changed(self, asked: Request | None, statement: str, *values: Any) -> None:
        """Change something and use up the key of the request that asked for it, in one transaction."""
        async with self._pool.acquire() as connection, connection.transaction():
            if asked and not await claim(connection, asked):
                raise KeyTaken
            await connection.execute(statement, *values)

    async def _row(self, webhook: str) -> asyncpg.Record:
        row = await self._pool.fetchrow(query("webhook"), webhook)
        if row is None:
            raise WebhookUnknown(webhook)
        return row

    def _sealed(self, webhook: str, secret: str) -> bytes:
        return sealed(self._cipher, secret.encode(), webhook.encode())

    def _opened(self, webhook: str, stored: bytes) -> str:
        try:
            return opened(self._cipher, stored, webhook.encode()).decode()
        except Tampered:
            raise told("webhook", webhook) from None


def _former_id(municipality: OrganisationId, key: str) -> str:
    """Return the id that earlier releases made for the webhook that a municipality adds with this key."""
    return f"wh-{hashlib.sha256(f'{municipality}|{key}'.encode()).hexdigest()[:20]}"


def _webhook(row: asyncpg.Record) -> Webhook:
    values = {name: row[name] for name in Webhook._fields}
    types = tuple(row["types"]) if row["types"] is not None else None
    kinds = {"kind": Kind(row["kind"]), "types": types, "configuration": json.loads(row["configuration"])}
    return Webhook(**(values | kinds))
