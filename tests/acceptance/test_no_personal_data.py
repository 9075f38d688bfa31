"""No personal data anywhere but in the vault: an installation is searched from its logs to its database files.

A search that finds nothing proves nothing unless it can see: at the end each place is given what it must find.
"""

import asyncio
import os
import signal
from collections.abc import Iterable

import asyncpg
import httpx
import pytest
from temporalio.client import Client

from domain.facts.parties import Role
from runtime.codec import EncryptionCodec
from runtime.plugin import connect
from sandbox.embedded.mailbox import text_parts
from sandbox.embedded.postgres import binaries
from sandbox.leaks import Marks, in_files, in_history
from sandbox.stack import PARTNER_ROLES
from store import database
from tests.acceptance.installation import (
    COORDINATOR,
    INSTITUTION,
    Json,
    Up,
    children_of,
    command_line,
    referral,
    steps,
)

BSN = "999993653"
PERSON: Json = {
    "bsn": BSN,
    "name": "Xaverine Quackenbosch",
    "firstNames": "Xaverine",
    "surname": "Quackenbosch",
    "bornOn": "1987-12-29",
    "mail": "xaverine.quackenbosch@canary-client.example",
    "phone": "+31612345679",
    "guide": {"name": "Zebulon Wijdeveldt", "mail": "zebulon@canary-guide.example", "phone": "+31612345670"},
}
TEXTS = ["Kanariegele bank, tweede deur", "Verkeerd gespeld: Quackenbos", "Bang voor de buurman Ottokar", "Ruzie thuis"]
"""What people write in notes: on a note, a correction, a refusal and a withdrawal."""
GUIDE = PERSON["guide"]
CANARIES = [
    *(PERSON["bsn"], PERSON["name"], "Xaverine", "Quackenbos", PERSON["bornOn"], PERSON["mail"], PERSON["phone"]),
    *(GUIDE["name"], "Zebulon", "Wijdeveldt", GUIDE["mail"], GUIDE["phone"], *TEXTS, "Kanariegele", "Ottokar"),
    *("06 12345679", "06 12345670"),
]
MARKS = Marks(CANARIES)


class Heard:
    """Every answer that left the API: where it was asked, its headers and what it said."""

    def __init__(self) -> None:
        self.addresses: list[str] = []
        self.answers: list[bytes] = []

    async def __call__(self, response: httpx.Response) -> None:
        await response.aread()
        self.addresses += [str(response.url), *response.headers.values()]
        self.answers.append(response.content)


@pytest.mark.slow("a whole installation is started, walked through and searched")
@pytest.mark.timeout(300)
async def test_a_person_is_known_to_the_vault_and_to_nobody_else(up: Up) -> None:
    heard = Heard()
    up.http.event_hooks["response"].append(heard)
    mediation = await hard_life(up)
    refused = len(heard.answers)
    await provoke(up, mediation)
    up.http.event_hooks["response"].clear()
    client = await connect(up.settings)
    await up.settled(client, mediation)

    found = {"histories": await in_temporal(client, up, mediation), "tables": await in_tables(up)}
    found["metrics"] = MARKS.found_in((await metrics(up)).encode())
    found["mails"] = in_mails(up)
    found["addresses"] = MARKS.found_in("\n".join(heard.addresses).encode())
    found["problems"] = MARKS.found_in(b"\n".join(heard.answers[refused:]))
    found["dump"] = MARKS.found_in(await dump(up))
    files = [file for file in up.data.rglob("*") if file.is_file() and file.suffix not in {".eml", ".pid"}]
    assert any(file.name == "temporal.db-wal" for file in files)
    assert len([file for file in files if file.suffix == ".log"]) >= 6
    theirs = {file for file in files if file.name.startswith("care_provider.sqlite")}
    assert in_files(MARKS, theirs), "a provider knows whom it supports: it was told by message"
    in_everything = in_files(MARKS, [*(set(files) - theirs), up.log])
    assert {place: marks for place, marks in found.items() if marks} == {}
    assert in_everything == {}
    await the_search_sees(up, client, mediation)


