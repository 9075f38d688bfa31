"""How many of the places agreed in a contract are used: a provider's clients, a corporation's dwellings."""

from datetime import date

from domain.facts.parties import OrganisationId
from store.database import Pool
from store.queries import query


async def clients_of(pool: Pool, provider: OrganisationId) -> int:
    """Return in how many open mediations a provider supports the client, or will."""
    count: int = await pool.fetchval(query("clients_of_provider"), provider)
    return count


async def dwellings_of(pool: Pool, corporation: OrganisationId, since: date | None) -> int:
    """Return how many dwellings a corporation offers or let, for mediations that began on a day or later."""
    count: int = await pool.fetchval(query("dwellings_of_corporation"), corporation, since)
    return count
