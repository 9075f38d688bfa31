"""What a mediation holds of all that is scarce, by its state; and making the store hold just that."""

from collections.abc import Iterator, Sequence

from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.policy.scarce import Claim, DwellingClaim, PersonClaim, PlaceClaim
from domain.policy.spread import CapPeriod
from domain.state.mediation import Mediation, Place, PlaceState
from store import scarce
from store.database import Connection
from store.queries import query


def claims_of(m: Mediation) -> tuple[Claim, ...]:
    """Return the claims that stand for what a mediation holds. A trial holds nothing."""
    return () if m.test else tuple(_claims(m))


def _claims(m: Mediation) -> Iterator[Claim]:
    if m.outcome is None:
        yield PersonClaim(person=m.referral.person)
    if m.place:
        yield _place(m, m.place)
    offer = m.live_offer
    if offer and (m.outcome is None or m.lease.handed_over_on is not None):
        dwelling = offer.candidate.dwelling
        yield DwellingClaim(corporation=dwelling.corporation, dwelling=dwelling.id)
        yield from (one for one in offer.spread if m.outcome is None or one.period != CapPeriod.LIVE)


def _place(m: Mediation, place: Place) -> PlaceClaim:
    return PlaceClaim(
        municipality=m.parties.municipality,
        year=place.year,
        units=place.units,
        limit=place.units,
        half=place.half,
        shared_by=place.shared_by,
        parts=place.parts,
        beyond_limit=place.beyond_limit,
    )


async def set_right(connection: Connection, before: Mediation | None, after: Mediation) -> Sequence[Claim]:
    """Let a mediation hold what its state says, whatever it held before; return what another has in its place.

    The limits are those that the store has now.
    """
    now = claims_of(after)
    await scarce.release(connection, after.id, [*(claims_of(before) if before else ()), *now])
    gone = [one for one in now if await scarce.claim(connection, after.id, [await _within(connection, one)])]
    if after.place and after.place.state is PlaceState.CONSUMED:
        await connection.execute(query("consume_place"), after.id)
    if not after.open_of(TaskKind.AWAIT_PLACE):
        await connection.execute(query("wait_no_more"), after.id)
    if not after.open_of(TaskKind.MAKE_OFFER):
        await connection.execute(query("want_no_home"), after.id)
    return gone


async def _within(connection: Connection, claim: Claim) -> Claim:
    """Return a claim of a place within the limit that its ledger has now; any other as it is."""
    if not isinstance(claim, PlaceClaim):
        return claim
    row = await connection.fetchrow(query("limit_of_ledger"), claim.ledger, claim.period)
    return replace(claim, limit=row["places"]) if row else claim
