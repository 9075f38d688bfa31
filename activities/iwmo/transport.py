"""How a message reaches a provider: posted to an address, or put as a file in a folder.

The shape over HTTP is ours: the standard leaves transport to the hubs of municipalities (GGk) and providers (VECOZO).
A site that uses those lets their client watch the folders. Nothing is tried again here; Temporal does that.
"""

import asyncio
import os
import re
from pathlib import Path
from typing import Protocol

from activities.iwmo.codes import MessageKind
from activities.partner import PartnerAway, PartnerRefused, Partners, not_understood
from runtime.systems import FolderTransport, HttpTransport

TAKEN_IN = 202
KNOWN = 409
"""The message is there already: a call before this one was cut off after it had been taken in."""
PATH = "/istandaarden/berichten"
NAMED = re.compile(r"WMO3\d\d-[0-9]{4,8}-[A-Za-z0-9._-]{1,40}\.xml")
"""How a file is called: kind, sender and Identificatie."""


class Transport(Protocol):
    """Carries messages to one provider."""

    async def send(self, kind: MessageKind, name: str, content: bytes) -> None:
        """Deliver a message; the same name is the same message. Raises PartnerAway or PartnerRefused."""
        ...


class HttpPost:
    """Posts each message. 202 means that it was taken in, and that a retour will follow."""

    def __init__(self, partners: Partners, where: HttpTransport) -> None:
        self._partners = partners
        self._where = where

    async def send(self, kind: MessageKind, name: str, content: bytes) -> None:
        """See `Transport`."""
        headers = {"Content-Type": "application/xml", "X-Berichtsoort": kind.value}
        if self._where.token:
            headers["Authorization"] = f"Bearer {self._where.token.get_secret_value()}"
        response = await self._partners.send("POST", f"{self._where.url}{PATH}", content=content, headers=headers)
        if response.status_code == KNOWN:
            return
        # Any other success may come from a proxy in between, and promises nothing.
        if response.is_success and response.status_code != TAKEN_IN:
            raise not_understood("not_taken_in")
        if not response.is_success:
            raise PartnerRefused(f"status_{response.status_code}")


class FolderDrop:
    """Puts each message in a folder, in one step: a program that watches the folder never sees half a file."""

    def __init__(self, where: FolderTransport) -> None:
        self._folder = where.outgoing

    async def send(self, kind: MessageKind, name: str, content: bytes) -> None:
        """See `Transport`."""
        try:
            await asyncio.to_thread(drop, self._folder / name, content)
        except OSError as error:
            raise PartnerAway(type(error).__name__) from None


def drop(file: Path, content: bytes) -> None:
    """Write a file so that it is there as a whole or not at all, also after a crash."""
    draft = file.with_name(f".{file.name}.part")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)


def transport_to(partners: Partners, where: HttpTransport | FolderTransport) -> Transport:
    """Return what carries messages there."""
    return HttpPost(partners, where) if isinstance(where, HttpTransport) else FolderDrop(where)


def file_name(kind: MessageKind, sender: str, identification: str) -> str:
    """Return the name of a message's file."""
    return f"{kind.value}-{sender}-{re.sub(r'[^A-Za-z0-9._-]', '_', identification)}.xml"
