"""Letters by NotifyNL: a small client of its HTTP API (version 2).

NotifyNL sends from a template of ours that holds nothing but ((subject)) and ((body)). It keeps no key by which a
letter is sent once, so a letter is looked up by its reference before it is sent again.
"""

import functools
from collections.abc import Callable, Iterator
from datetime import datetime
from time import monotonic
from typing import Any, NoReturn, TypeAlias

import httpx
import structlog
from joserfc import jwt
from joserfc.jwk import OctKey

from activities.letters.letter import ChannelAway, LastLook, ReadyLetter, unseen
from activities.partner import PartnerRefused
from runtime.addresses import AddressRefused
from runtime.settings import Settings
from store.letters import LetterState

UUID = 36
"""Characters. A key ends in two of them, with a hyphen between: the service, and the secret."""
PATIENCE = 10.0
"""Seconds that one request may take."""
BOUNDED = 64 * 1024
"""Bytes of an answer that are read, at most."""
ARRIVED = frozenset({"delivered"})
FAILED = frozenset({"permanent-failure", "temporary-failure", "technical-failure"})
"""States in which NotifyNL has given up; on a temporary failure it does so after three days."""
PASSING = frozenset({408, 425, 429})
STOPPED = 60.0
"""Seconds without a request after NotifyNL refused our service; then one letter tries again."""
OURS = (("team-only", "team_only_key"), ("trial mode", "trial_mode"), ("template", "template"))
"""What NotifyNL says of a service that may not send, and what that is called here."""
AboutLetter: TypeAlias = Callable[[int, Any], bool]
"""Tells by status and answer whether a refusal is about this one letter."""

log = structlog.get_logger()


class NotifyKeyWrong(ValueError):
    """This is no key of NotifyNL: a name, the id of the service and a secret, with hyphens between."""


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
        self._stopped: tuple[str, float] | None = None
        """Why it takes nothing from our service, and when it is tried again."""

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
        told = await self._ask("GET", f"/v2/notifications/{number}", at, _unknown)
        status = str(told.get("status", ""))
        if status in FAILED:
            return LetterState.FAILED, f"notify_{status.replace('-', '_')}"
        return (LetterState.DELIVERED if status in ARRIVED else LetterState.POSTED), None

    async def _sent_before(self, letter: ReadyLetter) -> str | None:
        asked = {"reference": letter.reference, "template_type": "email"}
        told = await self._ask("GET", "/v2/notifications", letter.at, _never, params=asked)
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
        told = await self._ask("POST", "/v2/notifications/email", letter.at, _of_reader, json=body)
        self._stopped = None
        number = _number(told)
        if number is None:
            raise ChannelAway("notify_not_understood")
        return number

    async def _ask(
        self, method: str, path: str, at: datetime, about_letter: AboutLetter, **request: Any
    ) -> dict[str, Any]:
        """Return what NotifyNL answers. A refusal that is not about this one letter is a refusal of our service."""
        if self._stopped and monotonic() < self._stopped[1]:
            raise ChannelAway(self._stopped[0], for_all=True)
        headers = {"Authorization": f"Bearer {self._token(at)}"}
        try:
            response = await self._http.request(
                method, f"{self._url}{path}", headers=headers, timeout=PATIENCE, follow_redirects=False, **request
            )
            told = response.json() if len(response.content) <= BOUNDED else None
        except AddressRefused as refused:
            raise ChannelAway(f"notify_{refused.code}", for_all=True) from None
        except (httpx.HTTPError, ValueError, RecursionError) as error:
            raise ChannelAway(f"notify_{type(error).__name__}", for_all=True) from None
        status = response.status_code
        if about_letter(status, told):
            raise PartnerRefused(f"notify_{status}")
        if 400 <= status < 500 and status not in PASSING:
            self._stop(f"notify_{_reason(told) or status}")
        if not response.is_success:
            raise ChannelAway(f"notify_{status}")
        if not isinstance(told, dict):
            raise ChannelAway("notify_not_understood")
        return told

    def _stop(self, code: str) -> NoReturn:
        """Send NotifyNL nothing for a while, and tell an administrator once."""
        if self._stopped is None or self._stopped[0] != code:
            log.error("NotifyNL takes nothing from our service: see its settings there and here", code=code)
        self._stopped = (code, monotonic() + STOPPED)
        raise ChannelAway(code, for_all=True)

    def _token(self, at: datetime) -> str:
        return jwt.encode(
            {"typ": "JWT", "alg": "HS256"}, {"iss": self._service, "iat": int(at.timestamp())}, self._secret
        )


def _of_reader(status: int, told: Any) -> bool:
    """Tell whether a letter was refused for its address or its size. No other refusal is about one reader."""
    errors = list(_errors(told))
    return status == 413 or (status == 400 and bool(errors) and all(map(_of_address, errors)))


def _of_address(error: tuple[str, str]) -> bool:
    kind, message = error
    return kind == "ValidationError" and message.startswith("email_address ")


def _unknown(status: int, _: Any) -> bool:
    """Tell whether NotifyNL does not know the letter that was asked for: it keeps letters for a week."""
    return status in {400, 404}


def _never(_: int, __: Any) -> bool:
    return False


def _reason(told: Any) -> str | None:
    """Return why our service may not send, if NotifyNL gives a reason that we know. Its own words are not repeated."""
    said = " ".join(message.lower() for _, message in _errors(told))
    return next((name for words, name in OURS if words in said), None)


def _errors(told: Any) -> Iterator[tuple[str, str]]:
    """Return the kind and the words of each error in an answer."""
    listed = told.get("errors") if isinstance(told, dict) else None
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, dict):
            yield str(one.get("error", "")), str(one.get("message", ""))


def _number(told: dict[str, Any]) -> str | None:
    number = told.get("id")
    return number if isinstance(number, str) and 0 < len(number) <= 64 else None
