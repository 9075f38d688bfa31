"""A scene that a test sets up, and journeys of mediations there, in a town whose partners and mail it looks into."""

from collections import Counter
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Self
from uuid import uuid4

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHistory

from domain.facts.value import replace
from domain.policy.policy import Policy
from runtime.plugin import connect
from runtime.search_attributes import register
from runtime.settings import Settings
from sandbox.driven import journey
from sandbox.driven.home import home
from sandbox.embedded.mail import MailServer
from store.database import Pool
from store.vault import Vault
from tests.domain.case import main_road
from tests.town import BSN, CLIENT, Town

ALMERE = main_road("almere")


@dataclass(frozen=True, kw_only=True)
class Scene(journey.Place):
    """Everything that a mediation runs on, with the town in which it takes place."""

    settings: Settings
    town: Town
    mail: MailServer

    @classmethod
    async def of(cls, settings: Settings, pool: Pool, vault: Vault, town: Town, mail: MailServer) -> Self:
        """Connect to the Temporal server of these settings, which need not have a worker yet."""
        client: Client = await connect(settings)
        await register(client)
        return cls(
            client=client,
            pool=pool,
            vault=vault,
            queue=settings.task_queue,
            settings=settings,
            town=town,
            mail=mail,
        )

    async def release(self, *dwellings: str, **facts: object) -> None:
        """Let the first corporation release these dwellings."""
        homes = [home(name, **facts) for name in dwellings]
        await self.town.systems.corporation.staff("PUT", self.town.corporation, "/dwellings", homes)


class Journey(journey.Journey):
    """One mediation in a town, with the town's parties unless they are changed."""

    def __init__(
        self,
        scene: Scene,
        mediation: str | None = None,
        *,
        bsn: str = BSN,
        policy: Policy = ALMERE,
        **parties: object,
    ) -> None:
        mediation = mediation or f"m-{uuid4().hex[:10]}"
        super().__init__(scene, mediation, replace(CLIENT, bsn=bsn), scene.town.parties(**parties), policy)
        self.scene = scene
        self.town = scene.town

    async def released(self, number: str = "1", district: str = "haven") -> str:
        """Let the corporation release a dwelling for this mediation; return its name."""
        dwelling = f"{self.id}-{number}"
        await self.scene.release(dwelling, district=district)
        return dwelling

    async def offered(self, dwelling: str | None = None, *, why: str | None = None) -> Self:
        """From the referral, which is made unless it was, to an offer: of a dwelling of its own, or of this one. `why`
        is given with the choice, where others who wait may come first.
        """
        dwelling = dwelling or await self.released()
        await self.assessed()
        return await self.match(dwelling, why)

    def mails(self, to: str) -> list[EmailMessage]:
        """The letters about this mediation that this address got."""
        mails = self.scene.mail.mailbox.mails()
        ours = f"{self.id}:"
        return [mail for mail in mails if mail["To"] == to and str(mail["X-Mediation-Effect"]).strip().startswith(ours)]

    def subjects(self, to: str) -> list[str]:
        return [str(mail["Subject"]).rpartition(" (")[0] for mail in self.mails(to)]

    def headings(self, to: str) -> list[str]:
        """What the letters to a client or guide are about: the subject of a mail to them says nothing of that."""
        texts = (mail.get_body(("plain",)) for mail in self.mails(to))
        return [text.get_content().replace("\r\n", "\n").split("\n\n")[1] for text in texts if text]


def table(history: WorkflowHistory) -> Counter[str]:
    """How many events of each type a history has."""
    names = (EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in history.events)
    return Counter(names)
