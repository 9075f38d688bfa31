"""The fixed set of mediations whose histories every release leaves behind: each branch of the process once."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import NamedTuple

from domain.facts.complaints import Complainant, ComplaintResult
from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import Actor, Role
from domain.facts.referral import Document
from domain.facts.tasks import Hindrance, TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from sandbox.driven import road
from tests.domain.case import checking, deciding, undoable
from tests.histories.scene import ELSEWHERE
from tests.journey import Journey
from tests.town import BY_HAND


class Story(NamedTuple):
    """A mediation from start to end."""

    tell: Callable[[Journey], Awaitable[None]]
    outcome: Outcome


async def happy(journey: Journey) -> None:
    """The ordinary way home."""
    await journey.offered()
    await journey.housed()
    await journey.call()


async def supplement_and_review(journey: Journey) -> None:
    """Documents are missing, then the client is not ready; later both are mended."""
    kept = tuple(document for document in Document if document is not Document.INCOME_STATEMENT)
    await journey.start(documents=kept)
    incomplete = a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=(Document.INCOME_STATEMENT,))
    await journey.answer(incomplete)
    await journey.days(8)
    await journey.answer(a.SupplementAnswer(documents=(Document.INCOME_STATEMENT,)))
    await journey.answer(a.ReadinessAnswer(result=a.Readiness.NOT_READY))
    await journey.days(100)
    await journey.answer(a.ReviewAnswer(ready=True))
    await journey.offered()
    await journey.housed()
    await journey.call()


async def negative_assessment_upheld(journey: Journey) -> None:
    """The district team judges against it, and after the hearing that stands."""
    await _rejected(journey)
    await journey.term_over()


async def _rejected(journey: Journey) -> None:
    await journey.start()
    await journey.ready()
    note = await journey.note("Living alone is no option yet.")
    await journey.answer(a.AssessmentAnswer(result=a.AssessmentResult.NEGATIVE, note=note))
    await journey.days(10)
    await journey.heard()


async def refusal_lapses(journey: Journey) -> None:
    """A refusal without a valid reason: after the hearing the urgency lapses."""
    await journey.offered()
    await journey.refuse()
    note = await journey.note("The reason given is not valid.")
    await journey.answer(a.JudgementAnswer(valid=False, note=note))
    await journey.heard()
    await journey.term_over()


async def corporation_withdraws_then_housed(journey: Journey) -> None:
    """The corporation takes its offer back after it was accepted; the next dwelling becomes the home."""
    await journey.offered()
    await journey.accept()
    await journey.settled()
    by = Actor(role=Role.CORPORATION, organisation=journey.town.corporation, user="user-3")
    await journey.do(c.WithdrawOffer(by=by, reason=c.WithdrawalReason.LET_OTHERWISE))
    await journey.received()
    dwelling = await journey.released("2")
    await journey.days(32)
    await journey.match(dwelling)
    await journey.housed()
    await journey.call()


async def provider_unable_and_bridged(journey: Journey) -> None:
    """The provider cannot start in time: another one bridges, and later support starts."""
    await journey.offered()
    await journey.accept()
    await journey.sign()
    await journey.answer(a.SupportAnswer(unable=True))
    await journey.answer(a.BridgeAnswer(way="bridge", by=journey.town.other_provider))
    await journey.received()
    await journey.keys()
    await journey.start_support()
    await journey.call_day()
    await journey.call()


async def unreachable_and_signed_off(journey: Journey) -> None:
    """Three calls on different parts of the day, then the guide, then a signature."""
    await journey.offered()
    await journey.moved()
    await journey.call_day()
    for day_part in a.DayPart:
        await journey.answer(a.CallAnswer(day_part=day_part, reached=False))
        await journey.days(1)
    await journey.answer(a.GuideAnswer(in_contact=False))
    note = await journey.note("Nobody knows where the client is.")
    await journey.answer(a.SignOffAnswer(close=True, note=note))


async def withdrawn(journey: Journey) -> None:
    """The client withdraws while the lease is being drawn up."""
    await journey.offered()
    await journey.accept()
    await journey.settled()
    await journey.do(
        c.Withdraw(
            by=journey.coordinator, source=a.KnownFrom.CLIENT, note=await journey.note("Goes to live with a sister.")
        )
    )


async def died(journey: Journey) -> None:
    """The client dies while an offer is open: everything stops at once."""
    await journey.offered()
    await journey.do(c.ReportDeath(by=journey.coordinator, source=a.KnownFrom.FAMILY))


async def no_dwelling(journey: Journey) -> None:
    """Half a year without a dwelling: it is looked for every month, and the urgency is extended."""
    await journey.assessed()
    await journey.days(150)
    await journey.answer(a.UrgencyAnswer(extend=True))
    dwelling = await journey.released()
    await journey.days(32)
    await journey.match(dwelling)
    await journey.housed()
    await journey.call()


async def partner_away(journey: Journey) -> None:
    """The partners' systems are away when they are called for the first times."""
    town = journey.town
    await journey.start()
    away = {"fault": "unavailable", "attempts": 2}
    lost = {"fault": "lost_answer", "attempts": 1}
    await town.systems.team.switch(away | {"organisation": town.team})
    await town.systems.corporation.switch(
        lost | {"organisation": town.corporation, "operation": "create_aanbieding"},
        lost | {"organisation": town.corporation, "operation": "create_huurovereenkomst"},
        {"fault": "unavailable", "times": 1, "organisation": town.corporation, "operation": "list_eenheden"},
    )
    await town.systems.provider.switch(away | {"organisation": town.provider})
    dwelling = await journey.released()
    await journey.ready()
    await journey.positive()
    await journey.days(4)  # a corporation that could not list its dwellings is asked again on the next working day
    await journey.match(dwelling)
    await journey.accept()
    await journey.settled()
    for system in town.systems:
        await system.switch()
    await journey.sign()
    await journey.plan_support()
    await journey.keys()
    await journey.start_support()
    await journey.call_day()
    await journey.call()


