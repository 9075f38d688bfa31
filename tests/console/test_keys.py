"""With another key than those in use nothing starts: API, worker and commands say so, and change nothing."""

from pathlib import Path

import pytest

from runtime.keys import KeyRing, new_key
from runtime.seals import Process, SealKey
from runtime.settings import Settings
from sandbox.data_directory import new_seals
from store.database import Pool, rows_of
from store.vault import Vault
from store.vault_secrets import unlock
from tests.console.commands import typed
from tests.journey import Scene
from tests.town import CLIENT

COMMANDS = [
    ("api",),
    ("worker",),
    ("vault", "index"),
    ("vault", "rewrap"),
    ("repair", "m-1"),
    ("vault", "retire-payload-key", "k1"),
]
each = pytest.mark.parametrize("command", COMMANDS, ids=" ".join)


async def everything(pool: Pool) -> list[list[str]]:
    return [sorted(await rows_of(pool, table)) for table in ("vault_secret", "vault_key", "vault_item", "vault_index")]


@each
async def test_another_vault_key(
    command: tuple[str, ...], settings: Settings, vault: Vault, pool: Pool, tmp_path: Path
) -> None:
    await vault.put_person(CLIENT, "almere")
    before = await everything(pool)
    told = {**settings.environment(), "MEDIATION_VAULT_KEYS": (other := new_key())}
    said = await typed(tmp_path, *command, environment=told)
    assert (said.code, said.out) == (1, "")
    assert "MEDIATION_VAULT_KEYS lacks a vault key that is in use" in said.err
    assert "Traceback" not in said.err
    assert other not in said.err
    assert await everything(pool) == before


@each
async def test_another_payload_key(
    command: tuple[str, ...], settings: Settings, vault: Vault, pool: Pool, tmp_path: Path
) -> None:
    await vault.put_person(CLIENT, "almere")
    before = await everything(pool)
    told = {**settings.environment(), "MEDIATION_PAYLOAD_KEYS": f"k1:{new_key()},k2:{new_key()}"}
    said = await typed(tmp_path, *command, environment=told)
    assert (said.code, said.out) == (1, "")
    assert "k1 of MEDIATION_PAYLOAD_KEYS is another key than the k1 that is in use" in said.err
    assert await everything(pool) == before


SEALS = {
    "not listed": (SealKey.generate("api-9").private, "it has no "),
    "another key of that name": (new_seals()["seal_key"], "is another key there"),
}


@pytest.mark.parametrize("wrong", SEALS)
@pytest.mark.parametrize("process", Process)
async def test_a_key_whose_seals_nobody_believes(
    process: Process, wrong: str, settings: Settings, pool: Pool, tmp_path: Path
) -> None:
    key, why = SEALS[wrong]
    said = await typed(tmp_path, process, environment={**settings.environment(), "MEDIATION_SEAL_KEY": key})
    assert (said.code, said.out) == (1, "")
    assert "MEDIATION_SPEAKERS does not list its MEDIATION_SEAL_KEY: " in said.err
    assert why in said.err
    assert await rows_of(pool, "vault_secret") == []


async def test_a_key_takes_the_place_of_another(settings: Settings, vault: Vault, pool: Pool, tmp_path: Path) -> None:
    await vault.put_person(CLIENT, "almere")
    old, new = settings.vault_keys.get_secret_value(), new_key()
    both = {**settings.environment(), "MEDIATION_VAULT_KEYS": f"{new},{old}"}
    said = await typed(tmp_path, "vault", "rewrap", environment=both)
    assert (said.code, said.out) == (0, "1 keys of persons and 10 secrets were wrapped anew\n")
    index = await typed(tmp_path, "vault", "index", environment={**both, "MEDIATION_VAULT_KEYS": new})
    assert (index.code, index.out) == (0, "1 persons can be found, 0 could not be read\n")
    assert (await typed(tmp_path, "vault", "index", environment={**both, "MEDIATION_VAULT_KEYS": old})).code == 1
    assert (await typed(tmp_path, "vault", "rewrap", environment=both)).out.startswith("0 keys of persons and 0 ")


async def test_a_payload_key_is_left_out_when_nothing_is_encrypted_with_it(
    scene: Scene, settings: Settings, pool: Pool, tmp_path: Path
) -> None:
    k1, unused = settings.key_ring, KeyRing.generate("unused")
    await unlock(pool, settings.vault_ring, KeyRing("unused", {**unused.keys, **k1.keys}))
    environment = settings.environment()
    former = {**environment, "MEDIATION_PAYLOAD_KEYS": f"{k1.text()},{unused.text()}"}
    assert "lacks unused" in (await typed(tmp_path, "vault", "index", environment=environment)).err
    active = await typed(tmp_path, "vault", "retire-payload-key", "k1", environment=former)
    assert (active.code, active.err) == (1, "k1 is the active key: put another one before it first\n")
    known = await typed(tmp_path, "vault", "retire-payload-key", "k2", environment=former)
    assert (known.code, known.err) == (1, "no payload key k2 is in use\n")
    other = {**environment, "MEDIATION_PAYLOAD_KEYS": f"{unused.text()},{k1.text()}"}
    refused = await typed(tmp_path, "vault", "retire-payload-key", "k1", environment=other)
    assert (refused.code, refused.out) == (1, "")
    assert " is encrypted with k1, and perhaps others\n" in refused.err
    done = await typed(tmp_path, "vault", "retire-payload-key", "unused", environment=former)
    assert (done.code, done.out) == (0, "unused may be left out of MEDIATION_PAYLOAD_KEYS now\n")
    assert (await typed(tmp_path, "vault", "index", environment=environment)).code == 0
    assert scene
