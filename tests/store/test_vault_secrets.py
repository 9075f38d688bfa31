"""Nothing starts with another key than those that are in use, and one key takes the place of another while in use."""

import asyncio
import base64
import hmac
import os
import signal
import sys
from itertools import count

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_wrap

from domain.facts.value import replace
from runtime.keys import KeyRing, derived, new_key, read_key
from runtime.link_keys import LinkKeys
from runtime.sealing import Tampered
from runtime.settings import Settings
from runtime.vault_keys import VaultKeys, VaultKeysMalformed
from store.database import Pool, connect, rows_of
from store.rewrapping import StillUsed, rewrap
from store.vault import Vault
from store.vault_secrets import FORMERLY, End, WrongKey, ensure_keys, retire_payload_key, unlock
from store.webhooks import Webhooks
from tests.console.commands import HOUSE
from tests.store.test_publication import NOW, fresh
from tests.tampering import tamper
from tests.town import CLIENT

OLD, NEW, OTHER = (read_key(new_key()) for _ in range(3))
ONLY_OLD, ONLY_NEW, ONLY_OTHER = (VaultKeys((key,)) for key in (OLD, NEW, OTHER))
OLD_NEW, NEW_OLD = VaultKeys((OLD, NEW)), VaultKeys((NEW, OLD))
RING = KeyRing.generate()


async def everything(pool: Pool) -> dict[str, list[str]]:
    return {
        table: sorted(await rows_of(pool, table)) for table in ("vault_secret", "vault_key", "vault_item", "webhook")
    }


async def as_before(pool: Pool) -> str:
    """A person and a webhook as an earlier release kept them, with what it derived; return the person's reference."""
    lookup, wrapping = (derived(OLD, purpose) for purpose in (FORMERLY[End.LOOKUP], b"vault: wrapping"))
    wrapped = aes_key_wrap(wrapping, AESGCM.generate_key(256))
    hashed = hmac.digest(lookup, CLIENT.bsn.encode(), "sha256")
    await pool.execute("INSERT INTO vault_key (person, lookup, wrapped) VALUES ('person-1', $1, $2)", hashed, wrapped)
    webhook = await Webhooks(pool, derived(OLD, FORMERLY[End.WEBHOOKS])).add("one", fresh(secret="whsec_x"), NOW)
    return webhook.id


async def test_every_secret_is_random_and_the_same_at_every_start(pool: Pool) -> None:
    made = await unlock(pool, ONLY_OLD, RING)
    assert made.of.keys() == set(End)
    assert len(set(made.of.values())) == len(End)
    assert not set(made.of.values()) & {derived(OLD, purpose) for purpose in FORMERLY.values()}
    assert (await unlock(pool, ONLY_OLD, RING)).of == made.of
    assert all(secret not in repr(made) for secret in map(repr, made.of.values()))
    table = "".join(await rows_of(pool, "vault_secret"))
    assert not [end for end, secret in made.of.items() if secret.hex() in table]


async def test_many_that_start_at_once_make_one_set_of_secrets(pool: Pool) -> None:
    made = await asyncio.gather(*(unlock(pool, ONLY_OLD, RING) for _ in range(8)))
    assert all(one.of == made[0].of for one in made)


async def test_what_an_earlier_release_derived_is_taken_over(pool: Pool) -> None:
    webhook = await as_before(pool)
    secrets = await unlock(pool, ONLY_OLD, RING)
    assert {end: secrets.of[end] for end in FORMERLY} == {end: derived(OLD, text) for end, text in FORMERLY.items()}
    assert await Vault(pool, secrets).put_person(CLIENT, "almere") == "person-1", "who was known is known again"
    assert await Webhooks(pool, secrets.of[End.WEBHOOKS]).secrets_of(webhook, NOW) == ("whsec_x",)
    links = LinkKeys(secrets.of[End.LINK_TOKENS], secrets.of[End.LINK_CODES])
    assert links.token("a letter") == LinkKeys(derived(OLD, b"links: tokens"), b"").token("a letter")


@pytest.mark.parametrize("what", ["vault_key", "webhook"])
async def test_a_wrong_key_at_the_first_start_of_this_release_changes_nothing(pool: Pool, what: str) -> None:
    await as_before(pool)
    await tamper(pool, f"DELETE FROM {'webhook' if what == 'vault_key' else 'vault_key'}")  # noqa: S608
    before = await everything(pool)
    for start in (ensure_keys, unlock):
        with pytest.raises(WrongKey, match="none of MEDIATION_VAULT_KEYS"):
            await start(pool, ONLY_OTHER, RING)
    assert await everything(pool) == before
    await ensure_keys(pool, VaultKeys((OTHER, OLD)), RING)
    taken = await unlock(pool, VaultKeys((OTHER, OLD)), RING)
    assert taken.of[End.LOOKUP] == derived(OLD, b"vault: lookup")


