"""`mediation bounce` and `mediation mail-check`: mail that came back, and whether mail can go at all."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from console.process import EXIT_FAULT, Data, mail_settings_here, run, settings_here
from runtime.settings import MailSettings, Settings

app = typer.Typer()


@app.command()
def bounce(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Mails that came back; else one from standard input.")
    ] = None,
    data: Data = None,
) -> None:
    """Take in mail that came back: the letter is noted as failed, and the municipality gets a task.

    Made to be called by a mail server for each mail to the address of MEDIATION_MAIL_BOUNCES, or over the files of a
    mailbox. The same mail may be given again. What is no notification of a letter of ours is passed over.
    """
    mails = [file.read_bytes() for file in files] if files else [sys.stdin.buffer.read()]
    taken = run(take_in(settings_here(data), mails))
    typer.echo(f"{taken} of {len(mails)}: a letter of ours that came back")


async def take_in(settings: Settings, mails: list[bytes]) -> int:
    """Take in mails; return how many were letters of ours that came back."""
    from activities.letters.bounces import read_bounce
    from activities.letters.mail import domain_of
    from activities.letters.returns import came_back
    from runtime.plugin import connect
    from store import database

    domain = domain_of(settings.sender_address)
    found = [bounce for mail in mails if (bounce := read_bounce(mail, domain))]
    if not found:
        return 0
    async with database.connect(settings.database_url, size=2) as pool:
        client = await connect(settings)
        now = datetime.now(UTC)
        return sum([await came_back(pool, client, one.reference, one.code, now) for one in found])


@app.command("mail-check")
def mail_check(address: Annotated[str, typer.Argument(help="Where to send it.")], data: Data = None) -> None:
    """Send one mail by the mail server of the settings, and tell what it said. No other settings are needed."""
    said = run(_mail_check(mail_settings_here(data), address))
    typer.echo(said)
    if not said.startswith("taken"):
        raise typer.Exit(EXIT_FAULT)


async def _mail_check(settings: MailSettings, address: str) -> str:
    from activities.letters.letter import ChannelAway, ReadyLetter
    from activities.letters.mail import Mail
    from activities.letters.wording.letter_text import LetterText
    from activities.partner import PartnerRefused

    now = datetime.now(UTC)
    text = LetterText("Test: mail from direct mediation", "This is a test. Nobody needs to do anything.\n")
    letter = ReadyLetter(f"check:{now:%Y%m%d%H%M%S}", "somebody", address, text, now)
    try:
        return f"taken: <{await Mail(settings).post(letter)}>"
    except PartnerRefused as refused:
        return f"refused for good: {refused.code}"
    except ChannelAway as away:
        return f"not now: {away.type}"
