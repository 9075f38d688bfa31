"""Idempotency keys: an organisation's key names one request for ever, and the same request is answered alike."""

import base64
import hashlib
import hmac
from typing import Annotated

from fastapi import Header

from api.problems import KeyReused
from store.database import Pool
from store.requests import Remembered, remember

IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[\x21-\x7e]{1,128}$",
        description="Your own unique key of this command, 1 to 128 visible ASCII characters; send it again unchanged "
        "with the same request and the command is done once and answered alike",
        examples=["4e1c0c9e-7f57-4c65-9d3c-0a2a2f7f2f55"],
    ),
]


def mediation_id(organisation: str, key: str) -> str:
    """Return the id of the mediation that an organisation starts with this key."""
    return f"m-{base64.b32encode(_digest(organisation, key)).decode().lower()[:20]}"


def command_id(organisation: str, key: str) -> str:
    """Return the id of the command that an organisation gives with this key."""
    return f"c-{_digest(organisation, key).hex()[:40]}"


def _digest(organisation: str, key: str) -> bytes:
    # no bar can stand in an organisation's name, so that no two pairs read the same
    return hashlib.sha256(f"{organisation}|{key}".encode()).digest()


class Idempotency:
    """Remembers what keys were used for. Requests hold personal data: they are kept as keyed fingerprints only."""

    def __init__(self, pool: Pool, key: bytes) -> None:
        self._pool = pool
        self._key = key

    async def claim(self, organisation: str, key: str, mediation: str, path: str, request: bytes) -> None:
        """Note what a key is used for; raises `KeyReused` when it was used for another request before."""
        fingerprint = hmac.new(self._key, path.encode() + b"\n" + request, hashlib.sha256).hexdigest()
        wanted = Remembered(mediation, fingerprint)
        if await remember(self._pool, organisation, key, wanted) != wanted:
            raise KeyReused
