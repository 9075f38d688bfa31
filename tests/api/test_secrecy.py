"""A secret address: who is shown which dwelling it is, in views, lists and events."""

import json
from typing import Any

import pytest

from api.auth import Caller
from api.dwellings import why
from api.event_views import event_view, shown_events
from api.secrecy import OF_EVENTS, OF_ITSELF, OF_STATE, hides_address, team_hidden, veiled_events
from api.shown import mediation_view
from domain.facts.parties import Actor, Role
from domain.facts.referral import DwellingNeeds
from domain.facts.signals import SignalKind
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import AnyEffect, GiveNotice
from domain.policy.policy import SecrecyPolicy
from domain.policy.spread import SpreadCap, SpreadPolicy
from store.journal import Loaded
from tests.domain.case import MONDAY, NOTE, TEAM, Case, dwelling, referral

ADDRESS = ("D-1", "De Oever", "stripheldenbuurt")
MUNICIPALITY = (Role.COORDINATOR, "almere")
CORPORATION = (Role.CORPORATION, "ymere")
INSTITUTION = (Role.INSTITUTION, "leger-des-heils")
PROVIDER = (Role.CARE_PROVIDER, "kwintes")
ASSESSED = (Role.DISTRICT_TEAM, TEAM)
THERE = "wijkteam-stripheldenbuurt"
"""The team of the district of the home."""
RECEIVES = (Role.DISTRICT_TEAM, THERE)
OTHERS = (
    INSTITUTION,
    ASSESSED,
    (Role.CARE_PROVIDER, "hvo-querido"),
    (Role.AUDITOR, "inspectie"),
    (Role.ADMIN, "supplier"),
)


FULL = ("D-3", "De Werf")
"""A dwelling that suits, in a complex that takes no placement now."""


def offered(*, secret: bool = True, team: str = THERE) -> Case:
    """An accepted offer of the one dwelling there is, another in a complex that is full, and all that can be said."""
    needs = DwellingNeeds(rent_limit_cents=70_000, unsafe_districts=("muziekwijk",))
    case = Case().start(referral(address_secret=secret, needs=needs, support_districts=("haven",))).ready().positive()
    case.policy = replace(case.policy, spread=SpreadPolicy(complexes={"ymere/De Werf": SpreadCap(most=0)}))
    district = ADDRESS[2]
    case.teams = {district: team}
    full = dwelling(3, district=district, complex="De Werf")
    case.list(dwelling(1, district=district), dwelling(2, district=district, rent_cents=99_000), full)
    assert [one.dwelling.id for one in case.m.full] == ["D-3"]
    case.match().confirm().accept().request_known().sign().plan_support()
    notice: AnyEffect = case.done(GiveNotice)[0]
    return case.do(c.ReportUndelivered(by=case.engine, effect=notice, code="unknown"))


@pytest.mark.parametrize("secret", [True, False])
@pytest.mark.parametrize("who", OTHERS)
def test_which_team_receives_the_client_would_tell_where(who: tuple[Role, str], secret: bool) -> None:
    case = offered(secret=secret)
    assert (THERE in reads(case, who)) is not secret


@pytest.mark.parametrize("who", [PROVIDER, RECEIVES])
def test_who_must_go_there_knows_the_address(who: tuple[Role, str]) -> None:
    told = reads(offered(), who)
    assert all(part in told for part in (*ADDRESS, THERE))


def test_it_is_known_from_the_moment_on_which_it_must_be() -> None:
    def knows(case: Case, who: tuple[Role, str]) -> bool:
        caller = Caller(Actor(role=who[0], organisation=who[1]), ("almere",))
        return not hides_address(case.m, case.policy, caller)

    case = Case()
    case.teams = {ADDRESS[2]: THERE}
    case.start(referral(address_secret=True)).ready().positive().list(
        dwelling(1, district=ADDRESS[2])
    ).match().confirm()
    assert not knows(case, PROVIDER), "the client has not said yes"
    case.accept()
    assert knows(case, PROVIDER)
    case.request_known().sign()
    assert not knows(case, RECEIVES), "it has no notice yet"
    case.plan_support()
    assert knows(case, RECEIVES)
    case.keys().start_support()
    case.do(c.ChangeProvider(by=case.municipality, provider="hvo-querido", note=NOTE))
    assert knows(case, (Role.CARE_PROVIDER, "hvo-querido"))
    assert not knows(case, PROVIDER), "it goes there no more"


