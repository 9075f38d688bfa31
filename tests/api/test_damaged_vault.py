"""What was changed in the vault is never shown, and told as such: no request about it fails without a name."""

import pytest

from store.database import Pool
from tests.api.desk import Desk
from tests.town import CLIENT

CHANGED = {
    "the item of a person": "UPDATE vault_item SET ciphertext = ciphertext || '\\x00' WHERE kind = 'person'",
    "an item cut short": "UPDATE vault_item SET ciphertext = '\\x00' WHERE kind = 'person'",
    "the key of a person": "UPDATE vault_key SET wrapped = sha256(wrapped) || '\\x0011223344556677'",
    "a key cut short": "UPDATE vault_key SET wrapped = '\\x00'",
}


@pytest.mark.parametrize("what", CHANGED)
async def test_what_was_changed_is_a_problem_with_a_name(desk: Desk, pool: Pool, what: str) -> None:
    mediation = (await desk.start())["id"]
    await pool.execute(CHANGED[what])
    path = f"/v1/mediations/{mediation}"
    read = await desk.get(desk.coordinator, f"{path}/person", purpose="contact")
    again = await desk.post(desk.institution, "/v1/mediations", desk.referral(), "another")
    note = {"type": "add_note", "note": "Belt liever 's ochtends."}
    noted = await desk.post(desk.coordinator, f"{path}/commands", note)
    told = [read, again] if "item" in what else [read, again, noted]
    for response in told:
        assert (response.status_code, response.json()["type"].rpartition(":")[2]) == (503, "vault-damaged")
        assert response.headers["Retry-After"] == "600"
        assert CLIENT.name not in response.text
    assert (await desk.get(desk.coordinator, path)).status_code == 200, "what is not in the vault is shown"
    sought = {"name": CLIENT.name, "purpose": "client_calls"}
    found = await desk.post(desk.coordinator, "/v1/people/search", sought)
    assert (found.status_code, found.json()["items"], found.json()["unreadable"]) == (200, [], 1)
