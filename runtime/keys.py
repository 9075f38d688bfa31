"""The keys that encrypt what Temporal stores: one active, the older ones kept so that old histories stay readable."""

import base64
import binascii
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from runtime import RuntimeFault

KEY_BYTES = 32
"""Of a key for AES-256, and of one for HMAC-SHA-256."""


class KeyMalformed(RuntimeFault):
    """A key must be 32 bytes, written in base64."""


class KeyRingMalformed(RuntimeFault):
    """A key ring is written as `kid:base64`, several joined by commas, the first being the active one."""


class UnknownKey(RuntimeFault):
    """This text was encrypted under a key that is not on the key ring."""


def new_key() -> str:
    """Make a fresh random 32-byte key, in base64."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def derived(key: bytes, purpose: bytes) -> bytes:
    """Return the key for one purpose, derived from another (HKDF). From it neither that key nor others can be found."""
    return HKDF(SHA256(), KEY_BYTES, None, purpose).derive(key)


def read_key(text: str) -> bytes:
    """Read one 32-byte key from base64; raises `KeyMalformed`, never showing the text."""
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise KeyMalformed("this is not base64") from None
    if len(key) != KEY_BYTES:
        raise KeyMalformed(f"this is {len(key)} bytes")
    return key


@dataclass(frozen=True)
class KeyRing:
    """Keys by their id. A missing key is never made anew: a key that was destroyed stays destroyed."""

    active: str
    keys: Mapping[str, bytes] = field(repr=False)

    def __post_init__(self) -> None:
        if self.active not in self.keys:
            raise UnknownKey(self.active)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `kid:base64,kid2:base64`; raises `KeyRingMalformed`, naming entries by place and not by content."""
        keys: dict[str, bytes] = {}
        for place, entry in enumerate(text.split(","), start=1):
            key_id, colon, secret = entry.strip().partition(":")
            if not colon or not _is_key_id(key_id):
                raise KeyRingMalformed(f"entry {place} has no key id before a colon")
            if key_id in keys:
                raise KeyRingMalformed(f"entry {place} repeats the id of an earlier one")
            try:
                keys[key_id] = read_key(secret)
            except KeyMalformed as error:
                raise KeyRingMalformed(f"entry {place}: {error}") from None
        return cls(active=next(iter(keys)), keys=keys)

    @classmethod
    def generate(cls, key_id: str = "k1") -> Self:
        """Make a ring of one fresh key, for an installation that starts with nothing."""
        return cls.parse(f"{key_id}:{new_key()}")

    def text(self) -> str:
        """The ring as `parse` reads it, the active key first. This is a secret."""
        order = [self.active, *(key_id for key_id in self.keys if key_id != self.active)]
        return ",".join(f"{key_id}:{base64.b64encode(self.keys[key_id]).decode()}" for key_id in order)

    def key(self, key_id: str) -> bytes:
        """The key with this id; raises `UnknownKey`."""
        try:
            return self.keys[key_id]
        except KeyError:
            raise UnknownKey(key_id[:64]) from None


def _is_key_id(text: str) -> bool:
    return 0 < len(text) <= 64 and text.isascii() and text.replace("-", "").replace("_", "").isalnum()
