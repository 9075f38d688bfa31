"""Changes to workflow code that open mediations may have passed already, by patch id.

A mediation lives for a year and more, so later releases go on with it. A change of the commands that its workflow gives
needs an id here, with the date and the reason, and asks `workflow.patched` for it. An id is removed only when no open
mediation and no kept history needs it.
"""

NEW_RUN = "new-run"
"""29 November 2026: a mediation goes on in a new run when Temporal suggests it; before, it stayed in its first.

A run that went past the suggestion under the code from before stays in one run to its end."""

ROUND_AFTER_ROUND = "round-after-round"
"""29 November 2026: digests and upkeep make many rounds in one run; before, each round was a run of its own."""

AFTER_THE_END = "after-the-end"
"""30 November 2026: a run that was about to complete goes on when a command that follows the end reaches it; before, it
completed, and what was recorded waited for nobody."""
