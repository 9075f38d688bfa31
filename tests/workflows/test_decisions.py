"""A decision against the client through the real shell: its letter, the term that runs from it, and the way back."""

import re
from datetime import date, timedelta
from email.message import EmailMessage

from temporalio.client import WorkflowExecutionStatus

from domain.facts.outcome import Outcome, Stage
from domain.facts.tasks import TaskKind
from domain.messages import answers as a
from domain.state.decision import last_day
from store import read_model
from store.read_model import MediationFilter
from tests.domain.case import NOTE
from tests.journey import Journey, Scene
from tests.town import CLIENT
from texts import Language, of

NOOR = CLIENT.mail or ""
GUIDE = CLIENT.guide.mail or ""
WHY = "In januari woonde u vier weken op proef. Dat lukte nog niet."


async def rejected(scene: Scene, note: str | None = None) -> Journey:
    journey = await Journey(scene).start()
    await journey.ready()
    note = note or await journey.note(WHY)
    await journey.answer(a.AssessmentAnswer(result=a.AssessmentResult.NEGATIVE, note=note))
    await journey.heard(note=note)
    return await journey.settled()


def body(mail: EmailMessage) -> str:
    return str(mail.get_content())


def named(day: date) -> str:
    return of(Language.DUTCH).in_words(day)


async def test_the_letter_says_why_and_until_when_one_may_object_and_the_workflow_lives_so_long(scene: Scene) -> None:
    journey = await rejected(scene)
    decision = (await journey.state()).decision
    assert decision is not None
    assert decision.last_day == last_day(await journey.today())
    letter = body(journey.mails(NOOR)[-1])
    assert "Wij wijzen uw aanvraag af" in letter
    assert WHY in letter
    assert re.search(rf"Bezwaar maken\s+kan\s+tot\s+en\s+met\s+{named(decision.last_day)}", letter)
    assert "hoeft niets" not in letter
    assert "http" not in letter
    assert named(decision.last_day) in body(journey.mails(GUIDE)[-1])
    assert WHY not in body(journey.mails(GUIDE)[-1])
    assert (await journey.handle.describe()).status is WorkflowExecutionStatus.RUNNING
    await journey.skip(timedelta(days=90))
    assert (await journey.ended()).outcome is Outcome.REJECTED
    assert (await journey.happened())[-1] == "ObjectionTermEnded"


async def test_who_is_right_afterwards_goes_on_and_the_lists_tell_so(scene: Scene) -> None:
    journey = await rejected(scene)
    await journey.days(40)
    await journey.objects()
    assert await journey.open() == [TaskKind.DECIDE_OBJECTION]
    note = await journey.note("Het lukt nu wel.")
    await journey.answer(a.ObjectionAnswer(result=a.ObjectionResult.WELL_FOUNDED, note=note))
    await journey.settled()
    assert (await journey.state()).stage is Stage.ASSESSMENT
    lines = await read_model.list_mediations(scene.pool, MediationFilter(), limit=200)
    line = next(one for one in lines if one.id == journey.id)
    assert (line.stage, line.outcome, line.closed_at) == (Stage.ASSESSMENT, None, None)
    assert "U krijgt gelijk: wij maken het besluit goed" in body(journey.mails(NOOR)[-1])
    await journey.positive()
    assert (await journey.state()).urgency is not None


async def test_a_letter_that_cannot_say_why_does_not_leave_and_a_person_posts_it(scene: Scene) -> None:
    journey = await rejected(scene, NOTE)
    task = await journey.task(TaskKind.RESOLVE_DELIVERY)
    assert task.owner == journey.town.municipality
    assert not any("Wij wijzen uw aanvraag af" in body(mail) for mail in journey.mails(NOOR))
    await journey.answer(a.DeliveryAnswer(way="done_by_hand"))
    decision = (await journey.state()).decision
    assert decision is not None
    assert decision.last_day == last_day(await journey.today())
