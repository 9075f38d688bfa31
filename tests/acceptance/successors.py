"""Workers that die by `kill -9` when that was appointed, each followed by another."""

import os
import sys
from pathlib import Path

from runtime.settings import SETTINGS_FILE, Settings
from sandbox.embedded.process import Child, Program


class Successors:
    """A new worker whenever the last one died."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.appointments = folder / "appointments"
        self._deaths = folder / "deaths"
        self._settings = folder / "settings.env"
        self.appointments.mkdir()
        settings.save(self._settings)

    async def work(self) -> None:
        """Keep a worker at work until cancelled."""
        self._deaths.touch()
        command = [sys.executable, "-m", "tests.acceptance.mortal_worker", str(self.appointments), str(self._deaths)]
        environment = {**os.environ, SETTINGS_FILE: str(self._settings)}
        log = self._settings.with_name("worker.log")
        child = await Child.start(Program("worker", command, log, environment, grace=0))
        try:
            await child.exited()
        finally:
            child.kill()  # with its group: whoever works just now too

    @property
    def deaths(self) -> list[int]:
        """How each worker so far ended."""
        return [int(line) for line in self._deaths.read_text().split()]

    def appoint(self, mediation: str, kind: str, moment: str) -> Path:
        """Have the worker die once, at this moment of this mediation."""
        appointment = self.appointments / f"{mediation}.{kind}.{moment}"
        appointment.touch()
        return appointment
