"""A trial of the pure core: the municipality begins it, and its homes are invented."""

from typing import Self

from domain.facts.dwelling import Dwelling
from domain.facts.referral import Referral
from domain.messages import answers as a
from domain.messages import commands as c
from domain.policy.policy import Policy
from sandbox.driven import road
from tests.domain.case import STEPS, parties, referral
from tests.store.script import Script


class Trial(Script):
    """A trial, driven by the municipality alone."""

    def start(self, given: Referral | None = None) -> Self:
        return self.do(
            c.StartMediation(
                by=self.municipality,
                mediation="m-1",
                referral=given or referral(),
                parties=parties(self.policy.municipality, self.desk),
                policy=self.policy,
                test=True,
            )
        )

    def list(self, *_dwellings: Dwelling, away: tuple[str, ...] = ()) -> Self:
        """Nobody is asked: its homes are there."""
        return self

    def match(self, number: int = 1) -> Self:
        return self.answer(road.match("ymere", f"PROEF-{number}"))


def tried(upto: str = STEPS[-1], *, policy: Policy | None = None) -> Trial:
    """The ordinary way of a trial, up to and including this step."""
    case = Trial(policy=policy)
    for step in STEPS[: STEPS.index(upto) + 1]:
        getattr(case, step)()
    return case


def tried_to_the_end() -> Trial:
    """A trial whose client is at home and was called."""
    case = tried()
    case.call_day().call()
    return case


def tried_hard() -> Trial:
    """A trial with a home that is refused, one that is let go, one that its corporation declines, and much time."""
    case = tried("match")
    case.confirm().days(6).refuse().judged(valid=True)
    case.match(2).confirm().accept().request_known().days(30)
    case.steps_back(case.m.stage.OFFER)
    case.match(3).answer(a.ConfirmationAnswer(declined=a.CorporationDecline.OTHER))
    case.days(400)
    return case
