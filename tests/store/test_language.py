"""A build records nothing while the journal is written in another language than its own; and the way back."""

import json
from pathlib import Path
from typing import Any

import pytest

from domain.exchange.language import LANGUAGE
from domain.facts.value import replace
from store import journal, language
from store.database import Pool
from store.language import NewerBuild, OlderLanguage, begin_language, ensure_language, language_of, put_back
from store.record import record
from tests.store.script import script
from tests.tampering import tamper

HOUSE = Path(__file__).parents[2]


async def spoken(pool: Pool, number: int) -> None:
    await pool.execute("INSERT INTO language (version) VALUES ($1)", number)


async def test_a_language_is_begun_once_and_never_an_older_one(pool: Pool) -> None:
    assert await language_of(pool) == 0
    assert await begin_language(pool)
    assert not await begin_language(pool)
    assert await language_of(pool) == LANGUAGE
    await spoken(pool, LANGUAGE + 1)
    with pytest.raises(NewerBuild):
        await begin_language(pool)
    assert await language_of(pool) == LANGUAGE + 1


@pytest.mark.parametrize(("of", "fault"), [(1, NewerBuild), (-1, OlderLanguage)], ids=["newer", "older"])
async def test_nothing_is_recorded_while_another_language_is_written(
    pool: Pool, of: int, fault: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, *_ = script("ready").recordings()
    await record(pool, first)
    await spoken(pool, LANGUAGE)
    if of == 1:
        await spoken(pool, LANGUAGE + 1)
    else:
        monkeypatch.setattr(language, "LANGUAGE", LANGUAGE + 1)
    with pytest.raises(fault):
        await record(pool, second)
    with pytest.raises(fault):
        await ensure_language(pool)
    assert await pool.fetchval("SELECT count(*) FROM command") == 1


@pytest.mark.parametrize("refused", [False, True], ids=["accepted", "refused"])
async def test_what_was_decided_while_a_newer_language_began_is_not_recorded(
    pool: Pool, refused: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, *_ = script("ready").recordings()
    await record(pool, first)
    if refused:
        second = replace(second, command_id="again")
        await record(pool, script("ready").recordings()[1])

    async def early(*asked: Any, **known: Any) -> journal.Found:
        """Looks before it begins, as one does that is a moment too early."""
        found = await journal.find(*asked, **known)
        await pool.execute("INSERT INTO language (version) VALUES ($1) ON CONFLICT DO NOTHING", LANGUAGE + 1)
        return found

    monkeypatch.setattr("store.record.find", early)
    before = await pool.fetchval("SELECT count(*) FROM command")
    with pytest.raises(NewerBuild):
        await record(pool, second)
    assert await pool.fetchval("SELECT count(*) FROM command") == before


async def test_the_journal_goes_back_while_nothing_in_it_needs_the_newer_language(pool: Pool) -> None:
    await script("ready").play(pool)
    await begin_language(pool)
    await spoken(pool, LANGUAGE + 1)
    assert await put_back(pool) is None
    assert await language_of(pool) == LANGUAGE
    await ensure_language(pool)


NEWER = {
    "an event of a new kind": ("event", """'{"type": "Moon"}'""", "sequence = 2"),
    "an event with a new field": ("event", """(document::jsonb || '{"moon": true}')::json""", "sequence = 1"),
    "a new field within": ("event", """jsonb_set(document::jsonb, '{parties,moon}', '"x"')::json""", "sequence = 1"),
    "a command of a new kind": ("command", """(document::jsonb || '{"type": "moon"}')::json""", "ordinal = 2"),
    "a command with a new field": ("command", """(document::jsonb || '{"moon": 1}')::json""", "ordinal = 2"),
}


async def test_a_record_with_a_new_effect_keeps_the_newer_language(pool: Pool) -> None:
    await script("ready").play(pool)
    await spoken(pool, LANGUAGE + 1)
    effects = """jsonb_set(recorded::jsonb, '{effects}', '[{"type": "Moon"}]')::json"""
    await tamper(pool, f"UPDATE command SET recorded = {effects}")  # noqa: S608
    assert await put_back(pool) == "m-1"


@pytest.mark.parametrize("what", NEWER)
async def test_it_does_not_where_something_would_be_lost(pool: Pool, what: str) -> None:
    await script("ready").play(pool)
    await begin_language(pool)
    await spoken(pool, LANGUAGE + 1)
    table, document, where = NEWER[what]
    await tamper(pool, f"UPDATE {table} SET document = {document} WHERE {where}")  # noqa: S608
    assert await put_back(pool) == "m-1"
    assert await language_of(pool) == LANGUAGE + 1


def test_everything_that_any_release_wrote_is_understood() -> None:
    lines = (HOUSE / "tests" / "domain" / "events.jsonl").read_text().splitlines()
    lost = [json.loads(line)["type"] for line in lines if not language._keeps("events", line)]
    assert lost == []
