"""Whether somebody acted in a mediation: then another looks into a complaint about it (Awb 9:7)."""

from domain.exchange.record import Recording
from domain.facts.parties import Actor
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages.answers import ComplaintAnswer
from domain.messages.commands import AddNote, AnswerTask, FileComplaint
from store.database import Source
from store.queries import query

NO_ACT = [AddNote.__name__, FileComplaint.__name__]
"""What anybody may do who looks into a complaint, or takes it in."""


async def has_acted(source: Source, mediation: str, who: Actor) -> bool:
    """Tell whether a person gave a command in a mediation that was carried out, but for what is about complaints."""
    about_complaints = f"{TaskKind.HANDLE_COMPLAINT.value}-"
    acted = await source.fetchval(query("has_acted"), mediation, who.organisation, who.user, NO_ACT, about_complaints)
    return bool(acted)


async def with_involved(source: Source, recording: Recording) -> Recording:
    """Return the recording of an answer to a complaint with whether who gives it acted before; any other as it is."""
    command = recording.command
    if not isinstance(command, AnswerTask) or not isinstance(command.answer, ComplaintAnswer):
        return recording
    acted = await has_acted(source, recording.mediation, command.by)
    return replace(recording, command=replace(command, acted=acted))
