"""The hands of one worker, and a way to let each attempt of an activity run."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from temporalio.testing import ActivityEnvironment

from activities.care_provider import CareProvider
from activities.corporation import Corporation
from activities.district_team import DistrictTeam
from activities.iwmo.outgoing import Outgoing
from activities.letters.post_room import Letters
from activities.partner import Partners
from domain.exchange.record import Delivery, Learned
from domain.messages.commands import AnyCommand
from domain.messages.effects import AnyEffect
from runtime.directory import Directory
from runtime.settings import Settings
from sandbox.driven.home import home
from store import outbox
from store.database import Pool
from store.vault import Vault
from tests.activities.effects import Effects
from tests.store.script import Script, script
from tests.tampering import tamper
from tests.town import CLIENT, Town

MORE_TASKS = """
INSERT INTO task (mediation, id, kind, owner, opened_at, due, reminded, escalated)
SELECT 'm-1', kind || '-1', kind, 'almere', now(), now(), 0, 0
FROM unnest(ARRAY['answer_offer', 'confirm_support', 'start_support']) AS t (kind)
"""
"""Tasks that other effects belong to, so that each can be tried on one mediation."""


class Hands:
    """Every hand, with the outbox they note in. Effects belong to the mediation `m-1`."""

    def __init__(
        self, pool: Pool, partners: Partners, letters: Letters | None = None, outgoing: Outgoing | None = None
    ) -> None:
        self.pool = pool
        corporation = Corporation(pool, partners)
        provider = CareProvider(pool, outgoing) if outgoing else None
        team = DistrictTeam(pool, partners)
        methods: list[Any] = [
            *(corporation.list_dwellings, corporation.place_offer, corporation.read_offer),
            *(corporation.withdraw_offer, corporation.prepare_lease),
            *([provider.request_support, provider.read_support, provider.cancel_support] if provider else []),
            *(team.ask_assessment, team.give_notice),
            *([letters.send_letter] if letters else []),
        ]
        self._methods: dict[str, Callable[..., Awaitable[Learned]]] = {
            "".join(part.capitalize() for part in method.__name__.split("_")): method for method in methods
        }

    async def carry_out(
        self, effect: AnyEffect, *, attempt: int = 1, seconds: float = 0, tried_before: bool = False
    ) -> AnyCommand | None:
        """Let one attempt run, so many seconds after the first that ever ran, and return what was learned."""
        environment = ActivityEnvironment()
        info = environment.info
        at = info.started_time + timedelta(seconds=seconds)
        environment.info = replace(info, attempt=attempt, activity_type=effect.type, started_time=at)
        delivery: Delivery[Any] = Delivery(mediation="m-1", effect=effect, tried_before=tried_before)
        return (await environment.run(self._methods[effect.type], delivery)).command

    async def expect(self, effect: AnyEffect) -> None:
        """Put an effect into the outbox, as `Record` does."""
        values = (effect.key, effect.lane, effect.type, effect.model_dump_json())
        await self.pool.execute(
            "INSERT INTO effect (key, mediation, lane, type, document, asked_at) VALUES ($1, 'm-1', $2, $3, $4, now())",
            *values,
        )

    async def result(self, effect: AnyEffect) -> str | None:
        """What the outbox says became of an effect."""
        lines = await outbox.effects_of(self.pool, "m-1")
        result: str | None = next(line["result"] for line in lines if line["key"] == effect.key)
        return result


@pytest.fixture
async def hands(
    pool: Pool, vault: Vault, directory: Directory, settings: Settings, referred: Script
) -> AsyncIterator[Hands]:
    """Hands for the mediation `m-1`, which has been referred."""
    async with httpx.AsyncClient(trust_env=False) as http:
        partners = Partners(http, directory)
        outgoing = Outgoing(pool, vault, directory, partners)
        yield Hands(pool, partners, Letters(pool, vault, directory, settings), outgoing)


@pytest.fixture
async def referred(pool: Pool, vault: Vault, town: Town) -> Script:
    """The mediation `m-1` of a client who is in the vault, up to and including the match."""
    person = await vault.put_person(CLIENT, town.municipality)
    case = script("match")
    await case.play(pool)
    await tamper(pool, "UPDATE mediation SET person = $1", person)
    await pool.execute(MORE_TASKS)
    return case


@pytest.fixture
async def stocked(town: Town) -> Town:
    """A town whose first corporation released three dwellings, one of them later."""
    homes = [home("D-1"), home("D-2", complex="Full"), home("D-3", releasedOn="2026-07-01")]
    await town.systems.corporation.staff("PUT", town.corporation, "/dwellings", homes)
    return town


@pytest.fixture
def effects(stocked: Town) -> Effects:
    return Effects(stocked)
