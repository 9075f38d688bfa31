"""OAuth 2.0 client credentials: a token is kept until shortly before it ends, and asked for by one call at a time."""

import asyncio
from collections import defaultdict
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import quote_plus

import httpx
from temporalio import activity

from activities.partner import PartnerRefused, Partners, parsed
from activities.vera.entities import Token
from runtime.systems import ClientCredentials

MARGIN = timedelta(seconds=30)
"""A token that ends within this time is not used: it could end while the call is under way."""


class Kept(NamedTuple):
    """A token, and until when it is used."""

    token: str
    until: datetime


class Tokens:
    """The tokens of all organisations. They live in memory only."""

    def __init__(self, partners: Partners) -> None:
        self._partners = partners
        self._kept: dict[str, Kept] = {}
        self._asking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def of(self, organisation: str, settings: ClientCredentials) -> str:
        """Return a token for this organisation's system. Raises PartnerAway, or PartnerRefused("token_refused")."""
        now = activity.info().started_time
        async with self._asking[organisation]:
            kept = self._kept.get(organisation)
            if kept is None or now >= kept.until:
                kept = self._kept[organisation] = await self._ask(settings, now)
            return kept.token

    def forget(self, organisation: str) -> None:
        """Ask for a new token the next time."""
        self._kept.pop(organisation, None)

    async def _ask(self, settings: ClientCredentials, now: datetime) -> Kept:
        form = {"grant_type": "client_credentials", **({"scope": settings.scope} if settings.scope else {})}
        who = httpx.BasicAuth(quote_plus(settings.client_id), quote_plus(settings.client_secret.get_secret_value()))
        response = await self._partners.send("POST", settings.token_url, data=form, auth=who)
        if not response.is_success:
            raise PartnerRefused("token_refused")
        said = parsed(response, Token)
        return Kept(said.access_token, now + timedelta(seconds=said.expires_in) - MARGIN)
