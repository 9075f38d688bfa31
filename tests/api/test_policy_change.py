"""A municipality previews another version of its policy for one mediation, and adopts it."""

from dataclasses import replace
from datetime import datetime

import pytest
from fastapi import FastAPI

from api.installation import Installation
from domain.policy.policy import Policy
from runtime.policies import Policies
from tests.api.desk import Desk
from tests.domain.case import policy_of

NEW = "2026-12-01"


@pytest.fixture
def app(app: FastAPI, installation: Installation) -> FastAPI:
    """The API of an installation that has two versions of Almere's policy; the later one begins tomorrow's way."""
    document = policy_of("almere").model_dump(mode="json") | {"version": NEW}
    document["tasks"]["check_readiness"] |= {"due": "15 working days"}
    app.state.installation = replace(installation, policies=Policies([policy_of("almere")]))
    app.state.later = replace(installation, policies=Policies([policy_of("almere"), Policy.model_validate(document)]))
    return app


def a_new_version_comes(app: FastAPI) -> None:
    app.state.installation = app.state.later


async def test_what_is_previewed_is_what_comes(desk: Desk, app: FastAPI) -> None:
    started = await desk.start()
    path = f"/v1/mediations/{started['id']}/policy"
    a_new_version_comes(app)
    preview = await desk.read(desk.coordinator, path)
    assert (preview["current"]["version"], preview["proposed"]["version"]) == (policy_of("almere").version, NEW)
    [change] = preview["changes"]
    assert (change["subject"], change["kind"], change["held"]) == ("check_readiness-1", "check_readiness", False)
    assert change["before"] == started["tasks"][0]["due"] < change["after"]
    body = {"version": NEW, "note": "De nieuwe verordening geldt."}
    response = await desk.post(desk.coordinator, path, body, "k", If_Match=f'"{preview["version"]}"')
    assert response.status_code == 200, response.text
    after = response.json()
    assert after["policy"]["version"] == NEW
    assert after["policy"]["digest"] == preview["proposed"]["digest"]
    assert [task["due"] for task in after["tasks"]] == [change["after"]]
    assert datetime.fromisoformat(after["tasks"][0]["openedAt"]) == datetime.fromisoformat(
        started["tasks"][0]["openedAt"]
    )
    assert (await desk.post(desk.coordinator, path, body, "k")).text == response.text, "sent twice, done once"
    assert (await desk.read(desk.coordinator, f"/v1/mediations/{started['id']}"))["policy"]["version"] == NEW
    again = await desk.post(desk.coordinator, path, body)
    assert (again.status_code, again.json()["rule"]) == (409, "policy_adopted_already")
    events = await desk.read(desk.coordinator, f"/v1/mediations/{started['id']}/events")
    assert [item["event"]["type"] for item in events["items"]][-2:] == ["policy_adopted", "task_rescheduled"]
    assert "verordening" not in str(events), "the reason is in the vault"


async def test_only_the_municipality_looks_and_decides_and_only_for_a_version_in_force(
    desk: Desk, app: FastAPI
) -> None:
    path = f"/v1/mediations/{(await desk.start())['id']}/policy"
    a_new_version_comes(app)
    body = {"note": "Reden."}
    assert (await desk.get(desk.institution, path)).status_code == 403
    assert (await desk.post(desk.institution, path, body)).status_code == 403
    assert (await desk.get(desk.auditor, path)).status_code == 403
    assert (await desk.get(desk.elsewhere, path)).status_code == 404
    unknown = await desk.get(desk.coordinator, path, version="2020-01-01")
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (400, "version")
    assert (await desk.post(desk.coordinator, path, {"version": NEW})).status_code == 400, "a reason must be given"
    moved = await desk.post(desk.coordinator, path, body, If_Match='"1"')
    assert moved.status_code == 412
