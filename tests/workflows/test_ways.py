"""Ways through the stages, end to end: workflow, activities, PostgreSQL, partners and mail are real.

Here are those in which a timer, a partner, the mailbox or the ledger of places has a part. What the rules decide by
themselves is in tests/domain.
"""

from domain.facts.clocks import ClockKind
from domain.facts.outcome import Outcome, Stage
from domain.facts.referral import Document
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages.answers import KnownFrom, Readiness
from domain.messages.commands import ReportDeath, TakeOverTask, Withdraw
from domain.policy.policy import Policy
from sandbox.driven import road
from tests.domain.case import NOTE, deciding, main_road
from tests.journey import Journey, Scene, table
from tests.town import CLIENT

GUIDE = CLIENT.guide.mail or ""
NOOR = CLIENT.mail or ""


def with_limit(limit: int) -> Policy:
    """Almere with so few places."""
    policy = main_road("almere")
    return replace(policy, capacity=replace(policy.capacity, limit=limit))


async def accepted(scene: Scene) -> Journey:
    """A mediation whose client accepted a dwelling; the partners' systems know of lease and support."""
    await scene.release("D-1")
    journey = Journey(scene)
    await journey.assessed()
    await journey.match("D-1")
    await journey.accept()
    return await journey.settled()


async def test_a_person_moves_home_and_is_called(scene: Scene) -> None:
    await scene.release("D-1", "D-2")
    journey = Journey(scene)
    await journey.assessed()
    await journey.match("D-1")
    await journey.settled()  # a letter that asks for what was done meanwhile is not sent
    await journey.housed()
    await journey.call()
    record = await journey.ended()
    assert record.outcome is Outcome.HOUSED_FOLLOW_UP_HELD
    state = await journey.state()
    assert state.lease.number
    (notice,) = await scene.town.systems.team.records(scene.town.team, "/move-notices", journey.id)
    assert notice["keysOn"] == str(state.lease.keys_on)
    received = "Wij hebben uw aanmelding ontvangen"  # left out when the grant comes before it is sent
    assert [heading for heading in journey.headings(NOOR) if heading != received] == [
        "U krijgt urgentie",
        "Er is een woning voor u",
        "U krijgt de sleutels",
        "Uw begeleiding start",
        "Wij bellen u over een tijdje",
        "Onze hulp stopt",
    ]
    assert set(journey.subjects(GUIDE)) == {"Een brief aan uw cliënt"}


async def test_missing_documents_come_after_a_reminder(scene: Scene) -> None:
    journey = Journey(scene)
    await journey.start(documents=(Document.CONSENT,))
    await journey.answer(a.ReadinessAnswer(result=Readiness.INCOMPLETE, missing=(Document.IDENTITY,)))
    assert (await journey.state()).clock(ClockKind.DECISION_TERM).suspended_at  # type: ignore[union-attr]
    await journey.days(10)
    await journey.answer(a.SupplementAnswer(documents=tuple(Document)))
    await journey.ready()
    assert (await journey.state()).stage is Stage.ASSESSMENT
    assert journey.subjects(journey.town.mail_of(journey.town.institution)) == [
        "Wij hebben uw aanmelding ontvangen",
        "Wij vragen u iets te doen",
        "Herinnering: wij wachten op u",
    ]


async def test_a_referral_that_stays_incomplete_ends_after_a_hearing(scene: Scene) -> None:
    journey = Journey(scene)
    await journey.start(documents=())
    await journey.answer(a.ReadinessAnswer(result=Readiness.INCOMPLETE, missing=(Document.IDENTITY,)))
    await journey.overdue(TaskKind.SUPPLEMENT)
    await journey.answer(a.IncompleteAnswer(decision="not_processed"))
    await journey.heard()
    assert (await journey.term_over()).outcome is Outcome.NOT_PROCESSED_INCOMPLETE
    assert "Wij willen weten wat u vindt" in journey.headings(NOOR)


async def test_a_full_quota_is_tried_every_month_until_there_is_a_place(scene: Scene) -> None:
    one_place = with_limit(1)
    first, second = Journey(scene, policy=one_place), Journey(scene, policy=one_place, bsn="999990020")
    await first.assessed()
    await second.start()
    await second.ready()
    await second.positive()
    assert await second.open() == [TaskKind.AWAIT_PLACE]
    await second.days(35)
    if TaskKind.AWAIT_PLACE in await second.open():  # unless a new year brought a new place
        await first.do(Withdraw(by=first.coordinator, source=KnownFrom.CLIENT))
        await first.ended()
        await second.days(35)
    assert TaskKind.MAKE_OFFER in await second.open()
    assert (await second.happened()).count("TaskChecked") >= 1


