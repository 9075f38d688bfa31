"""Which settings a command works with: those of the environment, or those of an installation on this machine.

`mediation up` keeps an installation in a data directory. A command that is told the directory (`--data`) takes its
settings from there, whatever the environment says. Otherwise the environment and `MEDIATION_SETTINGS` say; and where
they say nothing, the directory of `MEDIATION_DATA`, and then the one that `mediation up` uses when nobody names one.
"""

import os
from pathlib import Path

from runtime import ChoiceWrong
from runtime.settings import SETTINGS_FILE, S, load, told_in_environment

DATA_DIRECTORY = "MEDIATION_DATA"
USUAL = Path(".data/mediation")
"""The data directory of `mediation up` when nobody names one."""


class InstallationMissing(ChoiceWrong):
    """There is no installation in this directory; `mediation up` makes one."""


def data_directory(chosen: Path | None) -> Path:
    """Return the directory of an installation: the one chosen, else that of `MEDIATION_DATA`, else the usual one."""
    return chosen or _named() or USUAL


def settings_file(data: Path) -> Path:
    """Return the settings file of an installation, whether it is there or not."""
    return data / "settings.env"


def find_settings(kind: type[S], chosen: Path | None) -> S:
    """Return the settings to work with; raises `InstallationMissing` and `SettingsMissing`."""
    if chosen:
        return load(kind, _there(chosen), before_environment=True)
    if os.environ.get(SETTINGS_FILE) or told_in_environment(kind):
        return load(kind)
    if named := _named():
        return load(kind, _there(named))
    usual = settings_file(USUAL)
    return load(kind, usual if usual.is_file() else None)


def _named() -> Path | None:
    name = os.environ.get(DATA_DIRECTORY)
    return Path(name) if name else None


def _there(data: Path) -> Path:
    file = settings_file(data)
    if not os.path.lexists(file):
        raise InstallationMissing(str(data))
    return file
