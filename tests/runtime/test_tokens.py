"""Only a token of the right issuer, for us, in time and signed by a published key names a caller; a forged one none."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, OKPKey, RSAKey

import runtime.token_keys
from domain.facts.parties import Role
from domain.facts.value import replace
from runtime.local_issuer import IssuerKeyWrong, LocalIssuer
from runtime.settings import Settings
from runtime.token_keys import TokenKeysUnavailable
from runtime.tokens import (
    TokenAlgorithmRefused,
    TokenClaimWrong,
    TokenExpired,
    TokenKeyUnknown,
    TokenMalformed,
    TokenRefused,
    TokenSignatureWrong,
    TokenTooLong,
    TokenVerifier,
)

SECRET = b"s" * 32
SUBJECT = "Jan de Vries <jan@almere.example>"
ED = OKPKey.generate_key("Ed25519", {"kid": "ed"})
EC = ECKey.generate_key("P-256", {"kid": "ec"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
SMALL = RSAKey.generate_key(1024, {"kid": "small"})
SHARED = OctKey.generate_key(256, {"kid": "shared"})
ALL = ["EdDSA", "Ed25519", "ES256", "RS256", "HS256", "RS512", "ES384", "none"]

Signing = OKPKey | ECKey | RSAKey | OctKey


@pytest.fixture
def settings(offline: Settings) -> Settings:
    published = KeySet([ED, EC, RSA, SMALL]).as_dict(private=False)
    keys = [*published["keys"], SHARED.as_dict(private=True)]
    Path(offline.token_keys).write_text(json.dumps({"keys": keys}))
    return offline


def claims(**other: Any) -> dict[str, Any]:
    now = int(time.time())
    usual = {"iss": "https://login.example.org", "aud": "mediation", "sub": SUBJECT, "exp": now + 86_400, "nbf": now}
    return {**usual, "role": "coordinator", "organisation": "almere", **other}


def signed(key: Signing = ED, algorithm: str = "EdDSA", kid: str | None = None, **other: Any) -> str:
    header = {"alg": algorithm, "kid": kid or key.kid}
    content = {name: value for name, value in claims(**other).items() if value is not None}
    return jwt.encode(header, content, key, algorithms=ALL)


def segment(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(("key", "algorithm"), [(ED, "EdDSA"), (ED, "Ed25519"), (EC, "ES256"), (RSA, "RS256")])
async def test_a_good_token_names_role_organisation_and_a_pseudonym(
    settings: Settings, key: Signing, algorithm: str
) -> None:
    caller = await TokenVerifier(settings, SECRET).verify(signed(key, algorithm))
    assert (caller.role, caller.organisation) == (Role.COORDINATOR, "almere")
    assert caller.user.startswith("u-")
    assert len(caller.user) == 34
    assert "Jan" not in repr(caller)


async def test_a_pseudonym_is_the_same_at_every_call_and_another_for_others(settings: Settings) -> None:
    verifier = TokenVerifier(settings, SECRET)
    first = await verifier.verify(signed())
    assert (await verifier.verify(signed(EC, "ES256"))).user == first.user
    assert (await verifier.verify(signed(sub="someone else"))).user != first.user
    assert (await TokenVerifier(settings, bytes(32)).verify(signed())).user != first.user


DAY = 24 * 3600


@pytest.mark.parametrize(
    ("times", "taken"),
    [
        ({"iat": 0, "exp": DAY}, True),
        ({"iat": 0, "exp": DAY + 120}, False),
        ({"exp": DAY - 60}, True),
        ({"exp": DAY + 120}, False),
        ({"iat": 0, "exp": 10 * 365 * DAY}, False),
        ({"exp": 10 * 365 * DAY}, False),
        ({"iat": -10 * 365 * DAY, "exp": 60}, False),
        ({"exp": float("inf")}, False),
    ],
    ids=["a-day", "longer", "a-day-left", "more-left", "ten-years", "ten-years-left", "begun-long-ago", "for-ever"],
)
async def test_a_token_is_valid_for_a_day_at_the_most(settings: Settings, times: dict[str, Any], taken: bool) -> None:
    now = int(time.time())
    moments: dict[str, Any] = {name: now + after for name, after in times.items()}
    token = signed(nbf=None, **moments)
    if taken:
        assert (await TokenVerifier(settings, SECRET).verify(token)).organisation == "almere"
    else:
        with pytest.raises((TokenTooLong, TokenClaimWrong)):
            await TokenVerifier(settings, SECRET).verify(token)


async def test_an_installation_may_take_tokens_for_longer(settings: Settings) -> None:
    token = signed(exp=int(time.time()) + 7 * DAY)
    with pytest.raises(TokenTooLong):
        await TokenVerifier(settings, SECRET).verify(token)
    assert (await TokenVerifier(replace(settings, token_hours=8 * 24), SECRET).verify(token)).organisation == "almere"


@pytest.mark.parametrize(("claim", "ahead"), [("iat", 90), ("nbf", 90), ("exp", -90)])
async def test_two_clocks_differ_by_half_a_minute_at_the_most(settings: Settings, claim: str, ahead: int) -> None:
    now = int(time.time())
    near: dict[str, Any] = {"exp": now + 600, claim: now + (15 if ahead > 0 else -15)}
    far: dict[str, Any] = {"exp": now + 600, claim: now + ahead}
    assert (await TokenVerifier(settings, SECRET).verify(signed(**near))).organisation == "almere"
    with pytest.raises(TokenRefused):
        await TokenVerifier(settings, SECRET).verify(signed(**far))


async def test_a_claim_that_stands_twice_is_refused(settings: Settings) -> None:
    content = json.dumps(claims())[:-1] + ', "role": "coordinator"}'
    header = segment({"alg": "EdDSA", "kid": "ed"})
    body = base64.urlsafe_b64encode(content.encode()).rstrip(b"=").decode()
    private: Any = ED.get_op_key("sign")
    signature = private.sign(f"{header}.{body}".encode())
    token = f"{header}.{body}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"
    with pytest.raises(TokenMalformed):
        await TokenVerifier(settings, SECRET).verify(token)


async def test_one_audience_of_several_is_enough(settings: Settings) -> None:
    caller = await TokenVerifier(settings, SECRET).verify(signed(aud=["other", "mediation"]))
    assert caller.organisation == "almere"


def hs_by_the_public_key() -> str:
    """The classic mix-up: a MAC whose secret is the public RSA key, which everyone knows."""
    header, content = segment({"alg": "HS256", "kid": "rsa"}), segment(claims())

    mac = hmac.new(RSA.as_pem(private=False), f"{header}.{content}".encode(), hashlib.sha256).digest()
    return f"{header}.{content}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def altered() -> str:
    header, _, signature = signed().split(".")
    return f"{header}.{segment(claims(role='admin'))}.{signature}"


NOW = int(time.time())
FORGED = {
    "alg none": (f"{segment({'alg': 'none', 'kid': 'ed'})}.{segment(claims())}.", TokenAlgorithmRefused),
    "alg None": (f"{segment({'alg': 'None', 'kid': 'ed'})}.{segment(claims())}.", TokenAlgorithmRefused),
    "alg missing": (f"{segment({'kid': 'ed'})}.{segment(claims())}.AAAA", TokenRefused),
    "HS256 by the public RSA key": (hs_by_the_public_key(), TokenAlgorithmRefused),
    "HS256 by a shared key in the set": (signed(SHARED, "HS256"), TokenAlgorithmRefused),
    "RS512": (signed(RSA, "RS512"), TokenAlgorithmRefused),
    "EdDSA token that names the RSA key": (signed(ED, kid="rsa"), TokenSignatureWrong),
    "RS256 token that names the Ed25519 key": (signed(RSA, "RS256", kid="ed"), TokenSignatureWrong),
    "a small RSA key": (signed(SMALL, "RS256"), TokenKeyUnknown),
    "someone else's key under a known id": (signed(OKPKey.generate_key("Ed25519"), kid="ed"), TokenSignatureWrong),
    "unknown kid": (signed(kid="unknown"), TokenKeyUnknown),
    "no kid": (f"{segment({'alg': 'EdDSA'})}.{segment(claims())}.AAAA", TokenKeyUnknown),
    "kid no text": (f"{segment({'alg': 'EdDSA', 'kid': 3})}.{segment(claims())}.AAAA", TokenRefused),
    "crit header": (
        f"{segment({'alg': 'EdDSA', 'kid': 'ed', 'crit': ['x'], 'x': 1})}.{segment(claims())}.AAAA",
        TokenRefused,
    ),
    "altered": (altered(), TokenSignatureWrong),
    "no token": ("", TokenMalformed),
    "rubbish": ("a.b.c", TokenMalformed),
    "not ASCII": ("é.é.é", TokenMalformed),
    "too long": (signed(extra="x" * 9000), TokenMalformed),
    "encrypted": ("a.b.c.d.e", TokenMalformed),
    "wrong iss": (signed(iss="https://evil.example"), TokenClaimWrong),
    "missing iss": (signed(iss=None), TokenClaimWrong),
    "wrong aud": (signed(aud="other"), TokenClaimWrong),
    "missing aud": (signed(aud=None), TokenClaimWrong),
    "expired": (signed(exp=NOW - 120), TokenExpired),
    "missing exp": (signed(exp=None), TokenClaimWrong),
    "exp no number": (signed(exp="tomorrow"), TokenClaimWrong),
    "not yet": (signed(nbf=NOW + 86_400), TokenClaimWrong),
    "missing sub": (signed(sub=None), TokenClaimWrong),
    "empty sub": (signed(sub=""), TokenClaimWrong),
    "missing role": (signed(role=None), TokenClaimWrong),
    "unknown role": (signed(role="mayor"), TokenClaimWrong),
    "several roles": (signed(role=["coordinator", "admin"]), TokenClaimWrong),
    "missing organisation": (signed(organisation=None), TokenClaimWrong),
    "empty organisation": (signed(organisation=""), TokenClaimWrong),
    "organisation no id": (signed(organisation="../almere"), TokenClaimWrong),
}


@pytest.mark.parametrize("forgery", FORGED)
async def test_a_forged_token_is_refused_with_a_typed_error(settings: Settings, forgery: str) -> None:
    token, kind = FORGED[forgery]
    with pytest.raises(kind) as refused:
        await TokenVerifier(settings, SECRET).verify(token)
    assert SUBJECT not in str(refused.value)
    assert refused.value.__cause__ is None


async def test_a_little_difference_between_clocks_is_allowed(settings: Settings) -> None:
    now = int(time.time())
    caller = await TokenVerifier(settings, SECRET).verify(signed(exp=now - 5, nbf=now + 5))
    assert caller.organisation == "almere"


async def test_without_keys_nobody_is_refused_but_all_must_wait(offline: Settings) -> None:
    with pytest.raises(TokenKeysUnavailable, match=r"keys\.json"):
        await TokenVerifier(offline, SECRET).verify(signed())


class Issuer(BaseHTTPRequestHandler):
    """An issuer whose answer the test sets."""

    answer: ClassVar[tuple[int, dict[str, str], bytes]]
    asked: ClassVar[list[str]]

    def do_GET(self) -> None:
        code, headers, body = self.answer
        self.asked.append(self.path)
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def issuer(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Settings that lead to an issuer over HTTP, which publishes the Ed25519 key."""
    Issuer.asked = []
    Issuer.answer = 200, {}, json.dumps(KeySet([ED]).as_dict(private=False)).encode()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Issuer)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setattr(runtime.token_keys, "PAUSE", 0.0)
    yield replace(settings, token_keys=f"http://127.0.0.1:{server.server_port}/jwks")
    server.shutdown()
    thread.join()
    server.server_close()


