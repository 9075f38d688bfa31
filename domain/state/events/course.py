"""How a mediation goes: its start, its stages, pauses, and what is noted on the way."""

from datetime import datetime, timedelta
from typing import Literal

from pydantic import Field

from domain.facts.clocks import Clock
from domain.facts.outcome import EndedBefore, Stage
from domain.facts.parties import OrganisationId, Parties
from domain.facts.referral import IdentityPart, Referral
from domain.facts.rules import Overridable
from domain.facts.value import left_out, replace
from domain.messages.answers import Note
from domain.messages.effects import AnyEffect, SendLetter
from domain.state.events.event import Event
from domain.state.events.offer import with_last
from domain.state.mediation import Lease, Mediation, OfferState


def _moved(clock: Clock, since: datetime, at: datetime) -> Clock:
    """A clock that was suspended goes on standing still: only the time before that counts here. What the law counts
    ran on.
    """
    if clock.unrolled:
        return clock
    since = max(since, clock.started_at)
    return clock.moved(max((clock.suspended_at or at) - since, timedelta()))


class MediationStarted(Event):
    type: Literal["MediationStarted"] = "MediationStarted"
    mediation: str
    referral: Referral
    parties: Parties
    policy_id: str
    policy_version: str
    policy_digest: str
    ended_before: tuple[EndedBefore, ...] = Field(default=(), exclude_if=left_out)
    """Earlier mediations of the client after which the policy bars a new one for a time."""
    identity_differs: tuple[IdentityPart, ...] = Field(default=(), exclude_if=left_out)
    """What the referral says otherwise than an earlier one under the same citizen service number."""
    test: bool = Field(default=False, exclude_if=left_out)
    """Whether it is a trial with an invented client."""

    def apply(self, _m: Mediation | None) -> Mediation:
        return Mediation(
            id=self.mediation,
            referral=self.referral,
            parties=self.parties,
            policy_id=self.policy_id,
            policy_version=self.policy_version,
            policy_digest=self.policy_digest,
            ended_before=self.ended_before,
            identity_differs=self.identity_differs,
            test=self.test,
        )


class StageEntered(Event):
    type: Literal["StageEntered"] = "StageEntered"
    stage: Stage

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, stage=self.stage)


class StepBackIntended(Event):
    """A step back is intended for which the client would lose the urgency: first the client is heard."""

    type: Literal["StepBackIntended"] = "StepBackIntended"
    to: Stage
    note: Note

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, step_back_to=self.to)


class SteppedBack(Event):
    """Back to an earlier stage, or to the begin of this one: what was asked there or later was let go."""

    type: Literal["SteppedBack"] = "SteppedBack"
    to: Stage
    note: Note
    origin_anew: bool = Field(default=False, exclude_if=left_out)
    """Whether it is determined anew where the client comes from."""
    unasked: bool = Field(default=False, exclude_if=left_out)
    """Whether papers were asked for that are asked for no more: that round does not count."""

    def apply(self, m: Mediation) -> Mediation:
        back = with_last(m, OfferState.LET_GO) if m.live_offer else m
        return replace(
            back,
            lease=Lease(),
            support=None,
            receiving=None,
            candidates=(),
            urgency=m.urgency if self.to is Stage.OFFER else None,
            step_back_to=None,
            origin=None if self.origin_anew else m.origin,
            supplement_rounds=m.supplement_rounds - self.unasked,
        )


class MediationPaused(Event):
    type: Literal["MediationPaused"] = "MediationPaused"
    at: datetime
    note: Note

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, paused_at=self.at)


class LetterHeld(Event):
    """A letter waits until the mediation is resumed, or a reported death turns out untrue."""

    type: Literal["LetterHeld"] = "LetterHeld"
    letter: SendLetter

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, held_letters=(*m.held_letters, self.letter))


class MediationResumed(Event):
    """Every task and clock is later by the time since the pause, but for those that the law counts."""

    type: Literal["MediationResumed"] = "MediationResumed"
    at: datetime
    note: Note | None = None

    def apply(self, m: Mediation) -> Mediation:
        # Every task and clock moves by the time it stood still, which is no longer than it has existed.
        since = m.paused_at or self.at
        tasks = tuple(t if t.runs_on else t.moved(self.at - max(since, t.opened_at)) for t in m.tasks)
        return replace(
            m,
            supplement=next((t for t in tasks if m.supplement and t.id == m.supplement.id), m.supplement),
            paused_at=None,
            held_letters=(),
            tasks=tasks,
            clocks=tuple(_moved(c, since, self.at) for c in m.clocks),
        )


class PolicyAdopted(Event):
    """The mediation goes on under another policy; which moments that changes is told by the events that follow."""

    type: Literal["PolicyAdopted"] = "PolicyAdopted"
    policy_id: str
    policy_version: str
    policy_digest: str
    note: Note

    def apply(self, m: Mediation) -> Mediation:
        return replace(
            m,
            policy_id=self.policy_id,
            policy_version=self.policy_version,
            policy_digest=self.policy_digest,
        )


class RuleOverridden(Event):
    type: Literal["RuleOverridden"] = "RuleOverridden"
    rule: Overridable
    note: Note

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, overrides=(*m.overrides, self.rule))


class NoteAdded(Event):
    type: Literal["NoteAdded"] = "NoteAdded"
    note: Note

    def apply(self, m: Mediation) -> Mediation:
        return m


class DeliveryFailed(Event):
    """A partner's system refused an effect for good."""

    type: Literal["DeliveryFailed"] = "DeliveryFailed"
    task: str | None = None
    """The task that asks a person to resolve it; none when the mediation had ended."""
    effect: AnyEffect
    code: str

    def apply(self, m: Mediation) -> Mediation:
        if self.task is None:
            return m
        return replace(m, undelivered={**m.undelivered, self.task: self.effect})


class LeftToPeople(Event):
    """A partner has no system for what was to be done there: its people got a letter."""

    type: Literal["LeftToPeople"] = "LeftToPeople"
    organisation: OrganisationId
    task: str | None = None
    """The task by which they are asked; none when they are only told."""

    def apply(self, m: Mediation) -> Mediation:
        return m
