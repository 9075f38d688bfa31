"""A newer release takes over from an older one while commands come in, and the older one goes on where it can.

The newer one is this one with another language: of it, an event is written that this one cannot read.
"""

import asyncio
import os
import shutil
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from domain.exchange.language import LANGUAGE
from domain.facts.value import replace
from runtime.settings import Settings
from sandbox.embedded.ports import free_port
from store.database import Pool
from store.language import language_of
from tests.api.desk import Desk, Json
from tests.console.commands import HOUSE, Said, typed

PRODUCT = ("activities", "api", "audit", "console", "domain", "policies", "policy_tools", "runtime", "store", "texts")
CHANGES = {
    "domain/exchange/language.py": (f"LANGUAGE = {LANGUAGE}", f"LANGUAGE = {LANGUAGE + 1}"),
    "domain/state/events/course.py": (
        'type: Literal["NoteAdded"] = "NoteAdded"',
        'type: Literal["NoteAdded"] = "NoteAdded"\n    schema_version: Literal[1, 2] = 2',
    ),
}
BEFORE, TOGETHER = 10, 40
"""So many notes before the newer release starts, and until all is over."""
pytestmark = [pytest.mark.timeout(240), pytest.mark.slow("workers and an API are started as processes")]


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """The code of the newer release."""
    home = tmp_path / "newer"
    for part in (*PRODUCT, "workflows"):
        shutil.copytree(HOUSE / part, home / part, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("worker.py", "cli.py"):
        shutil.copy(HOUSE / file, home)
    for name, (old, new) in CHANGES.items():
        text = (home / name).read_text()
        assert text.count(old) == 1
        (home / name).write_text(text.replace(old, new))
    return home


@asynccontextmanager
async def process(home: Path, command: str, settings: Settings, log: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process of a release, until the end of the block."""
    with log.open("w") as out:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "cli", command),
            cwd=home,
            env={**os.environ, **settings.environment()},
            stdout=out,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            yield child
        finally:
            if child.returncode is None:
                child.send_signal(signal.SIGTERM)
            await asyncio.wait_for(child.wait(), 60)


def said(log: Path) -> str:
    """What a process has written."""
    return log.read_text()


async def begun(log: Path, child: asyncio.subprocess.Process) -> None:
    """Wait until a worker is ready."""
    async with asyncio.timeout(90):
        while "worker ready" not in said(log):
            assert child.returncode is None, said(log)
            await asyncio.sleep(0.1)


class Balancer:
    """Sends each request to the one API or to the other, as what stands before them does."""

    def __init__(self, desk: Desk, newer: httpx.AsyncClient) -> None:
        self.desk = desk
        self.newer = newer
        self.statuses: Counter[int] = Counter()
        self.kinds: set[str] = set()

    async def note(self, path: str, number: int) -> None:
        """Give a command until it is done, always with the same key."""
        body: Json = {"type": "add_note", "note": f"Notitie {number}."}
        headers = self.desk.headers(self.desk.coordinator, f"note-{number}")
        for attempt in range(400):
            http = (self.desk.http, self.newer)[(number + attempt) % 2]
            try:
                response = await http.post(f"{path}/commands", headers=headers, json=body)
            except httpx.ConnectError:  # it is not there yet
                await asyncio.sleep(0.1)
                continue
            self.statuses[response.status_code] += 1
            if response.status_code == 200:
                return
            self.kinds.add(response.json()["type"].rpartition(":")[2])
            assert response.headers["Retry-After"].isdigit()
            await asyncio.sleep(0.1)
        raise AssertionError(f"note {number} was never answered")


async def language(folder: Path, settings: Settings, *words: str) -> Said:
    return await typed(folder, "language", *words, environment=settings.environment())


async def test_a_newer_release_takes_over_while_commands_come_in(
    idle: Desk, served: Settings, pool: Pool, newer: Path, tmp_path: Path
) -> None:
    newer_settings = replace(served, api_port=free_port())
    old_log, new_log, api_log = (tmp_path / f"{name}.log" for name in ("old", "new", "api"))
    async with (
        process(HOUSE, "worker", served, old_log) as old,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{newer_settings.api_port}", trust_env=False) as http,
    ):
        await begun(old_log, old)
        mediation = (await idle.start())["id"]
        path, sent = f"/v1/mediations/{mediation}", Balancer(idle, http)
        for number in range(BEFORE):
            await sent.note(path, number)
        async with process(newer, "worker", newer_settings, new_log) as new:
            notes = asyncio.create_task(_all(sent, path))
            await begun(new_log, new)
            async with process(newer, "api", newer_settings, api_log):
                await notes
                assert await asyncio.wait_for(old.wait(), 60) == 75, old_log.read_text()
                assert "A newer release is at work" in old_log.read_text()
                assert "Traceback" not in old_log.read_text()
                whole = await http.get(path, headers=idle.headers(idle.coordinator))
                assert whole.status_code == 200, whole.text
    assert sent.statuses.keys() <= {200, 503}, sent.statuses
    assert sent.statuses[200] == TOGETHER
    assert sent.kinds <= {"other-release", "not-confirmed"}
    assert "other-release" in sent.kinds
    rows = await pool.fetch(
        "SELECT document ->> 'schema_version' AS version FROM event WHERE type = 'NoteAdded' ORDER BY sequence"
    )
    versions = [row["version"] for row in rows]
    assert len(versions) == TOGETHER, "each once"
    assert versions == sorted(versions), "none by the older release after the first by the newer one"
    assert set(versions) == {"1", "2"}
    # the API of the older release
    for answer in (
        await idle.post(idle.coordinator, f"{path}/commands", {"type": "add_note", "note": "x"}),
        await idle.post(idle.institution, "/v1/mediations", idle.referral()),
        await idle.get(idle.coordinator, path),
        await idle.get(idle.coordinator, f"{path}/events"),
        await idle.get(idle.coordinator, "/readyz"),
    ):
        assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (503, "other-release"), answer.text
    assert (await idle.get(idle.coordinator, "/healthz")).status_code == 200
    assert (await idle.get(idle.coordinator, "/v1/mediations")).status_code == 200
    # there is no way back
    refused = await language(tmp_path, served, "--back")
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.startswith(f"{mediation} holds what this release does not understand")
    assert await language_of(pool) == LANGUAGE + 1


async def _all(sent: Balancer, path: str) -> None:
    for number in range(BEFORE, TOGETHER):
        await sent.note(path, number)
        await asyncio.sleep(0.05)


async def test_the_older_release_goes_on_while_nothing_of_the_newer_language_is_written(
    idle: Desk, served: Settings, pool: Pool, newer: Path, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    async with process(HOUSE, "worker", served, log) as old:
        await begun(log, old)
        path = f"/v1/mediations/{(await idle.start())['id']}"
    assert old.returncode == 0
    told = await language(tmp_path, served)
    assert told.out == f"the journal is written in language {LANGUAGE}; this release speaks {LANGUAGE}\n"
    early = await language(tmp_path, served, "--back")
    assert (early.code, early.out) == (1, "")
    assert "run this with the release that you go back to" in early.err
    async with process(newer, "worker", served, log) as new:
        await begun(log, new)
    assert await language_of(pool) == LANGUAGE + 1
    async with process(HOUSE, "worker", served, log) as old:
        assert await asyncio.wait_for(old.wait(), 90) == 75
    assert "A newer release is at work" in log.read_text()
    back = await language(tmp_path, served, "--back")
    assert (back.code, back.err) == (0, "")
    assert await language_of(pool) == LANGUAGE
    async with process(HOUSE, "worker", served, log) as old:
        await begun(log, old)
        noted = await idle.post(idle.coordinator, f"{path}/commands", {"type": "add_note", "note": "Weer verder."})
        assert noted.status_code == 200, noted.text
