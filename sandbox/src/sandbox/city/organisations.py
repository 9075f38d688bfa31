"""The organisations of a city: who refers, assesses, houses, supports, directs and looks on.

The names of Almere and Amersfoort are those of the public agreements the policies come from, with addresses that
belong to nobody; what they do here is made up. Any other municipality is a city with invented organisations.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from domain.facts.groups import GroupId
from domain.facts.parties import Role
from domain.policy.policy import Policy


@dataclass(frozen=True)
class Organisation:
    """One organisation at work in a city. `districts` is where a district team works."""

    id: str
    role: Role
    name: str
    districts: tuple[str, ...] = ()

    @property
    def agb(self) -> str:
        """Return the AGB code by which a care provider is known here: invented, eight digits."""
        return f"42{int.from_bytes(blake2b(self.id.encode(), digest_size=4).digest()) % 10**6:06}"


GEMEENTECODES = {"almere": "0034", "amersfoort": "0307"}
"""Of CBS. Any other municipality has an invented one."""


def gemeentecode(municipality: str) -> str:
    """Return the code by which care providers' systems know a municipality: four digits."""
    invented = int.from_bytes(blake2b(municipality.encode(), digest_size=4).digest()) % 1000
    return GEMEENTECODES.get(municipality, f"9{invented:03}")


NEIGHBOURS = {"almere": "lelystad", "amersfoort": "leusden", "utrecht": "zeist"}


@dataclass(frozen=True)
class Organisations:
    """All organisations of one city."""

    municipality: Organisation
    corporations: tuple[Organisation, ...]
    providers: tuple[Organisation, ...]
    teams: tuple[Organisation, ...]
    institutions: Mapping[GroupId, tuple[Organisation, ...]]
    auditor: Organisation
    desk: Organisation | None = None
    """Who decides on behalf of the municipality, where its policy leaves that to a desk."""
    committee: Organisation | None = None
    """Who advises on the urgency, where the policy leaves that to a committee."""
    by_hand: frozenset[str] = frozenset()
    """Those that could have a system and have none: one corporation and one care provider, where there are more."""

    @property
    def neighbour(self) -> str:
        """Another municipality, where some clients come from."""
        return NEIGHBOURS.get(self.municipality.id, "utrecht")

    @property
    def districts(self) -> tuple[str, ...]:
        """Every district of the city."""
        return tuple(district for team in self.teams for district in team.districts)

    def team_for(self, district: str) -> Organisation:
        """Return the team of a district. Raises StopIteration for a district elsewhere."""
        return next(team for team in self.teams if district in team.districts)

    def all(self) -> tuple[Organisation, ...]:
        """Return every organisation once, the municipality first."""
        homes = tuple(dict.fromkeys(home for homes in self.institutions.values() for home in homes))
        bodies = tuple(one for one in (self.desk, self.committee) if one)
        return (self.municipality, *bodies, *self.corporations, *self.providers, *self.teams, *homes, self.auditor)

    def name_of(self, organisation: str) -> str:
        """Return the name people know an organisation by; its id when it is not of this city."""
        return next((one.name for one in self.all() if one.id == organisation), organisation)


def _each(role: Role, names: Mapping[str, str]) -> tuple[Organisation, ...]:
    return tuple(Organisation(id=id_, role=role, name=name) for id_, name in names.items())


def _team(id_: str, name: str, districts: str) -> Organisation:
    return Organisation(id_, Role.DISTRICT_TEAM, name, tuple(districts.split()))


def _homes(homes: Mapping[GroupId, Mapping[str, str]]) -> dict[GroupId, tuple[Organisation, ...]]:
    return {group: _each(Role.INSTITUTION, names) for group, names in homes.items()}


def _city(
    id_: str,
    name: str,
    corporations: Mapping[str, str],
    providers: Mapping[str, str],
    teams: tuple[Organisation, ...],
    homes: Mapping[GroupId, Mapping[str, str]],
    by_hand: tuple[str, str],
) -> Organisations:
    return Organisations(
        municipality=Organisation(id_, Role.COORDINATOR, f"Gemeente {name}"),
        corporations=_each(Role.CORPORATION, corporations),
        providers=_each(Role.CARE_PROVIDER, providers),
        teams=teams,
        institutions=_homes(homes),
        auditor=Organisation(f"rekenkamer-{id_}"[:40], Role.AUDITOR, f"Rekenkamer {name}"),
        by_hand=frozenset(by_hand),
    )