async def delivery_refused(journey: Journey) -> None:
    """The provider's system refuses a request for good; a person has it mended and it is sent again."""
    stranger = f"stranger-{journey.town.tag}"
    journey.parties = journey.town.parties(care_provider=stranger)
    await journey.offered()
    await journey.accept()
    await journey.task(TaskKind.RESOLVE_DELIVERY)
    await journey.town.connect_provider(stranger)
    await journey.answer(a.DeliveryAnswer(way="try_again"))
    await journey.settled()
    assert (await journey.state()).undelivered == {}
    await journey.sign()
    await journey.plan_support()
    await journey.keys()
    await journey.start_support()
    await journey.call_day()
    await journey.call()


async def objection_dismissed(journey: Journey) -> None:
    """The client objects to the rejection after the end, and is not right: what is left is the court."""
    await _rejected(journey)
    await journey.settled()
    await journey.days(20)
    await journey.objects()
    await journey.days(10)
    note = await journey.note("Er is opnieuw gekeken. Zelf wonen lukt nog niet.")
    await journey.answer(a.ObjectionAnswer(result=a.ObjectionResult.DISMISSED, hearing="waived", note=note))


async def objection_upheld_then_housed(journey: Journey) -> None:
    """The client objects to the rejection after the end, and is right: the mediation goes on and ends at home."""
    await _rejected(journey)
    await journey.settled()
    await journey.days(35)
    await journey.objects()
    note = await journey.note("De cliënt woonde intussen op proef, en dat lukte.")
    await journey.answer(a.ObjectionAnswer(result=a.ObjectionResult.WELL_FOUNDED, note=note))
    await journey.received()
    dwelling = await journey.released()
    await journey.positive()
    await journey.match(dwelling)
    await journey.housed()
    await journey.call()


async def death_denied_then_housed(journey: Journey) -> None:
    """The district team says that the client died; the municipality finds that the client lives, and it goes on."""
    dwelling = await journey.released()
    await journey.start()
    await journey.ready()
    by = Actor(role=Role.DISTRICT_TEAM, organisation=journey.town.team, user="user-4")
    await journey.do(c.ReportDeath(by=by, source=a.KnownFrom.OTHER, note=await journey.note("De buren vertelden het.")))
    await journey.days(1)
    await journey.answer(a.DeathConfirmationAnswer(confirmed=False))
    await journey.positive()
    await journey.match(dwelling)
    await journey.housed()
    await journey.call()


async def withdrawal_confirmed(journey: Journey) -> None:
    """The institution says that the client wants to stop, and the client says so to the municipality."""
    await journey.offered()
    await _stop(journey)


async def withdrawal_after_the_keys(journey: Journey) -> None:
    """The client who has the keys wants no more help: the call after three months is made all the same."""
    await journey.offered()
    await journey.moved()
    await _stop(journey)
    await journey.answer(a.ConferenceAnswer(result="calmed"))
    await journey.call_day()
    await journey.call()


async def _stop(journey: Journey) -> None:
    note = await journey.note("Ik wil het zelf doen.")
    by = Actor(role=Role.INSTITUTION, organisation=journey.town.institution, user="user-2")
    reason = c.ClientWithdrawal.SUPPORT_NOT_WANTED
    await journey.do(c.Withdraw(by=by, reason=reason, source=a.KnownFrom.CLIENT, note=note))
    await journey.answer(a.WithdrawalConfirmationAnswer(confirmed=True, spoke_on=await journey.today(), note=note))


