"""Backing up an installation whose servers run, or are started for it."""

from pathlib import Path
from urllib.parse import urlsplit

from runtime.settings import Settings
from sandbox.backups import BaseBackup, back_up
from sandbox.embedded.postgres import Postgres
from sandbox.reopened import reopened


async def back_up_here(settings: Settings, data: Path, backups: Path, keep: int) -> BaseBackup:
    """Back up the installation in a data directory. Raises `BackupFailed`, `ChoiceWrong` and `EmbeddedServerError`."""
    async with reopened(data, settings) as books:
        port = urlsplit(books.settings.database_url).port or 0
        # The login of the application may not replicate: this one may, and nothing else uses it.
        administrator = Postgres(data / "postgres", port).url
        return await back_up(data, administrator, backups, keep)