async def test_keys_are_fetched_once_and_again_for_an_unknown_key_id(issuer: Settings) -> None:
    verifier = TokenVerifier(issuer, SECRET)
    await asyncio.gather(*(verifier.verify(signed()) for _ in range(20)))
    assert len(Issuer.asked) == 1
    Issuer.answer = 200, {}, json.dumps(KeySet([ED, EC]).as_dict(private=False)).encode()
    assert (await verifier.verify(signed(EC, "ES256"))).organisation == "almere"
    assert len(Issuer.asked) == 2


async def test_unknown_key_ids_cannot_make_us_ask_the_issuer_all_the_time(
    issuer: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime.token_keys, "PAUSE", 10.0)
    verifier = TokenVerifier(issuer, SECRET)
    for number in range(20):
        with pytest.raises(TokenKeyUnknown):
            await verifier.verify(signed(kid=f"unknown-{number}"))
    assert len(Issuer.asked) == 1


async def test_a_withdrawn_key_stops_working_when_the_keys_are_no_longer_fresh(
    issuer: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    verifier = TokenVerifier(issuer, SECRET)
    await verifier.verify(signed())
    Issuer.answer = 200, {}, json.dumps(KeySet([EC]).as_dict(private=False)).encode()
    await verifier.verify(signed())
    monkeypatch.setattr(runtime.token_keys, "FRESH", 0.0)
    with pytest.raises(TokenKeyUnknown):
        await verifier.verify(signed())


async def test_known_keys_serve_while_the_issuer_is_away_but_not_for_ever(
    issuer: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    verifier = TokenVerifier(issuer, SECRET)
    await verifier.verify(signed())
    Issuer.answer = 503, {}, b""
    monkeypatch.setattr(runtime.token_keys, "FRESH", 0.0)
    await verifier.verify(signed())
    monkeypatch.setattr(runtime.token_keys, "STALE", 0.0)
    with pytest.raises(TokenKeysUnavailable):
        await verifier.verify(signed())


@pytest.mark.parametrize(
    "answer",
    [
        (302, {"Location": "/elsewhere"}, b""),
        (200, {}, b"x" * (256 * 1024 + 1)),
        (200, {}, b"no json"),
        (200, {}, b"[]"),
        (200, {}, b"\xff"),
        (500, {}, b""),
    ],
    ids=["redirect", "too large", "no JSON", "no set", "no text", "error"],
)
async def test_an_odd_answer_of_the_issuer_gives_no_keys(
    issuer: Settings, answer: tuple[int, dict[str, str], bytes]
) -> None:
    Issuer.answer = answer
    with pytest.raises(TokenKeysUnavailable):
        await TokenVerifier(issuer, SECRET).verify(signed())
    assert Issuer.asked == ["/jwks"]


async def test_the_local_issuers_tokens_are_accepted(offline: Settings, tmp_path: Path) -> None:
    issuer = LocalIssuer(tmp_path / "issuer.json")
    trusting = replace(
        offline, token_keys=str(issuer.jwks_file), token_issuer=issuer.issuer, token_audience=issuer.audience
    )
    verifier = TokenVerifier(trusting, SECRET)
    caller = await verifier.verify(issuer.issue(Role.AUDITOR, "inspectie", SUBJECT))
    assert (caller.role, caller.organisation) == (Role.AUDITOR, "inspectie")
    again = LocalIssuer(tmp_path / "issuer.json")
    assert (await verifier.verify(again.issue("auditor", "inspectie", SUBJECT))) == caller
    with pytest.raises(TokenExpired):
        await verifier.verify(issuer.issue("auditor", "inspectie", SUBJECT, timedelta(minutes=-5)))


def test_the_local_issuers_key_is_its_owners_alone_and_the_published_half_is_public(tmp_path: Path) -> None:
    issuer = LocalIssuer(tmp_path / "issuer.json")
    assert (tmp_path / "issuer.json").stat().st_mode & 0o777 == 0o600
    (published,) = json.loads(issuer.jwks_file.read_text())["keys"]
    assert published["crv"] == "Ed25519"
    assert "d" not in published
    assert sorted(path.name for path in tmp_path.iterdir()) == ["issuer.json", "issuer.jwks.json"]
    (tmp_path / "issuer.json").chmod(0o644)
    with pytest.raises(IssuerKeyWrong, match="chmod 600"):
        LocalIssuer(tmp_path / "issuer.json")


def test_a_role_that_does_not_exist_is_not_issued(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="mayor"):
        LocalIssuer(tmp_path / "issuer.json").issue("mayor", "almere", SUBJECT)
