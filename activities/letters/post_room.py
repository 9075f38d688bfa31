"""The post room: who reads a letter, by which channel, once. Names and addresses are looked up when it is sent."""

import asyncio

from temporalio import activity

from activities.delivery import Hand, Void, carries_out
from activities.letters.calendar_file import calendar_file
from activities.letters.channels import Channels
from activities.letters.letter import ChannelAway, ReadyLetter
from activities.letters.notify_nl import NotifyNl
from activities.letters.readers import Reader, Readers
from activities.letters.texts.writing import Names, write
from activities.links import TaskLinks, with_link
from activities.partner import PartnerRefused
from domain.effects import Letter, SendLetter
from domain.outcome import Outcome
from domain.parties import Role
from domain.record import Delivery
from runtime.directory import Channel, Directory, UnknownOrganisation
from runtime.outbound import Outbound
from runtime.settings import Settings
from store import letters, outbox
from store.database import Pool, Source
from store.letters import LetterState, Noted
from store.vault import Vault

ABOUT_A_TASK = frozenset(
    {Letter.TASK_OPENED, Letter.TASK_REMINDER, Letter.TASK_ESCALATED, Letter.DEADLINE_CHANGED},
)
"""Letters that say nothing once their task is closed."""
AT_ONCE = 4
"""Letters that are handed over at one time: each holds a connection and its mediation for as long as that takes."""


class Letters(Hand):
    """The post room."""

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
        self._channels = Channels(settings, notify, outbound)
        self._links = TaskLinks(pool, directory, settings)
        self._at_once = asyncio.Semaphore(AT_ONCE)

    @carries_out
    async def send_letter(self, delivery: Delivery[SendLetter]) -> None:
        """Send a letter to each of its readers that can be reached, unless it has become pointless.

        What became of it is noted for each reader, so that another attempt goes on where this one ended.
        """
        effect = delivery.effect
        municipality = await self._still_wanted(self._pool, delivery.mediation, effect)
        link = await self._links.link_for(delivery.mediation, effect)
        away: ChannelAway | None = None
        for reader in await self._readers.of(delivery.mediation, effect, municipality):
            try:
                await self._post(delivery.mediation, effect, reader, link)
            except ChannelAway as for_now:
                away = for_now
        if away:
            raise away
        if code := await letters.refused(self._pool, effect.key):
            raise PartnerRefused(code)

    async def _still_wanted(self, source: Source, mediation: str, effect: SendLetter) -> str:
        """Return whose mediation it is. A letter about a task is void once it is closed; nobody writes to the dead."""
        standing = await outbox.standing(source, mediation, effect.task)
        died = standing.outcome is Outcome.DIED and effect.readers
        about_task = effect.letter in ABOUT_A_TASK
        if died or (about_task and not standing.still_asked):
            raise Void
        return standing.municipality

    async def _post(self, mediation: str, effect: SendLetter, reader: Reader, link: str | None) -> None:
        """Hand a letter over to the channel of its reader and note it, while nothing is decided on the mediation."""
        async with self._at_once, self._pool.acquire() as connection, connection.transaction():
            await letters.hold(connection, effect.key, mediation)
            if await letters.known(connection, effect.key, reader.id):
                return
            await self._still_wanted(connection, mediation, effect)
            state, code, reference = LetterState.POSTED, None, None
            try:
                reference = await self._hand_over(mediation, effect, reader, link)
                state = LetterState.POSTED if reference else LetterState.NOT_SENT
            except PartnerRefused as refused:
                state, code = LetterState.FAILED, refused.code
            at = activity.info().started_time
            noted = Noted(effect.key, reader.id, mediation, None, reader.channel.value, state, reference, at, code)
            await letters.note(connection, noted)

    async def _hand_over(self, mediation: str, effect: SendLetter, reader: Reader, link: str | None) -> str | None:
        """Return by what the channel knows the letter; None when its reader wants none."""
        letter = self._written(mediation, effect, reader, link)
        return await self._channels.port(reader.channel, reader.webhook).post(letter)

    def _written(self, mediation: str, effect: SendLetter, reader: Reader, link: str | None) -> ReadyLetter:
        names = Names(reader.municipality, self._name(effect.owner or effect.organisation))
        text = write(effect, mediation, reader.id, names, self._settings.public_url, reader.language)
        if link:
            text = text._replace(body=with_link(text.body, link, reader.language))
        # By mail the same for every attempt; a token of NotifyNL and a signature want the present moment.
        info = activity.info()
        at = info.scheduled_time if reader.channel is Channel.MAIL else info.started_time
        calendar = None
        if effect.appointment:
            calendar = calendar_file(effect.appointment, mediation, self._settings.mail_from, at, reader.language)
        return ReadyLetter(effect.key, reader.id, reader.address, text, at, calendar)

    def _name(self, organisation: str | None) -> str:
        try:
            return self._directory.get(organisation).name if organisation else ""
        except UnknownOrganisation:
            return organisation or ""