async def test_a_dwelling_released_later_is_found_by_the_monthly_check(scene: Scene) -> None:
    journey = Journey(scene)
    await journey.assessed()
    await journey.settled()
    assert (await journey.state()).candidates == ()
    await scene.release("D-7")
    await journey.days(40)
    (candidate,) = (await journey.state()).candidates
    assert candidate.dwelling.id == "D-7"
    await journey.match("D-7")


async def test_a_refusal_with_a_valid_reason_leads_to_another_offer(scene: Scene) -> None:
    await scene.release("D-1", "D-2")
    journey = Journey(scene)
    await journey.assessed()
    await journey.match("D-1")
    await journey.refuse(a.RefusalReason.SAFETY)
    await journey.answer(a.JudgementAnswer(valid=True))
    await journey.match("D-2")
    offers = await scene.town.systems.corporation.records(scene.town.corporation, "/offers", journey.id)
    assert [(one["dwelling"], one["state"]) for one in offers] == [("D-1", "refused"), ("D-2", "offered")]


async def test_no_answer_brings_reminders_to_client_and_guide_and_then_a_phone_call(scene: Scene) -> None:
    await scene.release("D-1")
    journey = Journey(scene)
    await journey.assessed()
    await journey.match("D-1")
    await journey.overdue(TaskKind.ANSWER_OFFER)
    await journey.settled()
    assert journey.headings(NOOR).count("Wij wachten op uw antwoord") == 1
    reminders = [mail for mail in journey.mails(GUIDE) if ":task-reminder-" in mail["X-Mediation-Effect"]]
    assert len(reminders) == 1
    await journey.answer(a.ContactAnswer(result="accepted"))
    assert (await journey.state()).offers[-1].state == "accepted"


async def test_an_answer_given_at_the_corporation_is_read_there(scene: Scene) -> None:
    await scene.release("D-1")
    journey = Journey(scene)
    await journey.assessed()
    await journey.match("D-1")
    number = (await journey.state()).offers[-1].number
    path = f"/offers/{number}/answer"
    await scene.town.systems.corporation.staff("POST", scene.town.corporation, path, {"state": "accepted"})
    await journey.overdue(TaskKind.ANSWER_OFFER)
    assert (await journey.state()).offers[-1].state == "accepted"
    assert TaskKind.SIGN_LEASE in await journey.open()


async def test_an_offer_that_the_corporation_takes_back_in_its_own_system_is_read_there(scene: Scene) -> None:
    await scene.release("D-1", "D-2")
    journey = Journey(scene)
    await journey.assessed()
    await journey.match("D-1")
    number = (await journey.state()).offers[-1].number
    path = f"/offers/{number}/staff-withdrawal"
    await scene.town.systems.corporation.staff("POST", scene.town.corporation, path)
    await journey.overdue(TaskKind.ANSWER_OFFER)
    state = await journey.state()
    assert (state.stage, state.offers[-1].state, state.counted_refusals) == (Stage.OFFER, "withdrawn", 0)
    await journey.match("D-2")


async def test_what_its_system_takes_back_once_the_lease_is_signed_is_reported_once_and_the_lease_stands(
    scene: Scene,
) -> None:
    journey = await accepted(scene)
    await journey.sign()
    await journey.plan_support()
    number = (await journey.state()).offers[-1].number
    path = f"/offers/{number}/staff-withdrawal"
    await scene.town.systems.corporation.staff("POST", scene.town.corporation, path, {"reason": "let_otherwise"})
    await journey.overdue(TaskKind.HAND_OVER_KEYS)
    state = await journey.state()
    assert (state.stage, state.offers[-1].state) == (Stage.ACCEPTANCE, "accepted")
    assert TaskKind.CONFIRM_OFFER_WITHDRAWAL in await journey.open()
    await journey.answer(a.OfferWithdrawalAnswer(confirmed=False))
    await journey.days(14)
    assert (await journey.state()).offers[-1].state == "accepted"
    assert TaskKind.CONFIRM_OFFER_WITHDRAWAL not in await journey.open(), "it says the same again"


