"""Who is told of events: a municipality's webhooks and the case systems its mediations are mirrored in.

Their secrets are kept encrypted, and shown only to whoever makes them.
"""

import hashlib
import json
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

import asyncpg
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.facts.parties import OrganisationId
from store.changed import changed
from store.database import Pool
from store.queries import query
from store.readable import Readable, read_rows
from store.requests import KeyTaken, Request, claim

OVERLAP = timedelta(hours=24)
"""How long after a rotation the old secret signs too."""


class Kind(StrEnum):
    """What is sent."""

    CLOUDEVENTS = "cloudevents"
    """Each event, as a signed CloudEvent."""
    ZGW = "zgw"
    """The mediation, as a case in a case system (zaak)."""


class Fresh(NamedTuple):
    """A webhook that is to be added. `key` is what its administrator calls the request that makes it."""

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
    """Of which types it is told; None is all, also those to come."""
    source: str
    """Who the events say they are from (CloudEvents `source`)."""
    configuration: dict[str, Any]
    """What a case system needs besides. Holds no secret."""
    enabled: bool
    disabled_reason: str | None
    failing: bool
    """Whether the last time nothing arrived."""
    created_at: datetime
    created_by: str
    previous_until: datetime | None


class WebhookUnknown(Exception):
    """There is no such webhook."""


class Webhooks:
    """The webhooks of one installation. `key` is its key-encryption key of 32 bytes."""

    def __init__(self, pool: Pool, key: bytes) -> None:
        self._pool = pool
        self._cipher = AESGCM(HKDF(hashes.SHA256(), 32, None, b"webhooks: secrets").derive(key))

    async def add(self, key: str, fresh: Fresh, at: datetime, asked: Request | None = None) -> Webhook:
        """Add a webhook. The same key names the same one, which stays as it is.

        Raises KeyTaken when something else was asked for under the key of this request before.
        """
        webhook = webhook_id(fresh.municipality, key)
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
        sealed = [row["secret"]]
        if row["previous_secret"] and row["previous_until"] > now:
            sealed.append(row["previous_secret"])
        return tuple(self._opened(webhook, one) for one in sealed)

    async def rotate(self, webhook: str, key: str, secret: str, now: datetime, asked: Request | None = None) -> str:
        """Sign with another secret from now on, for a day with both; return it. The same key rotates once.

        Raises KeyTaken as `add` does.
        """
        sealed = self._sealed(webhook, secret)
        await self._changed(asked, query("rotate_webhook"), webhook, sealed, key, now + OVERLAP)
        return (await self.secrets_of(webhook, now))[0]

    async def disable(self, webhook: str, reason: str) -> bool:
        """Stop telling it; false when that was so. What happens meanwhile becomes a dead letter."""
        return changed(await self._pool.execute(query("enable_webhook"), webhook, reason))

    async def enable(self, webhook: str, now: datetime) -> bool:
        """Tell it again, beginning with what still waits; false when that was so."""
        enabled = changed(await self._pool.execute(query("enable_webhook"), webhook, None))
        await self._pool.execute(query("wake_notifications"), webhook, now)
        return enabled

    async def remove(self, webhook: str) -> None:
        """Forget a webhook and what it was still to be told."""
        await self._pool.execute(query("remove_webhook"), webhook)

    async def _changed(self, asked: Request | None, statement: str, *values: Any) -> None:
        """Change something and use up the key of the request that asked for it: both, or neither."""
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
        nonce = secrets.token_bytes(12)
        return nonce + self._cipher.encrypt(nonce, secret.encode(), webhook.encode())

    def _opened(self, webhook: str, sealed: bytes) -> str:
        return self._cipher.decrypt(sealed[:12], sealed[12:], webhook.encode()).decode()


def webhook_id(municipality: OrganisationId, key: str) -> str:
    """Return the id of the webhook that a municipality adds with this key."""
    return f"wh-{hashlib.sha256(f'{municipality}|{key}'.encode()).hexdigest()[:20]}"


def _webhook(row: asyncpg.Record) -> Webhook:
    values = {name: row[name] for name in Webhook._fields}
    types = tuple(row["types"]) if row["types"] is not None else None
    kinds = {"kind": Kind(row["kind"]), "types": types, "configuration": json.loads(row["configuration"])}
    return Webhook(**(values | kinds))
