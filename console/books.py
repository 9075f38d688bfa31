"""The books of an installation, journal and histories, for a command that looks at both."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from console.plugins import reopening
from runtime.settings import Settings

if TYPE_CHECKING:
    from audit.beside import BookSources


@asynccontextmanager
async def opened_books(settings: Settings, data: Path | None) -> AsyncIterator["BookSources"]:
    """Find where the books are. In a data directory that was named, servers that do not run are started for a while."""
    from audit.beside import BookSources

    if data is None:
        yield BookSources(settings)
    else:
        async with reopening()(data, settings) as books:
            yield books
