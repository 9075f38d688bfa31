"""Verification finds every row of the journal that was edited, deleted, added or swapped, and names it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from audit.examine import Evidence
from audit.finding import Finding, FindingKind
from audit.verify import verify
from runtime.seals import Speakers
from runtime.settings import Settings
from store.books import Books
from store.journal import link
from tests.audit.edits import with_row, without_row


@pytest.fixture(params=["closed", "open_"])
def books(request: pytest.FixtureRequest) -> Books:
    """The books of each mediation."""
    evidence: Evidence = request.getfixturevalue(request.param)
    return evidence.books


def first(books: Books) -> Finding:
    """The first finding, which there must be."""
    found = verify(books)
    assert found
    return found[0]


def test_untouched_books_verify(books: Books) -> None:
    assert verify(books) == []


def test_a_mediation_that_ended_twice_is_closed_since_its_last_end(ended_twice: Evidence) -> None:
    books = ended_twice.books
    assert sum(row["type"] == "MediationClosed" for row in books.events) == 2
    assert verify(books) == []


def test_a_mediation_that_is_not_there_is_unknown() -> None:
    assert first(Books("m-nobody", None, (), (), (), (), ())).kind is FindingKind.UNKNOWN


def test_every_edited_event_is_named(books: Books) -> None:
    for place, row in enumerate(books.events):
        ordinal = row["ordinal"]
        edited = first(with_row(books, "events", place, document=row["document"].replace("{", "{ ", 1)))
        assert (edited.kind, edited.field) == (FindingKind.DIFFERENT, "head")
        assert edited.place.row.startswith(f"command {ordinal} (")
        named = edited.place.row.rpartition("event")[2].strip("s ").split(" to ")
        assert int(named[0]) <= row["sequence"] <= int(named[-1])
        for name, value in {"type": "Another", "at": row["at"] + timedelta(seconds=1), "ordinal": ordinal + 1}.items():
            found = first(with_row(books, "events", place, **{name: value}))
            assert (found.place.row, found.field) == (f"event {row['sequence']}", name)


def test_every_lost_event_is_named(books: Books) -> None:
    for place, row in enumerate(books.events):
        found = first(without_row(books, "events", place))
        assert (found.kind, found.place.row) == (FindingKind.CUT, f"event {row['sequence']}")


def test_events_that_changed_places_are_named(books: Books) -> None:
    for place in range(1, len(books.events)):
        one, other = books.events[place - 1], books.events[place]
        swapped = with_row(books, "events", place - 1, document=other["document"], type=other["type"])
        swapped = with_row(swapped, "events", place, document=one["document"], type=one["type"])
        assert first(swapped).place.row.startswith(f"command {one['ordinal']} (")


def test_an_added_event_is_named(books: Books) -> None:
    last = books.events[-1]
    added = books._replace(events=(*books.events, {**last, "sequence": last["sequence"] + 1}))
    assert str(first(added)) == f"different: event {last['sequence'] + 1}: no command led to this row"


class Edited(NamedTuple):
    """A row of a command that was edited, and in which field that shows."""

    books: Books
    field: str


def commands_edited(books: Books, place: int) -> Iterator[Edited]:
    """Every edit of one command that the journal itself can show."""
    row = books.commands[place]
    yield Edited(with_row(books, "commands", place, refused=not row["refused"]), "refused")
    yield Edited(with_row(books, "commands", place, type="Another"), "type")
    yield Edited(with_row(books, "commands", place, organisation="another"), "organisation")
    recorded: dict[str, Any] = json.loads(row["recorded"])
    edits = {"stage": "support_start", "outcome": "died", "head": "0" * 64, "open_tasks": ["follow_up_call"]}
    for field, value in edits.items():
        if recorded[field] != value:
            changed = json.dumps(recorded | {field: value})
            yield Edited(with_row(books, "commands", place, recorded=changed), field)


def test_every_edited_command_is_named(books: Books) -> None:
    for place, row in enumerate(books.commands):
        for edited, field in commands_edited(books, place):
            found = first(edited)
            assert found.place.row.startswith(f"command {row['ordinal']} ("), str(found)
            assert found.field.startswith(field)
        later = with_row(books, "commands", place, at=row["at"] + timedelta(days=1))
        assert verify(later)


def test_every_lost_command_is_named(books: Books) -> None:
    for place in range(len(books.commands) - 1):
        found = first(without_row(books, "commands", place))
        assert (found.kind, found.place.row) == (FindingKind.CUT, f"command {place + 1}")
    assert verify(without_row(books, "commands", len(books.commands) - 1))


def test_every_edited_lost_or_added_effect_is_named(books: Books) -> None:
    for place, row in enumerate(books.effects):
        changed = json.loads(row["document"]) | {"key": row["key"], "type": "GiveNotice"}
        for edited in (
            without_row(books, "effects", place),
            with_row(books, "effects", place, document=json.dumps(changed | {"note": "x"})),
            with_row(books, "effects", place, lane="another"),
            with_row(books, "effects", place, asked_at=row["asked_at"] + timedelta(days=1)),
        ):
            assert row["key"] in first(edited).place.row
    added = books._replace(effects=(*books.effects, {**books.effects[0], "key": "added"}))
    assert str(first(added)) == "different: effect added: no command led to this row"


def test_what_an_effect_learned_settled_it(books: Books) -> None:
    learned = {row["id"].removesuffix(":learned") for row in books.commands if row["id"].endswith(":learned")}
    assert learned
    for place, row in enumerate(books.effects):
        if row["key"] in learned:
            found = first(with_row(books, "effects", place, result=None, settled_at=None))
            assert (found.place.row, found.field) == (f"effect {row['key']}", "result")


def test_the_lists_must_say_what_the_events_say(books: Books) -> None:
    row = books.mediation
    assert row
    others: dict[str, Any] = {"stage": "support_start", "outcome": "housed_unreachable", "municipality": "elsewhere"}
    others |= {
        "person": "p-1",
        "organisations": ["x"],
        "sequence": 1,
        "head": "0" * 64,
        "policy": "0" * 64,
        "test": True,
    }
    others |= dict.fromkeys(("opened_at", "changed_at", "closed_at", "wake_at"), books.commands[2]["at"])
    for field, value in others.items():
        found = first(books._replace(mediation={**row, field: value}))
        assert (found.place.row, found.field.partition("[")[0]) == ("mediation", field)
    assert first(books._replace(mediation=None)).place.row == "mediation"
    for place, task in enumerate(books.tasks):
        for name in task.keys() - {"id"}:
            found = first(with_row(books, "tasks", place, **{name: "another"}))
            assert (found.place.row, found.field) == (f"task {task['id']}", name)
        assert first(without_row(books, "tasks", place)).place.row == f"task {task['id']}"
        found = first(with_row(books, "tasks", place, id="another"))
        assert found.place.row in {"task another", f"task {task['id']}"}


def test_an_edited_policy_is_named(books: Books) -> None:
    [row] = books.policies
    document = json.loads(row["document"])
    document["version"] = "another"
    found = first(books._replace(policies=({**row, "document": json.dumps(document)},)))
    assert found.place.row == f"policy {row['digest'][:12]}"
    assert first(books._replace(policies=())).kind is FindingKind.CUT


def test_nothing_of_a_person_is_told(books: Books) -> None:
    row = books.mediation
    assert row
    found = first(books._replace(mediation={**row, "person": "Noor Testpersoon"}))
    assert "Noor" not in str(found)
    assert row["person"] not in str(found)
    assert "sha256" in str(found)


def unproven(books: Books, speakers: Speakers) -> list[str]:
    """What nobody has given, by row and doubt."""
    return [str(one) for one in verify(books, speakers) if one.kind is FindingKind.UNPROVEN]


def test_what_nobody_sealed_is_named_by_the_public_keys_alone(books: Books, installed: Settings) -> None:
    speakers = Speakers.parse(installed.speakers)
    assert verify(books, speakers) == []
    sealed = [place for place, row in enumerate(books.commands) if row["seal"]]
    assert len(sealed) > 2
    for place in sealed:
        row = books.commands[place]
        where = f"unproven: command {row['ordinal']} ({row['type']})"
        seal = json.loads(row["seal"])
        said = json.loads(seal["text"])
        said["by"]["user"] = "u-another"
        for changed in (
            seal | {"text": json.dumps(said)},
            seal | {"key": "api-9"},
            seal | {"at": "2026-01-01T00:00:00Z"},
        ):
            edited = with_row(books, "commands", place, seal=json.dumps(changed))
            assert any(one.startswith(where) for one in unproven(edited, speakers))
        assert any(one.startswith(where) for one in unproven(with_row(books, "commands", place, seal="{}"), speakers))
    for place in sealed[1:]:
        bare = with_row(books, "commands", place, seal=None)
        assert any("nobody has sealed it" in one for one in unproven(bare, speakers))


def test_a_command_that_says_otherwise_than_its_seal_is_named(books: Books, installed: Settings) -> None:
    speakers = Speakers.parse(installed.speakers)
    for place, row in enumerate(books.commands):
        if row["seal"]:
            said = json.loads(row["document"])
            said["by"]["user"] = "u-another"
            found = verify(with_row(books, "commands", place, document=json.dumps(said)), speakers)
            assert "document.by.user" in {one.field for one in found}, row["type"]


def test_commands_that_changed_places_with_their_seals_are_named(books: Books, installed: Settings) -> None:
    sealed = [place for place, row in enumerate(books.commands) if row["seal"]]
    one, other = books.commands[sealed[1]], books.commands[sealed[2]]
    parts = ("type", "document", "seal")
    swapped = with_row(books, "commands", sealed[1], **{name: other[name] for name in parts})
    swapped = with_row(swapped, "commands", sealed[2], **{name: one[name] for name in parts})
    assert len(unproven(swapped, Speakers.parse(installed.speakers))) == 2


def test_a_row_that_was_written_anew_with_its_own_hashes_breaks_the_links_after_it(books: Books) -> None:
    for place, row in enumerate(books.commands[:-1]):
        fields = (row["document"], row["gone"], row["recorded"] + " ", row["seal"] or "")
        before = books.commands[place - 1]["link"] if place else None
        forged = link(before, row["ordinal"], row["id"], row["at"], *fields)
        edited = with_row(books, "commands", place, recorded=fields[2], link=forged)
        assert [(one.place.row, one.field) for one in verify(edited)] == [
            (f"command {row['ordinal'] + 1} ({books.commands[place + 1]['type']})", "link")
        ]
