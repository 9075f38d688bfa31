"""What the sandbox brings to the command line, and what is said where it is not installed."""

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from typer.testing import CliRunner

import cli
from console import plugins

INSTALL = "This needs a package that is not installed: pip install direct-mediation-sandbox"


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but the product is installed."""
    monkeypatch.setattr(plugins, "entry_points", lambda **_: ())
    monkeypatch.setattr(cli, "application", cli.application.__wrapped__)


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("words", [["up"], ["up", "--data", "x"], ["demo", "--cases", "3"]], ids=" ".join)
def test_a_command_of_the_sandbox_says_what_to_install(words: list[str]) -> None:
    said = CliRunner().invoke(cli.application(), words)
    assert (said.exit_code, said.stderr) == (2, f"{INSTALL}\n")


@pytest.mark.usefixtures("alone")
def test_a_data_directory_is_not_opened_without_the_sandbox(tmp_path: Path) -> None:
    with pytest.raises(plugins.SandboxMissing, match=INSTALL):
        plugins.reopening()


def test_nobody_takes_the_place_of_a_command_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = EntryPoint("worker", "tests.console.test_plugins:not_ours", plugins.COMMANDS)
    monkeypatch.setattr(plugins, "entry_points", lambda **_: (theirs,))
    said = CliRunner().invoke(cli.application.__wrapped__(), ["worker", "--help"])
    assert "Carry out what mediations ask." in said.stdout


def not_ours() -> None:
    """Somebody else's."""
    raise AssertionError
