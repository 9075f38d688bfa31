"""Who a person is can be read with the installation's key only, and never again once the person's key is gone."""

import asyncio
import secrets

import pytest
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap

from domain.facts.value import replace
from store.database import Pool
from store.vault import Erased, Vault
from tests.store.script import script
from tests.town import BSN, CLIENT

TEXT = "Noor Testpersoon belde: bereikbaar op 0612345678"


@pytest.fixture
def safe(pool: Pool) -> Vault:
    """A vault with a key of its own."""
    return Vault(pool, secrets.token_bytes(32))


async def test_a_person_is_read_back_as_stored(safe: Vault) -> None:
    assert await safe.person(await safe.put_person(CLIENT, "almere")) == CLIENT


async def test_the_same_citizen_number_is_the_same_person_with_the_newest_facts(safe: Vault) -> None:
    reference = await safe.put_person(CLIENT, "almere")
    moved = replace(CLIENT, mail="noor@new.example")
    assert await safe.put_person(moved, "almere") == reference
    assert await safe.person(reference) == moved
    assert await safe.put_person(replace(CLIENT, bsn="999990020"), "almere") != reference


async def test_the_same_person_stored_by_many_at_once_is_one_person(pool: Pool, safe: Vault) -> None:
    references = await asyncio.gather(*(safe.put_person(CLIENT, "almere") for _ in range(16)))
    assert len(set(references)) == 1
    assert await pool.fetchval("SELECT count(*) FROM vault_key") == 1
    assert await safe.person(references[0]) == CLIENT


async def test_another_installation_key_neither_reads_nor_recognises_a_person(pool: Pool, safe: Vault) -> None:
    reference = await safe.put_person(CLIENT, "almere")
    other = Vault(pool, secrets.token_bytes(32))
    with pytest.raises(InvalidUnwrap):
        await other.person(reference)
    assert await other.put_person(CLIENT, "almere") != reference


async def test_nothing_readable_is_in_any_row(pool: Pool, safe: Vault) -> None:
    (start,) = script("start").recordings()
    await script("start").play(pool)
    await safe.put_person(CLIENT, "almere")
    await pool.execute("INSERT INTO vault_key (person, wrapped) SELECT $1, wrapped FROM vault_key", "person-00000001")
    await safe.put_note("m-1", TEXT, "almere", key="k-1")
    tables = await pool.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    dump = b""
    for table in tables:
        rows = await pool.fetch(f'SELECT * FROM "{table["tablename"]}"')  # noqa: S608
        for value in (value for row in rows for value in row.values()):
            dump += value if isinstance(value, bytes) else str(value).encode()
    assert start.mediation.encode() in dump, "the scan sees what is there"
    for secret in (BSN, "Noor", "Begeleider", "client.example", "0612345678", "2001-02-03", "belde"):
        assert secret.encode() not in dump


async def test_notes_are_read_in_order_and_the_same_key_stores_one(pool: Pool, safe: Vault) -> None:
    reference = await _mediation_of(pool, safe)
    first = await safe.put_note("m-1", TEXT, "almere", key="k-1")
    assert await safe.put_note("m-1", "another text", "almere", key="k-1") == first
    second = await safe.put_note("m-1", "second", "institution", key="k-2")
    notes = await safe.notes_of("m-1")
    assert [(note.id, note.author, note.text) for note in notes] == [
        (first, "almere", TEXT),
        (second, "institution", "second"),
    ]
    assert await safe.person_of("m-1") == await safe.person(reference)


async def test_an_erased_person_can_no_longer_be_read_and_neither_can_the_notes(pool: Pool, safe: Vault) -> None:
    reference = await _mediation_of(pool, safe)
    await safe.put_note("m-1", TEXT, "almere", key="k-1")
    await pool.execute("UPDATE vault_key SET wrapped = NULL, lookup = NULL WHERE person = $1", reference)
    with pytest.raises(Erased):
        await safe.person(reference)
    with pytest.raises(Erased):
        await safe.notes_of("m-1")
    assert await safe.put_person(CLIENT, "almere") != reference


async def test_an_unknown_reference_is_a_key_error(safe: Vault) -> None:
    with pytest.raises(KeyError):
        await safe.person("person-unknown1")


async def _mediation_of(pool: Pool, vault: Vault) -> str:
    """Start a mediation of the stored client."""
    reference = await vault.put_person(CLIENT, "almere")
    await script("start").play(pool)
    await pool.execute("UPDATE mediation SET person = $1", reference)
    return reference
