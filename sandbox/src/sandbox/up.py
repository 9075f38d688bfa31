"""`mediation up`: everything on one machine, in real time, until Ctrl-C."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from shlex import quote

from rich.console import Console

from domain.exchange.policy_file import parse_policy
from runtime.directory import Organisation
from runtime.installed import USUAL
from runtime.logging import start_logging
from runtime.policy_files import text_of
from sandbox.city import City
from sandbox.city.organisations import directory
from sandbox.data_directory import DataDirectory, Ports
from sandbox.interruption import Interrupted, until_interrupted
from sandbox.stack import PARTNER_ROLES, Stack

PROGRAM = os.path.relpath(Path(sys.executable).with_name("mediation"))
"""The command of this installation, as it can be typed here."""
TYPED = {"To make a token": "token --role coordinator --organisation almere", "To see a report": "report council"}
"""What can be typed in another terminal."""
WIDTH = 27
"""Characters for what is told, in front of where it is."""
CITIES = ("almere", "amersfoort")


async def stay_up(data: Path, ports: Ports, console: Console) -> None:
    """Start everything, say where it is, and keep it going until somebody ends it."""
    start_logging("WARNING", "console")
    stack = Stack(DataDirectory(data, ports))
    console.print(f"Starting in {stack.directory.data} (Ctrl-C stops) ...", soft_wrap=True)
    option = "" if data == USUAL else f" --data {quote(str(data))}"
    with suppress(Interrupted):
        await until_interrupted(_stay_up(stack, console, option), console)
    console.print("Stopped. All state stays for the next time.")


async def _stay_up(stack: Stack, console: Console, option: str) -> None:
    async with stack.running(organisations):
        typed = {name: f"{PROGRAM} {command}{option}" for name, command in TYPED.items()}
        for name, told in (_addresses(stack) | typed).items():
            console.print(f"  {name:<{WIDTH}} {told}", soft_wrap=True)
        console.print("Ctrl-C stops everything; all state stays for the next time.")
        await stack.keep_alive()


def organisations(stack: Stack) -> list[Organisation]:
    """Return the organisations of both cities, with their systems on this machine."""
    cities = [City(parse_policy(text_of(city)), seed=0, cases=0).organisations for city in CITIES]
    systems = {role: stack.partner_url(role) for role in PARTNER_ROLES}
    return [Organisation.model_validate(entry) for entry in directory(cities, systems)]


def _addresses(stack: Stack) -> dict[str, str]:
    ports = stack.directory.ports
    partners = {f"The {role.value.replace('_', ' ')}s' system": stack.partner_url(role) for role in PARTNER_ROLES}
    return {
        "API": f"{ports.url(ports.api)}/v1/openapi.json",
        "A page to try it": f"{ports.url(ports.api)}/docs",
        "Temporal's pages": ports.url(ports.temporal_ui),
        "PostgreSQL": f"port {ports.postgres}",
        "Mails": str(stack.mail.mailbox.directory),
        **partners,
        "Metrics": f"{ports.url(ports.metrics)}/metrics",
    }
