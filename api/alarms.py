"""What is wrong behind the scenes with the mediations of a municipality, for those who must do something about it."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import Field

from api.coordinating import Coordinating
from api.installation import Here
from api.views import UNREADABLE, Sentences, View
from domain.facts.alarms import AlarmKind
from store.alarms import alarms_now
from texts import Language, of

router = APIRouter(tags=["work"])


class AlarmView(View):
    """Something that is wrong now."""

    mediation: str
    reference: str | None = Field(description="What it is called on the phone", examples=["A26-0019"])
    kind: AlarmKind
    in_words: Sentences
    code: str | None = Field(description="What a programmer needs to know of it")
    since: datetime
    seen_at: datetime = Field(description="When it was found last: it is looked at every few minutes")


class AlarmsView(View):
    """What is wrong now, the oldest first."""

    items: tuple[AlarmView, ...]
    unreadable: int = UNREADABLE


def in_words(kind: AlarmKind, language: Language) -> str:
    """Say what is wrong."""
    return of(language).alarm[kind]


@router.get("/v1/alarms", operation_id="listAlarms", summary="What is stuck behind the scenes")
async def list_alarms(here: Here, caller: Coordinating) -> AlarmsView:
    """List the mediations of your municipality that may stand still, and in which way. Empty: all is well."""
    found = await alarms_now(here.pool, caller.organisation)
    return AlarmsView(
        unreadable=found.unreadable,
        items=tuple(
            AlarmView(
                mediation=one.mediation,
                reference=one.reference,
                kind=one.kind,
                in_words=Sentences(nl=in_words(one.kind, Language.DUTCH), en=in_words(one.kind, Language.ENGLISH)),
                code=one.code,
                since=one.since,
                seen_at=one.seen_at,
            )
            for one in found
        ),
    )
