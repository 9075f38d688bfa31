"""`mediation directory`: the table is printed, judged and taken in, whole or not at all."""

import asyncio
import os
import sys
from pathlib import Path

from runtime.settings import Settings
from store.database import Pool
from tests.api.test_capacity_command import environment


async def run(settings: Settings, *arguments: str) -> tuple[int, str, str]:
    """Run the command; return its exit code and what it said."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli", "directory", *arguments),
        env=os.environ | environment(settings),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode or 0, out.decode(), err.decode()


async def test_the_table_is_exported_checked_and_imported(settings: Settings, pool: Pool, tmp_path: Path) -> None:
    code, table, _ = await run(settings, "export")
    assert code == 0
    assert table.startswith("id,role,name,")
    file = tmp_path / "directory.csv"
    file.write_text(table.replace(",almere,almere,", ",Gemeente Almere,almere,", 1))
    code, out, err = await run(settings, "check", str(file))
    assert (code, out) == (0, "almere changes\n1 organisations would change\n"), err
    assert await pool.fetchval("SELECT count(*) FROM directory_change") == 1, "it changes nothing"
    code, out, _ = await run(settings, "import", str(file), "--from", "2099-01-01")
    assert (code, out) == (0, "1 organisations changed\n")
    assert "Gemeente Almere" not in (await run(settings, "export"))[1]
    assert "Gemeente Almere" in (await run(settings, "export", "--on", "2099-01-01"))[1]


async def test_what_is_wrong_is_told_by_line_and_nothing_is_taken_in(
    settings: Settings, pool: Pool, tmp_path: Path
) -> None:
    file = tmp_path / "directory.csv"
    file.write_text("id;role;name;mail\nalmere;coordinator;Almere;nobody\n")
    for command in ("check", "import"):
        code, _, err = await run(settings, command, str(file))
        assert code == 1
        assert f"{file}: line 2, mail: " in err
    code, _, err = await run(settings, "import", str(file), "--from", "2001-01-01")
    assert code == 1
    assert await pool.fetchval("SELECT count(*) FROM directory_change") == 1
