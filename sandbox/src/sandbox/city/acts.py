"""What somebody does: through the API, or in the system of the organisation they work for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.facts.parties import Role

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """Answer a task. `body` is the JSON of an answer in `domain.messages.answers`, in camelCase."""

    task: str
    body: Body


@dataclass(frozen=True)
class Command:
    """Do what needs no task.

    `body` has the `type` of one of `domain.messages.commands`, in camelCase, with `note` as text.
    """

    body: Body

    @property
    def type(self) -> str:
        """Which command."""
        return str(self.body["type"])


@dataclass(frozen=True)
class PartnerStaff:
    """Work in a partner's own system. `path` follows the organisation's URL; `kind` is the partner's kind."""

    kind: str
    organisation: str
    method: str
    path: str
    body: Body


Channel = Answer | Command | PartnerStaff


@dataclass(frozen=True)
class Act:
    """One thing that somebody does at a moment (UTC).

    `key` names the act within its mediation and never changes: an idempotency key, and how it is known to be done.
    """

    key: str
    at: datetime
    role: Role
    organisation: str
    channel: Channel