async def hard_life(up: Up) -> str:
    """A mediation with a note, a correction, a refusal, another offer, letters and partners that are away."""
    await up.release("D-1", "D-2")
    await partners(up)
    response = await up.command(INSTITUTION, "/v1/mediations", referral(PERSON), "start")
    mediation: str = response.json()["id"]
    path = f"/v1/mediations/{mediation}/commands"
    await up.command(COORDINATOR, path, {"type": "add_note", "note": TEXTS[0]}, "note")
    correction = {"type": "correct_referral", "changes": {"householdSize": 2}, "note": TEXTS[1]}
    await up.command(INSTITUTION, path, correction, "correction")
    [mail] = [pid for pid in children_of(up.pid) if "sandbox.embedded.mail" in command_line(pid)]
    os.kill(mail, signal.SIGKILL)
    way = steps("D-1")
    offering = [step.kind for step in way].index("make_offer")
    for step in way[: offering + 1]:
        await answer(up, mediation, step.who, step.kind, step.answer, "1")
    refusal = {"accept": False, "reason": "safety", "note": TEXTS[2]}
    await answer(up, mediation, INSTITUTION, "answer_offer", refusal, "1")
    await answer(up, mediation, COORDINATOR, "judge_refusal", {"valid": True}, "1")
    for step in steps("D-2")[offering:]:
        await answer(up, mediation, step.who, step.kind, step.answer, "2")
    await up.command(COORDINATOR, path, {"type": "withdraw", "source": "client", "note": TEXTS[3]}, "withdraw")
    return mediation


async def answer(up: Up, mediation: str, who: tuple[str, str], kind: str, given: Json, key: str) -> None:
    """Answer one task, once it can be answered."""
    task = await up.task(mediation, kind)
    if dwelling := given.get("dwelling"):
        await up.seen(mediation, lambda state: dwelling in {c["dwelling"]["id"] for c in state["candidates"]})
    path = f"/v1/mediations/{mediation}/tasks/{task['id']}/answer"
    await up.command(who, path, {"kind": kind, **given}, f"{kind}-{key}")


ASKED = {
    Role.CORPORATION: "create_aanbieding",
    Role.CARE_PROVIDER: "receive_message",
    Role.DISTRICT_TEAM: "request_assessment",
}
"""What fails at first. (A corporation that cannot list its dwellings is only asked again the next day.)"""


async def partners(up: Up) -> None:
    """Let every partner be away at the first attempt."""
    async with httpx.AsyncClient(trust_env=False) as http:
        for role in PARTNER_ROLES:
            url = up.ports.url(getattr(up.ports, role.value))
            fault = {"fault": "unavailable", "attempts": 1, "operation": ASKED[role]}
            (await http.put(f"{url}/faults", json=[fault])).raise_for_status()


async def provoke(up: Up, mediation: str) -> None:
    """Send what is wrong, with personal data where none belongs."""
    headers = up.headers(INSTITUTION, "provoked")
    wrong = [
        {**referral(PERSON), "targetGroup": BSN, "householdSize": PERSON["name"]},
        {**referral({**PERSON, "phone": PERSON["name"]}), "burgerservicenummer": BSN},
        {**referral(PERSON), "district": PERSON["mail"]},
    ]
    answers = [await up.http.post("/v1/mediations", headers=headers, json=body) for body in wrong]
    as_json = headers | {"Content-Type": "application/json"}
    half = f'{{"bsn": "{BSN}"'.encode()
    answers.append(await up.http.post("/v1/mediations", headers=as_json, content=half))
    task = f"/v1/mediations/{mediation}/tasks/sign_lease-1/answer"
    answers.append(await up.http.post(task, headers=headers, json={"kind": "sign_lease", "form": PERSON["name"]}))
    late = {"type": "add_note", "note": TEXTS[0]}
    answers.append(await up.http.post(f"/v1/mediations/{mediation}/commands", headers=headers, json=late))
    assert [response.status_code for response in answers] == [400, 400, 400, 400, 400, 409]
    async with httpx.AsyncClient(base_url=up.http.base_url, trust_env=False) as misled:
        for query in (f"/v1/mediations/{BSN}", f"/v1/mediations?owner={PERSON['mail']}", f"/{PERSON['name']}"):
            assert (await misled.get(query, headers=up.headers(COORDINATOR))).status_code in {400, 404}


