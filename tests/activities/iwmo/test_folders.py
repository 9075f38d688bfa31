"""Messages as files: ours are there whole or not at all, theirs are taken in once and put aside."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from temporalio.testing import ActivityEnvironment

from activities.iwmo.codes import MessageKind
from activities.iwmo.folders import Folders
from activities.iwmo.reception import Reception
from activities.iwmo.transport import NAMED, FolderDrop, drop, file_name, transport_to
from activities.partner import PartnerAway, Partners
from domain.facts.parties import Role
from runtime.directory import Directory, Organisation
from runtime.systems import FolderTransport, Iwmo
from store import care_messages
from store.database import Pool
from store.vault import Vault
from tests.activities.iwmo.samples import AGB, MUNICIPALITY, start_xml


class Workflows:
    """Temporal, as far as it is asked to see to messages."""

    def __init__(self) -> None:
        self.started: list[str] = []

    async def start_workflow(self, name: str, message: str, **options: Any) -> None:
        assert (name, options["id"]) == ("CareMessage", message)
        self.started.append(message)


def organisations(folder: Path) -> list[Organisation]:
    where = FolderTransport(kind="folder", outgoing=folder / "out", incoming=folder / "in")
    common: dict[str, Any] = {"municipalities": ("almere",), "mail": "x@example.org"}
    return [
        Organisation(id="almere", role=Role.COORDINATOR, name="Almere", code=MUNICIPALITY, **common),
        Organisation(
            id="kwintes",
            role=Role.CARE_PROVIDER,
            name="Kwintes",
            system=Iwmo(kind="iwmo", agb=AGB, transport=where),
            **common,
        ),
    ]


def contents(folder: Path) -> dict[str, bytes]:
    """Every file in a folder."""
    return {file.name: file.read_bytes() for file in folder.iterdir()}


async def collect(pool: Pool, vault: Vault, folder: Path, times: int = 1) -> list[str]:
    """Look in the folder; return which messages are to be seen to."""
    directory, temporal = Directory(organisations(folder)), Workflows()
    folders = Folders(Reception(pool, vault, directory), directory, temporal, "queue")  # type: ignore[arg-type]
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, activity_type="CollectMessages")
    for _ in range(times):
        await environment.run(folders.collect_messages)
    return temporal.started


async def test_a_file_is_taken_in_once_and_put_aside(pool: Pool, vault: Vault, tmp_path: Path) -> None:
    inbox = tmp_path / "in"
    inbox.mkdir()
    (inbox / "WMO305-1.xml").write_bytes(start_xml())
    (inbox / ".WMO305-2.xml.part").write_bytes(b"half")
    (message,) = await collect(pool, vault, tmp_path, times=2)
    assert sorted(file.name for file in inbox.iterdir()) == [".WMO305-2.xml.part", "taken"]
    kept = await care_messages.message(pool, message)
    assert kept is not None
    assert (kept.kind, kept.sender, kept.provider, kept.codes) == ("WMO305", AGB, "kwintes", None)
    assert "Testpersoon" in await vault.message(kept.item)
    # The same message under another name is the same message.
    (inbox / "WMO305-3.xml").write_bytes(start_xml())
    assert await collect(pool, vault, tmp_path) == [message]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("WMO305-1.xml", b"<a", "malformed"),
        ("WMO307-1.xml", start_xml(), "other_message"),
        ("brief.xml", start_xml(), "other_message"),
        ("WMO305-1.xml", start_xml() + b" " * 300_000, "too_long"),
        ("WMO305-1.xml", start_xml(sender="00000000"), "wrong_sender"),
        ("WMO305-1.xml", start_xml(receiver="9999"), "unknown_receiver"),
    ],
)
async def test_what_is_wrong_is_put_aside_with_the_reason(
    pool: Pool, vault: Vault, tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    inbox = tmp_path / "in"
    inbox.mkdir()
    (inbox / name).write_bytes(content)
    assert await collect(pool, vault, tmp_path) == []
    reason = (inbox / "rejected" / f"{name}.txt").read_text()
    assert reason.startswith(code)
    assert "Testpersoon" not in reason
    assert (inbox / "rejected" / name).exists()


async def test_a_folder_that_is_away_holds_up_nobody(pool: Pool, vault: Vault, tmp_path: Path) -> None:
    assert await collect(pool, vault, tmp_path) == []


async def test_our_message_is_a_whole_file_with_a_name_of_its_own(tmp_path: Path) -> None:
    where = FolderTransport(kind="folder", outgoing=tmp_path, incoming=tmp_path)
    name = file_name(MessageKind.ALLOCATION, "0034", "DM0000000001")
    assert NAMED.fullmatch(name)
    async with httpx.AsyncClient() as http:
        carrier = transport_to(Partners(http, Directory([])), where)
    assert isinstance(carrier, FolderDrop)
    for _ in range(2):
        await carrier.send(MessageKind.ALLOCATION, name, b"<whole/>")
    assert contents(tmp_path) == {name: b"<whole/>"}


async def test_a_folder_that_cannot_be_written_is_away(tmp_path: Path) -> None:
    where = FolderTransport(kind="folder", outgoing=tmp_path / "gone", incoming=tmp_path)
    with pytest.raises(PartnerAway):
        await FolderDrop(where).send(MessageKind.ALLOCATION, "x.xml", b"")


def test_a_crash_while_writing_leaves_no_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(descriptor: int) -> None:
        raise OSError

    monkeypatch.setattr("os.fsync", crash)
    with pytest.raises(OSError):  # noqa: PT011 - any of them
        drop(tmp_path / "WMO301.xml", b"<whole/>")
    assert [file.name for file in tmp_path.iterdir() if file.suffix == ".xml"] == []


async def test_a_message_that_breaks_what_reads_it_holds_up_no_other(
    pool: Pool, vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox, taken = tmp_path / "in", Reception.take
    inbox.mkdir()
    (inbox / "WMO305-1.xml").write_bytes(start_xml().replace(b"Testpersoon", b"Breekijzer"))
    (inbox / "WMO305-2.xml").write_bytes(start_xml())

    async def take(self: Reception, provider: Organisation, kind: MessageKind, content: bytes, now: Any) -> Any:
        if b"Breekijzer" in content:
            raise ZeroDivisionError("Breekijzer")
        return await taken(self, provider, kind, content, now)

    monkeypatch.setattr(Reception, "take", take)
    assert len(await collect(pool, vault, tmp_path)) == 1
    assert (inbox / "taken" / "WMO305-2.xml").exists()
    assert (inbox / "rejected" / "WMO305-1.xml.txt").read_text() == "not_understood Bericht\n"
