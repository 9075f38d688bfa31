"""Offers, and what became of them: refused for a valid reason or not, declined or taken back."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from domain.messages.answers import CorporationDecline, RefusalReason
from domain.messages.commands import WithdrawalReason
from store.database import Source
from store.queries import query
from store.reports.asked import ZONE, Dimension, ReportRequest
from store.reports.figures import ALL, Figure, Frame, Number, Table, Unit, mean, tabulate
from store.reports.journeys import Journeys, groups

FATES = {
    "declined": "the corporation declined to make it; never counted against the client",
    "withdrawn": "the corporation took it back; never counted as a refusal",
    "failed_check": "the lease could not be signed, for instance on income or papers; not counted",
    "refused_valid": "the client refused, and a person judged the reason valid",
    "refused_invalid": "the client refused, and a person judged the reason not valid",
    "refused_unjudged": "the client refused, and nobody judged the reason (yet)",
    "housed": "the client got the keys",
    "ended": "the mediation ended while the offer was open or accepted",
    "open": "open, or accepted and on the way to the keys",
}
"""What becomes of an offer in the end: each offer has exactly one of these."""

OFFERS = Frame(
    "offers",
    "Offers that were prepared in the period, and what became of them until now",
    "which",
    (
        Figure(
            "offers",
            Unit.OFFERS,
            "Dwellings chosen for a client, of which the corporation was asked to confirm the offer.",
        ),
        *(Figure(fate, Unit.OFFERS, f"Of those: {meaning}.", part_of="offers") for fate, meaning in FATES.items()),
        Figure("mediations", Unit.MEDIATIONS, "Mediations in which these offers were made."),
        Figure("per_mediation", Unit.MEAN, "`offers` by `mediations`.", of=("offers", "mediations")),
    ),
)
REFUSALS = Frame(
    "refusals",
    "Refusals by clients, by reason",
    "reason",
    (
        Figure(
            "refusals",
            Unit.OFFERS,
            "Offers prepared in the period that the client refused for this reason; `no_answer`: nor could be reached.",
        ),
        Figure("valid", Unit.OFFERS, "Of those, judged valid: not counted against the client.", part_of="refusals"),
        Figure("invalid", Unit.OFFERS, "Of those, judged not valid.", part_of="refusals"),
        Figure("unjudged", Unit.OFFERS, "Of those, not judged (yet).", part_of="refusals"),
    ),
)
DECLINED = Frame(
    "declined",
    "Offers that the corporation declined to make, by reason",
    "reason",
    (Figure("offers", Unit.OFFERS, "Offers prepared in the period that the corporation declined for this reason."),),
)
WITHDRAWN = Frame(
    "withdrawn",
    "Offers that the corporation took back, by reason",
    "reason",
    (Figure("offers", Unit.OFFERS, "Offers prepared in the period that the corporation took back for this reason."),),
)


class OfferFact(NamedTuple):
    """One offer and everything that happened to it."""

    mediation: str
    prepared_on: date
    corporation: str
    district: str
    accepted: bool
    refused: bool
    refused_for: str | None
    valid: bool | None
    declined_for: str | None
    withdrawn_for: str | None
    failed_check: bool
    housed: bool

    def fate(self, closed: bool) -> str:
        """Return what became of it."""
        if self.declined_for:
            return "declined"
        if self.withdrawn_for:
            return "withdrawn"
        if self.failed_check:
            return "failed_check"
        if self.refused:
            return {True: "refused_valid", False: "refused_invalid", None: "refused_unjudged"}[self.valid]
        if self.housed:
            return "housed"
        return "ended" if closed else "open"


class RefusalsFacts(NamedTuple):
    """What this report counts."""

    journeys: Journeys
    offers: list[OfferFact]


async def load(source: Source, wanted: ReportRequest, journeys: Journeys) -> RefusalsFacts:
    """Return every offer."""
    rows = await source.fetch(query("report_offers"), wanted.municipality, ZONE)
    return RefusalsFacts(journeys, [OfferFact(*row) for row in rows if row["mediation"] in journeys])


def count(facts: RefusalsFacts, wanted: ReportRequest) -> tuple[Table, ...]:
    """Count the offers."""
    made = [(_group(facts, offer, wanted.by), offer) for offer in facts.offers if wanted.covers(offer.prepared_on)]
    group = wanted.by.value if wanted.by else None
    known = tuple({*groups(facts.journeys, wanted), *(_group(facts, one, wanted.by) for one in facts.offers)})

    def offers(of: Sequence[OfferFact]) -> dict[str, Number]:
        fates = [offer.fate(facts.journeys[offer.mediation].outcome is not None) for offer in of]
        mediations = len({offer.mediation for offer in of})
        counts: dict[str, Number] = {"offers": len(of), **{fate: fates.count(fate) for fate in FATES}}
        return counts | {"mediations": mediations, "per_mediation": mean([len(of) / mediations] if mediations else [])}

    def by_reason(reason: Callable[[OfferFact], str | None]) -> Iterator[tuple[str, str, OfferFact]]:
        return ((found, name, offer) for name, offer in made if (found := reason(offer)))

    def number(of: Sequence[OfferFact]) -> dict[str, Number]:
        return {"offers": len(of)}

    refused = by_reason(lambda offer: offer.refused_for)
    declined, withdrawn = by_reason(lambda offer: offer.declined_for), by_reason(lambda offer: offer.withdrawn_for)
    return (
        tabulate(OFFERS, ((ALL, name, one) for name, one in made), offers, items=(ALL,), group=group, groups=known),
        tabulate(REFUSALS, refused, _judged, items=(*map(str, RefusalReason), ALL), group=group, groups=known),
        tabulate(DECLINED, declined, number, items=(*map(str, CorporationDecline), ALL), group=group, groups=known),
        tabulate(WITHDRAWN, withdrawn, number, items=(*map(str, WithdrawalReason), ALL), group=group, groups=known),
    )


def _group(facts: RefusalsFacts, offer: OfferFact, by: Dimension | None) -> str:
    """Return an offer's group: of where and whose the dwelling is, else of its mediation."""
    match by:
        case Dimension.CORPORATION:
            return offer.corporation
        case Dimension.DISTRICT:
            return facts.journeys[offer.mediation].place(offer.district)
        case _:
            return facts.journeys[offer.mediation].group(by)


def _judged(of: Sequence[OfferFact]) -> dict[str, Number]:
    judged = [offer.valid for offer in of]
    return {
        "refusals": len(of),
        "valid": judged.count(True),
        "invalid": judged.count(False),
        "unjudged": judged.count(None),
    }
