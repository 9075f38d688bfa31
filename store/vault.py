"""The vault: who a person is, and free text, encrypted with a key for each person. All else has only references to it.

Each person's key is wrapped with the installation's key-encryption key, without which nothing here can be read. A
citizen service number, a name and a day of birth are found again by keyed hashes, never by themselves.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from asyncpg import Record
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import BaseModel, ConfigDict, Field

from domain.facts.born import BirthDate, Born
from domain.facts.referral import IdentityPart
from domain.facts.value import unsaid
from runtime.contact_fields import KeptNumber
from runtime.ids import Ids
from runtime.sealing import Tampered, opened, sealed
from store.birth_index import born_terms, born_ways
from store.database import Pool
from store.name_index import kept_terms, same_name, sought_terms
from store.queries import query
from store.readable import UNREADABLE, Readable, read_rows
from store.tampering import told
from store.vault_secrets import End, Secrets, WrongKey, marks_of


class Erased(Exception):
    """This person's key was destroyed: nothing about the person can be read any more."""


class NotLost(Exception):
    """The client of a mediation is in the vault, or this is somebody whom it knows otherwise."""


class PersonContact(BaseModel):
    """How to reach somebody."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    mail: str | None = None
    phone: KeptNumber | None = None


class Person(BaseModel):
    """Who a client is."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    bsn: str
    name: str
    """How the client is called."""
    first_names: str | None = Field(default=None, exclude_if=unsaid)
    prefix: str | None = Field(default=None, exclude_if=unsaid)
    surname: str | None = Field(default=None, exclude_if=unsaid)
    """The name in its parts, as the BRP has them; None: they were not told, and nobody takes the name apart."""
    born_on: BirthDate
    mail: str | None = None
    phone: KeptNumber | None = None
    language: str | None = None
    """In which language the client reads letters, as `nl` or `en`; None: not known."""
    guide: PersonContact
    """The client's personal guide (begeleider) at the institution; without one, who helps at the municipality."""
    consents_to_mail: date | None = None
    """On which day the client said that decisions may go by mail (Awb 2:14); None: they go on paper."""
    postal_address: tuple[str, ...] = ()
    """Where letters on paper go, line by line; nothing: to the client where the guide works."""

    @property
    def names(self) -> str:
        """Return the name with its parts, as far as they are told."""
        return " ".join(filter(None, (self.name, self.first_names, self.prefix, self.surname)))


class Former(NamedTuple):
    """What was known of a person until it was changed."""

    person: Person
    stored_at: datetime
    replaced_at: datetime
    replaced_by: str
    """The organisation that changed it."""


class Sought(NamedTuple):
    """Whom somebody looks for: all facts that are given hold."""

    name: str | None = None
    born_on: Born | None = None
    bsn: str | None = None


class Indexed(NamedTuple):
    """How many persons can be found now, and how many could not be read."""

    persons: int
    unreadable: int


class NoteText(NamedTuple):
    """A note as its readers see it."""

    id: str
    author: str
    text: str
    stored_at: datetime


