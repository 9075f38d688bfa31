"""The housing of a city: complexes of two corporations, and the dwellings they release over time.

Supply follows demand, but late: for every resident a dwelling that would suit is released some months after the
referral, though anybody it suits may get it. A few more come for those who refuse, and when the waiting has lasted
long enough a steady few that suit nearly everybody, so that nobody waits for ever.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from domain.facts.dwelling import LivingForm
from sandbox.city.chance import Chance
from sandbox.city.organisations import Organisation, Organisations
from sandbox.city.people import RENT_LIMITS, Resident

RELEASE = (25.0, 95.0, 230.0)
"""Days from a referral to the release of a dwelling that would suit: at least, most often, at most."""
SECOND = 0.30
"""Share of residents for whom a second dwelling is released."""
SECOND_RELEASE = (120.0, 200.0, 330.0)
LATE_SUPPLY = (240, 960)
"""From and until which day after the city's opening the steady supply for the last ones comes."""
LATE_EVERY = 21
"""Days between two releases of the steady supply."""
RESIDENTS_PER_LATE_DWELLING = 60
HANDS = 5
"""So many people at a corporation write dwellings down, each in their own way."""
NOT_ASKED = frozenset({"floor", "spelling"})
"""What nobody asks who releases a dwelling here."""
COMPLEX_NAMES = ("hof", "toren", "plein", "gaarde", "hoek", "state")
ACCESSIBLE_BY_CHANCE = 0.10
LOW_STIMULUS_BY_CHANCE = 0.15
LIVING_FORMS = {LivingForm.INDEPENDENT: 0.82, LivingForm.CLUSTERED: 0.13, LivingForm.SHARED: 0.05}


@dataclass(frozen=True)
class Home:
    """A dwelling that a corporation will release. The rent is in cents a month."""

    id: str
    corporation: str
    complex: str
    district: str
    rooms: int
    floor: int
    rent_cents: int
    accessible: bool
    low_stimulus: bool
    living_form: LivingForm
    released_on: date
    spelling: int = 0
    """By which hand its corporation wrote it down: as it does flags and names of complexes."""

    def shown(self) -> dict[str, Any]:
        """Return the dwelling as the corporation's system takes it."""
        return {
            "id": self.id,
            "complex": self.complex,
            "district": self.district,
            "rooms": self.rooms,
            "floor": self.floor,
            "rentCents": self.rent_cents,
            "accessible": self.accessible,
            "lowStimulus": self.low_stimulus,
            "livingForm": self.living_form.value,
            "releasedOn": self.released_on.isoformat(),
            "spelling": self.spelling,
        }

    def released(self) -> dict[str, Any]:
        """Return the dwelling as it is released here, where nobody asks for the floor."""
        return {name: fact for name, fact in self.shown().items() if name not in NOT_ASKED}


def complexes(organisations: Organisations, corporation: Organisation, district: str) -> tuple[str, ...]:
    """Return the names of a corporation's two complexes in a district: none is another corporation's."""
    place = organisations.corporations.index(corporation) * 2
    root = district.replace("-", " ").title()
    return tuple(f"{root} {COMPLEX_NAMES[(place + i) % len(COMPLEX_NAMES)]}" for i in range(2))


def homes(organisations: Organisations, residents: Sequence[Resident], seed: int, opens: date) -> tuple[Home, ...]:
    """Draw every dwelling of the city, the first released first."""
    drawn = [*_for_residents(organisations, residents, seed, opens), *_late(organisations, len(residents), seed, opens)]
    return tuple(sorted(drawn, key=lambda home: (home.released_on, home.id)))


def _for_residents(
    organisations: Organisations, residents: Sequence[Resident], seed: int, opens: date
) -> Iterator[Home]:
    for one in residents:
        chance = Chance(seed, (one.municipality, "home", one.n))
        yield _suiting(organisations, one, chance.of(1), f"{one.n:04}-1", RELEASE, opens)
        if chance.happens(SECOND, "second"):
            yield _suiting(organisations, one, chance.of(2), f"{one.n:04}-2", SECOND_RELEASE, opens)


def _suiting(
    organisations: Organisations,
    one: Resident,
    chance: Chance,
    number: str,
    release: tuple[float, float, float],
    opens: date,
) -> Home:
    """A dwelling that suits this resident, often with nothing to spare."""
    needs = one.needs
    district = chance.one_of([d for d in organisations.districts if needs.allows(d)], "district")
    rooms = max(needs.rooms, chance.pick({1: 0.35, 2: 0.5, 3: 0.15}, "rooms"))
    days = one.arrival.days + chance.triangular(*release, "release")
    return _home(
        organisations,
        chance,
        number,
        district=district,
        rooms=rooms,
        floor=0 if needs.accessible else chance.whole(0, 5, "floor"),
        rent_cents=int(needs.rent_limit_cents * (0.86 + 0.13 * chance.draw("rent"))),
        accessible=needs.accessible or chance.happens(ACCESSIBLE_BY_CHANCE, "accessible"),
        low_stimulus=needs.low_stimulus or chance.happens(LOW_STIMULUS_BY_CHANCE, "low stimulus"),
        living_form=chance.pick(LIVING_FORMS, "form") if rooms == 1 else LivingForm.INDEPENDENT,
        released_on=opens + timedelta(days=int(days)),
    )


def _late(organisations: Organisations, residents: int, seed: int, opens: date) -> Iterator[Home]:
    """Dwellings that suit nearly every household, a few at a time."""
    at_once = -(-residents // RESIDENTS_PER_LATE_DWELLING)
    for day in range(*LATE_SUPPLY, LATE_EVERY):
        for i in range(at_once):
            chance = Chance(seed, (organisations.municipality.id, "late home", day, i))
            yield _home(
                organisations,
                chance,
                f"L{day:03}-{i}",
                district=chance.one_of(organisations.districts, "district"),
                rooms=chance.pick({2: 0.5, 4: 0.5}, "rooms"),
                floor=0,
                rent_cents=int(RENT_LIMITS["young"] * (0.9 + 0.09 * chance.draw("rent"))),
                accessible=True,
                low_stimulus=True,
                living_form=LivingForm.INDEPENDENT,
                released_on=opens + timedelta(days=day),
            )


def _home(organisations: Organisations, chance: Chance, number: str, *, district: str, **facts: Any) -> Home:
    corporation = chance.one_of(organisations.corporations, "corporation")
    return Home(
        id=f"{corporation.id[:2].upper()}-{number}",
        corporation=corporation.id,
        complex=chance.one_of(complexes(organisations, corporation, district), "complex"),
        district=district,
        spelling=chance.whole(0, HANDS - 1, "hand"),
        **facts,
    )
