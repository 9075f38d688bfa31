"""The rounds through a municipality, every working morning: the digests of today, and what became of letters.

A round that was woken also tells what could not be recorded, at once.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta
from functools import partial

import structlog
from temporalio import activity

from activities.alive import beating
from activities.letters.channels import Channels
from activities.letters.handing_over import claimed, handed_over, outcome_of
from activities.letters.letter import ChannelAway, ReadyLetter
from activities.letters.notify_nl import NotifyNl
from activities.letters.returns import came_back
from activities.letters.wording.digest import write_digest
from activities.letters.wording.directory import write_notice
from activities.letters.wording.letter_text import LetterText
from activities.letters.wording.parked import write_alarms, write_parked
from activities.partner import PartnerRefused
from activities.places import call
from activities.policies import policies_in
from activities.postgres import postgres_may_be_away
from domain.exchange.record import Round, RoundMade
from domain.facts.calendar import Calendar
from domain.facts.parties import TAKING_PART, Role
from domain.facts.value import replace
from domain.policy.policy import Policy
from runtime.away import SystemAway
from runtime.directory import Channel, Directory, Organisation
from runtime.outbound import Outbound
from runtime.settings import Settings
from store import alarms, digest, directory_notices, letters, paper, parking
from store.database import Pool, Source
from store.digest import Digest
from store.home_queue import waiting_since_release
from store.letters import LetterState, NotedLetter
from store.scarce import whose_turn

log = structlog.get_logger()

LONGEST = 5
"""Working days between two rounds, at most."""
AT_ONCE = 4
"""So many digests are handed over at a time."""
SOON = timedelta(minutes=10)
"""Until the next round, when somebody whose turn for a place has come could not be told in this one."""
NOTED_TOGETHER = 20
"""So many digests are noted in one statement, after they have gone. A worker that dies before that sends so many again
at most, each the same to the byte."""


Put = Callable[[Source, str, str], Awaitable[list[str]]]
"""Puts what no letter tells into one, and returns the keys of the letters to be sent."""
WriteLetter = Callable[[Source, str, Organisation], Awaitable[LetterText]]


class Rounds:
    """Makes rounds."""

    def __init__(
        self,
        pool: Pool,
        directory: Directory,
        settings: Settings,
        notify: NotifyNl | None = None,
        outbound: Outbound | None = None,
    ) -> None:
        self._pool = pool
        self._directory = directory
        self._settings = settings
        self._channels = Channels(settings, notify, outbound)
        self._notify = notify

    @activity.defn(name="MakeRound")
    async def make_round(self, asked: Round) -> RoundMade:
        """Make a round, and tell when the next one goes. Another attempt does only what is not done yet."""
        with beating(), postgres_may_be_away():
            away = await self._tell(asked, "parked", parking.put_in_letters, _of_parked)
            away = await self._tell(asked, "alarms", alarms.put_in_letters, _of_alarms) or away
            away = await self._tell_of_directory(asked) or away
            policy = policies_in(self._settings.policy_folder).in_force(asked.municipality, asked.now)
            calendar = policy.calendar if policy else Calendar()
            unheard = await self._call_waiting(asked, calendar)
            today = calendar.today(asked.now)
            if policy and asked.now >= calendar.at(today, calendar.opens):
                await self._ask_what_became(asked)
                await paper.void_pointless(self._pool, asked.municipality, today, asked.now)
                if policy.reminders.digest_day(calendar, today):
                    await self._send_digests(policy, today, asked.now)
            if away:
                raise away
            again = asked.now + SOON if unheard else None
            return RoundMade(next_at=again or self._next_round(policy, calendar, asked.now))

    def _next_round(self, policy: Policy | None, calendar: Calendar, now: datetime) -> datetime:
        """Return when there is something to do again: within `LONGEST` working days, for policies change."""
        rounds = [now]
        for _ in range(LONGEST):
            rounds.append(next_round(calendar, rounds[-1]))
            if self._notify or not policy or policy.reminders.digest_day(calendar, calendar.today(rounds[-1])):
                break
        return rounds[-1]

    # -- places and homes --------------------------------------------------------------------------------------

    async def _call_waiting(self, asked: Round, calendar: Calendar) -> bool:
        """Call those whose turn for a place has come, and those for whom a home may have been released. Return whether
        one of them cannot be told now: the round goes on, for a mediation that is stuck holds up no digest, and the
        next round is soon.
        """
        today = calendar.today(asked.now)
        since = await waiting_since_release(self._pool, asked.municipality, today, calendar.at(today, time()))
        waiting = dict.fromkeys((*await whose_turn(self._pool, asked.municipality), *since))
        try:
            key = f"round-{asked.municipality}:{asked.now:%Y-%m-%d-%H%M%S%f}"
            await call(activity.client, tuple(waiting), key)
        except SystemAway as away:
            log.warning("somebody whose turn it is cannot be told", municipality=asked.municipality, why=str(away))
            return True
        return False

    # -- digests -----------------------------------------------------------------------------------------------

    async def _send_digests(self, policy: Policy, day: date, now: datetime) -> None:
        """Send every organisation its digest. One that cannot be reached now does not hold up the others."""
        readers = {one.id: one for one in self._directory if _reads_digests(one, policy.municipality)}
        housing = {one.id for one in readers.values() if one.role is Role.CORPORATION}
        turns = _Turns()
        key = digest.key_of(policy.municipality, day)
        async with claimed(self._pool, key, policy.municipality) as connection, self._channels.conversing():
            told = await digest.read(connection, policy.municipality, day, now, readers, housing, policy.calendar)
            several = list(told.items())
            for first in range(0, len(several), NOTED_TOGETHER):
                sent: list[NotedLetter] = []
                try:
                    async with asyncio.TaskGroup() as group:
                        for reader, one in several[first : first + NOTED_TOGETHER]:
                            send = partial(self._send_digest, sent, policy, readers[reader], one, day, now)
                            group.create_task(turns.unless_away(readers[reader].channel, send))
                except ExceptionGroup as faults:
                    raise faults.exceptions[0] from None
                finally:
                    await letters.note(connection, *sent)
        if turns.away:
            raise next(iter(turns.away.values()))

    async def _send_digest(
        self, sent: list[NotedLetter], policy: Policy, one: Organisation, told: Digest, day: date, now: datetime
    ) -> None:
        municipality = policy.municipality
        seat = self._directory.get(municipality).name
        text = write_digest(told, day, now, policy.calendar, seat, one.language)
        sent.append(await self._hand_over(digest.key_of(municipality, day), one, municipality, now, text))

    # -- what is wrong behind the scenes ------------------------------------------------------------------------------

    async def _tell(self, asked: Round, about: str, put: Put, write: WriteLetter) -> ChannelAway | None:
        """Write to the municipality what it must know at once; return its channel when that is away: digests go on."""
        seat = next((one for one in self._directory if one.id == asked.municipality), None)
        if seat is None or seat.channel is Channel.NONE:
            return None
        key = f"{about}-{asked.municipality}:{asked.now:%Y-%m-%d-%H%M%S%f}"
        try:
            for letter in await put(self._pool, asked.municipality, key):
                async with claimed(self._pool, letter, seat.id) as connection:
                    if await letters.known(connection, letter, seat.id):
                        continue
                    text = await write(connection, letter, seat)
                    noted = await self._hand_over(letter, seat, asked.municipality, asked.now, text)
                    await letters.note(connection, noted)
        except ChannelAway as away:
            return away
        return None

    # -- who is who ---------------------------------------------------------------------------------------------

    async def _tell_of_directory(self, asked: Round) -> ChannelAway | None:
        """Tell organisations how they are changed, at the address that they had; return a channel that is away."""
        away: ChannelAway | None = None
        for notice in await directory_notices.waiting(self._pool, asked.municipality):
            reader = told_by_mail(notice.reader)
            try:
                async with claimed(self._pool, notice.id, reader.id) as connection:
                    if not await letters.known(connection, notice.id, reader.id):
                        seat = self._directory.get(asked.municipality).name
                        named = {one.id: one.name for one in self._directory}
                        text = write_notice(notice, named.get(notice.organisation, notice.organisation), seat)
                        noted = await self._hand_over(notice.id, reader, asked.municipality, asked.now, text)
                        await letters.note(connection, noted)
                    await directory_notices.sent(connection, notice.id)
            except ChannelAway as for_now:
                away = for_now
        return away

    # -- sending -------------------------------------------------------------------------------------------------

    async def _hand_over(
        self, key: str, reader: Organisation, municipality: str, now: datetime, text: LetterText
    ) -> NotedLetter:
        """Hand a letter over and return what is to be noted of it."""
        letter = ReadyLetter(key, reader.id, reader.mail, text, activity.info().started_time)
        port = self._channels.port(reader.channel, reader.webhook)
        state, reference, code = await outcome_of(handed_over(port, letter))
        return NotedLetter(key, reader.id, None, municipality, reader.channel.value, state, reference, now, code)

    # -- what became of letters ----------------------------------------------------------------------------------

    async def _ask_what_became(self, asked: Round) -> None:
        """Ask NotifyNL what became of letters; when it is away, in the next round."""
        if self._notify is None:
            return
        for letter in await letters.under_way(self._pool, asked.municipality):
            try:
                state, code = await self._notify.state_of(letter.reference, activity.info().started_time)
            except (ChannelAway, PartnerRefused):
                continue
            if state is LetterState.DELIVERED:
                await letters.arrived(self._pool, letter.reference, asked.now)
            elif state is LetterState.FAILED and code:
                await came_back(self._pool, activity.client(), letter.reference, code, asked.now)


async def _of_parked(source: Source, letter: str, seat: Organisation) -> LetterText:
    return write_parked(await parking.parked_in(source, letter), seat.name, seat.language)


async def _of_alarms(source: Source, letter: str, seat: Organisation) -> LetterText:
    return write_alarms(await alarms.alarms_in(source, letter), seat.name, seat.language)


class _Turns:
    """Hands over a few digests at a time, and none any more by a channel that would take none."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(AT_ONCE)
        self.away: dict[Channel, ChannelAway] = {}

    async def unless_away(self, channel: Channel, send: Callable[[], Awaitable[None]]) -> None:
        """Send, and note when it could not be done now."""
        async with self._places:
            if self._takes_none(channel):
                return
            try:
                await send()
            except ChannelAway as for_now:
                if not self._takes_none(channel):
                    self.away[channel] = for_now

    def _takes_none(self, channel: Channel) -> bool:
        return channel in self.away and self.away[channel].for_all


def told_by_mail(one: Organisation) -> Organisation:
    """Return an organisation as it is told of a change of itself: by mail, whatever else its letters go by."""
    return one if one.channel is Channel.NOTIFY else replace(one, channel=Channel.MAIL)


def _reads_digests(one: Organisation, municipality: str) -> bool:
    return municipality in one.municipalities and one.role in TAKING_PART and one.channel is not Channel.NONE


def next_round(calendar: Calendar, now: datetime) -> datetime:
    """Return the next opening of a working day after this moment, in UTC."""
    today = calendar.today(now)
    first = calendar.at(calendar.working_day_from(today), calendar.opens)
    return first if first > now else calendar.at(calendar.working_day_from(today + timedelta(days=1)), calendar.opens)
