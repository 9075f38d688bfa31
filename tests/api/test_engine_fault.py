"""A rule that breaks down on a fact the engine lacks: the API answers no 5xx, and the command goes on to `Record`."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import cast

import pytest

from api import submission
from api.installation import Installation
from domain.decide.decide import decide
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.state.draft import FactMissing
from store.journal import Loaded
from tests.domain.case import along


async def test_the_rules_say_nothing_where_the_engine_is_at_fault() -> None:
    async def now() -> datetime:
        return datetime(2026, 11, 30, tzinfo=UTC)

    here = cast(Installation, SimpleNamespace(clock=SimpleNamespace(now=now)))
    case = along(upto="plan_support")
    unplanned = replace(case.m, lease=replace(case.m.lease, keys_on=None))
    loaded = cast(Loaded, SimpleNamespace(state=unplanned))
    given = c.AnswerTask(by=case.municipality, task="hand_over_keys-1", answer=a.KeysAnswer(on=case.today))
    with pytest.raises(FactMissing):
        decide(unplanned, given, case.policy, case.now)
    await submission.ask_rules(here, loaded, given, case.policy)
