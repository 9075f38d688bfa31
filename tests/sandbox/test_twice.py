"""What stands twice at a partner is seen, under whatever key it was asked, in the partner's own records."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from domain.facts.parties import Role
from sandbox.city.organisations import Organisations, organisations_of
from sandbox.partners.book import Book
from sandbox.partners.corporation import CORPORATION
from sandbox.partners.vera_desk import VeraDesk
from sandbox.twice import KINDS, standing_twice, twice_at_corporation, twice_at_provider
from sandbox.worklists import worklist
from tests.listening import listening
from tests.sandbox.test_corporation import dwelling

PEOPLE = organisations_of("almere", "Almere")
ONLY_YMERE = Organisations(
    PEOPLE.municipality, (PEOPLE.corporations[0],), (), PEOPLE.teams, PEOPLE.institutions, PEOPLE.auditor
)


class Ymere:
    """A corporation's system that makes whatever it is sent."""

    def __init__(self, http: httpx.AsyncClient, url: str) -> None:
        self._http, self._url = http, url

    async def post(self, path: str, document: dict[str, Any]) -> str:
        made = await self._http.post(f"/ymere/v4/{path}", json=document)
        return str(made.raise_for_status().json()["id"])

    async def candidate(self, key: str) -> str:
        unit = f"{self._url}/ymere/v4/eenheden/w1"
        return await self.post("kandidaten", {"idExtern": key, "status": {"code": "AAN"}, "eenheid": unit})

    async def offer(self, key: str, candidate: str) -> str:
        unit = f"{self._url}/ymere/v4/eenheden/w1"
        document = {"idExtern": key, "status": {"code": "AAN"}, "eenheid": unit, "kandidaat": {"id": candidate}}
        return await self.post("aanbiedingen", document)

    async def lease(self, key: str) -> str:
        return await self.post("huurovereenkomsten", {"idExtern": key, "eenheden": [f"{self._url}/eenheden/w1"]})

    async def change(self, path: str, status: str) -> None:
        (await self._http.patch(f"/ymere/v4/{path}", json={"status": {"code": status}})).raise_for_status()

    async def twice(self) -> list[str]:
        return await standing_twice(self._http, ONLY_YMERE, {Role.CORPORATION.value: self._url})


@pytest.fixture
async def ymere(tmp_path: Path) -> AsyncIterator[Ymere]:
    """Its dwelling w1 is offered and let to m-1."""
    desk = VeraDesk(CORPORATION, Book(tmp_path / "book", CORPORATION.schema))
    desk.book.register("ymere")
    async with listening(desk.application()) as url, httpx.AsyncClient(base_url=url, trust_env=False) as http:
        (await http.put("/ymere/dwellings", json=[dwelling("w1")])).raise_for_status()
        system = Ymere(http, url)
        await system.offer("m-1:o", await system.candidate("m-1:o"))
        await system.change("aanbiedingen/A-000001", "TOE")
        await system.lease("m-1:l")
        await system.post("toewijzingen", {"idExtern": "m-1:l", "aanbieding": {"id": "A-000001"}})
        await system.post("voorrangsregelingen", {"idExtern": "m-1:voorrang"})
        yield system
    desk.book.close()


async def test_where_all_was_made_once_nothing_stands_twice(ymere: Ymere) -> None:
    assert await ymere.twice() == []


async def test_the_same_key_twice_is_seen(ymere: Ymere) -> None:
    await ymere.post("voorrangsregelingen", {"idExtern": "m-1:voorrang"})
    assert "ymere: 2 grounds under the key m-1:voorrang" in await ymere.twice()


async def test_another_offer_of_the_same_home_under_another_key_is_seen(ymere: Ymere) -> None:
    await ymere.offer("m-1:again", await ymere.candidate("m-1:again"))
    assert await ymere.twice() == ["ymere: 2 live offers of w1"]
    await ymere.change("aanbiedingen/A-000002", "ING")
    assert await ymere.twice() == []


async def test_another_lease_or_allocation_of_the_same_offer_is_seen(ymere: Ymere) -> None:
    await ymere.lease("m-1:l2")
    await ymere.post("toewijzingen", {"idExtern": "m-1:l2", "aanbieding": {"id": "A-000001"}})
    assert set(await ymere.twice()) == {
        "ymere: 2 leases of the offer A-000001",
        "ymere: 2 allocations of the offer A-000001",
    }


async def test_a_candidate_left_over_is_seen_until_it_is_none(ymere: Ymere) -> None:
    number = await ymere.candidate("m-1:again")
    assert await ymere.twice() == [f"ymere: candidate {number} of m-1 stands without an offer"]
    await ymere.change(f"kandidaten/{number}", "AFG")
    assert await ymere.twice() == []


async def test_every_kind_of_thing_a_corporation_makes_is_looked_at(ymere: Ymere) -> None:
    found = {kind: await worklist(ymere._http, ymere._url, "ymere", f"/{kind}") for kind in KINDS}
    assert {kind: len(ones) for kind, ones in found.items()} == dict.fromkeys(KINDS, 1)
    assert list(twice_at_corporation(found)) == []


def test_support_of_one_client_that_stands_twice_is_seen_without_saying_whose() -> None:
    def support(number: str, bsn: str, state: str = "requested") -> dict[str, Any]:
        return {"number": number, "state": state, "client": {"bsn": bsn}}

    alone = [support("1", "999990019"), support("2", "999990020"), support("3", "999990019", "cancelled")]
    assert list(twice_at_provider(alone)) == []
    (said,) = twice_at_provider([*alone, support("4", "999990019", "started")])
    assert said == "allocations 1 and 4 are of one client"
