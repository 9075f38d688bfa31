"""A coordinator walks the whole road with an invented client: no partner's system hears of it, and letters say so."""

import asyncio
import re
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from temporalio.client import Client

from activities.partner import Partners
from runtime.outbound import Outbound
from sandbox.driven import road
from sandbox.driven.home import home
from sandbox.embedded.mail import MailServer
from store.database import Pool
from tests.api.desk import Desk, Json, bsn, everything, person, skip
from tests.api.test_links import LINK
from tests.domain.case import policy_of
from tests.town import CLIENT


async def begin(desk: Desk, **changes: Any) -> str:
    """Start a trial as the municipality."""
    response = await desk.post(desk.coordinator, "/v1/mediations", desk.referral(test=True, **changes))
    assert response.status_code == 201, response.text
    assert response.json()["test"] is True
    return str(response.json()["id"])


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every request to a partner's system, by any adapter."""
    seen: list[str] = []
    send, call = Partners.send, Outbound.call

    async def sending(self: Partners, method: str, url: str, **request: Any) -> httpx.Response:
        seen.append(f"{method} {url}")
        return await send(self, method, url, **request)

    async def calling(self: Outbound, method: str, url: str, *request: Any, **more: Any) -> Any:
        seen.append(f"{method} {url}")
        return await call(self, method, url, *request, **more)

    monkeypatch.setattr(Partners, "send", sending)
    monkeypatch.setattr(Outbound, "call", calling)
    return seen


@pytest.mark.slow("a whole road through the API, with the time until the keys")
@pytest.mark.timeout(180)
async def test_a_coordinator_walks_the_whole_road_and_no_system_of_a_partner_is_asked_anything(
    desk: Desk, client: Client, asked: list[str], mail: MailServer, pool: Pool
) -> None:
    system = desk.town.systems.corporation
    await system.staff("PUT", desk.town.corporation, "/dwellings", [home("D-1", district="haven")])
    reports = await figures(desk)
    mediation = await begin(desk)
    after: Json = {}
    for step in road.to_the_keys(policy_of("almere"), await desk.today(), desk.town.corporation, "PROEF-1"):
        if step.answer.kind == "answer_offer":
            await desk.answer(desk.coordinator, mediation, "confirm_offer", number="PROEF")
        after = await desk.answer(desk.coordinator, mediation, **step.body)
    undelivered = await desk.task(mediation, "resolve_delivery")
    assert undelivered["ownerRole"] == "coordinator", "the receiving team is told by nobody but a person"
    planned = date.fromisoformat(after["lease"]["keysOn"])
    await skip(desk, client, mediation, timedelta(days=(planned - await desk.today()).days))
    for step in road.at_home(planned):
        await desk.answer(desk.coordinator, mediation, **step.body)
    state = await desk.settled(mediation)
    assert (state["stage"], state["test"]) == ("follow_up", True)
    assert asked == []
    assert await system.records(desk.town.corporation, "/offers", mediation) == []
    assert await desk.town.systems.provider.messages(desk.town.provider) == []
    letters = [m for m in mail.mailbox.mails() if str(m["X-Mediation-Effect"]).strip().startswith(f"{mediation}:")]
    assert len(letters) > 5
    for letter in mail.mailbox.mails():
        assert letter["Subject"].startswith("PROEF: "), letter["Subject"]
        body = letter.get_body(("plain",))
        assert body is not None
        assert body.get_content().startswith("PROEF. Dit is een proef. De persoon in dit bericht is verzonnen.")
    assert await figures(desk) == reports
    assert await pool.fetchval("SELECT count(*) FROM open_person") == 0


async def figures(desk: Desk) -> list[Json]:
    """Every report, without the moment at which it was made."""
    made = []
    for name in ("leadtime", "stages", "refusals", "shortage", "aftercare", "council", "workload", "service", "quota"):
        path = f"/v1/reports/{name}"
        report = await desk.read(desk.coordinator, path, **{"from": "2026-01-01", "to": "2030-12-31"})
        made.append({key: value for key, value in report.items() if key != "madeAt"})
    return made


async def test_only_the_municipality_begins_one(desk: Desk) -> None:
    refused = await desk.post(desk.institution, "/v1/mediations", desk.referral(test=True))
    assert refused.status_code == 403, refused.text
    assert (refused.json()["rule"], refused.json()["errors"][0]["field"]) == ("not_yours", "test")
    wrong = await desk.post(desk.coordinator, "/v1/mediations", desk.referral(test="perhaps"))
    assert wrong.status_code == 400


async def test_an_invented_client_is_nobody_else_also_with_the_number_of_somebody_real(desk: Desk, pool: Pool) -> None:
    real = (await desk.start(test=False))["id"]
    other = desk.referral()["person"] | {"surname": "Verzonnen", "mail": "proef@almere.example"}
    trials = [await begin(desk, person=other) for _ in range(2)]
    people = {row["id"]: row["person"] for row in await pool.fetch("SELECT id, person FROM mediation")}
    assert len({people[one] for one in (real, *trials)}) == 3
    shown = await desk.read(desk.coordinator, f"/v1/mediations/{real}/person", purpose="decide")
    assert (shown["surname"], shown["mail"]) == (CLIENT.surname, CLIENT.mail)


async def test_lists_and_work_show_what_is_a_trial_and_choose_by_it(desk: Desk) -> None:
    trial = await begin(desk)
    real = (await desk.start(person=person(7) | {"bsn": bsn(7)}))["id"]
    for path, key in (("/v1/mediations", "id"), ("/v1/work", "mediation")):
        for query, wanted in (({}, {trial, real}), ({"test": "true"}, {trial}), ({"test": "false"}, {real})):
            items = await everything(desk, desk.coordinator, path, **query)
            assert {one[key] for one in items} == wanted
            assert all(one["test"] is (one[key] == trial) for one in items)
    work = await desk.read(desk.coordinator, "/v1/work", test="true")
    assert sum(work["counts"].values()) == 1
    (inbox,) = [one for one in (await desk.read(desk.coordinator, "/v1/tasks"))["items"] if one["mediation"] == trial]
    assert inbox["test"] is True
    events = (await desk.read(desk.coordinator, "/v1/events"))["items"]
    assert {one["mediation"] for one in events} == {real}


@pytest.mark.parametrize(("language", "said"), [("nl", "PROEF. De persoon is verzonnen."), ("en", "TEST. ")])
async def test_the_page_of_a_link_says_that_it_is_a_trial(
    desk: Desk, mail: MailServer, language: str, said: str
) -> None:
    mediation = await begin(desk)
    await desk.answer(desk.coordinator, mediation, "check_readiness", result="incomplete", missing=["identity"])
    found: list[tuple[str, str]] = []
    for _ in range(400):
        bodies = [m.get_body(("plain",)) for m in mail.mailbox.mails()]
        if found := re.findall(LINK, "\n".join(body.get_content() for body in bodies if body)):
            break
        await asyncio.sleep(0.025)
    [(path, _)] = found
    page = await desk.http.get(path, params={"lang": language})
    assert said in page.text
    assert (await desk.http.post(f"{path}/code", data={"lang": language})).status_code == 200
    [code] = [one for one in mail.mailbox.mails() if re.search(r"\b[0-9]{6}\b", one.get_content())]
    assert code["Subject"] == "PROEF: Uw code"
    assert said.split(".")[0] in code.get_content()
