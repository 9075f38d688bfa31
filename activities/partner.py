"""How every partner's system is called: one client, and one way to tell passing errors from permanent ones.

Nothing is tried again here; Temporal does that. A call carries the effect's key, so a partner that remembers keys does
it once. No exception holds a partner's own words, which may be about a person: only its code.
"""

import asyncio
import re
from collections.abc import Mapping
from datetime import UTC, timedelta
from email.utils import format_datetime
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel
from temporalio import activity

from runtime.addresses import AddressRefused
from runtime.away import SystemAway
from runtime.directory import Directory
from runtime.systems import Plain, System
from runtime.tracing import HEADER, Side, carried, span

TIMEOUT = httpx.Timeout(20, connect=5)
LONGEST = 25
"""Seconds in which an answer must have been read whole, also when it keeps coming in slowly."""
BODY_LIMIT = 1024 * 1024
"""Bytes: a longer answer is not read."""
PATIENCE = 5
"""After so many attempts an answer that cannot be understood is given to a person."""
WAIT = re.compile(r"[0-9]{1,9}")
"""A number of seconds as HTTP has it."""
LONGEST_WISH = timedelta(hours=4)
"""The longest `Retry-After` that we follow is half a working day: a partner may name a year by mistake."""
CODE = re.compile(r"[a-z][a-z0-9_.-]{0,59}")
"""What a partner's code may look like. Anything else may be words about a person, and is not repeated."""


class PartnerAnswer(BaseModel):
    """What a partner answers: fields that we do not know are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True)


class Fault(PartnerAnswer):
    """What a partner says when it does not do what was asked."""

    code: str = ""
    number: str | None = None
    state: str | None = None


class PartnerAway(SystemAway):
    """The partner cannot be reached or is busy: it passes."""

    def __init__(self, code: str, wish: timedelta | None = None, delay: timedelta | None = None) -> None:
        super().__init__("the partner's system is away", f"PartnerAway:{code}", delay or wish)
        self.code = code
        self.wish = wish
        """How long the partner wants us to wait (`Retry-After`)."""

    def until(self, turn: timedelta) -> "PartnerAway":
        """Return the same failure, to be tried again when it is our turn, and no sooner than the partner wants."""
        return PartnerAway(self.code, self.wish, max(turn, self.wish or turn))


class PartnerRefused(Exception):
    """The partner refuses this for good: trying again will not help."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class NoSystem(PartnerRefused):
    """The partner has no system: a person there does it by hand."""

    def __init__(self, code: str = "no_system") -> None:
        super().__init__(code)


A = TypeVar("A", bound=PartnerAnswer)
M = TypeVar("M", bound=BaseModel)


class Partners:
    """The systems of all partners."""

    def __init__(self, http: httpx.AsyncClient, directory: Directory) -> None:
        self._http = http
        self._directory = directory

    async def read(self, organisation: str, path: str, answer: type[A], **query: str | None) -> A:
        """Read something. Raises PartnerAway or PartnerRefused."""
        parameters = {name: value for name, value in query.items() if value is not None}
        response = await self._send("GET", organisation, path, params=parameters)
        if response.is_success:
            return parsed(response, answer)
        raise PartnerRefused(_fault(response).code)

    async def ask(
        self,
        organisation: str,
        path: str,
        key: str,
        body: dict[str, Any],
        answer: type[A],
    ) -> A | Fault:
        """Have something done, once per key. A fault is returned, since the caller may know what to do about it.

        `already_known` counts as success: then the answer is what the partner has.
        """
        response = await self._send("POST", organisation, path, json=body, headers={"Idempotency-Key": key})
        if response.is_success:
            return parsed(response, answer)
        fault = _fault(response)
        if fault.code == "already_known":
            return parsed(response, answer)
        return fault

    def system_of(self, organisation: str) -> System:
        """Return how an organisation is asked. Raises UnknownOrganisation."""
        return self._directory.get(organisation).system

    async def send(self, method: str, url: str, *, limit: int = BODY_LIMIT, **request: Any) -> httpx.Response:
        """Send one request in any protocol over HTTP, and read a bounded answer in bounded time.

        The moment of the call stands in `Date`, by the clock that mediations run on. Raises PartnerAway for what
        passes, and PartnerRefused for a redirection.
        """
        # Nothing compressed: a small answer could then grow without limit.
        date = format_datetime(activity.info().started_time.astimezone(UTC), usegmt=True)
        headers = {"Accept-Encoding": "identity", "Date": date, **request.pop("headers", {})}
        with span(f"partner {method}", Side.ASKING, http_request_method=method) as traced:
            if trace := carried():
                headers[HEADER] = trace
            try:
                async with (
                    asyncio.timeout(LONGEST),
                    self._http.stream(method, url, headers=headers, timeout=TIMEOUT, **request) as response,
                ):
                    traced.tell(http_response_status_code=response.status_code)
                    _check_status(response)
                    await _read_at_most(response, limit)
            except AddressRefused as refused:
                # whoever runs the installation names the host, or has the address changed; then the partner is asked
                raise PartnerAway(refused.code) from None
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise PartnerAway(type(error).__name__) from None
            except TimeoutError:
                raise PartnerAway("too_slow") from None
        return response

    async def _send(self, method: str, organisation: str, path: str, **request: Any) -> httpx.Response:
        system = self.system_of(organisation)
        if not isinstance(system, Plain):
            raise NoSystem
        headers = request.pop("headers", {})
        if system.token:
            headers["Authorization"] = f"Bearer {system.token.get_secret_value()}"
        return await self.send(method, f"{system.url}{path}", headers=headers, **request)


def _check_status(response: httpx.Response) -> None:
    """Raise for those statuses that say enough by themselves, so that the body need not be read."""
    if response.status_code in {408, 425, 429} or response.status_code >= 500:
        wish = retry_after(response.headers)
        raise PartnerAway(str(response.status_code), wish, wish and max(wish, _patience()))
    if 300 <= response.status_code < 400:
        raise PartnerRefused("redirected")


async def _read_at_most(response: httpx.Response, limit: int) -> None:
    body = bytearray()
    async for chunk in response.aiter_raw(64 * 1024):
        body += chunk
        if len(body) > limit and response.status_code >= 400:
            body.clear()  # the status says that it is a refusal; its words are not needed
            break
        if len(body) > limit:
            raise not_understood("too_long")
    response._content = bytes(body)


def parsed(response: httpx.Response, answer: type[M]) -> M:
    """Read an answer. Nothing of an answer that cannot be read is repeated."""
    try:
        return answer.model_validate_json(response.content)
    except ValidationError:
        raise not_understood("not_understood") from None


def not_understood(code: str) -> Exception:
    """Return the failure for an answer that cannot be read.

    It may be a passing fault of the partner; after some attempts a person must look at it.
    """
    return PartnerRefused(code) if activity.info().attempt >= PATIENCE else PartnerAway(code)


def _fault(response: httpx.Response) -> Fault:
    try:
        fault = Fault.model_validate_json(response.content)
    except ValidationError:
        fault = Fault()
    return fault if CODE.fullmatch(fault.code) else Fault(code=f"status_{response.status_code}")


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Return how long the system that answers wants us to wait, `LONGEST_WISH` at most; None when it does not say."""
    text = headers.get("Retry-After", "")
    seconds = int(text) if WAIT.fullmatch(text) else 0
    return min(timedelta(seconds=seconds), LONGEST_WISH) if seconds else None


def _patience() -> timedelta:
    """Return how long Temporal's retries would wait now: a partner that asks for less is not called more often."""
    return timedelta(seconds=min(2 ** min(activity.info().attempt - 1, 12), 3600))
