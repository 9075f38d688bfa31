"""What would follow is told beforehand with its dates, is what then follows, and leaves no trace."""

from store.database import Pool, rows_of, tables
from tests.api.desk import Desk, Json

READY = {"kind": "check_readiness", "result": "ready"}


async def everything(pool: Pool) -> dict[str, list[str]]:
    return {table: await rows_of(pool, table) for table in await tables(pool)}


async def foreseen(desk: Desk, mediation: str, body: Json, task: str = "check_readiness-1", status: int = 200) -> Json:
    response = await desk.post(desk.coordinator, f"/v1/mediations/{mediation}/tasks/{task}/dry-run", body)
    assert response.status_code == status, response.text
    told: Json = response.json()
    return told


async def test_what_an_answer_would_lead_to_is_what_it_then_leads_to_and_nothing_is_recorded(
    desk: Desk, pool: Pool
) -> None:
    mediation = (await desk.start())["id"]
    before = (await desk.settled(mediation), await everything(pool))
    told = await foreseen(desk, mediation, READY)
    assert (await desk.settled(mediation), await everything(pool)) == before
    assert (told["closed"], told["stage"], told["subjectTo"]) == (["check_readiness-1"], "readiness", [])
    after = await desk.answer(desk.coordinator, mediation, "check_readiness", result="ready")
    (opened,) = told["opened"]
    (task,) = after["tasks"]
    assert opened["kind"] == task["kind"] == "determine_origin"
    assert opened["due"][:10] == task["due"][:10]
    events = (await desk.read(desk.coordinator, f"/v1/mediations/{mediation}/events"))["items"]
    assert [one["event"]["type"] for one in events if one["sequence"] > told["version"]] == told["events"]


async def test_a_choice_tells_who_is_written_to_and_which_term_stands_still(desk: Desk) -> None:
    mediation = (await desk.start(documents=["consent"]))["id"]
    answer = {"kind": "check_readiness", "result": "incomplete", "missing": ["identity"]}
    told = await foreseen(desk, mediation, answer)
    assert [task["kind"] for task in told["opened"]] == ["supplement"]
    assert desk.town.institution in {letter["organisation"] for letter in told["letters"]}
    assert [(clock["kind"], clock["standsStill"]) for clock in told["clocks"]] == [("decision_term", True)]


async def test_what_the_rules_refuse_is_refused_alike(desk: Desk) -> None:
    mediation = (await desk.start())["id"]
    wrong = {"kind": "check_readiness", "result": "incomplete"}
    asked = await foreseen(desk, mediation, wrong, status=409)
    real = await desk.post(desk.coordinator, f"/v1/mediations/{mediation}/tasks/check_readiness-1/answer", wrong)
    assert asked | {"instance": ""} == real.json() | {"instance": ""}
    await foreseen(desk, mediation, READY, task="check_readiness-9", status=404)


async def test_a_command_is_foreseen_too_and_only_by_the_municipality(desk: Desk) -> None:
    mediation = (await desk.start())["id"]
    where = f"/v1/mediations/{mediation}/commands/dry-run"
    pause = {"type": "pause_mediation", "note": "Het programma ligt stil."}
    told = (await desk.post(desk.coordinator, where, pause)).json()
    assert [task["kind"] for task in told["opened"]] == ["review_pause"]
    assert (await desk.read(desk.coordinator, f"/v1/mediations/{mediation}"))["pausedAt"] is None
    assert (await desk.post(desk.institution, where, pause)).status_code == 403
    assert (await desk.post(desk.elsewhere, where, pause)).status_code == 404
