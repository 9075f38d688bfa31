"""Every payload is encrypted before it leaves the process, so Temporal's database, backups and pages hold ciphertext.

Workers and clients read a payload that they cannot decrypt as `null`: anybody who can reach Temporal can send a
mediation anything, and an error while that is read would fail the workflow's task, and with it every later command.

The key id stands in the payload's metadata, so that the command line, the web UI and an auditor can decode without
knowing which workflow a payload came from. It is not bound to the namespace either: a replayer has another one.
"""

from collections.abc import Sequence

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec

from runtime import RuntimeFault
from runtime.keys import KeyRing, UnknownKey
from runtime.sealing import Tampered, opened, sealed

ENCODING = b"binary/encrypted"
KEY_ID = "encryption-key-id"
NOTHING = Payload(metadata={"encoding": b"json/plain"}, data=b"null")
"""Stands for a payload that cannot be decrypted. An update with it is rejected, a signal with it is dropped."""


class PayloadTampered(RuntimeFault):
    """A payload is not what was encrypted: its text, key id or encoding was changed."""


class EncryptionCodec(PayloadCodec):
    """AES-256-GCM under the active key, a random 96-bit nonce each, key id and encoding name as associated data."""

    def __init__(self, ring: KeyRing, *, strict: bool = True) -> None:
        """`strict`, for auditors: what cannot be decrypted is an error, what is not encrypted is returned as it is.

        Not strict, for clients and workers: both are read as `NOTHING`. Not even plain text may be an error there,
        since Temporal adds a plain word of its own to the activities that it cancels.
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
        data = sealed(self._ciphers[self._ring.active], payload.SerializeToString(), _bound(self._active))
        return Payload(metadata={"encoding": ENCODING, KEY_ID: self._active}, data=data)

    def _decrypt(self, payload: Payload) -> Payload:
        key_id = payload.metadata.get(KEY_ID, b"")
        self._ring.key(name := key_id.decode("ascii", "replace"))
        try:
            return Payload.FromString(opened(self._ciphers[name], payload.data, _bound(key_id)))
        except (Tampered, DecodeError):
            raise PayloadTampered(f"key {name}") from None


def _bound(key_id: bytes) -> bytes:
    """Return the associated data. A zero byte cannot occur in a key id, so no two pairs give the same."""
    return key_id + b"\0" + ENCODING
