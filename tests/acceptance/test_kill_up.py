"""`mediation up` under kill -9: nothing acknowledged is lost, nothing is done twice, and it ends as it should."""

import asyncio
import os
import signal
import socket
import sys
from collections import Counter
from pathlib import Path

import httpx
import pytest
from temporalio.client import Client

from api.idempotency import command_id
from audit.replay import replay
from domain.messages.effects import Audience
from domain.state.events import TaskAnswered
from runtime.ids import Ids
from runtime.plugin import connect
from runtime.settings import SETTINGS_FILE, Settings
from sandbox.data_directory import Ports
from sandbox.embedded.process import Child, Program
from sandbox.stack import PARTNER_ROLES
from store import database, journal
from store.database import Pool
from store.vault_secrets import End, unlock
from tests.acceptance.installation import (
    COORDINATOR,
    INSTITUTION,
    Json,
    Step,
    Up,
    Who,
    alive,
    command_of,
    descendants_of,
    gone,
    referral,
    steps,
)
from tests.acceptance.outside import mailbox_has_what_was_noted, partners_did_what_was_decided
from tests.api.desk import person

PEOPLE = 4
COMMANDS = 10
"""Those of one mediation: the referral, the answers on the way, and the withdrawal."""
KILLS = {5: "cli worker", 11: "temporal", 17: "postgres", 23: "everything"}
"""After so many acknowledged commands of the 40 this is killed."""


class Sent(list[tuple[str, Who, str, Json, str, str]]):
    """Every acknowledged command: mediation, who, path, body, key, and the answer."""


@pytest.mark.slow("a whole installation is killed, part by part, and waited for")
@pytest.mark.timeout(400)
async def test_killing_each_process_and_all_loses_nothing_and_doubles_nothing(up: Up) -> None:
    await up.release(*(f"D-{n}" for n in range(PEOPLE)))
    sent = Sent()
    killing = asyncio.create_task(kills(up, sent))
    mediations = await asyncio.gather(*(walk(up, n, sent) for n in range(PEOPLE)))
    await killing
    assert len(sent) == PEOPLE * COMMANDS
    client = await connect(up.settings)
    for mediation in mediations:
        await up.settled(client, mediation)
    async with database.connect(up.settings.database_url) as pool:
        secrets = await unlock(pool, up.settings.vault_ring)
        await journal_is_exact(pool, mediations, sent, Ids(secrets.of[End.IDS]))
        await read_model_is_the_fold(pool, mediations)
        await every_effect_once(up, pool, mediations)
    await histories_replay(up, client, mediations)
    before = [await up.read(COORDINATOR, f"/v1/mediations/{mediation}") for mediation in mediations]

    everything = descendants_of(up.pid)
    assert len(everything) > 8
    assert await up.end(signal.SIGTERM) == 0
    assert alive(everything) == []
    await up.start()
    assert [await up.read(COORDINATOR, f"/v1/mediations/{mediation}") for mediation in mediations] == before
    for _, who, path, body, key, answer in sent:
        assert (await up.command(who, path, body, key)).text == answer
    everything = descendants_of(up.pid)
    assert await up.end(signal.SIGINT) == 0
    assert alive(everything) == []


async def walk(up: Up, n: int, sent: Sent) -> str:
    """Give every command of one mediation in turn; return its id."""
    response = await up.command(INSTITUTION, "/v1/mediations", referral(person(n)), f"start-{n}")
    mediation: str = response.json()["id"]
    sent.append((mediation, INSTITUTION, "/v1/mediations", referral(person(n)), f"start-{n}", response.text))
    for step in steps(f"D-{n}"):
        await answer(up, mediation, step, f"{step.kind}-{n}", sent)
    path, body = (
        f"/v1/mediations/{mediation}/commands",
        {"type": "withdraw", "source": "client", "note": "Gaat samenwonen."},
    )
    response = await up.command(COORDINATOR, path, body, f"withdraw-{n}")
    sent.append((mediation, COORDINATOR, path, body, f"withdraw-{n}", response.text))
    return mediation


async def answer(up: Up, mediation: str, step: Step, key: str, sent: Sent) -> None:
    """Answer one task, once it is there and can be answered."""
    task = await up.task(mediation, step.kind)
    if step.kind == "make_offer":
        wanted = step.answer["dwelling"]
        await up.seen(mediation, lambda state: wanted in {c["dwelling"]["id"] for c in state["candidates"]})
    path, body = f"/v1/mediations/{mediation}/tasks/{task['id']}/answer", {"kind": step.kind, **step.answer}
    response = await up.command(step.who, path, body, key)
    sent.append((mediation, step.who, path, body, key, response.text))


async def kills(up: Up, sent: Sent) -> None:
    """Kill what is to be killed while commands are under way."""
    for after, victim in KILLS.items():
        while len(sent) < after:  # noqa: ASYNC110 - the commands are counted, not announced
            await asyncio.sleep(0.005)
        if victim != "everything":
            up.kill(victim)
            continue
        everything = descendants_of(up.pid)
        os.kill(up.pid, signal.SIGKILL)
        await gone(everything)
        await up.start()


