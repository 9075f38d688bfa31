"""The history compared with the journal: the two were kept apart, and must tell the same decisions over all runs.

Each decision is compared with its row: the command and its moment, the head worked out again from the stored events,
stage, tasks, next moment, effects. Then what was delivered is compared with what the outbox settled, and the end with
the row of the mediation. A decision that only one of the two has is a difference, unless it is under way.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from pydantic import ValidationError

from audit.finding import Finding, FindingKind, FoundAt, different, moment
from audit.verify import LOOKED_UP, decided, read
from audit.written import Delivered, RecordCall, Written
from domain.exchange.record import Recorded
from store.books import Books, Row
from store.journal import chain

HISTORY, JOURNAL, STORED = "the history", "the journal", "the chain of the stored events"
BESIDE = ("link", "documents", "stored")
"""What `Record` returns that stands beside the row of what was recorded: in its columns, and in the events."""


def against(runs: Sequence[Written], books: Books, *, earlier_forgotten: bool = False) -> Iterator[Finding]:
    """Yield every difference between the runs of a mediation, in their order, and its rows in the journal.

    `earlier_forgotten` tells that Temporal no longer has the run before the first of these.
    """
    yield from _joined(runs, FindingKind.FORGOTTEN if earlier_forgotten else FindingKind.CUT)
    comparison = _Comparison(runs, books)
    yield from comparison.decisions()
    yield from comparison.deliveries()
    yield from comparison.end()


def _joined(runs: Sequence[Written], kind: FindingKind) -> Iterator[Finding]:
    """Check that each run goes on where the one before it ended."""
    if runs[0].before:
        yield Finding(kind, FoundAt(run=1, event=1), "there was a run before it, which is missing")
    for n, (one, following) in enumerate(pairwise(runs), start=1):
        if following.opening.get("after_run") == one.run and one.ended and not one.after:
            continue  # it had completed, and a command came that follows the end; or it was broken off and rebuilt
        if one.after != following.run or following.before != one.run:
            yield Finding(FindingKind.CUT, FoundAt(run=n, event=one.events), f"run {n + 1} does not go on from it")
            continue
        handed = next((said for given, said in one.commands.items() if given.id == "continued"), None)
        if handed:
            begun = {"input": [dict(following.opening)]}
            place = FoundAt(run=n, event=handed.event)
            yield from different(place, ("the run before", handed.content), (f"run {n + 1}", begun))
    if runs[-1].after:
        yield Finding(
            FindingKind.CUT, FoundAt(run=len(runs), event=runs[-1].events), "it goes on in a run that is missing"
        )


class _Comparison:
    def __init__(self, runs: Sequence[Written], books: Books) -> None:
        self._runs, self._books = runs, books
        self._rows = {row["id"]: row for row in books.commands}
        self._own: defaultdict[int, list[Row]] = defaultdict(list)
        for event in books.events:
            self._own[event["ordinal"]].append(event)
        self._seen: dict[str, int] = {}
        """The number of each command that the history has."""
        self._last: Mapping[str, Any] = {}
        """What the history recorded last."""
        self._under_way: set[str] = set()
        """Commands and effects that were asked, and not answered yet."""
        self._done_before: set[str] = set()
        """Effects carried out by runs that Temporal no longer has."""

    @property
    def _ordinal(self) -> int:
        return max(self._seen.values(), default=0)

    def decisions(self) -> Iterator[Finding]:
        """Compare decision by decision."""
        for number, run in enumerate(self._runs, start=1):
            yield from self._carried(number, run)
            for decision in run.decisions:
                yield from self._decision(number, run, decision)
        for row in self._books.commands:
            if row["id"] not in self._seen.keys() | self._under_way:
                where = FoundAt(f"command {row['ordinal']} ({row['type']})")
                yield Finding(FindingKind.CUT, where, "the journal has it, the history does not")

    def _carried(self, number: int, run: Written) -> Iterator[Finding]:
        """Check that what a run was started with is what was recorded before it."""
        carried, place = run.opening.get("carried"), FoundAt(run=number, event=1)
        if not isinstance(carried, dict):
            if number > 1:
                yield Finding(FindingKind.CUT, place, "it carries nothing over from the run before")
            return
        if number == 1:
            before = [row for row in self._books.commands if row["ordinal"] <= int(carried.get("commands") or 0)]
            self._seen = {row["id"]: row["ordinal"] for row in before}
            waiting = {effect.get("key") for lane in carried.get("lanes") or () for effect in lane}
            asked = {effect["key"] for row in before for effect in decided(row).get("effects") or ()}
            self._done_before = asked - waiting
        counted = ("the run before", {"commands": self._ordinal})
        yield from different(place, counted, ("the new run", {"commands": carried.get("commands")}))
        row = next((row for row in self._books.commands if row["ordinal"] == self._ordinal), None)
        if row:
            self._last = carried.get("last") or {}
            # Its effects are in the lanes that are carried over, or done.
            yield from _compared(place, self._last, {**row, "recorded": _without_effects(row)})

    def _decision(self, number: int, run: Written, decision: RecordCall) -> Iterator[Finding]:
        asked, recorded = decision.asked, decision.recorded
        name = str(asked.get("command_id"))
        if recorded is None:
            if decision.under_way:
                self._under_way |= {name, str(asked.get("settles"))}
            return
        again = name in self._seen
        ordinal = self._seen.setdefault(name, self._ordinal + 1)
        kind = _given(asked).get("type")
        place = FoundAt(f"command {ordinal} ({kind})", number, decision.answered_at or decision.asked_at)
        row = self._rows.get(name)
        if row is None:
            yield Finding(FindingKind.CUT, place, "the history has it, the journal does not")
            return
        if not again:
            yield from _asked(place._replace(event=decision.asked_at), run, asked, row, ordinal)
        yield from _compared(place, recorded, row)
        if not again:
            yield from self._chained(place, recorded, row)
            self._last = recorded

    def _chained(self, place: FoundAt, recorded: Mapping[str, Any], row: Row) -> Iterator[Finding]:
        """Compare the head in the history with that of the events that are stored now."""
        own = self._own[row["ordinal"]]
        count = int(recorded.get("sequence") or 0) - int(self._last.get("sequence") or 0)
        yield from different(place, (HISTORY, {"events": count}), (JOURNAL, {"events": len(own)}))
        stored = [event["document"] for event in own]
        head = chain(str(self._last.get("head") or ""), stored)
        yield from different(place, (HISTORY, {"head": recorded.get("head")}), (STORED, {"head": head}))
        if documents := recorded.get("documents"):
            yield from different(place, (HISTORY, {"documents": documents}), (JOURNAL, {"documents": stored}))

    def deliveries(self) -> Iterator[Finding]:
        """Compare what was done outside with what the outbox settled."""
        stored = {row["key"]: row for row in self._books.effects}
        done: dict[str, FoundAt] = {}
        for number, run in enumerate(self._runs, start=1):
            for one in run.delivered:
                place = FoundAt(f"effect {one.key}", number, one.event)
                yield from _delivered(place, one, stored.get(one.key))
                if one.done:
                    done[one.key] = place
                elif one.under_way:
                    self._under_way.add(one.key)
        for key, row in stored.items():
            if key in self._under_way:
                continue
            if row["result"] is not None and key not in done.keys() | self._done_before:
                yield Finding(
                    FindingKind.CUT, FoundAt(f"effect {key}"), "the journal has it settled, the history does not"
                )
            elif row["result"] is None and key in done and self._runs[-1].ended:
                yield Finding(FindingKind.DIFFERENT, done[key], "the history has it done, the journal does not")

    def end(self) -> Iterator[Finding]:
        """Compare how the last run ends with where the mediation stands."""
        last, row, commands = self._runs[-1], self._books.mediation, self._books.commands
        place = FoundAt(run=len(self._runs), event=last.events)
        if last.result is not None:
            wanted = {
                "mediation": self._books.id,
                "outcome": row["outcome"] if row else None,
                "events": row["sequence"] if row else 0,
                "commands": len(commands),
                "head": row["head"] if row else "",
            }
            yield from different(place, (JOURNAL, wanted), (HISTORY, dict(last.result)), grown=True)
        elif last.ended and not last.after:
            yield Finding(FindingKind.BROKEN, place, "the workflow ended without a result")
        elif not last.ended and commands and self._all_done:
            yield Finding(FindingKind.CUT, place, "all is done by the journal, and the history has no end")

    @property
    def _all_done(self) -> bool:
        row = self._books.mediation
        waiting = any(effect["result"] is None for effect in self._books.effects)
        return not waiting and (row is None or (row["outcome"] is not None and row["wake_at"] is None))


def _delivered(place: FoundAt, one: Delivered, row: Row | None) -> Iterator[Finding]:
    if row is None:
        yield Finding(FindingKind.CUT, place, "the history has it, the journal does not")
    else:
        yield from different(place, (HISTORY, one.content), (JOURNAL, read(row["document"])), grown=True)


def _asked(place: FoundAt, run: Written, asked: Mapping[str, Any], row: Row, ordinal: int) -> Iterator[Finding]:
    """Compare what `Record` was asked with the row of the command."""
    command = _given(asked)
    stored = dict(read(row["document"]) or {})
    for name in LOOKED_UP.get(str(command.get("type")), ()):
        command.pop(name, None)
        stored.pop(name, None)
    history = {
        "mediation": asked.get("mediation"),
        "ordinal": ordinal,
        "type": command.get("type"),
        "at": moment(asked.get("now")),
        "document": command,
    }
    journal = {
        "mediation": run.mediation,
        "ordinal": row["ordinal"],
        "type": row["type"],
        "at": moment(row["at"]),
        "document": stored,
    }
    yield from different(place, (HISTORY, history), (JOURNAL, journal))


def _given(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the command that `Record` was asked to record, in its seal or without one."""
    sealed = read((asked.get("seal") or {}).get("text") or "null")
    return dict(sealed if isinstance(sealed, dict) else asked.get("command") or {})


