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
from api.problems import Away, Damaged, Forbidden, NotFound, Unauthenticated
from domain.facts.parties import LOOKING_ON, Actor, OrganisationId, Role
from domain.state.mediation import Mediation
from runtime.directory import UnknownOrganisation
from runtime.error_report import described
from runtime.token_keys import TokenKeysUnavailable
from runtime.tokens import TokenHolder, TokenRefused
from store import journal
from store.journal import Loaded

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

    def may_see(self, state: Mediation) -> bool:
        """Tell whether this mediation may be shown to them."""
        match self.role:
            case Role.ADMIN:
                return True
            case Role.COORDINATOR | Role.AUDITOR:
                return state.parties.municipality in self.municipalities
            case _:
                return self.organisation in state.organisations()


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
        return await here.verifier.verify(token)
    except TokenRefused as refused:
        raise Unauthenticated(str(refused).partition(":")[0]) from None
    except TokenKeysUnavailable:
        raise Away("the token issuer's keys cannot be read; try again") from None


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
        # auditors and administrators are appointed by the token issuer, and by no line of the directory
        raise Forbidden("nobody stands in for those who look over others")
    actor = Actor(role=owner.role, organisation=owner.id, user=caller.actor.user, substitute=own)
    return Caller(actor, owner.municipalities)


def _municipalities(here: Installation, actor: Actor) -> tuple[str, ...]:
    try:
        organisation = here.directory.get(actor.organisation)
    except UnknownOrganisation:
        if actor.role in LOOKING_ON:
            return ()
        raise Forbidden("the token's organisation is not in the directory") from None
    if actor.role not in LOOKING_ON and organisation.role != actor.role:
        raise Forbidden("the directory has this organisation in another role")
    return organisation.municipalities


Authenticated = Annotated[Caller, Depends(_Authentication())]


async def acting(caller: Authenticated) -> Caller:
    """Return a caller who may give commands; raises `Forbidden`."""
    if caller.role in LOOKING_ON:
        raise Forbidden(f"{caller.role.value}s look and never act")
    return caller


Acting = Annotated[Caller, Depends(acting)]


async def visible(request: Request, caller: Authenticated, mediation: str) -> Loaded:
    """Return a mediation that this caller may see; raises `NotFound` alike for one that is not there, or `Damaged`."""
    here = await installation(request)
    try:
        loaded = await journal.load(here.pool, mediation) if MEDIATION_ID.fullmatch(mediation) else None
    except (ValidationError, journal.MediationUnknown) as error:
        log.error("a mediation cannot be read", mediation=mediation, error=described(error))
        raise Damaged from None
    if loaded is None or not caller.may_see(loaded.state):
        raise NotFound
    return loaded


Visible = Annotated[Loaded, Depends(visible)]
