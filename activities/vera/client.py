"""How a VERA system is called: how we log in, what we look up before we send it again, and what its errors mean.

VERA does not promise that a message sent twice is done once. So what we make carries our key (`idExtern`), and what may
have been made before is looked up first. Of an error (Foutbericht) only the code is repeated, and only when it cannot
be a name.
"""

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import TypeAdapter, ValidationError
from temporalio import activity

from activities.partner import PartnerAway, PartnerRefused, Partners, not_understood, parsed
from activities.vera.entities import Aanbieding, Entity, Fout, Kandidaat, Key
from activities.vera.pages import Record, records
from activities.vera.tokens import Tokens
from domain.facts.parties import PartnerNumber
from runtime.systems import Vera

SENDER = "direct-mediation"
PAGE = 50
"""Entities asked for in one request: a hundred, with all their fields, could be longer than we read."""
LIST_LIMIT = 4 * 1024 * 1024
"""Bytes of a page that are read: enough for ordinary records and one that is absurdly long."""
PAGES = 200
"""So many pages are read. A longer list is refused, since part of a list cannot stand for the whole."""
CODE = re.compile(r"(?!.*\d{5})[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
"""What a system's code may look like. Anything else may be words about a person, or a person's number."""

PERHAPS_KNOWN = frozenset({400, 409, 412, 422})
"""Statuses with which a system may say that it has our key already: VERA does not say which one to use."""
UNDER_WAY = frozenset({"ReadTimeout", "too_slow", "504"})
"""Codes of calls that the system may still be carrying out."""
A_WHILE = timedelta(minutes=2)
"""After this time such a call has been carried out or dropped, so that looking it up tells which."""

NUMBER: TypeAdapter[str] = TypeAdapter(PartnerNumber)

E = TypeVar("E", bound=Entity)
K = TypeVar("K", bound=Key)


class VeraRefused(PartnerRefused):
    """The system does not do what was asked."""

    def __init__(self, code: str, status: int) -> None:
        self.status = status
        super().__init__(code)


class VeraClient:
    """One corporation's system, as it is called for one effect; `key` is that of the effect.

    `perhaps_done` says that it may have been called for this effect before (see `activities.asked`).
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
        """Return the entity that carries this key of ours, also from a system that cannot search by it."""
        async for one in self.each(path, {"idExtern": key}):
            if one and one.get("idExtern") == key:
                return _known(_entity(one, entity), key)
        return None

    async def create(self, path: str, entity: K) -> K:
        """Have an entity made, once for its key. What may have been made before is looked up first.

        A system may be stricter than VERA and refuse a key that it has: then the entity with that key is returned.
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
        """Return what the system has under our key, if that is why it refused to make it; else None."""
        if refused.status not in PERHAPS_KNOWN:
            return None
        try:
            return await self.find(path, entity, key)
        except VeraRefused:
            return None

    async def change(self, path: str, number: str, entity: Aanbieding | Kandidaat) -> None:
        """Change the fields that are set.

        VERA answers without content. Content is believed when it is the entity with the status that was asked for: a
        proxy may answer in the system's place, and then nothing was done.
        """
        response = await self._send("PATCH", self.address_of(path, number), json=entity.sent())
        if response.content and _code_of(parsed(response, type(entity))) != _code_of(entity):
            raise not_understood("not_changed")

    async def ping(self) -> None:
        """Ask whether the system is there and lets us in."""
        await self._send("GET", self._url("/ping"))

    def _url(self, path: str) -> str:
        return f"{self._system.url.rstrip('/')}{path}"

    async def _send(self, method: str, url: str, **request: Any) -> httpx.Response:
        headers = {**_about(self._key), **request.pop("headers", {})}
        response = await self._partners.send(method, url, headers=headers | await self._pass(), **request)
        if response.status_code == 401 and self._system.oauth:
            # Nothing was done: the token was withdrawn before its time.
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
    """Return the moment of this attempt in UTC, to the second."""
    return activity.info().started_time.astimezone(UTC).replace(microsecond=0)


def reread(one: Record, entity: type[E]) -> E:
    """Read an entity out of a list as strictly as one that came alone.

    Raises ValidationError; and ValueError for what cannot be written as JSON, such as a number of ten thousand digits.
    """
    return entity.model_validate_json(json.dumps(one))


def _entity(one: Record, entity: type[E]) -> E:
    try:
        return reread(one, entity)
    except (ValueError, RecursionError):
        raise not_understood("not_understood") from None


def is_number(value: object) -> bool:
    """Tell whether this can be a number in a partner's system (`PartnerNumber`)."""
    try:
        NUMBER.validate_python(value, strict=True)
    except ValidationError:
        return False
    return True


def _code_of(entity: Aanbieding | Kandidaat) -> str | None:
    return entity.status.code if entity.status else None


def _known(made: K, key: str) -> K:
    """Return what was made, if it carries our key and has a number: only then is it what we asked for."""
    if made.id_extern != key or not is_number(made.id):
        raise not_understood("not_understood")
    return made


def _code(response: httpx.Response) -> str:
    try:
        code = Fout.model_validate_json(response.content).code
    except ValidationError:
        code = ""
    return code if CODE.fullmatch(code) else f"status_{response.status_code}"
