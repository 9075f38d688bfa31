"""An ordinary outage is one line of the log, without a traceback, and no failed activity for those who count them."""

import traceback
from typing import Any, cast

import pytest
from structlog.testing import capture_logs
from temporalio.exceptions import ApplicationErrorCategory
from temporalio.testing import ActivityEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

from activities.letters.letter import ChannelAway
from activities.partner import PartnerAway
from runtime.away import SystemAway
from runtime.plugin import ActivityLogContext


class Hand(ActivityInboundInterceptor):
    """An activity that finds something away, deep down."""

    def __init__(self, fault: Exception) -> None:
        self._fault = fault

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        try:
            raise ValueError("Test Persoon")
        except ValueError:
            raise self._fault from None


@pytest.mark.parametrize(
    "away",
    [PartnerAway("503"), ChannelAway("busy"), SystemAway("PostgreSQL is away", "OSError")],
    ids=lambda one: type(one).__name__,
)
async def test_an_outage_is_one_line_and_has_no_traceback(away: SystemAway) -> None:
    activity = ActivityLogContext().intercept_activity(Hand(away))
    with capture_logs() as lines, pytest.raises(SystemAway) as told:
        await ActivityEnvironment().run(activity.execute_activity, cast(ExecuteActivityInput, None))
    assert [(line["event"], line["code"]) for line in lines] == [(away.message, away.type)]
    assert told.value is away
    assert away.category is ApplicationErrorCategory.BENIGN
    places = [frame.name for frame in traceback.extract_tb(away.__traceback__)]
    assert places.count("execute_activity") == 1, "where we told it, not where we found it"
    assert away.__cause__ is None


async def test_a_fault_of_ours_keeps_its_traceback() -> None:
    activity = ActivityLogContext().intercept_activity(Hand(KeyError("x")))
    with capture_logs() as lines, pytest.raises(KeyError) as told:
        await ActivityEnvironment().run(activity.execute_activity, cast(ExecuteActivityInput, None))
    assert lines == []
    assert len(traceback.extract_tb(told.value.__traceback__)) > 3
