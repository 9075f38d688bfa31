"""docs/audit.md against `mediation up`: an auditor types it from top to bottom, and it prints what it says."""

import asyncio
from pathlib import Path

import pytest

from tests.acceptance import installation
from tests.acceptance.installation import COORDINATOR, INSTITUTION, referral
from tests.api.desk import person
from tests.docs.blocks import ROOT, Terminal, blocks, differs, steps
from tests.docs.test_connect_up import ports_of

DOCUMENT = ROOT / "docs" / "audit.md"


@pytest.mark.slow("an installation is started, and a dozen commands")
@pytest.mark.timeout(300)
async def test_what_an_auditor_types_prints_what_the_document_says(tmp_path: Path) -> None:
    async with installation.installed(tmp_path / "up") as up:
        mediation = str((await up.command(INSTITUTION, "/v1/mediations", referral(person(7)), "refer")).json()["id"])
        task = await up.task(mediation, "check_readiness")
        path = f"/v1/mediations/{mediation}/tasks/{task['id']}/answer"
        await up.command(COORDINATOR, path, {"kind": "check_readiness", "result": "ready"}, "ready")
        await up.task(mediation, "determine_origin")
        typed = 0
        with Terminal(tmp_path / "shell", up.data, ports_of(up.ports)) as terminal:
            terminal.seen = f"{mediation}\n"
            for block in blocks(DOCUMENT, "console"):
                for command, told in steps(terminal.here(block.text)):
                    printed = await asyncio.to_thread(terminal.type, command)
                    assert differs(printed, told) is None, f"{command}\nprints\n{printed}\nand not\n{told}"
                    typed += 1
    assert typed >= 19


def test_no_command_stands_in_a_block_that_is_not_typed() -> None:
    assert blocks(DOCUMENT, "sh", "bash", "shell", "text") == []
