"""`mediation up`: everything on one machine, in real time, until Ctrl-C."""

import asyncio
import signal
from pathlib import Path

from rich.console import Console
from rich.table import Table

from runtime.directory import Organisation
from runtime.logging import start_logging
from sandbox.city.organisations import directory, organisations_of
from sandbox.data_directory import DataDirectory, Ports
from sandbox.stack import PARTNER_ROLES, Stack

CITIES = {"almere": "Almere", "amersfoort": "Amersfoort"}


async def stay_up(data: Path, ports: Ports, console: Console) -> None:
    """Start everything, say where it is, and keep it going."""
    start_logging("WARNING", "console")
    stack = Stack(DataDirectory(data, ports))
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    console.print(f"Starting in {stack.directory.data} ...")
    async with stack.running(organisations):
        console.print(_addresses(stack))
        console.print("Make a token: mediation token --role coordinator --organisation almere", highlight=False)
        console.print("Ctrl-C stops everything; all state stays for the next time.", highlight=False)
        keeping = asyncio.create_task(stack.keep_alive())
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({keeping, stopping}, return_when=asyncio.FIRST_COMPLETED)
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        console.print("Stopping ...")


def organisations(stack: Stack) -> list[Organisation]:
    """Return the organisations of both cities, with their systems on this machine."""
    cities = [organisations_of(*city) for city in CITIES.items()]
    systems = {role: stack.partner_url(role) for role in PARTNER_ROLES}
    return [Organisation.model_validate(entry) for entry in directory(cities, systems)]


def _addresses(stack: Stack) -> Table:
    ports = stack.directory.ports
    table = Table(show_header=False, box=None, padding=(0, 2))
    table.add_row("API", f"{ports.url(ports.api)}/v1/openapi.json")
    table.add_row("Temporal's pages", ports.url(ports.temporal_ui))
    table.add_row("PostgreSQL", f"port {ports.postgres}")
    table.add_row("Mails", str(stack.mail.mailbox.directory))
    for role in PARTNER_ROLES:
        table.add_row(f"The {role.value.replace('_', ' ')}s' system", stack.partner_url(role))
    table.add_row("Metrics", f"{ports.url(ports.metrics)}/metrics")
    return table
