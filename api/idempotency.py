"""Idempotency keys: once something is recorded under a key, the same request is answered alike for ever.

A request that is refused, by the rules or before them, uses up no key: sent again, corrected or not, it is judged anew.
A refusal that was recorded stays in the journal, under the id of that attempt.
"""

import base64
import hashlib
import hmac
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Annotated, NamedTuple

from fastapi import Header

from api.problems import KeyReused
from domain.exchange.record import Keyed, Recorded
from domain.facts.rules import RuleName
from runtime.ids import Ids, kept_key
from store.database import Pool
from store.journal import recorded
from store.requests import KEY_REUSED, Request, claimed_for

IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[\x21-\x7e]{1,128}$",
        description="Your own unique key of this command, 1 to 128 visible ASCII characters; send it again unchanged "
        "with the same request and the command is done once and answered alike. A refused request uses up no key, "
        "but for what could not be recorded (rule `not_recorded`): ask that again under a new key",
        examples=["4e1c0c9e-7f57-4c65-9d3c-0a2a2f7f2f55"],
    ),
]

FINAL = frozenset({RuleName.NOT_RECORDED})
"""Rules whose refusal uses up the key: a command that could not be recorded would not be the next time either."""


def mediation_id(ids: Ids, organisation: str, key: str, attempt: int = 1) -> str:
    """Return the id of the mediation that an organisation starts with this key."""
    return _mediation_id(ids.digest("request", organisation, key, attempt))


def command_id(ids: Ids, organisation: str, key: str, attempt: int = 1) -> str:
    """Return the id of the command that an organisation gives with this key."""
    return _command_id(ids.digest("request", organisation, key, attempt))


def _mediation_id(digest: bytes) -> str:
    return f"m-{base64.b32encode(digest).decode().lower()[:20]}"


def _command_id(digest: bytes) -> str:
    return f"c-{digest.hex()[:40]}"


def _former(organisation: str, key: str, attempt: int) -> bytes:
    """Return of what earlier releases made ids: whoever saw one could try out which key it was made of."""
    # no bar can stand in an organisation's name and no line break in a key, so that no two read the same
    text = f"{organisation}|{key}" if attempt == 1 else f"{organisation}|{key}\n{attempt}"
    return hashlib.sha256(text.encode()).digest()


class UnderKey(NamedTuple):
    """A request to give a command."""

    organisation: str
    key: str
    path: str
    body: bytes
    mediation: str | None = None
    """None when it starts one, whose id is then made of the key."""


class Attempt(NamedTuple):
    """Under which ids a request is recorded, if it is."""

    mediation: str
    command: str
    keyed: Keyed


Do = Callable[[Attempt], Awaitable[Recorded]]


class Idempotency:
    """Knows what keys were used for. Requests hold personal data, and keys may: both are known by keyed hashes only."""

    def __init__(self, pool: Pool, key: bytes, ids: Ids) -> None:
        self._pool = pool
        self._key = key
        self.ids = ids

    async def once(self, asked: UnderKey, do: Do) -> tuple[Attempt, Recorded]:
        """Have a request done, unless it was; return how it was recorded. Raises `KeyReused`, and what `do` raises."""
        while True:
            attempt, result = await self._attempt(asked)
            if result is None:
                result = await do(attempt)
            if result.refused and result.refused.rule == KEY_REUSED.rule:
                raise KeyReused
            if result.fingerprint in {None, attempt.keyed.fingerprint}:
                return attempt, result
            # Another request came at the same moment under the same key, and was the one that was recorded.
            if not result.refused:
                raise KeyReused

    async def known(self, asked: UnderKey) -> tuple[Attempt, Recorded] | None:
        """Return how a request was recorded before; None when it was not. Raises `KeyReused`."""
        attempt, result = await self._attempt(asked)
        return (attempt, result) if result else None

    def fingerprint(self, text: str) -> str:
        """Return what a text is known by, and nobody without our key can make of it."""
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()

    def request(self, asked: UnderKey, subject: str) -> Request:
        """Return what is kept of a request about something else than a mediation."""
        return Request(asked.organisation, self._kept(asked), subject, self._fingerprint(asked))

    def _kept(self, asked: UnderKey) -> str:
        return kept_key(self.ids, asked.organisation, asked.key)

    async def _attempt(self, asked: UnderKey) -> tuple[Attempt, Recorded | None]:
        """Return the attempt that was accepted, or the first after all that were refused. Raises `KeyReused`."""
        keyed = Keyed(key=self._kept(asked), fingerprint=self._fingerprint(asked))
        if await claimed_for(self._pool, asked.organisation, keyed.key) not in {None, keyed.fingerprint}:
            raise KeyReused
        for number in count(1):
            attempt, result = await self._recorded(asked, keyed, number)
            if result is None or not result.refused or _is_final(result, keyed):
                return attempt, result
        raise AssertionError

    async def _recorded(self, asked: UnderKey, keyed: Keyed, number: int) -> tuple[Attempt, Recorded | None]:
        """Return an attempt and what was recorded of it, also by an earlier release."""
        digest = self.ids.digest("request", asked.organisation, asked.key, number)
        for made_of in (digest, _former(asked.organisation, asked.key, number)):
            attempt = Attempt(asked.mediation or _mediation_id(made_of), _command_id(made_of), keyed)
            if result := await recorded(self._pool, attempt.mediation, attempt.command):
                return attempt, result
        return Attempt(asked.mediation or _mediation_id(digest), _command_id(digest), keyed), None

    def _fingerprint(self, asked: UnderKey) -> str:
        return hmac.new(self._key, asked.path.encode() + b"\n" + asked.body, hashlib.sha256).hexdigest()


def _is_final(result: Recorded, keyed: Keyed) -> bool:
    own = result.fingerprint in {None, keyed.fingerprint}
    return own and result.refused is not None and result.refused.rule in FINAL
