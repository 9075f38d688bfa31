"""Referrals from a spreadsheet: each line is a mediation of its own, told by line and column, and never doubled."""

from typing import Any

import httpx
import pytest

from store.database import Pool
from tests.api.desk import Desk, Json, bsn, person

PATH = "/v1/referrals"
HEADER = (
    "Gemeente;Zorgaanbieder;Wijk;BSN;Voornamen;Voorvoegsel;Achternaam;Geboortedatum;E-mail;Begeleider;Doelgroep;"
    "Aantal personen;Kamers;Hoogste huur;Documenten;Toegankelijk;Kenmerk\r\n"
)
PAPERS = "toestemming, identiteitsbewijs, woongeschiedenis, inkomensverklaring, gereedheidsverklaring"


def line(desk: Desk, number: str, **changes: str) -> str:
    """A line of a table as an institution keeps it."""
    cells = {
        "municipality": desk.town.municipality,
        "provider": desk.town.provider,
        "district": "haven",
        "bsn": number,
        "first": "Noor",
        "prefix": "de",
        "surname": "Wit",
        "born": "12-4-1991",
        "mail": "noor@example.org",
        "guide": "Sam Bakker",
        "group": "Beschermd wonen",
        "size": "1",
        "rooms": "2",
        "rent": "€ 650,00",
        "documents": PAPERS,
        "accessible": "nee",
        "own": "",
    } | changes
    return ";".join(cells.values()) + "\r\n"


async def send(desk: Desk, text: str, who: tuple[str, str] | None = None, *, dry_run: bool = False) -> httpx.Response:
    headers = desk.headers(who or desk.institution) | {"Content-Type": "text/csv"}
    return await desk.http.post(
        PATH, headers=headers, content=("\ufeff" + text).encode(), params={"dryRun": str(dry_run).lower()}
    )


async def taken(desk: Desk, text: str, *, dry_run: bool = False) -> Json:
    answered = await send(desk, text, dry_run=dry_run)
    assert answered.status_code == 200, answered.text
    told: Json = answered.json()
    return told


def wrong(told: Json) -> list[tuple[int, str]]:
    return [(one["line"], one["field"]) for one in told["wrong"]]


async def mediations(pool: Pool) -> int:
    count: int = await pool.fetchval("SELECT count(*) FROM mediation")
    return count


async def test_a_dutch_table_refers_and_the_same_file_again_refers_nobody_twice(desk: Desk, pool: Pool) -> None:
    text = HEADER + line(desk, bsn(1)) + line(desk, bsn(2), own="2026-014")
    tried = await taken(desk, text, dry_run=True)
    assert (tried["new"], tried["items"], await mediations(pool)) == (2, [], 0)
    first = await taken(desk, text)
    assert (first["rows"], first["new"], first["unchanged"], first["wrong"]) == (2, 2, 0, [])
    again = await taken(desk, text)
    assert (again["new"], again["unchanged"], again["items"]) == (0, 2, first["items"])
    assert await mediations(pool) == 2
    shown = await desk.read(desk.coordinator, f"/v1/mediations/{first['items'][0]['mediation']}")
    assert (shown["reference"], shown["stage"]) == (first["items"][0]["reference"], "readiness")
    needs = shown["referral"]["needs"]
    assert (needs["rentLimitCents"], needs["rooms"]) == (65_000, 2)
    client = await desk.read(desk.coordinator, f"/v1/mediations/{shown['id']}/person", purpose="contact")
    assert (client["surname"], client["bornOn"]) == ("Wit", "1991-04-12")


async def test_a_trial_run_tells_whom_it_could_not_refer(desk: Desk, pool: Pool) -> None:
    await taken(desk, HEADER + line(desk, bsn(1)))
    again = HEADER + line(desk, bsn(1), own="2026-020") + line(desk, bsn(2), own="2026-021")
    tried, sent = [await taken(desk, again, dry_run=dry) for dry in (True, False)]
    assert tried["new"] == sent["new"] == 1
    assert tried["wrong"] == sent["wrong"]
    assert [(one["line"], one["field"]) for one in tried["wrong"]] == [(2, "row")]


async def test_a_wrong_line_is_told_by_column_and_harms_only_itself(desk: Desk, pool: Pool) -> None:
    text = HEADER + "".join(
        (
            line(desk, "123456789"),
            line(desk, bsn(3), born="1-13-1991"),
            line(desk, bsn(4), district="mars", rooms="twee"),
            line(desk, bsn(5), group="bakker"),
            line(desk, bsn(6), guide=""),
            line(desk, bsn(7)),
            line(desk, bsn(7), surname="Zwart"),
            line(desk, bsn(8), provider="nobody-known"),
        )
    )
    told = await taken(desk, text)
    fields = ["bsn", "geboortedatum", "kamers", "doelgroep", "begeleider", "bsn", "zorgaanbieder"]
    assert [one["field"] for one in told["wrong"]] == fields
    assert [one["line"] for one in told["wrong"]] == [2, 3, 4, 5, 6, 8, 9]
    assert (told["new"], await mediations(pool)) == (1, 1)
    said = str(told["wrong"])
    assert not [one for one in ("123456789", "Wit", "Noor", "Zwart", "bakker", "noor@") if one in said]


async def test_a_line_that_was_sent_with_other_data_is_no_second_referral(desk: Desk, pool: Pool) -> None:
    await taken(desk, HEADER + line(desk, bsn(9)))
    told = await taken(desk, HEADER + line(desk, bsn(9), surname="Zwart"))
    assert (wrong(told), await mediations(pool)) == ([(2, "bsn")], 1)
    other = await taken(desk, HEADER + line(desk, bsn(9), own="second"))
    assert wrong(other) == [(2, "row")], "the client has a mediation that is open"


async def test_nothing_of_a_client_is_logged(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    await taken(desk, HEADER + line(desk, bsn(10)) + line(desk, bsn(11), born="x"))
    logged = capsys.readouterr()
    assert "referrals imported" in logged.out + logged.err
    for told in (bsn(10), bsn(11), "Wit", "noor@example.org", "Bakker"):
        assert told not in logged.out + logged.err


async def test_json_lines_are_held_to_the_same(desk: Desk) -> None:
    rows: list[Any] = [desk.referral(person=person(12)), desk.referral(person=person(13), householdSize=0), "x"]
    answered = await desk.http.post(PATH, headers=desk.headers(desk.institution), json={"rows": rows})
    told = answered.json()
    assert (told["new"], wrong(told)[0]) == (1, (2, "householdSize"))
    assert {line for line, _ in wrong(told)} == {2, 3}


async def test_what_is_no_table_of_referrals_is_refused_and_partners_send_none(idle: Desk) -> None:
    for text in ("", "a;b\n1;2\n", HEADER + '"x'):
        answered = await send(idle, text)
        assert (answered.status_code, answered.json()["type"]) == (
            400,
            "urn:direct-mediation:problem:invalid-referrals",
        )
    many = await send(idle, HEADER + line(idle, bsn(1)) * 201)
    assert "at most 200" in many.json()["detail"]
    for who in (idle.corporation, idle.team, idle.provider, idle.auditor, idle.admin):
        assert (await send(idle, HEADER, who)).status_code == 403, who
