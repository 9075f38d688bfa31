"""What each system of the demonstration tells of itself: its effects per key, and the faults it has played."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import httpx

from sandbox.embedded.mailbox import Mailbox

MAILS = "mails"


class Ledger(NamedTuple):
    """One system: what it was asked, what took effect there, and what went wrong."""

    system: str
    asked: int
    """How often something was asked under a key."""
    keys: int
    """Keys under which something took effect."""
    effects: int
    """How often something took effect; as many as there are keys, when nothing was doubled."""
    doubled: tuple[str, ...]
    """Keys under which something took effect more than once."""
    played: Mapping[str, int]
    """How often each kind of fault struck."""

    def as_json(self) -> dict[str, Any]:
        """Return the figures."""
        return {
            "asked": self.asked,
            "keys": self.keys,
            "effects": self.effects,
            "doubled": len(self.doubled),
            "faults": dict(self.played),
        }


async def ledger_of(http: httpx.AsyncClient, system: str, url: str) -> Ledger:
    """Read what a reference system tells at `/effects` and `/faults`."""
    told, faults = [(await http.get(f"{url}/{what}")).raise_for_status().json() for what in ("effects", "faults")]
    played = Counter[str]()
    for fault in faults:
        played[fault["fault"]] += fault["struck"]
    took = [line for line in told if line["executed"]]
    return Ledger(
        system=system,
        asked=sum(line["received"] for line in told),
        keys=len(took),
        effects=sum(line["executed"] for line in took),
        doubled=tuple(f"{line['operation']} {line['key']}" for line in took if line["executed"] > 1),
        played=+played,
    )


def ledger_of_mails(mailbox: Mailbox) -> Ledger:
    """Return the mails by their Message-ID: one that came again is doubled."""
    arrived = mailbox.arrivals()
    return Ledger(
        system=MAILS,
        asked=arrived.total(),
        keys=len(arrived),
        effects=arrived.total(),
        doubled=tuple(name for name, times in arrived.items() if times > 1),
        played={},
    )


def played_by_all(ledgers: Iterable[Ledger]) -> Counter[str]:
    """Add up the faults of all systems."""
    total = Counter[str]()
    for ledger in ledgers:
        total.update(ledger.played)
    return total
