"""What passes between the hands and the workflow that sees to one message of a care provider."""

from domain.exchange.record import Submission
from domain.facts.value import Value


class Telling(Value):
    """A command for a mediation."""

    mediation: str
    submission: Submission


class Heard(Value):
    """What follows on a message: commands for mediations, and whether it is answered by a retour."""

    tellings: tuple[Telling, ...] = ()
    retour_due: bool = False
