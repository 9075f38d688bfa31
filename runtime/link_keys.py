"""The secrets of links: tokens, made from the key of their letter, and codes, of which a keyed hash is kept.

A token is worked out anew each time, so a letter that is sent again has the same link, and only a hash is ever stored.
"""

import base64
import hashlib
import hmac
import secrets

DIGITS = 6
"""Of a code."""


class LinkKeys:
    """Makes tokens and recognises codes, by a secret for each."""

    def __init__(self, tokens: bytes, codes: bytes) -> None:
        self._tokens = tokens
        self._codes = codes

    def token(self, letter: str) -> str:
        """Return the token of the link in a letter with this key: 256 bits, in 43 characters."""
        return _text(hmac.digest(self._tokens, letter.encode(), "sha256"))

    def code_hash(self, code: str, link: bytes) -> bytes:
        """Return what is kept of a code for a link."""
        return hmac.digest(self._codes, link + code.encode(), "sha256")


def hashed(token: str) -> bytes:
    """Return what is kept of a token or a pass: its SHA-256."""
    return hashlib.sha256(token.encode()).digest()


def new_code() -> str:
    """Make a code of six digits."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def new_pass() -> str:
    """Make a pass, which shows for ten minutes that a code was entered."""
    return _text(secrets.token_bytes(32))


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
