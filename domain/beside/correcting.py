"""An answer that was wrong: the right one takes its place, with the reason, and what hangs on it follows.

Nothing is erased: the events stay, and that of the correction names what it replaces. Each kind of task says of itself
what follows (`TaskSpec.corrects`), or how a mistake is mended where its answer cannot be corrected (`mended_by`).
"""

from domain.facts.rules import RuleName
from domain.facts.value import replace
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
    was = d.m.answered.get(answer.kind)
    if was is None or was.task != command.task:
        raise RuleBroken(RuleName.ANSWER_COUNTS_NO_MORE)
    d.require(replace(answer, note=None) != replace(was.answer, note=None), RuleName.NOTHING_TO_CORRECT)
    corrected = e.AnswerCorrected(task=command.task, was=was.answer, answer=answer, note=command.note)
    d.emit(corrected)
    d.spec(answer.kind).correct(d, was.answer, answer)
