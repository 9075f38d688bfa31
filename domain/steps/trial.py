"""Homes for a trial: with an invented client nobody is asked what there is, and no real home is offered."""

from datetime import date

from domain.facts.dwelling import Dwelling
from domain.state.mediation import Mediation

NOWHERE = "proef"
"""The district of a home when none is known of the client."""
COMPLEX = "PROEF"
ORDINARY_RENT = 60_000
"""In cents a month, or less where the client cannot pay so much."""


def invented_homes(m: Mediation, today: date) -> tuple[Dwelling, ...]:
    """Return a home of every corporation, as the client needs it; other ones after every offer."""
    needs = m.referral.needs
    return tuple(
        Dwelling(
            id=f"PROEF-{len(m.offers) + 1}",
            corporation=corporation,
            complex=COMPLEX,
            district=next(iter(needs.wanted_districts), None) or m.referral.district or NOWHERE,
            rooms=max(needs.rooms, m.referral.household_size),
            rent_cents=min(needs.rent_limit_cents, ORDINARY_RENT),
            accessible=needs.accessible,
            low_stimulus=needs.low_stimulus,
            released_on=today,
        )
        for corporation in m.parties.corporations
    )
