"""What became of an offer in a corporation's system (aanbieding), in our terms.

Allocated (TOE) with the date of the answer is accepted; refused (GEW) is refused, for the reason its detail names;
taken back (ING) is withdrawn, whatever the reason. Words that explain (`antwoordToelichting`) are never read.
"""

from activities.partner import not_understood
from activities.vera.codes import AanbiedingDetailStatus as Detail
from activities.vera.codes import AanbiedingStatus
from activities.vera.entities import Aanbieding
from domain.messages.answers import ClientAnswer, RefusalReason
from domain.messages.commands import WithdrawalReason

REFUSALS = {
    Detail.HUURPRIJS: RefusalReason.RENT,
    Detail.OMGEVING: RefusalReason.NEIGHBOURHOOD,
    Detail.KWALITEIT: RefusalReason.STATE_OF_REPAIR,
}
"""The reasons that both sides have. A dwelling that does not please (WBN, BUI, PAO) can mean many things."""
WITHDRAWALS = {Detail.ANDERE_KANDIDAAT: WithdrawalReason.LET_OTHERWISE}


def status_of(offer: Aanbieding) -> AanbiedingStatus:
    """Return how an offer stands. Raises PartnerAway or PartnerRefused when that is no status of VERA."""
    status = AanbiedingStatus.known(offer.status.code) if offer.status else None
    if status is None:
        raise not_understood("status_unknown")
    return status


def answer_of(offer: Aanbieding) -> ClientAnswer | WithdrawalReason | None:
    """Return what became of an offer; None while nothing did."""
    match status_of(offer):
        case AanbiedingStatus.INGETROKKEN:
            detail = _detail(offer)
            return WITHDRAWALS.get(detail, WithdrawalReason.OTHER) if detail else WithdrawalReason.OTHER
        case AanbiedingStatus.GEWEIGERD:
            detail = _detail(offer)
            reason = REFUSALS.get(detail, RefusalReason.OTHER) if detail else RefusalReason.OTHER
            return ClientAnswer(accept=False, reason=reason)
        case AanbiedingStatus.TOEGEWEZEN if offer.antwoorddatum:
            return ClientAnswer(accept=True)
        case _:
            return None


def _detail(offer: Aanbieding) -> Detail | None:
    return Detail.known(offer.detail_status.code) if offer.detail_status else None
