"""An answer that was wrong: the right one takes its place, with the reason, and what hangs on it follows.

Nothing is erased: the events stay, and that of the correction names what it replaces. Each kind of task says of itself
what follows (`TaskSpec.corrects`), or how a mistake is mended where its answer cannot be corrected (`mended_by`).
"""

from domain.beside.made_known import posted
from domain.facts.rules import RuleName
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages.answers import DeliveryAnswer, TaskAnswer
from domain.messages.commands import CorrectAnswer
from domain.state import events as e
from domain.state.draft import Draft, RuleBroken


def correct_answer(d: Draft, command: CorrectAnswer) -> None:
    """The municipality says what an answer should have been."""
    answer = command.answer
    d.require(d.m.task(command.task) is None, RuleName.TASK_OPEN, field="task")
    d.require(d.m.was_opened(command.task), RuleName.NO_SUCH_TASK)
    d.require(command.task.rpartition("-")[0] == answer.kind, RuleName.WRONG_ANSWER)
    mended_by = d.spec(answer.kind).mended_by
    if mended_by:
        raise RuleBroken(mended_by)
    was = _counts(d, command.task, answer.kind)
    if was is None:
        raise RuleBroken(RuleName.ANSWER_COUNTS_NO_MORE)
    d.require(replace(answer, note=None) != replace(was, note=None), RuleName.NOTHING_TO_CORRECT)
    corrected = e.AnswerCorrected(task=command.task, was=was, answer=answer, note=command.note)
    d.emit(corrected)
    d.spec(answer.kind).correct(d, was, answer)


def corrects_posting(d: Draft, command: CorrectAnswer) -> bool:
    """Tell whether an answer says on which day a decision was posted: that is corrected after the end as well."""
    return command.answer.kind is TaskKind.RESOLVE_DELIVERY and posted(d.m, command.task) is not None


def _counts(d: Draft, task: str, kind: TaskKind) -> TaskAnswer | None:
    """Return the answer to a task as it counts now: the last of its kind, or the day on which a decision was posted."""
    decision = posted(d.m, task)
    if decision:
        return DeliveryAnswer(way="done_by_hand", on=decision.sent_on)
    was = d.m.answered.get(kind)
    return was.answer if was and was.task == task else None
