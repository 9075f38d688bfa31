"""A letter ready to go, and what a channel may say of it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import NamedTuple, Protocol, TypeVar

from temporalio.exceptions import ApplicationError

from activities.letters.texts.writing import LetterText

LONGEST = 15.0
"""Seconds that handing one letter over may take, however the channel behaves."""
T = TypeVar("T")


class ReadyLetter(NamedTuple):
    """A letter to one reader."""

    key: str
    reader: str
    address: str
    text: LetterText
    at: datetime
    calendar: "CalendarFile | None" = None

    @property
    def reference(self) -> str:
        """The key with its reader, in characters that every channel takes: it travels with the letter."""
        return f"{self.key}:{self.reader}".replace(":", ".")


class CalendarFile(NamedTuple):
    """A calendar file that goes with a letter."""

    name: str
    method: str
    content: bytes


class ChannelAway(ApplicationError):
    """The channel cannot take the letter now: it passes. `for_all`: it would take no other letter either."""

    def __init__(self, code: str, *, for_all: bool = False) -> None:
        super().__init__("the channel cannot take the letter now", type=f"MailServerAway:{code}")
        self.for_all = for_all


class LastLook(Protocol):
    """Does what sends a letter, once it has been looked at whether it is still wanted."""

    async def __call__(self, send: Callable[[], Awaitable[T]]) -> T:
        """Look, and send. Whatever says that the letter is no longer wanted goes through the channel."""
        ...


class Channel(Protocol):
    """One way for a letter to go."""

    async def post(self, letter: ReadyLetter, look: LastLook) -> str:
        """Hand a letter over, once for its key; return by what the channel knows it.

        Everything that can be done beforehand comes before the last look, so that little time passes after it. Raises
        `PartnerRefused` when it will never be taken, and `ChannelAway` while it cannot be.
        """
        ...


async def unseen(send: Callable[[], Awaitable[T]]) -> T:
    """The last look at a letter that is always wanted."""
    return await send()


async def handed_over(channel: Channel, letter: ReadyLetter, look: LastLook = unseen) -> str:
    """Hand a letter over in bounded time. Whether a letter that took too long was taken nobody knows: it goes again."""
    try:
        async with asyncio.timeout(LONGEST):
            return await channel.post(letter, look)
    except TimeoutError:
        raise ChannelAway("too_slow", for_all=True) from None
