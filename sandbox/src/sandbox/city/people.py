"""The residents: who leaves an institution, with whom, what home they need, and what their referral says.

Shares of target groups follow the yearly demand Companen counted for Amersfoort in 2018 (sheltered living 100,
clinical care 15, shelters 125, youth care 25); household sizes, ages and other shares are assumed.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from domain.facts.calendar import add_months
from domain.facts.groups import GroupId, Trait
from domain.facts.parties import Role
from domain.facts.referral import Document, Track
from domain.policy.groups import leaves_institution
from domain.policy.policy import Policy
from sandbox.city.bsn import test_number
from sandbox.city.chance import Chance
from sandbox.city.names import Name, name_of, phone_number
from sandbox.city.organisations import Organisation, Organisations

TARGET_GROUPS = {
    "sheltered_living": 0.38,
    "shelter": 0.28,
    "womens_shelter": 0.13,
    "youth_care": 0.10,
    "clinical_care": 0.06,
    "disability_care": 0.05,
}
AGES = {
    "sheltered_living": (22, 36, 64),
    "shelter": (19, 38, 66),
    "womens_shelter": (19, 31, 52),
    "youth_care": (18, 18, 22),
    "clinical_care": (21, 40, 62),
    "disability_care": (20, 29, 58),
}
"""Youngest, most common and oldest age in years."""
ANOTHER, ANY_AGE = 0.05, (18, 34, 66)
"""Share and ages of a target group that is not named here."""
HOMELESS_TOO = {"youth_care": 0.30}
"""Share of a target group that would have no home besides."""
WOMEN = {"womens_shelter": 1.0, "shelter": 0.25, "clinical_care": 0.45}
HOUSEHOLDS: dict[GroupId, dict[int, float]] = {
    "shelter": {1: 0.84, 2: 0.07, 3: 0.05, 4: 0.03, 5: 0.01},
    "womens_shelter": {1: 0.30, 2: 0.34, 3: 0.22, 4: 0.10, 5: 0.04},
}
ALONE = {1: 0.95, 2: 0.04, 3: 0.01}
"""Household sizes of the other target groups."""
ACCESSIBLE = {"disability_care": 0.40}
LOW_STIMULUS = {
    "sheltered_living": 0.22,
    "clinical_care": 0.30,
    "disability_care": 0.25,
}
RENT_LIMITS = {"young": 49_820, "small": 71_302, "large": 76_414}
"""Cents a month, 2026: kwaliteitskortingsgrens (below 21), and aftoppingsgrens for 1-2 and for 3 or more people."""
YOUNG_BELOW = 21

INCOMPLETE = 0.12
"""Share of referrals that lack a required document."""
WITH_WISHES = 0.35
"""Share of people who want only certain districts."""
WITH_BANS = 0.15
"""Share of people who must not live in certain districts."""
ARRIVING_WITHIN = timedelta(weeks=26)
"""All referrals come in within this time, and while the policy is in force."""
HOUSING_FIRST = {"shelter": 0.10}
"""Share of a target group that goes the way of Housing First."""
KEEPS_ADDRESS_SECRET = {"womens_shelter": 0.35}
GUIDES = 6
"""Guides per institution."""


@dataclass(frozen=True)
class Person:
    """Somebody who can be written to and phoned."""

    name: Name
    mail: str
    phone: str

    def shown(self) -> dict[str, Any]:
        """Return the person as JSON."""
        return {"name": str(self.name), "mail": self.mail, "phone": self.phone}


@dataclass(frozen=True)
class Needs:
    """What a home must have; the rent is in cents a month."""

    rooms: int
    rent_limit_cents: int
    accessible: bool
    low_stimulus: bool
    wanted: tuple[str, ...]
    excluded: tuple[str, ...]

    def allows(self, district: str) -> bool:
        """Tell whether a home in this district will do."""
        return district not in self.excluded and (not self.wanted or district in self.wanted)

    def shown(self, *, anywhere: bool = False) -> dict[str, Any]:
        """Return the needs as JSON; `anywhere` leaves the wished districts out."""
        return {
            "rooms": self.rooms,
            "rentLimitCents": self.rent_limit_cents,
            "accessible": self.accessible,
            "lowStimulus": self.low_stimulus,
            "wantedDistricts": [] if anywhere else list(self.wanted),
            "excludedDistricts": list(self.excluded),
        }


@dataclass(frozen=True)
class Resident:
    """One client, numbered within the city. `arrives_at` (UTC) is when the referral comes in."""

    n: int
    arrives_at: datetime
    arrival: timedelta
    """How long after the city's opening the referral comes in."""
    municipality: str
    institution: Organisation | None
    """Which the client leaves, if any."""
    referrer: Organisation
    """Who refers, together with the client: the institution, or the municipality where there is none or only that may.
    """
    of_guide: Organisation
    """Where the guide works."""
    provider: Organisation
    district: str
    person: Person
    guide: Person
    bsn: str
    born_on: date
    consents_to_mail: date
    """Everybody said so, before the city opened: its municipality has no post room that prints letters."""
    target_group: GroupId
    other_groups: tuple[GroupId, ...]
    household_size: int
    needs: Needs
    documents: tuple[Document, ...]
    missing: tuple[Document, ...]
    """Which required documents the referral lacks."""
    housing_first: bool
    address_secret: bool

    def referral(self) -> dict[str, Any]:
        """Return the body of `POST /v1/mediations`. The district tells which team it is for."""
        return {
            "municipality": self.municipality,
            **({"institution": self.institution.id} if self.institution else {}),
            "careProvider": self.provider.id,
            "district": self.district,
            "person": {
                "bsn": self.bsn,
                "bornOn": self.born_on.isoformat(),
                **self.person.name.parts(),
                "mail": self.person.mail,
                "phone": self.person.phone,
                "guide": self.guide.shown(),
                "consentsToMail": self.consents_to_mail.isoformat(),
            },
            "targetGroup": self.target_group,
            "otherGroups": list(self.other_groups),
            "householdSize": self.household_size,
            "needs": self.needs.shown(),
            "documents": [document.value for document in self.documents],
            "track": (Track.HOUSING_FIRST if self.housing_first else Track.ORDINARY).value,
            "addressSecret": self.address_secret,
        }


