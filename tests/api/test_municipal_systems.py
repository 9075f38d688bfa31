"""The demonstration's own systems of a municipality: connected by the API, told of everything, and counted when not."""

import asyncio
import base64
import secrets
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from temporalio.client import Client

from domain.facts.value import replace
from runtime.local_issuer import LocalIssuer
from runtime.settings import Settings
from sandbox import municipal
from sandbox.data_directory import DataDirectory, free_for_a_city
from sandbox.municipal import MunicipalSystems
from sandbox.partners.book import Book
from sandbox.partners.case_system import SCHEMA, CaseSystem
from sandbox.partners.receiver import Receiver
from sandbox.stack import CASE_SYSTEM_CLIENT, CASE_SYSTEM_SECRET, Stack
from tests.api.desk import Desk, everything
from tests.listening import listening


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    """The city's installation as it is laid out; what is needed of it the test serves itself."""
    ports, own = free_for_a_city()
    return Stack(DataDirectory(tmp_path / "city", ports), virtual=True, municipal=own)


@pytest.fixture
def issuer(stack: Stack) -> LocalIssuer:
    """The city's."""
    return stack.directory.issuer


@pytest.fixture
def served(served: Settings) -> Settings:
    """This machine is the site's own network; what happened is noticed at once."""
    return replace(served, webhook_hosts="127.0.0.1", webhook_seconds=1)


@pytest.fixture
def receiver() -> Receiver:
    """The receiver of the city's events, which has agreed on no secret yet."""
    return Receiver(f"whsec_{base64.b64encode(secrets.token_bytes(24)).decode()}")


@pytest.fixture
def cases(stack: Stack, tmp_path: Path) -> CaseSystem:
    """The city's case system."""
    url = stack.reference_systems()["case_system"]
    return CaseSystem(Book(tmp_path / "cases.sqlite", SCHEMA), url, {CASE_SYSTEM_CLIENT: CASE_SYSTEM_SECRET})


@pytest.fixture
async def systems(
    desk: Desk, app: FastAPI, client: Client, stack: Stack, receiver: Receiver, cases: CaseSystem
) -> AsyncIterator[MunicipalSystems]:
    """Both systems, connected. Their webhooks have the same ids in every test, as in every city: none goes on."""
    own, ports = stack.reference_systems(), stack.directory.ports
    api = {ports.url(ports.api): httpx.ASGITransport(app)}
    async with (
        listening(receiver.application(), int(own["receiver"].rpartition(":")[2])),
        listening(cases.application(), int(own["case_system"].rpartition(":")[2])),
        httpx.AsyncClient(mounts=api, trust_env=False) as http,
    ):
        systems = MunicipalSystems(desk.town.municipality, stack, http)
        await systems.connect()
        yield systems
        for one in (await desk.read(desk.coordinator, "/v1/webhooks"))["items"]:
            await client.get_workflow_handle(f"publication-{one['id']}").terminate()


async def test_both_are_told_of_everything_that_happened_once(
    desk: Desk, systems: MunicipalSystems, receiver: Receiver, cases: CaseSystem
) -> None:
    mediation = (await desk.start())["id"]
    assert await systems.until_told() == 0
    happened = await everything(desk, desk.coordinator, f"/v1/mediations/{mediation}/events")
    told = [event["id"] for event in receiver.events]
    assert set(told) < {f"{mediation}/{one['sequence']}" for one in happened}
    assert len(told) > 2
    assert set(receiver.taken.values()) == {1}
    assert [(one["operation"], one["executed"]) for one in cases.book.effects()] == [("statussen", 1), ("zaken", 1)]


async def disabled(desk: Desk) -> bool:
    """Tell whether a system of the municipality takes nothing more."""
    return any(not one["enabled"] for one in (await desk.read(desk.coordinator, "/v1/webhooks"))["items"])


async def test_a_system_that_had_disabled_itself_is_told_at_the_end(
    desk: Desk, systems: MunicipalSystems, receiver: Receiver
) -> None:
    receiver.status = 410
    await desk.start()
    for _ in range(200):
        if await disabled(desk):
            break
        await asyncio.sleep(0.1)
    assert await disabled(desk)
    receiver.status = 204
    assert await systems.until_told() == 0
    assert receiver.events


async def test_what_nobody_could_be_told_in_time_is_counted(
    desk: Desk, systems: MunicipalSystems, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(municipal, "PATIENCE", 3)
    receiver.status = 503
    await desk.start()
    missed = await systems.until_told()
    listed = (await desk.read(desk.coordinator, "/v1/webhooks"))["items"]
    assert Counter(one["kind"] for one in listed) == {"cloudevents": 1, "zgw": 1}
    assert missed == sum(one["waiting"] for one in listed) > 0
    assert receiver.taken.total() == 0
