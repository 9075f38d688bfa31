"""Who vouches for a command: each process seals what it gives, and `Record` believes what a listed key has sealed.

Whoever reaches Temporal, and even who has the keys of its payloads, can send a mediation any command in anybody's name.
A seal says that the API, which checked the caller's token, or the worker, which heard a partner, has given it. It is
kept with the command, so that years later the public keys alone show who did (Ed25519, RFC 8032).
"""

import base64
import binascii
import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import TypeAdapter, ValidationError

from domain.exchange.record import Keyed, Recording, Seal, Submission, Submitted, ToRecord
from domain.facts.calendar import Calendar
from domain.facts.parties import SYSTEM
from domain.messages.commands import AnyCommand, PassTime
from runtime import RuntimeFault
from runtime.keys import KEY_BYTES, KeyMalformed, read_key

FORM = "mediation-command/1"
"""What kind of text is signed: no signature for another purpose can pass for one of ours."""
KEY_ID = re.compile(r"(api|worker)-[a-z0-9-]{1,30}")
ANYBODY = "anybody"
"""In place of a list: every command is believed, for as long as an upgrade from a release without seals takes."""
OLDEST = timedelta(days=3)
"""How old a seal may be: a command may have to wait for PostgreSQL to come back, also over a weekend."""
AHEAD = timedelta(minutes=5)
"""How far the clock of whoever sealed it may be ahead of ours."""
COMMAND: TypeAdapter[AnyCommand] = TypeAdapter(AnyCommand)


class SpeakersMalformed(RuntimeFault):
    """Speakers are listed as `id:public key:first day` or `id:public key:first day:last day`, joined by commas."""


class SealKeyMalformed(RuntimeFault):
    """A key to seal with is written as `id:base64`, and the id begins with `api-` or `worker-`."""


class SealKeyUnlisted(RuntimeFault):
    """Nothing that this process gives would be believed: MEDIATION_SPEAKERS does not list its MEDIATION_SEAL_KEY."""


class Process(StrEnum):
    """What kind of process gives commands."""

    API = "api"
    WORKER = "worker"


class Doubt(StrEnum):
    """Why a command is not believed."""

    UNSEALED = "unsealed"
    UNREADABLE = "unreadable"
    """What was sealed is no command."""
    UNKNOWN_KEY = "unknown_key"
    NOT_ITS_TIME = "not_its_time"
    """The key was not in use on the day, in the municipality, on which it was sealed."""
    FORGED = "forged"
    """The signature is not that of this command, for this mediation, under this id."""
    STALE = "stale"
    """It was sealed too long ago, or in a time to come."""
    NOT_ITS_PERSON = "not_its_person"
    """A worker speaks for systems alone, and this names a person."""


class NotBelieved(RuntimeFault):
    """Nobody whom we know vouches for this command."""

    def __init__(self, doubt: Doubt) -> None:
        super().__init__(doubt.value)
        self.doubt = doubt


def message(mediation: str, command_id: str, request: str, key: str, at: datetime, text: str) -> bytes:
    """Return what is signed: one line for each part, and the text last. No part before it can hold a line's end."""
    parts = (FORM, mediation, command_id, request, key, at.astimezone(UTC).isoformat())
    if any("\n" in part for part in parts):
        raise NotBelieved(Doubt.FORGED)
    return "\n".join((*parts, text)).encode()


def request_of(keyed: Keyed | None) -> str:
    """Return what stands in a seal for the request with which a command came."""
    return hashlib.sha256(f"{keyed.key}\n{keyed.fingerprint}".encode()).hexdigest() if keyed else ""


class SealKey:
    """The private key of one process."""

    def __init__(self, name: str, seed: bytes) -> None:
        self.name = name
        self._private = Ed25519PrivateKey.from_private_bytes(seed)

    @classmethod
    def parse(cls, text: str, process: Process) -> Self:
        """Read `id:base64`; of several, joined by commas, the first of this kind of process, else the first.

        Raises SealKeyMalformed, never showing the text.
        """
        keys = [_seal_key(entry.strip()) for entry in text.split(",")]
        own = [one for one in keys if one[0].startswith(f"{process}-")]
        return cls(*(own or keys)[0])

    @classmethod
    def generate(cls, name: str) -> Self:
        """Make a fresh key."""
        return cls(name, secrets.token_bytes(KEY_BYTES))

    @property
    def private(self) -> str:
        """The key as `parse` reads it. This is a secret."""
        return f"{self.name}:{base64.b64encode(self._private.private_bytes_raw()).decode()}"

    @property
    def public(self) -> str:
        """The public key, in base64."""
        return base64.b64encode(self._private.public_key().public_bytes_raw()).decode()

    def listed(self, since: date) -> str:
        """Return this key as `Speakers` lists it."""
        return f"{self.name}:{self.public}:{since.isoformat()}"

    def sealed(self, mediation: str, submission: Submission, at: datetime) -> Submitted:
        """Return a submission in which the seal has the command."""
        text = submission.command.model_dump_json()
        request = request_of(submission.keyed)
        signed = message(mediation, submission.command_id, request, self.name, at, text)
        signature = base64.b64encode(self._private.sign(signed)).decode()
        seal = Seal(key=self.name, at=at, request=request, signature=signature, text=text)
        return Submitted(command_id=submission.command_id, keyed=submission.keyed, seal=seal)