async def test_nothing_starts_with_another_vault_key(pool: Pool) -> None:
    await Vault(pool, await unlock(pool, ONLY_OLD, RING)).put_person(CLIENT, "almere")
    before = await everything(pool)
    for start in (ensure_keys, unlock):
        with pytest.raises(WrongKey, match="MEDIATION_VAULT_KEYS lacks a vault key that is in use"):
            await start(pool, ONLY_OTHER, RING)
    assert await everything(pool) == before


async def test_nothing_starts_with_another_payload_key_or_without_one_that_is_in_use(pool: Pool) -> None:
    await unlock(pool, ONLY_OLD, RING)
    before = await everything(pool)
    other = KeyRing.generate()
    for start in (ensure_keys, unlock):
        with pytest.raises(WrongKey, match="k1 of MEDIATION_PAYLOAD_KEYS is another key"):
            await start(pool, ONLY_OLD, other)
        with pytest.raises(WrongKey, match="MEDIATION_PAYLOAD_KEYS lacks k1"):
            await start(pool, ONLY_OLD, KeyRing.generate("k2"))
    assert await everything(pool) == before
    both = KeyRing("k2", {"k2": read_key(new_key()), **RING.keys})
    announced = KeyRing("k1", dict(sorted(both.keys.items())))
    await unlock(pool, ONLY_OLD, announced)
    await unlock(pool, ONLY_OLD, RING)  # who has not heard of it yet still starts: nothing is encrypted with it
    await unlock(pool, ONLY_OLD, both)
    with pytest.raises(WrongKey, match="lacks k2"):
        await unlock(pool, ONLY_OLD, RING)
    assert await retire_payload_key(pool, "k1")
    assert not await retire_payload_key(pool, "k1")
    await unlock(pool, ONLY_OLD, KeyRing("k2", {"k2": both.keys["k2"]}))


async def test_a_new_key_takes_over_while_others_read_and_write(pool: Pool) -> None:
    first = await unlock(pool, ONLY_OLD, RING)
    await Vault(pool, first).put_person(CLIENT, "almere")
    told = Vault(pool, await unlock(pool, OLD_NEW, RING))
    await pool.execute("INSERT INTO vault_key (person, wrapped) VALUES ('gone', NULL)")
    await many(pool, ONLY_OLD, 3000)
    stop, numbers, kept = asyncio.Event(), count(), dict[str, str]()

    async def work() -> None:
        while not stop.is_set():
            person = replace(CLIENT, bsn=f"{next(numbers):09}", name=f"Client {len(kept)}")
            kept[await told.put_person(person, "almere")] = person.name
            for reference, name in list(kept.items())[-20:]:
                assert (await told.person(reference)).name == name

    workers = [asyncio.create_task(work()) for _ in range(4)]
    await asyncio.sleep(0.1)
    await unlock(pool, NEW_OLD, RING)
    said: list[int] = []
    done = await rewrap(pool, NEW_OLD, said.append)
    at_its_end = len(kept)
    async with asyncio.timeout(30):
        while len(kept) < at_its_end + 20:
            await pool.fetchval("SELECT pg_sleep(0.05)")
    stop.set()
    await asyncio.gather(*workers)
    assert done.persons >= 3001
    assert (done.secrets, done.unreadable) == (len(End) + 1, 0)
    assert said
    rows = await pool.fetch("SELECT wrapped FROM vault_key WHERE wrapped IS NOT NULL")
    rows += await pool.fetch("SELECT wrapped FROM vault_secret")
    for row in rows:
        with pytest.raises(Tampered):
            ONLY_OLD.opened(row["wrapped"])
    now = Vault(pool, await unlock(pool, ONLY_NEW, RING))
    assert {reference: (await now.person(reference)).name for reference in kept} == kept
    assert now.secrets.of == first.of, "hashes and links keep their meaning"
    assert await pool.fetchval("SELECT wrapped FROM vault_key WHERE person = 'gone'") is None
    assert await rewrap(pool, NEW_OLD) == (0, 0, 0)
    with pytest.raises(WrongKey):
        await unlock(pool, ONLY_OLD, RING)


