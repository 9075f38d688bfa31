"""Sending letters, each once to each of its readers. Names and addresses are looked up when a letter is sent."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date
from typing import TypeVar

from temporalio import activity

from activities.delivery import EffectActivities, Void, carries_out
from activities.letters.calendar_file import calendar_file
from activities.letters.channels import Channels
from activities.letters.handing_over import claimed, handed_over, outcome_of
from activities.letters.letter import ChannelAway, LastLook, ReadyLetter
from activities.letters.links import TaskLinks, with_link
from activities.letters.notify_nl import NotifyNl
from activities.letters.paper import Paper
from activities.letters.readers import REACH_PEOPLE, Reader, Readers
from activities.letters.wording.around import Around, around
from activities.letters.wording.letter_text import LetterText, marked
from activities.letters.wording.long import Incomplete, LetterFacts, as_sentence, is_long, write_long
from activities.letters.wording.writing import Names, write
from activities.partner import PartnerRefused
from domain.beside.complaint import answers_complaint
from domain.exchange.record import Delivery
from domain.facts.calendar import Calendar
from domain.facts.parties import Role
from domain.facts.value import replace
from domain.messages.commands import AnyCommand, LearnHeldBack, LearnLetterSent
from domain.messages.effects import Audience, SendLetter
from domain.messages.told import Told
from domain.steps.decision_letter import tells_decision
from domain.steps.hearing import invites
from runtime.contact_fields import as_dialled
from runtime.contacts import Purpose
from runtime.directory import Channel, Directory, UnknownOrganisation
from runtime.link_keys import LinkKeys
from runtime.outbound import Outbound
from runtime.settings import Settings
from store import letters
from store.database import Connection, Pool, Source
from store.journal import STATES, find
from store.last_look import as_it_is
from store.letters import LetterState, NotedLetter
from store.vault import Erased, Vault
from store.vault_secrets import End
from texts import Language, of

AT_ONCE = 4
"""So many letters are handed over to one channel at a time: each holds a connection to PostgreSQL meanwhile."""
PATIENCE = 8.0
"""Seconds that a letter waits for a place at its channel. Then it is tried again later: others may need the worker."""
HELD = 2.0
"""Seconds for which no decision on a mediation is recorded while its letter leaves. It is shorter than a decision waits
for a lock (`store.database`). A channel that takes longer has the letter by then, and only has to confirm it."""
ON_PAPER = "on_paper"
"""A decision on paper is a task of the municipality until the post room reports when it left: it is chased like any. So
is an invitation to a hearing."""
ASKED = frozenset({Purpose.GENERAL, Purpose.ASSESSMENT, Purpose.SUPPORT})
"""What clients may call a district team or their provider for."""
T = TypeVar("T")


class Letters(EffectActivities):
    """Sends letters."""

    role = Role.COORDINATOR

    def __init__(
        self,
        pool: Pool,
        vault: Vault,
        directory: Directory,
        settings: Settings,
        notify: NotifyNl | None = None,
        outbound: Outbound | None = None,
    ) -> None:
        super().__init__(pool)
        self._directory = directory
        self._settings = settings
        self._readers = Readers(vault, directory)
        self._vault = vault
        self._channels = Channels(settings, notify, outbound)
        self.conversing = self._channels.conversing
        keys = LinkKeys(vault.secrets.of[End.LINK_TOKENS], vault.secrets.of[End.LINK_CODES])
        self._links = TaskLinks(pool, directory, settings, keys)
        self._places = {channel: asyncio.Semaphore(AT_ONCE) for channel in Channel}

    @carries_out
    async def send_letter(self, delivery: Delivery[SendLetter]) -> AnyCommand | None:
        """Send a letter to each of its readers that can be reached, unless it has become pointless.

        What became of it is noted for each reader, so that another attempt goes on where this one ended. The moment at
        which a decision left for the client is recorded: the term to object begins the day after. So is that at which
        an invitation to a hearing left, from which the client has time to come, or the answer to a complaint. A letter
        to a client whose death is reported is held back (`LearnHeldBack`) until the municipality knows whether that is
        true.
        """
        municipality, effect = await self._as_it_is(self._pool, delivery.mediation, delivery.effect)
        client_waits = False
        link = await self._links.link_for(delivery.mediation, effect)
        away: ChannelAway | None = None
        for reader in await self._readers.of(delivery.mediation, effect, municipality):
            try:
                await self._may_leave(self._pool, delivery.mediation, effect, reader)
                await self._post(delivery.mediation, effect, reader, link)
            except ChannelAway as for_now:
                away = for_now
            except _ClientWaits:
                client_waits = True
        if away:
            raise away
        if code := await letters.refused(self._pool, effect.key):
            raise PartnerRefused(code)
        if client_waits:
            kept = replace(effect, readers=(Audience.CLIENT,))
            return LearnHeldBack(by=self.on_behalf_of(municipality), letter=kept)
        whose = _whose_day_counts(effect)
        if whose and await letters.to_print(self._pool, effect.key, whose):
            raise PartnerRefused(ON_PAPER)
        sent_at = await letters.sent_at(self._pool, effect.key, whose) if whose else None
        if sent_at is None:
            return None
        return LearnLetterSent(by=self.on_behalf_of(effect.lane), letter=effect, on=Calendar().today(sent_at))

    async def _as_it_is(self, source: Source, mediation: str, effect: SendLetter) -> tuple[str, SendLetter]:
        """Return the municipality, and the letter with the day of its task as that is now. Raises `Void` for a letter
        that no longer says what is so, or about a client who died.
        """
        municipality, now = await as_it_is(source, mediation, effect, self._today())
        if now is None:
            raise Void
        return municipality, now

    async def _may_leave(self, source: Source, mediation: str, effect: SendLetter, reader: Reader) -> None:
        """Look whether a letter may leave as it was written. Raises `Void`, or `_ClientWaits` when the death of the
        client is reported.
        """
        _, now = await self._as_it_is(source, mediation, effect)
        if now != effect:
            raise ChannelAway("changed")
        if reader.id == Audience.CLIENT and await letters.death_reported(source, mediation):
            raise _ClientWaits

    def _today(self) -> date:
        return Calendar().today(activity.info().started_time)

    async def _post(self, mediation: str, effect: SendLetter, reader: Reader, link: str | None) -> None:
        """Hand a letter over to the channel of its reader, and note it."""
        async with self._place(reader.channel), claimed(self._pool, effect.key, reader.id) as connection:
            if await letters.known(connection, effect.key, reader.id):
                return
            look = _LastLook(connection, mediation, lambda: self._may_leave(connection, mediation, effect, reader))
            state, reference, code = await outcome_of(self._hand_over(mediation, effect, reader, link, look))
            at = activity.info().started_time
            if state is LetterState.POSTED and reader.channel is Channel.PAPER:
                state = LetterState.TO_PRINT
            noted = NotedLetter(
                effect.key, reader.id, mediation, None, reader.channel.value, state, reference, at, code
            )
            await letters.note(connection, noted)

    @asynccontextmanager
    async def _place(self, channel: Channel) -> AsyncIterator[None]:
        """Wait for a place at a channel. So a channel that hangs holds up its own letters only."""
        places = self._places[channel]
        try:
            async with asyncio.timeout(PATIENCE):
                await places.acquire()
        except TimeoutError:
            raise ChannelAway("busy") from None
        try:
            yield
        finally:
            places.release()

    async def _hand_over(
        self, mediation: str, effect: SendLetter, reader: Reader, link: str | None, look: LastLook
    ) -> str | None:
        """Return by what the channel knows the letter; None when its reader wants no letters, and for a trial when its
        reader is a system.

        A reader without an address counts as a refusal, so that a person is asked, who can post the letter.
        """
        if not reader.address and reader.channel in REACH_PEOPLE:
            raise PartnerRefused("no_address")
        if effect.test and reader.channel is Channel.WEBHOOK:
            return None
        letter = await self._written(mediation, effect, reader, link)
        if reader.channel is Channel.PAPER:
            return await handed_over(
                Paper(self._vault, mediation, await self._address(mediation, reader)), letter, look
            )
        return await handed_over(self._channels.port(reader.channel, reader.webhook), letter, look)

    async def _written(self, mediation: str, effect: SendLetter, reader: Reader, link: str | None) -> ReadyLetter:
        owner = self._name(effect.owner or effect.organisation)
        names = Names(reader.municipality, owner, self._today(), reader.desk)
        number = await letters.reference_of(self._pool, mediation) or mediation
        if is_long(effect, reader.id):
            text = await self._long(mediation, number, effect, reader)
        else:
            text = write(effect, number, reader.id, names, reader.language)
        if link:
            text = text._replace(body=with_link(text.body, link, reader.language))
        if effect.test:
            text = marked(text, of(reader.language))
        # A mail is the same in every attempt; a token for NotifyNL and a signature need the present moment.
        info = activity.info()
        at = info.scheduled_time if reader.channel is Channel.MAIL else info.started_time
        calendar = None
        if effect.appointment:
            calendar = calendar_file(
                effect.appointment,
                mediation,
                self._settings.sender_address,
                at,
                reader.language,
                trial=effect.test,
            )
        return ReadyLetter(effect.key, reader.id, reader.address, text, at, calendar)

    async def _long(self, mediation: str, number: str, effect: SendLetter, reader: Reader) -> LetterText:
        """Write a letter of several parts. When something is lacking that it must say, a person is asked."""
        told = effect.told or Told()
        loaded = (await find(self._pool, mediation, STATES)).loaded
        stands = around(loaded.state, loaded.policy, effect) if loaded else Around()
        facts = LetterFacts(
            today=self._today(),
            desk=reader.desk,
            around=stands,
            motivation=" ".join(filter(None, [await self._words_of(one) for one in (*told.basis, told.note)])),
            institution=self._name(told.institution or stands.institution),
            elsewhere=self._town(told.elsewhere or stands.elsewhere, reader.language),
            elsewhere_phone=self._phone(told.elsewhere or stands.elsewhere, ASKED),
            landlord=self._name(stands.corporation),
            provider=self._name(stands.provider),
            team_phone=self._phone(told.district_team or stands.team, ASKED),
            landlord_phone=self._phone(stands.corporation, frozenset({Purpose.GENERAL, Purpose.LEASE})),
            provider_phone=self._phone(stands.provider, ASKED),
            to=reader.to[0] if reader.to else "",
        )
        try:
            return write_long(effect, number, reader.id, reader.municipality, facts, of(reader.language))
        except Incomplete as lacking:
            raise PartnerRefused(f"letter_lacks_{lacking}") from None

    async def _address(self, mediation: str, reader: Reader) -> tuple[str, ...]:
        """Return the name and address of who gets a letter on paper: where the guide works, where none is known."""
        if len(reader.to) > 1:
            return reader.to
        loaded = (await find(self._pool, mediation, STATES)).loaded
        institution = self._name(loaded.state.parties.of_guide) if loaded else ""
        return (*reader.to, f"p/a {institution}")

    async def _words_of(self, note: str | None) -> str:
        try:
            words = " ".join((await self._vault.text(note)).split()) if note else ""
        except Erased:
            raise Void from None
        except KeyError:
            return ""
        return as_sentence(words)

    def _phone(self, organisation: str | None, asked: frozenset[Purpose]) -> str:
        """Return the phone number of an organisation; an empty text when none is known."""
        try:
            known = self._directory.get(organisation) if organisation else None
        except UnknownOrganisation:
            known = None
        if known is None:
            return ""
        numbers = [one.phone for one in known.contacts if one.phone and one.purpose in asked]
        numbers += [known.desk.phone] if known.desk else []
        return as_dialled(numbers[0]) if numbers else ""

    def _town(self, municipality: str | None, language: Language) -> str:
        """Return the name of a municipality without what it is."""
        name = self._name(municipality)
        return of(language).place(name) if name == municipality else name.removeprefix("Gemeente ")

    def _name(self, organisation: str | None) -> str:
        try:
            return self._directory.get(organisation).name if organisation else ""
        except UnknownOrganisation:
            return organisation or ""


def _whose_day_counts(letter: SendLetter) -> str | None:
    """Return the reader of whom it is recorded when a letter left: of a decision, of an invitation to a hearing, or of
    the answer to a complaint.
    """
    if tells_decision(letter) or invites(letter):
        return Audience.CLIENT
    return next(iter((*letter.readers, letter.organisation)), None) if answers_complaint(letter) else None


class _ClientWaits(Exception):
    """A letter to the client may not leave now, for the client's death is reported."""


class _LastLook:
    """Sends a letter while no decision on its mediation can be recorded, and only if it is still wanted then."""

    def __init__(self, connection: Connection, mediation: str, look: Callable[[], Awaitable[object]]) -> None:
        self._connection = connection
        self._mediation = mediation
        self._look = look

    async def __call__(self, send: Callable[[], Awaitable[T]]) -> T:
        """See `LastLook`."""
        async with self._connection.transaction():
            await letters.hold(self._connection, self._mediation)
            await self._look()
            sending = asyncio.ensure_future(send())
            try:
                await asyncio.wait({sending}, timeout=HELD)
            except BaseException:
                sending.cancel()
                raise
        return await sending
