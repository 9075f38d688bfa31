"""Which dwellings are short: those that clients wait for beside those that were offered, and what stands in the way."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeAlias

from pydantic import TypeAdapter

from domain.facts.conditions import unmet
from domain.facts.dwelling import Dwelling
from domain.facts.referral import DwellingNeeds
from domain.policy.rent import RentBand, RentLimits, band_of
from domain.state.events import DwellingsListed
from store.database import Source
from store.queries import query
from store.reports.asked import ZONE, Dimension, ReportRequest
from store.reports.figures import ALL, Figure, Frame, Number, Table, Unit, tabulate
from store.reports.journeys import Journey, Journeys, groups

ANY = "any"
"""The district wanted where every district will do."""
CONDITIONS = (
    *("rent", "rooms", "household", "district_wanted", "district_excluded", "safety", "accessible", "low_stimulus"),
    *("complex_load", "complex_room", "complex_open", "district_room", "district_open"),
)
"""What can keep a dwelling out: the household's needs, and the load and the caps of the complex and the district."""
WAITING = {
    "with_suitable": "at least one dwelling suited at the last listing",
    "only_full": "what suited at the last listing is in a district or complex that takes no placement now",
    "none_suits": "no dwelling suited at the last listing",
    "not_listed": "no dwellings were listed yet since the client began to wait",
}
"""How a client waits: each has exactly one of these."""
OFFERED = "offered"
ACCESSES = ("neither", "accessible", "low_stimulus", "both")

HOMES = (
    Figure(
        "waiting",
        Unit.MEDIATIONS,
        "Mediations in which the municipality is to choose a dwelling now, whenever they were referred.",
    ),
    *(
        Figure(
            name,
            Unit.MEDIATIONS,
            f"Of those: {meaning}. Dwellings of a corporation whose system did not answer then are left out.",
            part_of="waiting",
        )
        for name, meaning in WAITING.items()
    ),
    Figure(OFFERED, Unit.OFFERS, "Dwellings chosen for a client in the period, whatever became of the offer."),
)
RENTS = Frame(
    "rents",
    "Dwellings needed and offered, by rent",
    "the lowest band, of the limits of the year in the policy of the mediation, of the highest rent that fits the "
    "household; of a dwelling offered: of the rent asked on the day of the offer",
    HOMES,
)
ROOMS = Frame("rooms", "Dwellings needed and offered, by rooms", "rooms needed at least; rooms of a dwelling", HOMES)
DISTRICTS = Frame(
    "wanted_districts",
    "Dwellings needed and offered, by district",
    "district wanted (a mediation counts in each, and in `any` where none is wanted); district of a dwelling",
    HOMES,
)
ACCESS = Frame(
    "access",
    "Dwellings needed and offered, by accessibility",
    "what is needed; what a dwelling has: accessible, low_stimulus, both or neither",
    HOMES,
)
IN_THE_WAY = Frame(
    "in_the_way",
    "What stands in the way of those who wait",
    "condition",
    (
        Figure(
            "mediations",
            Unit.MEDIATIONS,
            "Mediations that wait for a dwelling now, for which this kept at least one dwelling out at the last "
            "listing. More than one condition may keep the same dwelling out.",
        ),
        Figure("without", Unit.MEDIATIONS, "Of those, mediations that have no suitable dwelling to choose."),
    ),
)


Measure: TypeAlias = "Callable[[Sequence[Home]], dict[str, Number]]"


class Home(NamedTuple):
    """A dwelling that is waited for, or one that was offered."""

    group: str
    fate: str
    """How it is waited for, or that it was offered."""
    band: RentBand
    rooms: int
    districts: tuple[str, ...]
    accessible: bool
    low_stimulus: bool
    in_the_way: frozenset[str] = frozenset()

    @property
    def access(self) -> str:
        """Which of the two it is, or has to be."""
        return ACCESSES[self.accessible + 2 * self.low_stimulus]


class ShortageFacts(NamedTuple):
    """What this report counts."""

    journeys: Journeys
    homes: list[Home]


