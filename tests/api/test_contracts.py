"""Who may be chosen: whoever works for the municipality, has a valid contract, and has a place left."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock

import pytest

from api.contracts import check_chosen
from api.problems import Invalid
from domain.facts.calendar import Calendar
from domain.facts.parties import Role
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages.commands import AnswerTask, AnyCommand, ChangeProvider
from runtime.clock import SystemClock
from runtime.directory import Directory, Organisation
from store.database import Pool
from tests.api.desk import Desk, eventually, person
from tests.api.test_care_messages import accepted
from tests.api.test_directory import agreed, line_of, table
from tests.domain.case import NOTE, along
from tests.store.script import script
from tests.tampering import tamper

EARLIER, LATER = (Calendar().today(datetime.now(UTC)) + timedelta(days=days) for days in (-1, 1))


def one(name: str, role: Role = Role.CARE_PROVIDER, **facts: Any) -> Organisation:
    facts = {"municipalities": ("almere",), **facts}
    return Organisation(id=name, role=role, name=name, mail=f"{name}@x.nl", **facts)


ORGANISATIONS = [
    one("almere", Role.COORDINATOR),
    one("lelystad", Role.COORDINATOR, municipalities=("lelystad",)),
    one("good"),
    one("team", Role.DISTRICT_TEAM),
    one("ended", valid_to=EARLIER),
    one("later", valid_from=LATER),
    one("elsewhere", municipalities=("lelystad",)),
    one("kwintes", places=1),
    one("ymere", Role.CORPORATION, places=0),
    one("alliantie", Role.CORPORATION, places=1),
]
BRIDGE, OTHER = "bridge", "other_provider"


def change(provider: str) -> AnyCommand:
    return ChangeProvider(by=along().municipality, provider=provider, note=NOTE)


def bridge(way: Any, by: str) -> AnyCommand:
    return AnswerTask(by=along().municipality, task="bridge_support-1", answer=a.BridgeAnswer(way=way, by=by))


def offer(corporation: str) -> AnyCommand:
    answer = a.MatchAnswer(corporation=corporation, dwelling="D-1")
    return AnswerTask(by=along().municipality, task="make_offer-1", answer=answer)


def named(team: str) -> AnyCommand:
    answer = a.ReceivingTeamAnswer(team=team)
    return AnswerTask(by=along().municipality, task="name_receiving_team-1", answer=answer)


async def refused(pool: Pool, command: AnyCommand) -> str | None:
    """Which field of a command is refused; None when it is not."""
    today = AsyncMock(return_value=Calendar().today(await SystemClock().now()))
    here: Any = SimpleNamespace(directory=Directory(ORGANISATIONS), pool=pool, today=today)
    state = along().m
    parties = replace(state.parties, corporations=("ymere", "alliantie"))
    try:
        await check_chosen(here, replace(state, parties=parties), command)
    except Invalid as wrong:
        (told,) = wrong.members["errors"]
        return str(told.field)
    return None


@pytest.mark.parametrize("name", ["nobody", "ended", "later", "elsewhere"])
async def test_who_has_no_valid_contract_here_is_not_chosen(pool: Pool, name: str) -> None:
    assert await refused(pool, change(name)) == "provider"
    assert await refused(pool, bridge(OTHER, name)) == "by"
    assert await refused(pool, bridge(BRIDGE, name)) == "by"


async def test_who_receives_the_client_is_a_district_team_that_works_here(pool: Pool) -> None:
    assert await refused(pool, named("team")) is None
    for name in ("nobody", "good", "almere", "later", "elsewhere"):
        assert await refused(pool, named(name)) == "team"


async def test_who_supports_is_a_provider_or_a_team_and_anybody_who_works_here_may_bridge(pool: Pool) -> None:
    for name in ("good", "team"):
        assert await refused(pool, change(name)) is None
        assert await refused(pool, bridge(OTHER, name)) is None
    assert await refused(pool, change("ymere")) == "provider"
    assert await refused(pool, bridge(OTHER, "almere")) == "by"
    assert await refused(pool, bridge(BRIDGE, "almere")) is None


async def test_a_provider_is_chosen_until_its_places_are_used_by_the_clients_it_supports_now(pool: Pool) -> None:
    assert await refused(pool, change("kwintes")) is None
    case = script("start_support")
    await case.play(pool)
    assert await refused(pool, change("kwintes")) == "provider"
    assert await refused(pool, bridge(OTHER, "kwintes")) == "by"
    await pool.execute("UPDATE mediation SET closed_at = now(), outcome = 'died'")
    assert await refused(pool, change("kwintes")) is None, "the mediation ended"
    await pool.execute("UPDATE mediation SET closed_at = NULL, outcome = NULL")
    case.do(change("good"))
    await case.play(pool)
    assert await refused(pool, change("kwintes")) is None, "another provider supports the client now"


async def test_a_corporation_offers_what_was_agreed(pool: Pool) -> None:
    assert await refused(pool, offer("ymere")) == "corporation"
    assert await refused(pool, offer("alliantie")) is None
    await script("match").play(pool)
    await tamper(pool, "UPDATE kept_dwelling SET corporation = 'alliantie'")
    assert await refused(pool, offer("alliantie")) == "corporation"
    assert await refused(pool, offer("somebody-else")) is None, "that is for the rules to refuse"


async def test_a_referral_to_a_provider_without_a_place_is_refused_and_the_same_key_is_answered_alike(
    desk: Desk,
) -> None:
    await places(desk, desk.town.provider, "1")
    first = await desk.start("one")
    other = desk.referral(person=person(7))
    full = await desk.post(desk.institution, "/v1/mediations", other)
    assert (full.status_code, [e["field"] for e in full.json()["errors"]]) == (400, ["careProvider"])
    assert (await desk.start("one"))["id"] == first["id"]
    await places(desk, desk.town.provider, "2")
    assert (await desk.post(desk.institution, "/v1/mediations", other)).status_code == 201


@pytest.mark.timeout(120)
async def test_a_provider_whose_contract_has_ended_is_not_asked_in_anothers_place(desk: Desk) -> None:
    mediation = await accepted(desk)
    await desk.answer(desk.provider, mediation, "confirm_support", unable=True)
    rows = await table(desk, desk.coordinator)
    line_of(rows, desk.town.other_provider)["valid_to"] = (await desk.today() - timedelta(days=1)).isoformat()
    assert (await agreed(desk, desk.coordinator, rows)).status_code == 200
    task = await desk.task(mediation, "bridge_support")
    path = f"/v1/mediations/{mediation}/tasks/{task['id']}/answer"
    asked = {"kind": "bridge_support", "way": "other_provider", "by": desk.town.other_provider}
    response = await desk.post(desk.coordinator, path, asked)
    assert (response.status_code, [e["field"] for e in response.json()["errors"]]) == (400, ["by"])
    assert "not valid" in response.text
    own = await desk.post(desk.coordinator, path, asked | {"by": desk.town.team})
    assert own.status_code == 200, own.text
    await eventually(lambda s: s if s["support"]["provider"] == desk.town.team else None, desk, mediation)


async def places(desk: Desk, name: str, number: str) -> None:
    rows = await table(desk, desk.coordinator)
    line_of(rows, name)["places"] = number
    assert (await agreed(desk, desk.coordinator, rows)).status_code == 200
