"""A partner's hint makes the engine read, and decides nothing."""

import pytest

from domain.decide.decide import Decided, Refused, decide
from domain.facts.parties import Role
from domain.messages import effects as f
from domain.messages.commands import LookAgain
from domain.state.fold import fold
from tests.domain.case import Case, actor
from tests.store.script import script

CORPORATION = actor(Role.CORPORATION, "ymere")


def hinted(case: Case, by: object) -> Decided | Refused:
    return decide(case.m, LookAgain.model_validate({"by": by}), case.policy, case.now)


def test_a_corporation_that_hints_has_its_offer_read() -> None:
    case = script("confirm")
    offer = case.m.live_offer
    assert offer
    by = actor(Role.CORPORATION, offer.candidate.dwelling.corporation, "system")
    decided = hinted(case, by)
    assert isinstance(decided, Decided)
    assert [type(event).__name__ for event in decided.events] == ["TaskChecked"]
    (effect,) = decided.effects
    assert isinstance(effect, f.ReadOffer)
    assert effect.number == offer.number
    assert decided.state
    assert decided.state.tasks == case.m.tasks, "nothing else changes"
    again = decide(decided.state, LookAgain(by=by), case.policy, case.now)
    assert isinstance(again, Decided)
    assert again.effects[0].key != effect.key


def test_a_provider_that_hints_has_its_request_read() -> None:
    case = script("accept").request_known()
    support = case.m.support
    assert support
    decided = hinted(case, actor(Role.CARE_PROVIDER, support.provider, "system"))
    assert isinstance(decided, Decided)
    (effect,) = decided.effects
    assert isinstance(effect, f.ReadSupport)


@pytest.mark.parametrize("step", ["start", "match"])
def test_where_there_is_nothing_to_read_nothing_happens(step: str) -> None:
    case = script(step)
    decided = hinted(case, actor(Role.CARE_PROVIDER, case.m.parties.care_provider, "system"))
    assert isinstance(decided, Decided)
    assert (decided.events, decided.effects) == ((), ())


def test_nobody_but_a_partners_own_system_hints() -> None:
    case = script("confirm")
    offer = case.m.live_offer
    assert offer
    person = actor(Role.CORPORATION, offer.candidate.dwelling.corporation, "user-1")
    stranger = actor(Role.CORPORATION, "somebody-else", "system")
    for by in (person, stranger):
        refused = hinted(case, by)
        assert isinstance(refused, Refused)
        assert refused.rule == "not_yours"


def test_a_hint_leaves_no_trace_in_what_is_decided() -> None:
    case = script("confirm")
    offer = case.m.live_offer
    assert offer
    decided = hinted(case, actor(Role.CORPORATION, offer.candidate.dwelling.corporation, "system"))
    assert isinstance(decided, Decided)
    assert decided.wake_at == Decided(state=case.m).wake_at
    assert fold(decided.events[:0]) is None
