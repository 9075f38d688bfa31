"""`mediation directory`: the table is printed, judged and taken in, whole or not at all."""

import csv
import io
from pathlib import Path

from domain.facts.watched import Notified
from runtime.settings import Settings
from store import directory_notices
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


async def test_two_people_are_named_for_where_letters_go_or_why_there_is_one(
    settings: Settings, pool: Pool, tmp_path: Path
) -> None:
    table = (await run(settings, "export"))[1]
    file = tmp_path / "directory.csv"
    lines = table.splitlines(keepends=True)
    before = next(csv.DictReader(io.StringIO(table, newline="")))["mail"]
    lines[1] = lines[1].replace(before, "elders@almere.example")
    file.write_text("".join(lines))
    for wrong in (
        [],
        ["--proposed-by", "jd"],
        ["--confirmed-by", "mk"],
        ["--proposed-by", "jd", "--confirmed-by", "JD"],
        ["--proposed-by", "j d", "--confirmed-by", "mk"],
        ["--proposed-by", "jd", "--confirmed-by", "mk", "--alone", "emergency"],
        ["--alone", "because"],
    ):
        code, _, _ = await run(settings, "import", str(file), *wrong)
        assert code != 0, wrong
    assert await pool.fetchval("SELECT count(*) FROM directory_change") == 1
    code, out, err = await run(settings, "import", str(file), "--proposed-by", "jd", "--confirmed-by", "mk")
    assert (code, out) == (0, "1 organisations changed\n"), err
    file.write_text(table)
    assert (await run(settings, "import", str(file), "--alone", "emergency"))[0] == 0
    by = [row["by"] for row in await pool.fetch("SELECT by FROM directory_change ORDER BY revision")]
    assert by[1:] == ["operator:jd+mk", "operator (emergency)"]
    notices = await directory_notices.waiting(pool)
    assert [(one.told, one.reader.mail) for one in notices] == [
        (Notified.CHANGED, before),
        (Notified.CHANGED, "elders@almere.example"),
    ]
