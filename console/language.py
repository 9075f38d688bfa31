"""`mediation language`: in which language the journal is written, and the way back to the release before."""

from typing import Annotated

import typer

from console.process import EXIT_FAULT, Data, fail, run, settings_here
from domain.exchange.language import LANGUAGE
from runtime.settings import Settings

app = typer.Typer()


@app.command()
def language(
    back: Annotated[bool, typer.Option("--back", help="Go back to the language of this release.")] = False,
    data: Data = None,
) -> None:
    """Tell in which language the journal is written, and which one this release speaks.

    With --back, of a release that is older: let it be written in this one again, if nothing in it needs a newer one.
    Stop the newer workers first: the next one that starts begins the newer language again.
    """
    typer.echo(run((_back if back else _told)(settings_here(data))))


async def _told(settings: Settings) -> str:
    from store.database import connect
    from store.language import language_of

    async with connect(settings.database_url, size=1) as pool:
        spoken = await language_of(pool)
    return f"the journal is written in language {spoken or 'none yet'}; this release speaks {LANGUAGE}"


async def _back(settings: Settings) -> str:
    from store.database import connect
    from store.language import language_of, put_back

    async with connect(settings.database_url, size=1) as pool:
        spoken = await language_of(pool)
        if spoken <= LANGUAGE:
            raise fail(
                f"the journal is written in language {spoken or 'none yet'}, and this release speaks {LANGUAGE}: "
                "run this with the release that you go back to",
                EXIT_FAULT,
            )
        if found := await put_back(pool):
            raise fail(
                f"{found} holds what this release does not understand: its language {LANGUAGE} can no longer be "
                f"written. Go on with the release that speaks {spoken}",
                EXIT_FAULT,
            )
    return f"the journal is written in language {LANGUAGE} again; start the workers of this release, then its APIs"