def test_who_is_to_visit_the_client_knows_as_long_as_it_has_the_task() -> None:
    case = offered().keys().start_support()
    case.do(c.ReportSignal(by=case.municipality, kind=SignalKind.WORRY, note=NOTE))
    case.answer(a.ClientContactAnswer(result="no_contact"))
    task, other = case.task(TaskKind.VISIT_CLIENT), "wijkteam-noord"
    caller = Caller(Actor(role=Role.DISTRICT_TEAM, organisation=other), ("almere",))
    assert hides_address(case.m, case.policy, caller)
    case.do(c.ReassignTask(by=case.municipality, task=task.id, owner=other, note=NOTE))
    assert not hides_address(case.m, case.policy, caller)
    visit = a.VisitAnswer(seen=True, calmed=True, note=NOTE)
    case.answer(visit, Actor(role=Role.DISTRICT_TEAM, organisation=other))
    assert hides_address(case.m, case.policy, caller)


def reads(case: Case, who: tuple[Role, str]) -> str:
    """Everything that somebody can read of a mediation."""
    role, organisation = who
    caller = Caller(Actor(role=role, organisation=organisation), ("almere",))
    loaded = Loaded(case.m, case.policy, "", 1, MONDAY, MONDAY, 0, "A26-0001", None)
    rows: list[dict[str, Any]] = [
        {
            "sequence": n,
            "at": MONDAY,
            "by": {"role": "coordinator", "organisation": "almere"},
            "command": "AnswerTask",
            "document": event.model_dump(mode="json"),
        }
        for n, event in enumerate(case.events, 1)
    ]
    shown = list(shown_events(rows, caller))
    if hides_address(case.m, case.policy, caller):
        shown = list(veiled_events(shown, team_hidden(case.m, case.policy, caller)))
    events = [event_view(row, caller).model_dump(mode="json") for row in shown]
    return json.dumps([mediation_view(loaded, caller).model_dump(mode="json"), events])


async def considered(case: Case, who: tuple[Role, str]) -> dict[str, Any]:
    caller = Caller(Actor(role=who[0], organisation=who[1]), ("almere",))
    view = await why(caller, Loaded(case.m, case.policy, "", 1, MONDAY, MONDAY, 0, "A26-0001", None))
    return view.model_dump(mode="json")


@pytest.mark.parametrize("who", OTHERS)
async def test_a_secret_address_is_shown_to_nobody_who_need_not_know_it(who: tuple[Role, str]) -> None:
    case = offered()
    told = reads(case, who) + json.dumps(await considered(case, who))
    assert not [part for part in (*ADDRESS, *FULL, THERE) if part in told]
    assert not [name for name in ("provider_present", "district_wanted", "safety") if f'"{name}"' in told]
    assert "hidden" in told


def test_whatever_tells_of_a_dwelling_is_known_by_its_type() -> None:
    assert {"candidates", "further", "full", "unsuitable", "offers", "homes_left"} == OF_STATE
    assert {kind: fields for kind, fields in OF_EVENTS.items() if fields} == {
        "DwellingsListed": {"suitable", "further", "unsuitable", "full", "left_out"},
        "OfferPrepared": {"candidate", "spread"},
        "OfferChanged": {"candidate"},
        "ChoiceLeft": {"homes"},
    }


def test_a_condition_is_shown_of_a_secret_home_only_if_it_says_nothing_of_where_it_is() -> None:
    case = offered(secret=False)
    judged = {
        condition.name for candidate in (case.offer.candidate, *case.m.full) for condition in candidate.conditions
    }
    assert judged - OF_ITSELF == {"district_wanted", "district_excluded", "safety", "provider_present", "complex_room"}


