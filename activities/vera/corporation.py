"""A corporation that speaks VERA: dwellings, offers and leases. Never a word about care or health.

All that a corporation learns of a client is the priority of people who leave an institution, how many people will live
in the dwelling, and the number of the mediation, with which every key of ours begins.
"""

from datetime import date
from typing import Any

from activities.asked import perhaps_done
from activities.partner import PartnerRefused, Partners, not_understood
from activities.ports import Listing
from activities.vera import codes as c
from activities.vera.answers import answer_of, status_of
from activities.vera.client import VeraClient, VeraRefused, now
from activities.vera.dwellings import Lacking, decline_of, dwelling_of, is_free, listing
from activities.vera.entities import (
    Aanbieding,
    Eenheid,
    Extra,
    Huurovereenkomst,
    Kandidaat,
    Key,
    Toewijzing,
    Voorrangsregeling,
    coded,
)
from activities.vera.tokens import Tokens
from domain.exchange.record import Delivery
from domain.facts.dwelling import HomeNow, HomeRef
from domain.facts.value import replace
from domain.messages.answers import ClientAnswer, ConfirmationAnswer, CorporationDecline
from domain.messages.commands import WithdrawalReason
from domain.messages.effects import FreeDwelling, LetGo, PlaceOffer, PrepareLease, ReadOffer
from domain.policy.policy import LeaseForm
from runtime.systems import Vera

UNITS, CANDIDATES, OFFERS = "/eenheden", "/kandidaten", "/aanbiedingen"
LEASES, ALLOCATIONS, GROUNDS = "/huurovereenkomsten", "/toewijzingen", "/voorrangsregelingen"

HOUSEHOLD = "huishoudgrootte"
CONTRACT = "contractvorm"
CONTRACTS = {LeaseForm.CONVERSION: "omklapcontract", LeaseForm.TRIPARTITE: "driepartijenovereenkomst"}
"""Forms of lease that VERA has no code for: its OMK is for publications only."""
OPEN = frozenset({c.AanbiedingStatus.AANGEBODEN, c.AanbiedingStatus.TOEGEWEZEN})
GONE = frozenset({404, 409, 410, 422})
"""Statuses with which a system may refuse an offer because the dwelling is no longer free."""


