"""`mediation work`: the coordinator's day through the API: what is to be done, whom to call, who is stuck."""

from datetime import datetime
from typing import Annotated, Any

import typer

from console.asking import Api, Token, address, ask, listed, pages
from console.process import Data
from domain.exchange.sheet import day_of_a_sheet

app = typer.Typer(help="The coordinator's day.", invoke_without_command=True)
Assignee = Annotated[str | None, typer.Option(help="Whose work: an id, me, or none for what nobody has.")]
Caseworker = Annotated[str, typer.Argument(help="A caseworker's id, or me.")]
DAY = ["%Y-%m-%d"]
ERASED, LEFT = "(name erased)", "(works here no longer)"
"""Stand for a caseworker whose name is not known."""


@app.callback()
def work(
    context: typer.Context,
    token: Token = "",
    assignee: Assignee = None,
    group: Annotated[str | None, typer.Option(help="Only this group, such as critically_overdue.")] = None,
    stage: Annotated[str | None, typer.Option(help="Only this stage.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only this kind of task.")] = None,
    owner: Annotated[str | None, typer.Option(help="Only tasks of this organisation.")] = None,
    district: Annotated[str | None, typer.Option(help="Only this district of the referral.")] = None,
    due_before: Annotated[datetime | None, typer.Option(formats=DAY, help="Only what is due before this day.")] = None,
    snoozed: Annotated[bool, typer.Option(help="What rests, and not what is to be done now.")] = False,
    api: Api = None,
    data: Data = None,
) -> None:
    """List what is to be done or chased, the most urgent first."""
    if context.invoked_subcommand:
        return
    where = address(api, data)
    if not token:
        raise typer.BadParameter("give a coordinator's token, or set MEDIATION_TOKEN", param_hint="--token")
    chosen = {"assignee": assignee, "group": group, "stage": stage, "kind": kind, "owner": owner, "district": district}
    chosen |= {"dueBefore": _day(due_before), "snoozed": str(snoozed).lower()}
    names = _names(token, where)
    counts: dict[str, int] = {}
    heading = ""
    for page in pages("/work", token, where, **chosen):
        counts = page["counts"]
        for one in page["items"]:
            if one["group"] != heading:
                heading = one["group"]
                typer.echo(heading.replace("_", " "))
            limit = f"  law until {one['legalLimit'][:10]}" if one["legalLimit"] else ""
            rests = f"  rests until {one['snoozedUntil']}" if one["snoozedUntil"] and snoozed else ""
            typer.echo(
                f"  {one['reference']}  {one['id']}  {one['owner']}  due {one['due'][:10]}{limit}{rests}"
                f"  {_called(names, one['assignee'])}{'  trial' if one['test'] else ''}"
            )
    typer.echo(", ".join(f"{_spaced(name)} {number}" for name, number in counts.items()))


@app.command()
def calls(token: Token, assignee: Assignee = None, api: Api = None, data: Data = None) -> None:
    """List whom to call today, with the attempts so far and in which parts of today one still counts."""
    for one in listed("/work/calls", token, address(api, data), "nobody is to be called today", assignee=assignee):
        tried = ", ".join(one["attempts"]) or "not tried"
        left = ", ".join(one["partsLeft"]) or "no more today"
        typer.echo(
            f"{one['reference']}  {one['mediation']}  {one['owner']}  due {one['due'][:10]}  {tried}  left: {left}"
        )


@app.command()
def stuck(token: Token, assignee: Assignee = None, api: Api = None, data: Data = None) -> None:
    """List who does not get on and why, the longest first."""
    for one in listed("/work/stuck", token, address(api, data), "nobody is stuck", assignee=assignee):
        reasons = "; ".join(
            f"{reason['reason'].replace('_', ' ')}, {reason['owner']} since {reason['since'][:10]}"
            for reason in one["reasons"]
        )
        typer.echo(f"{one['reference']}  {one['stage'] or one['municipality']}  {reasons}")


@app.command()
def changes(
    token: Token,
    since: Annotated[datetime | None, typer.Option(formats=DAY, help="From this day on; else yesterday.")] = None,
    assignee: Assignee = None,
    api: Api = None,
    data: Data = None,
) -> None:
    """List what changed since yesterday, mediation by mediation."""
    for one in listed(
        "/work/changes", token, address(api, data), "nothing changed", since=_day(since), assignee=assignee
    ):
        types = ", ".join(change["type"] for change in one["changes"])
        typer.echo(f"{one['reference']}  {one['stage']}  {types}")


@app.command()
def homes(
    token: Token,
    corporation: Annotated[str | None, typer.Option(help="Only the homes of this corporation.")] = None,
    api: Api = None,
    data: Data = None,
) -> None:
    """List the homes that were released here and that nobody has, with who comes first for each."""
    for one in listed("/dwellings", token, address(api, data), "no home is free", corporation=corporation):
        since = one["releasedOn"] if one["state"] == "released" else f"from {one['releasedOn']}"
        closed = "  closed for placement" if one["closedForPlacement"] else ""
        rent = f"{one['rentCents'] / 100:.2f} euro"
        typer.echo(
            f"{one['corporation']}  {one['id']}  {one['complex']}, {one['district']}  {one['rooms']} rooms  {rent}"
            f"  {since}{closed}  {one['waiting']} waiting, first {one['first'] or '-'}"
        )


