"""The fixed set of mediations whose histories every release leaves behind: each branch of the process once."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from domain.facts.outcome import Outcome
from domain.facts.parties import Actor, Role
from domain.facts.referral import Document
from domain.facts.tasks import TaskKind
from domain.messages import answers as a
from domain.messages import commands as c
from tests.domain.case import deciding
from tests.histories.walk import Walk
from tests.town import BY_HAND


class Story(NamedTuple):
    """A mediation from start to end."""

    tell: Callable[[Walk], Awaitable[None]]
    outcome: Outcome


async def happy(walk: Walk) -> None:
    """The ordinary way home."""
    await walk.start()
    await walk.offered()
    await walk.housed()
    await walk.call()


async def supplement_and_review(walk: Walk) -> None:
    """Documents are missing, then the client is not ready; later both are mended."""
    kept = tuple(document for document in Document if document is not Document.INCOME_STATEMENT)
    await walk.start(documents=kept)
    incomplete = a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=(Document.INCOME_STATEMENT,))
    await walk.answer(incomplete)
    await walk.days(8)
    await walk.answer(a.SupplementAnswer(documents=(Document.INCOME_STATEMENT,)))
    await walk.answer(a.ReadinessAnswer(result=a.Readiness.NOT_READY))
    await walk.days(100)
    await walk.answer(a.ReviewAnswer(ready=True))
    await walk.offered()
    await walk.housed()
    await walk.call()


async def negative_assessment_upheld(walk: Walk) -> None:
    """The district team judges against it, and after the hearing that stands."""
    await _rejected(walk)
    await walk.term_over()


async def _rejected(walk: Walk) -> None:
    await walk.start()
    await walk.ready()
    note = await walk.note("Living alone is no option yet.")
    await walk.answer(a.AssessmentAnswer(result=a.AssessmentResult.NEGATIVE, note=note))
    await walk.days(10)
    await walk.answer(await walk.hearing())


async def refusal_lapses(walk: Walk) -> None:
    """A refusal without a valid reason: after the hearing the urgency lapses."""
    await walk.start()
    await walk.offered()
    await walk.refuse()
    note = await walk.note("The reason given is not valid.")
    await walk.answer(a.JudgementAnswer(valid=False, note=note))
    await walk.answer(await walk.hearing())
    await walk.term_over()


async def corporation_withdraws_then_housed(walk: Walk) -> None:
    """The corporation takes its offer back after it was accepted; the next dwelling becomes the home."""
    await walk.start()
    await walk.offered()
    await walk.accept()
    await walk.settled()
    by = Actor(role=Role.CORPORATION, organisation=walk.scene.town.corporation, user="user-3")
    await walk.give(c.WithdrawOffer(by=by, reason=c.WithdrawalReason.LET_OTHERWISE))
    await walk.received()
    dwelling = await walk.released("2")
    await walk.days(32)
    await walk.match(dwelling)
    await walk.housed()
    await walk.call()


async def provider_unable_and_bridged(walk: Walk) -> None:
    """The provider cannot start in time: another one bridges, and later support starts."""
    await walk.start()
    await walk.offered()
    await walk.accept()
    await walk.sign()
    await walk.answer(a.SupportAnswer(unable=True))
    await walk.answer(a.BridgeAnswer(way="bridge", by=walk.scene.town.other_provider))
    await walk.received()
    await walk.move()
    await walk.start_support()
    await walk.call_day()
    await walk.call()


async def unreachable_and_signed_off(walk: Walk) -> None:
    """Three calls on different parts of the day, then the guide, then a signature."""
    await walk.start()
    await walk.offered()
    await walk.housed()
    for day_part in a.DayPart:
        await walk.answer(a.CallAnswer(day_part=day_part, reached=False))
        await walk.days(1)
    await walk.answer(a.GuideAnswer(in_contact=False))
    note = await walk.note("Nobody knows where the client is.")
    await walk.answer(a.SignOffAnswer(close=True, note=note))


async def withdrawn(walk: Walk) -> None:
    """The client withdraws while the lease is being drawn up."""
    await walk.start()
    await walk.offered()
    await walk.accept()
    await walk.settled()
    await walk.give(
        c.Withdraw(by=walk.coordinator, source=a.KnownFrom.CLIENT, note=await walk.note("Goes to live with a sister."))
    )


async def died(walk: Walk) -> None:
    """The client dies while an offer is open: everything stops at once."""
    await walk.start()
    await walk.offered()
    await walk.give(c.ReportDeath(by=walk.coordinator, source=a.KnownFrom.FAMILY))


async def no_dwelling(walk: Walk) -> None:
    """Half a year without a dwelling: it is looked for every month, and the urgency is extended."""
    await walk.start()
    await walk.ready()
    await walk.positive()
    await walk.days(150)
    await walk.answer(a.UrgencyAnswer(extend=True))
    dwelling = await walk.released()
    await walk.days(32)
    await walk.match(dwelling)
    await walk.housed()
    await walk.call()


async def partner_away(walk: Walk) -> None:
    """The partners' systems are away when they are called for the first times."""
    town = walk.scene.town
    await walk.start()
    away = {"fault": "unavailable", "attempts": 2}
    lost = {"fault": "lost_answer", "attempts": 1}
    await town.systems.team.switch(away | {"organisation": town.team})
    await town.systems.corporation.switch(
        lost | {"organisation": town.corporation, "operation": "create_aanbieding"},
        lost | {"organisation": town.corporation, "operation": "create_huurovereenkomst"},
        {"fault": "unavailable", "times": 1, "organisation": town.corporation, "operation": "list_eenheden"},
    )
    await town.systems.provider.switch(away | {"organisation": town.provider})
    dwelling = await walk.released()
    await walk.ready()
    await walk.positive()
    await walk.days(4)  # a corporation that could not list its dwellings is asked again on the next working day
    await walk.match(dwelling)
    await walk.accept()
    await walk.settled()
    for system in town.systems:
        await system.switch()
    await walk.sign()
    await walk.plan_support()
    await walk.move()
    await walk.start_support()
    await walk.call_day()
    await walk.call()


