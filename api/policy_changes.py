"""Moving a running mediation to another version of its municipality's policy, after a look at what that changes."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from api.auth import Acting, Caller, Visible
from api.bodies import Body, NoteText
from api.entity_tags import Conditional
from api.idempotency import IdempotencyKey
from api.installation import Here, Installation
from api.mediations import QueryParameters
from api.openapi import problems
from api.order import UNWRITTEN, Order, carry_out
from api.problems import Forbidden, Invalid
from api.shown import Shown
from api.views import MediationView, PolicyView, View
from domain.beside.adoption import deadline_changes
from domain.decide.catalogue import SPECS
from domain.facts.clocks import ClockKind
from domain.facts.parties import Role
from domain.facts.tasks import TaskKind
from domain.messages.commands import AdoptPolicy
from domain.policy.policy import Policy
from store.journal import Loaded

Version = Annotated[
    str | None,
    Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="A version in force today; without it, the newest of those"),
]


class DeadlineChangeView(View):
    """A moment that the other policy changes."""

    subject: str = Field(description="The task's id or the clock's kind", examples=["assess-1"])
    kind: TaskKind | ClockKind
    before: datetime
    after: datetime
    held: bool = Field(
        description="Whether the other policy's own moment lies in the past or takes a right away, and is not used"
    )


class PolicyChangeView(View):
    """What going over to another policy would change now."""

    version: int = Field(description="Of the mediation: give it as `If-Match` to adopt what was previewed")
    current: PolicyView
    proposed: PolicyView
    changes: tuple[DeadlineChangeView, ...] = Field(description="Empty when no open task or clock gets another moment")


class VersionQuery(QueryParameters):
    """Which version."""

    version: Version = None


class AdoptionBody(BaseModel):
    """Adopt a version of the policy, with the reason."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True, hide_input_in_errors=True)

    version: Version = None
    note: NoteText


ADOPTION: Body[AdoptionBody] = Body(AdoptionBody)
EXAMPLES = {"adopt": {"summary": "Adopt the newest version", "value": {"note": "De nieuwe verordening geldt."}}}

Given = Annotated[AdoptionBody, Depends(ADOPTION)]

router = APIRouter(tags=["commands"])


@router.get(
    "/v1/mediations/{mediation}/policy",
    operation_id="previewPolicy",
    summary="Preview another policy",
    responses=problems(404),
)
async def preview_policy(
    here: Here, caller: Acting, loaded: Visible, asked: Annotated[VersionQuery, Query()], response: Response
) -> PolicyChangeView:
    """Tell which deadlines would change if the mediation went over to this version of the policy now."""
    now = await here.clock.now()
    proposed = _proposed(here, caller, loaded, asked.version, now)
    changes = deadline_changes(SPECS, loaded.state, loaded.policy, proposed, now)
    response.headers["ETag"] = f'"{loaded.state.sequence}"'
    return PolicyChangeView(
        version=loaded.state.sequence,
        current=_named(loaded.policy, loaded.state.policy_digest),
        proposed=_named(proposed, proposed.digest()),
        changes=tuple(DeadlineChangeView.model_validate(change) for change in changes),
    )


@router.post(
    "/v1/mediations/{mediation}/policy",
    operation_id="adoptPolicy",
    summary="Adopt another policy",
    response_model=MediationView,
    responses=problems(404, 409, 412),
    openapi_extra=ADOPTION.documented(EXAMPLES),
)
async def adopt_policy(
    request: Request,
    response: Response,
    here: Here,
    caller: Acting,
    loaded: Visible,
    key: IdempotencyKey,
    body: Given,
    conditions: Conditional,
) -> Shown:
    """Move the mediation to this version of the policy. Preview it first, and give the version you saw."""
    policy = _proposed(here, caller, loaded, body.version, await here.clock.now())
    command = AdoptPolicy(by=caller.actor, policy=policy, note=UNWRITTEN)
    return await carry_out(here, response, Order(request, caller, loaded, key, body, conditions), command)


def _proposed(here: Installation, caller: Caller, loaded: Loaded, version: str | None, now: datetime) -> Policy:
    """Return the version in force that is asked for. Raises `Forbidden`, or `Invalid` when there is none."""
    municipality = loaded.state.parties.municipality
    if caller.role is not Role.COORDINATOR or caller.organisation != municipality:
        raise Forbidden("the municipality decides under which policy its mediations run")
    policy = here.policies.in_force(municipality, now, version)
    if policy is None:
        raise Invalid([("version", "no such version of this municipality's policy is in force today")])
    return policy


def _named(policy: Policy, digest: str) -> PolicyView:
    return PolicyView(id=policy.id, version=policy.version, digest=digest)
