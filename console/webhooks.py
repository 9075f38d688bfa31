"""`mediation webhook`: who is told of a municipality's events, through the API."""

from typing import Annotated, Any

import typer

from console.asking import Api, Token, address, ask
from console.process import Data

app = typer.Typer(help="Who is told of a municipality's events.", no_args_is_help=True)
Webhook = Annotated[str, typer.Argument(help="Its id, such as wh-0123456789abcdef0123.")]
Key = Annotated[str | None, typer.Option(help="A key of your own; the same key again does it once.")]
WHERE = "/webhooks"


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="The address that is told.")],
    token: Token,
    event_type: Annotated[
        list[str] | None, typer.Option("--type", help="A type of event; repeat it; else all.")
    ] = None,
    key: Key = None,
    api: Api = None,
    data: Data = None,
) -> None:
    """Have an address told of events; prints its id and its secret, which is not shown again."""
    body: dict[str, Any] = {"kind": "cloudevents", "url": url} | ({"types": event_type} if event_type else {})
    made = ask("POST", WHERE, token, address(api, data), body, key)
    typer.echo(f"{made['webhook']['id']}\n{made['secret']}")


@app.command("add-case-system")
def add_case_system(
    url: Annotated[str, typer.Argument(help="The Zaken API, with its version.")],
    catalogi: Annotated[str, typer.Option(help="The Catalogi API, with its version.")],
    client_id: Annotated[str, typer.Option(help="How the case system knows us.")],
    client_secret: Annotated[str, typer.Option(envvar="ZGW_SECRET", help="What we sign our tokens with.")],
    rsin: Annotated[str, typer.Option(help="The municipality's RSIN.")],
    token: Token,
    case_type: Annotated[str, typer.Option(help="The case type's identificatie.")] = "DIRECTE-BEMIDDELING",
    key: Key = None,
    api: Api = None,
    data: Data = None,
) -> None:
    """Mirror every mediation as a case (zaak); prints the webhook's id."""
    body = {
        "kind": "zgw",
        "url": url,
        "catalogiUrl": catalogi,
        "clientId": client_id,
        "clientSecret": client_secret,
        "rsin": rsin,
        "caseType": case_type,
    }
    typer.echo(ask("POST", WHERE, token, address(api, data), body, key)["webhook"]["id"])


@app.command("list")
def list_all(token: Token, api: Api = None, data: Data = None) -> None:
    """List the webhooks, with what waits and what was given up."""
    for one in ask("GET", WHERE, token, address(api, data))["items"]:
        state = "enabled" if one["enabled"] else f"disabled: {one['disabledReason']}"
        failing = ", failing" if one["failing"] else ""
        counts = f"{one['waiting']} waiting, {one['deadLetters']} dead letters"
        typer.echo(f"{one['id']}  {one['kind']}  {one['url']}  {state}{failing}, {counts}")


@app.command()
def rotate(webhook: Webhook, token: Token, key: Key = None, api: Api = None, data: Data = None) -> None:
    """Print another secret; for 24 hours both sign."""
    typer.echo(ask("POST", f"{WHERE}/{webhook}/rotate", token, address(api, data), None, key)["secret"])


@app.command()
def disable(
    webhook: Webhook,
    reason: Annotated[str, typer.Option(help="Why.")],
    token: Token,
    api: Api = None,
    data: Data = None,
) -> None:
    """Stop telling it."""
    ask("POST", f"{WHERE}/{webhook}/disable", token, address(api, data), {"reason": reason})


@app.command()
def enable(webhook: Webhook, token: Token, api: Api = None, data: Data = None) -> None:
    """Tell it again, beginning with what waits."""
    ask("POST", f"{WHERE}/{webhook}/enable", token, address(api, data))


@app.command()
def remove(webhook: Webhook, token: Token, api: Api = None, data: Data = None) -> None:
    """Remove it, with all it was still to be told."""
    ask("DELETE", f"{WHERE}/{webhook}", token, address(api, data))


@app.command("dead-letters")
def dead_letters(webhook: Webhook, token: Token, api: Api = None, data: Data = None) -> None:
    """List what was tried for the last time, or missed while it was disabled."""
    cursor: str | None = ""
    while cursor is not None:
        after = f"?cursor={cursor}" if cursor else ""
        page = ask("GET", f"{WHERE}/{webhook}/dead-letters{after}", token, address(api, data))
        for one in page["items"]:
            typer.echo(
                f"{one['id']}  {one['type']}  {one['code']}  {one['attempts']} attempts, the last {one['settledAt']}"
            )
        cursor = page["next"]


@app.command()
def resend(
    webhook: Webhook,
    token: Token,
    ids: Annotated[list[str] | None, typer.Option("--id", help="Only these; repeat it.")] = None,
    api: Api = None,
    data: Data = None,
) -> None:
    """Try dead letters once more; without --id all."""
    resent = ask(
        "POST", f"{WHERE}/{webhook}/dead-letters/resend", token, address(api, data), {"ids": ids} if ids else {}
    )
    typer.echo(f"{resent['resent']} resent")
