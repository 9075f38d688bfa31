"""How a VERA system is called: who we are, what we look up before we send it again, and what its errors mean.

VERA does not promise that a message sent twice is done once. So what we make carries our key (`idExtern`), and what may
have been made before is looked up first. Of an error (Foutbericht) only the code is repeated, and only if it can be no
name.
"""

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import ValidationError
from temporalio import activity

from activities.partner import PartnerAway, PartnerRefused, Partners, not_understood, parsed
from activities.vera.entities import Entity, Fout, Key
from activities.vera.pages import Record, records
from activities.vera.tokens import Tokens
from runtime.systems import Vera

SENDER = "direct-mediation"
PAGE = 50
"""Entities asked for at once: a hundred of a talkative system would be longer than we read."""
LIST_LIMIT = 4 * 1024 * 1024
"""Bytes of a page that are read: enough for one record of an absurd length among others."""
PAGES = 200
"""A list that is longer cannot be judged whole."""
CODE = re.compile(r"(?!.*\d{5})[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
"""What a system's code may look like: anything else may be words or a number of a person."""

PERHAPS_KNOWN = frozenset({400, 409, 412, 422})
"""Refusals by which a system may say that it has our key already: VERA leaves open which, and in what words."""
UNDER_WAY = frozenset({"ReadTimeout", "too_slow", "504"})
"""How a call ends that the system may still be carrying out."""
A_WHILE = timedelta(minutes=2)
"""After this long what was under way has been done or dropped, so that it is found when it is looked up."""

NUMBER = re.compile(r"[A-Za-z0-9._/-]{1,40}")
"""What a number of a partner's system may look like, as `domain.messages.answers.PartnerNumber`."""

E = TypeVar("E", bound=Entity)
K = TypeVar("K", bound=Key)


class VeraRefused(PartnerRefused):
    """The system does not do what was asked."""

    def __init__(self, code: str, status: int) -> None:
        self.status = status
        super().__init__(code)


class VeraClient:
    """One corporation's system, as it is called for one effect; `key` is that of the effect.

    `perhaps_done` says that it may have been called for it before, by whatever way the effect came back to us.
    """

    def __init__(
        self,
        partners: Partners,
        tokens: Tokens,
        organisation: str,
        system: Vera,
        key: str,
        *,
        perhaps_done: bool = False,
    ) -> None:
        self._partners = partners
        self._tokens = tokens
        self._organisation = organisation
        self._system = system
        self._key = key
        self.perhaps_done = perhaps_done

    def address_of(self, path: str, number: str) -> str:
        """Return the address (URI) of an entity."""
        return f"{self._system.url.rstrip('/')}{path}/{quote(number, safe='')}"

    async def read(self, path: str, number: str, entity: type[K]) -> K:
        """Read the entity with this number. Raises VeraRefused with status 404 when there is none."""
        shown = parsed(await self._send("GET", self.address_of(path, number)), entity)
        if shown.id != number:
            raise not_understood("not_understood")
        return shown

    async def each(self, path: str, query: dict[str, str], **headers: str) -> AsyncIterator[Record | None]:
        """Yield every entity of a list, as it came; None for one that cannot be read at all.

        Raises PartnerRefused when the list has no end.
        """
        cursor, seen = "", {""}
        headers = {"X-Parameters-AantalPerPagina": str(PAGE), **headers}
        for _ in range(PAGES):
            asked = {**query, "cursor": cursor} if cursor else query
            response = await self._send("GET", self._url(path), params=asked, headers=headers, limit=LIST_LIMIT)
            for one in records(response.content):
                yield one
            cursor = response.headers.get("X-Parameters-Cursor", "")
            if not cursor:
                return
            if cursor in seen:
                break
            seen.add(cursor)
        raise not_understood("endless_list")

    async def find(self, path: str, entity: type[K], key: str) -> K | None:
        """Return what carries this key of ours, also in a system that does not know how to look for it."""
        async for one in self.each(path, {"idExtern": key}):
            if one and one.get("idExtern") == key:
                return _known(_entity(one, entity), key)
        return None

    async def create(self, path: str, entity: K) -> K:
        """Have an entity made, once for its key. What may have been made before is looked up first.

        A system may be stricter than VERA and refuse a key that it has: then that is what we asked for.
        """
        key = entity.id_extern or ""
        if self.perhaps_done and (made := await self.find(path, type(entity), key)):
            return made
        try:
            response = await self._send("POST", self._url(path), json=entity.sent())
        except PartnerAway as away:
            raise PartnerAway(away.code, A_WHILE) if away.code in UNDER_WAY else away from None
        except VeraRefused as refused:
            if made := await self._known_already(refused, path, type(entity), key):
                return made
            raise
        return _known(parsed(response, type(entity)), key)

    async def _known_already(self, refused: VeraRefused, path: str, entity: type[K], key: str) -> K | None:
        """Return what a system has under our key that refused to make it; None when that is not why."""
        if refused.status not in PERHAPS_KNOWN:
            return None
        try:
            return await self.find(path, entity, key)
        except VeraRefused:
            return None

    async def change(self, path: str, number: str, entity: Entity) -> None:
        """Change the fields that are set."""
        await self._send("PATCH", self.address_of(path, number), json=entity.sent())

    async def ping(self) -> None:
        """Ask whether the system is there and lets us in."""
        await self._send("GET", self._url("/ping"))

    def _url(self, path: str) -> str:
        return f"{self._system.url.rstrip('/')}{path}"

    async def _send(self, method: str, url: str, **request: Any) -> httpx.Response:
        headers = {**_about(self._key), **request.pop("headers", {})}
        response = await self._partners.send(method, url, headers=headers | await self._pass(), **request)
        if response.status_code == 401 and self._system.oauth:
            # Nothing was done: the token has run out before its time.
            self._tokens.forget(self._organisation)
            response = await self._partners.send(method, url, headers=headers | await self._pass(), **request)
        if response.is_success:
            return response
        raise VeraRefused(_code(response), response.status_code)

    async def _pass(self) -> dict[str, str]:
        if self._system.api_key:
            return {"X-API-KEY": self._system.api_key.get_secret_value()}
        if self._system.oauth:
            token = await self._tokens.of(self._organisation, self._system.oauth)
            return {"Authorization": f"Bearer {token}"}
        return {}


def _about(key: str) -> dict[str, str]:
    moment = activity.info().started_time.astimezone(UTC)
    return {
        "X-Stuurgegevens-Zender-Organisatie": SENDER,
        "X-Stuurgegevens-Tijdstip-Bericht": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        "X-Stuurgegevens-Referentienummer": key,
    }


def now() -> datetime:
    """Return the moment of this attempt, by the clock that mediations run on, to the second."""
    return activity.info().started_time.astimezone(UTC).replace(microsecond=0)


def reread(one: Record, entity: type[E]) -> E:
    """Read an entity out of a list as strictly as one that came alone.

    Raises ValidationError; and for what is no JSON after all, as a number of ten thousand digits, ValueError.
    """
    return entity.model_validate_json(json.dumps(one))


def _entity(one: Record, entity: type[E]) -> E:
    try:
        return reread(one, entity)
    except (ValueError, RecursionError):
        raise not_understood("not_understood") from None


def _known(made: K, key: str) -> K:
    """Believe that this is what we asked for only when it carries our key and has a number."""
    if made.id_extern != key or not NUMBER.fullmatch(made.id or ""):
        raise not_understood("not_understood")
    return made


def _code(response: httpx.Response) -> str:
    try:
        code = Fout.model_validate_json(response.content).code
    except ValidationError:
        code = ""
    return code if CODE.fullmatch(code) else f"status_{response.status_code}"