async def _told_by_hand_to_the_call(journey: Journey) -> None:
    """From the lease to the end, where the municipality tells the receiving team by hand."""
    await journey.plan_support()
    await journey.answer(a.DeliveryAnswer(way="done_by_hand"))
    await journey.keys()
    await journey.start_support()
    await journey.call_day()
    await journey.call()


async def home_in_another_district(journey: Journey) -> None:
    """The home is in the district of another team, which has no system: the municipality tells it by hand."""
    await journey.offered(await journey.released(district=BY_HAND))
    await journey.accept()
    await journey.sign()
    await _told_by_hand_to_the_call(journey)


async def decided_by_a_desk(journey: Journey) -> None:
    """The team advises, and a desk decides after a reminder, on other terms than were advised."""
    journey.policy = deciding()
    dwelling = await journey.released()
    journey.parties = journey.town.parties(desk=journey.town.desk)
    await journey.start()
    await journey.ready()
    await journey.positive()
    await journey.days(4)
    note = await journey.note("De cliënt heeft hulp van een zus: minder begeleiding is genoeg.")
    decision = a.UrgencyDecisionAnswer(granted=True, support=a.SupportProduct.LIGHT, note=note)
    task = await journey.task(TaskKind.DECIDE_URGENCY)
    await journey.do(c.AnswerTask(by=journey.town.at_the_desk, task=task.id, answer=decision))
    await journey.match(dwelling)
    await journey.housed()
    await journey.call()


async def refused_by_a_desk(journey: Journey) -> None:
    """A desk intends to refuse what was advised; the client is heard, and the refusal stands."""
    journey.policy = deciding()
    journey.parties = journey.town.parties(desk=journey.town.desk)
    await journey.start()
    await journey.ready()
    await journey.positive()
    note = await journey.note("De cliënt woont nog niet lang genoeg in deze gemeente.")
    refusal = a.UrgencyDecisionAnswer(granted=False, reasons=(a.DecisionReason.NOT_FROM_HERE,), note=note)
    task = await journey.task(TaskKind.DECIDE_URGENCY)
    await journey.do(c.AnswerTask(by=journey.town.at_the_desk, task=task.id, answer=refusal))
    await journey.days(10)
    await journey.heard()
    await journey.term_over()


async def death_undone(journey: Journey) -> None:
    """The client is said to be dead, which a second person undoes after three days; then the ordinary way home."""
    journey.policy = undoable()
    await journey.offered()
    await journey.do(c.ReportDeath(by=journey.coordinator, source=a.KnownFrom.FAMILY))
    await journey.days(3)
    note = await journey.note("De melding ging over een andere cliënt met dezelfde naam.")
    second = replace(journey.coordinator, user="user-9")
    other = await journey.released("2")
    await journey.do(c.ReopenMediation(by=second, because=c.ReopeningReason.END_WAS_WRONG, note=note))
    await journey.match(other)
    await journey.housed()
    await journey.call()
    await journey.settled()
    await journey.skip(timedelta(weeks=7))


async def lease_checked(journey: Journey) -> None:
    """The corporation advises to put the lease in the client's own name: the municipality first has it looked at again,
    and then agrees.
    """
    journey.policy = replace(journey.policy, conversion=checking().conversion)
    landlord = Actor(role=Role.CORPORATION, organisation=journey.town.corporation, user="user-3")
    await journey.offered()
    await journey.housed()
    await journey.call()
    for again in (True, False):
        await journey.overdue(TaskKind.DECIDE_CONVERSION)
        today = await journey.today()
        note = await journey.note("De doelen zijn gehaald.")
        await journey.answer(a.ConversionAnswer(result="converted", on=today, note=note), landlord)
        if again:
            on = today + timedelta(days=60)
            await journey.answer(a.ConversionCheckAnswer(result="later", again_on=on))
        else:
            await journey.answer(a.ConversionCheckAnswer(result="agreed", on=today))


async def urgency_taken_back(journey: Journey) -> None:
    """A step back against the client's will: intended, heard, decided, objected to with right; then the way home."""
    await journey.assessed()
    note = await journey.note("De cliënt blijkt een eigen woning te hebben.")
    await journey.do(c.StepBack(by=journey.coordinator, to=Stage.ASSESSMENT, note=note))
    await journey.days(5)
    await journey.heard()
    await journey.settled()
    await journey.days(20)
    why = await journey.note("Die woning was van een ander met dezelfde naam.")
    against = c.Disputed.URGENCY_TAKEN_BACK
    await journey.do(c.FileObjection(by=journey.institution, against=against, note=why))
    right = await journey.note("De cliënt heeft gelijk: er is geen woning.")
    await journey.answer(a.ObjectionAnswer(result=a.ObjectionResult.WELL_FOUNDED, note=right))
    await journey.match(await journey.released())
    await journey.housed()
    await journey.call()


