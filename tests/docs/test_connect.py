"""docs/connect: every setting is read, every command exists, and what is tried against a reference server works."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer

import cli
from runtime.directory import Directory, Organisation
from runtime.secret_files import secret_names
from runtime.settings import Settings, variable
from tests.docs.blocks import CONNECT, INSTALLED, ROOT, Terminal, blocks, differs, steps

DOCUMENTS = sorted(CONNECT.glob("*.md"))
TRIED = {"corporation": 14, "care-provider": 8, "district-team": 7, "mailbox": 4}
"""What needs no installation, with how many commands it has at least."""
BESIDE = frozenset({"MEDIATION_TOKEN", "MEDIATION_API", "MEDIATION_SETTINGS", "MEDIATION_DATA"})
"""Variables of the command line itself."""
TOLD = re.compile(r"(?:^|\$ |\$\(|[ /])mediation ((?:[^\n\\|>)]|\\\n)+)", re.MULTILINE)
"""What follows on the name of the command, with the lines it goes on in."""
BASE: dict[str, dict[str, Any]] = {
    "almere": {"role": "coordinator", "code": "0034"},
    "kwintes": {"role": "care_provider"},
    "ymere": {"role": "corporation"},
}


def entry(name: str, facts: dict[str, Any]) -> dict[str, Any]:
    """An organisation of almere with everything that it must have."""
    needed = {"id": name, "name": name, "municipalities": ["almere"], "mail": f"post@{name}.example"}
    return {**needed, **BASE.get(name, {}), **facts}


def directory_of(text: str) -> Directory:
    """The directory that a block makes, with whoever it leaves out; a lone setting is one of kwintes."""
    told = tomllib.loads(text)
    tables = {one["id"]: one for one in told.pop("organisation", [])} or {"kwintes": told}
    known = {name: entry(name, tables.get(name, {})) for name in BASE.keys() | tables.keys()}
    return Directory([Organisation.model_validate(one) for one in known.values()])


CONFIGURED = [(file.stem, n, block.text) for file in DOCUMENTS for n, block in enumerate(blocks(file, "toml"))]


@pytest.mark.parametrize(("document", "place", "text"), CONFIGURED, ids=[f"{d}-{n}" for d, n, _ in CONFIGURED])
def test_every_block_of_settings_is_read_as_it_stands(document: str, place: int, text: str, tmp_path: Path) -> None:
    if "coordinator" in {one.get("role") for one in tomllib.loads(text).get("organisation", [])}:
        file = tmp_path / "organisations.toml"
        file.write_text(text)
        known = Directory.load(file)
    else:
        known = directory_of(text)
    if place == 0:
        wanted = {"corporation": "vera", "care-provider": "iwmo", "district-team": "plain"}
        assert wanted.get(document, "by_hand") in {one.system.kind for one in known}


def test_a_setting_that_the_documents_name_exists() -> None:
    known = {variable(name) for name in Settings.model_fields} | BESIDE
    known |= {f"{variable(name)}_FILE" for name in secret_names(Settings.model_fields)}
    for file in [*DOCUMENTS, *(ROOT / "docs").glob("*.md"), ROOT / "README.md"]:
        named = set(re.findall(r"MEDIATION_[A-Z_]*[A-Z]", file.read_text()))
        assert named <= known, file.name


def options_of(words: list[str]) -> set[str]:
    """The options of the command that these words name. A group may be a command itself."""
    command: Any = typer.main.get_command(cli.application())
    while (commands := getattr(command, "commands", None)) is not None:
        if command.invoke_without_command and words[0].startswith("--"):
            break
        command, words = commands[words[0]], words[1:]
    return {option for parameter in command.params for option in parameter.opts}


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.stem)
def test_a_command_that_a_document_types_exists_with_its_options(file: Path) -> None:
    for block in blocks(file, "sh", "console"):
        for typed in TOLD.findall(block.text):
            words = typed.replace("\\\n", " ").split()
            assert {word for word in words if word.startswith("--")} <= options_of(words), typed


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.stem)
def test_what_a_document_types_stands_in_a_block_that_is_tried(file: Path) -> None:
    assert blocks(file, "sh", "bash", "shell") == []
    assert [block for block in blocks(file, "text") if "$ " in block.text] == []
    assert file.stem in TRIED.keys() | INSTALLED.keys()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", TRIED)
def test_what_a_document_tries_against_a_reference_server_prints_what_it_says(name: str, tmp_path: Path) -> None:
    file, tried = CONNECT / f"{name}.md", 0
    with Terminal(tmp_path) as terminal:
        if configured := blocks(file, "toml"):
            (tmp_path / "organisations.toml").write_text(terminal.here(configured[0].text))
        for block in blocks(file, "console", until=INSTALLED.get(name, "")):
            for command, told in steps(terminal.here(block.text)):
                printed = terminal.type(command)
                assert differs(printed, told) is None, f"{command}\nprints\n{printed}\nand not\n{told}"
                tried += 1
    assert tried >= TRIED[name]
