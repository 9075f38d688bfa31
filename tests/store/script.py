"""A case of the pure core whose commands are kept, to be played again through the store."""

from datetime import date, datetime
from typing import Self

from domain.exchange.record import Recorded, Recording
from domain.facts.referral import Document
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages.commands import AnyCommand
from domain.policy.policy import Policy
from domain.policy.scarce import Claim
from domain.state.mediation import Mediation
from store.database import Pool
from store.record import record
from tests.domain.case import STEPS, TEAM, Case


class Script(Case):
    """A case that remembers what it was asked, and how it stood after that."""

    def __init__(self, city: str = "almere", *, policy: Policy | None = None) -> None:
        super().__init__(city, policy=policy)
        self.steps: list[tuple[datetime, AnyCommand, Mediation]] = []

    def do(self, command: AnyCommand, gone: frozenset[Claim] = frozenset()) -> Self:
        super().do(command, gone)
        self.steps.append((self.now, command, self.m))
        return self

    def recordings(self, mediation: str = "m-1") -> list[Recording]:
        """The commands as the workflow hands them over, for this mediation and a person of its own."""
        return [_recording(mediation, n, now, command) for n, (now, command, _) in enumerate(self.steps, 1)]

    async def play(self, pool: Pool, mediation: str = "m-1") -> list[Recorded]:
        """Record every command in turn."""
        return [await record(pool, one, team_of) for one in self.recordings(mediation)]


def team_of(_municipality: str, _district: str, _on: date) -> str:
    """One team serves every district, as for a `Case`."""
    return TEAM


def _recording(mediation: str, n: int, now: datetime, command: AnyCommand) -> Recording:
    if command.type == "StartMediation" and mediation != command.mediation:
        referral = replace(command.referral, person=f"person-of-{mediation}")
        command = replace(command, mediation=mediation, referral=referral)
    return Recording(mediation=mediation, command_id=f"c-{n}", command=command, now=now)


def script(upto: str = STEPS[-1], *, policy: Policy | None = None) -> Script:
    """The ordinary way up to and including this step."""
    case = Script(policy=policy)
    for step in STEPS[: STEPS.index(upto) + 1]:
        getattr(case, step)()
    return case


def housed() -> Script:
    """A person moves home and is called."""
    case = script()
    case.call_day().call()
    return case


def hard() -> Script:
    """Documents missing, a hearing that is dropped, a refusal with reason, an offer withdrawn, and a death."""
    case = Script()
    case.start()
    case.answer(a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=(Document.SUPPORT_PLAN,)))
    case.days(9).answer(a.SupplementAnswer(documents=(Document.SUPPORT_PLAN,)))
    case.ready().answer(a.AssessmentAnswer(result=a.AssessmentResult.NEGATIVE, note="note-00000001"))
    case.days(3).answer(case.hearing(a.HearingResult.DROPPED)).positive()
    case.list().match(1).confirm().days(6).refuse().judged(valid=True)
    case.list().match(2).confirm().accept().request_known().days(30)
    case.dies()
    return case
