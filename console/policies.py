"""`mediation policy`: the files that say how a municipality does it."""

import json
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer

from console.process import EXIT_FAULT, Data, fail, policy_settings_here
from domain.exchange.policy_file import PolicyFile, PolicyInvalid
from domain.facts.calendar import Calendar
from runtime.policy_files import PolicyFileMissing, files, text_of
from texts import Language

app = typer.Typer(help="Policies: the numbers and choices of a municipality, as files.", no_args_is_help=True)
File = Annotated[str, typer.Argument(help="A policy of ours, such as almere, or a policy file.")]


@app.command("check")
def check_policies(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Policies of ours, or policy files.")],
    data: Data = None,
) -> None:
    """Check policy files: every problem with its line, field and what would be right; else what each leaves open.

    Files of municipalities that share their places are held against each other too.
    """
    from domain.policy.relations import unequal
    from policy_tools.check import remarks
    from policy_tools.describe.document import open_points
    from policy_tools.lines import line_of, lines_of

    valid = {file: read for file in files if (read := _read(file, data))}
    for file, read in valid.items():
        gaps, assumed = read.gaps, read.assumed
        typer.echo(f"{file}: valid; {len(read.parameters)} parameters, {len(gaps)} gaps, {len(assumed)} assumed")
        lines = lines_of(_text(file, data))
        for one in open_points(read, Language.ENGLISH):
            line = line_of(lines, one.path)
            at = f" (line {line})" if line else ""
            typer.echo(f"  gap: {one.path}{at}: {one.name}; until it is decided: {one.for_now}")
        for remark in remarks(read):
            typer.echo(f"  note: {remark}")
    differ = list(unequal([read.policy for read in valid.values()]))
    for difference in differ:
        typer.echo(difference, err=True)
    if differ or len(valid) < len(set(files)):
        raise typer.Exit(EXIT_FAULT)


@app.command("new")
def new_policy_file(
    name: Annotated[str, typer.Argument(help="What people call the municipality, such as 'West Gorzen'.")],
    file: Annotated[Path | None, typer.Option(help="Where it is written; else here, under the policy's id.")] = None,
) -> None:
    """Write a policy file to fill in: every parameter, what it is, what may be written and what holds till then."""
    from policy_tools.new import NoPolicyName, new_policy

    try:
        text = new_policy(name, Calendar().today(datetime.now(UTC)))
    except NoPolicyName as wrong:
        raise fail(wrong) from None
    target = file or Path(f"{tomllib.loads(text)['id']}.toml")
    try:
        with target.open("x", encoding="utf-8") as written:
            written.write(text)
    except OSError as wrong:
        there = isinstance(wrong, FileExistsError)
        why = "is there already" if there else f"cannot be written ({type(wrong).__name__})"
        raise fail(f"{target} {why}") from None
    typer.echo(f"{target}: fill it in, and look with `mediation policy check {target}` at what is still open")


@app.command("list")
def list_policies(data: Data = None) -> None:
    """List our policies: version, validity, and how much each leaves open."""
    for file in files(policy_settings_here(data).policy_folder):
        read = _policy(file.stem, data)
        one = read.policy
        valid = f"from {one.valid_from} {f'to {one.valid_to}' if one.valid_to else 'on'}"
        typer.echo(f"{file.stem}  {one.name}, version {one.version}, {valid}, {len(read.gaps)} gaps")


@app.command("diff")
def diff_policies(one: File, other: File, data: Data = None) -> None:
    """Tell in which parameters two policies differ: both values, and where each comes from."""
    from policy_tools.diff import differences, origin

    for found in differences(_policy(one, data), _policy(other, data)):
        typer.echo(found.path)
        typer.echo(f"  {one}: {json.dumps(found.one)}  [{origin(found.about_one)}]")
        typer.echo(f"  {other}: {json.dumps(found.other)}  [{origin(found.about_other)}]")


@app.command("describe")
def describe_policy(
    file: File,
    language: Annotated[Language, typer.Option(help="In Dutch or in English.")] = Language.DUTCH,
    data: Data = None,
) -> None:
    """Write the process under this policy as Markdown: who does what by when, for partners to read and sign."""
    from policy_tools.describe.document import describe

    typer.echo(describe(_policy(file, data), language))


@app.command("prove")
def prove_policy(
    file: File,
    most_beside: Annotated[int, typer.Option(min=0, max=3, help="Follow so many side tracks at once.")] = 1,
    data: Data = None,
) -> None:
    """Explore every state of the process under a policy with the rules that run. Exits 1 when a claim fails."""
    from policy_tools.prove.proof import prove, told

    read = _policy(file, data)
    started = monotonic()

    def on_the_way(states: int) -> None:
        typer.echo(f"{states} states, {monotonic() - started:.0f} s", err=True)

    proof = prove(read.policy, most_beside, on_the_way)
    for line in told(proof, monotonic() - started):
        typer.echo(line)
    if not proof.holds:
        raise typer.Exit(EXIT_FAULT)


def _policy(name: str, data: Path | None) -> PolicyFile:
    read = _read(name, data)
    if read is None:
        raise typer.Exit(EXIT_FAULT)
    return read


def _read(name: str, data: Path | None) -> PolicyFile | None:
    """Return a policy; or None, when every problem of it has been told."""
    from policy_tools.check import check

    try:
        return check(_text(name, data))
    except PolicyFileMissing as missing:
        raise fail(missing) from None
    except PolicyInvalid as invalid:
        for problem in invalid.problems:
            at = f"{name}:{problem.line}" if problem.line else name
            typer.echo(f"{at}: {problem}", err=True)
        return None


def _text(name: str, data: Path | None) -> str:
    """Return the text of a policy of this installation, or of a file. Raises PolicyFileMissing."""
    return text_of(name, policy_settings_here(data).policy_folder)
