"""Write the golden histories of this release: `python -m tests.histories [NAME ...]`.

What a release has kept is never told anew. A story that came after it is kept as that of the next one until there is
one, which then tells all under its number.
"""

import asyncio
import sys
import tempfile
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from runtime.logging import start_logging
from store import journal
from tests.histories import golden
from tests.histories.scene import installed
from tests.histories.stories import STORIES
from tests.journey import Journey, Scene


async def tell(names: Iterable[str]) -> None:
    """Run these stories one after another, and write what each leaves behind."""
    this = version("direct-mediation")
    release = golden.NEXT if (golden.FOLDER / this).is_dir() else this
    with tempfile.TemporaryDirectory(prefix="histories-", ignore_cleanup_errors=True) as folder:
        async with installed(Path(folder), golden.RING) as place:
            for name in names:
                events = await _tell(place, release, name)
                sys.stdout.write(f"{release}/{name}: {events} events\n")


async def _tell(place: Scene, release: str, name: str) -> int:
    journey = Journey(place, f"golden-{name}")
    story = STORIES[name]
    await story.tell(journey)
    result = await journey.ended()
    if result.outcome is not story.outcome:
        raise SystemExit(f"{name} ended with {result.outcome}, not with {story.outcome}")
    history = await journey.history()
    golden.write(release, name, history, await journal.entries(place.pool, journey.id))
    return len(history.events)


if __name__ == "__main__":
    start_logging("ERROR", "console")
    known = golden.kept(version("direct-mediation"))
    asyncio.run(tell([name for name in sys.argv[1:] or STORIES if name not in known]))