async def hindered(journey: Journey) -> None:
    """By link the team asks for more time, which it gets; then it says that the task is not its own, and it stays."""
    by = Actor(role=Role.DISTRICT_TEAM, organisation=journey.town.team, user="link")
    dwelling = await journey.released()
    await journey.start()
    await journey.ready()
    task = await journey.task(TaskKind.ASSESS)
    why = await journey.note("De cliënt is op vakantie.")
    until = journey.policy.calendar.today(task.due) + timedelta(days=10)
    more, other = Hindrance.MORE_TIME, Hindrance.NOT_MINE
    await journey.do(c.ReportHindrance(by=by, task=task.id, hindrance=more, until=until, note=why))
    granted = await journey.note("Dat is goed.")
    await journey.do(c.AnswerHindrance(by=journey.coordinator, task=task.id, granted=True, note=granted))
    await journey.days(3)
    why = await journey.note("De cliënt woont niet in onze wijk.")
    await journey.do(c.ReportHindrance(by=by, task=task.id, hindrance=other, note=why))
    refused = await journey.note("De cliënt komt wel in uw wijk wonen.")
    await journey.do(c.AnswerHindrance(by=journey.coordinator, task=task.id, granted=False, note=refused))
    await journey.answer(road.positive(), by)
    await journey.match(dwelling)
    await journey.housed()
    await journey.call()


async def complaint_beside(journey: Journey) -> None:
    """The client complains meanwhile: the answer is put off once, and comes after the client stopped."""
    handler = replace(journey.coordinator, user="user-9")
    await journey.start()
    await journey.ready()
    what = await journey.note("Er is drie keer beloofd dat iemand mij zou bellen. Niemand belde.")
    await journey.do(c.FileComplaint(by=journey.institution, complainant=Complainant.CLIENT, note=what))
    await journey.days(30)
    why = await journey.note("Wij willen eerst de begeleider spreken.")
    await journey.answer(a.ComplaintAnswer(result=ComplaintResult.POSTPONED, note=why), handler)
    await _stop(journey)
    await journey.days(30)
    found = await journey.note("Wij hebben niet gebeld. Dat was onze fout.")
    result = ComplaintResult.WELL_FOUNDED
    await journey.answer(a.ComplaintAnswer(result=result, hearing="waived", note=found), handler)


async def transferred(journey: Journey) -> None:
    """Another municipality is asked to carry it on: the client takes the consent back, then agrees anew; it is reminded
    and says no; asked once more it says yes while a home is offered, and all that is scarce is given back.
    """
    other = Actor(role=Role.COORDINATOR, organisation=ELSEWHERE, user="user-8")
    await journey.offered()
    why = await journey.note("Haar zus woont daar.")
    parts = (c.FilePart.PERSON, c.FilePart.URGENCY)

    async def propose() -> None:
        today = await journey.today()
        asked = {"to": ELSEWHERE, "consent_on": today, "consent": "written", "shares": parts, "notes": (why,)}
        await journey.do(c.ProposeTransfer.model_validate({"by": journey.coordinator, "note": why, **asked}))
        await journey.settled()

    await propose()
    await journey.do(c.WithdrawTransfer(by=journey.coordinator, note=await journey.note("Zij wil nog nadenken.")))
    await propose()
    await journey.overdue(TaskKind.ANSWER_TRANSFER)
    no = a.TransferReply(accepted=False, note=await journey.note("Wij hebben nu geen plek."))
    await journey.answer(no, other)
    await propose()
    from_when = await journey.today() + timedelta(days=7)
    yes = a.TransferReply(accepted=True, takes_over_on=from_when, note=await journey.note("Er is plek gekomen."))
    await journey.answer(yes, other)
    await journey.term_over()


async def trial(journey: Journey) -> None:
    """A coordinator walks the whole road with an invented client: homes are invented, systems are played by hand."""
    journey.trial = True
    await journey.assessed()
    await journey.answer(road.match(journey.town.corporation, "PROEF-1"))
    await journey.answer(a.ConfirmationAnswer(number="PROEF"))
    await journey.accept()
    await journey.settled()
    await journey.sign()
    await _told_by_hand_to_the_call(journey)


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
    "death-undone": Story(death_undone, Outcome.HOUSED_FOLLOW_UP_HELD),
    "lease-checked": Story(lease_checked, Outcome.HOUSED_FOLLOW_UP_HELD),
    "urgency-taken-back": Story(urgency_taken_back, Outcome.HOUSED_FOLLOW_UP_HELD),
    "hindered": Story(hindered, Outcome.HOUSED_FOLLOW_UP_HELD),
    "complaint-beside": Story(complaint_beside, Outcome.WITHDRAWN_BY_CLIENT),
    "transferred": Story(transferred, Outcome.TRANSFERRED),
    "trial": Story(trial, Outcome.HOUSED_FOLLOW_UP_HELD),
}
"""By name. A name is never used for another story: histories of earlier releases stand under it."""
