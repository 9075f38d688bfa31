"""Webhooks as somebody sends them who has no secret, or breaks what somebody sent who has."""

import base64
import random
from datetime import datetime, timedelta

from runtime.signatures import key_of, new_secret, signed

Headers = list[tuple[bytes, bytes]]
BODIES = (b"", b"{}", b"[]", b"null", b"\xff\xfe", b"{" * 5000, b"[" * 100_000, b'{"data": {"reference": 1}}', b"NaN")
TEXTS = (b"", b"0", b"-1", b"9" * 300, b"1e9", b"nan", b"v1,", b"v1", b"v1, ,", b"\xc3\xa9", b"v2,AAAA", b"v1,=", b" ")


class Junk:
    """Draws requests, none of which may be accepted. `right` is what an organisation really sent a moment ago."""

    def __init__(self, secret: str, body: bytes, now: datetime, seed: int) -> None:
        self._draw = random.Random(seed)
        self._key, self._body, self._now = key_of(secret), body, now
        self._other = key_of(new_secret())
        self._names = ("webhook-id", "webhook-timestamp", "webhook-signature")

    def request(self) -> tuple[Headers, bytes]:
        """Return headers and body of one more."""
        way = self._draw.choice([self._forged, self._old, self._changed_body, self._changed_header, self._missing])
        headers, body = way()
        return [(name.encode(), value) for name, value in headers.items()], body

    def _right(self, at: datetime | None = None, key: bytes | None = None) -> dict[str, bytes]:
        message = f"msg-{self._draw.randrange(10**9)}"
        return {k: v.encode() for k, v in signed([key or self._key], message, at or self._now, self._body).items()}

    def _forged(self) -> tuple[dict[str, bytes], bytes]:
        return self._right(key=self._other), self._draw.choice([self._body, *BODIES])

    def _old(self) -> tuple[dict[str, bytes], bytes]:
        seconds = self._draw.choice([1, -1]) * self._draw.uniform(310, 10**8)
        return self._right(at=self._now + timedelta(seconds=seconds)), self._body

    def _changed_body(self) -> tuple[dict[str, bytes], bytes]:
        changed = bytearray(self._body)
        changed[self._draw.randrange(len(changed))] ^= 1 << self._draw.randrange(8)
        other = [bytes(changed), self._body + b" ", self._body[:-1], b" " + self._body, *BODIES]
        return self._right(), self._draw.choice(other)

    def _changed_header(self) -> tuple[dict[str, bytes], bytes]:
        headers = self._right()
        name = self._draw.choice(self._names)
        value = headers[name]
        noise = base64.b64encode(self._draw.randbytes(32))
        headers[name] = self._draw.choice([*TEXTS, value[1:], value + b"0", b"0" + value, b"v1," + noise, noise])
        if name == "webhook-timestamp" and headers[name].lstrip(b"0") == value.lstrip(b"0"):
            headers[name] = b"0"
        return headers, self._body

    def _missing(self) -> tuple[dict[str, bytes], bytes]:
        headers = self._right()
        for name in self._draw.sample(self._names, self._draw.randint(1, 3)):
            del headers[name]
        return headers, self._body
