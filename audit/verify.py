"""Verification: the journal worked out again from its own events and commands, and compared with all it says of them.

The chain of hashes is recomputed from the stored documents. Rows that are missing, added, swapped or edited are named
when another row shows it. A change made to all rows alike is found by the history (`audit.against`).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from audit.finding import Finding, FindingKind, FoundAt, different, moment
from domain.exchange.record import Seal
from domain.facts.calendar import Calendar
from domain.facts.rules import RuleName
from domain.messages.commands import Command, PassTime, ReportUndelivered
from domain.messages.effects import AnyEffect
from domain.policy.policy import Policy
from domain.state.events import AnyEvent
from domain.state.fold import evolve
from domain.state.mediation import Mediation
from domain.state.participation import StateAt, participations
from runtime.seals import NotBelieved, Speakers
from store.books import Books, Row
from store.journal import chain, link
from store.outbox import Result

EVENT: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)
EFFECT: TypeAdapter[AnyEffect] = TypeAdapter(AnyEffect)
LOOKED_UP = {kind.__name__: kind.looked_up for kind in Command.__subclasses__()}
"""What `Record` adds to a command before it decides, so that whoever gave it did not say it."""
LEARNED = ":learned"
"""How the id of a command that an effect learned ends. Before it stands the effect's key."""
EVENTS, RECORD = "what the events add up to", "what was recorded"
COLUMN, DOCUMENT = "the column", "the document"
BOUNDS = ("since", "until", "last", "stage", "outcome", "shown_until")
"""What a part has besides whose it is."""


class Verified(NamedTuple):
    """What does not fit in the rows of one mediation."""

    journal: tuple[Finding, ...]
    """In what was recorded."""
    lists: tuple[Finding, ...]
    """In what pages and reports read: it can be worked out from the journal again."""


def verify(books: Books, speakers: Speakers | None = None) -> list[Finding]:
    """Return everything that does not fit in the rows of one mediation, in their order.

    With the public keys of all who ever gave commands, also what none of them has sealed.
    """
    found = verified(books, speakers)
    return [*found.journal, *found.lists]


def verified(books: Books, speakers: Speakers | None = None) -> Verified:
    """Return what `verify` does, what was recorded apart from the lists."""
    verification = _Verification(books, speakers)
    return Verified(tuple(verification.findings()), tuple(verification.lists()))


def decided(row: Row) -> dict[str, Any]:
    """Return what was recorded of a command; nothing where it cannot be read."""
    recorded = read(row["recorded"])
    return recorded if isinstance(recorded, dict) else {}


def read(text: str) -> Any:
    """Return a stored document; None where it is none."""
    try:
        return json.loads(text)
    except ValueError:
        return None