def resident(policy: Policy, organisations: Organisations, seed: int, n: int, opens: date) -> Resident:
    """Draw the nth resident of a city that opens on this day."""
    chance = Chance(seed, (policy.municipality, "resident", n))
    group = chance.pick({one: TARGET_GROUPS.get(one, ANOTHER) for one in policy.target_groups}, "target group")
    age = chance.triangular(*_ages(policy, group), "age")
    asked = policy.groups[group].trait if group in policy.groups else None
    drawn = chance.pick(HOUSEHOLDS.get(group, ALONE), "household")
    size = max(drawn, 2) if asked is Trait.FAMILY else 1 if asked is Trait.ALONE else drawn
    by, town = policy.application.by, organisations.municipality
    outside = Role.COORDINATOR in by and not leaves_institution(group, policy.groups)
    home = None if outside else chance.one_of(_homes(policy, organisations, group), "institution")
    district = chance.one_of(organisations.districts, "district")
    missing = _missing(policy, chance)
    arrives_at = _arrival(policy, chance, opens)
    return Resident(
        n=n,
        arrives_at=arrives_at,
        arrival=arrives_at - policy.calendar.at(opens, policy.calendar.opens),
        municipality=policy.municipality,
        institution=home,
        referrer=home if home and Role.INSTITUTION in by else town,
        of_guide=home or town,
        provider=chance.one_of(organisations.providers, "provider"),
        district=district,
        person=_client(chance, n, WOMEN.get(group, 0.4)),
        guide=_guide(seed, home or town, chance.whole(1, GUIDES, "guide")),
        bsn=test_number(seed, n),
        born_on=add_months(opens, -12 * int(age)) - timedelta(days=int(age % 1 * 364)),
        consents_to_mail=opens,
        target_group=group,
        other_groups=("homeless",) if chance.happens(HOMELESS_TOO.get(group, 0.0), "homeless too") else (),
        household_size=size,
        needs=_needs(organisations, chance, group, size, district, age, always=asked is Trait.ACCESSIBLE_HOME),
        documents=tuple(d for d in Document if d not in missing),
        missing=missing,
        housing_first=asked is Trait.HOUSING_FIRST or chance.happens(HOUSING_FIRST.get(group, 0.0), "housing first"),
        address_secret=asked is Trait.MUST_BE_SAFE
        or chance.happens(KEEPS_ADDRESS_SECRET.get(group, 0.0), "address secret"),
    )


