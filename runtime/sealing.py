"""Encryption of a text at rest: AES-256-GCM under a random nonce, which stands before the ciphertext.

`bound` is what the ciphertext belongs to, such as the id of its row: moved to another place it cannot be opened.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from runtime import RuntimeFault

NONCE_BYTES = 12


class Tampered(RuntimeFault):
    """What is stored is not what was encrypted: text, key or place were changed, or it was under another key."""


def sealed(cipher: AESGCM, plain: bytes, bound: bytes) -> bytes:
    """Return the nonce and the ciphertext."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, plain, bound)


def opened(cipher: AESGCM, stored: bytes, bound: bytes) -> bytes:
    """Return what was sealed. Raises Tampered when key, text or place are not those it was sealed with."""
    try:
        return cipher.decrypt(stored[:NONCE_BYTES], stored[NONCE_BYTES:], bound)
    except (InvalidTag, ValueError):  # the second: shorter than a nonce
        raise Tampered("a stored text") from None
