"""What a corporation's people see in their own system before they sign a lease or hand over keys."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from runtime.local_issuer import LocalIssuer
from sandbox.city import City
from sandbox.city.actor import Neighbourhood
from sandbox.city.seen import Seen
from tests.sandbox.test_city import policy_of
from tests.sandbox.test_corporation import dwelling, place, stocked
from tests.sandbox.test_partners import PartnerProcess, running

MOMENT = "2027-01-05T09:00:00Z"


@pytest.fixture(scope="module")
def corporation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PartnerProcess]:
    with running("corporation", tmp_path_factory.mktemp("corporation")) as process:
        yield process


@pytest.fixture
async def people(corporation: PartnerProcess, tmp_path: Path) -> AsyncIterator[Neighbourhood]:
    """The people of a city with this corporation, and no API that they could ask."""
    async with httpx.AsyncClient(trust_env=False) as http:
        city, issuer = City(policy_of("almere"), seed=1, cases=1), LocalIssuer(tmp_path / "key.json")
        yield Neighbourhood(city, http, issuer, "http://nowhere.invalid", lambda _: corporation.url)


def view(organisation: str, number: str | None, kind: str) -> dict[str, Any]:
    """A mediation with an offer, and a task of this kind."""
    task = {"id": f"{kind}-1", "kind": kind, "owner": organisation, "ownerRole": "corporation"}
    task |= {"openedAt": MOMENT, "due": MOMENT}
    offer = {"number": number, "state": "accepted", "dwelling": {"id": "w1", "corporation": organisation}}
    return {"id": "m-1", "tasks": [task], "offers": [offer]}


@pytest.mark.parametrize("kind", ["sign_lease", "hand_over_keys"])
async def test_they_see_that_the_offer_was_taken_back_there(
    corporation: PartnerProcess, people: Neighbourhood, kind: str
) -> None:
    organisation = stocked(corporation, dwelling("w1"))
    number = place(corporation, organisation, "w1").json()["id"]
    shown = view(organisation, number, kind)
    assert await people._taken_back(shown) == []
    corporation.post(f"/{organisation}/offers/{number}/staff-withdrawal", {"reason": "let otherwise"})
    taken_back = await people._taken_back(shown)
    assert taken_back == [number]
    assert Seen({**shown, "takenBack": taken_back}).taken_back


async def test_an_offer_to_another_client_that_was_taken_back_is_none_of_theirs(
    corporation: PartnerProcess, people: Neighbourhood
) -> None:
    organisation = stocked(corporation, dwelling("w1"), dwelling("w2"))
    other = place(corporation, organisation, "w2", "m-2:place-offer:1").json()["id"]
    corporation.post(f"/{organisation}/offers/{other}/staff-withdrawal", {})
    number = place(corporation, organisation, "w1").json()["id"]
    assert await people._taken_back(view(organisation, number, "sign_lease")) == []


@pytest.mark.parametrize(("number", "kind"), [(None, "sign_lease"), ("A-000001", "confirm_support")])
async def test_they_look_only_before_a_lease_or_keys_and_only_for_an_offer_that_is_known_there(
    people: Neighbourhood, number: str | None, kind: str
) -> None:
    assert await people._taken_back(view("nobody-there", number, kind)) == []
