"""Where a list goes on: an opaque text, sealed so that only what this installation handed out is taken back."""

import base64
import binascii
import hashlib
import hmac
import json
from datetime import UTC, date, datetime, time

from api.problems import Invalid

SEAL_BYTES = 16
LONGEST = 512
"""Characters of the longest cursor read."""


class CursorInvalid(Invalid):
    """This cursor does not come from this list."""

    def __init__(self) -> None:
        super().__init__([("cursor", "take it unchanged from `next` of the same list")])


class Cursors:
    """Writes and reads cursors. `key` is a key of this installation, kept for this purpose."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def write(self, of: str, at: datetime, *ids: str) -> str:
        """Return the cursor that stands after this place in a list."""
        body = json.dumps([of, at.isoformat(), *ids]).encode()
        return base64.urlsafe_b64encode(self._seal(body) + body).decode().rstrip("=")

    def read(self, of: str, cursor: str | None) -> tuple[datetime, tuple[str, ...]] | None:
        """Return the place after which the list goes on; None without a cursor. Raises `CursorInvalid`."""
        if cursor is None:
            return None
        try:
            raw = base64.b64decode(cursor[:LONGEST] + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise CursorInvalid from None
        seal, body = raw[:SEAL_BYTES], raw[SEAL_BYTES:]
        if not hmac.compare_digest(seal, self._seal(body)):
            raise CursorInvalid
        kind, at, *ids = json.loads(body)
        if kind != of:
            raise CursorInvalid
        return datetime.fromisoformat(at), tuple(ids)

    def write_day(self, of: str, day: date, *ids: str) -> str:
        """Return the cursor of a list that is in the order of days."""
        return self.write(of, datetime.combine(day, time(), UTC), *ids)

    def read_day(self, of: str, cursor: str | None) -> tuple[date, tuple[str, ...]] | None:
        """Return the day and ids after which such a list goes on, as `read` does."""
        after = self.read(of, cursor)
        return (after[0].date(), after[1]) if after else None

    def _seal(self, body: bytes) -> bytes:
        return hmac.digest(self._key, body, hashlib.sha256)[:SEAL_BYTES]
