"""Messages that a care provider sends, each bad in one thing: by HTTP as by file none may be taken in, or tried again.

What takes messages in stands here before a database that nobody may touch: what gets as far as that is believed.
"""

import asyncio
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any, NoReturn, cast

from temporalio.testing import ActivityEnvironment

from activities.iwmo.codes import Category, DeliveryStatus, Ending, MessageKind
from activities.iwmo.folders import Folders
from activities.iwmo.judgement import RetourVerdict
from activities.iwmo.messages import Allocation, Client, ContactAddress, Header, Product, allocation_tree
from activities.iwmo.reception import Reception
from activities.iwmo.retour import retour_tree
from activities.iwmo.xml_build import build
from activities.iwmo.xml_parse import LIMIT, MessageWrong
from api.care_messages import WORDS as SAID
from benchmarks.bad_answers import FOR_GOOD, NUMBER, WORDS, Figures, bodies
from domain.facts.born import Born
from domain.facts.parties import Role
from runtime.directory import Directory, Organisation
from runtime.systems import FolderTransport, Iwmo
from sandbox.partners.provider_messages import report_tree
from store.database import Pool
from store.vault import Vault

AGB, OURS = "42420001", "0034"
DAY = date(2027, 1, 4)
NOW = datetime(2027, 1, 5, 9, tzinfo=UTC)
FIRST, LAST = WORDS.split()
CLIENT = Client(NUMBER, Born(2001, 2, 3), LAST, "van de", FIRST)
STARTED = Product(900_000_001, Category.GUIDANCE.value, DAY, DeliveryStatus.FIRST)
SECRETS = (FIRST, LAST, NUMBER)
LEAF = re.compile(rb"<([A-Za-z0-9]+:[A-Za-z0-9]+)>([^<]+)</\1>")
FREE = re.compile(rb":(Achternaam|Voorvoegsel|Voornamen|Organisatie|Emailadres|Telefoonnummer)>")
"""Elements that may hold nearly any text: there is little in them that is wrong."""

SPARED = re.compile(rb":(RetourCode|ToewijzingNummer)>")
"""Elements that the schema lets be left out: without an allocation's number a start is judged later (9019)."""


class Believed(Exception):
    """A bad message got as far as the database."""


class Nobody:
    """Instead of PostgreSQL: it has no message of ours, and whatever else is asked of it was asked in vain."""

    async def fetchrow(self, *_: object) -> None:
        """Find nothing."""

    def __getattr__(self, name: str) -> NoReturn:
        raise Believed(name)


NOBODY = cast(Pool, Nobody())


class Unseen:
    """Instead of Temporal: there is nothing to see to."""

    async def start_workflow(self, *_: object, **__: object) -> NoReturn:
        """Be asked in vain."""
        raise Believed("start_workflow")


# -- good messages, and how they are spoiled -------------------------------------------------------------------------


def start() -> bytes:
    """A start in order, of somebody whose name may never be seen again."""
    return build(
        MessageKind.START, report_tree(MessageKind.START, Header(AGB, OURS, "ZA0000000001", DAY), CLIENT, (STARTED,))
    )


def stop() -> bytes:
    """A stop in order."""
    stopped = STARTED._replace(ends_on=date(2027, 3, 1), reason=Ending.AS_PLANNED.value)
    return build(
        MessageKind.STOP, report_tree(MessageKind.STOP, Header(AGB, OURS, "ZA0000000002", DAY), CLIENT, (stopped,))
    )


def retour() -> bytes:
    """A retour that rejects an allocation; of the message that it answers we know nothing."""
    allocation = Allocation(900_000_001, NOW, DAY)
    contact = ContactAddress("0612345678", "0031", "noor@client.example", "Het Anker")
    tree = allocation_tree(Header(OURS, AGB, "DM0000000001", DAY), CLIENT, contact, allocation)
    verdict = RetourVerdict(None, ("9019",))
    return build(MessageKind.ALLOCATION_RETOUR, retour_tree(MessageKind.ALLOCATION, tree, verdict, "ZR0000000001", DAY))


