"""Every effect against its reference system: done once, and what passes told apart from what does not."""

from datetime import date, timedelta

import pytest
from temporalio.exceptions import ApplicationError

from activities.turns import EVERY
from domain.facts.parties import SYSTEM, Role
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import effects as f
from domain.messages.commands import (
    AnswerTask,
    LearnDwellings,
    LearnLease,
    LearnNoSystem,
    LearnSent,
    LearnSupportRequest,
    ReportUndelivered,
)
from domain.messages.commands import WithdrawOffer as TakeBack
from sandbox.driven.home import home
from tests.activities.conftest import Hands
from tests.activities.effects import DAY, Effects
from tests.partner_system import Json


def number_of(learned: object) -> str:
    """The number that a partner gave."""
    if isinstance(learned, AnswerTask):
        assert isinstance(learned.answer, a.ConfirmationAnswer)
        assert learned.answer.number is not None
        return learned.answer.number
    assert isinstance(learned, (LearnSupportRequest, LearnLease))
    return learned.number


async def failed(hands: Hands, effect: f.AnyEffect, attempt: int = 1) -> ApplicationError:
    """Carry out an effect that must fail in passing: Temporal tries it again."""
    with pytest.raises(ApplicationError) as caught:
        await hands.carry_out(effect, attempt=attempt)
    assert not caught.value.non_retryable
    return caught.value


# -- each effect does what it says -----------------------------------------------------------------------------------


async def test_dwellings_are_listed_as_released_by_the_day(hands: Hands, effects: Effects) -> None:
    learned = await hands.carry_out(effects.list())
    assert isinstance(learned, LearnDwellings)
    assert [one.id for one in learned.dwellings] == ["D-1", "D-2"]
    assert {one.corporation for one in learned.dwellings} == {effects.town.corporation}
    assert learned.by == replace(learned.by, role=Role.CORPORATION, user=SYSTEM)
    assert learned.away == ()
    later = await hands.carry_out(effects.list(date(2026, 8, 1)))
    assert isinstance(later, LearnDwellings)
    assert len(later.dwellings) == 3


async def test_all_corporations_are_asked_and_each_dwelling_says_whose_it_is(hands: Hands, effects: Effects) -> None:
    first, second = effects.town.corporations
    await effects.town.systems.corporation.staff("PUT", second, "/dwellings", [home("D-1"), home("E-1")])
    learned = await hands.carry_out(effects.list(DAY, first, second))
    assert isinstance(learned, LearnDwellings)
    told = {(one.corporation, one.id) for one in learned.dwellings}
    assert told == {(first, "D-1"), (first, "D-2"), (second, "D-1"), (second, "E-1")}
    assert learned.away == ()


@pytest.mark.parametrize("fault", ["unavailable", "wrong_schema", "lost_answer"])
async def test_a_corporation_that_is_away_does_not_hold_up_the_others(
    hands: Hands, effects: Effects, fault: str
) -> None:
    first, second = effects.town.corporations
    await effects.town.systems.corporation.staff("PUT", second, "/dwellings", [home("E-1")])
    effect = effects.list(DAY, first, second)
    await hands.expect(effect)
    await effects.town.systems.corporation.switch({"fault": fault, "organisation": first, "seconds": 1})
    learned = await hands.carry_out(effect)
    assert isinstance(learned, LearnDwellings)
    assert ([one.id for one in learned.dwellings], learned.away) == (["E-1"], (first,))
    assert await hands.result(effect) is None, "it is settled when what it taught is recorded"


async def test_a_corporation_without_a_system_is_not_away_and_one_that_nobody_knows_is(
    hands: Hands, effects: Effects
) -> None:
    by_hand = effects.town.by_hand[Role.CORPORATION]
    learned = await hands.carry_out(effects.list(DAY, by_hand, effects.town.corporation, "corporation-nobody-knows"))
    assert isinstance(learned, LearnDwellings)
    assert [one.id for one in learned.dwellings] == ["D-1", "D-2"]
    assert learned.away == ("corporation-nobody-knows",)


