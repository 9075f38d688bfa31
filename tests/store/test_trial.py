"""A trial is counted by nothing, takes nothing from anybody, and no other system hears of it."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from domain.decide.decide import Refused
from domain.exchange.record import Recording
from domain.facts.calendar import Calendar
from domain.facts.parties import Role
from domain.facts.rules import RuleName
from domain.facts.value import replace
from domain.messages import commands as c
from domain.messages.effects import CallWaiting, ListDwellings, SendLetter, ToPartner
from domain.policy.policy import CapacityPolicy
from store import digest, queries
from store.database import Pool, rows_of
from store.event_feed import read_feed
from store.record import record
from store.reports.asked import Dimension, asked
from store.reports.catalogue import REPORTS, make
from store.scarce import whose_turn
from store.sweep import sweep
from store.webhooks import Webhooks
from tests.domain.case import Case, actor, policy_of
from tests.store.script import Script, hard, housed, script, team_of
from tests.store.test_publication import fresh
from tests.store.trial import Trial, tried, tried_hard, tried_to_the_end

WAYS = (tried_to_the_end, tried_hard)
HOLDS = ("open_person", "place", "placement", "kept_dwelling", "waiting_place", "waiting_home", "spread", "capacity")
"""Tables of what is scarce and who waits for it."""
TOLD = ("notification", "care_message")
"""Tables of what goes to other systems."""

SHOWN = {
    "of one mediation, task, letter or effect that is named": "book_of_mediation book_of_commands book_of_effects "
    "book_of_events book_of_tasks book_of_policies effect_document municipality_of institution_of "
    "assign recorded_command load_mediation record record_refused journal_of commands_of has_acted has_decided "
    "hold_mediation letter_known letter_refused letter_to_print letter_sent_at letters_of letters_asked_lately "
    "letter_by_reference letter_on_paper death_reported keep_link find_link answer_of_task "
    "effects_of standing letters_to_go last_recorded park parts_of record_personal_read "
    "took_part_in mirrored person_of_mediation note_letters waiting_effects unfinished",
    "what is proven of every mediation": "mediations_with_books histories events_to_fill "
    "book_of_parts journals_to_verify",
    "lists that are written anew of one mediation, and what a restore lost": "drop_parts drop_tasks hold_its_row "
    "forget_unreferred",
    "what is held against a history, and put back from it": "lines_of ends_of line_at lost_of move_numbers_on",
    "numbers given to every event, of which only some are shown": "events_wait number_events",
    "work, that somebody does": "list_mediations list_tasks list_work count_work list_stuck changed_since "
    "list_caseworkers hand_over letters_to_print",
    "who a person is, and who read that": "mediations_of_people find_people personal_reads "
    "put_referred forget_referred stored_of_mediation persons_stored persons_stored_here",
    "letters on their way": "letters_under_way letters_of_parked letters_of_alarms",
    "what the watchman looks at: a trial that stands still tells that others may": "suspects",
    "the order in which effects are tried again: those of a trial are settled at once": "place_in_lane wake_others",
    "whether anything was made with a secret, and in which language it is written": "is_in_use documents_to_read",
    "what nobody needs any longer": "prune_links prune_digests prune_reads",
    "joined to what is scarce, of which a trial has nothing": "placements_given offered_now",
}
"""Queries that take in trials, by the reason: every other one that reads mediations leaves trials out."""
READS = re.compile(
    r"\b(?:FROM|JOIN|USING)\s+(mediation|event|event_feed|task|work|effect|command|letter|participation|assignment)\b"
)


def test_every_query_leaves_trials_out_or_is_known_to_show_them() -> None:
    known = [name for names in SHOWN.values() for name in names.split()]
    assert len(known) == len(set(known))
    text = {name: re.sub(r"--.*", "", found) for name, found in queries._queries().items()}
    reading = {name for name, found in text.items() if READS.search(found)}
    counting = {name for name in reading if re.search(r"\bNOT (\w+\.)?test\b", text[name])}
    assert reading - counting - set(known) == set(), "leave trials out, or say why they are shown"
    assert set(known) - reading == set(), "no such query any more"


@pytest.mark.parametrize("name", [name for name in queries._queries() if name.startswith("report_")])
def test_every_fact_of_a_report_leaves_trials_out(name: str) -> None:
    text = queries.query(name)
    joined = len(re.findall(r"\b(?:FROM|JOIN) mediation m\b", text))
    assert text.count("NOT m.test") == joined, "each of its parts"


@pytest.mark.parametrize("way", WAYS)
async def test_reports_are_equal_to_the_byte_with_and_without_a_trial(pool: Pool, way: Callable[[], Trial]) -> None:
    for number, real in enumerate((housed, hard, script), 1):
        await real().play(pool, f"real-{number}")
    before = await reports(pool)
    played = way()
    for recorded in await played.play(pool, "trial"):
        assert recorded.refused is None
    assert len(played.events) > 40
    assert await reports(pool) == before


async def reports(pool: Pool) -> list[str]:
    """Every report, whole and in parts, of one municipality and of all."""
    now = Script().now + timedelta(days=500)
    period = date(2026, 1, 1), date(2029, 12, 31)
    made = [
        await make(pool, name, asked(*period, now, municipality, by, (policy_of("almere"),)))
        for name in REPORTS
        for municipality, by in (("almere", None), ("almere", Dimension.DISTRICT), (None, None))
    ]
    return [one.model_dump_json() for one in made]


@pytest.mark.parametrize("way", WAYS)
async def test_a_trial_holds_nothing_and_is_told_to_no_system(pool: Pool, way: Callable[[], Trial]) -> None:
    await Webhooks(pool, b"k" * 32).add("one", fresh(), Script().now)
    played = way()
    assert [*played.claims, *played.releases] == []
    await played.play(pool, "trial")
    assert {table: await rows_of(pool, table) for table in (*HOLDS, *TOLD)} == {t: [] for t in (*HOLDS, *TOLD)}
    assert (await sweep(pool)).differences == ()
    assert await whose_turn(pool, "almere") == []
    assert await read_feed(pool, 0, municipality="almere", reader=None, limit=500) == []
    organisations = ["almere", "ymere", "kwintes", "wijkteam-west", "leger-des-heils"]
    today = played.today
    assert await digest.read(pool, "almere", today, played.now, organisations, {"ymere"}, Calendar()) == {}


@pytest.mark.parametrize("way", WAYS)
def test_every_effect_of_a_trial_says_that_it_is_one(way: Callable[[], Trial]) -> None:
    effects = way().effects
    assert all(effect.test and '"test":true' in effect.model_dump_json() for effect in effects)
    assert {type(effect) for effect in effects} > {SendLetter}
    assert not [one for one in effects if isinstance(one, CallWaiting | ListDwellings)]
    assert {type(one) for one in effects if not isinstance(one, ToPartner)} == {SendLetter}


def test_what_is_no_trial_is_written_as_before() -> None:
    case = script()
    assert not [one for one in (*case.effects, *case.events) if '"test"' in one.model_dump_json()]


async def test_the_quota_is_there_for_somebody_real_and_nobody_is_overtaken(pool: Pool) -> None:
    policy = policy_of("almere")
    one = CapacityPolicy.model_validate({**policy.capacity.model_dump(), "limit": 1})
    policy = replace(policy, capacity=one)
    trial = await tried("positive", policy=policy).play(pool, "trial")
    assert trial[-1].open_tasks == ("make_offer",)
    first = await script("positive", policy=policy).play(pool, "real-1")
    assert first[-1].open_tasks == ("make_offer",)
    second = Script(policy=policy)
    second.full = True
    waits = (await second.start().ready().positive().play(pool, "real-2"))[-1]
    assert waits.open_tasks == ("await_place",)
    after = await tried("positive", policy=policy).play(pool, "trial-2")
    assert after[-1].open_tasks == ("make_offer",), "the quota of people is nothing to a trial"
    assert [row[0] for row in await pool.fetch("SELECT mediation FROM waiting_place")] == ["real-2"]
    assert [row[0] for row in await pool.fetch("SELECT mediation FROM place")] == ["real-1"]


def test_only_the_municipality_begins_a_trial() -> None:
    start = tried("start").recordings()[0].command
    for by, field in ((actor(Role.INSTITUTION, "leger-des-heils"), "test"), (actor(Role.COORDINATOR, "soest"), None)):
        refused = Case().judge(replace(start, by=by))
        assert isinstance(refused, Refused)
        assert (refused.rule, refused.field) == (RuleName.NOT_YOURS, field)


async def test_a_trial_is_known_by_its_row_and_stays_one(pool: Pool) -> None:
    case = tried("ready")
    await case.play(pool, "trial")
    await script("ready").play(pool, "real")
    note = c.AddNote(by=case.municipality, note="note-0123456789abcdef")
    one = Recording(mediation="trial", command_id="later", command=note, now=case.now)
    assert (await record(pool, one, team_of)).refused is None
    found = {row["id"]: row["test"] for row in await pool.fetch("SELECT id, test FROM mediation")}
    assert found == {"trial": True, "real": False}