Spoil = Callable[[Random, bytes], bytes]


def _nothing(random: Random, good: bytes) -> bytes:
    return random.choice(list(bodies(random)))


def _cut(random: Random, good: bytes) -> bytes:
    return good[: random.randrange(len(good) - 1)]


def _leaf_gone(random: Random, good: bytes) -> bytes:
    """Leave out an element that may not be missing."""
    needed = [one for one in LEAF.finditer(good) if not FREE.search(one.group()) and not SPARED.search(one.group())]
    gone = random.choice(needed)
    return good[: gone.start()] + good[gone.end() :]


def _leaf_wrong(random: Random, good: bytes) -> bytes:
    """Fill an element with what it may not hold."""
    leaf = random.choice([one for one in LEAF.finditer(good) if not FREE.search(one.group())])
    wrong = random.choice((WORDS.encode(), b"", b"-1", b"9" * 5000, b"<b>x</b>", b"2027-02-30", b"\xc3\xa9" * 300))
    return good[: leaf.start(2)] + wrong + good[leaf.end(2) :]


def _leaf_twice(random: Random, good: bytes) -> bytes:
    """Say something twice that is said once."""
    once = [one for one in LEAF.finditer(good) if not one.group(1).endswith(b":RetourCode")]
    leaf = random.choice(once)
    return good[: leaf.end()] + leaf.group() + good[leaf.end() :]


def _stranger(random: Random, good: bytes) -> bytes:
    """Add an element, an attribute or loose words that nobody agreed on."""
    leaf = random.choice(list(LEAF.finditer(good)))
    name = leaf.group(1)
    added: tuple[bytes, ...] = (
        leaf.group() + f"<{LAST}>{NUMBER}</{LAST}>".encode(),
        leaf.group() + WORDS.encode(),
        leaf.group().replace(b"<" + name + b">", b"<" + name + f' naam="{WORDS}">'.encode(), 1),
        leaf.group().replace(name, b"Onbekend"),
    )
    return good[: leaf.start()] + random.choice(added) + good[leaf.end() :]


def _doctype(random: Random, good: bytes) -> bytes:
    """Ask a parser to fetch, or to expand."""
    laughs = b"".join(b'<!ENTITY l%d "&l%d;&l%d;">' % (n + 1, n, n) for n in range(40))
    kinds = (
        b'<!DOCTYPE b SYSTEM "http://127.0.0.1:9/x.dtd">',
        b'<!DOCTYPE b [<!ENTITY n SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE b [<!ENTITY l0 "x">' + laughs + b"]>",
    )
    entity = random.choice((b"&n;", b"&l40;", LAST.encode()))
    return good.replace(b"?>", b"?>" + random.choice(kinds), 1).replace(LAST.encode(), entity)


def _other_letters(random: Random, good: bytes) -> bytes:
    """Write it in letters that were not agreed on."""
    text = good.decode()
    encoding = random.choice(("utf-16", "utf-16-be", "utf-32", "utf-7", "cp037"))
    if random.random() < 0.5:
        return text.replace("UTF-8", encoding).encode(encoding)
    return good.replace(LAST.encode(), random.choice((b"\xff\xfe", b"\xed\xa0\x80", b"\x00", b"&#0;")))


def _too_much(random: Random, good: bytes) -> bytes:
    if random.random() < 0.5:
        return good + b" " * (LIMIT - len(good) + random.choice((1, 5_000_000)))
    return good.replace(LAST.encode(), b"<a>" * 20_000 + b"</a>" * 20_000)


def _other_people(random: Random, good: bytes) -> bytes:
    """Say that it is from or to somebody else."""
    theirs, other = random.choice(((AGB, "42429999"), (OURS, "0363"), (AGB, OURS)))
    return good.replace(f">{theirs}<".encode(), f">{other}<".encode(), 1)