async def test_every_page_of_dwellings_is_read(hands: Hands, effects: Effects) -> None:
    many = [home(f"P-{n:03}") for n in range(230)]
    await effects.town.systems.corporation.staff("PUT", effects.town.corporation, "/dwellings", many)
    learned = await hands.carry_out(effects.list())
    assert isinstance(learned, LearnDwellings)
    assert len({one.id for one in learned.dwellings}) == 232


async def test_an_offer_is_placed_and_its_number_answers_the_task(hands: Hands, effects: Effects) -> None:
    learned = await hands.carry_out(effects.place())
    assert isinstance(learned, AnswerTask)
    assert (learned.task, learned.by.organisation) == ("confirm_offer-1", effects.town.corporation)
    (offer,) = await effects.town.systems.corporation.records(effects.town.corporation, "/offers", "m-1")
    assert (offer["number"], offer["state"], offer["dwelling"]) == (number_of(learned), "offered", "D-1")


async def test_a_corporation_that_declines_gives_an_answer(hands: Hands, effects: Effects) -> None:
    await effects.town.systems.corporation.staff("PUT", effects.town.corporation, "/complexes/Full", {"closed": True})
    for dwelling, why in (("D-2", "complex_overloaded"), ("D-9", "unavailable")):
        learned = await hands.carry_out(effects.place(dwelling))
        assert isinstance(learned, AnswerTask)
        assert learned.answer == a.ConfirmationAnswer(declined=a.CorporationDecline(why))


@pytest.mark.parametrize(
    ("staff", "learned"),
    [
        (None, None),
        (("answer", {"state": "accepted"}), a.ClientAnswer(accept=True)),
        (("answer", {"state": "refused", "reason": "rent"}), a.ClientAnswer(accept=False, reason=a.RefusalReason.RENT)),
        (
            ("answer", {"state": "refused", "reason": "mevrouw wil niet"}),
            a.ClientAnswer(accept=False, reason=a.RefusalReason.OTHER),
        ),
    ],
)
async def test_what_the_client_told_the_corporation_is_read_there(
    hands: Hands, effects: Effects, staff: tuple[str, Json] | None, learned: a.ClientAnswer | None
) -> None:
    number = number_of(await hands.carry_out(effects.place()))
    if staff:
        path = f"/offers/{number}/{staff[0]}"
        await effects.town.systems.corporation.staff("POST", effects.town.corporation, path, staff[1])
    command = await hands.carry_out(effects.read_offer(number))
    assert (command.answer if isinstance(command, AnswerTask) else command) == learned


async def test_an_offer_that_the_corporation_took_back_is_read_there(hands: Hands, effects: Effects) -> None:
    number = number_of(await hands.carry_out(effects.place()))
    path = f"/offers/{number}/staff-withdrawal"
    await effects.town.systems.corporation.staff("POST", effects.town.corporation, path, {"reason": "brand"})
    learned = await hands.carry_out(effects.read_offer(number))
    assert isinstance(learned, TakeBack)
    assert learned.by.organisation == effects.town.corporation


async def test_withdrawing_an_offer_frees_the_dwelling_and_twice_is_well(hands: Hands, effects: Effects) -> None:
    number = number_of(await hands.carry_out(effects.place()))
    assert await hands.carry_out(effects.withdraw(number)) is None
    assert await hands.carry_out(effects.withdraw(number, 2)) is None
    assert await hands.carry_out(replace(effects.place("D-1", effects.town.corporation), key="m-1:x:2"))


async def test_a_lease_is_prepared_under_its_number(hands: Hands, effects: Effects) -> None:
    number = number_of(await hands.carry_out(effects.place()))
    learned = await hands.carry_out(effects.lease(number))
    (lease,) = await effects.town.systems.corporation.records(effects.town.corporation, "/leases", "m-1")
    assert (lease["number"], lease["form"]) == (number_of(learned), "conversion")


