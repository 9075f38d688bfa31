"""A decision that is too late: the notice of default, and the penalty for the days after it."""

from collections.abc import Callable
from datetime import date
from typing import Literal

from domain.facts.default_notice import DefaultNotice, LateDecision
from domain.facts.value import replace
from domain.messages.answers import Note
from domain.state.events.event import Event
from domain.state.mediation import Mediation


def _changed(m: Mediation, late: LateDecision, change: Callable[[DefaultNotice], DefaultNotice]) -> Mediation:
    """Change the notice that still counts: there is one of each kind at most."""
    return replace(m, notices=tuple(change(n) if n.late is late and not n.over else n for n in m.notices))


class DefaultNoticeReceived(Event):
    """The applicant's notice of default came in, after the term was over (ingebrekestelling)."""

    type: Literal["DefaultNoticeReceived"] = "DefaultNoticeReceived"
    notice: DefaultNotice
    note: Note | None = None

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, notices=(*m.notices, self.notice))


class PenaltyBegan(Event):
    """Two weeks after the notice nothing was decided: from now on a penalty is owed for each day (dwangsom)."""

    type: Literal["PenaltyBegan"] = "PenaltyBegan"
    late: LateDecision

    def apply(self, m: Mediation) -> Mediation:
        return _changed(m, self.late, lambda notice: replace(notice, begun=True))


class PenaltyEnded(Event):
    """It was decided, or the penalty has run for as many days as the law allows."""

    type: Literal["PenaltyEnded"] = "PenaltyEnded"
    late: LateDecision
    days: int
    """For how many days it is owed; 0: it was decided within the two weeks."""
    cents: int
    """How much that is, to all applicants together."""
    set_by: date | None = None
    """By when the municipality must set it by a decision (Awb 4:18); None when nothing is owed."""

    def apply(self, m: Mediation) -> Mediation:
        return _changed(m, self.late, lambda notice: replace(notice, over=True))
