"""What a receiving mail system keeps: one file a mail, a second copy thrown away, and a count of both."""

import hashlib
import json
import os
from collections import Counter
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import compat32
from pathlib import Path

from runtime.mail_headers import POLICY


@dataclass(frozen=True)
class MailCount:
    """Mails taken in, and mails kept: the difference is copies of mails that were there already."""

    received: int
    kept: int

    @property
    def copies(self) -> int:
        """Mails that came again."""
        return self.received - self.kept


class Mailbox:
    """A folder with one ``.eml`` file a mail, named by its Message-ID, and a ledger with one line a delivery.

    ``durable=False`` trusts the kernel to write files in time: a crash of the machine may then lose mail.
    """

    def __init__(self, directory: Path, *, durable: bool = True) -> None:
        self.directory = directory
        self._ledger = directory / "ledger.jsonl"
        self._durable = durable

    def deliver(self, content: bytes) -> bool:
        """Keep a mail, unless its Message-ID is known; whether it was kept. After this it may be called received."""
        self.directory.mkdir(parents=True, exist_ok=True)
        name = _name(content)
        file = self.directory / f"{name}.eml"
        is_new = not file.exists()
        if is_new:
            draft = self.directory / f".{name}.draft"
            self._write(draft, "wb", content)
            draft.rename(file)
            self._sync_directory()
        # One short write at the end of a file arrives whole or, when the machine crashes, not at all.
        self._write(self._ledger, "ab", json.dumps({"mail": name, "kept": is_new}).encode() + b"\n")
        return is_new

    def count(self) -> MailCount:
        """How many mails were received and kept."""
        received = self._ledger.read_bytes().count(b"\n") if self._ledger.exists() else 0
        return MailCount(received=received, kept=sum(1 for _ in self.directory.glob("*.eml")))

    def arrivals(self) -> Counter[str]:
        """How often each mail came, by the name it is kept under."""
        lines = self._ledger.read_text().splitlines() if self._ledger.exists() else []
        return Counter(json.loads(line)["mail"] for line in lines)

    def contents(self) -> list[bytes]:
        """The mails kept as they came, oldest first."""
        files = sorted(self.directory.glob("*.eml"), key=lambda file: (file.stat().st_mtime_ns, file.name))
        return [file.read_bytes() for file in files]

    def mails(self) -> list[EmailMessage]:
        """The mails kept, oldest first."""
        return [message_from_bytes(content, policy=POLICY) for content in self.contents()]

    def _write(self, file: Path, mode: str, content: bytes) -> None:
        with file.open(mode) as target:
            target.write(content)
            target.flush()
            if self._durable:
                os.fsync(target.fileno())

    def _sync_directory(self) -> None:
        if not self._durable:
            return
        directory = os.open(self.directory, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


def text_parts(mail: EmailMessage) -> str:
    """Everything that is written in a mail: its text, and the files that go with it."""
    parts = (part for part in mail.walk() if part.get_content_maintype() == "text")
    return "\n".join(str(part.get_content()) for part in parts)


def _name(content: bytes) -> str:
    """A hash of the Message-ID, which may hold anything; of the whole mail when it has none."""
    message_id = BytesHeaderParser(policy=compat32).parsebytes(content).get("Message-ID")
    identity = content if message_id is None else str(message_id).strip().encode(errors="replace")
    return hashlib.sha256(identity).hexdigest()[:32]
