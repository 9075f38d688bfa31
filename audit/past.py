"""The past of a mediation as its history tells it: what a journal that was put back can be refilled from.

Nothing is believed for standing there: each command must have the seal of somebody whom we know, unless the workflow
itself gave it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from audit.against import BESIDE
from audit.written import Delivered, Unreadable, Written, written
from domain.exchange.record import Recorded, Recording, ToRecord
from domain.facts.calendar import Calendar
from domain.facts.value import replace
from domain.messages.commands import AnyCommand, PassTime
from runtime.histories import Fetched
from runtime.keys import KeyRing
from runtime.seals import NotBelieved, Speakers, request_of
from store.outbox import Result
from store.past import Doubtful, Past, Settled, ToldCommand


async def past_of(ring: KeyRing, speakers: Speakers, mediation: str, fetched: Fetched) -> Past:
    """Return what the runs of a mediation tell, the first first. Raises `Doubtful`."""
    if fetched.unreadable or not fetched.runs:
        raise Doubtful(fetched.unreadable or "there is no history of it")
    try:
        runs = [await written(ring, run) for run in fetched.runs]
    except Unreadable as unreadable:
        raise Doubtful(str(unreadable)) from None
    if any(run.mediation != mediation for run in runs):
        raise Doubtful("it is the history of another mediation")
    return Past(tuple(_commands(mediation, runs, speakers)), tuple(_settled(runs)))


def _commands(mediation: str, runs: Sequence[Written], speakers: Speakers) -> Iterator[ToldCommand]:
    """Yield each command once. A number is given to those of before commands were numbered."""
    seen: set[str] = set()
    last, sealed = _carried(runs[0]), False
    for asked, said in ((one.asked, one.recorded) for run in runs for one in run.decisions):
        if said is None or asked.get("command_id") in seen:
            continue
        try:
            given, recorded = ToRecord.model_validate(asked), Recorded.model_validate(said)
        except ValidationError:
            raise Doubtful(f"what follows command {last} cannot be read") from None
        if recorded.ordinal and recorded.ordinal <= last:
            continue  # given again in a later run
        if given.mediation != mediation:
            raise Doubtful(f"what follows command {last} is of another mediation")
        seen.add(given.command_id)
        last = recorded.ordinal or last + 1
        recording = _believed(given, speakers, last, sealed=sealed)
        sealed = sealed or given.seal is not None
        yield ToldCommand(recording, replace(recorded, ordinal=last), _text(said))


def _carried(first: Written) -> int:
    """Return how many commands were recorded before the first run that is there."""
    carried = first.opening.get("carried")
    return int(carried.get("commands") or 0) if isinstance(carried, dict) else 0


def _text(said: Mapping[str, Any]) -> str:
    """Return what was recorded as its row had it. What stands beside the row is not in it."""
    row = {name: value for name, value in said.items() if name not in BESIDE}
    return json.dumps(row, separators=(",", ":"), ensure_ascii=False)


def _believed(given: ToRecord, speakers: Speakers, ordinal: int, *, sealed: bool) -> Recording:
    """Return a command that somebody vouches for, however long ago. Once one was sealed, all after it must be."""
    try:
        command = _sealed(given, speakers) if given.seal else _unsealed(given, speakers, sealed=sealed)
    except NotBelieved as refused:
        raise Doubtful(f"the seal of command {ordinal} is not believed: {refused.doubt.value}") from None
    if command is None:
        raise Doubtful(f"nobody has sealed command {ordinal}")
    return Recording(**{**dict(given), "command": command})


def _sealed(given: ToRecord, speakers: Speakers) -> AnyCommand | None:
    seal = given.seal
    if seal is None or seal.request != request_of(given.keyed):
        return None
    return speakers.opened(given.mediation, given.command_id, seal)


def _unsealed(given: ToRecord, speakers: Speakers, *, sealed: bool) -> AnyCommand | None:
    """Return what the workflow itself gave, and what was given before commands were sealed."""
    own = isinstance(given.command, PassTime) or given.settles is not None
    before = speakers.since is not None and Calendar().today(given.now) <= speakers.since and not sealed
    return given.command if own or before or speakers.anybody else None


def _settled(runs: Sequence[Written]) -> Iterator[Settled]:
    """Yield what became of effects that taught nothing; what an effect taught settles it when it is recorded."""
    for one in (one for run in runs for one in run.delivered):
        if one.done and one.learned.get("command") is None and one.begun:
            yield Settled(one.key, _result(one), one.begun)


def _result(one: Delivered) -> Result:
    return Result.VOID if one.learned.get("void") else Result.DONE
