"""No id can be tried out, no key stands anywhere as it was sent, and what earlier releases recorded keeps its id."""

from hashlib import sha256
from typing import Any

import pytest

from api.idempotency import _former, command_id, mediation_id
from api.installation import Installation
from runtime.ids import Ids, kept_key
from store.database import Pool, rows_of, tables
from store.vault import Vault
from store.vault_secrets import End, unlock
from store.webhooks import Webhooks
from tests.api.desk import Desk
from tests.store.script import script
from tests.store.test_publication import NOW, fresh
from tests.store.test_vault_secrets import ONLY_OLD, RING, as_before
from tests.tampering import tamper
from tests.town import CLIENT

KEY = "referral-of-30-november"
NOTE = {"type": "add_note", "note": "Belt liever 's ochtends."}


async def test_nobody_can_try_out_which_key_an_id_was_made_of(
    desk: Desk, installation: Installation, pool: Pool
) -> None:
    sent = await desk.post(desk.institution, "/v1/mediations", desk.referral(), KEY)
    assert sent.status_code == 201
    mediation = sent.json()["id"]
    assert (await desk.post(desk.coordinator, f"/v1/mediations/{mediation}/commands", NOTE, KEY)).status_code == 200
    assert mediation == mediation_id(installation.idempotency.ids, desk.institution[1], KEY)
    others = [Ids(bytes(32)), Ids(b"k" * 32)]
    assert mediation not in {mediation_id(ids, desk.institution[1], KEY) for ids in others}
    everything = "".join([row for table in await tables(pool) for row in await rows_of(pool, table)])
    assert mediation in everything
    assert KEY not in everything
    for digest in (_former(who[1], KEY, 1).hex()[:20] for who in (desk.institution, desk.coordinator)):
        assert digest not in everything


async def test_what_an_earlier_release_recorded_is_answered_under_its_id(
    desk: Desk, installation: Installation, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = Ids.digest

    def former(ids: Ids, kind: str, *parts: Any) -> bytes:
        return _former(*parts) if kind == "request" else digest(ids, kind, *parts)

    monkeypatch.setattr(Ids, "digest", former)
    body = desk.referral()
    first = await desk.post(desk.institution, "/v1/mediations", body, KEY)
    path = f"/v1/mediations/{first.json()['id']}/commands"
    note = await desk.post(desk.coordinator, path, NOTE, KEY)
    assert (first.status_code, note.status_code) == (201, 200)
    monkeypatch.undo()
    recorded = [row["id"] for row in await pool.fetch("SELECT id FROM command ORDER BY ordinal")]
    assert (await desk.post(desk.institution, "/v1/mediations", body, KEY)).json()["id"] == first.json()["id"]
    assert (await desk.post(desk.coordinator, path, NOTE, KEY)).status_code == 200
    assert [row["id"] for row in await pool.fetch("SELECT id FROM command ORDER BY ordinal")] == recorded
    assert command_id(installation.idempotency.ids, desk.coordinator[1], KEY) not in recorded
    other = await desk.post(desk.coordinator, path, {**NOTE, "note": "Iets anders."}, KEY)
    assert (other.status_code, other.json()["type"].rpartition(":")[2]) == (409, "idempotency-key-reused")


async def test_keys_that_earlier_releases_kept_are_hashed_at_the_first_start(pool: Pool) -> None:
    await as_before(pool)
    await pool.execute(
        "INSERT INTO request (organisation, key, mediation, fingerprint) VALUES ('almere', $1, 'x', 'f')", KEY
    )
    secrets = await unlock(pool, ONLY_OLD, RING)
    kept = kept_key(Ids(secrets.of[End.IDS]), "almere", KEY)
    assert [row["key"] for row in await pool.fetch("SELECT key FROM request")] == [kept]
    await unlock(pool, ONLY_OLD, RING)
    assert [row["key"] for row in await pool.fetch("SELECT key FROM request")] == [kept], "once"


async def test_a_note_and_a_webhook_of_before_are_not_made_twice(pool: Pool, vault: Vault) -> None:
    await script("start").play(pool)
    person = await vault.put_person(CLIENT, "almere")
    await tamper(pool, "UPDATE mediation SET person = $1", person)
    note = await vault.put_note("m-1", "Belt.", "almere", key=KEY)
    former = f"note-{sha256(f'm-1|{KEY}'.encode()).hexdigest()[:24]}"
    assert note != former
    await tamper(pool, "UPDATE vault_item SET id = $1 WHERE id = $2", former, note)
    assert await vault.put_note("m-1", "Belt.", "almere", key=KEY) == former
    assert await pool.fetchval("SELECT count(*) FROM vault_item WHERE kind = 'note'") == 1
    webhooks = Webhooks(pool, b"k" * 32)
    added = await webhooks.add(KEY, fresh(), NOW)
    former = f"wh-{sha256(f'{added.municipality}|{KEY}'.encode()).hexdigest()[:20]}"
    assert added.id != former
    await tamper(pool, "UPDATE webhook SET id = $1", former)
    assert (await webhooks.add(KEY, fresh(), NOW)).id == former
    assert await webhooks.ids() == [former]
