"""Encryption of a text at rest: AES-256-GCM under a random nonce, which stands before the ciphertext.

`bound` is what the ciphertext belongs to, such as the id of its row: moved to another place it cannot be opened.
"""

import secrets

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


def sealed(cipher: AESGCM, plain: bytes, bound: bytes) -> bytes:
    """Return the nonce and the ciphertext."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, plain, bound)


def opened(cipher: AESGCM, stored: bytes, bound: bytes) -> bytes:
    """Return what was sealed. Raises InvalidTag when key, text or place are not those it was sealed with."""
    return cipher.decrypt(stored[:NONCE_BYTES], stored[NONCE_BYTES:], bound)
