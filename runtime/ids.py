"""Ids made of what somebody else chose, such as the key of a request: the same each time, and nobody can try them out.

An unkeyed hash would tell whoever sees an id whether a guess at what it was made of is right.
"""

import hmac
import json
from typing import NamedTuple


class Ids(NamedTuple):
    """Makes ids by a secret of the installation."""

    secret: bytes

    def __repr__(self) -> str:
        return "Ids(...)"

    def digest(self, kind: str, *parts: str | int) -> bytes:
        """Return 32 bytes for what an id of this kind is made of."""
        return hmac.digest(self.secret, json.dumps([kind, *parts]).encode(), "sha256")

    def hex(self, kind: str, digits: int, *parts: str | int) -> str:
        """Return as many hexadecimal digits of it, at most 64."""
        return self.digest(kind, *parts).hex()[:digits]


def kept_key(ids: Ids, organisation: str, key: str) -> str:
    """Return what is kept of an organisation's key."""
    return f"k-{ids.hex('key', 40, organisation, key)}"