def _compared(place: FoundAt, recorded: Mapping[str, Any], row: Row) -> Iterator[Finding]:
    """Compare what the history and the journal recorded of a command.

    A field that came with a later release has its default, and the number of the command that of the journal's row.
    """
    said = {name: value for name, value in recorded.items() if name not in BESIDE}
    if link := recorded.get("link"):
        yield from different(place, (HISTORY, {"link": link}), (JOURNAL, {"link": row["link"]}))
    try:
        one = whole({**said, "ordinal": said.get("ordinal") or row["ordinal"]})
        other = whole({**(read(row["recorded"]) or {}), "ordinal": row["ordinal"]})
    except ValidationError:
        yield Finding(FindingKind.UNREADABLE, place, "it is not what `Record` returns")
        return
    yield from different(place, (HISTORY, one), (JOURNAL, other))


def _without_effects(row: Row) -> str:
    return json.dumps((read(row["recorded"]) or {}) | {"effects": []})


def whole(recorded: Mapping[str, Any]) -> Any:
    """Return what was recorded, with today's defaults for fields that an earlier release did not have."""
    typed = Recorded.model_validate(recorded).model_dump(mode="json")
    return _with_defaults(dict(recorded), typed)


def _with_defaults(said: Any, full: Any) -> Any:
    if isinstance(said, dict) and isinstance(full, dict):
        return {name: _with_defaults(said.get(name, full.get(name)), full.get(name)) for name in full | said}
    if isinstance(said, list) and isinstance(full, list) and len(said) == len(full):
        return [_with_defaults(one, other) for one, other in zip(said, full, strict=True)]
    return said
