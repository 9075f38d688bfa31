"""The mirror of a mediation in a case system: a zaak by the ZGW standard (Zaken API 1.5, Catalogi API 1.3).

Everything is looked up before it is made, so that what is sent twice is made once: the case by its number
(`identificatie` is unique within an organisation), a status by its moment, a result by its case. The case carries no
BSN, no name and no text: case workers find the mediation by its number.
"""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import structlog
from joserfc import jwt
from joserfc.jwk import OctKey

from activities.cloud_events import utc
from activities.taken import NotTaken, check
from domain.exchange.case_mirror import END, MILESTONES, REOPENED, RESULTS
from domain.facts.calendar import Calendar
from domain.facts.outcome import Outcome
from runtime.addresses import AddressRefused
from runtime.error_report import described
from runtime.outbound import CallFailed, HttpAnswer, Outbound
from store.database import UNAVAILABLE, Pool
from store.notifications import Notification
from store.queries import query
from store.webhooks import Webhook

CRS = "EPSG:4326"
NOT_UNIQUE = "identificatie-niet-uniek"
"""The code of rule zrc-002: there is a case of this number already."""
MOST_PAGES = 20
"""A list that is longer is not read: of one mediation there are never so many statuses, nor types of one case type."""
SYSTEM = "direct-mediation"
_CODE = re.compile(r"[a-z][a-z0-9_-]{0,49}")

Json = dict[str, Any]


class CaseSystem:
    """One municipality's case system. `now` is in UTC."""

    def __init__(self, pool: Pool, outbound: Outbound, webhook: Webhook, secret: str, now: datetime) -> None:
        self._pool = pool
        self._outbound = outbound
        self._zaken = webhook.url.rstrip("/")
        self._catalogi = str(webhook.configuration["catalogi_url"]).rstrip("/")
        self._client_id = str(webhook.configuration["client_id"])
        self._rsin = str(webhook.configuration["rsin"])
        self._case_type = str(webhook.configuration["case_type"])
        self._secret = secret
        self._now = now
        self._types: dict[str, list[Json]] = {}
        self._cases: dict[str, Json] = {}
        """The cases that were found or made already, by mediation."""

    async def tell(self, one: Notification) -> None:
        """See Teller: have the case show one milestone.

        An error that nobody foresaw counts as an answer that was not understood, so that the other mediations are told.
        """
        try:
            await self._mirror(one)
        except (NotTaken, CallFailed, AddressRefused, *UNAVAILABLE):
            raise
        except Exception as error:  # nobody can list all that may be wrong with an answer
            structlog.get_logger().warning("an answer cannot be read", error=described(error))
            raise NotTaken("not_understood") from None

    async def _mirror(self, one: Notification) -> None:
        row = await self._pool.fetchrow(query("mirrored"), one.mediation)
        if row is None:
            raise KeyError(one.mediation)
        case = self._cases.get(one.mediation)
        if case is None or one.type == REOPENED:  # the status of its end may have closed it since
            case = await self._case(one.mediation, Calendar().today(row["opened_at"]).isoformat())
            self._cases[one.mediation] = case
        if one.type == REOPENED:
            await self._reopen(case, _moment(one))
            self._cases[one.mediation] = {**case, "einddatum": None}
            return
        if case.get("einddatum") or (one.type == END and row["outcome"] is None):
            return  # closed before, perhaps by an attempt whose answer was lost; or reopened since
        last = one.type == END
        status = await self._status_type(case["zaaktype"], MILESTONES.get(one.type, ""), last=last)
        if last:
            await self._result(case, RESULTS[Outcome(row["outcome"])])
        if status:
            await self._status(case, status, _moment(one))

    async def _case(self, mediation: str, opened_on: str) -> Json:
        """Return the mediation's case, made if there is none."""
        if found := await self._find_case(mediation):
            return found
        made = await self._call(
            "POST",
            f"{self._zaken}/zaken",
            {
                "identificatie": mediation,
                "bronorganisatie": self._rsin,
                "verantwoordelijkeOrganisatie": self._rsin,
                "zaaktype": await self._case_type_on(opened_on),
                "startdatum": opened_on,
                "omschrijving": "Directe bemiddeling",
                "vertrouwelijkheidaanduiding": "zaakvertrouwelijk",
                "kenmerken": [{"kenmerk": mediation, "bron": SYSTEM}],
            },
        )
        if NOT_UNIQUE in _codes(made) and (found := await self._find_case(mediation)):
            return found
        return _made(made)

    async def _find_case(self, mediation: str) -> Json | None:
        found = await self._list(f"{self._zaken}/zaken", identificatie=mediation, bronorganisatie=self._rsin)
        return found[0] if found else None

    async def _case_type_on(self, day: str) -> str:
        """Return the version of the case type that is valid on a day."""
        asked = {"identificatie": self._case_type, "status": "definitief", "datumGeldigheid": day}
        found = await self._list(f"{self._catalogi}/zaaktypen", **asked)
        if not found:
            raise NotTaken("no_case_type")
        return str(found[0]["url"])

    async def _status_type(self, case_type: str, name: str, *, last: bool) -> str | None:
        """Return the status type of a milestone, if there is one; that of the end is the last one of the case type."""
        types = sorted(await self._types_of("statustypen", case_type), key=lambda one: int(one["volgnummer"]))
        if last and types:
            return str(types[-1]["url"])
        return next((str(one["url"]) for one in types[:-1] if one["omschrijving"] == name), None)

    async def _status(self, case: Json, status_type: str, moment: datetime) -> None:
        known = await self._list(f"{self._zaken}/statussen", zaak=case["url"])
        if any(_set_at(one) == moment for one in known):
            return
        body = {"zaak": case["url"], "statustype": status_type, "datumStatusGezet": utc(moment)}
        _made(await self._call("POST", f"{self._zaken}/statussen", body))

    async def _reopen(self, case: Json, moment: datetime) -> None:
        """Give a closed case the status that it had before, which opens it (zrc-008), and take its result away."""
        types = sorted(await self._types_of("statustypen", case["zaaktype"]), key=lambda one: int(one["volgnummer"]))
        end = str(types[-1]["url"]) if types else ""
        known = await self._list(f"{self._zaken}/statussen", zaak=case["url"])
        before = sorted(
            (one for one in known if one["statustype"] != end), key=lambda one: str(one["datumStatusGezet"])
        )
        if case.get("einddatum") and before:
            await self._status(case, str(before[-1]["statustype"]), moment)
        for result in await self._list(f"{self._zaken}/resultaten", zaak=case["url"]):
            check(await self._call("DELETE", str(result["url"])))

    async def _result(self, case: Json, name: str) -> None:
        if await self._list(f"{self._zaken}/resultaten", zaak=case["url"]):
            return
        types = await self._types_of("resultaattypen", case["zaaktype"])
        kind = next((one["url"] for one in types if one["omschrijving"] == name), None)
        if kind is None:
            raise NotTaken("no_result_type")
        body = {"zaak": case["url"], "resultaattype": kind}
        _made(await self._call("POST", f"{self._zaken}/resultaten", body))

    async def _types_of(self, kind: str, case_type: str) -> list[Json]:
        key = f"{kind} {case_type}"
        if key not in self._types:
            self._types[key] = await self._list(f"{self._catalogi}/{kind}", zaaktype=case_type)
        return self._types[key]

    async def _list(self, address: str, **asked: str) -> list[Json]:
        """Return a whole list. Pages are asked for by number: an address in an answer is never called."""
        found: list[Json] = []
        for page in range(1, MOST_PAGES + 1):
            wanted = asked | ({"page": str(page)} if page > 1 else {})
            part = _document(await self._call("GET", f"{address}?{urlencode(wanted)}"))
            if not isinstance(part.get("results"), list):
                raise NotTaken("not_understood")
            found += part["results"]
            if not part.get("next"):
                return found
        raise NotTaken("too_long")

    async def _call(self, method: str, address: str, body: Json | None = None) -> HttpAnswer:
        headers = {"Authorization": f"Bearer {self._token()}", "Accept": "application/json"}
        headers |= {"Accept-Crs": CRS, "Content-Crs": CRS, "Content-Type": "application/json"}
        return await self._outbound.call(method, address, headers, json.dumps(body).encode() if body else b"")

    def _token(self) -> str:
        """Return a token for one call. The case system takes it for an hour at most, from `iat`."""
        claims = {
            "iss": self._client_id,
            "iat": int(self._now.timestamp()),
            "client_id": self._client_id,
            "user_id": SYSTEM,
            "user_representation": "Direct Mediation",
        }
        return jwt.encode({"alg": "HS256", "typ": "JWT"}, claims, OctKey.import_key(self._secret))


