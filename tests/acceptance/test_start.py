"""What somebody meets who starts `mediation up` or `demo`: ends when asked, and says what cannot be used."""

import asyncio
import os
import re
import shlex
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic

import httpx
import pytest
from typer.testing import CliRunner

import cli
from sandbox.data_directory import Ports
from tests.acceptance.installation import Up, alive, command_of, descendants_of
from tests.console.commands import HOUSE

AT_ONCE = 12.0
"""Seconds within which everything must have ended, on a busy machine; a child that hangs would take thirty."""
pytestmark = [pytest.mark.timeout(180), pytest.mark.slow("installations are started and stopped, time after time")]


async def begun(command: list[str], environment: Mapping[str, str]) -> asyncio.subprocess.Process:
    # Whoever runs the tests in the background has them ignore Ctrl-C, and all that they start with them.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return await asyncio.create_subprocess_exec(
        *command,
        cwd=HOUSE,
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


async def interrupted(
    command: list[str], when: Callable[[int], bool], number: signal.Signals, **environment: str
) -> tuple[int, str]:
    """Start a command, and send a signal as soon as it has come so far; return its exit code and what it printed."""
    process = await begun(command, environment)
    deadline = monotonic() + 90
    while not when(process.pid):
        assert process.returncode is None
        assert monotonic() < deadline
        await asyncio.sleep(0.01)
    children = descendants_of(process.pid)
    os.kill(process.pid, number)
    asked = monotonic()
    said, _ = await asyncio.wait_for(process.communicate(), 60)
    assert monotonic() - asked < AT_ONCE
    assert alive(children) == []
    assert process.returncode is not None
    assert "Traceback" not in said.decode()
    return process.returncode, said.decode()


def loading(pid: int) -> bool:
    """Tell whether the program is being loaded: its own modules, before anything runs."""
    return "pydantic_core" in Path(f"/proc/{pid}/maps").read_text()


async def test_who_is_stopped_while_it_is_loaded_says_nothing() -> None:
    program = str(Path(sys.executable).with_name("mediation"))
    code, said = await interrupted([program, "up"], loading, signal.SIGINT)
    assert (code, said) == (130, "")


@pytest.mark.parametrize(
    ("seen", "number"),
    [
        ("postgres/data.draft", signal.SIGINT),
        ("temporal/temporal.log", signal.SIGTERM),
        ("worker.log", signal.SIGINT),
    ],
)
async def test_up_is_stopped_at_once_while_it_starts(seen: str, number: signal.Signals, tmp_path: Path) -> None:
    data, ports = tmp_path / "data", Ports.any_free()
    code, said = await interrupted(command_of(data, ports), lambda _: (data / seen).exists(), number)
    assert code == 0
    assert said.splitlines()[1:] == ["Stopping ...", "Stopped. All state stays for the next time."]
    if number is signal.SIGTERM:
        return
    up = Up(tmp_path)  # and the next one finds nothing half done
    await up.start()
    assert await up.end(signal.SIGTERM) == 0
    await up.http.aclose()


async def test_a_demo_is_stopped_at_once_and_leaves_nothing_behind(tmp_path: Path) -> None:
    def begun(_: int) -> bool:
        return any(tmp_path.glob("mediation-*/temporal/temporal.log"))

    command = [sys.executable, "-m", "cli", "demo", "--cases", "3"]
    code, said = await interrupted(command, begun, signal.SIGINT, TMPDIR=str(tmp_path))
    assert code == 130
    assert said.splitlines()[-2:] == ["Stopping ...", "Stopped before its end."]
    assert os.listdir(tmp_path) == []


@pytest.mark.timeout(420)
async def test_a_city_that_only_its_file_knows_moves_home(tmp_path: Path) -> None:
    """A policy is a file: a city that no table, test system or text of ours names runs with it from end to end."""
    city = Path(__file__).parents[1] / "policies" / "gorzen.toml"
    command = [sys.executable, "-m", "cli", "demo", "--policy", str(city), "--cases", "1"]
    process = await begun(command, {"TMPDIR": str(tmp_path)})
    said, _ = await asyncio.wait_for(process.communicate(), 400)
    assert process.returncode == 0, said.decode()
    assert "1 of 1" in said.decode()


