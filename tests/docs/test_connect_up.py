"""docs/connect against `mediation up`: what needs an installation is typed as it stands, and prints what it says."""

import asyncio
import functools
import itertools
import os
import re
import signal
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest

from sandbox.data_directory import Ports
from tests.acceptance import installation
from tests.acceptance.installation import COORDINATOR, INSTITUTION, Json, Up, children_of, command_line, referral
from tests.api.desk import person
from tests.docs.blocks import CONNECT, INSTALLED, ROOT, Step, Terminal, blocks, differs, steps

PATIENCE = 15.0
"""Seconds within which what a document says must be seen."""
TAKEN_OVER = 2.5
"""Seconds after which every process knows of a change of the directory: docs/woonwaaier.md says two."""
SHOWN = "#>"
"""What the README puts in front of what is printed."""
LOOKS = re.compile(
    r"(curl -\S+ (?!.*( -X | -d | --data))|ls |cat [^>]*$|tail |\S*mediation webhook (list|dead-letters))"
)
"""A command that changes nothing: whoever sees nothing yet types it again."""
pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.slow("an installation is started, and a minute is waited for folders"),
]


class Walk:
    """What a document tries in an installation, typed from top to bottom."""

    def __init__(self, name: str, terminal: Terminal) -> None:
        found = blocks(CONNECT / f"{name}.md", "console", since=INSTALLED[name])
        self._left = [step for block in found for step in steps(terminal.here(block.text))]
        self._terminal = terminal
        self.typed = 0

    async def up_to(self, beginning: str) -> None:
        """Type everything before the next command that begins so."""
        beginning = self._terminal.here(beginning)
        place = next(n for n, step in enumerate(self._left) if step.command.startswith(beginning))
        now, self._left = self._left[:place], self._left[place:]
        for step in now:
            await self._type(step)

    async def to_the_end(self, patience: float = PATIENCE) -> None:
        """Type the rest."""
        while self._left:
            await self._type(self._left.pop(0), patience)

    async def _type(self, step: Step, patience: float = PATIENCE) -> None:
        deadline = monotonic() + patience
        while True:
            printed = await asyncio.to_thread(self._terminal.type, step.command)
            if (lacking := differs(printed, step.printed)) is None:
                break
            again = LOOKS.match(step.command) and monotonic() < deadline
            assert again, f"{step.command}\nprints\n{printed}\nand not\n{lacking}"
            await asyncio.sleep(0.3)
        self.typed += 1


def ports_of(ports: Ports) -> dict[str, str]:
    """Those of `make up`, and what they are here."""
    ours = Ports._field_defaults
    return {str(ours[name]): str(port) for name, port in ports._asdict().items()}


async def all_told(up: Up, mediation: str, noted: Callable[[], str]) -> None:
    """Wait until the receiver has noted the last event of a mediation. What is not published yet waits nowhere else."""
    last = (await up.read(COORDINATOR, f"/v1/mediations/{mediation}"))["version"]
    deadline = monotonic() + PATIENCE
    while f'"{mediation}/{last}"' not in noted():
        assert monotonic() < deadline
        await asyncio.sleep(0.1)


@pytest.fixture(scope="module")
async def up(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Up]:
    """The installation of all documents."""
    async with installation.installed(tmp_path_factory.mktemp("up")) as up:
        yield up


@pytest.fixture
def terminal(up: Up, tmp_path: Path) -> Iterator[Terminal]:
    """Another terminal, in a tree in which `make up` runs."""
    with Terminal(tmp_path, up.data, ports_of(up.ports)) as terminal:
        yield terminal


