"""A data directory whose keys were changed by hand: `mediation up` says so, and starts nothing of ours."""

import asyncio
import signal
from pathlib import Path

import pytest

from runtime.keys import new_key
from tests.acceptance.installation import Up, command_of
from tests.acceptance.test_start import begun

pytestmark = [pytest.mark.timeout(240), pytest.mark.slow("an installation is started three times")]


async def test_up_with_another_vault_key_says_so_and_with_the_right_one_goes_on(tmp_path: Path) -> None:
    up = Up(tmp_path)
    await up.start()
    assert await up.end(signal.SIGINT) == 0
    right = up.settings.vault_keys.get_secret_value()
    file = up.data / "settings.env"
    text = file.read_text()
    file.write_text(text.replace(right, new_key()))
    process = await begun(command_of(up.data, up.ports), {})
    said, _ = await asyncio.wait_for(process.communicate(), 120)
    assert process.returncode == 1, said.decode()
    assert "MEDIATION_VAULT_KEYS lacks a vault key that is in use" in said.decode()
    assert "Traceback" not in said.decode()
    before = text.replace("MEDIATION_VAULT_KEYS=", "MEDIATION_VAULT_KEY=")
    assert before != text
    file.write_text(before)  # as a release wrote it that had one key
    await up.start()
    assert up.settings.vault_keys.get_secret_value() == right
    assert await up.end(signal.SIGINT) == 0
    await up.http.aclose()