async def in_temporal(client: Client, up: Up, mediation: str) -> set[str]:
    """Search every history, also decrypted, and what a workflow shows of itself."""
    found: set[str] = set()
    codec = EncryptionCodec(up.settings.key_ring)
    executions = [execution async for execution in client.list_workflows()]
    assert mediation in [execution.id for execution in executions]
    for execution in executions:
        handle = client.get_workflow_handle(execution.id)
        found |= await in_history(MARKS, await handle.fetch_history(), codec)
        description = (await handle.describe()).raw_description
        shown = description.workflow_execution_info.search_attributes.indexed_fields
        assert shown or execution.id != mediation
        found |= MARKS.found_in(description.SerializeToString())
    return found


async def in_tables(up: Up) -> set[str]:
    """Search every row of every table."""
    async with database.connect(up.owner_url) as pool:
        names = await database.tables(pool)
        assert {"vault_item", "event", "command", "effect", "request"} <= set(names)
        return {mark for name in names for row in await database.rows_of(pool, name) for mark in of(row)}


def of(text: str) -> Iterable[str]:
    """The canaries in a text."""
    return MARKS.found_in(text.encode())


async def dump(up: Up) -> bytes:
    """What a backup of PostgreSQL holds."""
    process = await asyncio.create_subprocess_exec(
        binaries() / "pg_dump", "--inserts", up.owner_url, stdout=asyncio.subprocess.PIPE
    )
    written, _ = await process.communicate()
    assert process.returncode == 0
    assert b"vault_item" in written
    return written


async def metrics(up: Up) -> str:
    """The page of the worker's figures."""
    async with httpx.AsyncClient(trust_env=False) as http:
        page = await http.get(f"{up.ports.url(up.ports.metrics)}/metrics")
    assert "temporal_" in page.text
    return page.text


def in_mails(up: Up) -> set[str]:
    """Search the mails, but for the address line without which none would arrive."""
    mails = up.mailbox.mails()
    addresses = {str(mail["To"]) for mail in mails}
    assert {PERSON["mail"], GUIDE["mail"]} <= addresses
    found: set[str] = set()
    for mail in mails:
        del mail["To"]
        found |= MARKS.found_in(mail.as_bytes()) | MARKS.found_in(text_parts(mail).encode())
    return found


async def the_search_sees(up: Up, client: Client, mediation: str) -> None:
    """Plant a canary in every place: the search finds each."""
    codec = EncryptionCodec(up.settings.key_ring)
    history = await client.get_workflow_handle(mediation).fetch_history()
    assert await in_history(Marks(["check_readiness"]), history, codec) == {"check_readiness"}

    plain = await Client.connect(up.settings.temporal_address)
    await plain.start_workflow("Control", PERSON["name"], id="control", task_queue="nobody", memo={"bsn": BSN})
    control = await plain.get_workflow_handle("control").fetch_history()
    assert {PERSON["name"], BSN} <= await in_history(MARKS, control, codec)
    files = list((up.data / "temporal").glob("temporal.db*"))
    seen = in_files(MARKS, files).values()
    assert {PERSON["name"], BSN} <= {mark for marks in seen for mark in marks}

    log = up.data / "worker.log"
    with log.open("a") as lines:
        lines.write(f'{{"event": "{PERSON["mail"]}"}}\n')
    assert PERSON["mail"] in in_files(MARKS, [log])[log]

    connection = await asyncpg.connect(up.owner_url)
    await connection.execute("CREATE TABLE planted (fact json)")
    await connection.execute("INSERT INTO planted VALUES ($1)", f'{{"phone": "{PERSON["phone"]}"}}')
    await connection.close()
    assert await in_tables(up) == {PERSON["phone"]}
    assert MARKS.found_in(await dump(up)) == {PERSON["phone"]}
    assert in_files(MARKS, (file for file in (up.data / "postgres").rglob("*") if file.is_file()))
