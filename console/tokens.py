"""`mediation token`: tokens of the local issuer, and revoking a token of whichever issuer."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from console.process import EXIT_USAGE, Data, fail, run, settings_here
from domain.facts.parties import Role
from runtime.settings import Settings

PSEUDONYM = re.compile(r"u-[0-9a-f]{32}")

app = typer.Typer(help="Bearer tokens: print one of the local issuer, or revoke one.", invoke_without_command=True)


@app.callback()
def token(
    context: typer.Context,
    role: Annotated[Role | None, typer.Option(help="What the organisation does.")] = None,
    organisation: Annotated[str | None, typer.Option(help="Its id, such as almere.")] = None,
    subject: Annotated[str, typer.Option(help="Who asks; only a pseudonym of it is kept.")] = "local",
    hours: Annotated[int, typer.Option(min=1, max=24 * 30)] = 8,
    data: Data = None,
) -> None:
    """Print a bearer token of the local issuer, for an organisation in the directory."""
    if context.invoked_subcommand is not None:
        return
    settings = settings_here(data)
    if role is None or organisation is None:
        raise fail("name --role and --organisation", EXIT_USAGE)
    if hours > settings.token_hours:
        raise fail(f"a token may be valid for {settings.token_hours} hours at the most", EXIT_USAGE)
    typer.echo(run(_token(settings, role, organisation, subject, timedelta(hours=hours))))


@app.command()
def revoke(
    token_id: Annotated[str | None, typer.Option("--jti", help="One token, by its id (`jti`).")] = None,
    subject: Annotated[str | None, typer.Option(help="Every token that this person has by now, by `sub`.")] = None,
    person: Annotated[str | None, typer.Option(help="The same by pseudonym, as events and logs have it: u-...")] = None,
    data: Data = None,
) -> None:
    """Have a token, or all tokens that a person was given until now, believed no more: within a minute, everywhere."""
    settings = settings_here(data)
    if len([one for one in (token_id, subject, person) if one]) != 1:
        raise fail("name one of --jti, --subject and --person", EXIT_USAGE)
    if person and not PSEUDONYM.fullmatch(person):
        raise fail("a pseudonym is u- and 32 hexadecimal digits", EXIT_USAGE)
    run(_revoke(settings, token_id, subject, person))
    typer.echo("revoked: every process of the API refuses it within a minute")


async def _revoke(settings: Settings, token_id: str | None, subject: str | None, person: str | None) -> None:
    from runtime.tokens import Pseudonyms
    from store import database
    from store.revocations import RevocationKind, hashed, revoke
    from store.vault_secrets import End, unlock

    kind, name = RevocationKind.PERSON, person or ""
    async with database.connect(settings.database_url, size=1) as pool:
        if token_id:
            kind, name = RevocationKind.TOKEN, hashed(token_id)
        elif subject:
            secrets = await unlock(pool, settings.vault_ring, settings.key_ring)
            name = Pseudonyms(secrets.of[End.PSEUDONYMS]).of(settings.token_issuer, subject)
        await revoke(pool, kind, name, datetime.now(UTC), "operator")


async def _token(settings: Settings, role: Role, organisation: str, subject: str, lifetime: timedelta) -> str:
    from runtime.local_issuer import LocalIssuer
    from store import database
    from store.directory import LiveDirectory

    issuer = LocalIssuer.of(settings)
    async with database.connect(settings.database_url, size=1) as pool:
        directory = LiveDirectory(pool, settings.directory)
        await directory.reread()
        known = {one.id: one for one in directory}
    if organisation not in known:
        there = ", ".join(one.id for one in known.values() if one.role is role) or "none"
        told = f"{organisation} is not in the directory; its {role.value} organisations are: {there}"
        raise fail(told, EXIT_USAGE)
    if known[organisation].role is not role:
        raise fail(
            f"{organisation} is no {role.value}: the directory has it as {known[organisation].role.value}", EXIT_USAGE
        )
    return issuer.issue(role, organisation, subject, lifetime)
