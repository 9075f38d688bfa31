"""A decision against the client with which the mediation goes on: taken with a ground and reasons, and told by a letter
of its own with the term to object (Awb 3:41, 3:45 and 3:46).
"""

from domain.messages.answers import HearingAnswer
from domain.messages.commands import Disputed
from domain.messages.effects import Audience
from domain.state import events as e
from domain.state.decision import Basis
from domain.state.draft import Draft
from domain.steps.decision_letter import ON_THE_WAY, on_the_way


def take(d: Draft, subject: Disputed, note: str | None, basis: Basis, offer: int | None = None) -> None:
    """Take a decision, on a basis that was laid before or is now. What it leads to is recorded next, and then it is
    told.
    """
    number = 1 + sum(one.subject is subject for one in d.m.decisions)
    d.emit(
        e.DecisionTaken(
            decision=f"{subject.value}-{number}",
            subject=subject,
            on=d.today,
            ground=d.policy.decision.ground,
            reasons=basis.reasons,
            note=d.given(note, "note"),
            basis=basis.notes,
            offer=offer,
        )
    )


def tell(d: Draft, subject: Disputed, heard: HearingAnswer | None = None) -> None:
    """Tell the client of the decision just taken: from the day after this letter has left, one may object."""
    decision = d.known(d.m.decided_on(subject), "the decision that was taken")
    d.letter(ON_THE_WAY[subject], Audience.CLIENT, told=on_the_way(d, decision, heard))
