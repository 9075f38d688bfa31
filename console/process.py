"""What every command needs: settings, an event loop, and faults told in one line."""

from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
import uvloop

from runtime import ChoiceWrong, RuntimeFault
from runtime.installed import DATA_DIRECTORY, USUAL, find_settings
from runtime.logging import start_logging
from runtime.settings import (
    ApiSettings,
    MailSettings,
    PartnerSettings,
    PolicySettings,
    S,
    Settings,
    SettingsMissing,
    told_in_environment,
)

EXIT_FAULT = 1
"""Something is wrong that the operator can mend. It is told in one line."""
EXIT_USAGE = 2
"""What was typed cannot be done: another directory, port or name is needed."""

HERE, EVERY_ADDRESS = "127.0.0.1", frozenset({"0.0.0.0", "::"})  # noqa: S104 - not listened on, asked
"""What listens on every address of a machine answers there too."""

Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        help=f"The data directory of an installation of `mediation up`. Without it: the settings of the environment, "
        f"else the directory of {DATA_DIRECTORY}, else {USUAL}.",
    ),
]
"""The option of every command that needs settings: given to `settings_here` as it is."""

T = TypeVar("T")


def settings_here(data: Path | None) -> Settings:
    """Return the settings of this command, with logging started. `data` is what `--data` names, if it was typed."""
    settings = _found(Settings, data)
    start_logging(settings.log_level, settings.log_format)
    return settings


def mail_settings_here(data: Path | None) -> MailSettings:
    """Return no more than how mail leaves, found as `settings_here` finds them."""
    return _found(MailSettings, data)


def policy_settings_here(data: Path | None) -> PolicySettings:
    """Return no more than where the policies are, found as `settings_here` finds them."""
    return _found(PolicySettings, data)


def partner_hosts_here(data: Path | None) -> str:
    """Return the hosts of its own network that this installation names for partners' systems."""
    return _found(PartnerSettings, data).partner_hosts


def api_here(data: Path | None) -> str:
    """Return where the API of this installation answers on this machine."""
    settings = _found(ApiSettings, data)
    host = HERE if settings.api_host in EVERY_ADDRESS else settings.api_host
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.api_port}"


def _found(kind: type[S], data: Path | None) -> S:
    try:
        return find_settings(kind, data)
    except ChoiceWrong as wrong:
        raise fail(wrong, EXIT_USAGE) from None
    except SettingsMissing as missing:
        hint = "" if told_in_environment(kind) else f"\n  {DATA_DIRECTORY} or --data may name an installation instead"
        raise fail(f"{missing}{hint}") from None


def run(work: Coroutine[Any, Any, T]) -> T:
    """Do something asynchronous."""
    from asyncpg import UndefinedTableError

    try:
        return uvloop.run(work)
    except ChoiceWrong as wrong:
        raise fail(wrong, EXIT_USAGE) from None
    except RuntimeFault as fault:
        raise fail(fault) from None
    except UndefinedTableError:
        raise fail("The database is not that of this release; run `mediation migrate`") from None


def fail(fault: Exception | str, code: int = EXIT_FAULT) -> typer.Exit:
    """Tell a fault; return what ends the command, to be raised."""
    typer.echo(str(fault), err=True)
    return typer.Exit(code)