async def load(source: Source, wanted: ReportRequest, journeys: Journeys) -> ShortageFacts:
    """Return the dwellings that are waited for now, and those that were chosen in the period."""
    period = (wanted.first, wanted.last)
    waiting = await source.fetch(query("report_waiting"), wanted.municipality)
    offered = await source.fetch(query("report_dwellings_offered"), wanted.municipality, ZONE, *period)
    # Of one whose beginning is lost nothing is known.
    needed = [(dict(row), journeys[row["mediation"]]) for row in waiting if row["mediation"] in journeys]
    chosen = [(dict(row), journeys[row["mediation"]]) for row in offered if row["mediation"] in journeys]
    homes = [_needed(row, journey, wanted) for row, journey in needed]
    return ShortageFacts(journeys, homes + [_offered(row, journey, wanted) for row, journey in chosen])


def _needed(row: Mapping[str, Any], journey: Journey, wanted: ReportRequest) -> Home:
    needs = DwellingNeeds.model_validate_json(row["needs"])
    listed = DwellingsListed.model_validate_json(row["listed"]) if row["listed"] else None
    return Home(
        group=journey.group(wanted.by),
        fate=_fate(listed),
        band=band_of(needs.rent_limit_cents, _limits(row["rents"]), wanted.today),
        rooms=needs.rooms,
        districts=tuple(dict.fromkeys(needs.wanted_districts)) or (ANY,),
        accessible=needs.accessible,
        low_stimulus=needs.low_stimulus,
        in_the_way=frozenset(_in_the_way(listed)) if listed else frozenset(),
    )


def _offered(row: Mapping[str, Any], journey: Journey, wanted: ReportRequest) -> Home:
    """A dwelling offered is in the group of where and whose it is, else in that of its mediation."""
    home = Dwelling.model_validate_json(row["dwelling"])
    district = journey.place(home.district)
    own = {Dimension.CORPORATION: home.corporation, Dimension.DISTRICT: district}
    return Home(
        group=own[wanted.by] if wanted.by in own else journey.group(wanted.by),
        fate=OFFERED,
        band=band_of(home.rent_cents, _limits(row["rents"]), row["prepared_on"]),
        rooms=home.rooms,
        districts=(district,),
        accessible=home.accessible,
        low_stimulus=home.low_stimulus,
    )


def _fate(listed: DwellingsListed | None) -> str:
    if listed is None:
        return "not_listed"
    return "with_suitable" if listed.suitable else "only_full" if listed.full else "none_suits"


def _in_the_way(listed: DwellingsListed) -> Iterator[str]:
    yield from listed.unmet
    for candidate in listed.full:
        yield from (condition.name for condition in unmet(candidate.conditions))


@cache
def _limits(document: str | None) -> Mapping[int, RentLimits]:
    """Read the limits of a policy; one of an earlier release may have none."""
    return TypeAdapter(dict[int, RentLimits]).validate_json(document or "{}")


def count(facts: ShortageFacts, wanted: ReportRequest) -> tuple[Table, ...]:
    """Count what is waited for beside what was offered."""
    group = wanted.by.value if wanted.by else None
    known = {*groups(facts.journeys, wanted), *(home.group for home in facts.homes)}

    def table(frame: Frame, of: Callable[[Home], Iterable[str]], measure: Measure, *items: str) -> Table:
        parted = ((item, home.group, home) for home in facts.homes for item in of(home))
        return tabulate(frame, parted, measure, items=items, group=group, groups=known)

    return (
        table(RENTS, lambda home: [home.band], _measured, *RentBand, ALL),
        table(ROOMS, lambda home: [str(home.rooms)], _measured, ALL),
        table(DISTRICTS, lambda home: home.districts, _measured, ANY),
        table(ACCESS, lambda home: [home.access], _measured, *ACCESSES, ALL),
        table(IN_THE_WAY, lambda home: home.in_the_way, _hindered, *CONDITIONS),
    )


def _measured(of: Sequence[Home]) -> dict[str, Number]:
    fates = Counter(home.fate for home in of)
    return {"waiting": len(of) - fates[OFFERED], **{name: fates[name] for name in (*WAITING, OFFERED)}}


def _hindered(of: Sequence[Home]) -> dict[str, Number]:
    return {"mediations": len(of), "without": sum(home.fate != "with_suitable" for home in of)}
