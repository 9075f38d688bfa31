"""What is added to a command when it is recorded is named, and no difference between history and journal."""

import ast
from collections.abc import Iterator
from pathlib import Path

from audit.examine import judge
from audit.verify import LOOKED_UP
from domain.facts.complaints import Complainant, ComplaintResult
from domain.facts.tasks import TaskKind
from domain.messages import answers as a
from domain.messages import commands as c
from tests.audit.conftest import evidence_of
from tests.histories import golden
from tests.journey import Journey, Scene

ROOT = Path(__file__).parents[2]
BY_NAME = {"aged": {"age", "age_between"}}
"""What is added under a name that is worked out: `replace(command, **aged)`."""


def added() -> Iterator[tuple[str, str]]:
    """Yield each field that a recording's command gets, with the file that adds it."""
    for path in (*(ROOT / "store").rglob("*.py"), ROOT / "activities" / "record.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and ast.unparse(call).startswith("replace(command,"):
                for keyword in call.keywords:
                    names = {keyword.arg} if keyword.arg else BY_NAME[ast.unparse(keyword.value)]
                    yield from ((str(name), path.name) for name in names)


def test_whatever_is_added_to_a_command_is_named_with_it() -> None:
    found = dict(added())
    named = {name for names in LOOKED_UP.values() for name in names}
    assert set(found) == named, found
    assert len(found) >= 8
    for kind in c.Command.__subclasses__():
        assert set(kind.looked_up) <= set(kind.model_fields), kind


async def test_an_answer_of_somebody_who_acted_before_is_the_same_in_both_books(place: Scene) -> None:
    journey = Journey(place, "audit-complained", bsn="999990032")
    await journey.start()
    note = await journey.note("Ik werd niet teruggebeld.")
    await journey.ready()
    await journey.do(c.FileComplaint(by=journey.coordinator, complainant=Complainant.CLIENT, note=note))
    answer = a.ComplaintAnswer(result=ComplaintResult.WELL_FOUNDED, hearing="waived", note=note)
    complaint = await journey.task(TaskKind.HANDLE_COMPLAINT)
    refused = await journey.submit(c.AnswerTask(by=journey.coordinator, task=complaint.id, answer=answer))
    assert refused.refused is not None
    assert refused.refused.rule == "handler_involved"
    await journey.settled()
    [told] = await judge(golden.RING, [await evidence_of(place, journey.id)])
    assert told.finding is None
