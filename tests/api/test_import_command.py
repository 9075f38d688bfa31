"""`mediation import`: a spreadsheet's table on the command line, as a process against an API that serves."""

from pathlib import Path

from fastapi import FastAPI

from tests.api.desk import Desk, bsn
from tests.api.listening import listening
from tests.api.test_referral_import import HEADER, line
from tests.api.test_releases import DUTCH, hand
from tests.console.commands import Said, typed


async def test_tables_are_taken_in_from_the_command_line(desk: Desk, app: FastAPI, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"

    async def take_in(who: tuple[str, str], *words: str) -> Said:
        token = desk.issuer.issue(*who, subject="somebody")
        told = ("import", words[0], str(table), *words[1:], "--api", address)
        return await typed(tmp_path, *told, environment={"MEDIATION_TOKEN": token})

    async with listening(app, lifespan="off") as address:
        table.write_text(HEADER + line(desk, bsn(1)) + line(desk, bsn(2), rooms="twee"))
        tried = await take_in(desk.institution, "referrals", "--dry-run")
        assert (tried.code, tried.out) == (1, "1 would be referred, 0 were before\n")
        assert tried.err.startswith("line 3, kamers: ")
        table.write_text(HEADER + line(desk, bsn(1)))
        first = await take_in(desk.institution, "referrals")
        assert (first.code, first.out.splitlines()[-1]) == (0, "1 referred, 0 were before")
        again = await take_in(desk.institution, "referrals")
        assert again.out.splitlines() == [first.out.splitlines()[0], "0 referred, 1 were before"]
        table.write_text(DUTCH + "E-1;De Oever;haven;2;612,45;4-1-2026\nE-2;De Oever;haven;x;612,45;4-1-2026\n")
        refused = await take_in(hand(desk), "homes")
        assert (refused.code, refused.out) == (1, "")
        assert refused.err.startswith("line 3, rooms: ")
        assert (await take_in(hand(desk), "homes", "--skip-wrong")).out == "1 rows taken in\n"