async def test_support_is_allocated_once_and_taken_back(hands: Hands, effects: Effects) -> None:
    system, provider = effects.town.systems.provider, effects.town.provider
    learned = await hands.carry_out(effects.support())
    assert isinstance(learned, LearnSupportRequest)
    assert learned.message is not None
    (support,) = await system.supports(provider)
    assert (support["number"], support["state"]) == (learned.number, "requested")
    assert await hands.carry_out(effects.read_support(learned.number)) is None
    for _ in range(2):
        sent = await hands.carry_out(effects.cancel(learned.number))
        assert isinstance(sent, LearnSent)
        assert sent.message != learned.message
    (support,) = await system.supports(provider)
    assert support["state"] == "cancelled"
    assert support["allocatedTo"] == support["allocatedFrom"]
    assert set((await system.ledger(provider)).values()) == {(1, 1), (2, 1)}


async def test_the_team_is_asked_and_given_notice(hands: Hands, effects: Effects) -> None:
    assert await hands.carry_out(effects.assess()) is None
    assert await hands.carry_out(effects.notice()) is None
    team = effects.town.team
    (request,) = await effects.town.systems.team.records(team, "/assessment-requests", "m-1")
    (notice,) = await effects.town.systems.team.records(team, "/move-notices", "m-1")
    assert (request["dueOn"], notice["keysOn"], notice["district"]) == ("2026-06-01", "2026-06-01", "centrum")


# -- once ------------------------------------------------------------------------------------------------------------


async def test_the_same_effect_again_learns_the_same_and_is_done_once(hands: Hands, effects: Effects) -> None:
    place, support = effects.place(), effects.support()
    for effect in (place, support, effects.assess(), effects.notice()):
        assert await hands.carry_out(effect) == await hands.carry_out(effect, attempt=2)
    lease = effects.lease(number_of(await hands.carry_out(place, attempt=2)))
    assert await hands.carry_out(lease) == await hands.carry_out(lease, attempt=2)
    for system, organisation in zip(
        effects.town.systems, (effects.town.corporation, effects.town.provider, effects.town.team), strict=True
    ):
        ledger = await system.ledger(organisation)
        assert ledger
        assert all(received >= executed == 1 for received, executed in ledger.values())


@pytest.mark.parametrize("kind", ["assess", "notice"])
async def test_what_a_person_has_asked_of_a_team_once_more_is_found_there_and_not_sent_again(
    hands: Hands, effects: Effects, kind: str
) -> None:
    effect: f.AskAssessment | f.GiveNotice = getattr(effects, kind)()
    await hands.carry_out(effect)
    await hands.carry_out(replace(effect, key=f"{effect.key}00", first_key=effect.key))
    assert await effects.town.systems.team.ledger(effect.team) == {
        (operation, effect.key): (1, 1) for operation, _ in await effects.town.systems.team.ledger(effect.team)
    }


@pytest.mark.parametrize("kind", ["support", "assess", "notice"])
async def test_an_answer_lost_on_the_way_is_asked_again_and_done_once(
    hands: Hands, effects: Effects, kind: str
) -> None:
    effect: f.AnyEffect = getattr(effects, kind)()
    _, provider, team = effects.town.systems
    system = provider if kind == "support" else team
    await system.switch({"fault": "lost_answer", "organisation": effect.lane, "times": 1})
    error = await failed(hands, effect)
    assert error.type is not None
    assert error.type.startswith("PartnerAway:")
    again = await hands.carry_out(effect, attempt=2)
    assert (again is None) is (kind in {"assess", "notice"})
    asked = 2 if kind == "support" else 1  # at a team it is found, and not sent again
    assert list((await system.ledger(effect.lane)).values()) == [(asked, 1)]


# -- what passes -----------------------------------------------------------------------------------------------------


async def test_a_system_that_is_unavailable_says_when_to_come_back(hands: Hands, effects: Effects) -> None:
    effect = effects.place()
    await hands.expect(effect)
    where = {"organisation": effects.town.corporation}
    await effects.town.systems.corporation.switch({"fault": "unavailable", "seconds": 90, **where})
    for attempt in (1, 100):
        error = await failed(hands, effect, attempt)
        assert error.type == "PartnerAway:503"
        assert error.next_retry_delay is not None
        assert timedelta(seconds=90) <= error.next_retry_delay <= (EVERY if attempt == 100 else timedelta(seconds=90))
    assert await hands.result(effect) is None
    await effects.town.systems.corporation.switch()
    assert await hands.carry_out(effect, attempt=101) is not None
    assert await hands.result(effect) is None, "it is settled when what it taught is recorded"


