"""What every event is."""

from abc import abstractmethod
from typing import Literal

from domain.facts.value import Value
from domain.state.mediation import Mediation


class Event(Value):
    """Something that happened in one mediation."""

    schema_version: Literal[1] = 1

    @abstractmethod
    def apply(self, m: Mediation) -> Mediation:
        """Return the mediation after this; how many events it has had is counted by the fold."""
