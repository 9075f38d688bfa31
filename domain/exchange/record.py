"""What workflows and activities say to each other: a decision with its effects, a round, a message of a provider."""

from datetime import datetime
from typing import Generic, Self, TypeVar

from pydantic import Field

from domain.decide.decide import Refused
from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import OrganisationId
from domain.facts.tasks import TaskKind
from domain.facts.value import Value, left_out, replace
from domain.messages.commands import AnyCommand
from domain.messages.effects import AnyEffect, Effect

MOVING = "Moving"
"""The type of the error with which a submission is turned away while a new run begins: send it again, at once."""
NOT_BELIEVED = "NotBelieved"
"""The type of the error with which a command is refused that nobody vouches for."""


class Keyed(Value):
    """Under which idempotency key an organisation asked for a command, and the fingerprint of what it asked."""

    key: str
    fingerprint: str


class Seal(Value):
    """Who vouches for a command: the process that knew the actor, by a signature that its public key verifies."""

    key: str
    """The id of the key, which begins with what kind of process it is: `api-` or `worker-`."""
    at: datetime
    """When it was sealed, in UTC."""
    request: str = ""
    """Hex SHA-256 of the caller's key and the fingerprint of its request, which are kept elsewhere and not for ever."""
    signature: str
    """Ed25519 over what `runtime.seals.message` makes of all this, in base64."""
    text: str
    """The command as JSON, word for word as it was signed: no build that knows more fields, or fewer, changes it."""


class Submitted(Value):
    """A command as a mediation's workflow is given it: in a seal; without one it is not believed."""

    command_id: str
    command: AnyCommand | None = None
    """None where the seal has it."""
    keyed: Keyed | None = None
    seal: Seal | None = Field(default=None, exclude_if=left_out)


class Submission(Submitted):
    """A command with its id, made of the caller's idempotency key or of the key of the effect that learned it.

    It is sealed when it leaves the process.
    """

    command: AnyCommand


class ToRecord(Value):
    """What the activity `Record` is asked: to record a command, as it was given, at this moment (UTC)."""

    mediation: str
    command_id: str
    command: AnyCommand | None = None
    """None where the seal has it. Without a seal only what the workflow itself gives is believed."""
    now: datetime
    settles: str | None = None
    """The key of the effect that learned this command: recording it is what settles the effect."""
    keyed: Keyed | None = None
    after: int | None = None
    """How many commands the workflow knows. The journal must know as many: else one of the two was put back to an
    earlier state."""
    seal: Seal | None = Field(default=None, exclude_if=left_out)


class Recording(ToRecord):
    """A command that is believed, to be decided and recorded."""

    command: AnyCommand


class Stored(Value):
    """What the journal keeps of a command besides its seal and its outcome, so that a history alone can put it back."""

    command: str = Field(default="", exclude_if=left_out)
    """The command as stored: with the facts that were looked up for it. Empty where it is what the seal has."""
    gone: str = Field(default="", exclude_if=left_out)
    """The claims that were gone when it was decided, as stored; empty where none were."""
    number: int = Field(default=0, exclude_if=left_out)
    """Of the first command: the mediation's number among those of its municipality and year; 0 of any other."""


class Recorded(Value):
    """What was recorded of one command. The same command is always answered with the same value."""

    sequence: int
    """How many events the mediation has after this command."""
    stage: Stage | None = None
    outcome: Outcome | None = None
    open_tasks: tuple[TaskKind, ...] = ()
    wake_at: datetime | None = None
    effects: tuple[AnyEffect, ...] = ()
    head: str = ""
    """Hex SHA-256 of `{head before}\n{event as stored}`, over all events so far: see `store.journal.chain`."""
    refused: Refused | None = None
    fingerprint: str | None = None
    """Of the request that this answers: another request under the same key is not given this answer."""
    ordinal: int = 0
    """Which command of its mediation this was, from 1; 0 in histories from before this was told."""
    link: str = Field(default="", exclude_if=left_out)
    """Hex SHA-256 over this command's row and the link before: see `store.journal.link`. Not in the row itself."""
    documents: tuple[str, ...] = Field(default=(), exclude_if=left_out)
    """The events, as stored: so a history has what the journal has. Not in the row itself."""
    stored: Stored | None = Field(default=None, exclude_if=left_out)
    """What else stands in the row, beside this. Not told to whoever gave the command."""

    @property
    def brief(self) -> Self:
        """What goes on from one run to the next, and to whoever gave the command: without what is kept elsewhere."""
        return replace(self, effects=(), documents=(), stored=None)


EffectT = TypeVar("EffectT", bound=Effect)


class Delivery(Value, Generic[EffectT]):
    """An effect to be carried out for a mediation."""

    mediation: str
    effect: EffectT
    tried_before: bool = False
    """Whether there were attempts that Temporal does not count now (the mediation was woken, or is in a new run): what
    was asked may have been done."""


class Learned(Value):
    """What an effect learned: a command to be recorded, or nothing."""

    command: AnyCommand | None = None
    void: bool = Field(default=False, exclude_if=left_out)
    """Whether it was no longer needed when its turn came, so that nothing was done."""


class Carried(Value):
    """How far a mediation was when a new run took over, from the run before."""

    last: Recorded
    commands: int
    lanes: tuple[tuple[AnyEffect, ...], ...] = ()
    """What is still to be carried out, in order. Of the first of each lane an attempt may have been made."""


class Opening(Value):
    """What a mediation's workflow is started with. The referral follows as its first command."""

    mediation: str
    municipality: OrganisationId
    policy_version: str
    carried: Carried | None = None
    """None in a mediation's first run."""
    after_run: str | None = Field(default=None, exclude_if=left_out)
    """The run that this one goes on from: one that completed, for a command that follows the end, or was broken off.
    None where Temporal has forgotten it, and for a run that another handed over to."""


class MediationRecord(Value):
    """The result of a mediation's workflow: what an auditor compares with the journal."""

    mediation: str
    outcome: Outcome | None
    events: int
    commands: int
    head: str


class Telling(Value):
    """A command for a mediation."""

    mediation: str
    submission: Submission


class Heard(Value):
    """What follows on a message: commands for mediations, and whether it is answered by a retour."""

    tellings: tuple[Telling, ...] = ()
    retour_due: bool = False


class Round(Value):
    """A round through a municipality: send the digests of today, and ask what became of letters."""

    municipality: OrganisationId
    now: datetime


class RoundMade(Value):
    """When the next round goes, in UTC."""

    next_at: datetime