def _set_at(status: object) -> datetime | None:
    """Return when a status was set; None for one that cannot be read."""
    said = status.get("datumStatusGezet") if isinstance(status, dict) else None
    try:
        return datetime.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        return None


def _moment(one: Notification) -> datetime:
    """Return when a status is said to be set: in its second, with the event's number as microseconds.

    So no two statuses of a mediation share a moment, and their order is kept.
    """
    return one.at.astimezone(UTC).replace(microsecond=0) + timedelta(microseconds=one.sequence)


def _document(answer: HttpAnswer) -> Json:
    """Return what was answered. Raises NotTaken with the first code of the problem, never with its words."""
    if codes := _codes(answer):
        raise NotTaken(codes[0])
    check(answer)
    document = _json(answer)
    if not isinstance(document, dict):
        raise NotTaken("not_understood")
    return document


def _made(answer: HttpAnswer) -> Json:
    """Return what was made. Without its address in the answer it does not count as made."""
    document = _document(answer)
    if answer.status != 201 or not isinstance(document.get("url"), str):
        raise NotTaken("not_understood")
    return document


def _codes(answer: HttpAnswer) -> list[str]:
    """Return the codes that a refusal names, the closest first."""
    problem = _json(answer) if 400 <= answer.status < 500 and answer.status not in {410, 429} else None
    if not isinstance(problem, dict):
        return []
    wrong = problem.get("invalidParams")
    parts = [*(wrong if isinstance(wrong, list) else []), problem]
    codes = [str(part.get("code")) for part in parts if isinstance(part, dict)]
    return [code for code in codes if _CODE.fullmatch(code)]


def _json(answer: HttpAnswer) -> Any:
    try:
        return json.loads(answer.content)
    except (ValueError, RecursionError):
        return None