async def delivery_refused(walk: Walk) -> None:
    """The provider's system refuses a request for good; a person has it mended and it is sent again."""
    stranger = f"stranger-{walk.scene.town.tag}"
    await walk.start(care_provider=stranger)
    await walk.offered()
    await walk.accept()
    await walk.task(TaskKind.RESOLVE_DELIVERY)
    await walk.scene.town.connect_provider(stranger)
    await walk.answer(a.DeliveryAnswer(way="try_again"))
    await walk.settled()
    assert (await walk.state()).undelivered == {}
    await walk.sign()
    await walk.plan_support()
    await walk.move()
    await walk.start_support()
    await walk.call_day()
    await walk.call()


async def objection_dismissed(walk: Walk) -> None:
    """The client objects to the rejection after the end, and is not right: what is left is the court."""
    await _rejected(walk)
    await walk.settled()
    await walk.days(20)
    await walk.object_to_the_end()
    await walk.days(10)
    note = await walk.note("Er is opnieuw gekeken. Zelf wonen lukt nog niet.")
    await walk.answer(a.ObjectionAnswer(result=a.ObjectionResult.DISMISSED, note=note))


async def objection_upheld_then_housed(walk: Walk) -> None:
    """The client objects to the rejection after the end, and is right: the mediation goes on and ends at home."""
    await _rejected(walk)
    await walk.settled()
    await walk.days(35)
    await walk.object_to_the_end()
    note = await walk.note("De cliënt woonde intussen op proef, en dat lukte.")
    await walk.answer(a.ObjectionAnswer(result=a.ObjectionResult.WELL_FOUNDED, note=note))
    await walk.received()
    dwelling = await walk.released()
    await walk.positive()
    await walk.match(dwelling)
    await walk.housed()
    await walk.call()


async def death_denied_then_housed(walk: Walk) -> None:
    """The district team says that the client died; the municipality finds that the client lives, and it goes on."""
    dwelling = await walk.released()
    await walk.start()
    await walk.ready()
    by = Actor(role=Role.DISTRICT_TEAM, organisation=walk.scene.town.team, user="user-4")
    await walk.give(c.ReportDeath(by=by, source=a.KnownFrom.OTHER, note=await walk.note("De buren vertelden het.")))
    await walk.days(1)
    await walk.answer(a.DeathConfirmationAnswer(confirmed=False))
    await walk.positive()
    await walk.match(dwelling)
    await walk.housed()
    await walk.call()


async def withdrawal_confirmed(walk: Walk) -> None:
    """The institution says that the client wants to stop, and the client says so to the municipality."""
    await walk.start()
    await walk.offered()
    await _stop(walk)


async def withdrawal_after_the_keys(walk: Walk) -> None:
    """The client who has the keys wants no more help: the call after three months is made all the same."""
    await walk.start()
    await walk.offered()
    await walk.accept()
    await walk.sign()
    await walk.plan_support()
    await walk.move()
    await walk.start_support()
    await _stop(walk)
    await walk.answer(a.ConferenceAnswer(result="calmed"))
    await walk.call_day()
    await walk.call()


