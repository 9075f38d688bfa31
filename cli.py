"""The `mediation` command."""

import gc
import json
import os
import sys
from collections.abc import Coroutine
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from time import monotonic
from typing import Annotated, Any

import typer
import uvloop
from rich.console import Console

from domain.calendar import Calendar
from domain.parties import Role
from domain.policy_file import PolicyFile, PolicyInvalid
from policies.language import Language
from runtime import RuntimeFault
from runtime.local_issuer import LocalIssuer
from runtime.logging import start_logging
from runtime.metrics import start_metrics
from runtime.settings import Settings, load_settings
from store.reports.asked import Asked, Dimension, PeriodWrong, asked

EXIT_FAULT = 1
"""Something the operator can mend: it is told in one line."""

DATA = Path(".data/mediation")

app = typer.Typer(
    help="Direct mediation: from a care institution to a home, with support.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
policy = typer.Typer(help="Policies: the numbers and choices of a municipality, as files.", no_args_is_help=True)
app.add_typer(policy, name="policy")
File = Annotated[str, typer.Argument(help="A policy of ours, such as almere, or a policy file.")]
Data = Annotated[Path, typer.Option(help="The directory that keeps all state.")]
DAY = ["%Y-%m-%d"]


class Format(StrEnum):
    """How a report is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


@app.command()
def up(
    data: Data = DATA,
    api_port: int = 8000,
    temporal_port: int = 7233,
    temporal_ui_port: int = 8233,
    postgres_port: int = 5433,
    smtp_port: int = 2525,
    corporation_port: int = 8101,
    care_provider_port: int = 8102,
    district_team_port: int = 8103,
    metrics_port: int = 9464,
) -> None:
    """Start everything on this machine, and keep it until Ctrl-C. All state stays in the data directory."""
    from sandbox.data_directory import Ports
    from sandbox.up import stay_up

    ports = Ports(
        api=api_port,
        temporal=temporal_port,
        temporal_ui=temporal_ui_port,
        postgres=postgres_port,
        smtp=smtp_port,
        corporation=corporation_port,
        care_provider=care_provider_port,
        district_team=district_team_port,
        metrics=metrics_port,
    )
    _run(stay_up(data, ports, Console()))


@app.command()
def demo(
    city: Annotated[str, typer.Option("--policy", help="A city with a policy of ours, or a policy file.")] = "almere",
    cases: Annotated[int, typer.Option(min=1, max=5000, help="How many people.")] = 50,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same city.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
    data: Annotated[Path | None, typer.Option(help="Keep all state here; else it is thrown away.")] = None,
) -> None:
    """A city lives on a virtual clock until every mediation is closed; then every history is replayed."""
    from sandbox.demo import show

    _run(show(city, cases, seed, as_json=as_json, data=data, console=Console(stderr=as_json)))


@app.command()
def api() -> None:
    """Serve the HTTP API."""
    from api.server import serve

    settings = _settings()
    start_metrics(None)
    serve(settings)


@app.command()
def worker() -> None:
    """Carry out what mediations ask. Exits 0 after SIGTERM, when what was under way is done."""
    from worker import serve

    settings = _settings()
    start_metrics(settings.metrics_address)
    _run(serve(settings))


@app.command()
def migrate() -> None:
    """Bring the database to this release. Safe to repeat, and to run by several at once."""
    from store.database import migrate as apply

    settings = _settings()
    for name in _run(apply(settings.database_url)):
        typer.echo(f"applied {name}")


@app.command()
def token(
    role: Annotated[Role, typer.Option(help="What the organisation does.")],
    organisation: Annotated[str, typer.Option(help="Its id, such as almere.")],
    subject: Annotated[str, typer.Option(help="Who asks; only a pseudonym of it is kept.")] = "local",
    hours: Annotated[int, typer.Option(min=1, max=24 * 30)] = 8,
    data: Data = DATA,
) -> None:
    """Print a bearer token of the local issuer."""
    data.mkdir(parents=True, exist_ok=True)
    issuer = LocalIssuer(data / "token-key.json")
    typer.echo(issuer.issue(role, organisation, subject, timedelta(hours=hours)))


capacity = typer.Typer(help="What is scarce: its outside figures, and the proof of its books.", no_args_is_help=True)
app.add_typer(capacity, name="capacity")


class Figures(StrEnum):
    """What a file of figures tells."""

    VACATED = "vacated"
    COMPLEXES = "complexes"


@capacity.command()
def feed(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV with a header, in UTF-8.")],
    municipality: Annotated[str, typer.Option(help="Whose figures, such as almere.")],
    figures: Annotated[Figures, typer.Option(help="What the file tells.")] = Figures.VACATED,
) -> None:
    """Take in a municipality's figures: all of the file, or nothing and what is wrong with each line."""
    from domain.feed import LinesWrong
    from store.feed import feed_file

    try:
        rows = _run(feed_file(_settings().database_url, municipality, figures.value, file.read_bytes()))
    except LinesWrong as wrong:
        for error in wrong.errors:
            typer.echo(f"{file}: {error}", err=True)
        raise typer.Exit(EXIT_FAULT) from None
    typer.echo(f"{rows} rows taken in")


@capacity.command()
def check() -> None:
    """Work out everything scarce from the events and compare. Reads only; exits 1 and tells each difference."""
    from store.sweep import sweep_at

    swept = _run(sweep_at(_settings().database_url))
    for difference in swept.differences:
        typer.echo(str(difference), err=True)
    typer.echo(f"{swept.mediations} mediations, {len(swept.differences)} differences")
    if swept.differences:
        raise typer.Exit(EXIT_FAULT)


@policy.command("check")
def check_policy(file: File) -> None:
    """Check a policy file: every problem with its line, field and what would be right; else what it leaves open."""
    read = _policy(file)
    gaps, assumed = read.gaps, read.assumed
    typer.echo(f"{file}: valid; {len(read.parameters)} parameters, {len(gaps)} gaps, {len(assumed)} assumed")
    for path in gaps:
        typer.echo(f"  gap: {path}")


@policy.command("list")
def list_policies() -> None:
    """List our policies: version, validity, and how much each leaves open."""
    from policies.library import ours

    for name, read in ours():
        one = read.policy
        until = f"to {one.valid_to}" if one.valid_to else "on"
        typer.echo(f"{name}  {one.name}, version {one.version}, from {one.valid_from} {until}, {len(read.gaps)} gaps")


@policy.command("diff")
def diff_policies(one: File, other: File) -> None:
    """Tell in which parameters two policies differ: both values, and where each comes from."""
    from policies.diff import differences, origin

    for found in differences(_policy(one), _policy(other)):
        typer.echo(found.path)
        typer.echo(f"  {one}: {json.dumps(found.one)}  [{origin(found.about_one)}]")
        typer.echo(f"  {other}: {json.dumps(found.other)}  [{origin(found.about_other)}]")


@policy.command("describe")
def describe_policy(
    file: File, language: Annotated[Language, typer.Option(help="In Dutch or in English.")] = Language.NL
) -> None:
    """Write the process under this policy as Markdown: who does what by when, for partners to read and sign."""
    from policies.describe import describe

    typer.echo(describe(_policy(file), language))


@policy.command("prove")
def prove_policy(
    file: File,
    most_open: Annotated[int, typer.Option(min=1, max=6, help="Follow so many open tasks at once.")] = 2,
) -> None:
    """Explore every state of the process under a policy with the rules that run. Exits 1 when a claim fails."""
    from policies.prove import prove, told

    read = _policy(file)
    started = monotonic()
    proof = prove(read.policy, most_open)
    for line in told(proof, monotonic() - started):
        typer.echo(line)
    if not proof.holds:
        raise typer.Exit(EXIT_FAULT)


def _policy(name: str) -> PolicyFile:
    from policies.check import check
    from policies.library import PolicyFileMissing, text_of

    try:
        return check(text_of(name))
    except PolicyFileMissing as missing:
        raise _fail(missing) from None
    except PolicyInvalid as invalid:
        for problem in invalid.problems:
            at = f"{name}:{problem.line}" if problem.line else name
            typer.echo(f"{at}: {problem}", err=True)
        raise typer.Exit(EXIT_FAULT) from None


@app.command()
def report(
    name: Annotated[str, typer.Argument(help="leadtime, stages, refusals, aftercare, council or workload.")],
    first: Annotated[
        datetime | None, typer.Option("--from", formats=DAY, help="The first day; else 1 January of this year.")
    ] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=DAY, help="The last day; else today.")] = None,
    municipality: Annotated[str | None, typer.Option(help="Else all of them together.")] = None,
    by: Annotated[Dimension | None, typer.Option(help="Break the figures down; small counts are held back.")] = None,
    form: Annotated[Format, typer.Option("--format", help="How it is printed.")] = Format.TABLE,
    definitions: Annotated[bool, typer.Option("--definitions", help="Tell what each figure is.")] = False,
) -> None:
    """Print a report over the mediations in the database of the settings."""
    from store.reports.catalogue import REPORTS

    if name not in REPORTS:
        _fail(f"there is no report {name}; choose {', '.join(sorted(REPORTS))}")
    now = datetime.now(UTC)
    today = Calendar().today(now)
    begin, end = first.date() if first else date(today.year, 1, 1), last.date() if last else today
    try:
        wanted = asked(begin, end, now, municipality, by)
    except PeriodWrong as wrong:
        _fail(wrong)
    typer.echo(_run(_report(_settings(), name, wanted, form, definitions)), nl=form is not Format.CSV)