def _other_kind(random: Random, good: bytes) -> bytes:
    named = re.findall(rb"wmo\d{3}", good)[0]
    return good.replace(named, random.choice([n for n in (b"wmo301", b"wmo305", b"wmo307", b"wmo999") if n != named]))


SPOILS: tuple[Spoil, ...] = (
    *(_nothing, _cut, _leaf_gone, _leaf_wrong, _leaf_twice, _stranger),
    *(_doctype, _other_letters, _too_much, _other_people, _other_kind),
)


# -- how they come in --------------------------------------------------------------------------------------------------


def _provider(folder: Path) -> Directory:
    where = FolderTransport(kind="folder", outgoing=folder / "out", incoming=folder / "in")
    common: dict[str, Any] = {"municipalities": ("almere",), "mail": "x@example.org"}
    system = Iwmo(kind="iwmo", agb=AGB, transport=where)
    return Directory(
        [
            Organisation(id="almere", role=Role.COORDINATOR, name="Almere", code=OURS, **common),
            Organisation(id="kwintes", role=Role.CARE_PROVIDER, name="Kwintes", system=system, **common),
        ]
    )


async def by_http(kind: MessageKind, content: bytes) -> str:
    """Take a message in as the API does; return what its sender is told. Raises Believed."""
    directory = _provider(Path("/nowhere"))
    reception = Reception(NOBODY, cast(Vault, NOBODY), directory)
    try:
        await reception.take(directory.get("kwintes"), kind, content, NOW)
    except MessageWrong as wrong:
        return f"{wrong.where} {wrong.code}: {SAID[wrong.code]}"
    raise Believed("taken in")


async def by_file(kind: MessageKind, content: bytes) -> str:
    """Take a message in from a folder, looked into twice; return what is put aside with it. Raises Believed."""
    with tempfile.TemporaryDirectory(prefix="bad-messages-") as place:
        inbox = Path(place) / "in"
        await asyncio.to_thread(inbox.mkdir)
        file = inbox / f"{kind.value}-1.xml"
        await asyncio.to_thread(file.write_bytes, content)
        directory = _provider(Path(place))
        reception = Reception(NOBODY, cast(Vault, NOBODY), directory)
        folders = Folders(reception, directory, cast(Any, Unseen()), "queue")
        environment = ActivityEnvironment()
        environment.info = replace(environment.info, activity_type="CollectMessages")
        for _ in range(2):
            await environment.run(folders.collect_messages)
        if file.exists():
            return "left where it was"
        return (inbox / "rejected" / f"{file.name}.txt").read_text()


@dataclass(frozen=True)
class Inbox:
    """One kind of message, and how it comes in."""

    name: str
    kind: MessageKind
    good: bytes
    take: Callable[[MessageKind, bytes], Any]

    async def meet(self, random: Random, figures: Figures, n: int) -> None:
        """See `Partner`. A bad message is refused for good at the first look, without its words."""
        spoil = random.choice(SPOILS)
        where = f"{n}: {self.name}, {spoil.__name__.strip('_')}"
        figures.answers[FOR_GOOD] += 1
        try:
            told = await self.take(self.kind, spoil(random, self.good))
        except Believed as believed:
            figures.believed.append(f"{where}: {believed}")
            return
        except Exception as error:
            figures.crashes.append(f"{where}: {type(error).__name__}")
            return
        if told == "left where it was":
            figures.retried.append(where)
        if any(secret in told for secret in SECRETS):
            figures.repeated.append(where)


def inboxes() -> list[Inbox]:
    """Everything that providers send."""
    return [
        Inbox("iWmo: take in a start", MessageKind.START, start(), by_http),
        Inbox("iWmo: take in a retour", MessageKind.ALLOCATION_RETOUR, retour(), by_http),
        Inbox("iWmo: take in a stop from a folder", MessageKind.STOP, stop(), by_file),
    ]
