"""A district team whose system knows no key again: what it may have is looked up before it is sent again."""

import dataclasses
import json
from collections import Counter
from typing import Any

import httpx
import pytest
from temporalio.testing import ActivityEnvironment

from activities.partner import PATIENCE, PartnerAway, PartnerRefused, Partners
from activities.plain_team import PlainTeam
from domain.exchange.record import Delivery
from domain.facts.value import replace
from domain.messages.effects import AskAssessment, GiveNotice
from runtime.directory import Directory, Organisation
from runtime.systems import Plain
from tests.activities.effects import DAY

Json = dict[str, Any]
KEY = "m-1:give-notice:7"
NOTICE = GiveNotice(key=KEY, team="team", district="haven", keys_on=DAY)
AGAIN = replace(NOTICE, key=f"{KEY}00", first_key=KEY)


class Team:
    """Takes in whatever it is sent, every time."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.loses = False
        """Whether the next answer gets lost."""
        self.refusal: Json | None = None
        """With what it refuses what it has."""
        self.look: tuple[int, object] | None = None
        """What it answers to a look, when it is not what it has."""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            assert request.url.path == "/messages"
            found = [f"N-{n}" for n, key in enumerate(self.taken) if key == request.url.params["key"]]
            return said(*(self.look or (200, {"numbers": found})))
        key = request.headers["idempotency-key"]
        if self.refusal and key in self.taken:
            return said(409, self.refusal)
        self.taken.append(key)
        if self.loses:
            self.loses = False
            raise httpx.ReadError("the answer got lost")
        return said(201, {"number": f"N-{len(self.taken)}"})


def said(status: int, content: object) -> httpx.Response:
    async def pieces() -> Any:
        yield json.dumps(content).encode()

    return httpx.Response(status, content=pieces())


async def attempt(
    team: Team, number: int = 1, effect: GiveNotice | AskAssessment = NOTICE, *, tried_before: bool = False
) -> None:
    organisation = Organisation.model_validate(
        {
            "id": "team",
            "role": "district_team",
            "name": "team",
            "mail": "team@x.example",
            "system": Plain(kind="plain", url="http://team.example"),
        }
    )
    environment = ActivityEnvironment()
    environment.info = dataclasses.replace(environment.info, attempt=number)
    async with httpx.AsyncClient(transport=httpx.MockTransport(team)) as http:
        port = PlainTeam(Partners(http, Directory([organisation])), "team")
        method: Any = port.notify if isinstance(effect, GiveNotice) else port.ask
        delivery: Delivery[Any] = Delivery(mediation="m-1", effect=effect, tried_before=tried_before)
        await environment.run(method, delivery)


COMES_BACK: list[Json] = [{"number": 2}, {"tried_before": True}, {"effect": AGAIN}]
"""Every way in which something whose answer was lost is asked anew."""


@pytest.mark.parametrize("again", COMES_BACK)
@pytest.mark.parametrize("before", [[], ["m-2:give-notice:7"]])
async def test_what_was_taken_in_before_the_answer_got_lost_is_not_sent_again(before: list[str], again: Json) -> None:
    team = Team()
    team.taken, team.loses = [*before], True
    with pytest.raises(PartnerAway):
        await attempt(team)
    await attempt(team, **again)
    assert Counter(team.taken) == Counter([*before, KEY])


@pytest.mark.parametrize("again", COMES_BACK)
async def test_what_never_arrived_is_sent_under_the_same_key(again: Json) -> None:
    team = Team()
    await attempt(team, **again)
    assert team.taken == [KEY]


async def test_an_assessment_is_looked_up_too() -> None:
    team, effect = Team(), AskAssessment(key="m-1:ask-assessment:2", team="team", due_on=DAY)
    team.loses = True
    with pytest.raises(PartnerAway):
        await attempt(team, effect=effect)
    await attempt(team, 2, effect)
    assert team.taken == [effect.key]


@pytest.mark.parametrize("refusal", [{"code": "not_unique"}, {"code": "dubbel"}, {"melding": "bestaat al"}])
async def test_a_refusal_of_what_it_has_is_success(refusal: Json) -> None:
    team = Team()
    team.refusal = refusal
    for _ in range(2):
        await attempt(team)
    assert team.taken == [KEY]


@pytest.mark.parametrize("look", [(404, {"code": "not_found"}), (405, {}), (400, None)])
async def test_where_one_cannot_look_the_message_is_sent_again_under_its_key(look: tuple[int, object]) -> None:
    team = Team()
    team.look = look
    for n in (1, 2):
        await attempt(team, n)
    assert team.taken == [KEY, KEY]
    team.refusal = {"code": "not_unique"}
    with pytest.raises(PartnerRefused, match="not_unique"):
        await attempt(team, 3)


async def test_a_look_that_tells_nothing_is_no_reason_to_send_again() -> None:
    team = Team()
    team.look = (200, {"result": "ok"})
    with pytest.raises(PartnerAway):
        await attempt(team, PATIENCE - 1)
    with pytest.raises(PartnerRefused, match="not_understood"):
        await attempt(team, PATIENCE)
    assert team.taken == []
