"""The public keys of the token issuer: a JWKS from a file or an address, kept for a while, with bounds on its size."""

import asyncio
import json
import ssl
import time
from functools import cache
from pathlib import Path
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

from runtime import RuntimeFault
from runtime.addresses import AddressRefused, AllowList
from runtime.outbound import BODY_LIMIT, CallFailed, outbound

PublicKey = ECKey | OKPKey | RSAKey

LARGEST = BODY_LIMIT
"""Bytes of the largest JWKS read."""
MOST = 100
"""Keys of the longest JWKS read."""
TIMEOUT = 5.0
FRESH = 600.0
"""Seconds after which keys are read again, so that a withdrawn one stops working."""
STALE = 3600.0
"""Seconds that known keys are still used while the issuer cannot be reached."""
OK = 200
PAUSE = 10.0
"""Seconds between two readings, however many unknown key ids come in."""


class TokenKeysUnavailable(RuntimeFault):
    """The token issuer's public keys cannot be read."""


class TokenKeys:
    """Finds a key by its id. Only public signing keys of the kinds we accept are taken over."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._keys: dict[str, PublicKey] = {}
        self._read = self._tried = float("-inf")
        self._lock = asyncio.Lock()

    async def find(self, key_id: str) -> PublicKey | None:
        """The key with this id, reading the set again when it is unknown; raises `TokenKeysUnavailable`."""
        if key_id in self._keys and _age(self._read) < FRESH:
            return self._keys[key_id]
        async with self._lock:
            if _age(self._tried) >= PAUSE and (key_id not in self._keys or _age(self._read) >= FRESH):
                await self._refresh()
        if _age(self._read) >= STALE:
            raise TokenKeysUnavailable(self._source)
        return self._keys.get(key_id)

    async def _refresh(self) -> None:
        self._tried = time.monotonic()
        try:
            self._keys = _public_keys(await _fetched(self._source))
        except (OSError, CallFailed, AddressRefused, ValueError, JoseError):
            if _age(self._read) >= STALE:
                raise TokenKeysUnavailable(self._source) from None
        else:
            self._read = time.monotonic()


def _age(moment: float) -> float:
    return time.monotonic() - moment


async def _fetched(source: str) -> bytes:
    """Return the key set. The address is the operator's own, so its host is named; it is called by the guard even so:
    where it says, and nowhere that it redirects to.
    """
    if not source.startswith(("http://", "https://")):
        return await asyncio.to_thread(_read, Path(source))
    async with outbound(AllowList.of(source), trusting=_of_this_machine(), patience=TIMEOUT) as out:
        answer = await out.call("GET", source, {"Accept": "application/json"})
    if answer.status != OK:
        raise ValueError("no key set")
    return answer.content


def _read(file: Path) -> bytes:
    with file.open("rb") as opened:
        content = opened.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise ValueError("too large")
    return content


@cache
def _of_this_machine() -> ssl.SSLContext:
    """Return the certificate authorities that this machine trusts: an issuer may have a certificate of the site's."""
    return ssl.create_default_context()


def _public_keys(content: bytes) -> dict[str, PublicKey]:
    document = json.loads(content)
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise ValueError("no key set")
    keys = (_public_key(one) for one in listed[:MOST])
    return {key.kid: key for key in keys if key is not None and key.kid}


def _public_key(one: Any) -> PublicKey | None:
    """The key when it is one we accept; others in the set may serve other purposes."""
    if not isinstance(one, dict) or one.get("use", "sig") != "sig" or "d" in one:
        return None
    if (one.get("kty"), one.get("crv")) not in {("OKP", "Ed25519"), ("EC", "P-256"), ("RSA", None)}:
        return None
    try:
        key = JWKRegistry.import_key(one)
    except (JoseError, ValueError):
        return None
    if isinstance(key, RSAKey) and key.raw_value.key_size < 2048:
        return None
    return key if isinstance(key, PublicKey) else None
