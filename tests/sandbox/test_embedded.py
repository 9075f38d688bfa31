"""The embedded servers, each for real: used, killed without warning, started again, nothing lost."""

import asyncio
import os
import signal
import smtplib
import socket
import sys
import threading
from collections.abc import AsyncIterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import asyncpg
import pytest
from temporalio import workflow
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from sandbox.embedded import ports
from sandbox.embedded.accounts import unprivileged_account
from sandbox.embedded.errors import (
    BinaryMissing,
    ChildExited,
    ChildNotReady,
    DirectoryForeign,
    DirectoryInUse,
    NotStarted,
    OtherServerVersion,
    PortTaken,
)
from sandbox.embedded.mail import MailServer
from sandbox.embedded.mailbox import Mailbox, MailCount
from sandbox.embedded.postgres import Postgres
from sandbox.embedded.process import Child, Program, find_binary
from sandbox.embedded.temporal import TemporalServer, VirtualClock, VirtualTemporal

STAGE = SearchAttributeKey.for_keyword("Stage")


@workflow.defn
class Waiting:
    """Sleeps for some days, then says when it woke."""

    @workflow.run
    async def run(self, days: int) -> str:
        await workflow.sleep(timedelta(days=days))
        return workflow.now().isoformat()


async def never_healthy() -> bool:
    return False


def shell(directory: Path, script: str, *, grace: float = 5) -> Program:
    return Program("the script", ["/bin/sh", "-c", script], directory / "script.log", grace=grace)


def runs(process_id: int) -> bool:
    """Whether the process is there and more than a name that its parent has not collected yet."""
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def status_of(process_id: int) -> dict[str, str]:
    """What the kernel says about a process, by name."""
    lines = Path(f"/proc/{process_id}/status").read_text().splitlines()
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


async def ended(process_id: int) -> bool:
    for _ in range(1000):
        if not runs(process_id):
            return True
        await asyncio.sleep(0.02)
    return False


# Ports


async def test_a_taken_port_is_named_with_its_purpose_and_the_option_that_changes_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=rf"Port {port} for the API is taken.*--api-port"):
            await ports.ensure_free([ports.WantedPort(port, "the API", "--api-port")], patience=0.1)


async def test_a_port_wanted_twice_is_taken() -> None:
    port = ports.free_port()
    twice = [ports.WantedPort(port, "the API", "--api-port"), ports.WantedPort(port, "mail", "--smtp-port")]
    with pytest.raises(PortTaken, match="for mail is taken by another of these"):
        await ports.ensure_free(twice)


async def test_all_taken_ports_are_named_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        taken = [one.getsockname()[1], other.getsockname()[1]]
        wanted = [ports.WantedPort(port, "a server", f"--option-{n}") for n, port in enumerate(taken)]
        with pytest.raises(PortTaken) as told:
            await ports.ensure_free([*wanted, ports.WantedPort(ports.free_port(), "a third", "--third")], patience=0.1)
    lines = str(told.value).splitlines()
    assert [line.split()[1] for line in lines] == [str(port) for port in taken]
    assert [line.split()[-1] for line in lines] == ["--option-0.", "--option-1."]


async def test_a_port_that_is_let_go_in_time_is_free() -> None:
    other = socket.create_server(("127.0.0.1", 0))
    asyncio.get_running_loop().call_later(0.2, other.close)
    port = other.getsockname()[1]
    await ports.ensure_free([ports.WantedPort(port, "the API", "--api-port")])
    socket.create_server(("127.0.0.1", port)).close()
    assert other.fileno() == -1, "it was waited for"


def test_free_ports_are_different_and_below_those_of_outgoing_connections() -> None:
    found = ports.free_ports(20)
    assert len(set(found)) == 20
    assert max(found) < 32_768


# Processes


