"""Clients that two generators make of the description: without a warning, and they walk the main road to its end."""

import asyncio
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from temporalio.client import Client

from benchmarks.clients import Made, Walker
from domain.facts.parties import Role
from domain.messages.answers import ConversionAnswer
from sandbox.driven import road
from sandbox.driven.road import Step
from tests.api.contract import description
from tests.api.desk import Desk, skip
from tests.api.listening import listening
from tests.api.test_the_whole_way import DWELLING
from tests.domain.case import policy_of


@pytest.mark.slow("installs two generators once, and they make a client of the whole description")
@pytest.mark.timeout(400)
async def test_they_are_made_without_a_warning_and_bring_a_person_home(
    desk: Desk, client: Client, app: FastAPI, tmp_path: Path
) -> None:
    town = desk.town
    people = (desk.coordinator, desk.institution, desk.team, desk.corporation, desk.provider)
    who = {Role(role): organisation for role, organisation in people}
    await town.systems.corporation.staff("PUT", town.corporation, "/dwellings", [DWELLING])
    made = await asyncio.to_thread(Made.of, description(), tmp_path)
    async with listening(app, lifespan="off") as url:
        walker = Walker(made, f"{url}/v1", who, desk.issuer)

        async def step(one: Step) -> Any:
            return await asyncio.to_thread(walker.answer, mediation, one)

        async def until(day: date) -> None:
            await skip(desk, client, mediation, timedelta(days=(day - await desk.today()).days))

        mediation = await asyncio.to_thread(walker.refer, desk.referral())
        for one in road.to_the_keys(policy_of("almere"), await desk.today(), town.corporation, str(DWELLING["id"])):
            if one.answer.kind == "make_offer":
                await asyncio.to_thread(walker.seen, mediation, lambda state: state.candidates)
            await step(one)
        keys = (await asyncio.to_thread(walker.read, mediation)).lease.keys_on
        await until(keys)
        for one in road.at_home(keys):
            await step(one)
        called = await desk.task(mediation, "follow_up_call")
        await until(date.fromisoformat(called["due"][:10]))
        after = await step(Step(Role.COORDINATOR, road.called()))
        assert (after.stage, after.concluded) == ("conversion", "housed_follow_up_held")
        converted = ConversionAnswer(result="converted", on=await desk.today())
        closed = await step(Step(Role.CORPORATION, converted))
        assert (closed.stage, closed.ended) == ("closed", True)
