"""What a letter tells of how a mediation stands: as it is when the letter leaves, and no secret address."""

from datetime import date

from activities.letters.wording.around import Around, around
from domain.facts.outcome import HearingSubject
from domain.facts.referral import Document
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import Letter, SendLetter
from tests.domain.case import NOTE, Case, along, referral


def of(case: Case, letter: Letter) -> Around:
    """The facts around the last such letter of a mediation, as it stands now."""
    return around(case.m, case.policy, case.letters(letter)[-1])


def test_an_offer_tells_the_home_and_the_rent_and_whose_it_is() -> None:
    facts = of(along(upto="confirm"), Letter.OFFER_MADE)
    assert (facts.rooms, facts.rent_cents, facts.corporation, facts.secret) == (2, 60_000, "ymere", False)
    assert facts.most_refusals == along().policy.offers.counted_refusals


def test_of_a_secret_address_neither_the_landlord_nor_the_team_of_the_district_is_told() -> None:
    case = Case().start(referral(address_secret=True))
    known, secret = along(upto="keys"), along(upto="keys")
    secret.state = replace(secret.m, referral=case.m.referral)
    letter = SendLetter(letter=Letter.HOUSED_FOLLOW_UP_HELD)
    told = [around(one.m, one.policy, letter) for one in (known, secret)]
    assert [(one.corporation, one.team) for one in told] == [("ymere", "wijkteam-west"), (None, None)]


def test_a_hearing_tells_what_is_intended() -> None:
    case = along(upto="ready")
    case.answer(a.AssessmentAnswer(result=a.AssessmentResult.NEGATIVE, note=NOTE))
    assert of(case, Letter.HEARING_INVITED).subject is HearingSubject.NEGATIVE_ASSESSMENT


def test_what_is_still_missing_is_told_as_it_is_by_then() -> None:
    case = Case().start(referral(documents=()))
    asked = (Document.IDENTITY, Document.INCOME_STATEMENT)
    case.answer(a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=asked))
    assert of(case, Letter.SUPPLEMENT_ASKED).lacks == asked
    case.answer(a.SupplementAnswer(documents=(Document.IDENTITY,)))
    assert of(case, Letter.SUPPLEMENT_ASKED).lacks == (Document.INCOME_STATEMENT,)


def test_who_is_not_ready_reads_when_somebody_looks_again_and_until_when_we_decide() -> None:
    case = Case().start().answer(a.ReadinessAnswer(result=a.Readiness.NOT_READY, review_on=date(2026, 6, 15)))
    facts = of(case, Letter.NOT_READY_YET)
    assert facts.looked_at == date(2026, 6, 15)
    term = case.m.clocks[0]
    assert (facts.stands_still, facts.decide_by) == (term.suspended_for, case.policy.calendar.today(term.ends_at))
    assert case.m.open_of(TaskKind.REVIEW_READINESS)


def test_a_letter_on_the_origin_names_that_municipality_after_another_declined_to_carry_the_mediation_on() -> None:
    case = along("amersfoort", "start")
    asks = c.ProposeTransfer(
        by=case.municipality,
        to="utrecht",
        consent_on=case.today,
        consent="written",
        shares=(c.FilePart.REFERRAL,),
        note=NOTE,
    )
    case.do(asks).answer(a.TransferReply(accepted=False, note=NOTE))
    case.answer(a.ReadinessAnswer(result=a.Readiness.READY)).answer(a.OriginAnswer(origin="leusden", note=NOTE))
    assert of(case, Letter.TRANSFER_ASKED).elsewhere == "leusden"
