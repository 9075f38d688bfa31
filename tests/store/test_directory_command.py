"""`mediation directory`: the table is printed, judged and taken in, whole or not at all."""

from pathlib import Path

from runtime.settings import Settings
from store.database import Pool
from tests.console.commands import HOUSE, Said, typed


async def run(settings: Settings, *arguments: str) -> Said:
    """Run the command; return its exit code and what it said."""
    return await typed(HOUSE, "directory", *arguments, environment=settings.environment())


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