class _Verification:
    """Goes through the commands in their order, and compares all rows with what the commands led to."""

    def __init__(self, books: Books, speakers: Speakers | None) -> None:
        self._books = books
        self._speakers = speakers
        self._link: str | None = None
        self._sealed = False
        self._events = {row["sequence"]: row for row in books.events}
        self._effects = {row["key"]: row for row in books.effects}
        self._sequence = 0
        self._head = ""
        self._state: Mediation | None = None
        self._foldable = True
        self._tasks: dict[str, dict[str, Any]] = {}
        self._accepted: list[tuple[Row, Mediation | None]] = []
        self._asked: set[str] = set()
        self._steps: list[tuple[datetime, Mediation]] = []

    def findings(self) -> Iterator[Finding]:
        if self._books.empty:
            yield Finding(FindingKind.UNKNOWN, FoundAt(), "the journal does not have it")
        expected = 1
        for row in self._books.commands:
            for ordinal in range(expected, row["ordinal"]):
                yield Finding(FindingKind.CUT, FoundAt(f"command {ordinal}"), "this row is missing")
            expected = row["ordinal"] + 1
            yield from self._command(row)
        yield from self._left_over()
        yield from self._policies()

    def lists(self) -> Iterator[Finding]:
        """Compare the lists with what the events add up to; after `findings`."""
        if self._foldable:
            yield from self._read_model()
            yield from self._parts()

    def _command(self, row: Row) -> Iterator[Finding]:
        where = f"command {row['ordinal']} ({row['type']})"
        command, recorded = read(row["document"]), read(row["recorded"])
        if not isinstance(command, dict) or not isinstance(recorded, dict):
            yield Finding(FindingKind.UNREADABLE, FoundAt(where), "its document is none")
            return
        told = {"type": command.get("type"), "organisation": (command.get("by") or {}).get("organisation")}
        columns = {name: row[name] for name in told}
        yield from different(FoundAt(where), (COLUMN, columns), (DOCUMENT, told))
        refused = recorded.get("refused") is not None
        yield from different(FoundAt(where), (COLUMN, {"refused": row["refused"]}), (DOCUMENT, {"refused": refused}))
        yield from self._led_to(row, where, recorded)
        yield from self._effects_of(row, where, recorded)
        yield from self._settled_by(row)
        yield from self._believed(row, where, command)
        yield from self._linked(row, where)

    def _linked(self, row: Row, where: str) -> Iterator[Finding]:
        """Compare the link of a command with its row. Those of before there were links have none, and no later one."""
        if row["link"] is None and self._link is None:
            return
        documents = (row["document"], row["gone"], row["recorded"], row["seal"] or "")
        told = link(self._link, row["ordinal"], row["id"], row["at"], *documents)
        yield from different(FoundAt(where), ("its row", {"link": told}), (COLUMN, {"link": row["link"]}))
        self._link = row["link"]

    def _believed(self, row: Row, where: str, command: Mapping[str, Any]) -> Iterator[Finding]:
        """Check that somebody whom we know has given it, in these words."""
        speakers = self._speakers
        if speakers is None or speakers.anybody:
            return
        if row["seal"] is None:
            own = row["type"] == PassTime.__name__ or row["id"].endswith(LEARNED)
            sealed_by_then = speakers.since is not None and speakers.since < Calendar().today(row["at"])
            if not own and (self._sealed or sealed_by_then):
                yield Finding(FindingKind.UNPROVEN, FoundAt(where), "nobody has sealed it")
            return
        self._sealed = True
        try:
            seal = Seal.model_validate_json(row["seal"])
            speakers.opened(self._books.id, row["id"], seal)
        except (ValidationError, NotBelieved) as wrong:
            doubt = wrong.doubt.value if isinstance(wrong, NotBelieved) else "unreadable"
            yield Finding(FindingKind.UNPROVEN, FoundAt(where), f"its seal is not believed: {doubt}")
            return
        found, given = dict(command), dict(read(seal.text) or {})
        for name in LOOKED_UP.get(str(given.get("type")), ()):
            found.pop(name, None)
            given.pop(name, None)
        yield from different(FoundAt(where), (DOCUMENT, {"document": found}), ("its seal", {"document": given}))

    def _led_to(self, row: Row, where: str, recorded: Mapping[str, Any]) -> Iterator[Finding]:
        """Compare the events of a command with what was recorded of it."""
        last = recorded.get("sequence")
        if not isinstance(last, int) or last < self._sequence:
            yield Finding(FindingKind.DIFFERENT, FoundAt(where), f"recorded.sequence goes back from {self._sequence}")
            return
        own = range(self._sequence + 1, last + 1)
        missing = [n for n in own if n not in self._events]
        for n in missing:
            yield Finding(FindingKind.CUT, FoundAt(f"event {n}"), f"this row is missing: {where} led to it")
        rows = [self._events[n] for n in own if n not in missing]
        for event in rows:
            yield from _event_columns(event, row)
        head = chain(self._head, [event["document"] for event in rows])
        if not missing and head != recorded.get("head"):
            place = where if not rows else f"{where}, event{'s' * (len(rows) > 1)} {_span(own)}"
            say = (("the chain of its events", {"head": head}), (RECORD, {"head": recorded.get("head")}))
            yield from different(FoundAt(place), *say)
        self._sequence, self._head = last, str(recorded.get("head"))
        yield from self._folded(row, where, recorded, rows)

    def _folded(self, row: Row, where: str, recorded: Mapping[str, Any], rows: Sequence[Row]) -> Iterator[Finding]:
        if not self._foldable:
            return
        try:
            for event in rows:
                self._state = evolve(self._state, EVENT.validate_json(event["document"]))
        except (ValidationError, ValueError, IndexError, AttributeError):
            self._foldable = False
            yield Finding(
                FindingKind.UNREADABLE,
                FoundAt(f"{where}, events {_span(range(rows[0]['sequence'], self._sequence + 1))}"),
            )
            return
        state = self._state
        if state:
            names = ("stage", "outcome", "open_tasks")
            folded = {
                "stage": state.stage.value,
                "outcome": state.outcome.value if state.outcome else None,
                "open_tasks": [task.kind.value for task in state.tasks],
            }
            said = {name: recorded.get(name) for name in names}
            yield from different(FoundAt(where), (EVENTS, folded), (RECORD, said))
        if state and rows:
            self._steps.append((row["at"], state))
        if not row["refused"]:
            self._accepted.append((row, state))
            self._keep_tasks(row["at"])

    def _keep_tasks(self, at: datetime) -> None:
        """Update the list of tasks as recording a command does."""
        tasks = self._state.tasks if self._state else ()
        for task in tasks:
            kept = self._tasks.setdefault(
                task.id, {"kind": task.kind.value, "about": task.about, "opened_at": task.opened_at, "closed_at": None}
            )
            kept |= {"owner": task.owner, "owner_role": task.owner_role.value, "due": task.due}
            kept |= {"reminded": task.reminded, "escalated": task.escalated}
        still = {task.id for task in tasks}
        for name, kept in self._tasks.items():
            if name not in still and kept["closed_at"] is None:
                kept["closed_at"] = at

    def _effects_of(self, row: Row, where: str, recorded: Mapping[str, Any]) -> Iterator[Finding]:
        for effect in recorded.get("effects") or ():
            key = str(effect.get("key"))
            self._asked.add(key)
            stored = self._effects.get(key)
            if stored is None:
                yield Finding(FindingKind.CUT, FoundAt(f"{where}, effect {key}"), "this row is missing")
                continue
            place = f"effect {key}"
            names = ("type", "lane", "asked_at")
            columns = {name: _plain(stored[name]) for name in names}
            told = {"type": effect.get("type"), "lane": _lane(effect), "asked_at": moment(row["at"])}
            yield from different(FoundAt(place), (COLUMN, columns), (RECORD, told))
            yield from different(FoundAt(place), ("its row", read(stored["document"])), (RECORD, effect))

    def _settled_by(self, row: Row) -> Iterator[Finding]:
        """Check that recording what an effect learned has settled the effect."""
        key, learned, _ = row["id"].rpartition(LEARNED)
        effect = self._effects.get(key) if learned and row["id"].endswith(LEARNED) else None
        if effect:
            found = {name: _plain(effect[name]) for name in ("result", "settled_at")}
            parked = (decided(row).get("refused") or {}).get("rule") == RuleName.NOT_RECORDED
            refused = parked or row["type"] == ReportUndelivered.__name__
            result = Result.REFUSED if refused else Result.DONE
            wanted = {"result": result.value, "settled_at": moment(row["at"])}
            yield from different(FoundAt(f"effect {key}"), ("its row", found), (f"command {row['ordinal']}", wanted))

    def _left_over(self) -> Iterator[Finding]:
        """Yield the rows that no command led to."""
        for n in sorted(self._events):
            if n > self._sequence:
                yield Finding(FindingKind.DIFFERENT, FoundAt(f"event {n}"), "no command led to this row")
        for key in sorted(self._effects.keys() - self._asked):
            yield Finding(FindingKind.DIFFERENT, FoundAt(f"effect {key}"), "no command led to this row")

    def _policies(self) -> Iterator[Finding]:
        known = {row["digest"] for row in self._books.policies}
        for row in self._books.policies:
            where = f"policy {row['digest'][:12]}"
            try:
                digest = Policy.model_validate_json(row["document"]).digest()
            except ValidationError:
                yield Finding(FindingKind.UNREADABLE, FoundAt(where))
                continue
            said = (("the hash of its document", digest), (COLUMN, row["digest"]))
            yield from different(FoundAt(where), *said)
        for event in self._books.events:
            document = read(event["document"])
            ruled_by = document.get("policy_digest") if isinstance(document, dict) else None
            if ruled_by and ruled_by not in known:
                yield Finding(
                    FindingKind.CUT,
                    FoundAt(f"policy {str(ruled_by)[:12]}"),
                    f"this row is missing: event {event['sequence']}",
                )

    def _read_model(self) -> Iterator[Finding]:
        row = self._books.mediation
        if row is None:
            if self._accepted or self._books.events:
                yield Finding(FindingKind.CUT, FoundAt("mediation"), "this row is missing")
            return
        if not self._accepted or self._state is None:
            yield Finding(FindingKind.CUT, FoundAt("mediation"), "no command led to this row")
            return
        expected = _line(self._accepted, self._state)
        found = {name: _plain(row[name]) for name in expected}
        yield from different(FoundAt("mediation"), ("its row", found), (EVENTS, expected))
        tasks = {task["id"]: {name: _plain(task[name]) for name in task if name != "id"} for task in self._books.tasks}
        wanted = {name: {field: _plain(value) for field, value in kept.items()} for name, kept in self._tasks.items()}
        for name in sorted(tasks.keys() | wanted.keys()):
            where = f"task {name}"
            if name not in tasks:
                yield Finding(FindingKind.CUT, FoundAt(where), "this row is missing")
            elif name not in wanted:
                yield Finding(FindingKind.DIFFERENT, FoundAt(where), "no command led to this row")
            else:
                yield from different(FoundAt(where), ("its row", tasks[name]), (EVENTS, wanted[name]))

    def _parts(self) -> Iterator[Finding]:
        """Compare who has or had which part, which is what partners see a mediation by."""
        try:
            policies = {row["digest"]: _policy(row["document"]) for row in self._books.policies}
            steps = [StateAt(at, state, policies[state.policy_digest]) for at, state in self._steps]
        except (ValidationError, KeyError):
            return  # told with the policies
        wanted = {_part(one._asdict()) for one in participations(steps)}
        stored = {_part(row) for row in self._books.parts}
        for part in sorted(wanted ^ stored, key=str):
            kind = FindingKind.CUT if part in wanted else FindingKind.DIFFERENT
            what = "this row is missing" if part in wanted else "no command led to this row"
            yield Finding(kind, FoundAt(f"part {part[1]} of {part[0]}, from event {part[2]}"), what)


