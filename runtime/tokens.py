"""Who makes a request: bearer tokens (JWT) of the installation's own issuer, checked against its public keys.

A caller is a role, an organisation and a pseudonym. The token's subject, which may be a name or a mail address, goes no
further than this module: the pseudonym is an HMAC of issuer and subject, the same in every request, and cannot be
traced back without a secret of the installation.
"""

import hashlib
import hmac
import time
from base64 import urlsafe_b64decode
from dataclasses import dataclass, field
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import ClaimError, ExpiredTokenError, JoseError, UnsupportedAlgorithmError
from joserfc.jws import JWSRegistry
from pydantic import BaseModel, ConfigDict, ValidationError

from domain.facts.parties import OrganisationId, Role
from runtime import RuntimeFault, strict_json
from runtime.settings import Settings
from runtime.token_keys import PublicKey, TokenKeys

ALGORITHMS = frozenset({"EdDSA", "Ed25519", "ES256", "RS256"})
"""Signatures by a private key only. `EdDSA` is the name RFC 8037 gave `Ed25519` (RFC 9864)."""
LEEWAY = 30
"""Seconds that two clocks may differ."""
LONGEST = 8192
"""Characters of the longest token read."""


class TokenRefused(RuntimeFault):
    """This bearer token is not accepted."""


class TokenMalformed(TokenRefused):
    """This is not a signed token (JWT)."""


class TokenAlgorithmRefused(TokenRefused):
    """The token is not signed by one of the algorithms EdDSA, ES256 and RS256."""


class TokenKeyUnknown(TokenRefused):
    """The token names no key of its issuer."""


class TokenSignatureWrong(TokenRefused):
    """The token's signature does not match."""


class TokenExpired(TokenRefused):
    """The token has expired."""


class TokenTooLong(TokenRefused):
    """The token is valid for longer than this installation accepts."""


class TokenClaimWrong(TokenRefused):
    """A claim of the token is missing or not what it must be."""


@dataclass(frozen=True)
class TokenHolder:
    """Who makes a request: the person by a pseudonym only."""

    role: Role
    organisation: str
    user: str
    """Pseudonym of the person, `u-` and 32 hexadecimal digits."""
    token_id: str | None = field(default=None, compare=False)
    """The token's `jti`."""
    issued_at: float | None = field(default=None, compare=False)
    """Its `iat`, in seconds since 1970."""


class _Claims(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    sub: str
    role: Role
    organisation: OrganisationId
    exp: float
    iat: float | None = None
    jti: str | None = None


class _Algorithms(JWSRegistry):
    """Our algorithms only, whatever the library recommends."""

    def get_alg(self, name: str) -> Any:
        if name not in ALGORITHMS:
            raise UnsupportedAlgorithmError
        return self.algorithms[name]


REGISTRY = _Algorithms(algorithms=ALGORITHMS, strict_check_header=False)


class Pseudonyms:
    """Makes pseudonyms of people, by a secret."""

    def __init__(self, secret: bytes) -> None:
        self._key = secret

    def of(self, issuer: str, subject: str) -> str:
        """The pseudonym of one issuer's subject."""
        # the issuer's length keeps two pairs from reading the same
        named = f"{len(issuer)}:{issuer}{subject}".encode()
        return "u-" + hmac.new(self._key, named, hashlib.sha256).hexdigest()[:32]


class TokenVerifier:
    """Checks tokens against the issuer, audience and keys of the settings. By a secret it makes pseudonyms."""

    def __init__(self, settings: Settings, secret: bytes) -> None:
        self._issuer = settings.token_issuer
        self._keys = TokenKeys(settings.token_keys)
        self._longest = settings.token_hours * 3600.0
        self._pseudonyms = Pseudonyms(secret)
        self._times = jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": settings.token_issuer},
            aud={"essential": True, "value": settings.token_audience},
            exp={"essential": True},
            sub={"essential": True},
        )

    async def verify(self, token: str) -> TokenHolder:
        """The caller this token names; raises a `TokenRefused`, or `TokenKeysUnavailable` when keys cannot be had."""
        claims = self._claims(token, await self._key(token))
        try:
            self._times.validate(claims)
            named = _Claims.model_validate(claims)
        except ExpiredTokenError:
            raise TokenExpired from None
        except ClaimError as error:
            raise TokenClaimWrong(error.claim) from None
        except ValidationError as error:
            raise TokenClaimWrong(", ".join(sorted({str(fault["loc"][0]) for fault in error.errors()}))) from None
        # what is no number (NaN) is not within the bounds either
        if not named.exp - (time.time() if named.iat is None else named.iat) <= self._longest + LEEWAY:
            raise TokenTooLong
        user = self._pseudonyms.of(self._issuer, named.sub)
        return TokenHolder(named.role, named.organisation, user, named.jti, named.iat)

    async def _key(self, token: str) -> PublicKey:
        if len(token) > LONGEST or token.count(".") != 2:
            raise TokenMalformed
        try:
            header = jws.extract_compact(token.encode(), registry=REGISTRY).headers()
        except (JoseError, ValueError):
            raise TokenMalformed from None
        if header.get("alg") not in ALGORITHMS:
            raise TokenAlgorithmRefused
        key_id = header.get("kid")
        key = await self._keys.find(key_id) if isinstance(key_id, str) else None
        if key is None:
            raise TokenKeyUnknown
        return key

    def _claims(self, token: str, key: PublicKey) -> dict[str, object]:
        try:
            claims = jwt.decode(token, key, registry=REGISTRY).claims
        except (JoseError, ValueError):
            raise TokenSignatureWrong from None
        try:
            strict_json.check(urlsafe_b64decode(token.split(".")[1] + "=="))
        except ValueError:
            raise TokenMalformed from None
        return claims
