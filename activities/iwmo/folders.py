"""Messages that come as files: each is taken in and put aside; a wrong one is put aside with the reason beside it."""

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
from activities.postgres import postgres_may_be_away
from runtime.away import SystemAway
from runtime.directory import Directory, Organisation
from runtime.error_report import described
from runtime.systems import FolderTransport, Iwmo

AT_ONCE = 100
"""So many files are taken in one look at a folder."""
log = structlog.get_logger()


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
        """Take in every file. A file that an earlier look took in already is the same message, and kept once."""
        for provider, folder in self.watched:
            try:
                files = await asyncio.to_thread(_waiting, folder)
            except OSError as error:
                log.warning("a folder cannot be read", provider=provider.id, error=type(error).__name__)
                continue
            for file in files:
                await self._collect(provider, file, activity.info().started_time)

    async def _collect(self, provider: Organisation, file: Path, now: datetime) -> None:
        try:
            kind, content = await asyncio.to_thread(_read, file)
            with postgres_may_be_away():
                taken = await self._reception.take(provider, kind, content, now)
        except MessageWrong as wrong:
            await asyncio.to_thread(_refuse, file, wrong)
            return
        except FileNotFoundError:  # another worker took it
            return
        except SystemAway:
            raise
        except OSError as error:
            log.warning("a file cannot be read", provider=provider.id, error=type(error).__name__)
            return
        except Exception as error:  # nobody can list all that may be wrong with a file; the next ones are not held up
            log.error("a message cannot be read", provider=provider.id, error=described(error))
            await asyncio.to_thread(_refuse, file, MessageWrong("not_understood", "Bericht"))
            return
        await see_to(self._client, self._task_queue, taken.id)
        await asyncio.to_thread(_put_aside, file, "taken")


def _waiting(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if file.suffix == ".xml" and file.is_file())[:AT_ONCE]


def _read(file: Path) -> tuple[MessageKind, bytes]:
    """Read a file, up to one byte more than a message may have. The beginning of its name tells its kind."""
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