@lru_cache(maxsize=64)
def _policy(document: str) -> Policy:
    """Read a policy once: many mediations share it."""
    return Policy.model_validate_json(document)


def _part(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(_plain(row[name]) for name in ("organisation", "part", "first", *BOUNDS))


def _event_columns(event: Row, command: Row) -> Iterator[Finding]:
    document = read(event["document"])
    where = f"event {event['sequence']}"
    if not isinstance(document, dict):
        yield Finding(FindingKind.UNREADABLE, FoundAt(where), "its document is none")
        return
    columns = {"type": event["type"], "ordinal": event["ordinal"], "at": moment(event["at"])}
    told = {"type": document.get("type"), "ordinal": command["ordinal"], "at": moment(command["at"])}
    yield from different(FoundAt(where), (COLUMN, columns), ("its command", told))


def _line(accepted: Sequence[tuple[Row, Mediation | None]], state: Mediation) -> dict[str, Any]:
    """Return what the row of a mediation must say."""
    last = accepted[-1][0]
    recorded = decided(last)
    changed, known = accepted[0][0], 0
    for row, _ in accepted:  # a command that led to no event changed nothing
        sequence = decided(row).get("sequence") or 0
        if sequence > known:
            changed, known = row, sequence
    closed = None
    for row, then in accepted:  # one that went on after an objection and ended again is closed since its last end
        closed = (closed or row["at"]) if then and then.outcome else None
    return {
        "municipality": state.parties.municipality,
        "policy": state.policy_digest,
        "person": state.referral.person,
        "stage": state.stage.value,
        "outcome": state.outcome.value if state.outcome else None,
        "organisations": list(state.organisations()),
        "sequence": state.sequence,
        "head": recorded.get("head"),
        "opened_at": moment(accepted[0][0]["at"]),
        "changed_at": moment(changed["at"]),
        "closed_at": moment(closed),
        "wake_at": moment(recorded.get("wake_at")),
        "test": state.test,
    }


def _lane(effect: Mapping[str, Any]) -> str | None:
    try:
        return EFFECT.validate_python(effect).lane
    except ValidationError:
        return None


def _plain(value: Any) -> Any:
    return moment(value) if isinstance(value, datetime) else value


def _span(numbers: range) -> str:
    return str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]} to {numbers[-1]}"
