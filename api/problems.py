"""What goes wrong, as RFC 9457 problem details. A problem's docstring is its title; nothing personal stands in it."""

import inspect
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails
from starlette.requests import Request
from starlette.responses import JSONResponse

from api.views import ConditionView
from domain.decide.decide import Refused
from domain.exchange.feed import LineError
from domain.facts.rules import RuleName
from texts import Language, of
from texts.misread import to_callers

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:direct-mediation:problem:"
MOST_ERRORS = 50
TEXT_LIMIT = 200
MESSAGE_LIMIT = 3000
"""Characters: enough to name every kind of task."""


class FieldError(BaseModel):
    """One field of the request that is wrong."""

    field: str
    message: str
    line: int | None = None
    """In figures that were delivered: the line, from 1."""


class ProblemDetails(BaseModel):
    """A problem (RFC 9457)."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    type: str = Field(
        description="What kind of problem this is", examples=["urn:direct-mediation:problem:rule-refused"]
    )
    title: str = Field(description="The kind of problem in words")
    status: int = Field(description="The HTTP status")
    detail: str = Field(description="What is wrong this time, and what to do")
    instance: str | None = Field(default=None, description="This request, as the logs name it")
    errors: tuple[FieldError, ...] | None = Field(default=None, description="The fields that are wrong")
    rule: str | None = Field(default=None, description="The rule that refuses the command")
    reason: str | None = Field(default=None, description="Why the rule refuses it")
    conditions: tuple[ConditionView, ...] | None = Field(default=None, description="What the rule asks, one by one")
    owner: str | None = Field(default=None, description="Whose the task is now, where it was passed on")


class Problem(Exception):
    """Something went wrong."""

    status: ClassVar[int] = 500
    name: ClassVar[str] = "about:blank"
    detail: ClassVar[str] = ""
    retry_after: ClassVar[int | None] = None
    """Seconds after which the request may be sent again."""
    refused: Refused | None = None
    """The refusal by a rule that this tells."""

    def __init__(
        self, detail: str | None = None, *, members: Mapping[str, Any] | None = None, retry_after: int | None = None
    ) -> None:
        self.said = detail or self.detail or self.title
        self.members = dict(members or {})
        seconds = retry_after or self.retry_after
        self.headers = {"Retry-After": str(seconds)} if seconds else {}
        super().__init__(self.said)

    @property
    def title(self) -> str:
        """The kind of problem in words."""
        return inspect.cleandoc(type(self).__doc__ or "").split("\n\n")[0].rstrip(".")

    def response(self, request_id: str | None = None) -> JSONResponse:
        """Return the problem as it is sent."""
        details = ProblemDetails(
            type=f"{TYPE}{self.name}",
            title=self.title,
            status=self.status,
            detail=self.said,
            instance=f"urn:uuid:{request_id}" if request_id else None,
            **self.members,
        )
        content = details.model_dump(mode="json", by_alias=True, exclude_none=True)
        return JSONResponse(content, self.status, self.headers, MEDIA_TYPE)


class Invalid(Problem):
    """The request is not valid."""

    status = 400
    name = "invalid-request"

    def __init__(self, errors: Iterable[tuple[str, str]]) -> None:
        told = [FieldError(field=f[:TEXT_LIMIT], message=m[:MESSAGE_LIMIT]) for f, m in errors][:MOST_ERRORS]
        super().__init__("; ".join(f"{e.field}: {e.message[:TEXT_LIMIT]}" for e in told[:3]), members={"errors": told})

    @classmethod
    def of(cls, errors: Sequence[ErrorDetails | dict[str, Any]], skip: int = 0) -> "Invalid":
        """Tell what a validation found. The first `skip` parts of each place are not the caller's."""
        return cls((_place(error, skip), _message(error)) for error in errors)


def _place(error: ErrorDetails | dict[str, Any], skip: int) -> str:
    """Return where it is; a body whose kind is not said is not known to have other fields yet."""
    tag = error["ctx"]["discriminator"].strip("'") if error["type"].startswith("union_tag") else "body"
    return ".".join(str(part)[:60] for part in error["loc"][skip:]) or tag


def _message(error: ErrorDetails | dict[str, Any]) -> str:
    """Return what is wrong in words, which never repeat a field's value."""
    return to_callers(error["type"], error.get("ctx", {}))


class LinesInvalid(Invalid):
    """Some lines of the figures are not valid: none was used."""

    name = "invalid-figures"

    def __init__(self, wrong: Iterable[LineError]) -> None:
        super().__init__(())
        told = [FieldError(field=e.field, message=e.message[:TEXT_LIMIT], line=e.line) for e in wrong][:MOST_ERRORS]
        self.said = "; ".join(f"line {e.line}, {e.field}: {e.message}" for e in told[:3])
        self.members["errors"] = told