async def _stop(walk: Walk) -> None:
    note = await walk.note("Ik wil het zelf doen.")
    by = Actor(role=Role.INSTITUTION, organisation=walk.scene.town.institution, user="user-2")
    reason = c.ClientWithdrawal.SUPPORT_NOT_WANTED
    await walk.give(c.Withdraw(by=by, reason=reason, source=a.KnownFrom.CLIENT, note=note))
    await walk.answer(a.WithdrawalConfirmationAnswer(confirmed=True, spoke_on=walk.today, note=note))


async def home_in_another_district(walk: Walk) -> None:
    """The home is in the district of another team, which has no system: the municipality tells it by hand."""
    await walk.start()
    await walk.offered(await walk.released(district=BY_HAND))
    await walk.accept()
    await walk.sign()
    await walk.plan_support()
    await walk.answer(a.DeliveryAnswer(way="done_by_hand"))
    await walk.move()
    await walk.start_support()
    await walk.call_day()
    await walk.call()


async def decided_by_a_desk(walk: Walk) -> None:
    """The team advises, and a desk decides after a reminder, on other terms than were advised."""
    walk.policy = deciding()
    dwelling = await walk.released()
    await walk.start(desk=walk.scene.town.desk)
    await walk.ready()
    await walk.positive()
    await walk.days(4)
    note = await walk.note("De cliënt heeft hulp van een zus: minder begeleiding is genoeg.")
    decision = a.UrgencyDecisionAnswer(granted=True, support=a.SupportProduct.LIGHT, note=note)
    task = await walk.task(TaskKind.DECIDE_URGENCY)
    await walk.give(c.AnswerTask(by=walk.scene.town.at_the_desk, task=task.id, answer=decision))
    await walk.match(dwelling)
    await walk.housed()
    await walk.call()


async def refused_by_a_desk(walk: Walk) -> None:
    """A desk intends to refuse what was advised; the client is heard, and the refusal stands."""
    walk.policy = deciding()
    await walk.start(desk=walk.scene.town.desk)
    await walk.ready()
    await walk.positive()
    note = await walk.note("De cliënt woont nog niet lang genoeg in deze gemeente.")
    refusal = a.UrgencyDecisionAnswer(granted=False, reasons=(a.DecisionReason.NOT_FROM_HERE,), note=note)
    task = await walk.task(TaskKind.DECIDE_URGENCY)
    await walk.give(c.AnswerTask(by=walk.scene.town.at_the_desk, task=task.id, answer=refusal))
    await walk.days(10)
    await walk.answer(await walk.hearing())
    await walk.term_over()


STORIES: dict[str, Story] = {
    "happy": Story(happy, Outcome.HOUSED_FOLLOW_UP_HELD),
    "supplement-and-review": Story(supplement_and_review, Outcome.HOUSED_FOLLOW_UP_HELD),
    "negative-assessment-upheld": Story(negative_assessment_upheld, Outcome.REJECTED),
    "refusal-lapses": Story(refusal_lapses, Outcome.REFUSED_LAPSED),
    "corporation-withdraws": Story(corporation_withdraws_then_housed, Outcome.HOUSED_FOLLOW_UP_HELD),
    "provider-unable": Story(provider_unable_and_bridged, Outcome.HOUSED_FOLLOW_UP_HELD),
    "unreachable": Story(unreachable_and_signed_off, Outcome.HOUSED_UNREACHABLE),
    "withdrawn": Story(withdrawn, Outcome.WITHDRAWN_BY_CLIENT),
    "died": Story(died, Outcome.DIED),
    "no-dwelling": Story(no_dwelling, Outcome.HOUSED_FOLLOW_UP_HELD),
    "partner-away": Story(partner_away, Outcome.HOUSED_FOLLOW_UP_HELD),
    "delivery-refused": Story(delivery_refused, Outcome.HOUSED_FOLLOW_UP_HELD),
    "objection-dismissed": Story(objection_dismissed, Outcome.REJECTED),
    "objection-upheld": Story(objection_upheld_then_housed, Outcome.HOUSED_FOLLOW_UP_HELD),
    "death-denied": Story(death_denied_then_housed, Outcome.HOUSED_FOLLOW_UP_HELD),
    "withdrawal-confirmed": Story(withdrawal_confirmed, Outcome.WITHDRAWN_BY_CLIENT),
    "withdrawal-after-the-keys": Story(withdrawal_after_the_keys, Outcome.HOUSED_FOLLOW_UP_HELD),
    "home-elsewhere": Story(home_in_another_district, Outcome.HOUSED_FOLLOW_UP_HELD),
    "decided-by-a-desk": Story(decided_by_a_desk, Outcome.HOUSED_FOLLOW_UP_HELD),
    "refused-by-a-desk": Story(refused_by_a_desk, Outcome.REJECTED),
}
"""By name. A name is never used for another story: histories of earlier releases stand under it."""
