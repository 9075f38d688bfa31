"""No negative decision without a person, a reason and a hearing (zienswijze, Awb 4:7 and 4:8): here it is intended.

What follows on the hearing stands in `domain.beside.heard`.
"""

from domain.facts.outcome import HearingSubject
from domain.facts.tasks import TaskKind
from domain.messages.answers import DecisionReason
from domain.messages.effects import Audience, Letter
from domain.messages.told import Told
from domain.state.draft import Draft


def intend(d: Draft, subject: HearingSubject, reasons: tuple[DecisionReason, ...] = ()) -> None:
    """Intend a negative decision: first the client is heard, and reads what is intended and why."""
    task = d.open(TaskKind.HEAR_CLIENT, about=subject.value)
    d.letter(Letter.HEARING_INVITED, Audience.CLIENT, Audience.GUIDE, task=task, told=Told(reasons=reasons))
