"""Why a client waits is told."""

from datetime import date

from api.views import WaitingReason
from api.waiting import waiting_for
from domain.facts.rules import Overridable
from domain.messages import answers as a
from domain.messages import commands as c
from tests.domain.case import NOTE, along, dwelling


def test_why_somebody_waits_is_told() -> None:
    case = along(upto="ready")
    assert waiting_for(case.m) is None
    case.full = True
    assert waiting_for(case.positive().m).reason is WaitingReason.NO_PLACE  # type: ignore[union-attr]
    case.do(c.OverrideRule(by=case.municipality, rule=Overridable.QUOTA_FULL, note=NOTE))
    assert waiting_for(case.m).reason is WaitingReason.NOT_LISTED  # type: ignore[union-attr]
    case.do(c.LearnDwellings(by=case.engine, dwellings=()))
    assert waiting_for(case.m).reason is WaitingReason.NOTHING_RELEASED  # type: ignore[union-attr]
    case.list(dwelling(1, rent_cents=90_000), dwelling(2, rent_cents=90_000, district="haven"))
    waits = waiting_for(case.m)
    assert waits is not None
    assert (waits.reason, waits.considered) == (WaitingReason.NOTHING_SUITABLE, 2)
    assert waits.unmet == {"rent": 2, "district_excluded": 1}
    assert waiting_for(case.list().m).reason is WaitingReason.CHOICE  # type: ignore[union-attr]
    assert waiting_for(case.match().m) is None


def test_an_urgency_that_has_ended_is_why_nothing_is_sought() -> None:
    case = along(upto="list").on(date(2026, 12, 2))
    waits = waiting_for(case.m)
    assert waits is not None
    assert waits.reason is WaitingReason.URGENCY_EXPIRED
    case.answer(a.UrgencyAnswer(extend=True))
    assert waiting_for(case.m).reason is not WaitingReason.URGENCY_EXPIRED  # type: ignore[union-attr]
