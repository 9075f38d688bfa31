"""The key ring reads what it writes, and its errors show no key."""

import pytest

from runtime.keys import KeyMalformed, KeyRing, KeyRingMalformed, UnknownKey, new_key, read_key


def test_the_first_key_is_active_and_the_others_still_open_old_texts() -> None:
    ring = KeyRing.parse(f"k2:{new_key()}, k1:{new_key()}")
    assert ring.active == "k2"
    assert len(ring.key("k1")) == 32
    assert KeyRing.parse(ring.text()) == ring


def test_an_id_that_is_not_on_the_ring_is_a_typed_error() -> None:
    with pytest.raises(UnknownKey, match="k9"):
        KeyRing.generate().key("k9")


@pytest.mark.parametrize(
    "text",
    ["", "no-colon", "k1:", "k1:c2hvcnQ=", "k1:not base64!", ":c2hvcnQ=", "k 1:c2hvcnQ="],
)
def test_a_malformed_ring_is_refused_without_showing_its_content(text: str) -> None:
    with pytest.raises(KeyRingMalformed) as refused:
        KeyRing.parse(text)
    assert "c2hvcnQ" not in str(refused.value)
    assert "entry 1" in str(refused.value)


def test_an_id_used_twice_is_refused() -> None:
    with pytest.raises(KeyRingMalformed, match="entry 2 repeats"):
        KeyRing.parse(f"k1:{new_key()},k1:{new_key()}")


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(KeyMalformed, match="5 bytes"):
        read_key("c2hvcnQ=")


def test_a_ring_does_not_show_its_keys() -> None:
    ring = KeyRing.generate()
    assert ring.text().removeprefix("k1:") not in repr(ring)
    assert repr(ring.key("k1")) not in repr(ring)
