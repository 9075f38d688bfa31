"""Signatures over webhooks, by Standard Webhooks 1.0: symmetric (v1), over id, moment and the very bytes sent."""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

PREFIX = "whsec_"
KEY_BYTES = 32
TOLERANCE = timedelta(minutes=5)
"""How far the moment of a webhook may be from now, either way."""
MOST_SIGNATURES = 10
"""More signatures of one webhook are not looked at."""
_ID = re.compile(r"[!-~]{1,200}", re.ASCII)
_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)


class SignatureWrong(Exception):
    """This webhook has no valid signature, or was not signed just now."""


class SecretMalformed(ValueError):
    """This is no secret of a webhook: `whsec_` and 24 to 64 bytes in base64."""


def new_secret() -> str:
    """Make a fresh secret."""
    return PREFIX + base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def key_of(secret: str) -> bytes:
    """Return the key in a secret. Raises SecretMalformed, never showing the text."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise SecretMalformed("a secret is whsec_ and base64") from None
    if not secret.startswith(PREFIX) or not 24 <= len(key) <= 64:
        raise SecretMalformed("a secret is whsec_ and 24 to 64 bytes in base64")
    return key


def signed(keys: Iterable[bytes], message: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the headers of a webhook, with one signature for each key."""
    seconds = str(int(at.timestamp()))
    signatures = [base64.b64encode(_digest(key, message, seconds, body)).decode() for key in keys]
    return {
        "webhook-id": message,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(f"v1,{one}" for one in signatures),
    }


def verified(keys: Iterable[bytes], headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """Return the id of a webhook that one of these keys signed just now. Raises SignatureWrong, whatever was sent."""
    message, seconds = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not _ID.fullmatch(message) or not _SECONDS.fullmatch(seconds):
        raise SignatureWrong
    if abs(now.timestamp() - int(seconds)) > TOLERANCE.total_seconds():
        raise SignatureWrong
    given = [_signature(one) for one in headers.get("webhook-signature", "").split(" ")[:MOST_SIGNATURES]]
    wanted = [_digest(key, message, seconds, body) for key in keys]
    if not any([hmac.compare_digest(one, other) for one in given if one for other in wanted]):  # noqa: C419 - all of them, in the same time
        raise SignatureWrong
    return message


def _digest(key: bytes, message: str, seconds: str, body: bytes) -> bytes:
    return hmac.digest(key, f"{message}.{seconds}.".encode() + body, hashlib.sha256)


def _signature(text: str) -> bytes | None:
    version, comma, encoded = text.partition(",")
    if version != "v1" or not comma:
        return None
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None
