"""Mediations and tasks belong to people of the municipality: given, handed over, and covered while somebody is away."""

from datetime import timedelta

import httpx

from store.database import Pool
from tests.api.desk import Desk, Json, person


class Colleague:
    """One person of the municipality."""

    def __init__(self, desk: Desk, name: str) -> None:
        self.desk, self.name = desk, name
        self.id = ""

    async def ask(self, method: str, path: str, status: int = 200, body: Json | None = None, **query: str) -> Json:
        token = self.desk.issuer.issue(*self.desk.coordinator, subject=self.name)
        headers = {"Authorization": f"Bearer {token}"}
        answer: httpx.Response = await self.desk.http.request(
            method, f"/v1{path}", headers=headers, json=body, params=query
        )
        assert answer.status_code == status, answer.text
        told: Json = answer.json()
        return told

    async def entered(self) -> "Colleague":
        known = await self.ask("PUT", "/caseworkers/me", body={"name": self.name})
        self.id = next(one["id"] for one in known["items"] if one["me"])
        return self


async def test_a_caseworker_is_known_by_the_name_they_gave_and_by_no_name_in_the_database(
    idle: Desk, pool: Pool
) -> None:
    sanne = await Colleague(idle, "Sanne de Boer").entered()
    emre = await Colleague(idle, "Emre Kaya").entered()
    known = (await sanne.ask("GET", "/caseworkers"))["items"]
    assert [(one["name"], one["me"]) for one in known] == [("Sanne de Boer", True), ("Emre Kaya", False)]
    await idle.http.request("GET", "/v1/caseworkers")
    emre.name = "Emre Kaya"
    await emre.ask("PUT", "/caseworkers/me", body={"name": "E. Kaya"})
    known = (await sanne.ask("GET", "/caseworkers"))["items"]
    assert [one["name"] for one in known] == ["Sanne de Boer", "E. Kaya"]
    assert "Sanne" not in str(await pool.fetch("SELECT * FROM caseworker"))
    assert (await idle.get(idle.elsewhere, "/v1/caseworkers")).json() == {"items": []}
    for who in (idle.institution, idle.auditor, idle.admin, idle.corporation):
        assert (await idle.get(who, "/v1/caseworkers")).status_code == 403


async def test_a_mediation_and_a_task_are_given_and_every_change_is_kept(desk: Desk) -> None:
    sanne, emre = await Colleague(desk, "Sanne").entered(), await Colleague(desk, "Emre").entered()
    mediation = (await desk.start())["id"]
    whole, task = f"/mediations/{mediation}/caseworker", f"/mediations/{mediation}/tasks/check_readiness-1/caseworker"
    assert await sanne.ask("PUT", whole, body={"caseworker": "me"}) == {"caseworker": sanne.id, "changed": True}
    assert await sanne.ask("PUT", whole, body={"caseworker": "me"}) == {"caseworker": sanne.id, "changed": False}
    await sanne.ask("PUT", task, body={"caseworker": emre.id})
    await emre.ask("PUT", task, body={"caseworker": None})
    assert (await emre.ask("PUT", task, body={"caseworker": None}))["changed"] is False
    history = (await sanne.ask("GET", f"/mediations/{mediation}/assignments"))["items"]
    assert [(one["by"], one["task"], one["before"], one["after"]) for one in history] == [
        (sanne.id, None, None, sanne.id),
        (sanne.id, "check_readiness-1", None, emre.id),
        (emre.id, "check_readiness-1", emre.id, None),
    ]
    assert (await desk.get(desk.auditor, f"/v1/mediations/{mediation}/assignments")).status_code == 200
    assert (await desk.get(desk.institution, f"/v1/mediations/{mediation}/assignments")).status_code == 403
    await emre.ask("PUT", f"/mediations/{mediation}/tasks/assess-9/caseworker", 404, {"caseworker": "me"})
    nobody = await emre.ask("PUT", whole, 400, {"caseworker": "u-" + "0" * 32})
    assert [error["field"] for error in nobody["errors"]] == ["caseworker"]
    elsewhere = await desk.http.put(f"/v1{whole}", headers=desk.headers(desk.elsewhere), json={"caseworker": "me"})
    assert elsewhere.status_code == 404


async def test_a_whole_caseload_is_handed_over_and_then_nothing_is_left(desk: Desk) -> None:
    sanne, emre = await Colleague(desk, "Sanne").entered(), await Colleague(desk, "Emre").entered()
    first, second = (await desk.start())["id"], (await desk.start(person=person(1)))["id"]
    for mediation in (first, second):
        await sanne.ask("PUT", f"/mediations/{mediation}/caseworker", body={"caseworker": "me"})
    await sanne.ask("PUT", f"/mediations/{first}/tasks/check_readiness-1/caseworker", body={"caseworker": "me"})
    await emre.ask("DELETE", f"/caseworkers/{sanne.id}", 409)
    only = {"to": emre.id, "mediations": [second]}
    assert await sanne.ask("POST", "/caseworkers/me/hand-over", body=only) == {"mediations": 1, "tasks": 0}
    rest = {"to": emre.id}
    assert await sanne.ask("POST", "/caseworkers/me/hand-over", body=rest) == {"mediations": 1, "tasks": 1}
    assert await sanne.ask("POST", "/caseworkers/me/hand-over", body=rest) == {"mediations": 0, "tasks": 0}
    known = (await emre.ask("DELETE", f"/caseworkers/{sanne.id}"))["items"]
    assert [(one["id"], one["mediations"], one["tasks"]) for one in known] == [(emre.id, 2, 1)]
    gone = await emre.ask("POST", "/caseworkers/me/hand-over", 400, {"to": sanne.id})
    assert [error["field"] for error in gone["errors"]] == ["to"]
    history = (await emre.ask("GET", f"/mediations/{second}/assignments"))["items"]
    assert [(one["after"], one["handedOver"]) for one in history] == [(sanne.id, False), (emre.id, True)]


async def test_days_of_absence_are_covered_by_somebody_who_is_there(idle: Desk) -> None:
    sanne, emre = await Colleague(idle, "Sanne").entered(), await Colleague(idle, "Emre").entered()
    today = await idle.today()
    day = {n: (today + timedelta(days=n)).isoformat() for n in (-3, -1, 0, 3, 9, 20)}

    async def covered(by: Colleague, first: int, last: int, status: int = 200) -> Json:
        body = {"from": day[first], "to": day[last], "coveredBy": (emre if by is sanne else sanne).id}
        return await by.ask("PUT", "/caseworkers/me/absence", status, body)

    known = await covered(sanne, 3, 9)
    assert known["items"][0]["absences"] == [{"from": day[3], "to": day[9], "coveredBy": emre.id}]
    assert [error["field"] for error in (await covered(emre, 9, 20, 400))["errors"]] == ["coveredBy"]
    assert [error["field"] for error in (await covered(sanne, 9, 3, 400))["errors"]] == ["to"]
    assert [error["field"] for error in (await covered(sanne, -3, -1, 400))["errors"]] == ["to"]
    await emre.ask("DELETE", f"/caseworkers/{emre.id}", 409)
    known = await covered(sanne, -3, 20)
    assert known["items"][0]["absences"] == [{"from": day[-3], "to": day[20], "coveredBy": emre.id}]
    known = await sanne.ask("DELETE", "/caseworkers/me/absence")
    assert known["items"][0]["absences"] == []
    await covered(emre, 0, 3)
