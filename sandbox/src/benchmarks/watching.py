"""What it costs to look at every open mediation, as the watchman does in a quarter of an hour, and to repair one."""

import os
import secrets
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import monotonic

from temporalio.client import Client
from temporalio.testing import ActivityEnvironment

from activities.watch import SHARES, Watchman
from benchmarks.journal import drawn
from benchmarks.statements import Statements, counted
from domain.exchange.record import Recording
from domain.facts.value import replace
from domain.messages.commands import StartMediation
from runtime.keys import KeyRing
from runtime.plugin import MediationPlugin
from runtime.rebuilding import rebuild
from runtime.seals import Speakers
from runtime.search_attributes import register
from sandbox.embedded.ports import free_port
from sandbox.embedded.postgres import Postgres
from sandbox.embedded.temporal import TemporalServer
from store.alarms import alarms_now
from store.database import migrate
from store.journal import opening_of
from store.record import record

QUEUE = "watched"
"""No worker serves it: the workflows wait."""
AROUND = 15 * 60
"""Seconds within which each is looked at."""
REPAIRED = 20


async def measure(mediations: int) -> bool:
    """Look at so many open mediations once, print the cost and that of a repair; tell whether nothing was found."""
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder:
        temporal = TemporalServer(Path(folder) / "temporal", free_port())
        async with Postgres(Path(folder) / "postgres", free_port(), durable=False) as server, temporal:
            url = await server.create_database("watching")
            await migrate(url)
            client = await Client.connect(temporal.address, plugins=[MediationPlugin(KeyRing.generate())])
            await register(client)
            async with counted(url) as statements:
                begun = _begun(mediations)
                for n, one in enumerate(begun):
                    await statements.pool.execute("INSERT INTO vault_key (person) VALUES ($1)", f"person-{n}")
                    await record(statements.pool, one)
                    await _start(client, statements, one.mediation)
                found = await _watched(client, statements, temporal, begun)
                await _repaired(client, statements, begun[:REPAIRED])
    return not found


def _begun(mediations: int) -> Sequence[Recording]:
    """Return the commands with which so many mediations begin, all at the moment of the first."""
    [first] = [one for one in drawn(1) if isinstance(one.command, StartMediation)][:1]
    assert isinstance(first.command, StartMediation)
    begun = []
    for n in range(mediations):
        mediation = f"m-{secrets.token_hex(8)}"
        referral = replace(first.command.referral, person=f"person-{n}")
        command = replace(first.command, mediation=mediation, referral=referral)
        begun.append(replace(first, mediation=mediation, command=command))
    return begun


async def _start(client: Client, statements: Statements, mediation: str) -> None:
    opening = await opening_of(statements.pool, mediation, None)
    assert opening is not None
    await rebuild(client, opening, QUEUE)


async def _watched(client: Client, statements: Statements, temporal: TemporalServer, begun: Sequence[Recording]) -> int:
    watchman = Watchman(statements.pool, QUEUE, Speakers.parse("anybody"))
    now = begun[0].now + timedelta(minutes=5)
    started, ours, theirs = monotonic(), await statements.processor(), _processor(temporal.child.pid)
    for number in range(SHARES):
        await ActivityEnvironment(client=client).run(watchman.watch, now, number)
    ours, theirs = await statements.processor() - ours, _processor(temporal.child.pid) - theirs
    elapsed, found = monotonic() - started, len(await alarms_now(statements.pool))
    count = len(begun)
    share = (ours + theirs) / count * 10_000 / AROUND
    print(
        f"watch: {count} open mediations looked at once: {ours / count * 1000:.2f} ms of processor time each (worker "
        f"and PostgreSQL) and {theirs / count * 1000:.2f} ms (Temporal), {elapsed:.1f} s elapsed; 10,000 within a "
        f"quarter of an hour: {share:.1%} of a core; {found} alarms",
        flush=True,
    )
    return found


async def _repaired(client: Client, statements: Statements, begun: Sequence[Recording]) -> None:
    spent = []
    for one in begun:
        await client.get_workflow_handle(one.mediation).terminate()
        started = monotonic()
        await _start(client, statements, one.mediation)
        spent.append(monotonic() - started)
    print(f"repair: {len(spent)} workflows, {median(spent) * 1000:.0f} ms each, at most {max(spent) * 1000:.0f} ms")


def _processor(process: int) -> float:
    """Return how many seconds of processor time a process took."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
