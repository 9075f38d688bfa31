"""The installation's vault keys: the active one wraps what is kept, the former ones open what they wrapped before.

Wrapping (AES key wrap, RFC 3394) shows by itself which key fits, so no stored key needs to name its own.
"""

from dataclasses import dataclass, field
from typing import Self

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from runtime import RuntimeFault
from runtime.keys import KeyMalformed, derived, read_key
from runtime.sealing import Tampered


class VaultKeysMalformed(RuntimeFault):
    """Vault keys are written in base64, several joined by commas, the first being the active one."""


@dataclass(frozen=True)
class VaultKeys:
    """The key-encryption keys of one installation, 32 bytes each: the active one, then the former ones."""

    keys: tuple[bytes, ...] = field(repr=False)

    def __post_init__(self) -> None:
        wrapping = tuple(derived(key, b"vault: wrapping") for key in self.keys)
        object.__setattr__(self, "_wrapping", wrapping)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `base64,base64`; raises `VaultKeysMalformed`, naming entries by place and not by content."""
        keys: list[bytes] = []
        for place, entry in enumerate(text.split(","), start=1):
            try:
                key = read_key(entry)
            except KeyMalformed as error:
                raise VaultKeysMalformed(f"entry {place}: {error}") from None
            if key in keys:
                raise VaultKeysMalformed(f"entry {place} repeats an earlier one")
            keys.append(key)
        return cls(tuple(keys))

    @property
    def _each(self) -> tuple[bytes, ...]:
        wrapping: tuple[bytes, ...] = getattr(self, "_wrapping")  # noqa: B009 - set in a frozen value
        return wrapping

    def wrapped(self, key: bytes, under: int = 0) -> bytes:
        """Return a key as it is stored, wrapped under the active vault key or under the one at another place."""
        return aes_key_wrap(self._each[under], key)

    def opened(self, wrapped: bytes) -> tuple[bytes, int]:
        """Return what was wrapped, and the place of the vault key that opened it. Raises Tampered when none does."""
        for place, key in enumerate(self._each):
            try:
                return aes_key_unwrap(key, wrapped), place
            except (InvalidUnwrap, ValueError):
                continue
        raise Tampered("a stored key")
