"""`mediation vault`: what those who run the installation do with the vault and with keys, without reading anything."""

import sys
from typing import Annotated

import typer

from console.process import EXIT_FAULT, EXIT_USAGE, Data, fail, run, settings_here
from runtime.settings import Settings

OPERATOR = "operator"
"""As whom it is kept who entered a client again: no organisation has this name."""
app = typer.Typer(help="Who clients are, kept encrypted; and the keys.", no_args_is_help=True)


@app.command()
def index(data: Data = None) -> None:
    """Make every client findable by name and day of birth, also who was stored before there was an index.

    It may be broken off and given again.
    """
    persons, unreadable = run(_index(settings_here(data)))
    typer.echo(f"{persons} persons can be found, {unreadable} could not be read")


@app.command()
def rewrap(data: Data = None) -> None:
    """Wrap everything under the first of MEDIATION_VAULT_KEYS, while in use; afterwards the others open nothing.

    It may be broken off and given again.
    """
    typer.echo(run(_rewrap(settings_here(data))))


@app.command("retire-payload-key")
def retire_payload_key(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="Its id in MEDIATION_PAYLOAD_KEYS, such as k1.")],
    data: Data = None,
) -> None:
    """Let a former key of what Temporal stores be left out of the settings, if no history is encrypted with it."""
    typer.echo(run(_retire(settings_here(data), key_id)))


@app.command()
def enter(
    mediation: Annotated[str, typer.Argument(help="The id of a mediation, such as m-...")],
    data: Data = None,
) -> None:
    """Enter again who the client of a mediation is, after a restore that lost it; read from the standard input.

    It is the `person` of a referral, as JSON. Refused where the vault has the client: then the API changes it.
    """
    run(_enter(settings_here(data), mediation, sys.stdin.read()))
    typer.echo(f"{mediation}: the vault has its client again")


async def _enter(settings: Settings, mediation: str, text: str) -> None:
    from pydantic import ValidationError

    from api.referrals import PersonBody
    from store.database import connect
    from store.vault import NotLost, Vault
    from store.vault_secrets import unlock

    try:
        person = PersonBody.model_validate_json(text).person()
    except ValidationError as wrong:
        places = ", ".join(".".join(map(str, one["loc"])) or "the whole" for one in wrong.errors())
        raise fail(f"this is no person of a referral: {places}", EXIT_USAGE) from None
    async with connect(settings.database_url, size=1) as pool:
        try:
            secrets = await unlock(pool, settings.vault_ring, settings.key_ring)
            await Vault(pool, secrets).enter_again(mediation, person, OPERATOR)
        except NotLost as refused:
            raise fail(str(refused)) from None


async def _index(settings: Settings) -> tuple[int, int]:
    from store.database import connect
    from store.vault import Vault
    from store.vault_secrets import unlock

    async with connect(settings.database_url, size=1) as pool:
        return await Vault(pool, await unlock(pool, settings.vault_ring, settings.key_ring)).index_people()


async def _rewrap(settings: Settings) -> str:
    from store.database import connect
    from store.rewrapping import rewrap
    from store.vault_secrets import unlock

    async with connect(settings.database_url, size=2) as pool:
        await unlock(pool, settings.vault_ring, settings.key_ring)
        done = await rewrap(pool, settings.vault_ring, lambda persons: typer.echo(f"{persons} keys", err=True))
    unreadable = f"; {done.unreadable} keys are opened by none of MEDIATION_VAULT_KEYS" if done.unreadable else ""
    return f"{done.persons} keys of persons and {done.secrets} secrets were wrapped anew{unreadable}"


async def _retire(settings: Settings, key_id: str) -> str:
    from runtime.histories import encrypted_under
    from runtime.plugin import connect as to_temporal
    from store.database import connect
    from store.vault_secrets import ensure_keys, retire_payload_key

    async with connect(settings.database_url, size=1) as pool:
        await ensure_keys(pool, settings.vault_ring, settings.key_ring)
        if key_id == settings.key_ring.active:
            raise fail(f"{key_id} is the active key: put another one before it first", EXIT_FAULT)
        if found := await encrypted_under(await to_temporal(settings), key_id):
            raise fail(f"the history of {found} is encrypted with {key_id}, and perhaps others", EXIT_FAULT)
        if not await retire_payload_key(pool, key_id):
            raise fail(f"no payload key {key_id} is in use", EXIT_FAULT)
    return f"{key_id} may be left out of MEDIATION_PAYLOAD_KEYS now"