async def test_another_provider_can_take_over(scene: Scene) -> None:
    journey = await accepted(scene)
    await journey.answer(a.SupportAnswer(unable=True))
    await journey.answer(a.BridgeAnswer(way="other_provider", by=journey.town.other_provider))
    await journey.settled()
    states = {
        provider: [one["state"] for one in await scene.town.systems.provider.supports(provider)]
        for provider in (journey.town.provider, journey.town.other_provider)
    }
    assert states == {journey.town.provider: ["cancelled"], journey.town.other_provider: ["requested"]}
    assert (await journey.task(TaskKind.CONFIRM_SUPPORT)).owner == journey.town.other_provider


async def test_a_client_who_withdraws_leaves_nothing_reserved_anywhere(scene: Scene) -> None:
    journey = await accepted(scene)
    await journey.do(Withdraw(by=journey.coordinator, source=KnownFrom.CLIENT))
    assert (await journey.ended()).outcome is Outcome.WITHDRAWN_BY_CLIENT
    corporation, provider, _ = scene.town.systems
    (offer,) = await corporation.records(scene.town.corporation, "/offers", journey.id)
    (support,) = await provider.supports(scene.town.provider)
    assert (offer["state"], support["state"]) == ("withdrawn", "cancelled")
    again = Journey(scene)
    await again.start()


async def test_after_a_death_everything_stops_and_nobody_writes_to_the_client(scene: Scene) -> None:
    journey = await accepted(scene)
    before = (journey.headings(NOOR), journey.headings(GUIDE))
    await journey.do(ReportDeath(by=journey.coordinator, source=KnownFrom.FAMILY))
    assert (await journey.ended()).outcome is Outcome.DIED
    assert (journey.headings(NOOR), journey.headings(GUIDE)) == before
    assert "Deze bemiddeling is afgelopen" in journey.subjects(journey.town.mail_of(journey.town.institution))


async def test_an_ordinary_mediation_has_fewer_than_420_events(scene: Scene) -> None:
    """Ordinary: a monthly check before a dwelling is found, and reminders because everybody answers late."""
    journey = Journey(scene)
    await journey.assessed()
    await scene.release("D-1", "D-2")
    await journey.days(40)
    await journey.match("D-1")
    await journey.days(7)
    await journey.accept()
    await journey.sign()
    await journey.days(4)
    await journey.plan_support()
    await journey.keys()
    await journey.days(4)
    await journey.start_support()
    await journey.call_day()
    await journey.call()
    await journey.ended()
    counts = table(await journey.history())
    for kind in ("WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED", "WORKFLOW_EXECUTION_OPTIONS_UPDATED"):
        counts.pop(kind, None)  # only a server that skips time writes these
    lines = "\n".join(f"{n:5} {kind.lower()}" for kind, n in counts.most_common())
    assert sum(counts.values()) < 420, lines
    print(f"\n{lines}\n{sum(counts.values()):5} in all")  # noqa: T201 - shown with -s


async def test_a_desk_that_does_not_decide_is_reminded_and_the_municipality_takes_over(scene: Scene) -> None:
    """The advice is followed by nobody for weeks: letters go, the term to decide is watched, and there is a way on."""
    desk = scene.town.at_the_desk
    journey = await Journey(scene, policy=deciding(), desk=desk.organisation).start()
    await journey.ready()
    await journey.positive()
    task = await journey.task(TaskKind.DECIDE_URGENCY)
    assert task.owner == desk.organisation
    await journey.days(60)
    told = journey.subjects(scene.town.mail_of(desk.organisation))
    assert told[0] == "Wij vragen u iets te doen"
    assert "Herinnering: wij wachten op u" in told
    assert {"ClockWarned", "ClockExpired"} <= set(await journey.happened())
    assert TaskKind.EXTEND_DECISION_TERM not in await journey.open(), "a term that is over is extended no more"
    await journey.do(TakeOverTask(by=journey.coordinator, task=task.id, note=NOTE))
    await journey.answer(road.granted())
    assert (await journey.state()).stage is Stage.OFFER
    assert "UrgencyDecided" in await journey.happened()
    await journey.do(Withdraw(by=journey.coordinator, source=KnownFrom.CLIENT, note=NOTE))
    await journey.ended()
