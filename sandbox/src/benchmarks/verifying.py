"""What it costs to verify a journal, as the watchman does with every mediation once a day."""

import tempfile
from datetime import date
from pathlib import Path
from time import monotonic

from audit.verify import verified
from benchmarks.journal import drawn
from benchmarks.statements import counted
from domain.exchange.record import Submission
from domain.facts.value import replace
from runtime.seals import SealKey, Speakers
from sandbox.embedded.ports import free_port
from sandbox.embedded.postgres import Postgres
from store.books import books_of, known_mediations
from store.database import migrate
from store.record import record

TIMES = 5
"""How often each journal is verified, so that what is done once only does not count."""
LONG_AGO = date(2000, 1, 1)


async def measure(lives: int) -> bool:
    """Verify the journals of so many drawn lives, every command sealed; print the cost; tell whether all are right."""
    key = SealKey.generate("api-1")
    speakers = Speakers.parse(key.listed(LONG_AGO))
    found = 0
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder:
        async with Postgres(Path(folder), free_port(), durable=False) as server:
            url = await server.create_database("verifying")
            await migrate(url)
            async with counted(url) as statements:
                for one in drawn(lives):
                    submission = Submission(command_id=one.command_id, command=one.command)
                    seal = key.sealed(one.mediation, submission, one.now).seal
                    await record(statements.pool, replace(one, seal=seal))
                names = await known_mediations(statements.pool)
                read = [await books_of(statements.pool, name) for name in names]
                started, spent = monotonic(), await statements.processor()
                for _ in range(TIMES):
                    for name in names:
                        lacking = verified(await books_of(statements.pool, name), speakers)
                        found += len(lacking.journal) + len(lacking.lists)
                spent, elapsed = await statements.processor() - spent, monotonic() - started
    count = TIMES * len(names)
    commands, events = (sum(len(getattr(one, part)) for one in read) / len(names) for part in ("commands", "events"))
    each, waited, share = spent / count * 1000, elapsed / count * 1000, spent / count * 10_000 / 86_400
    print(
        f"verify: {len(names)} journals of drawn lives, {commands:.0f} commands and {events:.0f} events each on average"
        f", {TIMES} times: {each:.1f} ms of processor time a journal (worker and PostgreSQL), {waited:.1f} ms elapsed;"
        f" 10,000 a day: {share:.2%} of a core; {found} findings",
        flush=True,
    )
    return found == 0
