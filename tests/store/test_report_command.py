"""`mediation report` on a real database."""

import csv
import io
import json

import pytest

from runtime.settings import Settings
from store.database import Pool
from tests.console.commands import HOUSE, Said, typed
from tests.store.lives import settle

PERIOD = ("--from", "2026-01-01", "--to", "2029-12-31")


async def report(settings: Settings, *arguments: str) -> Said:
    """Run the command; return its exit code and what it printed."""
    return await typed(HOUSE, "report", *arguments, environment=settings.environment())


async def test_a_report_is_printed_as_table_json_and_csv(settings: Settings, pool: Pool) -> None:
    await settle(pool, 8)
    code, table, _ = await report(settings, "council", *PERIOD, "--municipality", "almere", "--definitions")
    assert code == 0
    assert "For the council: almere, 2026-01-01 to 2029-12-31" in table
    assert "  times: How many times a person set this rule aside" in table
    code, text, _ = await report(settings, "council", *PERIOD, "--format", "json")
    assert code == 0
    made = json.loads(text)
    assert (made["name"], made["municipality"], made["by"]) == ("council", None, None)
    cases = next(table for table in made["tables"] if table["name"] == "cases")
    assert {k: v for k, v in cases["rows"][-1].items() if k != "values"} == {"item": "all", "group": None}
    assert cases["rows"][-1]["values"]["mediations"] == 8
    half = ("--municipality", "almere", "--from", "2026-01-01", "--to", "2026-06-30", "--by", "target_group")
    code, text, err = await report(settings, "council", *half, "--format", "json")
    assert code == 0, err
    cases = next(table for table in json.loads(text)["tables"] if table["name"] == "cases")
    assert "sheltered_living" in {row["group"] for row in cases["rows"]}
    code, text, _ = await report(settings, "council", *PERIOD, "--format", "csv")
    assert code == 0
    lines = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    found = [line["value"] for line in lines if (line["table"], line["item"]) == ("cases", "all")]
    assert found[0] == "8"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nonsense",), "there is no report nonsense; choose aftercare, ceiling, council, leadtime"),
        (("council", "--from", "2026-02-01", "--to", "2026-01-01"), "before it begins"),
        (("council", "--from", "soon"), "does not match the format"),
        (("council", *PERIOD, "--by", "district", "--municipality", "almere"), "a calendar half-year that has ended"),
        (("council", "--by", "district"), "of one municipality"),
    ],
)
async def test_what_is_asked_wrongly_is_told_in_a_line(
    settings: Settings, arguments: tuple[str, ...], told: str
) -> None:
    code, out, err = await report(settings, *arguments)
    assert code > 0
    assert out == ""
    assert told in " ".join(err.replace("│", " ").split())
    assert "Traceback" not in err