async def test_a_child_that_ends_early_is_reported_with_the_end_of_its_own_log(tmp_path: Path) -> None:
    (tmp_path / "script.log").write_text("an earlier run\n")
    child = await Child.start(shell(tmp_path, "echo first; echo the reason >&2; exit 7"))
    with pytest.raises(ChildExited, match=r"exit code 7(?s:.*)first\nthe reason") as raised:
        await child.ready(never_healthy)
    assert "an earlier run" not in str(raised.value)


async def test_a_child_that_is_not_ready_in_time_is_reported(tmp_path: Path) -> None:
    child = await Child.start(shell(tmp_path, "echo starting; sleep 30"))

    async def starting() -> bool:
        return "starting" in child.tail()

    await child.ready(starting)
    with pytest.raises(ChildNotReady, match=r"not ready within 0\.2 seconds(?s:.*)starting"):
        await child.ready(never_healthy, within=0.2)
    await child.stop()


async def test_a_child_that_ignores_the_polite_signal_is_killed_after_its_grace(tmp_path: Path) -> None:
    child = await Child.start(shell(tmp_path, "trap '' TERM; echo deaf; while :; do sleep 1; done", grace=0.2))

    async def deaf() -> bool:
        return "deaf" in child.tail()

    await child.ready(deaf)
    await child.stop()
    assert await child.exited() == -signal.SIGKILL


async def test_a_child_that_can_stop_gracefully_does(tmp_path: Path) -> None:
    child = await Child.start(shell(tmp_path, "trap 'echo bye; exit 3' TERM; echo up; while :; do sleep 0.05; done"))

    async def up() -> bool:
        return "up" in child.tail()

    await child.ready(up)
    await child.stop()
    await child.stop()
    assert await child.exited() == 3
    assert child.tail() == "up\nbye"


async def test_killing_a_child_ends_its_whole_group(tmp_path: Path) -> None:
    child = await Child.start(shell(tmp_path, "sleep 60 & echo $!; wait"))

    async def grandchild() -> bool:
        return bool(child.tail())

    await child.ready(grandchild)
    child.kill()
    assert await child.exited() == -signal.SIGKILL
    assert await ended(int(child.tail()))


def test_a_program_that_is_not_installed_is_named_with_its_package() -> None:
    with pytest.raises(BinaryMissing, match=r"no-such-program.*Install the package some-package"):
        find_binary("no-such-program", "some-package")


async def test_a_server_that_was_not_started_has_no_process(tmp_path: Path) -> None:
    with pytest.raises(NotStarted, match="PostgreSQL has not been started"):
        _ = Postgres(tmp_path, ports.free_port()).child


# PostgreSQL