class DwellingsInvalid(LinesInvalid):
    """Some lines of the dwellings are not valid: none was released or changed."""

    name = "invalid-dwellings"


class ReferralsInvalid(LinesInvalid):
    """This is no table of referrals: nobody was referred."""

    name = "invalid-referrals"


class DirectoryInvalid(LinesInvalid):
    """Some lines of the directory are not valid: nothing changed."""

    name = "invalid-directory"


class Unauthenticated(Problem):
    """A valid bearer token is needed."""

    status = 401
    name = "unauthenticated"
    detail = "send the header `Authorization: Bearer` with a token of this installation's issuer"

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail)
        self.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"' if detail else "Bearer"


class TokenLivesTooLong(Unauthenticated):
    """The token is valid for longer than is accepted."""

    name = "token-lives-too-long"

    def __init__(self) -> None:
        super().__init__("have your issuer give tokens that end sooner: see MEDIATION_TOKEN_HOURS of the installation")


class TokenRevoked(Unauthenticated):
    """The token was revoked."""

    name = "token-revoked"

    def __init__(self) -> None:
        super().__init__("sign in anew")


class SignatureRefused(Problem):
    """This webhook is not signed as agreed."""

    status = 401
    name = "signature-refused"
    detail = "sign id, timestamp and body by Standard Webhooks with the secret agreed, and send it within 5 minutes"

    def __init__(self) -> None:
        super().__init__()
        self.headers["WWW-Authenticate"] = "StandardWebhooks"


class Forbidden(Problem):
    """This is not yours to do."""

    status = 403
    name = "forbidden"


class SecondPersonNeeded(Forbidden):
    """Another person must confirm this."""

    name = "second-person-needed"
    detail = "whoever proposed a change does not confirm it"


class NotFound(Problem):
    """There is no such thing here."""

    status = 404
    name = "not-found"
    detail = "there is nothing at this address, or nothing that you may see"


class MethodNotAllowed(Problem):
    """This address does not know this method."""

    status = 405
    name = "method-not-allowed"


class RuleRefused(Problem):
    """A rule refuses this command."""

    status = 409
    name = "rule-refused"


class KeyReused(Problem):
    """This idempotency key was used for another request."""

    status = 409
    name = "idempotency-key-reused"
    detail = "use a new key for a new request; send a request again unchanged to have its answer again"


class ChangeWaits(Problem):
    """A change of this organisation waits for a second person."""

    status = 409
    name = "change-waits"


class ProposalOver(Problem):
    """This proposal can no longer be decided on."""

    status = 409
    name = "proposal-over"


class StillHasWork(Problem):
    """This caseworker still has work."""

    status = 409
    name = "still-has-work"
    detail = "hand over the mediations and tasks first, and have nobody else's days of absence covered by them"


class NotToBeSent(Problem):
    """This letter is not to be sent now."""

    status = 409
    name = "not-to-be-sent"
    detail = "it no longer says what is so, or the client may have died: look in the list what is to be printed"


class Gone(Problem):
    """This was erased."""

    status = 410
    name = "erased"
    detail = "the personal data of this client was erased; what was decided stays"


class HistoryForgotten(Problem):
    """Temporal no longer has this history."""

    status = 410
    name = "history-forgotten"
    detail = "closed histories are kept for a limited time; the events of the journal stay"


class MovedOn(Problem):
    """The mediation has moved on."""

    status = 412
    name = "moved-on"


class TooSlow(Problem):
    """The request did not come in time."""

    status = 408
    name = "too-slow"
    detail = "a request body comes within 20 seconds; send a command again with the same key"


class TooLarge(Problem):
    """The request is too large."""

    status = 413
    name = "too-large"
    detail = "a request body holds at most 256 KiB"


class NotJson(Problem):
    """The request must be JSON."""

    status = 415
    name = "not-json"
    detail = "send `Content-Type: application/json`, not encoded"


class NotFigures(NotJson):
    """Figures are sent as JSON or CSV."""

    name = "not-figures"
    detail = "send `Content-Type: application/json` or `text/csv`, in UTF-8, not encoded"


class NotDwellings(NotFigures):
    """Dwellings are sent as JSON or CSV."""

    name = "not-dwellings"


class NotReferrals(NotFigures):
    """Referrals are sent as JSON or CSV."""

    name = "not-referrals"


class NotDirectory(NotFigures):
    """The directory is sent as JSON or CSV."""

    name = "not-directory"


class NotXml(NotJson):
    """Messages are sent as XML."""

    name = "not-xml"
    detail = "send `Content-Type: application/xml`, in UTF-8, not encoded"


class TooManyRequests(Problem):
    """You ask too often."""

    status = 429
    name = "too-many-requests"

    def __init__(self, most: int, seconds: int) -> None:
        told = f"{most} requests a minute are answered; ask again in {seconds} seconds, a command with the same key"
        super().__init__(told, retry_after=seconds)


