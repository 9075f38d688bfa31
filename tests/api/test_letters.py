"""The letters of a mediation by API: to whom, and what became of each; what came back is the municipality's task."""

from temporalio.client import Client

from activities.letters.mail import domain_of
from activities.letters.returns import came_back
from api.installation import Installation
from console.letters import take_in
from runtime.settings import Settings
from store.database import Pool
from tests.api.desk import AFTER_REOPENING, Desk, bsn, skip
from tests.letters.test_bounces import report, returned


async def test_the_municipality_sees_every_letter_and_a_partner_its_own(desk: Desk) -> None:
    mediation = (await desk.start(documents=[]))["id"]
    await desk.answer(desk.coordinator, mediation, "check_readiness", result="incomplete", missing=["identity"])
    await desk.settled(mediation)
    path = f"/v1/mediations/{mediation}/letters"
    every = (await desk.read(desk.coordinator, path))["items"]
    assert {(line["letter"], line["reader"], line["state"], line["channel"]) for line in every} >= {
        ("task_opened", desk.town.institution, "posted", "mail"),
        ("referral_received", desk.town.institution, "posted", "mail"),
    }
    own = (await desk.read(desk.institution, path))["items"]
    assert {line["reader"] for line in own} == {desk.town.institution}
    assert own == [line for line in every if line["reader"] == desk.town.institution]
    assert (await desk.get(desk.elsewhere, path)).status_code == 404


async def test_a_letter_that_came_back_is_a_task_once(desk: Desk, pool: Pool, client: Client) -> None:
    mediation = (await desk.start())["id"]
    await desk.settled(mediation)
    reference = await pool.fetchval(
        "SELECT reference FROM letter WHERE mediation = $1 AND reader = $2", mediation, desk.town.institution
    )
    for _ in range(2):
        assert await came_back(pool, client, reference, "bounce_5_1_1", await desk.clock.now())
    assert not await came_back(pool, client, "m-1.nothing.9.client", "bounce_5_1_1", await desk.clock.now())
    state = await desk.settled(mediation)
    assert [task["kind"] for task in state["tasks"]].count("resolve_delivery") == 1
    line = next(
        line
        for line in (await desk.read(desk.coordinator, f"/v1/mediations/{mediation}/letters"))["items"]
        if line["letter"] == "referral_received" and line["reader"] == desk.town.institution
    )
    assert (line["state"], line["code"]) == ("failed", "bounce_5_1_1")


async def test_a_letter_that_came_back_after_the_end_is_noted(desk: Desk, pool: Pool, client: Client) -> None:
    mediation = (await desk.start())["id"]
    response = await desk.post(
        desk.coordinator, f"/v1/mediations/{mediation}/commands", {"type": "withdraw", "source": "client"}
    )
    assert response.status_code == 200
    await desk.settled(mediation)
    reference = await pool.fetchval(
        "SELECT reference FROM letter WHERE mediation = $1 AND key LIKE '%:stopped-at-request-client-guide:%'",
        mediation,
    )
    await skip(desk, client, mediation, AFTER_REOPENING, ends=True)
    await client.get_workflow_handle(mediation).result()
    assert await came_back(pool, client, reference, "bounce_5_1_1", await desk.clock.now())
    states = await pool.fetch("SELECT state FROM letter WHERE reference = $1", reference)
    assert [row["state"] for row in states] == ["failed"]


async def test_a_task_is_given_to_an_organisation_of_its_owners_role_only(desk: Desk) -> None:
    mediation = (await desk.start())["id"]
    await desk.answer(desk.coordinator, mediation, "check_readiness", result="ready")
    path = f"/v1/mediations/{mediation}/commands"
    if any(task["kind"] == "determine_origin" for task in (await desk.settled(mediation))["tasks"]):
        await desk.answer(desk.coordinator, mediation, "determine_origin", origin=desk.town.municipality)
    task = (await desk.task(mediation, "assess"))["id"]

    async def give(owner: str) -> int:
        body = {"type": "reassign_task", "task": task, "owner": owner, "note": "Het team is ziek."}
        return (await desk.post(desk.coordinator, path, body)).status_code

    assert await give("nobody-knows") == 400
    assert await give(desk.town.provider) == 400
    assert await give(f"elsewhere-team-{desk.town.tag}") == 400
    assert await give(desk.town.municipality) == 409
    body = {"type": "take_over_task", "task": task, "note": "Het team antwoordt niet."}
    assert (await desk.post(desk.team, path, body)).status_code == 403
    taken = await desk.post(desk.coordinator, path, body)
    assert next(one for one in taken.json()["tasks"] if one["id"] == task)["owner"] == desk.town.municipality
    notes = (await desk.read(desk.coordinator, f"/v1/mediations/{mediation}/notes", purpose="contact"))["items"]
    assert "Het team antwoordt niet." in [note["text"] for note in notes]


async def test_the_command_takes_in_mail_that_came_back(desk: Desk, pool: Pool, served: Settings) -> None:
    mediation = (await desk.start())["id"]
    await desk.settled(mediation)
    reference = await pool.fetchval("SELECT reference FROM letter WHERE mediation = $1", mediation)
    ours = report(letter=returned(reference, domain_of(served.mail_from)))
    for _ in range(2):
        assert await take_in(served, [ours, report(), b"nonsense"]) == 1
    state = await desk.settled(mediation)
    assert [task["kind"] for task in state["tasks"]].count("resolve_delivery") == 1


async def test_a_client_is_written_to_in_the_language_that_the_referral_names(
    desk: Desk, installation: Installation
) -> None:
    person = {**desk.referral()["person"], "language": "en"}
    mediation = (await desk.start(person=person))["id"]
    assert (await installation.vault.person_of(mediation)).language == "en"
    wrong = await desk.post(
        desk.institution, "/v1/mediations", desk.referral(person={**person, "bsn": bsn(77), "language": "xx"})
    )
    assert wrong.status_code == 400
