"""Messages that come as files: each is taken in, then put aside; what is wrong is put aside with the reason."""

import asyncio
from datetime import datetime
from pathlib import Path

import structlog
from temporalio import activity
from temporalio.client import Client

from activities.iwmo.codes import MessageKind
from activities.iwmo.reception import TAKEN, Reception, see_to
from activities.iwmo.transport import drop
from activities.iwmo.xml_parse import LIMIT, MessageWrong
from runtime.away import postgres_away
from runtime.directory import Directory, Organisation
from runtime.error_report import described
from runtime.systems import FolderTransport, Iwmo
from store.database import UNAVAILABLE

AT_ONCE = 100
"""Files taken in one look at a folder."""


class Folders:
    """Collects what providers put in their folders."""

    def __init__(self, reception: Reception, directory: Directory, client: Client, task_queue: str) -> None:
        self._reception = reception
        self._directory = directory
        self._client = client
        self._task_queue = task_queue

    @property
    def watched(self) -> list[tuple[Organisation, Path]]:
        """The folders to look in, with whose they are."""
        systems = ((one, one.system) for one in self._directory)
        return [
            (one, system.transport.incoming)
            for one, system in systems
            if isinstance(system, Iwmo) and isinstance(system.transport, FolderTransport)
        ]

    @activity.defn(name="CollectMessages")
    async def collect_messages(self) -> None:
        """Take in every file; one that another look already took is the same message."""
        for provider, folder in self.watched:
            try:
                files = await asyncio.to_thread(_waiting, folder)
            except OSError as error:
                structlog.get_logger().warning(
                    "a folder cannot be read", provider=provider.id, error=type(error).__name__
                )
                continue
            for file in files:
                await self._collect(provider, file, activity.info().started_time)

    async def _collect(self, provider: Organisation, file: Path, now: datetime) -> None:
        try:
            kind, content = await asyncio.to_thread(_read, file)
            taken = await self._reception.take(provider, kind, content, now)
        except MessageWrong as wrong:
            await asyncio.to_thread(_refuse, file, wrong)
            return
        except FileNotFoundError:
            return
        except UNAVAILABLE as away:
            raise postgres_away(away) from None
        except Exception as error:  # whatever it is, it ends here: the files after it are not held up
            structlog.get_logger().error("a message cannot be read", provider=provider.id, error=described(error))
            await asyncio.to_thread(_refuse, file, MessageWrong("not_understood", "Bericht"))
            return
        await see_to(self._client, self._task_queue, taken.id)
        await asyncio.to_thread(_put_aside, file, "taken")


def _waiting(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if file.suffix == ".xml" and file.is_file())[:AT_ONCE]


def _read(file: Path) -> tuple[MessageKind, bytes]:
    """Read a file, its kind told by the beginning of its name; no more of it than a message may have."""
    name = file.name[:6]
    if name not in TAKEN:
        raise MessageWrong("other_message", "name")
    with file.open("rb") as source:
        return MessageKind(name), source.read(LIMIT + 1)


def _refuse(file: Path, wrong: MessageWrong) -> None:
    aside = _put_aside(file, "rejected")
    drop(aside.with_name(f"{aside.name}.txt"), f"{wrong.code} {wrong.where}\n".encode())


def _put_aside(file: Path, folder: str) -> Path:
    aside = file.parent / folder / file.name
    aside.parent.mkdir(exist_ok=True)
    file.replace(aside)
    return aside
