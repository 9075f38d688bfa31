"""`mediation bounce`: takes in mail that came back, as a mail server hands it over."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from console.process import run, settings_here

app = typer.Typer()


@app.command()
def bounce(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Mails that came back; else one from standard input.")
    ] = None,
) -> None:
    """Take in mail that came back: the letter is noted as failed, and the municipality gets a task.

    Made to be called by a mail server for each mail to the address of MEDIATION_MAIL_BOUNCES, or over the files of a
    mailbox. The same mail may be given again. What is no notification of a letter of ours is passed over.
    """
    mails = [file.read_bytes() for file in files] if files else [sys.stdin.buffer.read()]
    taken = run(_take_in(mails))
    typer.echo(f"{taken} of {len(mails)}: a letter of ours that came back")


async def _take_in(mails: list[bytes]) -> int:
    from activities.letters.bounces import read_bounce
    from activities.letters.mail import domain_of
    from activities.letters.returns import came_back
    from runtime.plugin import connect
    from store import database

    settings = settings_here()
    domain = domain_of(settings.mail_from)
    found = [bounce for mail in mails if (bounce := read_bounce(mail, domain))]
    if not found:
        return 0
    async with database.connect(settings.database_url, size=2) as pool:
        client = await connect(settings)
        now = datetime.now(UTC)
        return sum([await came_back(pool, client, one.reference, one.code, now) for one in found])
