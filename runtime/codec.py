"""Every payload is encrypted before it leaves the process, so Temporal's database, backups and pages hold ciphertext.

What a worker cannot read says nothing to it: whoever reaches Temporal can send a mediation anything, and an error while
that is read would fail the workflow's task, and with it every later command, for ever.

The key id travels in the payload's metadata: the command line, the web UI and an auditor's verifier decode without
knowing which workflow a payload came from. Nothing is bound to the namespace, which a replayer does not share.
"""

import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec

from runtime import RuntimeFault
from runtime.keys import KeyRing, UnknownKey

ENCODING = b"binary/encrypted"
KEY_ID = "encryption-key-id"
NONCE_BYTES = 12
NOTHING = Payload(metadata={"encoding": b"json/plain"}, data=b"null")
"""What is read where nothing can be. An update that says nothing is rejected, a signal that says nothing is dropped."""


class PayloadTampered(RuntimeFault):
    """A payload is not what was encrypted: its text, key id or encoding was changed."""


class EncryptionCodec(PayloadCodec):
    """AES-256-GCM under the active key, a random 96-bit nonce each, key id and encoding name as associated data."""

    def __init__(self, ring: KeyRing, *, strict: bool = True) -> None:
        """Strict, an auditor's: what cannot be read is an error, what is not encrypted is passed on as it is.

        Not strict, as clients and workers are: both read as `NOTHING`. Not even plain text may be an error there, since
        Temporal adds a plain word of its own to the activities that it cancels.
        """
        self._strict = strict
        self._active = ring.active.encode()
        self._ring = ring
        self._ciphers = {key_id: AESGCM(key) for key_id, key in ring.keys.items()}

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Encrypt each payload, its own metadata included."""
        return [self._encrypt(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Decrypt what this codec encrypted; raises, when it is strict, `UnknownKey` or `PayloadTampered`."""
        return [self._read(payload) for payload in payloads]

    def _read(self, payload: Payload) -> Payload:
        encrypted = payload.metadata.get("encoding") == ENCODING
        if self._strict:
            return self._decrypt(payload) if encrypted else payload
        try:
            return self._decrypt(payload) if encrypted else NOTHING
        except (UnknownKey, PayloadTampered):
            return NOTHING

    def _encrypt(self, payload: Payload) -> Payload:
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._ciphers[self._ring.active].encrypt(nonce, payload.SerializeToString(), _bound(self._active))
        return Payload(metadata={"encoding": ENCODING, KEY_ID: self._active}, data=nonce + sealed)

    def _decrypt(self, payload: Payload) -> Payload:
        key_id = payload.metadata.get(KEY_ID, b"")
        self._ring.key(name := key_id.decode("ascii", "replace"))
        nonce, sealed = payload.data[:NONCE_BYTES], payload.data[NONCE_BYTES:]
        try:
            return Payload.FromString(self._ciphers[name].decrypt(nonce, sealed, _bound(key_id)))
        except (InvalidTag, ValueError, DecodeError):
            raise PayloadTampered(f"key {name}") from None


def _bound(key_id: bytes) -> bytes:
    """Associated data; the zero byte cannot occur in a key id, so no two pairs read the same."""
    return key_id + b"\0" + ENCODING
