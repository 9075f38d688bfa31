"""TCP ports on 127.0.0.1: finding free ones, and saying clearly when a wanted one is not."""

import asyncio
import random
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic

from sandbox.embedded.errors import PortTaken

LOOPBACK = "127.0.0.1"

# Below the ports the kernel hands to outgoing connections, so that none of those takes a port between choice and use.
_CANDIDATES = range(18_000, 32_000)


@dataclass(frozen=True)
class WantedPort:
    """A port somebody chose, what it is for, and the option that changes it."""

    number: int
    purpose: str
    option: str


def hindrance(port: int) -> str | None:
    """Say why no server could listen on this port of 127.0.0.1 now; None when one could."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except PermissionError:
            return "is not for this account"
        except OSError:
            return "is taken"
        return None


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of 127.0.0.1 now."""
    return hindrance(port) is None


def free_ports(count: int) -> list[int]:
    """``count`` different ports that are free now, drawn at random so that neighbours seldom choose the same."""
    found: list[int] = []
    candidates = list(_CANDIDATES)
    random.shuffle(candidates)
    for port in candidates:
        if len(found) == count:
            break
        if is_free(port):
            found.append(port)
    return found


def free_port() -> int:
    """One port that is free now."""
    return free_ports(1)[0]


async def ensure_free(wanted: Iterable[WantedPort], *, patience: float = 2.0) -> None:
    """Return when every wanted port is free; a server that is just dying gets ``patience`` seconds to let go.

    Raises ``PortTaken``, which names every port that stays taken, or that is wanted twice.
    """
    deadline = monotonic() + patience
    ports = list(wanted)
    while faults := _taken(ports):
        if monotonic() > deadline or _wanted_twice(ports):
            raise PortTaken(told="\n".join(faults))
        await asyncio.sleep(0.05)


def _taken(wanted: list[WantedPort]) -> list[str]:
    """Say of each port that cannot be had what to do."""
    twice, told = _wanted_twice(wanted), []
    for place, port in enumerate(wanted):
        why = "is taken by another of these" if place in twice else hindrance(port.number)
        if why:
            told.append(f"Port {port.number} for {port.purpose} {why}. Free it, or choose another with {port.option}.")
    return told


def _wanted_twice(wanted: list[WantedPort]) -> set[int]:
    """Return the places of ports that one before them has."""
    numbers = [port.number for port in wanted]
    return {place for place, number in enumerate(numbers) if number in numbers[:place]}


async def accepts(port: int) -> bool:
    """Whether something on 127.0.0.1 accepts connections on this port."""
    try:
        _, writer = await asyncio.open_connection(LOOPBACK, port)
    except OSError:
        return False
    writer.close()
    return True
