"""Nothing is decided on a journal that somebody changed, also where what was changed cannot even be read."""

import pytest
from pydantic import ValidationError

from store.database import Pool
from store.journal import UNREADABLE_JOURNAL, chain, load
from store.record import Falsified, record
from store.states import States
from tests.store.script import script, team_of
from tests.store.test_states import noting
from tests.tampering import tamper

CHANGES = {
    "a word": "UPDATE event SET document = replace(document::text, 'almere', 'elders')::json WHERE sequence = 1",
    "a space": "UPDATE event SET document = (document::text || ' ')::json WHERE sequence = 2",
    "an unknown type": """UPDATE event SET document = '{"type": "Moon"}' WHERE sequence = 2""",
    "no event at all": "UPDATE event SET document = '7' WHERE sequence = 2",
    "the first deleted": "DELETE FROM event WHERE sequence = 1",
    "one deleted": "DELETE FROM event WHERE sequence = 3",
    "the last deleted": "DELETE FROM event WHERE sequence = (SELECT max(sequence) FROM event)",
    "all deleted": "DELETE FROM event WHERE mediation = 'm-1'",
    "two swapped": "UPDATE event SET sequence = CASE sequence WHEN 2 THEN 3 ELSE 2 END"
    " WHERE mediation = 'm-1' AND sequence IN (2, 3)",
    "the mediation deleted": "DELETE FROM mediation WHERE id = 'm-1'",
    "another head": "UPDATE mediation SET head = 'f' WHERE id = 'm-1'",
    "the policy deleted": "DELETE FROM policy",
    "the policy changed": "UPDATE policy SET document ="
    """ jsonb_set(document::jsonb, '{version}', '"2020-01-01"')::json""",
}
LOOSE = "ALTER TABLE event DROP CONSTRAINT event_pkey CASCADE"
"""What somebody does first who swaps two rows in one statement."""


@pytest.mark.parametrize("change", CHANGES)
async def test_nothing_is_decided_on_what_was_changed(pool: Pool, change: str) -> None:
    case = script("start")
    await case.play(pool)
    if change == "two swapped":
        await tamper(pool, LOOSE)
    await tamper(pool, CHANGES[change])
    before = await pool.fetchval("SELECT count(*) FROM command")
    with pytest.raises(Falsified):
        await record(pool, noting(1, case), team_of, States(10))
    assert await pool.fetchval("SELECT count(*) FROM command") == before


async def test_what_is_proven_and_cannot_be_read_is_not_called_falsified(pool: Pool) -> None:
    """A later release wrote it: its chain is whole."""
    case = script("start")
    await case.play(pool)
    row = await pool.fetchrow("SELECT head, sequence FROM mediation")
    assert row
    later = '{"type":"OfALaterRelease"}'
    insert = (
        "INSERT INTO event SELECT mediation, sequence + 1, ordinal, 'OfALaterRelease', at, $1::text::json"
        " FROM event ORDER BY 2 DESC LIMIT 1"
    )
    await tamper(pool, insert, later)
    await tamper(pool, "UPDATE mediation SET head = $1, sequence = sequence + 1", chain(row["head"], [later]))
    with pytest.raises(ValidationError):
        await record(pool, noting(1, case), team_of, States(10))


@pytest.mark.parametrize("change", ["an unknown type", "the first deleted", "all deleted", "the policy deleted"])
async def test_whoever_reads_what_cannot_be_read_is_told(pool: Pool, change: str) -> None:
    await script("start").play(pool)
    await tamper(pool, CHANGES[change])
    with pytest.raises(UNREADABLE_JOURNAL):
        await load(pool, "m-1", states=States(10))
