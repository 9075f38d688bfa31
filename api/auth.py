"""Who calls, and which mediations they may see. What is not allowed here is refused."""

import re
from typing import Annotated, NamedTuple

import structlog
from fastapi import Depends, Header, Request
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase
from fastapi.security.utils import get_authorization_scheme_param
from pydantic import ValidationError
from starlette.datastructures import Headers
from starlette.types import Scope

from api.installation import Installation, installation
from api.problems import (
    Away,
    Damaged,
    DatabaseAway,
    Forbidden,
    NotFound,
    TokenLivesTooLong,
    TokenRevoked,
    Unauthenticated,
)
from domain.facts.parties import LOOKING_ON, Actor, OrganisationId, Role
from domain.state.mediation import Mediation
from runtime.directory import UnknownOrganisation
from runtime.error_report import described
from runtime.token_keys import TokenKeysUnavailable
from runtime.tokens import TokenHolder, TokenRefused, TokenTooLong
from store import journal
from store.journal import Loaded
from store.participation import WHOLE, Asker, Reach, sight_of
from store.revocations import Bearer, RevocationsUnknown

log = structlog.get_logger("api")
MEDIATION_ID = re.compile(r"[a-z0-9-]{1,64}", re.ASCII)


class Caller(NamedTuple):
    """Who calls, and for which municipalities their organisation works."""

    actor: Actor
    municipalities: tuple[str, ...]

    @property
    def role(self) -> Role:
        """In which role they call."""
        return self.actor.role

    @property
    def organisation(self) -> str:
        """On whose behalf they call."""
        return self.actor.organisation

    def oversees(self, state: Mediation) -> bool | None:
        """Tell whether this mediation is theirs to see as a whole; None for partners, who see it by a part in it."""
        match self.role:
            case Role.ADMIN:
                return True
            case Role.COORDINATOR | Role.AUDITOR:
                return state.parties.municipality in self.municipalities
            case _:
                return None


OnBehalfOf = Annotated[
    OrganisationId | None,
    Header(
        alias="On-Behalf-Of",
        description="The absent organisation that yours stands in for, by the directory; everything is then as for it",
        examples=["wijkteam-stad-haven"],
    ),
]


class _Authentication(SecurityBase):
    """Tells who calls. It is the security scheme of the description too: another dependency would slow every call."""

    scheme_name = "HTTPBearer"
    model = HTTPBearer(bearerFormat="JWT", description="A token with a role and an organisation")

    async def __call__(self, request: Request, absent: OnBehalfOf = None) -> Caller:
        """Return who calls; raises `Unauthenticated`, or `Forbidden` when the directory does not know them so."""
        here = await installation(request)
        caller = _called_by(here, await named(here, request.scope))
        if absent is not None:
            caller = _standing_in(here, caller, absent)
        request.state.caller = caller
        return caller


async def named(here: Installation, scope: Scope) -> TokenHolder:
    """Return whom the token of a request names, checked once; raises `Unauthenticated`, or `Away`."""
    found: TokenHolder | None = scope["state"].get("named")
    if found is None:
        found = scope["state"]["named"] = await _verified(here, Headers(scope=scope).get("Authorization"))
    return found


async def _verified(here: Installation, authorization: str | None) -> TokenHolder:
    scheme, token = get_authorization_scheme_param(authorization)
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated
    try:
        holder = await here.verifier.verify(token)
        if await here.revocations.holds(Bearer(holder.user, holder.token_id, holder.issued_at)):
            raise TokenRevoked
    except TokenTooLong:
        raise TokenLivesTooLong from None
    except RevocationsUnknown:
        raise DatabaseAway from None
    except TokenRefused as refused:
        raise Unauthenticated(str(refused).partition(":")[0]) from None
    except TokenKeysUnavailable:
        raise Away("the token issuer's keys cannot be read; try again") from None
    return holder


def _called_by(here: Installation, named: TokenHolder) -> Caller:
    try:
        actor = Actor(role=Role(named.role.value), organisation=named.organisation, user=named.user)
    except ValidationError:
        raise Forbidden("the token's organisation is not one of this installation") from None
    return Caller(actor, _municipalities(here, actor))


def _standing_in(here: Installation, caller: Caller, absent: str) -> Caller:
    """Return the caller as the organisation that theirs stands in for today; raises `Forbidden`."""
    own = caller.organisation
    if caller.role in LOOKING_ON or absent not in here.directory.stands_in_for(own, here.directory.today()):
        raise Forbidden("your organisation does not stand in for that organisation today")
    owner = here.directory.get(absent)
    if owner.role in LOOKING_ON:
        # an auditor or administrator is appointed by two people, and by no absence
        raise Forbidden("nobody stands in for those who look over others")
    actor = Actor(role=owner.role, organisation=owner.id, user=caller.actor.user, substitute=own)
    return Caller(actor, owner.municipalities)


def _municipalities(here: Installation, actor: Actor) -> tuple[str, ...]:
    try:
        organisation = here.directory.get(actor.organisation)
    except UnknownOrganisation:
        raise Forbidden("the token's organisation is not in the directory") from None
    if organisation.role is not actor.role:
        raise Forbidden("the directory has this organisation in another role")
    if actor.role in LOOKING_ON and not organisation.contracted(here.directory.today()):
        # who takes part goes on with what was begun; who looks on has begun nothing
        raise Forbidden("by the directory this organisation does not look on today")
    return organisation.municipalities


Authenticated = Annotated[Caller, Depends(_Authentication())]


async def acting(caller: Authenticated) -> Caller:
    """Return a caller who may give commands; raises `Forbidden`."""
    if caller.role in LOOKING_ON:
        raise Forbidden(f"{caller.role.value}s look and never act")
    return caller


Acting = Annotated[Caller, Depends(acting)]


class InView(NamedTuple):
    """A mediation as a caller may see it: after their last part in it, as it was when that ended."""

    loaded: Loaded
    sight: Reach


async def seen_by(here: Installation, caller: Caller, mediation: str) -> InView | None:
    """Return what a caller may see of a mediation; None when that is nothing. Every answer that tells of a mediation
    comes by here, or by a list that asks the same (`store.participation`).
    """
    loaded = await journal.load(here.pool, mediation)
    overseen = caller.oversees(loaded.state) if loaded else False
    if loaded is None or overseen is False:
        return None
    if overseen:
        return InView(loaded, WHOLE)
    sight = await sight_of(here.pool, mediation, Asker(caller.organisation, await here.clock.now()))
    if sight is None:
        return None
    if sight.upto is not None and sight.upto < loaded.state.sequence:
        before = await journal.load(here.pool, mediation, sight.upto)
        return before and InView(before._replace(deliveries_waiting=0), sight)
    return InView(loaded, sight)


async def in_sight(request: Request, caller: Authenticated, mediation: str) -> InView:
    """Return what this caller may see of a mediation; raises `Damaged`, or `NotFound` as for one that is not there."""
    here = await installation(request)
    try:
        seen = await seen_by(here, caller, mediation) if MEDIATION_ID.fullmatch(mediation) else None
    except (ValidationError, journal.MediationUnknown) as error:
        await here.language.ensure(now=True)
        log.error("a mediation cannot be read", mediation=mediation, error=described(error))
        raise Damaged from None
    if seen is None:
        raise NotFound
    return seen


InSight = Annotated[InView, Depends(in_sight)]


async def visible(seen: InSight) -> Loaded:
    """Return a mediation as this caller may see it."""
    return seen.loaded


Visible = Annotated[Loaded, Depends(visible)]