def _almere() -> Organisations:
    return _city(
        "almere",
        "Almere",
        {"ymere": "Ymere", "de-alliantie": "de Alliantie"},
        {"kwintes": "Kwintes", "leger-des-heils": "Leger des Heils", "triade-vitree": "Triade Vitree"},
        (
            # Hout is served by the team of Haven (Jaarverslag 2023).
            _team(
                "wijkteam-stad-haven",
                "Wijkteam Stad en Haven",
                "stad-centrum staatsliedenwijk filmwijk muziekwijk literatuurwijk de-werven de-hoven nobelhorst",
            ),
            _team(
                "wijkteam-buiten-poort",
                "Wijkteam Buiten en Poort",
                "bouwmeesterbuurt regenboogbuurt stripheldenbuurt eilandenbuurt indische-buurt europakwartier"
                " columbuskwartier homeruskwartier",
            ),
        ),
        {
            "sheltered_living": {"kwintes-beschermd-wonen": "Kwintes Beschermd Wonen", "bwa": "BWA"},
            "shelter": {"opvang-flevoland": "Leger des Heils Opvang Flevoland", "domus-almere": "Domus"},
            "womens_shelter": {"blijf-groep": "Blijf Groep, Oranje Huis"},
            "youth_care": {"vitree-verblijf": "Vitree Verblijf"},
            "clinical_care": {"ggz-centraal-almere": "GGz Centraal Almere"},
            "disability_care": {"s-heeren-loo-almere": "'s Heeren Loo Almere"},
        },
        by_hand=("de-alliantie", "triade-vitree"),
    )


def _amersfoort() -> Organisations:
    return _city(
        "amersfoort",
        "Amersfoort",
        {"de-alliantie": "de Alliantie", "portaal": "Portaal"},
        {"kwintes": "Kwintes", "leger-des-heils": "Leger des Heils", "amerpoort": "Amerpoort"},
        (
            _team(
                "wijkteam-noord",
                "Wijkteam Amersfoort-Noord",
                "liendert rustenburg kattenbroek zielhorst schothorst nieuwland vathorst hoogland",
            ),
            _team(
                "wijkteam-zuid",
                "Wijkteam Amersfoort-Zuid",
                "binnenstad soesterkwartier kruiskamp koppel randenbroek schuilenburg vermeerkwartier leusderkwartier",
            ),
        ),
        {
            "sheltered_living": {
                "kwintes-amersfoort": "Kwintes Beschermd Wonen Amersfoort",
                "beweging-3-0": "Beweging 3.0",
            },
            "shelter": {"tussenvoorziening": "De Tussenvoorziening", "exodus": "Exodus"},
            "womens_shelter": {"opvanghuis-eemland": "Vrouwenopvang Eemland"},
            "youth_care": {"jeugdverblijf-eemland": "Jeugdverblijf Eemland"},
            "clinical_care": {"ggz-centraal": "GGz Centraal"},
            "disability_care": {"s-heeren-loo": "'s Heeren Loo"},
        },
        by_hand=("de-alliantie", "amerpoort"),
    )


def _elsewhere(id_: str, name: str) -> Organisations:
    """A city nobody has described yet: invented organisations, all marked with the city's id."""
    tail = id_[:20]
    return _city(
        id_,
        name,
        {f"woonstede-{tail}": f"Woonstede {name}", f"thuisgoed-{tail}": f"Thuisgoed {name}"},
        {f"nabij-{tail}": f"Nabij {name}", f"de-schakel-{tail}": f"De Schakel {name}", f"opweg-{tail}": "Op Weg"},
        (
            _team(
                f"team-noord-{tail}", f"Wijkteam Noord {name}", "centrum noord noordoost noordwest haven veld bos kade"
            ),
            _team(f"team-zuid-{tail}", f"Wijkteam Zuid {name}", "zuid zuidoost zuidwest oost west park plas dijk"),
        ),
        {
            "sheltered_living": {f"beschermd-{tail}": "De Wending", f"beschut-{tail}": "Het Anker"},
            "shelter": {f"opvang-{tail}": f"Opvang {name}"},
            "womens_shelter": {f"vrouwenopvang-{tail}": f"Vrouwenopvang {name}"},
            "youth_care": {f"jeugd-{tail}": f"Jeugdverblijf {name}"},
            "clinical_care": {f"kliniek-{tail}": f"Kliniek {name}"},
            "disability_care": {f"zorgpark-{tail}": f"Zorgpark {name}"},
        },
        by_hand=(f"thuisgoed-{tail}", f"opweg-{tail}"),
    )


