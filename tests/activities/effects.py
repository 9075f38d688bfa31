"""One effect of each kind, and dwellings in a corporation's own words."""

from datetime import UTC, date, datetime
from typing import Any

from domain.facts.outcome import Outcome
from domain.messages import answers as a
from domain.messages import effects as f
from domain.policy.policy import LeaseForm
from tests.town import Town

DAY = date(2026, 6, 1)
SOON = datetime(2026, 6, 10, 15, tzinfo=UTC)


class Effects:
    """One effect of each kind, for the first corporation, provider and team of a town."""

    def __init__(self, town: Town) -> None:
        self.town = town

    def place(self, dwelling: str = "D-1", corporation: str | None = None) -> f.PlaceOffer:
        corporation = corporation or self.town.corporation
        facts: dict[str, Any] = {"dwelling": dwelling, "household": 1, "respond_by": SOON, "task": "confirm_offer-1"}
        return f.PlaceOffer(key=f"m-1:place-offer:{dwelling}", corporation=corporation, **facts)

    def list(self, day: date = DAY, *corporations: str) -> f.ListDwellings:
        corporations = corporations or (self.town.corporation,)
        return f.ListDwellings(key="m-1:list-dwellings:9", corporations=corporations, released_by=day)

    def read_offer(self, number: str) -> f.ReadOffer:
        task = "answer_offer-1"
        return f.ReadOffer(key="m-1:read-offer:9", corporation=self.town.corporation, task=task, number=number)

    def withdraw(self, number: str, n: int = 1, reason: f.LetGo | Outcome = f.LetGo.NOT_READY) -> f.FreeDwelling:
        key = f"m-1:withdraw-offer:{n}"
        return f.FreeDwelling(key=key, corporation=self.town.corporation, number=number, reason=reason)

    def lease(self, number: str) -> f.PrepareLease:
        form = LeaseForm.CONVERSION
        return f.PrepareLease(key="m-1:prepare-lease:9", corporation=self.town.corporation, number=number, form=form)

    def support(self, provider: str | None = None) -> f.RequestSupport:
        provider = provider or self.town.provider
        facts: dict[str, Any] = {"product": a.SupportProduct.REGULAR, "district": "centrum"}
        return f.RequestSupport(key="m-1:request-support:9", provider=provider, **facts)

    def read_support(self, number: str, task: str = "confirm_support-1") -> f.ReadSupport:
        return f.ReadSupport(key="m-1:read-support:9", provider=self.town.provider, task=task, number=number)

    def cancel(self, number: str, n: int = 1) -> f.CancelSupport:
        return f.CancelSupport(key=f"m-1:cancel-support:{n}", provider=self.town.provider, number=number)

    def assess(self, team: str | None = None) -> f.AskAssessment:
        return f.AskAssessment(key="m-1:ask-assessment:9", team=team or self.town.team, due_on=DAY)

    def notice(self, team: str | None = None) -> f.GiveNotice:
        team = team or self.town.team
        return f.GiveNotice(key="m-1:give-notice:9", team=team, district="centrum", keys_on=DAY)