async def test_an_answer_that_cannot_be_read_passes_until_a_person_is_asked(hands: Hands, effects: Effects) -> None:
    for effect, system in (
        (effects.place(), effects.town.systems.corporation),
        (effects.assess(), effects.town.systems.team),
    ):
        await hands.expect(effect)
        await system.switch({"fault": "wrong_schema", "organisation": effect.lane})
        assert (await failed(hands, effect, attempt=4)).type == "PartnerAway:not_understood"
        learned = await hands.carry_out(effect, attempt=5)
        assert isinstance(learned, ReportUndelivered)
        assert (learned.effect, learned.code) == (effect, "not_understood")
        assert learned.by.organisation == effect.lane
        assert await hands.result(effect) is None, "it is settled when this is recorded"
        await system.switch()


# -- what does not pass ----------------------------------------------------------------------------------------------


async def test_what_a_partner_refuses_for_good_is_given_to_a_person(hands: Hands, effects: Effects) -> None:
    refused: list[tuple[f.AnyEffect, str]] = [
        (effects.lease("A-000099"), "not_found"),
        (effects.read_offer("A-000099"), "not_found"),
        (effects.withdraw("A-000099"), "not_found"),
        (effects.cancel("S-000099"), "allocation_unknown"),
        (effects.cancel("900000099", 2), "allocation_unknown"),
    ]
    for effect, code in refused:
        await hands.expect(effect)
        learned = await hands.carry_out(effect)
        assert isinstance(learned, ReportUndelivered), effect.type
        assert (learned.effect, learned.code) == (effect, code)
        assert await hands.result(effect) is None, "it is settled when this is recorded"


async def test_a_key_used_for_something_else_is_given_to_a_person(hands: Hands, effects: Effects) -> None:
    await hands.carry_out(effects.place("D-1"))
    learned = await hands.carry_out(replace(effects.place("D-2"), key="m-1:place-offer:D-1"), attempt=2)
    assert isinstance(learned, ReportUndelivered)
    assert learned.code == "key_reused"


async def test_where_a_partner_has_no_system_its_people_hear_by_letter(hands: Hands, effects: Effects) -> None:
    by_hand = effects.town.by_hand
    corporation = by_hand[Role.CORPORATION]
    for effect in (
        effects.place(corporation=corporation),
        replace(effects.lease("O-1"), corporation=corporation),
        replace(effects.withdraw("O-1"), corporation=corporation),
        effects.support(by_hand[Role.CARE_PROVIDER]),
        effects.assess(by_hand[Role.DISTRICT_TEAM]),
    ):
        learned = await hands.carry_out(effect)
        assert isinstance(learned, LearnNoSystem)
        assert (learned.effect, learned.by.organisation, learned.by.user) == (effect, effect.lane, "system")


async def test_where_there_is_no_system_to_look_into_nothing_is_to_be_done(hands: Hands, effects: Effects) -> None:
    by_hand = effects.town.by_hand
    for effect in (
        replace(effects.read_offer("O-1"), corporation=by_hand[Role.CORPORATION]),
        replace(effects.read_support("7"), provider=by_hand[Role.CARE_PROVIDER]),
    ):
        await hands.expect(effect)
        assert await hands.carry_out(effect) is None
        assert await hands.result(effect) == "void"


async def test_what_no_task_asks_of_a_partner_without_a_system_is_given_to_a_person(
    hands: Hands, effects: Effects
) -> None:
    learned = await hands.carry_out(effects.notice(effects.town.by_hand[Role.DISTRICT_TEAM]))
    assert isinstance(learned, ReportUndelivered)
    assert learned.code == "no_system"


async def test_an_organisation_that_nobody_knows_is_given_to_a_person(hands: Hands, effects: Effects) -> None:
    learned = await hands.carry_out(effects.support("provider-nobody-knows"))
    assert isinstance(learned, ReportUndelivered)
    assert learned.code == "unknown_organisation"
