"""What partners' systems report when it is no longer wanted: it is given back, and a person sees what was refused."""

from domain.facts.parties import Role
from domain.facts.tasks import TaskKind
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import CancelSupport, FreeDwelling, Letter, PlaceOffer, PrepareLease, RequestSupport
from domain.state import events as e
from tests.domain.case import Case, actor, along

YMERES_SYSTEM = actor(Role.CORPORATION, "ymere", "system")


def late_confirmation(case: Case, number: str = "O-9") -> Case:
    task = case.done(PlaceOffer)[0].task
    return case.do(c.AnswerTask(by=YMERES_SYSTEM, task=task, answer=a.ConfirmationAnswer(number=number)))


def late_request(case: Case) -> Case:
    provider = case.done(RequestSupport)[0].provider
    by = actor(Role.CARE_PROVIDER, provider, "system")
    return case.do(c.LearnSupportRequest(by=by, provider=provider, number="S-9"))


def test_an_offer_confirmed_after_the_client_withdrew_is_given_back() -> None:
    case = late_confirmation(along(upto="match").withdraws())
    assert case.happened(e.OfferReturned)[0].number == "O-9"
    assert [effect.number for effect in case.done(FreeDwelling)] == ["O-9"]


def test_an_offer_confirmed_after_the_corporation_took_it_back_is_given_back() -> None:
    case = along(upto="match")
    case.do(c.WithdrawOffer(by=case.municipality, reason=c.WithdrawalReason.OTHER))
    assert late_confirmation(case).happened(e.OfferReturned)
    assert case.m.open_of(TaskKind.MAKE_OFFER)


def test_an_offer_that_a_person_confirmed_by_hand_is_not_given_back_when_the_system_says_so_too() -> None:
    case = along(upto="confirm")
    number = case.m.offers[-1].number or ""
    assert not late_confirmation(case, number).happened(e.OfferReturned)
    assert case.m.live_offer


def test_only_a_corporations_system_tells_of_an_offer_and_only_as_the_answer_to_being_asked_for_one() -> None:
    case = along(upto="accept").withdraws()
    answer = a.ConfirmationAnswer(number="O-9")
    institution = actor(Role.INSTITUTION, case.m.parties.of_guide, "system")
    assert case.refused(c.AnswerTask(by=institution, task="confirm_offer-1", answer=answer))
    assert case.refused(c.AnswerTask(by=YMERES_SYSTEM, task="answer_offer-1", answer=answer))
    assert not case.happened(e.OfferReturned)


def test_two_requests_for_support_are_taken_back_under_keys_of_their_own() -> None:
    case = along(upto="keys")
    other = actor(Role.CARE_PROVIDER, "blijf-groep", "system")
    case.do(c.LearnSupportRequest(by=other, provider=other.organisation, number="S-2"))
    case.do(c.ReportDeath(by=case.municipality, source=a.KnownFrom.FAMILY))
    keys = [effect.key for effect in case.done(CancelSupport)]
    assert len(keys) == len(set(keys)) == 2


def test_a_request_for_support_taken_after_the_client_withdrew_is_taken_back() -> None:
    case = late_request(along(upto="accept").withdraws())
    assert case.happened(e.SupportReturned)[0].number == "S-9"
    assert [effect.number for effect in case.done(CancelSupport)] == ["S-9"]


def test_a_request_for_support_of_a_provider_that_was_replaced_is_taken_back() -> None:
    case = along(upto="accept").answer(a.SupportAnswer(unable=True))
    case.answer(a.BridgeAnswer(way="other_provider", by="leger-des-heils-wmo"))
    assert late_request(case).happened(e.SupportReturned)
    assert case.m.support
    assert case.m.support.number is None


def test_the_same_number_learned_twice_changes_nothing() -> None:
    case = late_request(along(upto="accept"))
    before = case.m.sequence
    assert late_request(case).m.sequence == before


def test_a_lease_of_an_earlier_offer_is_not_kept_with_this_one() -> None:
    case = along(upto="accept").do(c.LearnLease(by=YMERES_SYSTEM, offer="O-other", number="L-7"))
    assert case.m.lease.number is None


def test_an_offer_is_not_placed_again_once_it_is_let_go() -> None:
    case = along(upto="match")
    case.do(c.ReportUndelivered(by=YMERES_SYSTEM, effect=case.done(PlaceOffer)[0], code="unknown_dwelling"))
    case.do(c.WithdrawOffer(by=case.municipality, reason=c.WithdrawalReason.OTHER))
    before = len(case.done(PlaceOffer))
    case.answer(a.DeliveryAnswer(way="try_again"))
    assert len(case.done(PlaceOffer)) == before


def test_a_message_refused_after_the_end_is_told_to_the_municipality() -> None:
    case = along(upto="confirm").withdraws()
    case.do(c.ReportUndelivered(by=YMERES_SYSTEM, effect=case.done(FreeDwelling)[0], code="gone"))
    assert case.happened(e.DeliveryFailed)[0].task is None
    assert case.readers(Letter.DELIVERY_FAILED) == {case.m.parties.municipality}
    assert not case.m.tasks


# -- partners without a system -----------------------------------------------------------------------------------


def without_system(case: Case, effect: PlaceOffer | PrepareLease | FreeDwelling) -> Case:
    by = actor(Role.CORPORATION, effect.corporation, "system")
    return case.do(c.LearnNoSystem(by=by, effect=effect))


def test_people_of_a_corporation_without_a_system_get_a_letter_of_what_they_are_asked() -> None:
    case = along(upto="match")
    assert not case.letters(Letter.TASK_OPENED)
    without_system(case, case.done(PlaceOffer)[0])
    (letter,) = case.letters(Letter.TASK_OPENED)
    assert (letter.organisation, letter.task) == ("ymere", "confirm_offer-1")
    case = along(upto="accept")
    without_system(case, case.done(PrepareLease)[0])
    assert [letter.task for letter in case.letters(Letter.TASK_OPENED)] == ["sign_lease-1"]


def test_no_letter_goes_about_a_task_that_is_answered_or_taken_over() -> None:
    case = along(upto="match")
    placed = case.done(PlaceOffer)[0]
    case.do(c.TakeOverTask(by=case.municipality, task=placed.task, note="note-0123456789abcdef"))
    assert not without_system(case, placed).letters(Letter.TASK_OPENED)
    case = along(upto="confirm")
    assert not without_system(case, case.done(PlaceOffer)[0]).happened(e.LeftToPeople)


def test_a_corporation_without_a_system_is_told_that_its_offer_ended_also_after_the_end() -> None:
    case = along(upto="confirm").withdraws()
    without_system(case, case.done(FreeDwelling)[0])
    assert case.readers(Letter.OFFER_LET_GO) == {"ymere"}
    assert not case.m.tasks
    assert not case.happened(e.DeliveryFailed)


def test_only_the_partner_itself_says_that_it_has_no_system() -> None:
    case = along(upto="match")
    by = actor(Role.CORPORATION, "de-alliantie", "system")
    refused = case.refused(c.LearnNoSystem(by=by, effect=case.done(PlaceOffer)[0]))
    assert refused.rule == "not_yours"