async def test_who_knows_the_former_key_alone_writes_nothing_after_it_was_replaced(pool: Pool) -> None:
    behind = Vault(pool, await unlock(pool, ONLY_OLD, RING))
    await unlock(pool, NEW_OLD, RING)
    await rewrap(pool, NEW_OLD)
    with pytest.raises(WrongKey):
        await behind.put_person(CLIENT, "almere")
    assert await pool.fetchval("SELECT count(*) FROM vault_key") == 0


async def test_a_process_that_starts_meanwhile_with_the_former_key_first_is_told(pool: Pool) -> None:
    await unlock(pool, ONLY_OLD, RING)
    await many(pool, ONLY_OLD, 1)
    await unlock(pool, NEW_OLD, RING)
    taken = await pool.acquire()
    transaction = taken.transaction()
    await transaction.start()
    await taken.execute("SELECT pg_advisory_xact_lock(7304054)")
    starting = asyncio.create_task(unlock(pool, OLD_NEW, RING))
    await asyncio.sleep(0.1)
    wrapping = asyncio.create_task(rewrap(pool, NEW_OLD))
    await asyncio.sleep(0.3)
    await transaction.rollback()
    await pool.release(taken)
    await starting
    with pytest.raises(StillUsed):
        await wrapping
    with pytest.raises(WrongKey):
        await unlock(pool, ONLY_NEW, RING)
    assert (await rewrap(pool, NEW_OLD)).secrets == len(End) + 1
    await unlock(pool, ONLY_NEW, RING)


async def test_a_rewrap_that_is_killed_leaves_nothing_unreadable_and_goes_on(settings: Settings) -> None:
    both = ",".join(base64.b64encode(key).decode() for key in NEW_OLD.keys)
    async with connect(settings.database_url, size=4) as pool:
        vault = Vault(pool, await unlock(pool, ONLY_OLD, settings.key_ring))
        person = await vault.put_person(CLIENT, "almere")
        await many(pool, ONLY_OLD, 15_000)
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "cli", "vault", "rewrap"),
            cwd=HOUSE,
            env={**os.environ, **settings.environment(), "MEDIATION_VAULT_KEYS": both},
            stderr=asyncio.subprocess.PIPE,
        )
        assert child.stderr
        await child.stderr.readline()
        os.kill(child.pid, signal.SIGKILL)
        assert await child.wait() == -signal.SIGKILL
        for alone in (ONLY_OLD, ONLY_NEW):
            with pytest.raises(WrongKey):
                await unlock(pool, alone, settings.key_ring)
        assert await Vault(pool, await unlock(pool, NEW_OLD, settings.key_ring)).person(person) == CLIENT
        done = await rewrap(pool, NEW_OLD)
        assert 0 < done.persons < 15_001
        assert await Vault(pool, await unlock(pool, ONLY_NEW, settings.key_ring)).person(person) == CLIENT


async def many(pool: Pool, keys: VaultKeys, number: int) -> None:
    """Keys of so many messages about people whom we do not know."""
    rows = [(f"message-{n}", keys.wrapped(AESGCM.generate_key(256))) for n in range(number)]
    await pool.executemany("INSERT INTO vault_key (person, wrapped) VALUES ($1, $2)", rows)


async def test_a_stored_key_that_was_changed_is_counted_and_stays_as_it_is(pool: Pool) -> None:
    await unlock(pool, ONLY_OLD, RING)
    await many(pool, ONLY_OLD, 2)
    await pool.execute(
        "UPDATE vault_key SET wrapped = sha256(wrapped) || '\\x0011223344556677' WHERE person = 'message-0'"
    )
    changed = await pool.fetchval("SELECT wrapped FROM vault_key WHERE person = 'message-0'")
    await unlock(pool, NEW_OLD, RING)
    assert (await rewrap(pool, NEW_OLD))[::2] == (1, 1)
    assert await pool.fetchval("SELECT wrapped FROM vault_key WHERE person = 'message-0'") == changed


@pytest.mark.parametrize("text", ["", "x", "AAAA", f"{new_key()},x"], ids=["empty", "short", "no-key", "second"])
def test_vault_keys_that_are_none_are_told_by_place(text: str) -> None:
    with pytest.raises(VaultKeysMalformed, match=r"entry [12]"):
        VaultKeys.parse(text)
    twice = new_key()
    with pytest.raises(VaultKeysMalformed, match="entry 2 repeats"):
        VaultKeys.parse(f"{twice}, {twice}")
