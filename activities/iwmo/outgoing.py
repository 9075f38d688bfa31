"""Sending allocations: each is made once for its effect and kept in the vault, so that every attempt sends the same.

The client's data are read from the vault when the message is made, and stand nowhere but in the vault and the message.
"""

import hashlib
from datetime import date, datetime
from zoneinfo import ZoneInfo

from activities.iwmo.client_data import client_of, contact_of
from activities.iwmo.codes import Change, MessageKind
from activities.iwmo.identification import allocation_number, identification
from activities.iwmo.messages import Allocation, Header, allocation_tree
from activities.iwmo.transport import file_name, transport_to
from activities.iwmo.xml_build import MessageInvalid, build
from activities.partner import PartnerRefused, Partners
from domain.exchange.record import Delivery
from domain.facts.calendar import Calendar
from domain.messages.effects import CancelSupport, RequestSupport
from runtime.directory import Directory, Organisation, UnknownOrganisation
from runtime.systems import Iwmo
from store import care_messages
from store.care_messages import CareMessage, ProductLine
from store.database import Pool
from store.vault import Erased, Vault

LOCAL = ZoneInfo(Calendar().timezone)
"""Dates and times in messages are without a zone (RS032, RS034): they are those of the Netherlands."""


class Outgoing:
    """Sends allocations to providers."""

    def __init__(self, pool: Pool, vault: Vault, directory: Directory, partners: Partners) -> None:
        self._pool = pool
        self._vault = vault
        self._directory = directory
        self.partners = partners

    def speaks(self, provider: str) -> Iwmo | None:
        """Return how a provider exchanges messages; None when it does not."""
        system = self._directory.get(provider).system
        return system if isinstance(system, Iwmo) else None

    async def allocate(self, delivery: Delivery[RequestSupport], system: Iwmo, now: datetime) -> tuple[str, int]:
        """Send the allocation that a request asks for; return its Identificatie and the allocation's number."""
        effect = delivery.effect
        municipality = await self._municipality(delivery.mediation)
        made = await care_messages.of_effect(self._pool, effect.key)
        if made is None:
            number = await self._number(delivery.mediation, municipality, effect.provider)
            local = now.astimezone(LOCAL)
            allocation = Allocation(number, local, local.date())
            made = await self._make(delivery, municipality, system, allocation, now)
        await self._send(made, system, now)
        return made.identification, (await self._allocation_in(made)).allocation or 0

    async def let_go(self, delivery: Delivery[CancelSupport], system: Iwmo, now: datetime) -> str:
        """Send that an allocation is removed, or ends now that it has been used; return its Identificatie."""
        effect = delivery.effect
        municipality = await self._municipality(delivery.mediation)
        made = await care_messages.of_effect(self._pool, effect.key)
        if made is None:
            number = int(effect.number) if effect.number.isdecimal() else 0
            known = await care_messages.allocations(self._pool, municipality.id, effect.provider, [number])
            if number not in known:
                raise PartnerRefused("allocation_unknown")
            reported = await care_messages.reports(self._pool, municipality.id, effect.provider, [number])
            local = now.astimezone(LOCAL)
            allocation = _ended(number, known[number].begins_on, effect.ended_on, local, used=bool(reported))
            made = await self._make(delivery, municipality, system, allocation, now)
        await self._send(made, system, now)
        return made.identification

    async def _municipality(self, mediation: str) -> Organisation:
        municipality = self._directory.get(await care_messages.municipality_of(self._pool, mediation))
        if municipality.code is None:
            raise PartnerRefused("municipality_code_missing")
        return municipality

    async def _number(self, mediation: str, municipality: Organisation, provider: str) -> int:
        """Return the number of this client's allocation to this provider: the one it has, else a new one."""
        last = await care_messages.allocation_of(self._pool, mediation, provider)
        if last is not None:
            known = await care_messages.allocations(self._pool, municipality.id, provider, [last])
            if last in known and known[last].change is None:
                return last
        count = await care_messages.next_count(self._pool, municipality.code or "", "allocation")
        return allocation_number(count)

    async def _make(
        self,
        delivery: Delivery[RequestSupport] | Delivery[CancelSupport],
        municipality: Organisation,
        system: Iwmo,
        allocation: Allocation,
        now: datetime,
    ) -> CareMessage:
        effect, sender = delivery.effect, municipality.code or ""
        number = identification(await care_messages.next_count(self._pool, sender, "message"))
        header = Header(sender, system.agb, number, now.astimezone(LOCAL).date())
        content = await self._written(delivery.mediation, header, allocation)
        item = f"bericht-{sender}-{number}"
        await self._vault.put_message(item, delivery.mediation, content.decode(), municipality.id)
        made = CareMessage(
            id=item,
            direction="out",
            kind=MessageKind.ALLOCATION.value,
            sender=sender,
            identification=number,
            municipality=municipality.id,
            provider=effect.provider,
            mediation=delivery.mediation,
            effect=effect.key,
            digest=hashlib.sha256(content).hexdigest(),
            item=item,
            noted_at=now,
        )
        change = allocation.change.value if allocation.change else None
        line = ProductLine(allocation.number, allocation.starts_on, allocation.ends_on, "1", change)
        await care_messages.add(self._pool, made, [line])
        return await care_messages.of_effect(self._pool, effect.key) or made

    async def _written(self, mediation: str, header: Header, allocation: Allocation) -> bytes:
        try:
            person = await self._vault.person_of(mediation)
        except (Erased, KeyError):
            raise PartnerRefused("person_erased") from None
        contact = contact_of(person, await self._institution(mediation))
        tree = allocation_tree(header, client_of(person), contact, allocation)
        try:
            return build(MessageKind.ALLOCATION, tree)
        except MessageInvalid as wrong:
            raise PartnerRefused(f"cannot_write.{str(wrong).rpartition('/')[2].lower()}") from None

    async def _institution(self, mediation: str) -> str | None:
        """Return the name of the institution where the guide works; None without one, or when the directory no longer
        has it.
        """
        institution = await care_messages.institution_of(self._pool, mediation)
        try:
            return self._directory.get(institution).name if institution else None
        except UnknownOrganisation:
            return None

    async def _allocation_in(self, message: CareMessage) -> ProductLine:
        return (await care_messages.products(self._pool, message.id))[0]

    async def _send(self, message: CareMessage, system: Iwmo, now: datetime) -> None:
        try:
            content = await self._vault.message(message.item)
        except Erased:
            raise PartnerRefused("person_erased") from None
        name = file_name(MessageKind(message.kind), message.sender, message.identification)
        await transport_to(self.partners, system.transport).send(MessageKind(message.kind), name, content.encode())
        await care_messages.sent(self._pool, message.id, now)


def _ended(number: int, begins_on: date, ended_on: date | None, local: datetime, *, used: bool) -> Allocation:
    """Return how an allocation is let go: unused it counts as never sent (13), otherwise it ends (09 or 05)."""
    if not used and ended_on is None:
        return Allocation(number, local, begins_on, begins_on, Change.REMOVED)
    change = Change.OTHER_PROVIDER if ended_on else Change.SHORTENED
    return Allocation(number, local, begins_on, max(begins_on, ended_on or local.date()), change)