@pytest.mark.parametrize("who", [MUNICIPALITY, CORPORATION])
async def test_the_municipality_and_the_corporation_know_where_it_is(who: tuple[Role, str]) -> None:
    case = offered()
    for told in (reads(case, who), json.dumps(await considered(case, who))):
        assert all(part in told for part in ADDRESS)
    assert all(part in reads(case, MUNICIPALITY) for part in FULL)


@pytest.mark.parametrize("who", [who for who in OTHERS if who[0] is not Role.ADMIN])
def test_an_address_that_is_not_secret_is_shown(who: tuple[Role, str]) -> None:
    assert all(part in reads(offered(secret=False), who) for part in ADDRESS)


def test_the_policy_may_let_the_organisation_of_the_guide_know() -> None:
    case = offered()
    case.policy = replace(case.policy, secrecy=SecrecyPolicy(institution_knows=True))
    assert all(part in reads(case, INSTITUTION) for part in ADDRESS)
    assert not any(part in reads(case, ASSESSED) for part in ADDRESS)


def test_a_corporation_is_not_told_where_a_client_is_unsafe_or_how_ready_they_are() -> None:
    told = reads(offered(), CORPORATION)
    for word in ("muziekwijk", '"readiness.money"', '"ordinary"', '"haven"'):
        assert word not in told
        assert word in reads(offered(), MUNICIPALITY)


def test_a_corporation_is_not_told_why_a_mediation_ended_against_the_client() -> None:
    case = Case().start().ready().positive().list().match().confirm()
    case.do(
        c.Withdraw(
            by=case.municipality, source=a.KnownFrom.CLIENT, reason=c.ClientWithdrawal.SUPPORT_NOT_WANTED, note=NOTE
        )
    )
    assert "support_not_wanted" in reads(case, MUNICIPALITY)
    told = reads(case, CORPORATION)
    assert not [word for word in ("support_not_wanted", "withdrawn_by_client", "outcome") if word in told]
    assert "mediation_closed" in told


async def test_why_this_home_and_why_not() -> None:
    case = Case().start().ready().positive().list(dwelling(1), dwelling(2, rent_cents=99_000))
    told = await considered(case, MUNICIPALITY)
    assert [one["dwelling"]["id"] for one in told["suitable"]] == ["D-1"]
    assert {one["name"] for one in told["suitable"][0]["conditions"]} >= {"rent", "rent_band", "complex_load"}
    (unfit,) = told["unsuitable"]
    (rent,) = unfit["unmet"]
    assert (unfit["dwelling"], rent["name"], rent["verdict"]) == ("D-2", "rent", "unmet")
    assert (rent["found"]["value"], rent["asked"]["comparison"], rent["asked"]["value"]) == (99_000, "at_most", 68_000)
    assert rent["in_words"] == {
        "nl": "De huur is € 990,00 per maand. Voor dit huishouden past ten hoogste € 680,00.",
        "en": "The rent is € 990,00 a month. At most € 680,00 fits this household.",
    }
    assert told["waiting_for"] == {"reason": "choice", "considered": 2, "unmet": {"rent": 1}}
    case.match()
    told = await considered(case, MUNICIPALITY)
    assert [(one["dwelling"]["id"], one["offer"]) for one in told["offered"]] == [("D-1", "prepared")]
    assert told["waiting_for"] is None


async def test_a_corporation_is_shown_what_it_offered_and_no_other_dwelling() -> None:
    case = Case().start().ready().positive().list(dwelling(1), dwelling(2, "de-alliantie")).match()
    told = await considered(case, CORPORATION)
    assert [one["dwelling"]["id"] for one in told["offered"]] == ["D-1"]
    assert told.keys() == {"offered", "suitable"}
    assert told["suitable"] == [], "the choice is not the corporation's"
    assert (await considered(case, (Role.CORPORATION, "de-alliantie")))["offered"] == []
