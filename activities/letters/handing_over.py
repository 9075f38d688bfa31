"""Handing a letter over: by one attempt at a time, in bounded time, and what is noted of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import NamedTuple

from activities.letters.letter import ChannelAway, LastLook, ReadyLetter, unseen
from activities.letters.to_webhook import ToWebhook
from activities.partner import PartnerRefused
from activities.ports import ContactPort
from store import letters
from store.database import Connection, Pool
from store.letters import LetterState

LONGEST = 15.0
"""Seconds that handing one letter over may take, however the channel behaves."""


class HandedOver(NamedTuple):
    """What became of handing a letter over to its channel."""

    state: LetterState
    reference: str | None
    """By what the channel knows the letter."""
    code: str | None
    """Why the channel refused it."""


async def handed_over(port: ContactPort, letter: ReadyLetter, look: LastLook = unseen) -> str | None:
    """Hand a letter over and return by what the channel knows it. Raises ChannelAway, also when it takes too long.

    Nobody knows whether a letter that took too long was taken: it is sent again. A mail server that is slow is slow for
    every letter; the system of one partner holds up only its own.
    """
    try:
        async with asyncio.timeout(LONGEST):
            return await port.post(letter, look)
    except TimeoutError:
        raise ChannelAway("too_slow", for_all=not isinstance(port, ToWebhook)) from None


async def outcome_of(handing_over: Awaitable[str | None]) -> HandedOver:
    """Return what is to be noted of a letter. A channel that is away has not settled anything: that is raised."""
    try:
        reference = await handing_over
    except PartnerRefused as refused:
        return HandedOver(LetterState.FAILED, None, refused.code)
    return HandedOver(LetterState.POSTED if reference else LetterState.NOT_SENT, reference, None)


@asynccontextmanager
async def claimed(pool: Pool, key: str, reader: str) -> AsyncIterator[Connection]:
    """Let nobody else send this letter to this reader meanwhile. Raises ChannelAway while another attempt does."""
    try:
        async with letters.claimed(pool, key, reader) as connection:
            yield connection
    except letters.BeingSent:
        raise ChannelAway("being_sent") from None
