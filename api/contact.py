"""Changing how the client and the guide are reached: the data go to the vault, and the mediation knows only which."""

from datetime import timedelta
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field, model_validator

from api.auth import Acting, Visible
from api.bodies import Body, Name, NoteText, RequestPart
from api.entity_tags import Conditional
from api.idempotency import Attempt, IdempotencyKey
from api.installation import Here
from api.names import FirstNames, Parts, Prefix, Surname
from api.openapi import problems
from api.order import UNWRITTEN, Order, carry_out
from api.problems import refusal
from api.shown import Shown
from domain.decide.decide import Refused
from domain.facts.rules import RuleName
from domain.messages.commands import ChangeContact, ContactField
from domain.messages.effects import Audience
from runtime.contact_fields import MailAddress, PhoneNumber
from store.letters import asked_lately
from store.vault import Person

LATELY = timedelta(weeks=2)
"""Letters of so long ago may be sent again: whoever moved has not seen them. What was asked earlier was reminded of."""

router = APIRouter(tags=["persons"])


class ContactBody(RequestPart):
    """How somebody is reached from now on. What is left out stays; null takes a mail address or a phone number away.

    A client's name is given in its parts, as `name`, or both; what is given takes the place of all of it.
    """

    who: Audience = Field(examples=["client"])
    name: Name | None = Field(default=None, examples=["Noor Amrani"])
    first_names: FirstNames
    prefix: Prefix
    surname: Surname
    mail: MailAddress | None = Field(default=None, examples=["noor@example.org"])
    phone: PhoneNumber | None = Field(default=None, examples=["06 1234 5678"])
    note: NoteText | None = None
    send_again: bool = Field(
        default=False,
        description="Send what was asked by letter in the last two weeks, and is still asked, once more",
    )

    @model_validator(mode="after")
    def _changes(self) -> Self:
        self.parts.check()
        if not self.fields:
            raise ValueError("name what changes: name, mail or phone")
        if ContactField.NAME in self.fields and not (self.name or self.surname):
            raise ValueError("a name is given and cannot be taken away")
        if self.who is Audience.GUIDE and self.surname:
            raise ValueError("a guide is known by name only: give name")
        return self

    @property
    def parts(self) -> Parts:
        """The client's name in its parts, as far as they are given."""
        return Parts(self.first_names, self.prefix, self.surname)

    @property
    def fields(self) -> tuple[ContactField, ...]:
        """What is given."""
        given = self.model_fields_set | ({"name"} if self.model_fields_set & set(Parts._fields) else set())
        return tuple(field for field in ContactField if field.value in given)

    def changed(self, person: Person) -> Person:
        """Return the person with the new data. Parts of the former name are not those of another name."""
        given = {field.value: getattr(self, field.value) for field in self.fields}
        renamed = self.surname is not None or self.name != person.name
        if ContactField.NAME in self.fields and self.who is Audience.CLIENT and renamed:
            given |= {"name": self.name or self.parts.written, **self.parts._asdict()}
        known = person.model_dump()
        now = known | given if self.who is Audience.CLIENT else known | {"guide": known["guide"] | given}
        return Person.model_validate(now)


CONTACT: Body[ContactBody] = Body(ContactBody)
EXAMPLES = {
    "name": {
        "summary": "The client's name in its parts, as the BRP has them",
        "value": {"who": "client", "firstNames": "Noor Jasmijn", "prefix": "de", "surname": "Wit"},
    },
    "phone": {
        "summary": "The client has another phone number",
        "value": {"who": "client", "phone": "06 1234 5678", "note": "She called us with it."},
    },
    "guide": {
        "summary": "The client has another guide, who gets what was asked lately",
        "value": {
            "who": "guide",
            "name": "Sam de Wit",
            "mail": "sam@example.org",
            "phone": "06 8765 4321",
            "sendAgain": True,
        },
    },
}


@router.put(
    "/v1/mediations/{mediation}/person/contact",
    operation_id="changeContact",
    summary="Change how the client or the guide is reached",
    response_model=Shown,
    responses=problems(404, 409, 410, 412),
    openapi_extra=CONTACT.documented(EXAMPLES),
)
async def change_contact(
    request: Request,
    response: Response,
    here: Here,
    caller: Acting,
    loaded: Visible,
    key: IdempotencyKey,
    body: Annotated[ContactBody, Depends(CONTACT)],
    conditions: Conditional,
) -> Shown:
    """Change a name, mail address or phone number: of both by the municipality, of the guide by the institution too.

    Letters that are still to go, go to the new address. What was known before is kept in the vault, with who changed it
    and when; the history of the mediation tells only which of them changed. 409 `nothing_to_correct`: it is so already.
    """
    mediation = loaded.state.id
    since = await here.clock.now() - LATELY
    again = await asked_lately(here.pool, mediation, body.who, since) if body.send_again else []
    command = ChangeContact(
        by=caller.actor, who=body.who, fields=body.fields, note=UNWRITTEN if body.note else None, again=tuple(again)
    )

    async def keep(attempt: Attempt) -> None:
        changed = await here.vault.change_person(mediation, body.changed, caller.organisation, key=attempt.command)
        if not changed:
            raise refusal(Refused(rule=RuleName.NOTHING_TO_CORRECT))

    order = Order(request, caller, loaded, key, body, conditions)
    return await carry_out(here, response, order, command, first=keep)