class TooManyAtOnce(Problem):
    """You ask too much at once."""

    status = 429
    name = "too-many-at-once"

    def __init__(self, most: int) -> None:
        told = f"{most} requests at the same time are answered; send a command again with the same key"
        super().__init__(told, retry_after=1)


class SearchedTooOften(Problem):
    """You looked for people too often."""

    status = 429
    name = "searched-too-often"

    def __init__(self, most: int, seconds: int) -> None:
        super().__init__(f"{most} searches for people are answered in {seconds // 60} minutes", retry_after=seconds)


class Unexpected(Problem):
    """Something went wrong that should not."""

    status = 500
    name = "unexpected"
    detail = "it has been logged under this request's number; send a command again with the same key"


class Damaged(Problem):
    """What was recorded of this cannot be read."""

    status = 500
    name = "unreadable"
    detail = "it has been logged under this request's number; those who run the installation must look at it"


class Away(Problem):
    """Something this needs is away for a moment."""

    status = 503
    name = "away"
    retry_after = 5


class NotReady(Away):
    """Not all that this needs answers."""

    name = "not-ready"

    def __init__(self, away: Iterable[str]) -> None:
        told = [FieldError(field=name, message="away") for name in away]
        super().__init__(f"away: {', '.join(error.field for error in told)}", members={"errors": told})


class DatabaseAway(Away):
    """PostgreSQL is away for a moment."""

    name = "database-away"
    detail = "try again; a command may be sent again with the same key and is then done once"


class VaultDamaged(Away):
    """Something in the vault was changed, or is under another key, and must be set right."""

    name = "vault-damaged"
    detail = "it has been logged under this request's number; nothing was changed; ask again later"
    retry_after = 600


class OtherRelease(Away):
    """A newer release is at work, or this one is not yet."""

    name = "other-release"
    detail = "send it again with the same key: another process answers it in a moment, and it is done once"
    retry_after = 2


class TemporalAway(Away):
    """Temporal is away for a moment."""

    name = "temporal-away"
    detail = DatabaseAway.detail


class NotConfirmed(Away):
    """The command was taken in, but not confirmed in time."""

    name = "not-confirmed"
    detail = "send it again with the same key: it is done once, and you get its answer"


class Overloaded(Away):
    """More is asked than is answered at once."""

    name = "overloaded"
    detail = "ask again; a command may be sent again with the same key and is then done once"
    retry_after = 1


class Busy(Problem):
    """More is under way than is taken at once."""

    status = 429
    name = "busy"
    detail = "send it again with the same key: it is done once"
    retry_after = 1


class OutOfOrder(Away):
    """This mediation is out of order, and must be set right."""

    name = "out-of-order"
    detail = "nothing of it is lost; send the command again later, with the same key"
    retry_after = 600


STATUSES: dict[int, type[Problem]] = {
    problem.status: problem for problem in (Unauthenticated, Forbidden, NotFound, MethodNotAllowed, TooLarge, NotJson)
}
RULES = {RuleName.NOT_YOURS: Forbidden, RuleName.NO_SUCH_TASK: NotFound}
"""Rules whose refusal has another status than 409."""


def refusal(refused: Refused) -> Problem:
    """Return the refusal by a rule as a problem."""
    kind: type[Problem] = RULES.get(refused.rule, RuleRefused)
    day = refused.day.isoformat() if refused.day else None
    told = of(Language.ENGLISH).refusal(refused.rule, day) or refused.reason or refused.rule.value
    members: dict[str, Any] = {"rule": refused.rule, "reason": told, "conditions": refused.conditions}
    if refused.owner:
        members["owner"] = refused.owner
    if refused.field:
        field = to_camel(refused.field)
        members["errors"] = [
            FieldError(field=to_camel(one), message=told) for one in (refused.field, refused.beside) if one
        ]
        told = f"{field}: {told}"
    problem = kind(told, members=members)
    problem.refused = refused
    return problem


def from_status(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Problem:
    """Return what the framework refuses as a problem."""
    kind = STATUSES.get(status)
    problem = kind() if kind else _of_status(status, detail)
    problem.headers |= headers or {}
    return problem


def _of_status(status: int, detail: str) -> Problem:
    if status == HTTPStatus.BAD_REQUEST:
        return Invalid([("body", detail)])
    problem = Problem(detail)
    problem.status = status  # type: ignore[misc]
    return problem


def request_id(request: Request) -> str | None:
    """Return the number of a request."""
    number: str | None = request.scope.get("state", {}).get("request_id")
    return number


def invalid_json(error: ValidationError, skip: int = 0) -> Invalid:
    """Tell what is wrong with a JSON body."""
    return Invalid.of(error.errors(include_url=False, include_input=False), skip)