async def _report(settings: Settings, name: str, wanted: Asked, form: Format, definitions: bool) -> str:
    from store.database import connect
    from store.reports.catalogue import make
    from store.reports.written import as_columns, as_csv

    async with connect(settings.database_url, size=1) as pool:
        made = await make(pool, name, wanted)
    match form:
        case Format.JSON:
            return made.model_dump_json(by_alias=True, indent=2)
        case Format.CSV:
            return as_csv(made, definitions=definitions)
        case Format.TABLE:
            return as_columns(made, definitions=definitions)


programme = typer.Typer(help="A municipality's whole programme.", no_args_is_help=True)
app.add_typer(programme, name="programme")
Municipality = Annotated[str, typer.Option(help="Every open mediation of this municipality.")]
Note = Annotated[str, typer.Option(help="Why. Kept in the vault with each mediation.")]
Key = Annotated[str, typer.Option(help="Your own key of this command; give it again unchanged to go on with it.")]
Api = Annotated[str, typer.Option(help="Where the API is.")]
Token = Annotated[str, typer.Option(envvar="MEDIATION_TOKEN", help="A coordinator's bearer token.")]


@programme.command()
def pause(municipality: Municipality, note: Note, key: Key, token: Token, api: Api = "http://127.0.0.1:8000") -> None:
    """Pause every open mediation: nothing falls due and no letter goes until it is resumed."""
    _change_programme("pause", municipality, note, key, token, api)


