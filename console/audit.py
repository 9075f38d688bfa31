"""`mediation audit`: what an auditor does (see docs/audit.md). It reads and changes nothing."""

import os
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from audit.finding import Finding, FindingKind
from console.books import opened_books
from console.process import EXIT_USAGE, Data, run, settings_here
from runtime.settings import Settings

EXIT_DIFFERENT = 1
"""Something does not agree."""
EXIT_NOT_LOOKED = 3
"""Nothing was found, but not everything could be looked at. (2 is the code for a wrong command line.)"""
NOT_LOOKED = frozenset({FindingKind.FORGOTTEN, FindingKind.UNKNOWN})
MOST = 20
"""So many findings in one mediation are told; more are counted."""

CORES = os.cpu_count() or 1
app = typer.Typer(
    help="Compare histories and journal. Ends with 0 when all is equal, with 1 when anything differs, "
    "with 3 when it could not look.",
    no_args_is_help=True,
)
Mediations = Annotated[list[str] | None, typer.Argument(metavar="[MEDIATION ...]", help="Which mediations.")]
Every = Annotated[bool, typer.Option("--all", help="All of them.")]
Jobs = Annotated[int, typer.Option(min=1, max=64, help="In how many processes; else one for each core.")]


@app.command()
def replay(mediations: Mediations = None, every: Every = False, jobs: Jobs = CORES, data: Data = None) -> None:
    """Replay histories with today's code and compare them with the journal: the first difference of each is named."""
    with _looking():
        settings = settings_here(data)
        counted = run(_replay(_chosen(mediations, every), jobs, settings, data))
    _end(counted)


@app.command()
def verify(mediations: Mediations = None, every: Every = False, data: Data = None) -> None:
    """Work the journal out again from its own events, and compare it with everything that it says of them."""
    with _looking():
        settings = settings_here(data)
        counted = run(_verify(_chosen(mediations, every), settings, data))
    _end(counted)


@app.command()
def export(
    mediation: Annotated[str, typer.Argument(help="Which mediation.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty directory.")],
    data: Data = None,
) -> None:
    """Write a dossier of one mediation: history, journal, policy, a readable timeline, and the SHA-256 of each file."""
    with _looking():
        settings = settings_here(data)
        counted = run(_export(mediation, folder, settings, data))
    _end(counted)


def _chosen(mediations: list[str] | None, every: bool) -> list[str] | None:
    """Return which mediations; None for all."""
    if bool(mediations) == every:
        raise typer.BadParameter("name mediations, or all of them with --all")
    return mediations or None


@contextmanager
def _looking() -> Iterator[None]:
    """End the command with `EXIT_NOT_LOOKED` when something keeps us from looking; not when it was typed wrongly."""
    try:
        yield
    except typer.Exit as end:
        raise typer.Exit(EXIT_USAGE if end.exit_code == EXIT_USAGE else EXIT_NOT_LOOKED) from None


def _end(counted: Counter[FindingKind | None]) -> None:
    """Tell how many were equal, and end with the code for it."""
    total = counted.total()
    told = [f"{counted[kind]} {kind.value}" for kind in FindingKind if counted[kind]]
    typer.echo(f"{total} mediation{'s' * (total != 1)}: {', '.join([f'{counted[None]} equal', *told])}.")
    found = {kind for kind in counted if kind and counted[kind]}
    if found - NOT_LOOKED:
        raise typer.Exit(EXIT_DIFFERENT)
    if found:
        raise typer.Exit(EXIT_NOT_LOOKED)


async def _replay(
    wanted: list[str] | None, jobs: int, settings: Settings, data: Path | None
) -> Counter[FindingKind | None]:
    from audit.beside import everything, examine_beside, opened

    counted: Counter[FindingKind | None] = Counter()
    async with opened_books(settings, data) as books:
        async with opened(books) as (pool, histories):
            chosen = wanted or await everything(pool, histories)
        async for one in examine_beside(books, chosen, jobs):
            counted[one.finding.kind if one.finding else None] += 1
            if one.finding:
                typer.echo(f"{one.mediation}: {one.finding}")
            elif wanted:
                typer.echo(
                    f"{one.mediation}: equal: {one.runs} run{'s' * (one.runs != 1)}, "
                    f"{one.events} events of the history, {one.commands} commands"
                )
    return counted


async def _verify(wanted: list[str] | None, settings: Settings, data: Path | None) -> Counter[FindingKind | None]:
    from audit.beside import in_journal, journal
    from audit.verify import verify as verified
    from runtime.seals import Speakers
    from store.books import books_of

    counted: Counter[FindingKind | None] = Counter()
    speakers = Speakers.parse(settings.speakers)
    async with opened_books(settings, data) as books, journal(books) as pool:
        async for mediation in _each(wanted) if wanted else in_journal(pool):
            of_it = await books_of(pool, mediation)
            found = verified(of_it, speakers)
            counted[found[0].kind if found else None] += 1
            for finding in found[:MOST]:
                typer.echo(f"{mediation}: {finding}")
            if len(found) > MOST:
                typer.echo(f"{mediation}: and {len(found) - MOST} more")
            if wanted and not found:
                typer.echo(f"{mediation}: equal: {len(of_it.commands)} commands, {len(of_it.events)} events")
    return counted


async def _export(mediation: str, folder: Path, settings: Settings, data: Path | None) -> Counter[FindingKind | None]:
    from audit.beside import opened
    from audit.examine import gather, judge
    from audit.export import dossier, write
    from audit.verify import verify as verified

    async with opened_books(settings, data) as books, opened(books) as (pool, histories):
        evidence = await gather(histories, pool, mediation)
        [examined] = await judge(settings.key_ring, [evidence])
        found = _all(examined.finding, [] if evidence.books.empty else verified(evidence.books))
        if not evidence.books.empty or evidence.fetched.runs:
            files = await dossier(settings.key_ring, evidence, found, datetime.now(UTC))
            write(folder, files)
            typer.echo(f"{mediation}: {len(files)} files in {folder}")
    for finding in found[:MOST]:
        typer.echo(f"{mediation}: {finding}")
    return Counter([found[0].kind if found else None])


def _all(first: Finding | None, others: Sequence[Finding]) -> list[Finding]:
    return [*([first] if first else []), *(one for one in others if one != first)]


async def _each(mediations: list[str]) -> AsyncIterator[str]:
    for mediation in mediations:
        yield mediation
