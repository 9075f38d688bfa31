"""`mediation connect check`, against the reference corporation."""

import os
import sys
from pathlib import Path
from subprocess import run

import pytest

from runtime.directory import written
from runtime.systems import ByHand, Vera
from sandbox.driven.home import home
from tests.activities.test_vera import organisation
from tests.town import Town


@pytest.mark.timeout(120)
async def test_an_administrator_sees_what_is_released_and_what_is_skipped(stocked: Town, tmp_path: Path) -> None:
    corporation, system = stocked.corporation, stocked.systems.corporation
    odd = home("D-8", district="Noor's Wijk!")
    await system.staff("PUT", corporation, "/dwellings", [odd])
    file = tmp_path / "organisations.toml"
    here = Vera(kind="vera", url=f"{system.url_of(corporation)}/v4")
    nowhere = Vera(kind="vera", url=f"{system.url_of('nobody')}/v4")
    known = [organisation(corporation, here), organisation("lost", nowhere), organisation("hand", ByHand())]
    file.write_text(written(known))

    def check(name: str, own: str = "127.0.0.1") -> tuple[int, str]:
        command = [sys.executable, "-m", "cli", "connect", "check", name, "--directory", str(file)]
        done = run(
            command,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=os.environ | {"MEDIATION_PARTNER_HOSTS": own},
        )
        return done.returncode, done.stdout + done.stderr

    code, said = check(corporation)
    assert (code, "lets us in and has 3 dwellings" in said, "skipped 1: district" in said) == (0, True, True)
    assert "Noor" not in said
    assert check("lost") == (1, "lost refuses: not_found\n")
    assert check("hand") == (0, "hand has no system: its people answer tasks\n")
    code, said = check(corporation, "corporation.intern")
    assert (code, "not called (not_https)" in said, "MEDIATION_PARTNER_HOSTS" in said) == (1, True, True)
