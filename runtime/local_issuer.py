"""An issuer of bearer tokens for an installation without an identity provider."""

import json
import os
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from domain.facts.parties import Role
from runtime import RuntimeFault
from runtime.settings import Settings
from runtime.tokens import REGISTRY

LOCAL_ISSUER = "urn:direct-mediation:local"
LOCAL_AUDIENCE = "direct-mediation"
PRIVATE, PUBLIC = ".json", ".jwks.json"
"""How the files of one key end."""


class IssuerKeyWrong(RuntimeFault):
    """The local issuer's key file cannot be used."""


class IssuerElsewhere(RuntimeFault):
    """Tokens of this installation come from another issuer, not from here."""


class LocalIssuer:
    """Signs tokens with an Ed25519 key, kept in a file that only its owner may read; the public half lies beside it."""

    def __init__(self, key_file: Path, issuer: str = LOCAL_ISSUER, audience: str = LOCAL_AUDIENCE) -> None:
        """Read the key, or make it and `jwks_file` when missing; raises `IssuerKeyWrong`."""
        self.jwks_file = key_file.with_suffix(PUBLIC)
        self.issuer = issuer
        self.audience = audience
        if not key_file.exists():
            key = OKPKey.generate_key("Ed25519", {"use": "sig", "alg": "EdDSA"}, auto_kid=True)
            _write_once(key_file, json.dumps(key.as_dict(private=True)), 0o600)
        self._key = _read(key_file)
        _write_once(self.jwks_file, json.dumps({"keys": [self._key.as_dict(private=False)]}), 0o644)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the issuer that an installation on this machine believes. Makes no key: raises `IssuerElsewhere`."""
        name = settings.token_keys
        key_file = Path(name.removesuffix(PUBLIC) + PRIVATE)
        if not name.endswith(PUBLIC) or not key_file.is_file():
            raise IssuerElsewhere(settings.token_issuer)
        return cls(key_file, settings.token_issuer, settings.token_audience)

    def issue(self, role: Role | str, organisation: str, subject: str, lifetime: timedelta = timedelta(hours=8)) -> str:
        """A token for one person of an organisation, valid from now."""
        now = datetime.now(UTC)
        claims = {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": subject,
            "role": Role(role).value,
            "organisation": organisation,
            "iat": int(now.timestamp()),
            "nbf": int(now.timestamp()),
            "exp": int((now + lifetime).timestamp()),
            "jti": secrets.token_hex(16),
        }
        return jwt.encode({"alg": "EdDSA", "kid": self._key.kid}, claims, self._key, registry=REGISTRY)


def _read(key_file: Path) -> OKPKey:
    if key_file.stat().st_mode & 0o077:
        raise IssuerKeyWrong(f"{key_file} can be read by others; chmod 600 it")
    try:
        key = OKPKey.import_key(json.loads(key_file.read_text()))
    except (JoseError, ValueError):
        raise IssuerKeyWrong(f"{key_file} is no JWK of type OKP") from None
    if not (key.is_private and key.kid):
        raise IssuerKeyWrong(f"{key_file} has no private key or no kid")
    return key


def _write_once(file: Path, text: str, mode: int) -> None:
    """Create a file as a whole, unless it exists: of two processes that start at once both then use the same file."""
    draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as out:
        out.write(text)
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