@app.command()
def find(
    purpose: Annotated[str, typer.Option(help="Why, such as client_calls. It is recorded.")],
    token: Token,
    api: Api = None,
    data: Data = None,
) -> None:
    """Find a client. What is looked for is asked for, so that it stands in no history of commands."""
    where = address(api, data)
    asked = {
        "name": typer.prompt("name", default="", show_default=False),
        "bornOn": day_of_a_sheet(typer.prompt("day of birth, such as 17-5-1990", default="", show_default=False)),
        "bsn": typer.prompt("citizen number", default="", show_default=False, hide_input=True),
    }
    body = {"purpose": purpose} | {name: value for name, value in asked.items() if value}
    found = ask("POST", "/people/search", token, where, body)
    if found["tooMany"]:
        typer.echo("too many are called so: give more facts")
    elif not found["items"]:
        typer.echo("nobody was found")
    for one in found["items"]:
        theirs = ", ".join(f"{of['reference']} ({of['stage']}, {of['id']})" for of in one["mediations"])
        typer.echo(f"{one['name']}  {one['bornOn']}  {theirs}")


@app.command()
def people(token: Token, api: Api = None, data: Data = None) -> None:
    """List the municipality's caseworkers, with how much work they have and when they are away."""
    known = ask("GET", "/caseworkers", token, address(api, data))["items"]
    names = _names_of(known)
    if not known:
        typer.echo("nobody has entered yet (`mediation work enter NAME`)")
    for one in known:
        away = "".join(f"  away {a['from']} to {a['to']}, {_called(names, a['coveredBy'])}" for a in one["absences"])
        typer.echo(f"{one['id']}  {names[one['id']]}  {one['mediations']} mediations, {one['tasks']} tasks{away}")


@app.command()
def enter(
    name: Annotated[str, typer.Argument(help="By which your colleagues know you.")],
    token: Token,
    api: Api = None,
    data: Data = None,
) -> None:
    """Tell that you work here: from then on you may be given work."""
    known = ask("PUT", "/caseworkers/me", token, address(api, data), {"name": name})["items"]
    typer.echo(next(one["id"] for one in known if one["me"]))


@app.command()
def give(
    mediation: Annotated[str, typer.Argument(help="Its id.")],
    to: Annotated[str, typer.Option(help="A caseworker's id, me, or none.")],
    token: Token,
    task: Annotated[str | None, typer.Option(help="One of its tasks, and not the whole.")] = None,
    api: Api = None,
    data: Data = None,
) -> None:
    """Give a mediation, or one of its tasks, to a caseworker."""
    what = f"/mediations/{mediation}" + (f"/tasks/{task}" if task else "")
    ask("PUT", f"{what}/caseworker", token, address(api, data), {"caseworker": None if to == "none" else to})


@app.command("hand-over")
def hand_over(
    caseworker: Caseworker,
    to: Annotated[str, typer.Option(help="Who gets the work.")],
    token: Token,
    api: Api = None,
    data: Data = None,
) -> None:
    """Give all open work of a caseworker to another."""
    done = ask("POST", f"/caseworkers/{caseworker}/hand-over", token, address(api, data), {"to": to})
    typer.echo(f"{done['mediations']} mediations, {done['tasks']} tasks")


@app.command()
def cover(
    caseworker: Caseworker,
    first: Annotated[datetime, typer.Option("--from", formats=DAY, help="The first day.")],
    last: Annotated[datetime, typer.Option("--to", formats=DAY, help="The last day.")],
    by: Annotated[str, typer.Option(help="Who stands in.")],
    token: Token,
    api: Api = None,
    data: Data = None,
) -> None:
    """Tell when a caseworker is away, and who has the work meanwhile."""
    body: dict[str, Any] = {"from": _day(first), "to": _day(last), "coveredBy": by}
    ask("PUT", f"/caseworkers/{caseworker}/absence", token, address(api, data), body)


def _names(token: str, where: str) -> dict[str, str]:
    """Return what the municipality's caseworkers are called."""
    return _names_of(ask("GET", "/caseworkers", token, where)["items"])


def _names_of(known: list[dict[str, Any]]) -> dict[str, str]:
    return {one["id"]: one["name"] or ERASED for one in known}


def _called(names: dict[str, str], caseworker: str | None) -> str:
    """Return what a caseworker is called; who has left stands in no register any more."""
    return names.get(caseworker, LEFT) if caseworker else "-"


def _day(moment: datetime | None) -> str | None:
    return moment.date().isoformat() if moment else None


def _spaced(name: str) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)
