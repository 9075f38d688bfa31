"""The client or the guide is reached otherwise: which, never how; and what is still asked goes once more."""

import pytest

from domain.facts.parties import Role
from domain.facts.rules import RuleName
from domain.facts.tasks import TaskKind
from domain.messages import commands as c
from domain.messages.effects import Audience, Letter
from domain.state import events as e
from tests.domain.case import NOTE, Case, actor, along
from tests.domain.test_decisions import rejected, sent

GUIDES = actor(Role.INSTITUTION, "leger-des-heils")


def changed(case: Case, who: Audience = Audience.CLIENT, **more: object) -> c.ChangeContact:
    given = {"by": case.municipality, "who": who, "fields": ("phone", "mail"), "note": NOTE, **more}
    return c.ChangeContact.model_validate(given)


def test_what_changed_is_told_and_not_how() -> None:
    case = along(upto="confirm")
    case.do(changed(case))
    [event] = case.happened(e.ContactChanged)
    assert (event.who, event.fields, event.note) == (Audience.CLIENT, ("phone", "mail"), NOTE)
    assert case.since(len(case.events) - 1) == ["ContactChanged"]


def test_what_was_asked_at_the_old_address_goes_once_more_while_it_is_asked() -> None:
    case = along(upto="confirm")
    [offer] = case.letters(Letter.OFFER_MADE)
    case.do(changed(case, again=(offer,)))
    _, again = case.letters(Letter.OFFER_MADE)
    assert (again.readers, again.task, again.by) == ((Audience.CLIENT,), offer.task, offer.by)
    assert again.key != offer.key
    case.accept().do(changed(case, again=(offer,)))
    assert len(case.letters(Letter.OFFER_MADE)) == 2, "nobody waits for it any more"


def test_the_institution_changes_its_guide_and_not_the_client() -> None:
    case = along(upto="confirm")
    case.do(changed(case, Audience.GUIDE, by=GUIDES))
    assert case.refused(changed(case, by=GUIDES)).rule is RuleName.NOT_YOURS
    for other in (actor(Role.CORPORATION, "ymere"), actor(Role.INSTITUTION, "kwintes")):
        assert case.refused(changed(case, Audience.GUIDE, by=other)).rule is RuleName.NOT_YOURS


def test_after_the_end_it_changes_as_long_as_letters_may_come() -> None:
    assert along().call_day().call().refused(changed(along())).rule is RuleName.CLOSED
    case = sent(rejected())
    case.do(changed(case))
    assert case.m.decision is not None


def test_no_field_is_no_change() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        changed(along(), fields=())
    assert TaskKind.FOLLOW_UP_CALL in along().open
