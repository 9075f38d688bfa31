"""`mediation programme`: every open mediation of a municipality at once."""

from typing import Annotated

import typer

from console.asking import Api, Token, address
from console.process import Data, fail, run

app = typer.Typer(help="A municipality's whole programme.", no_args_is_help=True)
Municipality = Annotated[str, typer.Option(help="Every open mediation of this municipality.")]
Note = Annotated[str, typer.Option(help="Why. Kept in the vault with each mediation.")]
Key = Annotated[str, typer.Option(help="A key of your own; the same key again goes on with this command.")]


@app.command()
def pause(municipality: Municipality, note: Note, key: Key, token: Token, api: Api = None, data: Data = None) -> None:
    """Pause every open mediation: nothing falls due and no letter goes until it is resumed."""
    _change_programme("pause", municipality, note, key, token, address(api, data))


@app.command()
def resume(municipality: Municipality, note: Note, key: Key, token: Token, api: Api = None, data: Data = None) -> None:
    """Resume every paused mediation: everything is later by the time it was paused."""
    _change_programme("resume", municipality, note, key, token, address(api, data))


def _change_programme(way: str, municipality: str, note: str, key: str, token: str, api: str) -> None:
    import httpx

    from api.programme import Changed, Way, change

    async def give() -> Changed:
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=api, headers=headers, timeout=60) as http:
            return await change(http, municipality, Way(way), note, key)

    try:
        changed = run(give())
    except httpx.HTTPError as error:
        raise fail(f"the API at {api} cannot be reached ({type(error).__name__})") from None
    typer.echo(f"{way}d: {changed.changed}, before: {changed.before}")
