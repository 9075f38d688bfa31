"""`mediation capacity`: an operator feeds a file, and lets the books be proved."""

from pathlib import Path

from runtime.settings import Settings
from store.database import Pool
from tests.console.commands import HOUSE, Said, typed
from tests.store.script import script


async def run(settings: Settings, *arguments: str) -> Said:
    """Run the command; return its exit code and what it said."""
    return await typed(HOUSE, "capacity", *arguments, environment=settings.environment())


async def test_the_check_exits_0_when_all_agrees_and_1_with_the_difference(settings: Settings, pool: Pool) -> None:
    await script("sign").play(pool)
    code, out, _ = await run(settings, "check")
    assert (code, out) == (0, "1 mediations, 0 differences\n")
    await pool.execute("UPDATE capacity SET used = 7")
    code, out, err = await run(settings, "check")
    assert (code, out) == (1, "1 mediations, 1 differences\n")
    assert "counted_places: almere 2026 within: 1 by the events, 7 in the store" in err
    assert await pool.fetchval("SELECT used FROM capacity") == 7, "it only reads"


async def test_a_file_is_taken_in_whole_or_each_wrong_line_is_told(
    settings: Settings, pool: Pool, tmp_path: Path
) -> None:
    file = tmp_path / "figures.csv"
    file.write_text("period;vacated\n2026-01;52\n2026-02;no\n")
    code, _, err = await run(settings, "feed", str(file), "--municipality", "almere")
    assert code == 1
    assert f"{file}: line 3, vacated: give a whole number in digits, such as 120" in err
    assert await pool.fetchval("SELECT count(*) FROM vacated") == 0
    file.write_text("period;vacated\n2026-01;52\n2026-02;48\n")
    code, out, _ = await run(settings, "feed", str(file), "--municipality", "almere")
    assert (code, out) == (0, "2 rows taken in: 2 new, 0 changed, 0 unchanged\n")
    assert await pool.fetchval("SELECT sum(vacated) FROM vacated WHERE municipality = 'almere'") == 100
    file.write_text("period;vacated\n2026-01;52\n2026-02;49\n2026-03;50\n")
    code, out, _ = await run(settings, "feed", str(file), "--municipality", "almere", "--dry-run")
    assert (code, out) == (0, "3 rows would be taken in: 1 new, 1 changed, 1 unchanged\n")
    assert await pool.fetchval("SELECT sum(vacated) FROM vacated WHERE municipality = 'almere'") == 100
    file.write_text("corporation,complex,most\nymere,De Oever,4\n")
    code, out, _ = await run(settings, "feed", str(file), "--municipality", "almere", "--figures", "complexes")
    assert (code, out) == (0, "1 rows taken in: 1 new, 0 changed, 0 unchanged\n")
    assert await pool.fetchval("SELECT most FROM complex") == 4
