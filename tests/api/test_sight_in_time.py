"""Who sees a mediation, from when to when: every route, every role, before, during and after their part in it.

What one may not see is looked for in what is answered, on every route there is: one that is added later is asked too.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from domain.facts.parties import Role
from sandbox.driven import road
from sandbox.driven.home import home
from store.reports.catalogue import REPORTS
from tests.api.desk import Desk, Json, eventually
from tests.api.test_authorisation import routes
from tests.api.test_the_whole_way import DWELLING
from tests.domain.case import policy_of
from tests.town import BY_HAND, CLIENT

TERM = timedelta(weeks=2, days=1)
END_TERM = timedelta(weeks=13, days=1)


class Ask(NamedTuple):
    """A request that reads."""

    method: str
    path: str


def reading(app: FastAPI, mediation: str, **known: str) -> list[Ask]:
    """Every request that reads, of every route; one with a part that is not known here has no place in this test."""
    found = []
    for path, methods in routes(app).items():
        if "GET" in methods and path.startswith("/v1/"):
            found.append(Ask("GET", path.format(mediation=mediation, **known)))
    assert len(found) > 20
    return found


async def told(desk: Desk, who: tuple[str, str], asked: Iterable[Ask], secrets: Iterable[str]) -> dict[str, set[str]]:
    """Return what of these is told to somebody, by where."""
    found: dict[str, set[str]] = {}
    for method, path in asked:
        answer = await desk.http.request(method, path, headers=desk.headers(who))
        assert answer.status_code < 500, (path, answer.text)
        seen = {secret for secret in secrets if secret in answer.text}
        # a problem names the address that was asked for
        seen -= {secret for secret in secrets if answer.is_error and secret in path}
        if seen:
            found[path] = seen
    return found


class Case:
    """One mediation, and what tells of it."""

    def __init__(self, desk: Desk, app: FastAPI, mediation: str) -> None:
        self.desk = desk
        self.id = mediation
        self.secrets = (mediation, CLIENT.name, CLIENT.bsn, "D-1")
        town = desk.town
        self.asked = reading(
            app,
            mediation,
            report="council",
            municipality=town.municipality,
            webhook="wh-1",
            dwelling="D-1",
            message="bericht-1",
            organisation=town.corporation,
            corporation=town.corporation,
            letter="letter-1",
            caseworker="me",
            task="assess-1",
        )

    async def sees(self, who: tuple[str, str]) -> bool:
        """Tell whether somebody sees the mediation; who does not is told nothing of it on any route."""
        read = await self.desk.get(who, f"/v1/mediations/{self.id}")
        found = await told(self.desk, who, self.asked, self.secrets)
        assert (read.status_code == 200) == bool(found), (who, found)
        listed = [item["id"] for item in (await self.desk.read(who, "/v1/mediations"))["items"]]
        assert (self.id in listed) == (read.status_code == 200)
        return bool(found)

    async def reads(self, who: tuple[str, str], rest: str = "") -> Json:
        return await self.desk.read(who, f"/v1/mediations/{self.id}{rest}")

    async def command(self, **body: object) -> None:
        answer = await self.desk.post(self.desk.coordinator, f"/v1/mediations/{self.id}/commands", body)
        assert answer.status_code == 200, answer.text


@pytest.mark.slow  # every route is asked by ten readers at eight moments
@pytest.mark.timeout(180)
async def test_each_role_sees_it_from_and_until_their_part_in_it(desk: Desk, app: FastAPI) -> None:
    case = Case(desk, app, (await desk.start())["id"])
    stand_in = ("district_team", desk.town.by_hand[Role.DISTRICT_TEAM])
    always: tuple[tuple[str, str], ...] = (desk.coordinator, desk.auditor, desk.institution, desk.provider)
    never = (desk.elsewhere, desk.other_corporation, ("care_provider", desk.town.other_provider))

    async def who_sees(*some: tuple[str, str]) -> None:
        for who in (*always, *never, desk.team, desk.corporation, stand_in):
            assert await case.sees(who) == (who in (*always, *some)), who

    await who_sees()
    await desk.town.systems.corporation.staff("PUT", desk.town.corporation, "/dwellings", [DWELLING])
    await desk.answer(desk.coordinator, case.id, "check_readiness", result="ready", note="Dossier is compleet.")
    await desk.answer(desk.coordinator, case.id, "determine_origin", origin="almere")
    await who_sees(desk.team)
    first = (await case.reads(desk.team, "/events"))["items"][0]
    assert first["event"]["type"] != "mediation_started", "what was before its days is not told"

    task = await desk.task(case.id, "assess")
    await case.command(type="reassign_task", task=task["id"], owner=stand_in[1], note="Het team is ziek.")
    await who_sees(desk.team, stand_in)
    await desk.grant(case.id, by=stand_in)
    await eventually(lambda state: state if state["candidates"] else None, desk, case.id)
    await desk.answer(desk.coordinator, case.id, "make_offer", corporation=desk.town.corporation, dwelling="D-1")
    await desk.task(case.id, "answer_offer")
    await who_sees(desk.team, stand_in, desk.corporation)

    before = await case.reads(desk.corporation)
    await case.command(type="withdraw_offer", reason="let_otherwise")
    over = await case.reads(desk.corporation)
    assert over["offers"][0]["state"] == "withdrawn"
    events = (await case.reads(desk.corporation, "/events"))["items"]
    await case.command(type="correct_referral", changes={"householdSize": 2}, note="Er is een kind bij.")
    await case.command(type="pause_mediation", note="De cliënt is op reis.")
    later = await case.reads(desk.corporation)
    assert later == over, "neither a change, nor a pause, nor how much happened"
    assert (await case.reads(desk.corporation, "/events"))["items"] == events
    assert before["version"] < later["version"] < (await case.reads(desk.coordinator))["version"]
    note = await desk.post(
        stand_in, f"/v1/mediations/{case.id}/commands", {"type": "add_note", "note": "Nog iets van ons."}
    )
    assert (note.status_code, note.json()["rule"]) == (403, "not_yours")

    desk.clock.ahead += TERM
    await who_sees(desk.team)
    desk.clock.ahead -= TERM
    await case.command(type="resume_mediation", note="De cliënt is terug.")
    await case.command(type="report_death", source="family")
    await who_sees(desk.team, stand_in, desk.corporation)
    desk.clock.ahead += TERM
    await who_sees(desk.team)
    desk.clock.ahead += END_TERM
    always = (desk.coordinator, desk.auditor)
    await who_sees()


def test_a_route_that_reads_is_asked_in_this_test(app: FastAPI) -> None:
    """What is told only upon a body is named here, with the test of who is told what by it."""
    by_body = {"/v1/people/search": "tests/api/test_people.py: the municipality alone, its own clients"}
    writes = {
        path
        for path, methods in routes(app).items()
        if "POST" in methods and path.startswith("/v1/") and "/search" in path
    }
    assert writes == set(by_body)


ASKED_ELSEWHERE = {"/v1/transfers/{mediation}", "/v1/transfers/{mediation}/answer"}
"""The municipality that is asked to carry a mediation on takes no part in it: tests/api/test_transfers.py."""


def test_every_route_of_one_mediation_asks_who_may_see_it(app: FastAPI) -> None:
    def asks(route: APIRoute) -> set[str]:
        found, waiting = set(), [route.dependant]
        while waiting:
            one = waiting.pop()
            found.add(getattr(one.call, "__name__", ""))
            waiting += one.dependencies
        return found

    without = {
        inner.path
        for route in app.routes
        for inner in (getattr(route, "original_router", app.router).routes)
        if isinstance(inner, APIRoute) and "{mediation}" in inner.path and "in_sight" not in asks(inner)
    }
    assert without == ASKED_ELSEWHERE


HOME = home("EENHEID-77", complex="Complex Verborgen", district=BY_HAND)
"""A home whose number, complex, district and district team nothing else here is called by."""


@pytest.mark.slow  # a whole way to the keys, and every route asked by eight readers
@pytest.mark.timeout(240)
async def test_a_secret_address_is_told_on_no_route_to_who_need_not_know_it(desk: Desk, app: FastAPI) -> None:
    mediation = (await desk.start(addressSecret=True))["id"]
    case = Case(desk, app, mediation)
    receives = ("district_team", desk.town.by_hand[Role.DISTRICT_TEAM])
    place = ("EENHEID-77", "Complex Verborgen", BY_HAND, receives[1])
    breakdowns = [
        Ask("GET", f"/v1/reports/{report}?by={by}") for report in REPORTS for by in ("district", "corporation")
    ]
    asked = [*case.asked, *breakdowns, Ask("GET", "/v1/mediations?sort=changedAt"), Ask("GET", "/v1/reports/spread")]
    others = (desk.institution, desk.team, desk.auditor, desk.admin)

    async def told_to(*some: tuple[str, str]) -> dict[str, dict[str, set[str]]]:
        # the directory names every team and its district to who works there; it tells of no client
        open_to_all = {"/v1/directory", "/v1/woonwaaier"}
        seen = {who[1]: await told(desk, who, asked, place) for who in some}
        return {
            name: left
            for name, found in seen.items()
            if (left := {k: v for k, v in found.items() if k not in open_to_all})
        }

    await desk.town.systems.corporation.staff("PUT", desk.town.corporation, "/dwellings", [HOME])
    by = {Role(who[0]): who for who in (desk.coordinator, *others[:2], desk.corporation, desk.provider)}
    for step in road.to_the_keys(policy_of("almere"), await desk.today(), desk.town.corporation, "EENHEID-77"):
        if step.answer.kind == "make_offer":
            await eventually(lambda state: state if state["candidates"] else None, desk, mediation)
        if step.answer.kind == "hand_over_keys":
            break
        if step.answer.kind == "answer_offer":
            assert await told_to(*others, desk.provider) == {}
        await desk.answer(by[step.by], mediation, **step.body)
    await desk.settled(mediation)
    assert (await case.reads(desk.coordinator))["lease"]["keysOn"]
    assert await told_to(*others) == {}
    for who in (desk.coordinator, desk.provider, receives):
        assert set(place) == {one for found in (await told(desk, who, asked, place)).values() for one in found}, who
    refused = await desk.get(desk.auditor, "/v1/mediations", home="EENHEID-77")
    assert refused.status_code == 400, "nor is it found by the home"
