"""The secrets of an installation: a random one for each end, kept wrapped under the vault key.

To unwrap them at the start is to check the vault key. Another one, however valid, would recognise no person and make a
second one of each: so nothing starts with it, and nothing is written. Former releases derived them from the vault key;
the first start after that takes those over, so that hashes and links that are out keep their meaning.
"""

import hmac
import secrets
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from asyncpg import UndefinedTableError
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from runtime import RuntimeFault
from runtime.ids import Ids, kept_key
from runtime.keys import KEY_BYTES, KeyRing, derived
from runtime.sealing import Tampered, opened
from runtime.vault_keys import VaultKeys
from store.changed import changed
from store.columns import columns
from store.database import Connection, Pool, Source
from store.queries import query


class End(StrEnum):
    """What a secret is for."""

    LOOKUP = "lookup"
    """To know a citizen service number again."""
    INDEX = "index"
    """To know names and days of birth again."""
    LINK_TOKENS = "link tokens"
    LINK_CODES = "link codes"
    WEBHOOKS = "webhooks"
    """To encrypt the secrets that webhooks share with us."""
    REQUESTS = "requests"
    """To know requests again."""
    CURSORS = "cursors"
    PSEUDONYMS = "pseudonyms"
    """Of those who act."""
    IDS = "ids"
    """To make ids of what others may guess, such as the key of a request."""


FORMERLY = {
    End.LOOKUP: b"vault: lookup",
    End.INDEX: b"vault: index",
    End.LINK_TOKENS: b"links: tokens",
    End.LINK_CODES: b"links: codes",
    End.WEBHOOKS: b"webhooks: secrets",
    End.REQUESTS: b"api: requests",
    End.CURSORS: b"api: cursors",
    End.PSEUDONYMS: b"mediation user pseudonym",
}
"""For which purpose earlier releases derived it from the vault key."""
VAULT_KEY, PAYLOAD_KEY = "vault key ", "payload key "
"""How marks begin: of a vault key that wraps something, and the fingerprint of a key of what Temporal stores."""


class WrongKey(RuntimeFault):
    """A key is not the one with which this installation's data were encrypted; nothing was changed."""


class Secrets(NamedTuple):
    """The secrets of one installation, opened."""

    keys: VaultKeys
    of: Mapping[End, bytes]
    marks: tuple[str | None, ...]
    """For each vault key the name of its mark; None for one that wraps nothing here."""

    def __repr__(self) -> str:
        return "Secrets(...)"


async def ensure_keys(pool: Pool, keys: VaultKeys, ring: KeyRing) -> None:
    """Check every key against what is kept, and write nothing. Raises `WrongKey`."""
    try:
        known = await _opened(pool, keys)
    except UndefinedTableError:  # a database from before: its first start checks them
        return
    _ensure_payload_keys(known, ring)
    if not any(name == End.LOOKUP for name in known):
        await _fitting(pool, keys)


async def unlock(pool: Pool, keys: VaultKeys, ring: KeyRing | None = None) -> Secrets:
    """Return this installation's secrets, made at its first start. Raises `WrongKey`; then nothing was written.

    From now on the active vault key and the active key of this ring are in use: whoever starts without them is refused.
    """
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(query("lock_vault_secrets"))
        known = await _opened(connection, keys)
        fresh = {} if ring is None else _ensure_payload_keys(known, ring)
        ends = {End(name): secret for name, (secret, _) in known.items() if name in set(End)}
        if made := await _made(connection, keys, ends):
            ends |= made
            fresh |= {end.value: secret for end, secret in made.items()}
        marks = _marks(keys, known)
        if marks[0] is None:
            marks[0] = mark = f"{VAULT_KEY}{secrets.token_hex(8)}"
            fresh[mark] = secrets.token_bytes(KEY_BYTES)
        if made and End.IDS in made:
            await _hash_request_keys(connection, Ids(ends[End.IDS]))
        for name, secret in fresh.items():
            await connection.execute(query("add_vault_secret"), name, keys.wrapped(secret))
    return Secrets(keys, ends, tuple(marks))


async def marks_of(source: Source, keys: VaultKeys) -> tuple[str | None, ...]:
    """Return for each vault key the name of its mark now. Raises `WrongKey`."""
    return tuple(_marks(keys, await _opened(source, keys)))


