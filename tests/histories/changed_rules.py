"""Where today's rules decide another thing than a release did, on purpose: each difference is named, with the reason.

A case goes on with what was decided; its history replays as it was. Only judging it again shows the change.
"""

from typing import NamedTuple


class Changed(NamedTuple):
    """A command of a golden story that is decided otherwise today."""

    ordinal: int
    today: str
    """The first word or words of what today's rules decide: an event's type, or `refused by` a rule."""
    why: str


ENDED = "a decision against the client has a letter of its own, and one may object to it afterwards"
SAYS_HOW = "whoever ends a mediation for a client says how it is known"
CHANGED: dict[tuple[str, str], tuple[Changed, ...]] = {
    ("0.1.0", "negative-assessment-upheld"): (Changed(4, "MediationClosed", ENDED),),
    ("0.1.0", "refusal-lapses"): (Changed(9, "MediationClosed", ENDED),),
    ("0.1.0", "died"): (Changed(7, "refused by answer_incomplete", SAYS_HOW),),
    ("0.1.0", "withdrawn"): (Changed(10, "refused by answer_incomplete", SAYS_HOW),),
}
"""By release and story, in the order of the commands."""