class Vault:
    """The vault of one installation, which its secrets open. Whatever reads it raises Tampered for what was changed."""

    def __init__(self, pool: Pool, secrets: Secrets) -> None:
        self._pool = pool
        self.secrets = secrets
        self._marks = secrets.marks

    async def put_person(self, person: Person, author: str, mediation: str | None = None, *, trial: str = "") -> str:
        """Store who a client is and return the reference: the same person always has the same one.

        What a referral says of the client is stored for its mediation: a second one never changes where letters of an
        earlier mediation go, nor what was known. Without a mediation it is stored for the person, unless one is open.
        The invented client of a `trial` is nobody else, also when a real person has that citizen service number.
        """
        lookup = self._lookup_of(f"{person.bsn}{trial}")
        fresh = f"person-{secrets.token_hex(12)}"
        await self._add_key(fresh, lookup)
        reference: str = await self._pool.fetchval(query("person_by_lookup"), lookup)
        ciphertext = await self._sealed(reference, reference, person.model_dump_json())
        tokens = self._tokens(person)
        if mediation:
            await self._pool.execute(query("put_referred"), reference, author, ciphertext, tokens, mediation)
        else:
            await self._pool.execute(query("put_person"), reference, author, ciphertext, tokens)
        return reference

    async def enter_again(self, mediation: str, person: Person, author: str) -> None:
        """Store the client of a mediation that was refilled, under the reference that it has. Raises NotLost."""
        reference = await self._pool.fetchval(query("person_of_mediation"), mediation)
        if reference is None:
            raise NotLost("there is no such mediation")
        if await self._pool.fetchrow(query("stored_of_mediation"), mediation):
            raise NotLost("the vault has the client of this mediation")
        lookup = self._lookup_of(person.bsn)
        await self._pool.execute(query("forget_unreferred"), lookup)
        await self._add_key(reference, lookup)
        if await self._pool.fetchval(query("person_by_lookup"), lookup) != reference:
            raise NotLost("the vault knows this person under another mediation: a person must compare the two")
        ciphertext = await self._sealed(reference, reference, person.model_dump_json())
        await self._pool.execute(query("enter_again"), reference, author, ciphertext, self._tokens(person), mediation)

    async def has_open_mediation(self, bsn: str) -> bool:
        """Tell whether the person with a citizen service number has an open mediation, wherever it is."""
        found: bool = await self._pool.fetchval(query("has_open_mediation"), self._lookup_of(bsn))
        return found

    async def differing(self, reference: str, person: Person, municipality: str, mediation: str) -> list[IdentityPart]:
        """Return what a referral says of a client otherwise than each earlier one in this municipality did. Nothing of
        a client who is not known there, also when another municipality knows somebody under the number.
        """
        rows = await self._pool.fetch(query("persons_stored_here"), reference, municipality, mediation)
        before = [await self._person_in(row) for row in rows]
        same = {
            IdentityPart.NAME: any(same_name(person.names, one.names) for one in before),
            IdentityPart.BORN_ON: any(person.born_on.may_be(one.born_on) for one in before),
        }
        return [part for part, known in same.items() if before and not known]

    async def forget_referred(self, reference: str, mediation: str) -> None:
        """Forget what a referral stored that was refused. What is known of the client otherwise stays."""
        others = await self._pool.fetch(query("persons_stored"), reference)
        own = f"{reference}.{mediation}"
        kept = [await self._person_in(row) for row in others if row["id"] != own]
        await self._pool.execute(query("forget_referred"), reference, mediation, self._tokens(*kept))

    async def change_person(self, mediation: str, change: Callable[[Person], Person], author: str, *, key: str) -> bool:
        """Store the client of a mediation with other data, and keep what was known before. False when nothing would
        change.

        A change that was made under this key is not made again. Raises KeyError and Erased as `person_of` does.
        """
        while not await self._pool.fetchval(query("changed_under"), key):
            row = await self._row_of(mediation)
            known = await self._person_in(row)
            now = change(known)
            if now == known:
                return False
            item, reference, read = row["id"], row["person"], row["ciphertext"]
            ciphertext = await self._sealed(reference, reference, now.model_dump_json())
            others = await self._pool.fetch(query("persons_stored"), reference)
            kept = [await self._person_in(other) for other in others if other["id"] != item]
            tokens = self._tokens(now, *kept)
            await self._pool.execute(query("change_person"), item, author, ciphertext, tokens, key, read)
        return True

    async def former(self, reference: str) -> list[Former]:
        """Return what was known of a person before, the oldest first. Raises Erased."""
        rows = await self._pool.fetch(query("former_of"), reference)
        key = await self._key_of(reference) if rows else b""
        return [
            Former(
                Person.model_validate_json(_text(key, row["ciphertext"], reference)),
                row["stored_at"],
                row["replaced_at"],
                row["replaced_by"],
            )
            for row in rows
        ]

    async def find_people(self, municipality: str, sought: Sought, most: int) -> list[str]:
        """Return the references of at most so many persons of this municipality's mediations, the newest client first.

        Only persons who were stored, or indexed, since there is an index are found.
        """
        days = [[term] for term in born_ways(sought.born_on)] if sought.born_on else [[]]
        names = sought_terms(sought.name) if sought.name else [frozenset[str]()]
        ways = [way for terms in names for born in days if (way := [*terms, *born])]
        if not ways and sought.bsn is None:
            return []
        tokens = [(number, self._token(term)) for number, terms in enumerate(ways) for term in terms]
        rows = await self._pool.fetch(
            query("find_people"),
            municipality,
            self._lookup_of(sought.bsn) if sought.bsn else None,
            [number for number, _ in tokens],
            [token for _, token in tokens],
            most,
        )
        return [row["person"] for row in rows]

    async def index_people(self) -> Indexed:
        """Index every person anew, with the present key. It may be broken off, and given again at any time."""
        after, persons, unreadable = "", 0, 0
        while rows := await self._pool.fetch(query("people_to_index"), after):
            for row in rows:
                after = row["person"]
                try:
                    key = self._unwrapped(row["wrapped"], after)
                    stored = [Person.model_validate_json(_text(key, text, after)) for text in row["texts"]]
                except UNREADABLE:
                    unreadable += 1
                    continue
                await self._pool.execute(query("index_person"), after, row["texts"], self._tokens(*stored))
                persons += 1
        return Indexed(persons, unreadable)

    def _tokens(self, *stored: Person) -> list[bytes]:
        """Return by what one person is found, as each of these has it."""
        return [self._token(term) for term in {term for one in stored for term in _terms(one)}]

    def _token(self, term: str) -> bytes:
        return hmac.digest(self.secrets.of[End.INDEX], term.encode(), "sha256")[:16]

    def _lookup_of(self, bsn: str) -> bytes:
        return hmac.digest(self.secrets.of[End.LOOKUP], bsn.encode(), "sha256")

    async def person(self, reference: str) -> Person:
        """Return who a client is. Raises KeyError for an unknown reference and Erased for an erased person."""
        return Person.model_validate_json(await self._get(reference))

    async def person_of(self, mediation: str) -> Person:
        """Return the client of a mediation, as its referral and later changes say. Raises KeyError and Erased."""
        return await self._person_in(await self._row_of(mediation))

    async def _row_of(self, mediation: str) -> Record:
        row = await self._pool.fetchrow(query("stored_of_mediation"), mediation)
        if row is None:
            raise KeyError(mediation)
        return row

    async def _person_in(self, row: Record) -> Person:
        reference: str = row["person"]
        return Person.model_validate_json(_text(await self._key_of(reference), row["ciphertext"], reference))

    async def put_note(self, mediation: str, text: str, author: str, *, key: str) -> str:
        """Store free text and return its reference: the same key and mediation always give the same one."""
        person: str = await self._pool.fetchval(query("person_of_mediation"), mediation)
        former = f"note-{hashlib.sha256(f'{mediation}|{key}'.encode()).hexdigest()[:24]}"  # as earlier releases made it
        if await self._pool.fetchrow(query("item"), former):
            return former
        reference = f"note-{Ids(self.secrets.of[End.IDS]).hex('note', 24, mediation, key)}"
        await self._put(reference, person, mediation, "note", author, text)
        return reference

    async def notes_of(self, mediation: str) -> Readable[NoteText]:
        """Return the notes of a mediation, the oldest first. Raises Erased when the client was erased."""
        rows = await self._pool.fetch(query("items_of"), mediation, "note")
        keys = {person: await self._key_of(person) for person in {row["person"] for row in rows}}

        def read(row: Mapping[str, Any]) -> NoteText:
            text = _text(keys[row["person"]], row["ciphertext"], row["id"])
            return NoteText(row["id"], row["author"], text, row["stored_at"])

        return read_rows(rows, read, "note")

    async def text(self, note: str) -> str:
        """Return the text of a note. Raises KeyError for an unknown one and Erased for that of an erased person."""
        return await self._get(note)

    async def put_message(self, item: str, mediation: str | None, text: str, author: str) -> None:
        """Store a message about the client of a mediation. One about a person we do not know gets a key of its own."""
        person = await self._pool.fetchval(query("person_of_mediation"), mediation) if mediation else item
        if mediation is None:
            await self._add_key(item, None)
        await self._put(item, person, mediation, "message", author, text)

    async def put_text(self, text: str, author: str) -> str:
        """Store a text of its own, about no client, and return its reference: it is read and forgotten as a message."""
        reference = f"text-{secrets.token_hex(12)}"
        await self.put_message(reference, None, text, author)
        return reference

    async def message(self, item: str) -> str:
        """Return a message. Raises KeyError for an unknown one, and Erased when its key was destroyed."""
        return await self._get(item)

    async def forget_message(self, item: str) -> None:
        """Destroy the key of a message about a person we do not know; any other message stays."""
        await self._pool.execute(query("destroy_key"), item)

    async def _put(self, item: str, person: str, mediation: str | None, kind: str, author: str, text: str) -> None:
        ciphertext = await self._sealed(item, person, text)
        await self._pool.execute(query("put_item"), item, person, mediation, kind, author, ciphertext)

    async def _sealed(self, item: str, person: str, text: str) -> bytes:
        return sealed(AESGCM(await self._key_of(person)), text.encode(), item.encode())

    async def _get(self, item: str) -> str:
        row = await self._pool.fetchrow(query("item"), item)
        if row is None:
            raise KeyError(item)
        return _text(await self._key_of(row["person"]), row["ciphertext"], item)

    async def _key_of(self, person: str) -> bytes:
        wrapped = await self._pool.fetchval(query("key_of_person"), person)
        if wrapped is None:
            raise Erased(person)
        return self._unwrapped(wrapped, person)

    def _unwrapped(self, wrapped: bytes, person: str) -> bytes:
        try:
            return self.secrets.keys.opened(wrapped)[0]
        except Tampered:
            raise told("key", person) from None

    async def _add_key(self, person: str, lookup: bytes | None) -> None:
        """Make a key for a person, unless there is one; wrapped under the first of our vault keys that is in use.

        Another process may have put another vault key in the place of ours: then that one, if we have it.
        """
        key = AESGCM.generate_key(256)
        for _ in range(2):
            for place, mark in enumerate(self._marks):
                wrapped = self.secrets.keys.wrapped(key, place)
                if mark and await self._pool.fetchval(query("add_key"), person, lookup, wrapped, mark):
                    return
            self._marks = await marks_of(self._pool, self.secrets.keys)
        raise WrongKey("none of MEDIATION_VAULT_KEYS is in use")


def _terms(person: Person) -> Iterable[str]:
    parts = " ".join(filter(None, (person.first_names, person.prefix, person.surname)))
    return {*kept_terms(person.name), *kept_terms(parts), *born_terms(person.born_on)}


def _text(key: bytes, stored: bytes, item: str) -> str:
    try:
        return opened(AESGCM(key), stored, item.encode()).decode()
    except (Tampered, ValueError):
        raise told("item", item) from None