@pytest.fixture(scope="module")
async def told(up: Up, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """The README's first call, typed: its mediation, and all that was printed."""
    [block] = [one.text for one in blocks(ROOT / "README.md", "sh") if "API=" in one.text]
    with Terminal(tmp_path_factory.mktemp("readme"), up.data, ports_of(up.ports)) as terminal:
        mediation = ""
        for command, shown in commands(terminal.here(block)):
            if found := re.match(r"answer (\w+)-1 ", command):
                await up.task(mediation, found.group(1))
            if command.startswith("get /v1/mediations/"):
                await up.seen(mediation, lambda known: known["candidates"])
            printed = await asyncio.to_thread(terminal.type, command)
            lacking = differs(printed, shown)
            assert lacking is None, f"{command}\nprints\n{printed}\nand not\n{lacking}"
            if command.startswith("M="):
                mediation = (await asyncio.to_thread(terminal.type, "echo $M")).strip()
        return mediation, terminal.seen


def commands(text: str) -> Iterator[Step]:
    """The commands of a script, each with all of its lines and with what is told after `#>` that it prints."""
    found, open_ = list[Step](), ""
    for line in text.splitlines():
        if line.startswith(SHOWN):
            found[-1] = found[-1]._replace(printed=f"{found[-1].printed}{line.removeprefix(SHOWN)}\n")
            continue
        open_ = f"{open_}{line}\n"
        whole = subprocess.run(["bash", "-n"], input=open_, capture_output=True, text=True, check=False)
        if not whole.stderr and not open_.endswith("\\\n"):
            if open_.strip() and not open_.startswith("#"):
                found.append(Step(open_.strip(), ""))
            open_ = ""
    assert not open_
    return iter(found)


PEOPLE, DWELLINGS = itertools.count(100), itertools.count(100)


async def refer(up: Up, provider: str = "kwintes") -> str:
    """Refer another client; return the mediation."""
    body = {**referral(person(next(PEOPLE))), "careProvider": provider}
    return str((await up.command(INSTITUTION, "/v1/mediations", body, f"refer-{body['person']['bsn']}")).json()["id"])


async def walk(up: Up, mediation: str, until: str, offer: Json | None = None) -> None:
    """Have a mediation's tasks answered, up to that of this kind; what is offered is a dwelling of ymere, or this."""
    dwelling = f"E-{next(DWELLINGS)}"
    await up.release(dwelling)
    for who, kind, answer in itertools.takewhile(lambda step: step.kind != until, installation.steps(dwelling)):
        said = offer if offer and kind == "make_offer" else answer
        task = await up.task(mediation, kind)
        if wanted := said.get("dwelling"):
            await up.seen(mediation, functools.partial(suitable, wanted))
        path = f"/v1/mediations/{mediation}/tasks/{task['id']}/answer"
        await up.command(who, path, {"kind": kind, **said}, f"{mediation}-{kind}")


def suitable(dwelling: str, mediation: Json) -> bool:
    """Tell whether this dwelling may be offered."""
    return dwelling in [one["dwelling"]["id"] for one in mediation["candidates"] or []]


async def start_again(up: Up, word: str) -> None:
    """End the process with this word in its command, which is started again; return when it is."""
    [ended] = processes(up, word)
    os.kill(ended, signal.SIGTERM)
    deadline = monotonic() + PATIENCE
    while processes(up, word) in ([], [ended]):
        assert monotonic() < deadline
        await asyncio.sleep(0.1)
    await up.read(COORDINATOR, "/v1/tasks")


def processes(up: Up, word: str) -> list[int]:
    """The processes of the installation with this word in their commands."""
    return [pid for pid in children_of(up.pid) if word in command_line(pid)]


async def test_the_first_call_of_the_readme_goes_as_it_stands(up: Up, told: tuple[str, str]) -> None:
    mediation, printed = told
    assert "keys_before_notice" in printed
    assert printed.count('"status":4') == 1, printed
    await up.task(mediation, "hand_over_keys")


def test_the_readme_shows_what_its_commands_print(up: Up) -> None:
    [block] = [one.text for one in blocks(ROOT / "README.md", "sh") if "API=" in one.text]
    silent = [step.command for step in commands(block) if not step.printed]
    assert [command for command in silent if not re.match(r"API=|as |\w+\(\) *\{", command)] == []


def test_the_readme_shows_what_up_prints(up: Up) -> None:
    [banner] = [one.text for one in blocks(ROOT / "README.md", "text") if one.text.startswith("Starting in")]
    printed = up.log.read_text().replace(f" --data {up.data}", "").replace(str(up.data), "/.data/mediation")
    for usual, port in ports_of(up.ports).items():
        printed = printed.replace(port, usual)
    assert differs(printed, banner) is None, printed


async def test_a_corporation_by_hand_is_connected_as_its_document_says(up: Up, terminal: Terminal) -> None:
    typed = Walk("corporation", terminal)
    await typed.up_to("curl -sS $API/v1/tasks")
    mediation = await refer(up)
    await walk(up, mediation, "answer_offer", {"corporation": "de-alliantie", "dwelling": "E-2001"})
    await typed.to_the_end()
    await up.task(mediation, "answer_offer")
    assert typed.typed >= 10


async def test_webhooks_are_tried_as_their_document_says(
    up: Up, terminal: Terminal, told: tuple[str, str], tmp_path: Path
) -> None:
    typed = Walk("webhooks", terminal)
    await typed.up_to("cat events.txt")
    mediation = await refer(up)
    await typed.up_to(".venv/bin/mediation webhook disable")
    # What is not told yet when a webhook is disabled is missed, and would be counted with the rest. So would be what
    # files of the provider below lead to, which come in at any moment of a minute: this test goes before them.
    await all_told(up, mediation, (tmp_path / "events.txt").read_text)
    await typed.up_to(".venv/bin/mediation webhook dead-letters")
    await walk(up, mediation, "determine_origin")
    await typed.up_to("SECRET=")
    await start_again(up, "cli api")
    terminal.seen += f"{told[0]}\n"
    await typed.to_the_end()
    assert typed.typed >= 17


@pytest.fixture(scope="module")
async def provider(up: Up, told: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Walk]:
    """The document of care providers, typed up to where some time is to be waited."""
    with Terminal(tmp_path_factory.mktemp("provider"), up.data, ports_of(up.ports)) as terminal:
        typed = Walk("care-provider", terminal)
        await typed.up_to("curl -sS -X PUT $SYSTEM/organisations/triade-vitree/exchange")
        await start_again(up, "cli api")
        await asyncio.sleep(TAKEN_OVER)
        await walk(up, await refer(up, "triade-vitree"), "sign_lease")
        await typed.up_to("ls in/taken")
        yield typed


async def test_a_care_provider_is_connected_as_its_document_says(provider: Walk) -> None:
    assert provider.typed >= 33


async def test_a_case_system_is_connected_as_its_document_says(up: Up, terminal: Terminal) -> None:
    typed = Walk("zaaksysteem", terminal)
    await typed.up_to("curl -sS http://127.0.0.1:8104/shown")
    await walk(up, await refer(up), "make_offer")
    await typed.to_the_end()
    assert typed.typed >= 8


async def test_mail_that_comes_back_and_notifynl_are_tried_as_their_document_says(
    up: Up, terminal: Terminal, told: tuple[str, str]
) -> None:
    typed = Walk("mailbox", terminal)
    await typed.up_to("curl -sS http://127.0.0.1:8106/sent")
    await start_again(up, "cli worker")
    await walk(up, await refer(up), "answer_offer")
    await typed.to_the_end()
    assert typed.typed >= 16


async def test_a_care_provider_with_folders_is_heard_in_the_time_of_its_document(provider: Walk) -> None:
    before = provider.typed
    await provider.to_the_end(patience=75)
    assert provider.typed - before >= 4
