"""A person moves home through the API alone: every step by the organisation whose step it is."""

from datetime import date, timedelta
from itertools import dropwhile

import pytest
from temporalio.client import Client

from domain.facts.parties import Role
from sandbox.driven import road
from sandbox.driven.home import home
from tests.api.desk import AFTER_REOPENING, Desk, Json, eventually, skip
from tests.domain.case import policy_of

DWELLING = home("D-1", district="haven")


async def house(desk: Desk, client: Client, mediation: str, begin: str = "check_readiness") -> None:
    """Bring a mediation from where it begins, which is its start unless said, to the follow-up call."""
    system = desk.town.systems.corporation
    await system.staff("PUT", desk.town.corporation, "/dwellings", [DWELLING])
    who = {
        Role(who[0]): who for who in (desk.coordinator, desk.team, desk.institution, desk.corporation, desk.provider)
    }
    after: Json = {}
    whole = road.to_the_keys(policy_of("almere"), await desk.today(), desk.town.corporation, "D-1")
    for step in dropwhile(lambda step: step.answer.kind != begin, whole):
        if step.answer.kind == "make_offer":
            state = await eventually(lambda state: state if state["candidates"] else None, desk, mediation)
            assert [c["dwelling"]["id"] for c in state["candidates"]] == ["D-1"]
            assert all(c["verdict"] == "met" or c["advisory"] for c in state["candidates"][0]["conditions"])
        after = await desk.answer(who[step.by], mediation, **step.body)
    planned = date.fromisoformat(after["lease"]["keysOn"])
    await skip(desk, client, mediation, timedelta(days=(planned - await desk.today()).days))
    for step in road.at_home(planned):
        await desk.answer(who[step.by], mediation, **step.body)


@pytest.mark.timeout(180)
async def test_a_person_moves_home_with_only_tokens_of_the_right_roles(desk: Desk, client: Client) -> None:
    started = await desk.start()
    mediation = started["id"]
    assert (started["stage"], started["actsNext"]) == ("readiness", ["almere"])
    await house(desk, client, mediation)
    called = await desk.task(mediation, "follow_up_call")
    await skip(
        desk, client, mediation, timedelta(days=(date.fromisoformat(called["due"][:10]) - await desk.today()).days)
    )
    asked = await desk.task(mediation, "follow_up_call")
    assert len(asked["script"]) > 3
    called_fine = await desk.answer(
        desk.coordinator, mediation, "follow_up_call", dayPart="morning", reached=True, result="fine"
    )
    assert (called_fine["stage"], called_fine["concluded"]) == ("conversion", "housed_follow_up_held")
    own_name = (await desk.today()).isoformat()
    closed = await desk.answer(desk.corporation, mediation, "decide_conversion", result="converted", on=own_name)
    assert (closed["stage"], closed["ended"], closed["tasks"]) == ("closed", True, [])
    whole = await desk.read(desk.coordinator, f"/v1/mediations/{mediation}")
    assert (whole["outcome"], whole["tasks"], whole["actsNext"]) == ("housed_follow_up_held", [], [])
    await skip(desk, client, mediation, AFTER_REOPENING, ends=True)
    recorded = await client.get_workflow_handle(mediation).result()
    assert recorded["outcome"] == "housed_follow_up_held"
    path, events = f"/v1/mediations/{mediation}/events", []
    for after in (0, 100):
        events += (await desk.read(desk.coordinator, path, after=after, limit=100))["items"]
    assert [e["sequence"] for e in events] == list(range(1, recorded["events"] + 1))
    assert {e["by"]["role"] for e in events} >= {"institution", "coordinator", "district_team", "corporation"}
    entered = [e["event"]["stage"] for e in events if e["event"]["type"] == "stage_entered"]
    assert entered == ["readiness", "assessment", "offer", "acceptance", "support_start", "follow_up", "conversion"]
