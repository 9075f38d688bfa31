"""The ways to reach somebody, each a contact port. Which of them is used is configuration of whom a letter goes to."""

import asyncio

from activities.letters.letter import ChannelAway, LastLook, ReadyLetter, unseen
from activities.letters.mail import Mail
from activities.letters.notify_nl import NotifyNl
from activities.letters.to_webhook import ToWebhook
from activities.ports import ContactPort
from runtime.directory import Channel
from runtime.letter_webhook import LetterWebhook
from runtime.outbound import Outbound
from runtime.settings import Settings

LONGEST = 15.0
"""Seconds that handing one letter over may take, however the channel behaves."""


class InboxOnly:
    """Who wants no letters: its people find in their inbox here what is asked of them."""

    async def post(self, letter: ReadyLetter, look: LastLook = unseen) -> str | None:
        """Nothing goes out."""
        return None


class NotConnected:
    """A channel that the settings do not have yet: its letters wait."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    async def post(self, letter: ReadyLetter, look: LastLook = unseen) -> str | None:
        """It passes, when somebody sets it."""
        raise ChannelAway(f"{self._channel.value}_not_set", for_all=True)


class Channels:
    """All ways of an installation."""

    def __init__(self, settings: Settings, notify: NotifyNl | None, outbound: Outbound | None) -> None:
        self._mail = Mail(settings)
        self.conversing = self._mail.conversing
        self._notify = notify
        self._outbound = outbound

    def port(self, channel: Channel, webhook: LetterWebhook | None = None) -> ContactPort:
        """Return how letters go by this channel; `webhook` is that of the organisation they go to."""
        match channel:
            case Channel.MAIL:
                return self._mail
            case Channel.NOTIFY:
                return self._notify or NotConnected(channel)
            case Channel.WEBHOOK:
                return ToWebhook(self._outbound, webhook) if self._outbound and webhook else NotConnected(channel)
            case Channel.NONE:
                return InboxOnly()


async def handed_over(port: ContactPort, letter: ReadyLetter, look: LastLook = unseen) -> str | None:
    """Hand a letter over in bounded time. Whether a letter that took too long was taken nobody knows: it goes again.

    A mail server that is slow is so for all; the system of one partner is only its own.
    """
    try:
        async with asyncio.timeout(LONGEST):
            return await port.post(letter, look)
    except TimeoutError:
        raise ChannelAway("too_slow", for_all=not isinstance(port, ToWebhook)) from None