class Speaker(NamedTuple):
    """Whose seals are believed, and of which days."""

    name: str
    public: Ed25519PublicKey
    since: date
    until: date | None


class Speakers:
    """The public keys of all who give commands. A key that is no longer used stays listed, with its last day."""

    def __init__(self, listed: Iterable[Speaker], *, anybody: bool = False) -> None:
        self._listed: Mapping[str, Speaker] = {one.name: one for one in listed}
        self.anybody = anybody

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the list of a setting; raises SpeakersMalformed, naming entries by place."""
        if text.strip() == ANYBODY:
            return cls((), anybody=True)
        speakers = [_speaker(place, entry.strip()) for place, entry in enumerate(text.split(","), 1)]
        if len({one.name for one in speakers}) < len(speakers):
            raise SpeakersMalformed("an id stands twice")
        return cls(speakers)

    @property
    def since(self) -> date | None:
        """The first day on which commands were sealed; None where that is not known."""
        return min((one.since for one in self._listed.values()), default=None)

    def ensure_listed(self, key: SealKey, today: date) -> None:
        """Raise SealKeyUnlisted unless what this key seals today is believed."""
        speaker = self._listed.get(key.name)
        if self.anybody:
            return
        if speaker is None:
            raise SealKeyUnlisted(f"it has no {key.name}")
        if base64.b64encode(speaker.public.public_bytes_raw()).decode() != key.public:
            raise SealKeyUnlisted(f"{key.name} is another key there")
        if not speaker.since <= today <= (speaker.until or date.max):
            raise SealKeyUnlisted(f"{key.name} is not in use today")

    def believed(self, asked: ToRecord, now: datetime) -> Recording:
        """Return a command that somebody whom we know vouches for. Raises NotBelieved.

        Without a seal that is what the workflow itself gives: that time passes, and what an effect taught. Only its own
        code can say so, since what is submitted to it has no field for that.
        """
        command = asked.command
        if asked.seal:
            command = self.opened(asked.mediation, asked.command_id, asked.seal)
            if asked.seal.request != request_of(asked.keyed):
                raise NotBelieved(Doubt.FORGED)
            if not self.anybody and not now - OLDEST <= asked.seal.at <= now + AHEAD:
                raise NotBelieved(Doubt.STALE)
        elif not (self.anybody or isinstance(command, PassTime) or asked.settles):
            command = None
        if command is None:
            raise NotBelieved(Doubt.UNSEALED)
        return Recording(**{**dict(asked), "command": command})

    def opened(self, mediation: str, command_id: str, seal: Seal) -> AnyCommand:
        """Return the command in a seal, however old it is. Raises NotBelieved."""
        if not self.anybody:
            self._verify(mediation, command_id, seal)
        try:
            command = COMMAND.validate_json(seal.text)
        except ValidationError:
            raise NotBelieved(Doubt.UNREADABLE) from None
        if not self.anybody and seal.key.startswith(f"{Process.WORKER}-") and command.by.user != SYSTEM:
            raise NotBelieved(Doubt.NOT_ITS_PERSON)
        return command

    def _verify(self, mediation: str, command_id: str, seal: Seal) -> None:
        speaker = self._listed.get(seal.key)
        if speaker is None:
            raise NotBelieved(Doubt.UNKNOWN_KEY)
        if not speaker.since <= Calendar().today(seal.at) <= (speaker.until or date.max):
            raise NotBelieved(Doubt.NOT_ITS_TIME)
        signed = message(mediation, command_id, seal.request, seal.key, seal.at, seal.text)
        try:
            speaker.public.verify(base64.b64decode(seal.signature, validate=True), signed)
        except (InvalidSignature, binascii.Error, ValueError):
            raise NotBelieved(Doubt.FORGED) from None


def _seal_key(entry: str) -> tuple[str, bytes]:
    name, _, secret = entry.partition(":")
    if not KEY_ID.fullmatch(name):
        raise SealKeyMalformed
    try:
        return name, read_key(secret)
    except KeyMalformed as error:
        raise SealKeyMalformed(str(error)) from None


def _speaker(place: int, entry: str) -> Speaker:
    name, *rest = entry.split(":")
    if not (KEY_ID.fullmatch(name) and 2 <= len(rest) <= 3):
        raise SpeakersMalformed(f"entry {place}")
    try:
        days = [date.fromisoformat(day) for day in rest[1:]]
        public = Ed25519PublicKey.from_public_bytes(read_key(rest[0]))
    except (ValueError, KeyMalformed):
        raise SpeakersMalformed(f"entry {place} ({name})") from None
    return Speaker(name, public, days[0], days[1] if len(days) > 1 else None)
