"""Vaults under a key that the test chooses, without the start of a process that makes their secrets."""

from runtime.keys import derived
from runtime.vault_keys import VaultKeys
from store.database import Pool
from store.vault import Vault
from store.vault_secrets import VAULT_KEY, End, Secrets


def secrets_of(key: bytes) -> Secrets:
    """Secrets that follow from a vault key."""
    return Secrets(VaultKeys((key,)), {end: derived(key, end.encode()) for end in End}, (f"{VAULT_KEY}{key.hex()}",))


async def vault_under(pool: Pool, key: bytes) -> Vault:
    """A vault that may write under this key."""
    secrets = secrets_of(key)
    add = "INSERT INTO vault_secret (name, wrapped) VALUES ($1, $2) ON CONFLICT DO NOTHING"
    await pool.execute(add, secrets.marks[0], secrets.keys.wrapped(key))
    return Vault(pool, secrets)
