"""How many commands a second go through the journal on one core: load, decide, record, one after the other.

The commands are those of drawn sequences, each at the moment it was drawn for; some are refused, as in life. Measured
is the processor time of this process and of its connection's server side: what the disk takes is left out.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from benchmarks.statements import Statements, counted
from domain.exchange.policy_file import parse_policy
from domain.exchange.record import Recording
from domain.facts.value import replace
from domain.messages.commands import StartMediation
from runtime.policy_files import text_of
from sandbox.driven.sequences import play
from sandbox.embedded.ports import free_port
from sandbox.embedded.postgres import Postgres
from store.database import migrate
from store.record import record
from store.states import States

SEED = 1
STEPS = 50
WHOLE = 3
"""Every third of the drawn sequences begins with a referral."""


class Figures(NamedTuple):
    """What a run came to."""

    commands: int
    refused: int
    before: float
    """Events before a command, on average."""
    statements: float
    """A command, on average."""
    most: int
    """Statements of a command."""
    processor: float
    """Seconds."""
    elapsed: float


async def measure(lives: int, most: Sequence[int] = (0, 1000)) -> None:
    """Record the commands of so many lives, knowing the states of at most so many mediations, and print the figures."""
    recordings = drawn(lives)
    print(f"journal: {len(recordings)} commands of {lives} drawn lives (seed {SEED}), one after the other")
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder:
        async with Postgres(Path(folder), free_port(), durable=False) as server:
            for one in most:
                url = await server.create_database(f"states_{one}")
                await migrate(url)
                async with counted(url) as statements:
                    _tell(f"{one} states kept", await run(statements, recordings, States(one)))


def drawn(lives: int, *, seed: int = SEED, steps: int = STEPS) -> list[Recording]:
    """Return the commands of drawn lives, one life after the other."""
    policy = parse_policy(text_of("almere"))
    _, played = play(policy, seed=seed, sequences=lives * WHOLE, steps=steps)
    recordings = []
    for life, sequence in enumerate(played[::WHOLE]):
        for n, (_, command, at, _) in enumerate(sequence.asked):
            if isinstance(command, StartMediation):
                referral = replace(command.referral, person=f"person-{life}")
                command = replace(command, mediation=f"m-{life}", referral=referral)
            recordings.append(Recording(mediation=f"m-{life}", command_id=f"c-{n}", command=command, now=at))
    return recordings


async def run(statements: Statements, recordings: Sequence[Recording], states: States) -> Figures:
    """Record these commands."""
    refused, before, most = 0, 0, 0
    await record(statements.pool, recordings[0], states=states)
    sequence = {recordings[0].mediation: 0}
    statements.said.clear()
    started, spent = monotonic(), await statements.processor()
    total = 0
    for one in recordings[1:]:
        statements.said.clear()
        recorded = await record(statements.pool, one, states=states)
        before += sequence.get(one.mediation, 0)
        sequence[one.mediation] = recorded.sequence
        refused += recorded.refused is not None
        total, most = total + len(statements.said), max(most, len(statements.said))
    spent = await statements.processor() - spent
    count = len(recordings) - 1
    return Figures(count, refused, before / count, total / count, most, spent, monotonic() - started)


def _tell(name: str, it: Figures) -> None:
    print(
        f"  {name:17} {it.commands / it.processor:6,.0f} commands a second of processor time, {it.before:.0f} events"
        f" before each; {it.statements:.1f} statements each, at most {it.most}, beside BEGIN and COMMIT;"
        f" {it.commands / it.elapsed:,.0f} a second elapsed; {it.refused / it.commands:.0%} refused",
        flush=True,
    )
