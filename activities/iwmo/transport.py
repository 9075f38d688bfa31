"""How a message reaches a provider: posted to an address, or put as a file in a folder.

The shape over HTTP is ours: the standard leaves transport to the hubs of municipalities (GGk) and providers (VECOZO).
A site that uses those lets their client watch the folders. Nothing is tried again here; Temporal does that.
"""

import asyncio
import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import httpx

from activities.iwmo.codes import Kind
from activities.partner import PartnerAway, PartnerRefused
from runtime.systems import FolderTransport, HttpTransport

TIMEOUT = httpx.Timeout(20, connect=5)
PATH = "/istandaarden/berichten"
NAMED = re.compile(r"WMO3\d\d-[0-9]{4,8}-[A-Za-z0-9._-]{1,40}\.xml")
"""How a file is called: kind, sender and Identificatie."""


class Transport(Protocol):
    """Carries messages to one provider."""

    async def send(self, kind: Kind, name: str, content: bytes) -> None:
        """Deliver a message; the same name is the same message. Raises PartnerAway or PartnerRefused."""
        ...


class HttpPost:
    """Posts each message; 2xx means that it was taken in, and will be answered by a retour."""

    def __init__(self, http: httpx.AsyncClient, where: HttpTransport) -> None:
        self._http = http
        self._where = where

    async def send(self, kind: Kind, name: str, content: bytes) -> None:
        """See `Transport`."""
        headers = {"Content-Type": "application/xml", "X-Berichtsoort": kind.value, "Accept-Encoding": "identity"}
        if self._where.token:
            headers["Authorization"] = f"Bearer {self._where.token.get_secret_value()}"
        url = f"{self._where.url}{PATH}"
        try:
            # Judged by the status alone: whatever else is answered is not read.
            async with self._http.stream("POST", url, content=content, headers=headers, timeout=TIMEOUT) as response:
                _judge(response.status_code, response.headers.get("Retry-After", ""))
        except httpx.HTTPError as error:
            raise PartnerAway(type(error).__name__) from None


def _judge(status: int, retry_after: str) -> None:
    if status in {408, 425, 429} or status >= 500:
        wait = timedelta(seconds=min(int(retry_after), 3600)) if retry_after.isdecimal() else None
        raise PartnerAway(str(status), wait)
    if not 200 <= status < 300:
        raise PartnerRefused(f"status_{status}")


class FolderDrop:
    """Puts each message in a folder, whole at once: who watches the folder never sees half a file."""

    def __init__(self, where: FolderTransport) -> None:
        self._folder = where.outgoing

    async def send(self, kind: Kind, name: str, content: bytes) -> None:
        """See `Transport`."""
        try:
            await asyncio.to_thread(drop, self._folder / name, content)
        except OSError as error:
            raise PartnerAway(type(error).__name__) from None


def drop(file: Path, content: bytes) -> None:
    """Write a file so that it is there wholly or not at all, also after a crash."""
    draft = file.with_name(f".{file.name}.part")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)


def transport_to(http: httpx.AsyncClient, where: HttpTransport | FolderTransport) -> Transport:
    """Return what carries messages there."""
    return HttpPost(http, where) if isinstance(where, HttpTransport) else FolderDrop(where)


def file_name(kind: Kind, sender: str, identification: str) -> str:
    """Return the name of a message's file."""
    return f"{kind.value}-{sender}-{re.sub(r'[^A-Za-z0-9._-]', '_', identification)}.xml"
