"""The search for personal data where none may be: histories, tables, logs, files.

It looks for given marks (numbers, names, addresses of mail) as people and machines write them, all in one pass. A
search that finds nothing proves nothing unless it can see, so a caller also looks for something that is there.
"""

import base64
from collections.abc import Iterable, Iterator
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import compat32
from pathlib import Path

import ahocorasick
from temporalio.client import WorkflowHistory

from runtime.codec import EncryptionCodec
from runtime.histories import payloads_of

SHORTEST = 5
"""Shorter marks would be found by chance."""


class Marks:
    """What to look for."""

    def __init__(self, marks: Iterable[str]) -> None:
        self._automaton = ahocorasick.Automaton()
        for mark in set(marks):
            if len(mark) >= SHORTEST:
                for form in _written(mark):
                    self._automaton.add_word(form.decode("latin-1"), mark)
        self._automaton.make_automaton()

    def found_in(self, content: bytes) -> set[str]:
        """Return the marks that occur in this content."""
        return {mark for _, mark in self._automaton.iter(content.decode("latin-1"))}


def _written(mark: str) -> Iterator[bytes]:
    """Return the ways in which a mark may be written: plain, escaped in JSON, and in base64 at any offset."""
    plain = mark.encode()
    yield plain
    yield mark.encode("ascii", "backslashreplace").replace(b"\\x", b"\\u00")
    for offset in range(3):
        coded = base64.b64encode(b"\0" * offset + plain)
        start = -(-offset * 8 // 6)
        yield coded[start : len(coded) - 4]


async def in_history(marks: Marks, history: WorkflowHistory, codec: EncryptionCodec) -> set[str]:
    """Search a history as it is stored, and what its payloads say when they are decrypted."""
    found: set[str] = set()
    for event in history.events:
        found |= marks.found_in(event.SerializeToString())
        payloads = list(payloads_of(event))
        for payload in await codec.decode(payloads) if payloads else ():
            found |= marks.found_in(payload.data)
    return found


def in_files(marks: Marks, files: Iterable[Path]) -> dict[Path, set[str]]:
    """Search files, each as a whole."""
    return {file: found for file in files if (found := marks.found_in(file.read_bytes()))}


def in_mail(marks: Marks, content: bytes) -> set[str]:
    """Search a mail as it is sent and as it is read, but for the address that it must have to arrive."""
    # The older of Python's two ways to read a mail takes nothing apart that nobody asks for: it is ten times faster.
    mail = message_from_bytes(content, policy=compat32)
    del mail["To"]
    found = marks.found_in(mail.as_bytes())
    for header in mail.values():
        found |= marks.found_in(str(make_header(decode_header(str(header)))).encode())
    for part in mail.walk():
        if isinstance(text := part.get_payload(decode=True), bytes):
            found |= marks.found_in(text.decode(part.get_content_charset("utf-8"), "replace").encode())
    return found
