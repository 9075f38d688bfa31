"""The organisations of one test and the people who work there, beside systems that all tests share."""

from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from domain.facts.born import Born
from domain.facts.parties import Actor, Parties, Role
from runtime.desk import Desk
from runtime.directory import Organisation, written
from runtime.systems import ByHand, HttpTransport, Iwmo, Plain, System, Vera
from store.vault import Person, PersonContact
from tests.partner_system import PartnerSystem

BSN = "999990019"
"""From the official test range."""
CLIENT = Person(
    bsn=BSN,
    name="Noor Testpersoon",
    first_names="Noor",
    surname="Testpersoon",
    born_on=Born(2001, 2, 3),
    mail="noor@client.example",
    phone="+31612345678",
    consents_to_mail=date(2026, 1, 5),
    guide=PersonContact(name="Bram Begeleider", mail="bram@guide.example"),
)


DESK = Desk(
    name="Loket Wonen",
    phone="+31880000000",
    hours="op werkdagen van 9.00 tot 17.00 uur",
    objections="Postbus 1, 1300 AA Almere",
    court="Rechtbank Midden-Nederland",
    court_address="Postbus 2, 3500 AA Utrecht",
    legal_help="+3180000000",
    complaints="Postbus 3, 1300 AA Almere",
    ombudsman="de Nationale ombudsman",
    ombudsman_phone="+3180000001",
    privacy_phone="+31880000001",
    signatory="A. de Boer",
    signatory_title="hoofd Wonen",
)


class Systems(NamedTuple):
    """The reference systems, each its own process that serves any number of organisations."""

    corporation: PartnerSystem
    provider: PartnerSystem
    team: PartnerSystem


BY_HAND = "buitenhof"
"""The district of the team without a system; the other team serves every other district."""


class Town:
    """A municipality with partners whose names no other test uses. Those in `by_hand` have no system."""

    municipality = "almere"

    def __init__(self, systems: Systems, folder: Path) -> None:
        self.tag = uuid4().hex[:8]
        self.systems = systems
        self.file = folder / "organisations.toml"
        self.institution = f"institution-{self.tag}"
        self.team = f"team-{self.tag}"
        self.provider = f"provider-{self.tag}"
        self.other_provider = f"other-provider-{self.tag}"
        self.desk = f"loket-{self.tag}"
        self.committee = f"commissie-{self.tag}"
        self.corporations = (f"ymere-{self.tag}", f"alliantie-{self.tag}")
        self.by_hand = {role: f"hand-{role.value.replace('_', '-')}-{self.tag}" for role in Role}

    @property
    def corporation(self) -> str:
        return self.corporations[0]

    async def settle(self) -> None:
        """Make the organisations known to their systems, and write the directory."""
        corporation, provider, team = self.systems
        served = {
            **dict.fromkeys(self.corporations, (Role.CORPORATION, corporation)),
            self.provider: (Role.CARE_PROVIDER, provider),
            self.other_provider: (Role.CARE_PROVIDER, provider),
            self.team: (Role.DISTRICT_TEAM, team),
        }
        for name, (role, system) in served.items():
            if role is Role.CARE_PROVIDER:
                await self.connect_provider(name)
            else:
                await system.register(name)
        known = [self._organisation(self.municipality, Role.COORDINATOR)]
        bodies = {self.institution: Role.INSTITUTION, self.desk: Role.DESK, self.committee: Role.COMMITTEE}
        known += [self._organisation(name, role) for name, role in bodies.items()]
        known += [self._organisation(name, role, system.url_of(name)) for name, (role, system) in served.items()]
        partners = (Role.CORPORATION, Role.CARE_PROVIDER, Role.DISTRICT_TEAM)
        known += [self._organisation(self.by_hand[role], role) for role in partners]
        self.write(known)

    async def connect_provider(self, name: str) -> None:
        """Have a care provider's system exchange messages; its own go to nobody."""
        await self.systems.provider.register(name)
        await self.systems.provider.exchange(name, self.agb_of(name), "http://127.0.0.1:9/nobody", "none")

    def write(self, known: list[Organisation]) -> None:
        """Write the directory of organisations."""
        self.file.write_text(written(known))

    def _organisation(self, name: str, role: Role, url: str | None = None) -> Organisation:
        return Organisation(
            id=name,
            role=role,
            name=name,
            municipalities=(self.municipality,),
            districts=(BY_HAND,) if role is Role.DISTRICT_TEAM and url is None else (),
            code="0034" if role is Role.COORDINATOR else None,
            desk=DESK if role is Role.COORDINATOR else None,
            mail=self.mail_of(name),
            system=self._system(name, role, url),
        )

    def _system(self, name: str, role: Role, url: str | None) -> System:
        if url is None:
            return ByHand()
        if role is Role.CORPORATION:
            return Vera(kind="vera", url=f"{url}/v4")
        if role is Role.CARE_PROVIDER:
            return Iwmo(kind="iwmo", agb=self.agb_of(name), transport=HttpTransport(kind="http", url=url))
        return Plain(kind="plain", url=url)

    def agb_of(self, provider: str) -> str:
        """The AGB code of a care provider: invented, eight digits."""
        return f"{int.from_bytes(sha256(provider.encode()).digest()[:4]) % 10**8:08}"

    def mail_of(self, organisation: str) -> str:
        """Where an organisation gets its mail."""
        return f"{organisation}@organisation.example"

    def parties(self, **changes: object) -> Parties:
        """Who takes part."""
        return Parties.model_validate(
            {
                "municipality": self.municipality,
                "institution": self.institution,
                "district_team": self.team,
                "care_provider": self.provider,
                "corporations": self.corporations,
                **changes,
            },
        )

    @property
    def at_the_desk(self) -> Actor:
        """Somebody who decides on behalf of the municipality, where a policy leaves that to a desk."""
        return Actor(role=Role.DESK, organisation=self.desk, user="user-5")

    @property
    def coordinator(self) -> Actor:
        return Actor(role=Role.COORDINATOR, organisation=self.municipality, user="user-1")