@programme.command()
def resume(municipality: Municipality, note: Note, key: Key, token: Token, api: Api = "http://127.0.0.1:8000") -> None:
    """Resume every paused mediation: everything is later by the time it was paused."""
    _change_programme("resume", municipality, note, key, token, api)


def _change_programme(way: str, municipality: str, note: str, key: str, token: str, api: str) -> None:
    import httpx

    from api.programme import Changed, Way, change

    async def give() -> Changed:
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=api, headers=headers, timeout=60) as http:
            return await change(http, municipality, Way(way), note, key)

    try:
        changed = _run(give())
    except httpx.HTTPError as error:
        _fail(RuntimeFault(f"the API at {api} cannot be reached ({type(error).__name__})"))
    typer.echo(f"{way}d: {changed.changed}, before: {changed.before}")


def _settings() -> Settings:
    try:
        settings = load_settings()
    except RuntimeFault as fault:
        _fail(fault)
    start_logging(settings.log_level, settings.log_format)
    return settings


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    from sandbox.embedded.errors import EmbeddedServerError

    try:
        return uvloop.run(work)
    except (RuntimeFault, EmbeddedServerError) as fault:
        _fail(fault)


def _fail(fault: Exception | str) -> Any:
    typer.echo(str(fault), err=True)
    raise typer.Exit(EXIT_FAULT)


def main() -> None:
    """Run the command line, and end at once: Temporal's core may otherwise abort while the interpreter shuts down."""
    gc.freeze()  # what was imported stays; and many small values come and go, few in circles
    gc.set_threshold(20_000, 20, 50)
    code = 0
    try:
        app()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else EXIT_FAULT
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
