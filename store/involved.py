"""Whether somebody has a part in what is complained of or objected to: then another deals with it.

Who acted in a mediation does not look into a complaint about it (Awb 9:7); who took a decision does not decide on the
objection to it (Awb 10:3 lid 3).
"""

from domain.exchange.record import Recording
from domain.facts.parties import Actor
from domain.facts.rules import RuleName
from domain.facts.tasks import Task, TaskKind
from domain.facts.value import replace
from domain.messages.answers import ComplaintAnswer, ObjectionAnswer
from domain.messages.commands import AddNote, AnswerTask, Disputed, FileComplaint
from domain.state.mediation import Mediation
from store.database import Source
from store.queries import query

NO_ACT = [AddNote.__name__, FileComplaint.__name__]
"""What anybody may do who looks into a complaint, or takes it in."""


async def bars(source: Source, m: Mediation, task: Task, who: Actor) -> RuleName | None:
    """Return the rule by which this person may not deal with a task; None where there is none."""
    if task.kind is TaskKind.HANDLE_COMPLAINT and await _has_acted(source, m.id, who):
        return RuleName.HANDLER_INVOLVED
    if task.kind is TaskKind.DECIDE_OBJECTION and await _has_decided(source, m, who):
        return RuleName.DECIDED_BY_YOU
    return None


async def _has_acted(source: Source, mediation: str, who: Actor) -> bool:
    """Tell whether a person gave a command in a mediation that was carried out, but for what is about complaints."""
    about_complaints = f"{TaskKind.HANDLE_COMPLAINT.value}-"
    acted = await source.fetchval(query("has_acted"), mediation, who.organisation, who.user, NO_ACT, about_complaints)
    return bool(acted)


async def _has_decided(source: Source, m: Mediation, who: Actor) -> bool:
    """Tell whether a person took the decision that the last objection is against."""
    objection = m.objection
    if objection is None:
        return False
    ended = objection.against is Disputed.END
    decision = m.decision.decided_as if m.decision and ended else objection.decision
    if decision is None and not ended:  # nothing was decided, or nothing that was noted as a decision
        return False
    return bool(await source.fetchval(query("has_decided"), m.id, who.organisation, who.user, decision))


async def with_involved(source: Source, recording: Recording, m: Mediation | None) -> Recording:
    """Return the recording of an answer to a complaint or objection with whether who gives it has a part in what that
    is about; any other as it is.
    """
    command = recording.command
    if not isinstance(command, AnswerTask) or not isinstance(command.answer, ComplaintAnswer | ObjectionAnswer):
        return recording
    task = m.task(command.task) if m else None
    acted = bool(m and task and await bars(source, m, task, command.by))
    return replace(recording, command=replace(command, acted=acted))
