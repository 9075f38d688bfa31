"""Who a person is can be read with the installation's key only, and never again once the person's key is gone."""

import asyncio
import secrets
from typing import Any

import pytest

from domain.facts.born import Born
from domain.facts.value import replace
from runtime.sealing import Tampered
from store.database import Pool
from store.vault import Erased, Person, PersonContact, Sought, Vault
from tests.opened import vault_under
from tests.store.script import script
from tests.tampering import tamper
from tests.town import BSN, CLIENT

TEXT = "Noor Testpersoon belde: bereikbaar op 0612345678"


@pytest.fixture
async def safe(pool: Pool) -> Vault:
    """A vault with a key of its own."""
    return await vault_under(pool, secrets.token_bytes(32))


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
    other = await vault_under(pool, secrets.token_bytes(32))
    with pytest.raises(Tampered):
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
    await tamper(pool, "UPDATE vault_key SET wrapped = NULL, lookup = NULL WHERE person = $1", reference)
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
    await tamper(pool, "UPDATE mediation SET person = $1", reference)
    return reference


async def begun(pool: Pool, person: str, mediation: str = "m-1", municipality: str = "almere") -> None:
    """Give a person a mediation."""
    digest = "d"
    await pool.execute("INSERT INTO policy VALUES ($1, 'p', '1', '{}') ON CONFLICT DO NOTHING", digest)
    await pool.execute(
        "INSERT INTO mediation (id, municipality, policy, person, stage, organisations, sequence, head, opened_at,"
        " changed_at) VALUES ($1, $2, $3, $4, 'readiness', '{}', 1, '', now(), now())",
        mediation,
        municipality,
        digest,
        person,
    )


async def found(safe: Vault, **sought: Any) -> list[str]:
    return await safe.find_people("almere", Sought(**sought), 20)


async def test_a_client_is_found_by_each_fact_and_only_when_all_that_are_given_hold(pool: Pool, safe: Vault) -> None:
    noor = await safe.put_person(CLIENT, "almere")
    await begun(pool, noor)
    assert await found(safe, name="testpersoon noor") == [noor]
    assert await found(safe, born_on=CLIENT.born_on) == [noor]
    assert await found(safe, bsn=BSN) == [noor]
    assert await found(safe, name="noor", born_on=CLIENT.born_on, bsn=BSN) == [noor]
    assert await found(safe, name="noor", born_on=Born(2001, 2, 4)) == []
    assert await found(safe, name="sam", bsn=BSN) == []
    assert await found(safe, name="noor", bsn="999990020") == []
    assert await found(safe, name="noor zwart") == []
    assert await found(safe) == []


async def test_only_clients_of_the_municipality_are_found(pool: Pool, safe: Vault) -> None:
    await safe.put_person(CLIENT, "almere")
    assert await found(safe, name="noor") == []
    elsewhere = await safe.put_person(replace(CLIENT, bsn="999990020"), "amersfoort")
    await begun(pool, elsewhere, municipality="amersfoort")
    assert await found(safe, name="noor") == []
    assert await safe.find_people("amersfoort", Sought(name="noor"), 20) == [elsewhere]


async def test_a_client_is_found_by_what_is_stored_now(pool: Pool, safe: Vault) -> None:
    noor = await safe.put_person(CLIENT, "almere")
    await begun(pool, noor)
    await safe.put_person(replace(CLIENT, name="Noor Bakker", surname="Bakker"), "almere")
    assert await found(safe, name="bakker") == [noor]
    assert await found(safe, name="testpersoon") == []
    await pool.execute("INSERT INTO open_person VALUES ($1, 'm-1')", noor)
    await safe.put_person(replace(CLIENT, name="Noor Smit"), "almere")
    assert (await safe.person(noor)).name == "Noor Bakker"
    assert (await found(safe, name="smit"), await found(safe, name="bakker")) == ([], [noor])


async def test_who_was_stored_before_or_indexed_under_another_key_is_found_after_indexing(
    pool: Pool, safe: Vault
) -> None:
    noor = await safe.put_person(CLIENT, "almere")
    await begun(pool, noor)
    await (await vault_under(pool, secrets.token_bytes(32))).put_person(replace(CLIENT, bsn="999990020"), "almere")
    await tamper(pool, "UPDATE vault_index SET token = decode(md5(token::text), 'hex')")
    assert await found(safe, name="noor") == []
    assert await safe.index_people() == (1, 1)
    assert await found(safe, name="noor") == [noor]
    rows = await pool.fetchval("SELECT count(*) FROM vault_index WHERE person = $1", noor)
    await safe.index_people()
    assert rows == await pool.fetchval("SELECT count(*) FROM vault_index WHERE person = $1", noor)


async def test_an_erased_person_is_not_found(pool: Pool, safe: Vault) -> None:
    await begun(pool, await safe.put_person(CLIENT, "almere"))
    await pool.execute("UPDATE vault_key SET wrapped = NULL")
    assert await found(safe, name="noor") == []
    assert await safe.index_people() == (0, 0)