async def journal_is_exact(pool: Pool, mediations: list[str], sent: Sent, ids: Ids) -> None:
    """Every acknowledged command is in the journal once; no task was answered twice."""
    for mediation in mediations:
        entries = await journal.entries(pool, mediation)
        rows = await pool.fetch("SELECT id, type FROM command WHERE mediation = $1", mediation)
        ours = {command_id(ids, who[1], key) for of, who, _, _, key, _ in sent if of == mediation}
        assert ours <= {row["id"] for row in rows}
        given = [entry for entry in entries if entry.command.by.user != "system"]
        assert len(given) == len(ours) == COMMANDS
        answered = Counter(e.task for entry in entries for e in entry.events if isinstance(e, TaskAnswered))
        assert set(answered.values()) == {1}


async def read_model_is_the_fold(pool: Pool, mediations: list[str]) -> None:
    """The lists say what the events say."""
    for mediation in mediations:
        loaded = await journal.load(pool, mediation)
        assert loaded is not None
        events = [e for entry in await journal.entries(pool, mediation) for e in entry.events]
        row = await pool.fetchrow("SELECT * FROM mediation WHERE id = $1", mediation)
        tasks = await pool.fetch("SELECT id FROM task WHERE mediation = $1 AND closed_at IS NULL", mediation)
        assert row is not None
        assert (row["stage"], row["outcome"]) == (loaded.state.stage, loaded.state.outcome)
        assert row["sequence"] == loaded.state.sequence == len(events)
        assert row["head"] == journal.chain("", [event.model_dump_json() for event in events])
        assert {task["id"] for task in tasks} == {task.id for task in loaded.state.tasks}


async def every_effect_once(up: Up, pool: Pool, mediations: list[str]) -> None:
    """What was decided took place outside once, and nothing besides."""
    async with httpx.AsyncClient(trust_env=False) as http:
        ports = [up.ports.url(getattr(up.ports, role.value)) for role in PARTNER_ROLES]
        lines = [line for url in ports for line in (await http.get(f"{url}/effects")).json()]
    ledger = [(line["operation"], line["key"], line["executed"]) for line in lines]
    for mediation in mediations:
        await partners_did_what_was_decided(pool, mediation, ledger)
        await mailbox_has_what_was_noted(pool, mediation, up.mailbox, frozenset({Audience.GUIDE}))
    operations = Counter(operation for operation, _, _ in ledger)
    # A lease that was to be drawn up while all was down is void when the mediation has been withdrawn by then.
    assert operations["create_huurovereenkomst"] <= PEOPLE
    withdrawn = [key for operation, key, _ in ledger if operation == "update_aanbieding" and ":withdraw-offer:" in key]
    assert operations["create_aanbieding"] == len(withdrawn) == PEOPLE
    assert operations["request_support"] == operations["cancel_support_request"] <= PEOPLE


async def histories_replay(up: Up, client: Client, mediations: list[str]) -> None:
    """Today's code reproduces every history."""
    handles = [client.get_workflow_handle(mediation) for mediation in mediations]
    verdicts = await replay(up.settings.key_ring, [await handle.fetch_history() for handle in handles])
    assert [verdict.failure for verdict in verdicts] == [None] * len(mediations)


@pytest.mark.parametrize("name", ["postgres", "smtp", "api"])
async def test_a_taken_port_is_told_with_its_option(tmp_path: Path, name: str) -> None:
    ports = Ports.any_free()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", getattr(ports, name)))
        taken.listen()
        process = await asyncio.create_subprocess_exec(
            *command_of(tmp_path / "data", ports), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        _, told = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 2
    assert f"--{name}-port" in told.decode()
    assert str(getattr(ports, name)) in told.decode()
    assert "Traceback" not in told.decode()


async def test_a_worker_ends_with_0_after_sigterm(settings: Settings, tmp_path: Path) -> None:
    settings.save(tmp_path / "settings.env")
    log = tmp_path / "worker.log"
    environment = {**os.environ, SETTINGS_FILE: str(tmp_path / "settings.env")}
    child = await Child.start(Program("worker", [sys.executable, "-m", "cli", "worker"], log, environment))

    async def ready() -> bool:
        return "worker ready" in log.read_text()

    await child.ready(ready)
    os.kill(child.pid, signal.SIGTERM)
    assert await asyncio.wait_for(child.exited(), 30) == 0
    assert "worker stopped" in log.read_text()


@pytest.mark.parametrize("command", ["worker", "api", "migrate"])
async def test_missing_settings_are_told_in_a_line_each(tmp_path: Path, command: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MEDIATION_")}
    environment["PYTHONPATH"] = str(Path(__file__).parents[2])
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli", command),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
        cwd=tmp_path,
    )
    said, told = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 1
    assert said == b""
    first, *lines = told.decode().strip().splitlines()
    assert first.startswith("Settings are missing or wrong")
    assert "MEDIATION_DATABASE_URL is missing" in told.decode()
    assert all(line.startswith("  MEDIATION_") for line in lines)
