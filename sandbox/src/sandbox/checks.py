"""What is checked when the city is done: every history replays, nothing leaked, no partner saw an effect twice."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from email import message_from_bytes
from pathlib import Path
from typing import NamedTuple

import httpx
from temporalio.client import Client, WorkflowHistory

import texts
from audit.replay import ReplayVerdict
from domain.messages.effects import Audience
from runtime.codec import EncryptionCodec
from runtime.histories import InTemporal
from runtime.keys import KeyRing
from sandbox import standing
from sandbox.city import City
from sandbox.embedded.mailbox import Mailbox
from sandbox.leaks import Marks, in_files, in_history, in_mail
from sandbox.ledgers import Ledger, ledger_of, ledger_of_mails
from sandbox.receiving import Received, received
from sandbox.replaying import replay_beside
from sandbox.twice import standing_twice
from store import database
from store.database import Pool
from texts.language import Language

WORDS_OF_A_PERSON = ("{reasons}", "{motivation}", "{why}")
"""Where a letter to a client tells why, in the words of the person who decided."""
TO_THE_CLIENT = tuple(
    f"{letter.value.replace('_', '-')}-{Audience.CLIENT}"
    for letter, words in texts.of(Language.DUTCH).full_letter.items()
    if any(place in words.body for place in WORDS_OF_A_PERSON)
)
"""How the keys begin of letters with such words, which only the client reads."""
SEEN = "check_readiness"
"""A word that is in every history once decrypted, and in every table dump: the control of the search."""


class Checks(NamedTuple):
    """What the checks showed."""

    replays: list[ReplayVerdict]
    leaks: dict[str, set[str]]
    """Where personal data was found, and which marks."""
    ledgers: list[Ledger]
    """What each system tells of its effects."""
    untold: int
    """Events that a system of the municipality was not told of."""
    search_sees: bool
    """Whether the search finds a word that is there."""
    twice: tuple[str, ...] = ()
    """What stands twice at a partner, under whatever keys."""
    received: Received = Received()
    """Whether the team of the home's district received each client."""

    @property
    def doubled(self) -> list[str]:
        """Return the keys under which something took effect more than once in any system, and what stands twice."""
        return [*(f"{ledger.system}: {key}" for ledger in self.ledgers for key in ledger.doubled), *self.twice]

    @property
    def replay_failures(self) -> list[ReplayVerdict]:
        """Return the histories that today's code does not reproduce."""
        return [verdict for verdict in self.replays if verdict.failure]


async def check(
    city: City,
    pool: Pool,
    client: Client,
    ring: KeyRing,
    marks: Iterable[str],
    logs: Iterable[Path],
    mailbox: Mailbox,
    systems: Mapping[str, str],
    untold: int,
) -> Checks:
    """Run every check over all mediations of a city. `systems` says where each reference system is."""
    in_temporal = InTemporal(client)
    histories = [run for m in await standing.mediation_ids(pool) for run in (await in_temporal.of(m)).runs]
    replaying = asyncio.create_task(replay_beside(ring, histories))  # in other processes, while this one looks around
    await asyncio.sleep(0)
    looked_for = Marks([*marks, SEEN])
    leaks = await _in_histories(looked_for, histories, ring)
    leaks |= {str(file): found for file, found in in_files(looked_for, logs).items()}
    mails = mailbox.mails()
    async with httpx.AsyncClient(trust_env=False) as http:
        twice = await standing_twice(http, city.organisations, systems)
        received_well = await received(city, pool, http, systems, mails)
    leaks |= _in_mails(looked_for, mailbox)
    leaks |= await _in_tables(looked_for, pool)
    seen = {place for place, found in leaks.items() if SEEN in found}
    return Checks(
        replays=await replaying,
        leaks={place: found - {SEEN} for place, found in leaks.items() if found - {SEEN}},
        ledgers=await _ledgers(systems, mailbox),
        untold=untold,
        search_sees=seen >= {h.workflow_id for h in histories} and "table task" in seen,
        twice=tuple(twice),
        received=received_well,
    )


async def _in_histories(marks: Marks, histories: Iterable[WorkflowHistory], ring: KeyRing) -> dict[str, set[str]]:
    codec = EncryptionCodec(ring)
    found: defaultdict[str, set[str]] = defaultdict(set)
    for history in histories:
        if hits := await in_history(marks, history, codec):
            found[history.workflow_id] |= hits
    return dict(found)


def _in_mails(marks: Marks, mailbox: Mailbox) -> dict[str, set[str]]:
    """Search the mails. A letter that says why tells the client, and nobody else, the words of who decided."""
    mails = ((number, content) for number, content in enumerate(mailbox.contents(), start=1) if not tells_why(content))
    searched = ((number, in_mail(marks, content)) for number, content in mails)
    return {f"mail {number}": found for number, found in searched if found}


def tells_why(content: bytes) -> bool:
    """Tell whether a mail is a letter that tells its client why, in the words of who decided."""
    _, step, _, reader = ([*str(message_from_bytes(content)["X-Mediation-Effect"]).split(":"), "", "", ""])[:4]
    return reader == Audience.CLIENT and step.startswith(TO_THE_CLIENT)


async def _in_tables(marks: Marks, pool: Pool) -> dict[str, set[str]]:
    """Search every table, the vault's ciphertext included."""
    found: dict[str, set[str]] = {}
    for table in await database.tables(pool):
        hits = {mark for row in await database.rows_of(pool, table) for mark in marks.found_in(row.encode())}
        if hits:
            found[f"table {table}"] = hits
    return found


async def _ledgers(systems: Mapping[str, str], mailbox: Mailbox) -> list[Ledger]:
    async with httpx.AsyncClient(trust_env=False) as http:
        told = [await ledger_of(http, system, url) for system, url in systems.items()]
    return [*told, ledger_of_mails(mailbox)]
