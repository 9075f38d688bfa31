"""Faults a partner system can be told to show, at run time, so that the engine's patience can be proved.

Whether a fault strikes is drawn from its seed, the call's own identity (its idempotency key, or for a call without
one its address) and which arrival of it this is: never from the order in which calls happen to arrive.
"""

import json
from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, TypeAdapter


class FaultKind(StrEnum):
    """What goes wrong."""

    SLOW = "slow"
    """Waits `seconds` before it answers; what the call asks is done."""
    UNAVAILABLE = "unavailable"
    """503 with Retry-After (`seconds`, at least 1); nothing is done."""
    LOST_ANSWER = "lost_answer"
    """Does what is asked, commits it, then drops the connection without an answer."""
    WRONG_SCHEMA = "wrong_schema"
    """200 with a shape nobody agreed on; nothing is done."""
    SERVER_ERROR = "server_error"
    """502 with a page of HTML, as a proxy shows it; nothing is done."""
    HUGE = "huge"
    """200 with a body of 10 MiB; nothing is done."""
    DRIP = "drip"
    """200 whose body comes a byte each `seconds` (0.2 when it says none) and has no end; nothing is done.

    With `lasts` the connection breaks after so many seconds.
    """
    FORGOTTEN = "forgotten"
    """What was done is not known again when it is asked once more: it is done once more."""
    NOT_UNIQUE = "not_unique"
    """What was done and is asked once more is refused (409), and no word tells what it was before."""
    RETRACTED = "retracted"
    """Does what is asked and answers, and afterwards the partner's own people undo it."""
    TWICE = "twice"
    """Does what is asked, and the message that tells of it is sent twice."""
    EARLY = "early"
    """Does what is asked, and tells of it too early: by a message that names no allocation. Refused, it tells well."""
    LATE = "late"
    """Does what is asked, and answers only when its people have something else to tell about it."""
    NEVER = "never"
    """Does what is asked, and does not answer until somebody there is called."""


ONCE_MORE = frozenset({FaultKind.FORGOTTEN, FaultKind.NOT_UNIQUE})
"""What may become of a call that was carried out and comes once more."""
ANSWERING = frozenset({FaultKind.TWICE, FaultKind.LATE, FaultKind.NEVER})
"""What may become of the message that answers a message."""
MISHAPS = frozenset({FaultKind.RETRACTED, FaultKind.TWICE, FaultKind.EARLY})
"""What goes wrong after the call was carried out: only where the partner's operation knows how."""


class Fault(BaseModel):
    """One fault, and which calls it strikes.

    `operation` `*` is every operation the engine calls; what staff do in their own system is struck only when named.
    `times` ends the fault after so many strikes in all; `attempts` strikes only the first so many arrivals of each
    call, which (unlike `times`) depends on no order of arrival. `since` and `until` keep it to calls whose moment, by
    their `Date`, is not before the one and before the other: a partner that is away for ten days of a virtual clock.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    fault: FaultKind
    organisation: str = "*"
    operation: str = "*"
    times: int | None = Field(default=None, ge=1)
    attempts: int | None = Field(default=None, ge=1)
    probability: float = Field(default=1.0, ge=0, le=1)
    seed: int = 0
    seconds: float = Field(default=0.0, ge=0, le=14400)
    lasts: float | None = Field(default=None, gt=0, le=3600)
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


FAULTS: TypeAdapter[list[Fault]] = TypeAdapter(list[Fault])


@dataclass(frozen=True)
class Arrival:
    """One arrival of a call: `key` is its identity, `attempt` counts its arrivals from 1."""

    organisation: str
    operation: str
    key: str
    attempt: int
    by_staff: bool = False
    moment: datetime | None = None
    """When the caller says that it calls."""


@dataclass(frozen=True)
class Strike:
    """What one arrival meets: seconds to wait first, and how it then ends (None: as it should)."""

    wait: float = 0.0
    ending: FaultKind | None = None
    retry_after: int = 1
    seconds: float = 0.0
    lasts: float | None = None


class Faults:
    """The faults that are on. They live as long as the process: a restart begins without any."""

    def __init__(self) -> None:
        self.active: tuple[Fault, ...] = ()
        self._struck: list[int] = []
        self._arrivals: Counter[tuple[str, str, str]] = Counter()

    def switch(self, faults: list[Fault]) -> None:
        """Replace all faults by these; the counts begin anew."""
        self.active = tuple(faults)
        self._struck = [0] * len(faults)
        self._arrivals.clear()

    def report(self) -> list[dict[str, JsonValue]]:
        """The faults that are on, each with how often it has `struck`."""
        return [
            {**fault.model_dump(mode="json"), "struck": struck}
            for fault, struck in zip(self.active, self._struck, strict=True)
        ]

    def attempt_of(self, organisation: str, operation: str, address: str) -> int:
        """Count an arrival of a call that has no key of its own. Counted only while faults are on."""
        if not self.active:
            return 1
        self._arrivals[organisation, operation, address] += 1
        return self._arrivals[organisation, operation, address]

    def strike(self, arrival: Arrival) -> Strike:
        """Every slow fault that strikes adds its wait; of the others the first that strikes decides the ending."""
        wait = 0.0
        for fault in self._striking(arrival, set(FaultKind) - ONCE_MORE - {FaultKind.LATE, FaultKind.NEVER}):
            if fault.fault is not FaultKind.SLOW:
                return Strike(wait, fault.fault, max(1, round(fault.seconds)), fault.seconds, fault.lasts)
            wait += fault.seconds
        return Strike(wait)

    def first_of(self, kinds: Set[FaultKind], arrival: Arrival) -> FaultKind | None:
        """The first of these kinds that strikes: asked only where it can do what it says, so each strike is seen."""
        return next((fault.fault for fault in self._striking(arrival, kinds)), None)

    def _striking(self, arrival: Arrival, kinds: Set[FaultKind]) -> Iterator[Fault]:
        """The faults that strike, each counted when it is taken."""
        for place, fault in enumerate(self.active):
            spent = fault.times is not None and self._struck[place] >= fault.times
            if fault.fault in kinds and not spent and strikes(fault, arrival):
                self._struck[place] += 1
                yield fault


def strikes(fault: Fault, arrival: Arrival) -> bool:
    """Whether a fault strikes this arrival: a pure function of the two."""
    here = fault.organisation in ("*", arrival.organisation)
    this = fault.operation == arrival.operation or (fault.operation == "*" and not arrival.by_staff)
    early = fault.attempts is None or arrival.attempt <= fault.attempts
    return here and this and early and in_its_time(fault, arrival) and draw(fault, arrival) < fault.probability


def in_its_time(fault: Fault, arrival: Arrival) -> bool:
    """Whether a call falls in the time of a fault. One that does not say when it is made falls in no such time."""
    if fault.since is None and fault.until is None:
        return True
    if arrival.moment is None:
        return False
    begun = fault.since is None or fault.since <= arrival.moment
    return begun and (fault.until is None or arrival.moment < fault.until)


def draw(fault: Fault, arrival: Arrival) -> float:
    """A number in [0, 1) that is always the same for this fault, call and attempt."""
    identity = [fault.seed, fault.fault, arrival.organisation, arrival.operation, arrival.key, arrival.attempt]
    digest = blake2b(json.dumps(identity).encode(), digest_size=8).digest()
    # 53 bits fit a float exactly; a full 64 could round up to 1.0, and a certain fault would then miss.
    return (int.from_bytes(digest) >> 11) / 2**53