async def read(url: str, query: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def write(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture
async def postgres(tmp_path: Path) -> AsyncIterator[Postgres]:
    async with Postgres(tmp_path / "postgres", ports.free_port(), durable=False) as server:
        yield server


@pytest.mark.parametrize("durable", [True, False])
async def test_postgres_keeps_what_was_committed_over_kill_9_and_restart(tmp_path: Path, durable: bool) -> None:
    server = Postgres(tmp_path / "postgres", ports.free_port(), durable=durable)
    async with server:
        await write(server.url, "CREATE TABLE kept (number int)")
        await write(server.url, "INSERT INTO kept VALUES (42)")
        postmaster = server.child.pid
        server.child.kill()
        await server.child.exited()
    assert (tmp_path / "postgres" / "data" / "postmaster.pid").read_text().startswith(f"{postmaster}\n")
    async with server:
        assert await read(server.url, "SELECT number FROM kept") == 42
    async with server:
        assert await read(server.url, "SELECT number FROM kept") == 42


async def test_postgres_starts_when_a_stranger_has_the_process_number_in_its_mark(tmp_path: Path) -> None:
    server = Postgres(tmp_path / "postgres", ports.free_port(), durable=False)
    async with server:
        server.child.kill()
        await server.child.exited()
    mark = tmp_path / "postgres" / "data" / "postmaster.pid"
    lines = mark.read_text().splitlines()
    # Of the same account, or PostgreSQL would see by itself that this is not its own.
    account = unprivileged_account([])
    stranger = await Child.start(Program("a stranger", ["/bin/sleep", "60"], tmp_path / "log", account=account))
    mark.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
    async with server:
        assert await read(server.url, "SELECT 1") == 1
    assert stranger.running
    await stranger.stop()


async def test_postgres_survives_the_death_of_one_of_its_backends(postgres: Postgres) -> None:
    await write(postgres.url, "CREATE TABLE kept (number int)")
    backend = await read(postgres.url, "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'")
    os.kill(int(str(backend)), signal.SIGKILL)
    for _ in range(250):
        try:
            assert await read(postgres.url, "SELECT count(*) FROM kept") == 0
            break
        except (OSError, asyncpg.PostgresError):
            await asyncio.sleep(0.02)
    else:
        pytest.fail("PostgreSQL did not come back")


async def test_postgres_asks_for_its_password_and_listens_on_loopback_only(postgres: Postgres) -> None:
    password = postgres.url.split(":")[2].split("@")[0]
    with pytest.raises(asyncpg.InvalidPasswordError):
        await read(postgres.url.replace(password, "wrong"), "SELECT 1")
    assert await read(postgres.url, "SHOW listen_addresses") == "127.0.0.1"
    assert await read(postgres.url, "SHOW unix_socket_directories") == ""


async def test_two_servers_run_side_by_side_but_not_on_one_directory(tmp_path: Path, postgres: Postgres) -> None:
    async with Postgres(tmp_path / "other", ports.free_port(), durable=False) as other:
        await write(other.url, "CREATE TABLE only_here ()")
        assert await read(postgres.url, "SELECT to_regclass('only_here')") is None
    with pytest.raises(DirectoryInUse, match="is in use by another running program"):
        await Postgres(tmp_path / "postgres", ports.free_port()).start()
    assert await read(postgres.url, "SELECT 1") == 1


async def test_a_database_is_copied_from_a_template_and_removed_while_in_use(postgres: Postgres) -> None:
    template = await postgres.create_database("template_with_table")
    await write(template, "CREATE TABLE number (value int); INSERT INTO number VALUES (7)")
    copy = await postgres.create_database("copy", template="template_with_table")
    await write(copy, "UPDATE number SET value = 8")
    assert await read(copy, "SELECT value FROM number") == 8
    assert await read(template, "SELECT value FROM number") == 7

    user = await asyncpg.connect(copy)
    await postgres.drop_database("copy")
    await postgres.drop_database("copy")
    with pytest.raises((asyncpg.PostgresError, OSError, asyncpg.InterfaceError)):
        await user.fetchval("SELECT 1")
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await asyncpg.connect(copy)


async def test_the_log_of_postgres_does_not_quote_the_values_of_rows(tmp_path: Path, postgres: Postgres) -> None:
    connection = await asyncpg.connect(postgres.url)
    await connection.execute("CREATE TABLE person (bsn text UNIQUE)")
    await connection.execute("INSERT INTO person VALUES ($1)", "999990019")
    with pytest.raises(asyncpg.UniqueViolationError) as raised:
        await connection.execute("INSERT INTO person VALUES ($1)", "999990019")
    assert "999990019" in str(raised.value.detail)
    await connection.close()
    log = (tmp_path / "postgres" / "postgres.log").read_text()
    assert "duplicate key value" in log
    assert "999990019" not in log


async def test_postgres_starts_over_after_an_initialisation_that_was_cut_off(tmp_path: Path) -> None:
    draft = tmp_path / "postgres" / "data.draft"
    draft.mkdir(parents=True)
    (draft / "half").write_text("written before the crash")
    async with Postgres(tmp_path / "postgres", ports.free_port(), durable=False) as server:
        assert await read(server.url, "SELECT 1") == 1


async def test_data_of_another_version_or_another_account_is_refused(tmp_path: Path) -> None:
    server = Postgres(tmp_path / "postgres", ports.free_port(), durable=False)
    async with server:
        pass
    data = tmp_path / "postgres" / "data"
    (data / "PG_VERSION").write_text("17\n")
    with pytest.raises(OtherServerVersion, match="written by PostgreSQL 17; this is PostgreSQL 18"):
        await server.start()
    if os.geteuid() == 0:
        os.chown(data, 1, 1)
        with pytest.raises(DirectoryForeign, match="belongs to another account"):
            await server.start()


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user is who he is")
async def test_root_runs_postgres_without_rights_also_in_a_directory_closed_to_others(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    async with Postgres(closed / "postgres", ports.free_port(), durable=False) as server:
        status = status_of(server.child.pid)
        assert status["Uid"].split()[0] != "0"
        assert int(status["CapEff"], 16).bit_count() == 1
    assert closed.stat().st_mode & 0o777 == 0o700


# Temporal


def attributes(stage: str) -> TypedSearchAttributes:
    return TypedSearchAttributes([SearchAttributePair(STAGE, stage)])


async def test_temporal_keeps_workflows_timers_and_search_attributes_over_kill_9_and_restart(tmp_path: Path) -> None:
    port, ui_port = ports.free_ports(2)
    server = TemporalServer(tmp_path, port, ui_port=ui_port, search_attributes={"Stage": "Keyword"})
    async with server:
        client = await Client.connect(server.address)
        await client.start_workflow(
            Waiting.run, 30, id="waiting", task_queue="queue", search_attributes=attributes("offer")
        )
        assert server.ui_url is not None
        assert await ports.accepts(ui_port)
        server.child.kill()
        await server.child.exited()
    async with server:
        client = await Client.connect(server.address)
        described = await client.get_workflow_handle("waiting").describe()
        assert described.typed_search_attributes[STAGE] == "offer"
        async with Worker(client, task_queue="queue", workflows=[Waiting], workflow_runner=UnsandboxedWorkflowRunner()):
            quick = await client.execute_workflow(Waiting.run, 0, id="quick", task_queue="queue")
        assert quick
        namespace = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace="default"))
        assert namespace.config.workflow_execution_retention_ttl.ToTimedelta() == timedelta(days=3650)


async def test_two_temporal_servers_cannot_share_a_directory(tmp_path: Path) -> None:
    async with TemporalServer(tmp_path, ports.free_port()):
        with pytest.raises(DirectoryInUse):
            await TemporalServer(tmp_path, ports.free_port()).start()


async def test_the_virtual_clock_jumps_to_the_next_timer_unless_it_is_held(tmp_path: Path) -> None:
    async with VirtualTemporal(tmp_path, ports.free_port()) as server:
        client = await Client.connect(server.address)
        clock = VirtualClock(client)
        async with Worker(client, task_queue="queue", workflows=[Waiting], workflow_runner=UnsandboxedWorkflowRunner()):
            before = await clock.now()
            await client.execute_workflow(Waiting.run, 90, id="first", task_queue="queue")
            assert await clock.now() - before >= timedelta(days=90)

            async with clock.held():
                await clock.hold()
                before = await clock.now()
                second = await client.start_workflow(Waiting.run, 90, id="second", task_queue="queue")
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(second.result(), 1)
                assert await clock.now() - before < timedelta(minutes=1)
            await clock.release()
            await asyncio.wait_for(second.result(), 10)
            assert await clock.now() - before >= timedelta(days=90)


# Mail


def mail(message_id: str | None, text: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "mediation@example.org", "client@example.org", "Uw woning"
    if message_id:
        message["Message-ID"] = message_id
    message.set_content(text)
    return message


async def send(port: int, message: EmailMessage) -> None:
    def deliver() -> None:
        with smtplib.SMTP("127.0.0.1", port) as connection:
            connection.send_message(message)

    await asyncio.to_thread(deliver)


async def test_mail_is_kept_once_by_its_message_id_over_kill_9_and_restart(tmp_path: Path) -> None:
    server = MailServer(tmp_path, ports.free_port())
    async with server:
        await send(server.port, mail("<offer-1@example.org>", "Er is een woning: één kamer"))
        await send(server.port, mail("<offer-1@example.org>", "the same, sent again"))
        server.child.kill()
        await server.child.exited()
    async with server:
        await send(server.port, mail("<offer-1@example.org>", "the same, after the crash"))
        await send(server.port, mail("<offer-2@example.org>", "another"))
    assert server.mailbox.count() == MailCount(received=4, kept=2)
    assert server.mailbox.count().copies == 2
    first, second = server.mailbox.mails()
    assert first.get_content().splitlines() == ["Er is een woning: één kamer"]
    assert second["Message-ID"] == "<offer-2@example.org>"


async def test_mails_without_message_id_are_told_apart_by_their_content(tmp_path: Path) -> None:
    async with MailServer(tmp_path, ports.free_port(), durable=False) as server:
        for text in ("one", "two", "one"):
            await send(server.port, mail(None, text))
        assert server.mailbox.count() == MailCount(received=3, kept=2)


def test_a_mail_cut_off_by_a_crash_is_not_in_the_mailbox(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path)
    assert mailbox.count() == MailCount(received=0, kept=0)
    content = mail("<offer-1@example.org>", "whole").as_bytes()
    mailbox.deliver(content)
    [file] = tmp_path.glob("*.eml")
    file.rename(tmp_path / f".{file.stem}.draft")
    assert mailbox.mails() == []
    assert mailbox.deliver(content)
    assert [kept.get_content() for kept in mailbox.mails()] == ["whole\n"]


# All of them, when the program that started them is killed

_PARENT = """
import asyncio, sys
from pathlib import Path
from sandbox.embedded.mail import MailServer
from sandbox.embedded.postgres import Postgres
from sandbox.embedded.temporal import TemporalServer, VirtualTemporal

async def main(directory, one, two, three, four):
    servers = [Postgres(directory / "p", int(one)), TemporalServer(directory / "t", int(two)),
               VirtualTemporal(directory / "v", int(three)), MailServer(directory / "m", int(four))]
    for server in servers:
        await server.start()
    print(*(server.child.pid for server in servers), flush=True)
    await asyncio.sleep(600)

asyncio.run(main(Path(sys.argv[1]), *sys.argv[2:]))
"""


async def test_no_server_outlives_a_parent_that_is_killed_and_all_start_again(tmp_path: Path) -> None:
    chosen = ports.free_ports(4)
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _PARENT, str(tmp_path), *map(str, chosen)), stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    children = [int(number) for number in (await parent.stdout.readline()).split()]
    assert [runs(child) for child in children] == [True] * 4
    parent.kill()
    await parent.wait()
    async with (
        Postgres(tmp_path / "p", chosen[0]) as postgres,
        TemporalServer(tmp_path / "t", chosen[1]),
        VirtualTemporal(tmp_path / "v", chosen[2]),
        MailServer(tmp_path / "m", chosen[3]),
    ):
        assert await read(postgres.url, "SELECT 1") == 1
        assert [await ended(child) for child in children] == [True] * 4


def test_a_child_ends_with_the_thread_that_started_it(tmp_path: Path) -> None:
    started: list[int] = []

    async def start() -> None:
        child = await Child.start(shell(tmp_path, "echo up; sleep 60"))

        async def up() -> bool:
            return child.tail() == "up"

        await child.ready(up)
        started.append(child.pid)

    thread = threading.Thread(target=lambda: asyncio.run(start()))
    thread.start()
    thread.join()
    assert asyncio.run(ended(started[0]))
