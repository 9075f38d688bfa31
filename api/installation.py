"""What the API works with: one object, made once, given to every request."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, NamedTuple, Self

from fastapi import Depends, Request
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from api.cursors import Cursors
from api.gates import Gates
from api.idempotency import Idempotency
from api.language import SpokenLanguage
from api.limits import Limits
from api.problems import Busy, TemporalAway
from api.web.code_post import CodePost
from domain.facts.calendar import Calendar
from runtime.addresses import AllowList
from runtime.at_once import AtOnce
from runtime.clock import TimeSource
from runtime.keys import KeyRing
from runtime.link_keys import LinkKeys
from runtime.policies import Policies
from runtime.settings import Settings
from runtime.tokens import TokenVerifier
from store.database import Pool
from store.directory import LiveDirectory
from store.revocations import Revocations
from store.vault import Vault
from store.webhooks import Webhooks

READING = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods by which nothing is recorded."""


class SecurityContact(NamedTuple):
    """Where a vulnerability of an installation is reported."""

    contacts: tuple[str, ...]
    """Addresses as `mailto:` or `https:`; none where nobody is named."""
    days: int
    """For how long a reader may rely on it."""
    public_url: str

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return what the settings say."""
        contacts = tuple(filter(None, settings.security_contact.split(",")))
        return cls(contacts, settings.security_days, settings.public_url)


@dataclass
class Installation:
    """One installation: its stores, its partners, its policies, and the way to Temporal."""

    pool: Pool
    temporal: Client | None
    """None as long as Temporal has not been reached: reading works, commands are answered with 503."""
    task_queue: str
    directory: LiveDirectory
    policies: Policies
    clock: TimeSource
    verifier: TokenVerifier
    revocations: Revocations
    vault: Vault
    idempotency: Idempotency
    cursors: Cursors
    link_keys: LinkKeys
    code_post: CodePost
    webhooks: Webhooks
    webhook_hosts: AllowList
    partner_hosts: AllowList
    limits: Limits
    at_once: AtOnce
    key_ring: KeyRing
    """The keys of what Temporal stores, for who may read it."""
    security: SecurityContact
    gates: Gates = field(default_factory=Gates)
    language: SpokenLanguage = field(init=False)

    def __post_init__(self) -> None:
        self.language = SpokenLanguage(self.pool)

    @asynccontextmanager
    async def reached(self) -> AsyncIterator[Client]:
        """Give the way to Temporal. Raises `TemporalAway` when it is away, before or while it is asked, and `Busy` when
        it takes no more at the moment.

        What the request kept in PostgreSQL is there by then: sent again, the request has only this still to do.
        """
        if self.temporal is None:
            raise TemporalAway
        try:
            yield self.temporal
        except RPCError as error:
            raise (Busy if error.status is RPCStatusCode.RESOURCE_EXHAUSTED else TemporalAway) from None

    async def today(self) -> date:
        """Return the date in the municipalities, which for an hour or two of each night is not that of UTC."""
        return Calendar().today(await self.clock.now())


async def installation(request: Request) -> Installation:
    """Return the installation this request came in at. (Not async, it would cost a thread each time.)"""
    here: Installation = request.app.state.installation
    await here.directory.renew(here.clock)
    if request.method not in READING:
        await here.language.ensure()
    return here


Here = Annotated[Installation, Depends(installation)]
