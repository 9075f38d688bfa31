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


SAYS_HOW = "whoever ends a mediation for a client says how it is known"
SAYS_FORM = "whoever hears a client says whether that was in speech or in writing, as the client chose"
SAYS_HEARD = "whoever does not uphold an objection says whether the client was heard on it, or why not"
WITH_REASONS = "what is intended against a client is recorded with its reasons, which the invitation tells (Awb 4:7)"
INTENDED = "DecisionIntended"
HEARD = (Changed(3, INTENDED, WITH_REASONS), Changed(4, "refused by answer_incomplete", SAYS_FORM))
IS_DECIDED = "a refusal that counts is a decision of its own, with a letter and a term to object"
IN_OWN_WORDS = "a person who says no for a client notes it in the client's own words"
# what differs first in command 8 is the decision; the hearing that it opens awaits its letter as well
COUNTED = (
    Changed(7, "refused by answer_incomplete", IN_OWN_WORDS),
    Changed(8, "DecisionTaken", IS_DECIDED),
    Changed(9, "refused by answer_incomplete", SAYS_FORM),
)
LETS_DOWN = "a client who was told of an offer that falls through comes first for the next"
COMES_BACK = "a home that the corporation took back, and released again, may be offered again"
WITHDRAWN = (
    Changed(10, "OfferWithdrawn", LETS_DOWN),
    Changed(11, "DwellingsListed", COMES_BACK),
    Changed(15, "DwellingsListed", COMES_BACK),
)
CHANGED: dict[tuple[str, str], tuple[Changed, ...]] = {
    ("0.1.0", "negative-assessment-upheld"): HEARD,
    ("0.1.0", "refusal-lapses"): COUNTED,
    ("0.1.0", "corporation-withdraws"): WITHDRAWN,
    ("0.2.0", "corporation-withdraws"): WITHDRAWN,
    ("0.1.0", "died"): (Changed(7, "refused by answer_incomplete", SAYS_HOW),),
    ("0.1.0", "withdrawn"): (Changed(10, "refused by answer_incomplete", SAYS_HOW),),
    ("0.2.0", "negative-assessment-upheld"): HEARD,
    ("0.2.0", "objection-dismissed"): (*HEARD, Changed(7, "refused by answer_incomplete", SAYS_HEARD)),
    ("0.2.0", "objection-upheld"): HEARD,
    ("0.2.0", "refusal-lapses"): COUNTED,
    ("next", "refused-by-a-desk"): (
        Changed(4, INTENDED, WITH_REASONS),
        Changed(5, "refused by answer_incomplete", SAYS_FORM),
    ),
    ("next", "urgency-taken-back"): (Changed(4, INTENDED, WITH_REASONS),),
}
"""By release and story, in the order of the commands."""