async def retire_payload_key(pool: Pool, key_id: str) -> bool:
    """Forget the fingerprint of a key of what Temporal stores; false where there is none."""
    return changed(await pool.execute(query("remove_vault_secret"), f"{PAYLOAD_KEY}{key_id}"))


def _marks(keys: VaultKeys, known: Mapping[str, tuple[bytes, int]]) -> list[str | None]:
    by_key = {place: name for name, (_, place) in known.items() if name.startswith(VAULT_KEY)}
    return [by_key.get(place) for place in range(len(keys.keys))]


async def _opened(source: Source, keys: VaultKeys) -> dict[str, tuple[bytes, int]]:
    """Return every kept secret, with the place of the vault key that wraps it. Raises `WrongKey`."""
    try:
        return {row["name"]: keys.opened(row["wrapped"]) for row in await source.fetch(query("vault_secrets"))}
    except Tampered:
        raise WrongKey(
            "MEDIATION_VAULT_KEYS lacks a vault key that is in use, or names another installation's"
        ) from None


async def _made(connection: Connection, keys: VaultKeys, ends: Mapping[End, bytes]) -> dict[End, bytes]:
    """Return what is missing: random, or where data were made before there were secrets, as it was derived then."""
    missing = [end for end in End if end not in ends]
    if ends or not missing or not await connection.fetchval(query("is_in_use")):
        return {end: secrets.token_bytes(KEY_BYTES) for end in missing}
    key = await _fitting(connection, keys)
    return {end: derived(key, FORMERLY[end]) if end in FORMERLY else secrets.token_bytes(KEY_BYTES) for end in missing}


async def _hash_request_keys(connection: Connection, ids: Ids) -> None:
    """Put what is kept of a key from now on in the place of each that earlier releases kept as it was."""
    rows = [(row["organisation"], row["key"]) for row in await connection.fetch(query("request_keys"))]
    hashed = [(*row, kept_key(ids, *row)) for row in rows]
    await connection.execute(query("hash_request_keys"), *columns(hashed, 3))


async def _fitting(source: Source, keys: VaultKeys) -> bytes:
    """Return the vault key that opens what an earlier release kept; the active one where that kept nothing.

    Raises `WrongKey` when none does.
    """
    try:
        if (wrapped := await source.fetchval(query("some_wrapped_key"))) is not None:
            return keys.keys[keys.opened(wrapped)[1]]
        if (row := await source.fetchrow(query("some_webhook_secret"))) is not None:
            return next(key for key in keys.keys if _opens(key, row["secret"], row["id"]))
    except (Tampered, StopIteration):
        raise WrongKey("none of MEDIATION_VAULT_KEYS opens what the vault holds") from None
    return keys.keys[0]


def _opens(key: bytes, secret: bytes, webhook: str) -> bool:
    try:
        opened(AESGCM(derived(key, FORMERLY[End.WEBHOOKS])), secret, webhook.encode())
    except Tampered:
        return False
    return True


def _ensure_payload_keys(known: Mapping[str, tuple[bytes, int]], ring: KeyRing) -> dict[str, bytes]:
    """Return the fingerprints of keys that come into use. Raises `WrongKey`."""
    kept = {name.removeprefix(PAYLOAD_KEY): one for name, (one, _) in known.items() if name.startswith(PAYLOAD_KEY)}
    prints = {key_id: derived(key, b"payload key: fingerprint") for key_id, key in ring.keys.items()}
    for key_id, one in kept.items():
        if key_id not in prints:
            raise WrongKey(
                f"MEDIATION_PAYLOAD_KEYS lacks {key_id}, which encrypted histories; when none of them is left: "
                f"`mediation vault retire-payload-key {key_id}`"
            )
        if not hmac.compare_digest(prints[key_id], one):
            raise WrongKey(f"{key_id} of MEDIATION_PAYLOAD_KEYS is another key than the {key_id} that is in use")
    used = [ring.active] if kept else prints  # of an installation from before there were fingerprints: all
    return {f"{PAYLOAD_KEY}{key_id}": prints[key_id] for key_id in used if key_id not in kept}
