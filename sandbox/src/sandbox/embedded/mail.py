"""A mail server that keeps what it gets and sends nothing on.

python -m sandbox.embedded.mail --port PORT --directory DIRECTORY
"""

import argparse
import asyncio
import functools
import signal
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from sandbox.embedded import ports
from sandbox.embedded.directory_lock import DirectoryLock
from sandbox.embedded.mailbox import Mailbox
from sandbox.embedded.process import Program
from sandbox.embedded.server import Server


class MailServer(Server):
    """The mail server as a child process. Its mails are in ``mailbox``; it keeps them over any crash."""

    name = "The mail server"

    def __init__(self, directory: Path, port: int, *, durable: bool = True) -> None:
        super().__init__()
        self.port = port
        self._durable = durable
        self._directory = directory.absolute()
        self._lock = DirectoryLock(self._directory)
        self.mailbox = Mailbox(self._directory / "mails")

    def wanted_ports(self) -> list[ports.WantedPort]:
        return [ports.WantedPort(self.port, self.name, "--smtp-port")]

    async def _program(self) -> Program:
        self._lock.take()
        options = ["--port", str(self.port), "--directory", str(self.mailbox.directory)]
        if not self._durable:
            options.append("--not-durable")
        command = [sys.executable, "-m", "sandbox.embedded.mail", *options]
        return Program(name=self.name, command=command, log=self._directory / "mail.log")

    async def _answers(self) -> bool:
        return await ports.accepts(self.port)

    def _let_go(self) -> None:
        self._lock.release()


class _Reception:
    """Puts each mail into the mailbox before its sender hears that it was received."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.original_content
        if content is None:
            return "554 A mail without content"
        kept = self._mailbox.deliver(content)
        return "250 Received" if kept else "250 Received before"


async def serve(mailbox: Mailbox, port: int) -> None:
    """Take in mail on this port of 127.0.0.1 until SIGTERM."""
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stopped.set)
    protocol = functools.partial(SMTP, _Reception(mailbox), hostname="localhost", enable_SMTPUTF8=True, loop=loop)
    server = await loop.create_server(protocol, ports.LOOPBACK, port)
    await stopped.wait()
    server.close()


def main() -> None:
    """Read the options and serve."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.embedded.mail", description="Takes in mail and keeps it.")
    parser.add_argument("--port", type=int, required=True, help="the port of 127.0.0.1 to listen on")
    parser.add_argument("--directory", type=Path, required=True, help="where to keep the mails")
    parser.add_argument("--not-durable", action="store_true", help="faster; a crash of the machine may lose mail")
    options = parser.parse_args()
    asyncio.run(serve(Mailbox(options.directory, durable=not options.not_durable), options.port))


if __name__ == "__main__":
    main()
