"""Letters by NotifyNL: a small client of its HTTP API (version 2).

NotifyNL sends from a template of ours that holds nothing but ((subject)) and ((body)). It keeps no key by which a
letter is sent once, so a letter is looked up by its reference before it is sent again.
"""

import functools
from datetime import datetime
from typing import Any

import httpx
from joserfc import jwt
from joserfc.jwk import OctKey

from activities.letters.letter import ChannelAway, LastLook, ReadyLetter, unseen
from activities.partner import PartnerRefused
from runtime.settings import Settings
from store.letters import LetterState

UUID = 36
"""Characters. A key ends in two of them, with a hyphen between: the service, and the secret."""
PATIENCE = 10.0
"""Seconds."""
BOUNDED = 64 * 1024
"""Bytes of an answer that are read, at most."""
ARRIVED = frozenset({"delivered"})
FAILED = frozenset({"permanent-failure", "temporary-failure", "technical-failure"})
"""NotifyNL has given up: after three days for a temporary failure."""


class NotifyKeyWrong(ValueError):
    """A key of NotifyNL is a name, the id of the service and a secret, with hyphens between."""


class NotifyNl:
    """NotifyNL, as one service of ours."""

    def __init__(self, http: httpx.AsyncClient, url: str, key: str, template: str) -> None:
        if len(key) < 2 * UUID + 1 or key[-UUID - 1] != "-":
            raise NotifyKeyWrong
        self._http = http
        self._url = url
        self._secret = OctKey.import_key(key[-UUID:])
        self._service = key[-2 * UUID - 1 : -UUID - 1]
        self._template = template

    @classmethod
    def of(cls, settings: Settings, http: httpx.AsyncClient) -> "NotifyNl | None":
        """Return NotifyNL as the settings have it; None when they do not."""
        if not (settings.notify_url and settings.notify_key and settings.notify_template):
            return None
        return cls(http, settings.notify_url, settings.notify_key.get_secret_value(), settings.notify_template)

    async def post(self, letter: ReadyLetter, look: LastLook = unseen) -> str:
        """Hand a letter over, unless NotifyNL has it already; return NotifyNL's id of it."""
        known = await self._sent_before(letter)
        return known if known else await look(functools.partial(self._send, letter))

    async def state_of(self, number: str, at: datetime) -> tuple[LetterState, str | None]:
        """Return how a letter stands, and why if it failed."""
        told = await self._ask("GET", f"/v2/notifications/{number}", at)
        status = str(told.get("status", ""))
        if status in FAILED:
            return LetterState.FAILED, f"notify_{status.replace('-', '_')}"
        return (LetterState.DELIVERED if status in ARRIVED else LetterState.POSTED), None

    async def _sent_before(self, letter: ReadyLetter) -> str | None:
        asked = {"reference": letter.reference, "template_type": "email"}
        told = await self._ask("GET", "/v2/notifications", letter.at, params=asked)
        listed = told.get("notifications")
        first = listed[0] if isinstance(listed, list) and listed else None
        return _number(first) if isinstance(first, dict) else None

    async def _send(self, letter: ReadyLetter) -> str:
        body = {
            "email_address": letter.address,
            "template_id": self._template,
            "personalisation": {"subject": letter.text.subject, "body": letter.text.body},
            "reference": letter.reference,
        }
        number = _number(await self._ask("POST", "/v2/notifications/email", letter.at, json=body))
        if number is None:
            raise ChannelAway("notify_not_understood")
        return number

    async def _ask(self, method: str, path: str, at: datetime, **request: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._token(at)}"}
        try:
            response = await self._http.request(
                method, f"{self._url}{path}", headers=headers, timeout=PATIENCE, follow_redirects=False, **request
            )
            told = response.json() if len(response.content) <= BOUNDED else None
        except (httpx.HTTPError, ValueError, RecursionError) as error:
            raise ChannelAway(f"notify_{type(error).__name__}", for_all=True) from None
        # 401 and 403 are about our key, not about the letter: it waits until that is put right.
        if response.status_code in {400, 404, 413, 422}:
            raise PartnerRefused(f"notify_{response.status_code}")
        if not response.is_success:
            raise ChannelAway(f"notify_{response.status_code}")
        if not isinstance(told, dict):
            raise ChannelAway("notify_not_understood")
        return told

    def _token(self, at: datetime) -> str:
        return jwt.encode(
            {"typ": "JWT", "alg": "HS256"}, {"iss": self._service, "iat": int(at.timestamp())}, self._secret
        )


def _number(told: dict[str, Any]) -> str | None:
    number = told.get("id")
    return number if isinstance(number, str) and 0 < len(number) <= 64 else None
