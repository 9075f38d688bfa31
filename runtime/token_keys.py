"""The public keys of the token issuer: a JWKS from a file or an address, kept for a while, with bounds on its size."""

import asyncio
import json
import time
import urllib.request
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO, Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

from runtime import RuntimeFault

PublicKey = ECKey | OKPKey | RSAKey

LARGEST = 256 * 1024
"""Bytes of the largest JWKS read."""
MOST = 100
"""Keys of the longest JWKS read."""
TIMEOUT = 5.0
FRESH = 600.0
"""Seconds after which keys are read again, so that a withdrawn one stops working."""
STALE = 3600.0
"""Seconds that known keys are still used while the issuer cannot be reached."""
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
            self._keys = _public_keys(await asyncio.to_thread(_fetched, self._source))
        except (OSError, HTTPException, ValueError, JoseError):
            if _age(self._read) >= STALE:
                raise TokenKeysUnavailable(self._source) from None
        else:
            self._read = time.monotonic()


def _age(moment: float) -> float:
    return time.monotonic() - moment


def _fetched(source: str) -> bytes:
    if not source.startswith(("http://", "https://")):
        with Path(source).open("rb") as file:
            return _bounded(file)
    with OPENER.open(source, timeout=TIMEOUT) as answer:
        return _bounded(answer)


def _bounded(source: IO[bytes]) -> bytes:
    content = source.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise ValueError("too large")
    return content


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the keys are read where the settings say, and nowhere else."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """See the base class."""
        return


OPENER = urllib.request.build_opener(_NoRedirects)


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