def _ages(policy: Policy, group: GroupId) -> tuple[int, int, int]:
    """Return the youngest and most common age of a group when the city opens, and the age that nobody has reached yet:
    within what the city asks, and so that nobody grows out of it within a year, for they are looked at later.
    """
    young, usual, old = AGES.get(group, ANY_AGE)
    under = old + 1
    asked = policy.groups[group].age if group in policy.groups else None
    if asked:
        young = max(young, asked.at_least or young)
        under = max(under, young)
        under = min(under, asked.below - 1) if asked.below else under
        young = min(young, under)
    return young, min(max(usual, young), under), under


def _homes(policy: Policy, organisations: Organisations, group: GroupId) -> tuple[Organisation, ...]:
    """Return who refers people of a group: for one that a city made of others theirs, for any other everybody."""
    wider = policy.groups[group].within if group in policy.groups else ()
    homes = [home for one in (group, *wider) for home in organisations.institutions.get(one, ())]
    return tuple(homes) or tuple(home for homes in organisations.institutions.values() for home in homes)


def _client(chance: Chance, n: int, women: float) -> Person:
    name = name_of(chance, women)
    host = chance.one_of(("example.org", "example.nl"), "mail")
    return Person(name, f"{name.address}.{n}@{host}", phone_number(n))


def _guide(seed: int, home: Organisation, number: int) -> Person:
    chance = Chance(seed, ("guide", home.id, number))
    name = name_of(chance, 0.65)
    return Person(name, f"{name.address}@{home.id}.example.org", phone_number(chance.whole(0, 999, "phone")))


def _needs(
    organisations: Organisations,
    chance: Chance,
    group: GroupId,
    size: int,
    district: str,
    age: float,
    *,
    always: bool,
) -> Needs:
    """Draw what a home must have; `always` without stairs where the group asks that."""
    limit = "young" if age < YOUNG_BELOW and size == 1 else "small" if size < 3 else "large"
    others = [other for other in organisations.districts if other != district]
    wanted: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    if chance.happens(WITH_WISHES, "wishes"):
        wanted = (district, *chance.some(others, chance.whole(2, 5, "how many wishes"), "wish"))
    if chance.happens(WITH_BANS, "bans"):
        rest = [other for other in others if other not in wanted]
        excluded = chance.some(rest, chance.whole(1, 2, "how many bans"), "ban")
    return Needs(
        rooms=min(size, 4),
        rent_limit_cents=RENT_LIMITS[limit],
        accessible=always or chance.happens(ACCESSIBLE.get(group, 0.04), "accessible"),
        low_stimulus=chance.happens(LOW_STIMULUS.get(group, 0.05), "low stimulus"),
        wanted=wanted,
        excluded=excluded,
    )


def _missing(policy: Policy, chance: Chance) -> tuple[Document, ...]:
    required = policy.required_documents
    if not required or not chance.happens(INCOMPLETE, "incomplete"):
        return ()
    return chance.some(required, min(len(required), chance.whole(1, 2, "how many missing")), "missing")


def _arrival(policy: Policy, chance: Chance, opens: date) -> datetime:
    """A whole working hour, so that referrals of one hour come in together."""
    calendar = policy.calendar
    until = min(ARRIVING_WITHIN, max(policy.valid_to - opens, timedelta(0))) if policy.valid_to else ARRIVING_WITHIN
    day = calendar.working_day_from(opens + chance.draw("arrival day") * until)
    if policy.valid_to and day > policy.valid_to:
        day = opens
    hour = chance.whole(calendar.opens.hour, max(calendar.opens.hour, calendar.closes.hour - 1), "arrival hour")
    return calendar.at(day, calendar.opens.replace(hour=hour, minute=0))