class VeraCorporation:
    """One corporation's system."""

    def __init__(self, partners: Partners, tokens: Tokens, organisation: str, system: Vera) -> None:
        self._partners = partners
        self._tokens = tokens
        self._organisation = organisation
        self._system = system

    async def released(self, corporation: str, day: date, key: str) -> Listing:
        """Read every page, as of that day, so that all of a corporation's dwellings are known or none."""
        as_of = f"{day:%Y-%m-%d}T12:00:00Z"
        headers = {"X-Parameters-PeiltijdstipMaterieel": as_of}
        client = VeraClient(self._partners, self._tokens, self._organisation, self._system, key)
        units = client.each(UNITS, self._system.filters, **headers)
        return await listing(units, corporation, self._system, day)

    async def home(self, ref: HomeRef, mediation: str, number: str | None) -> HomeNow:
        """Read one home that is kept for this client under the number of an offer.

        An offered home is no longer free in some systems. So it is gone only when it is not there at all, or when it is
        not free and the offer is not open either. Raises PartnerAway, PartnerRefused.
        """
        client = VeraClient(self._partners, self._tokens, self._organisation, self._system, f"{mediation}:read-home")
        unread = HomeNow(corporation=ref.corporation, id=ref.dwelling)
        unit = await self._unit(client, ref.dwelling)
        if unit is None:
            return replace(unread, gone=True)
        if number and not is_free(unit) and status_of(await self._offer(client, mediation, number)) not in OPEN:
            return replace(unread, gone=True)
        try:
            return replace(unread, dwelling=dwelling_of(unit, ref.corporation, self._system))
        except Lacking:
            return unread

    async def place(self, delivery: Delivery[PlaceOffer]) -> ConfirmationAnswer:
        """Make the client a candidate for the dwelling, and offer it. A dwelling that is gone is a decline."""
        effect = delivery.effect
        client = self._client(delivery)
        unit = client.address_of(UNITS, effect.dwelling)
        if declined := decline_of(await self._unit(client, effect.dwelling)):
            return await self._gone(client, effect, unit, declined)
        candidate = await client.create(CANDIDATES, _candidate(effect, unit))
        _same(candidate.eenheid, unit)
        try:
            made = await client.create(OFFERS, _offer(effect, unit, candidate))
        except VeraRefused as refused:
            declined = decline_of(await self._unit(client, effect.dwelling)) if refused.status in GONE else None
            if declined is None:
                raise
            return await self._gone(client, effect, unit, declined, candidate)
        return _confirmed(made, unit)

    async def _gone(
        self,
        client: VeraClient,
        effect: PlaceOffer,
        unit: str,
        declined: CorporationDecline,
        candidate: Kandidaat | None = None,
    ) -> ConfirmationAnswer:
        """Answer that the dwelling is gone, and end that the client is a candidate for it.

        Unless it went to this client: an attempt before this one may have been received at any moment until now.
        """
        if made := await client.find(OFFERS, Aanbieding, effect.identity):
            return _confirmed(made, unit)
        if candidate is None and client.perhaps_done:
            candidate = await client.find(CANDIDATES, Kandidaat, effect.identity)
        if candidate and not _turned_down(candidate):
            await self._turn_down(client, candidate.id or "")
        return ConfirmationAnswer(declined=declined)

    async def _turn_down(self, client: VeraClient, number: str) -> None:
        """End a candidate's part. A system may refuse it when an attempt before this one has done it."""
        try:
            await client.change(CANDIDATES, number, Kandidaat(status=coded(c.KandidaatStatus.AFGEWEZEN)))
        except VeraRefused:
            if not _turned_down(await client.read(CANDIDATES, number, Kandidaat)):
                raise

    async def read(self, delivery: Delivery[ReadOffer]) -> ClientAnswer | WithdrawalReason | None:
        """Read whether the offer was answered or taken back there."""
        effect = delivery.effect
        return answer_of(await self._offer(self._client(delivery), delivery.mediation, effect.number))

    async def withdraw(self, delivery: Delivery[FreeDwelling]) -> None:
        """Close an open offer: as refused when the client refused, else as taken back. No reason is told."""
        effect = delivery.effect
        client = self._client(delivery)
        offer = await self._offer(client, delivery.mediation, effect.number)
        if status_of(offer) not in OPEN:
            return
        if effect.reason == LetGo.REFUSED:
            closed = Aanbieding(status=coded(c.AanbiedingStatus.GEWEIGERD), antwoorddatum=now())
        else:
            closed = Aanbieding(status=coded(c.AanbiedingStatus.INGETROKKEN))
        try:
            await client.change(OFFERS, effect.number, closed)
        except VeraRefused:
            if status_of(await self._offer(client, delivery.mediation, effect.number)) in OPEN:
                raise

    async def prepare(self, delivery: Delivery[PrepareLease]) -> str:
        """Allocate the dwelling of an accepted offer, with a provisional lease and the ground for priority."""
        effect, mediation = delivery.effect, delivery.mediation
        client = self._client(delivery)
        offer = await self._offer(client, mediation, effect.number)
        if status_of(offer) not in OPEN:
            raise PartnerRefused("not_open")
        if offer.eenheid is None:
            raise not_understood("no_dwelling")
        if status_of(offer) is c.AanbiedingStatus.AANGEBODEN:
            accepted = Aanbieding(status=coded(c.AanbiedingStatus.TOEGEWEZEN), antwoorddatum=now())
            await client.change(OFFERS, effect.number, accepted)
        ground = await self._ground(client, mediation)
        lease = await client.create(LEASES, _lease(effect, offer.eenheid))
        number = lease.id or ""
        allocation = Toewijzing(
            id_extern=effect.identity,
            datum=now(),
            eenheid=offer.eenheid,
            kandidaat=_only_key(offer.kandidaat),
            aanbieding=Key(id=effect.number),
            overeenkomst=client.address_of(LEASES, number),
            voorrangsregelingen=(Key(id=ground.id),),
        )
        await client.create(ALLOCATIONS, allocation)
        return number

    def _client(self, delivery: Delivery[Any]) -> VeraClient:
        return VeraClient(
            self._partners,
            self._tokens,
            self._organisation,
            self._system,
            delivery.effect.key,
            perhaps_done=perhaps_done(delivery),
        )

    async def _unit(self, client: VeraClient, dwelling: str) -> Eenheid | None:
        """Read a dwelling; None when it is not there, though the system is."""
        try:
            unit = await client.read(UNITS, dwelling, Eenheid)
        except VeraRefused as refused:
            if refused.status != 404:
                raise
            await client.ping()
            return None
        if unit.status is None:
            raise not_understood("not_understood")
        return unit

    async def _offer(self, client: VeraClient, mediation: str, number: str) -> Aanbieding:
        """Read an offer. One that carries our key for somebody else is not this client's."""
        offer = await client.read(OFFERS, number, Aanbieding)
        whose, ours, _ = (offer.id_extern or "").partition(":place-offer:")
        if ours and whose != mediation:
            raise not_understood("another_mediation")
        return offer

    async def _ground(self, client: VeraClient, mediation: str) -> Voorrangsregeling:
        """Return the ground for priority: a client has one, however many offers are made."""
        ground = _uitstroom(f"{mediation}:voorrang")
        known = await client.find(GROUNDS, Voorrangsregeling, ground.id_extern or "")
        return known or await client.create(GROUNDS, ground)