def organisations_of(municipality: str, name: str) -> Organisations:
    """Return the organisations of a city."""
    known = {"almere": _almere, "amersfoort": _amersfoort}
    return known[municipality]() if municipality in known else _elsewhere(municipality, name)


def desk_of(policy: Policy) -> Organisation:
    """Return the desk of a municipality, by the name it has in the policy."""
    return Organisation(f"loket-{policy.municipality}"[:40], Role.DESK, policy.decision.desk or "Urgentieloket")


def committee_of(policy: Policy) -> Organisation:
    """Return the committee that advises a municipality, by the name it has in the policy."""
    name = policy.decision.advice or "Urgentiecommissie"
    return Organisation(f"commissie-{policy.municipality}"[:40], Role.COMMITTEE, name)


SYSTEMS = frozenset({Role.CORPORATION, Role.CARE_PROVIDER, Role.DISTRICT_TEAM})
"""Roles whose organisations work in a system of their own."""


def directory(cities: Iterable[Organisations], systems: Mapping[Role, str]) -> list[dict[str, Any]]:
    """Return the directory's entries. `systems` names, per role, the base URL of the process that serves it.

    An organisation's own URL is `{base}/{id}`; one that works in several cities is listed once. Those that work by hand
    have no system: their people do everything through the API.
    """
    entries: dict[str, dict[str, Any]] = {}
    for city in cities:
        for one in city.all():
            entry = entries.setdefault(one.id, _entry(one))
            entry["municipalities"].append(city.municipality.id)
            if one.role in SYSTEMS and one.role in systems and one.id not in city.by_hand:
                entry["system"] = _system(one, f"{systems[one.role].rstrip('/')}/{one.id}")
    return list(entries.values())


def _system(one: Organisation, url: str) -> dict[str, Any]:
    """How an organisation's own system is asked: corporations speak VERA, care providers iWmo."""
    if one.role is Role.CORPORATION:
        return {"kind": "vera", "url": f"{url}/v4", "filters": {"detailStatus": "NIB"}}
    if one.role is Role.CARE_PROVIDER:
        return {"kind": "iwmo", "agb": one.agb, "transport": {"kind": "http", "url": url}}
    return {"kind": "plain", "url": url}


def _entry(one: Organisation) -> dict[str, Any]:
    return {
        **({"code": gemeentecode(one.id)} if one.role is Role.COORDINATOR else {}),
        "id": one.id,
        "role": one.role.value,
        "name": one.name,
        "municipalities": [],
        "districts": list(one.districts),
        "mail": f"directe-bemiddeling@{one.id}.example.org",
        **({"desk": _desk(one)} if one.role is Role.COORDINATOR else {}),
    }


def _desk(one: Organisation) -> dict[str, str]:
    """What a municipality's letters to clients tell. Addresses, phones and names are made up."""
    return {
        "name": "Loket Wonen",
        "phone": "088 000 0000",
        "hours": "op werkdagen van 9.00 tot 17.00 uur",
        "objections": f"Postbus 1, 0000 AA {one.name.removeprefix('Gemeente ')}",
        "court": "Rechtbank Midden-Nederland",
        "court_address": "Postbus 2, 0000 AA Utrecht",
        "legal_help": "0800 0000",
        "complaints": f"Postbus 3, 0000 AA {one.name.removeprefix('Gemeente ')}",
        "ombudsman": "de Nationale ombudsman",
        "ombudsman_phone": "0800 0001",
        "privacy_phone": "088 000 0001",
        "signatory": "A. Voorbeeld",
        "signatory_title": "hoofd Wonen",
    }