async def test_a_second_referral_leaves_what_an_earlier_mediation_knows_of_the_client(pool: Pool, safe: Vault) -> None:
    noor = await safe.put_person(CLIENT, "kwintes", "m-1")
    await begun(pool, noor)
    other = replace(
        CLIENT, name="Nora Bakker", surname="Bakker", mail="nora@other.example", guide=PersonContact(name="Ander")
    )
    assert await safe.put_person(other, "leger-des-heils", "m-2") == noor
    assert await safe.person_of("m-1") == CLIENT, "also before the second is recorded, and when it never is"
    await begun(pool, noor, "m-2")
    assert (await safe.person_of("m-1"), await safe.person_of("m-2")) == (CLIENT, other)
    assert [await found(safe, name=name) for name in ("testpersoon", "bakker")] == [[noor], [noor]]
    assert await safe.change_person("m-1", another_phone, "almere", key="c-1")
    assert (await safe.person_of("m-1"), await safe.person_of("m-2")) == (another_phone(CLIENT), other)
    assert [one.person for one in await safe.former(noor)] == [CLIENT]
    assert await safe.index_people() == (1, 0)
    assert [await found(safe, name=name) for name in ("testpersoon", "bakker")] == [[noor], [noor]]
    await safe.put_person(other, "leger-des-heils", "m-1")
    assert await safe.person_of("m-1") == another_phone(CLIENT), "what was recorded stays"


@pytest.mark.parametrize(
    ("changes", "differs"),
    [
        ({}, []),
        ({"name": "Noor", "surname": None, "first_names": None, "prefix": None}, []),
        ({"name": "Nora Bakker", "surname": "Bakker"}, ["name"]),
        ({"born_on": Born.read("1950-02-03")}, ["born_on"]),
        ({"born_on": Born.read("0000-00-00")}, []),
        ({"name": "Nora Bakker", "surname": "Bakker", "born_on": Born.read("1950-02-03")}, ["name", "born_on"]),
    ],
)
async def test_another_name_or_date_of_birth_under_a_number_that_is_known_is_seen_by_its_own_municipality(
    pool: Pool, safe: Vault, changes: dict[str, object], differs: list[str]
) -> None:
    noor = await safe.put_person(CLIENT, "kwintes", "m-1")
    await begun(pool, noor)
    second = Person.model_validate(dict(CLIENT) | changes)
    assert await safe.put_person(second, "leger-des-heils", "m-2") == noor
    assert await safe.differing(noor, second, "almere", "m-2") == differs
    assert await safe.differing(noor, second, "amersfoort", "m-2") == [], "what another municipality knows is not told"
    assert await safe.differing(noor, second, "almere", "m-1") == [], "nobody differs from what is said of the same"


async def test_what_a_refused_referral_said_is_forgotten_and_nothing_else(pool: Pool, safe: Vault) -> None:
    noor = await safe.put_person(CLIENT, "kwintes", "m-1")
    await begun(pool, noor)
    await safe.put_person(replace(CLIENT, name="Nora Bakker", surname="Bakker"), "leger-des-heils", "m-2")
    for mediation in ("m-2", "m-1"):
        await safe.forget_referred(noor, mediation)
    assert await pool.fetchval("SELECT array_agg(id) FROM vault_item") == [f"{noor}.m-1"]
    assert await safe.person_of("m-1") == CLIENT
    assert [await found(safe, name=name) for name in ("testpersoon", "bakker")] == [[noor], []]


async def test_a_second_referral_leaves_what_was_stored_for_the_person(pool: Pool, safe: Vault) -> None:
    noor = await _mediation_of(pool, safe)
    await safe.put_person(replace(CLIENT, mail="nora@other.example"), "leger-des-heils", "m-2")
    assert await safe.person_of("m-1") == await safe.person(noor) == CLIENT


def another_phone(person: Person) -> Person:
    return replace(person, phone="+31687654321")


async def test_what_was_known_of_a_person_before_is_kept_with_who_changed_it(pool: Pool, safe: Vault) -> None:
    reference = await safe.put_person(CLIENT, "leger-des-heils")
    await begun(pool, reference)
    assert await safe.change_person("m-1", another_phone, "almere", key="c-1")
    assert (await safe.person(reference)).phone == "+31687654321"
    [former] = await safe.former(reference)
    assert (former.person, former.replaced_by) == (CLIENT, "almere")
    assert former.stored_at <= former.replaced_at


async def test_a_change_is_made_once_however_often_it_is_asked(pool: Pool, safe: Vault) -> None:
    reference = await safe.put_person(CLIENT, "almere")
    await begun(pool, reference)
    assert all([await safe.change_person("m-1", another_phone, "almere", key="c-1") for _ in range(3)])
    assert len(await safe.former(reference)) == 1
    assert not await safe.change_person("m-1", another_phone, "almere", key="c-2"), "it is so already"


async def test_two_changes_at_once_are_both_made(pool: Pool, safe: Vault) -> None:
    reference = await safe.put_person(CLIENT, "almere")
    await begun(pool, reference)

    def another_name(person: Person) -> Person:
        return replace(person, name="Noor van Dam")

    changes = ((another_phone, "c-1"), (another_name, "c-2"))
    await asyncio.gather(*(safe.change_person("m-1", change, "almere", key=key) for change, key in changes))
    now = await safe.person(reference)
    assert (now.name, now.phone, len(await safe.former(reference))) == ("Noor van Dam", "+31687654321", 2)


async def test_who_is_not_known_has_nothing_to_change(safe: Vault) -> None:
    with pytest.raises(KeyError):
        await safe.change_person("m-unknown", another_phone, "almere", key="c-1")
