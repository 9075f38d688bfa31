"""What an answer gives twice is asked, counted and told once."""

import pytest

from domain.facts.landing import SoftLanding
from domain.facts.referral import Document
from domain.messages import answers as a
from domain.messages.effects import Letter
from domain.messages.shapes import each_once
from tests.domain.case import NOTE, Case, referral

SKILLS, MONEY = a.DecisionReason.SKILLS, a.DecisionReason.MONEY


@pytest.mark.parametrize(
    ("twice", "once"),
    [
        (
            a.SupplementAnswer(documents=(Document.IDENTITY, Document.CONSENT, Document.IDENTITY)),
            a.SupplementAnswer(documents=(Document.IDENTITY, Document.CONSENT)),
        ),
        (
            a.AssessmentAnswer(result=a.AssessmentResult.NEGATIVE, note=NOTE, reasons=(SKILLS, MONEY, SKILLS)),
            a.AssessmentAnswer(result=a.AssessmentResult.NEGATIVE, note=NOTE, reasons=(SKILLS, MONEY)),
        ),
        (
            a.LandingAnswer(in_place=(SoftLanding.GUIDANCE, SoftLanding.GUIDANCE)),
            a.LandingAnswer(in_place=(SoftLanding.GUIDANCE,)),
        ),
        (a.ReviewAnswer(ready=True), a.ReviewAnswer(ready=True)),
    ],
)
def test_every_list_of_an_answer_names_each_thing_once_in_the_order_given(twice: a.Answer, once: a.Answer) -> None:
    assert each_once(twice) == once


def test_a_paper_that_is_asked_for_twice_stands_once_in_the_letter() -> None:
    case = Case().start(referral(documents=()))
    asked = (Document.IDENTITY, Document.CONSENT, Document.IDENTITY)
    case.answer(a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=asked, note=NOTE))
    (letter,) = case.letters(Letter.SUPPLEMENT_ASKED)
    assert letter.told
    assert letter.told.missing == (Document.IDENTITY, Document.CONSENT)
