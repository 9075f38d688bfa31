"""What the codec encrypts can be read with the key only, and cannot be changed unseen."""

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import pydantic_data_converter

from runtime.codec import ENCODING, KEY_ID, EncryptionCodec, PayloadTampered
from runtime.keys import KeyRing, UnknownKey, new_key

PLAIN = Payload(metadata={"encoding": b"json/plain"}, data=b'"999990019"')


async def test_a_payload_comes_back_as_it_was_and_is_hidden_in_between() -> None:
    codec = EncryptionCodec(KeyRing.generate())
    (sealed,) = await codec.encode([PLAIN])
    assert b"999990019" not in sealed.SerializeToString()
    assert b"json/plain" not in sealed.SerializeToString()
    assert await codec.decode([sealed]) == [PLAIN]


async def test_the_same_payload_never_encrypts_to_the_same_text() -> None:
    codec = EncryptionCodec(KeyRing.generate())
    sealed = await codec.encode([PLAIN] * 50)
    assert len({payload.data[:12] for payload in sealed}) == 50


async def test_an_old_key_opens_what_it_encrypted_after_a_new_one_became_active() -> None:
    old = KeyRing.generate("k1")
    (sealed,) = await EncryptionCodec(old).encode([PLAIN])
    rotated = EncryptionCodec(KeyRing.parse(f"k2:{new_key()},{old.text()}"))
    assert await rotated.decode([sealed]) == [PLAIN]
    (new,) = await rotated.encode([PLAIN])
    assert new.metadata[KEY_ID] == b"k2"


async def test_an_auditor_sees_what_was_not_encrypted_as_it_is() -> None:
    codec = EncryptionCodec(KeyRing.generate())
    assert await codec.decode([PLAIN, Payload()]) == [PLAIN, Payload()]


async def test_a_worker_reads_nothing_where_it_cannot_read() -> None:
    ring = KeyRing.generate("k1")
    worker = EncryptionCodec(ring, strict=False)
    (own,) = await worker.encode([PLAIN])
    (others,) = await EncryptionCodec(KeyRing.generate("k9")).encode([PLAIN])
    (same_name,) = await EncryptionCodec(KeyRing.generate("k1")).encode([PLAIN])
    cut_off = Payload(metadata=own.metadata, data=own.data[:20])
    unnamed = Payload(metadata={"encoding": ENCODING, KEY_ID: b"\xff"}, data=own.data)
    read = await worker.decode([others, same_name, cut_off, unnamed, PLAIN, Payload(), own])
    converter = pydantic_data_converter.payload_converter
    assert [converter.from_payload(one) for one in read] == [None] * 6 + ["999990019"]


async def test_a_key_that_is_gone_is_a_typed_error_and_is_not_made_anew() -> None:
    (sealed,) = await EncryptionCodec(KeyRing.generate("gone")).encode([PLAIN])
    ring = KeyRing.generate("k1")
    codec = EncryptionCodec(ring)
    for _ in range(2):
        with pytest.raises(UnknownKey, match="gone"):
            await codec.decode([sealed])
        await codec.encode([PLAIN])
    assert set(ring.keys) == {"k1"}


@pytest.mark.parametrize("place", [0, 11, 12, 20, -1])
async def test_a_changed_byte_is_noticed(place: int) -> None:
    codec = EncryptionCodec(KeyRing.generate())
    (sealed,) = await codec.encode([PLAIN])
    changed = bytearray(sealed.data)
    changed[place] ^= 1
    with pytest.raises(PayloadTampered):
        await codec.decode([Payload(metadata=dict(sealed.metadata), data=bytes(changed))])


async def test_a_swapped_key_id_is_noticed_even_when_both_ids_hold_the_same_key() -> None:
    key = new_key()
    codec = EncryptionCodec(KeyRing.parse(f"k1:{key},k2:{key}"))
    (sealed,) = await codec.encode([PLAIN])
    with pytest.raises(PayloadTampered, match="k2"):
        await codec.decode([Payload(metadata={"encoding": ENCODING, KEY_ID: b"k2"}, data=sealed.data)])


@pytest.mark.parametrize("data", [b"", b"short", bytes(28)])
async def test_a_cut_off_payload_is_a_typed_error(data: bytes) -> None:
    codec = EncryptionCodec(KeyRing.generate())
    with pytest.raises(PayloadTampered):
        await codec.decode([Payload(metadata={"encoding": ENCODING, KEY_ID: b"k1"}, data=data)])
