"""What may be wrong with a mediation behind the scenes."""

from enum import StrEnum


class AlarmKind(StrEnum):
    """What is wrong."""

    WORKFLOW_GONE = "workflow_gone"
    """Its workflow does not run, though it is not finished: no reminder goes out, and every command waits."""
    WORKFLOW_FAILS = "workflow_fails"
    """Temporal runs its workflow again and again in vain."""
    NOT_RECORDED = "not_recorded"
    """A command waits to be recorded; the code says why. `Skewed`: journal and workflow know other commands.
    `Falsified`: the journal is not what was recorded."""
    MOMENT_MISSED = "moment_missed"
    """What was due has not been done."""
    UNDELIVERED = "undelivered"
    """Something for a partner, or a letter, has waited for too long."""
    PERSON_LOST = "person_lost"
    """The journal was put back, and its vault does not have who the client is: it must be told again."""
    FALSIFIED = "falsified"
    """Its journal is not what was recorded, or nobody who is listed gave a command. The code says at which row."""
    UNREADABLE = "unreadable"
    """A row of it in the lists is not what the journal says, or this release cannot read its journal."""