def _turned_down(candidate: Kandidaat) -> bool:
    return candidate.status is not None and candidate.status.code == c.KandidaatStatus.AFGEWEZEN


def _confirmed(made: Aanbieding, unit: str) -> ConfirmationAnswer:
    _same(made.eenheid, unit)
    return ConfirmationAnswer(number=made.id)


def _same(shown: str | None, unit: str) -> None:
    """Raise when what carries our key is about another dwelling.

    Only the numbers are compared: a system may have another address for itself than we do.
    """
    if shown is not None and shown.rpartition("/")[2] != unit.rpartition("/")[2]:
        raise PartnerRefused("key_reused")


def _candidate(effect: PlaceOffer, unit: str) -> Kandidaat:
    return Kandidaat(
        id_extern=effect.identity,
        status=coded(c.KandidaatStatus.AANGEBODEN),
        detail_status=coded(c.KandidaatDetailStatus.AANBIEDING),
        positie=1,
        eenheid=unit,
        extra_attributen=(Extra(naam=HOUSEHOLD, waarde=str(effect.household)),),
    )


def _offer(effect: PlaceOffer, unit: str, candidate: Kandidaat) -> Aanbieding:
    return Aanbieding(
        id_extern=effect.identity,
        status=coded(c.AanbiedingStatus.AANGEBODEN),
        datum=now(),
        vervaldatum=effect.respond_by,
        eenheid=unit,
        kandidaat=Key(id=candidate.id),
    )


def _lease(effect: PrepareLease, unit: str) -> Huurovereenkomst:
    temporary = effect.form is LeaseForm.TEMPORARY
    detail = c.OvereenkomstDetailSoort.TIJDELIJK if temporary else c.OvereenkomstDetailSoort.ONBEPAALD
    special = CONTRACTS.get(effect.form)
    return Huurovereenkomst(
        id_extern=effect.identity,
        soort=coded(c.OvereenkomstSoort.HUUR),
        detail_soort=coded(detail),
        status=coded(c.OvereenkomstStatus.VOORLOPIG),
        bepaalde_tijd=temporary,
        eenheden=(unit,),
        extra_attributen=(Extra(naam=CONTRACT, waarde=special),) if special else None,
    )


def _uitstroom(key: str) -> Voorrangsregeling:
    return Voorrangsregeling(
        id_extern=key,
        soort=coded(c.VoorrangSoort.URGENTIE),
        detail_soort=coded(c.VoorrangDetailSoort.UITSTROOM),
        naam="Uitstroom uit een instelling",
    )


def _only_key(key: Key | None) -> Key | None:
    return Key(id=key.id) if key and key.id else None