async def refused(command: list[str]) -> str:
    """Run a command that cannot be done as it was typed; return what it says."""
    process = await begun(command, {})
    said, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 2
    assert "Traceback" not in said.decode()
    assert "uncaught" not in said.decode()
    return said.decode()


@pytest.mark.parametrize("where", ["file", "file/below", "/proc/nothing", "closed/below"])
async def test_a_directory_that_cannot_be_used_is_told(where: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a directory")
    (tmp_path / "closed").mkdir(mode=0o500)
    if where.startswith("closed") and os.access(tmp_path / "closed", os.W_OK):
        pytest.skip("nothing is closed to this account")
    data = tmp_path / where
    said = await refused(command_of(data, Ports.any_free()))
    assert f"The directory {data} cannot be used: " in said
    assert said.endswith(". Choose another directory.\n")
    said = await refused([sys.executable, "-m", "cli", "demo", "--cases", "1", "--data", str(data)])
    assert f"The directory {data} cannot be used: " in said


async def test_a_demo_empties_no_directory_that_is_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("kept")
    said = await refused([sys.executable, "-m", "cli", "demo", "--cases", "1", "--data", str(tmp_path)])
    assert f"The directory {tmp_path} cannot be used: it holds something else than an earlier city." in said
    assert (tmp_path / "letter.txt").read_text() == "kept"


@pytest.mark.parametrize("port", ["0", "-1", "65536", "70000", "many"])
def test_a_port_that_is_none_is_told(port: str, tmp_path: Path) -> None:
    for option in Ports._fields:
        name = f"--{option.replace('_', '-')}-port"
        said = CliRunner().invoke(cli.application(), ["up", "--data", str(tmp_path / "data"), f"{name}={port}"])
        assert (said.exit_code, said.stdout) == (2, "")
        assert name in said.stderr
    assert not (tmp_path / "data").exists()


async def test_all_taken_ports_are_told_at_once_and_nothing_is_started(tmp_path: Path) -> None:
    ports, taken = Ports.any_free(), ("postgres", "api", "metrics", "temporal_ui", "district_team")
    sockets = [socket.create_server(("127.0.0.1", getattr(ports, name))) for name in taken]
    said = await refused(command_of(tmp_path / "data", ports))
    for one in sockets:
        one.close()
    lines = {line.split()[1]: line for line in said.splitlines() if line.startswith("Port ")}
    assert lines.keys() == {str(getattr(ports, name)) for name in taken}
    for name in taken:
        assert lines[str(getattr(ports, name))].endswith(f"choose another with --{name.replace('_', '-')}-port.")
    assert not (tmp_path / "data" / "postgres").exists()


async def test_the_banner_says_what_can_be_typed_as_it_stands(tmp_path: Path) -> None:
    up = Up(tmp_path)
    await up.start()
    try:
        banner = up.log.read_text()
        token = await told(banner, "To make a token")
        answer = await up.http.get("/v1/tasks", headers={"Authorization": f"Bearer {token.strip()}"})
        assert answer.status_code == httpx.codes.OK
        assert (await told(banner, "To see a report")).startswith("For the council")
        assert [name for _, _, names in os.walk(tmp_path) for name in names].count("token-key.json") == 1
        said = await refused(command_of(up.data, Ports.any_free()))
        assert f"The directory {up.data} is in use by another running program." in said
    finally:
        assert await up.end(signal.SIGINT) == 0
        await up.http.aclose()


async def told(banner: str, name: str) -> str:
    """Type what the banner says; return what it prints."""
    [command] = re.findall(rf"^  {name} +(.+)$", banner, re.MULTILINE)
    process = await begun(shlex.split(command), {})
    said, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, said.decode()
    return said.decode()
