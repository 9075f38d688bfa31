"""Whether something stands twice at a partner, under whatever key it was asked: read from the partner's own records.

A key that took effect twice is seen in the ledgers. What was asked anew under another key is seen only here.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Any

import httpx

from domain.facts.parties import Role
from sandbox.city.organisations import Organisations
from sandbox.worklists import Record, worklist

KINDS = ("candidates", "offers", "leases", "allocations", "grounds")
LIVE_OFFER = frozenset({"offered", "accepted", "let"})
LIVE_SUPPORT = frozenset({"requested", "planned", "started"})


async def standing_twice(http: httpx.AsyncClient, people: Organisations, systems: Mapping[str, str]) -> list[str]:
    """Return what stands twice in the systems of a city's corporations and care providers, in words."""
    found: list[str] = []
    for one in people.corporations:
        if one.id not in people.by_hand:
            url = systems[Role.CORPORATION.value]
            records = {kind: await worklist(http, url, one.id, f"/{kind}") for kind in KINDS}
            found += [f"{one.id}: {said}" for said in twice_at_corporation(records)]
    for one in people.providers:
        if one.id not in people.by_hand:
            supports = await worklist(http, systems[Role.CARE_PROVIDER.value], one.id, "/support-requests")
            found += [f"{one.id}: {said}" for said in twice_at_provider(supports)]
    return found


def twice_at_corporation(records: Mapping[str, list[Record]]) -> Iterator[str]:
    """Tell what stands twice at a corporation, or is left over of what was made twice."""
    offers, candidates = records["offers"], records["candidates"]
    for kind, ones in records.items():
        yield from _more_than_one(f"{kind} under the key", ((one["document"]["idExtern"], one) for one in ones))
    yield from _more_than_one(
        "live offers of", ((one["dwelling"], one) for one in offers if one["state"] in LIVE_OFFER)
    )
    yield from _more_than_one(
        "leases of the offer", ((one["offer"], one) for one in records["leases"] if one["state"] != "cancelled")
    )
    yield from _more_than_one("allocations of the offer", ((one["offer"], one) for one in records["allocations"]))
    yield from _more_than_one("grounds of", ((one["mediation"], one) for one in records["grounds"]))
    offered = {(one["document"].get("kandidaat") or {}).get("id") for one in offers}
    for one in candidates:
        if one["document"]["status"]["code"] != "AFG" and one["number"] not in offered:
            yield f"candidate {one['number']} of {one['mediation']} stands without an offer"


def twice_at_provider(supports: Iterable[Record]) -> Iterator[str]:
    """Tell which client is to be supported twice. Of who it is, nothing is said."""
    live = [one for one in supports if one["state"] in LIVE_SUPPORT]
    for numbers in _groups((one["client"]["bsn"], one) for one in live):
        yield f"allocations {' and '.join(numbers)} are of one client"


def _more_than_one(what: str, about: Iterable[tuple[Hashable, Record]]) -> Iterator[str]:
    counted = Counter(key for key, _ in about)
    yield from (f"{times} {what} {key}" for key, times in counted.items() if times > 1)


def _groups(about: Iterable[tuple[Hashable, Record]]) -> Iterator[list[str]]:
    groups: dict[Hashable, list[Any]] = {}
    for key, one in about:
        groups.setdefault(key, []).append(one["number"])
    yield from (numbers for numbers in groups.values() if len(numbers) > 1)
