"""The organisations that work on mediations: who they are, what they do and where they can be reached."""

import json
import tomllib
from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator

from domain.exchange.feed import digits
from domain.facts.days import WrittenDay
from domain.facts.parties import BODIES, OrganisationId, Role
from runtime import RuntimeFault
from runtime.contact_fields import MailAddress
from runtime.contacts import Contact, OrganisationAbsence
from runtime.desk import Desk
from runtime.letter_webhook import LetterWebhook
from runtime.signatures import key_of
from runtime.systems import ByHand, Setting, System
from texts.language import Language
from texts.misread import to_callers


def _webhook_secret(secret: SecretStr) -> SecretStr:
    key_of(secret.get_secret_value())
    return secret


WebhookSecret = Annotated[SecretStr, AfterValidator(_webhook_secret)]


class DirectoryWrong(RuntimeFault):
    """The directory of organisations cannot be used as it is."""


class UnknownOrganisation(RuntimeFault):
    """No such organisation is in the directory."""


class NoDistrictTeam(RuntimeFault):
    """No district team covers this district."""


class Channel(StrEnum):
    """How letters reach their reader."""

    MAIL = "mail"
    """By mail, over SMTP."""
    NOTIFY = "notify"
    """By NotifyNL."""
    PAPER = "paper"
    """On paper, by the post room of the municipality: letters to clients who did not agree to mail."""
    WEBHOOK = "webhook"
    """To the organisation's own system, by a signed webhook (see `Organisation.webhook`)."""
    NONE = "none"
    """Not at all: the organisation finds its tasks in its inbox."""


class Organisation(Setting):
    """One organisation. A municipality is its own coordinator: its id is the municipality's id."""

    id: OrganisationId
    role: Role
    name: str = Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$")
    municipalities: tuple[OrganisationId, ...] = ()
    districts: tuple[str, ...] = ()
    """The districts a district team covers; none means the whole municipality."""
    code: str | None = Field(default=None, pattern=r"^\d{4}$")
    """A municipality's code (gemeentecode, CBS), by which care providers' systems know it."""
    mail: MailAddress
    channel: Channel = Channel.MAIL
    """How letters reach it. The channel of a municipality is also that of its letters to clients and guides."""
    webhook: LetterWebhook | None = None
    """Where its own system takes the letters to it, when its channel is `webhook`."""
    language: Language = Language.DUTCH
    system: System = ByHand()
    """How its system is asked, if it has one."""
    oin: Annotated[str, Field(pattern=r"^\d{20}$")] | None = None
    """A municipality's number (organisatie-identificatienummer), by which its events name their source."""
    webhook_secrets: tuple[WebhookSecret, ...] = ()
    """What its system signs webhooks to us with; two while it changes from one to the other."""
    substitute: OrganisationId | None = None
    """Who takes over its tasks while it is absent."""
    absences: tuple[OrganisationAbsence, ...] = ()
    """When it does not answer."""
    contacts: tuple[Contact, ...] = ()
    """Whom to turn to for what. Public: mailboxes and phones of functions."""
    desk: Desk | None = None
    """A municipality's: what its letters to clients tell of whom to call, and of how to object."""
    valid_from: WrittenDay | None = None
    """The first day of its contract, from which new mediations and tasks go to it. None: from the beginning."""
    valid_to: WrittenDay | None = None
    """The last day of its contract. What it does then goes on until another organisation is named for it."""
    places: Annotated[int | None, BeforeValidator(digits)] = Field(default=None, ge=0, le=100_000)
    """How much was agreed: clients at a time for a provider, dwellings in the term of its contract for a corporation.

    Beyond it the organisation is not chosen any more. None: no limit.
    """

    @model_validator(mode="after")
    def _contract_in_order(self) -> Self:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("valid_to is before valid_from")
        return self

    @model_validator(mode="after")
    def _channel_has_its_way(self) -> Self:
        if self.channel is Channel.PAPER:
            raise ValueError("paper is for letters to clients")
        if self.channel is Channel.WEBHOOK and self.webhook is None:
            raise ValueError("channel webhook needs a webhook with url and secret")
        return self

    def contracted(self, on: date | None) -> bool:
        """Tell whether its contract is valid on this day; without a day, whether it ever was."""
        if on is None:
            return True
        return (self.valid_from or on) <= on <= (self.valid_to or on)

    def absent(self, on: date) -> bool:
        """Tell whether it does not answer on this day."""
        return any(on in absence for absence in self.absences)


def written(organisations: Iterable[Organisation]) -> str:
    """Write organisations as the TOML that `Directory.load` reads. Holds secrets."""
    tables = (one.model_dump(exclude_none=True, exclude_defaults=True) for one in organisations)
    lines = (
        ["[[organisation]]", *(f"{name} = {_toml(value)}" for name, value in table.items()), ""] for table in tables
    )
    return "\n".join(line for table in lines for line in table)


class Directory:
    """All organisations, checked as a whole."""

    def __init__(self, organisations: Iterable[Organisation]) -> None:
        self._all = tuple(organisations)
        self._by_id = {organisation.id: organisation for organisation in self._all}
        for place, organisation, fault in self._faults():
            raise DirectoryWrong(f"organisation {place + 1} ({organisation.id}): {fault}")

    @classmethod
    def load(cls, file: Path) -> Self:
        """Read a TOML file of `[[organisation]]` tables; raises `DirectoryWrong` with file, line and field."""
        try:
            text = file.read_text(encoding="utf-8")
            tables = tomllib.loads(text).get("organisation", [])
        except (OSError, UnicodeDecodeError) as error:
            raise DirectoryWrong(f"{file} cannot be read ({type(error).__name__})") from None
        except tomllib.TOMLDecodeError as error:
            raise DirectoryWrong(f"{file}: {error}") from None
        if not isinstance(tables, list) or not tables:
            raise DirectoryWrong(f"{file} has no [[organisation]] table")
        lines = [n for n, line in enumerate(text.splitlines(), 1) if line.strip().startswith("[[organisation]]")]
        wheres = [f"{file}:{line}" for line in lines] + [str(file)] * len(tables)
        organisations = [_read(table, where) for table, where in zip(tables, wheres, strict=False)]
        try:
            return cls(organisations)
        except DirectoryWrong as error:
            raise DirectoryWrong(f"{file}, {str(error).split(': ', 1)[1]}") from None

    def __iter__(self) -> Iterator[Organisation]:
        return iter(self._all)

    def get(self, organisation: str) -> Organisation:
        """The organisation with this id; raises `UnknownOrganisation`."""
        try:
            return self._by_id[organisation]
        except KeyError:
            raise UnknownOrganisation(organisation[:64]) from None

    def of(self, municipality: str, role: Role | str, on: date | None = None) -> tuple[Organisation, ...]:
        """The organisations with this role that work for this municipality (on a day), in the file's order."""
        return tuple(
            one for one in self._all if one.role == role and municipality in one.municipalities and one.contracted(on)
        )

    def municipality_with(self, code: str) -> Organisation:
        """The municipality with this gemeentecode; raises `UnknownOrganisation`."""
        for one in self:
            if one.code == code:
                return one
        raise UnknownOrganisation(code[:4])

    def team_for(self, municipality: str, district: str, on: date | None = None) -> Organisation:
        """The district team for a district (on a day), else the one for the whole municipality.

        Raises `NoDistrictTeam`.
        """
        teams = self.of(municipality, Role.DISTRICT_TEAM, on)
        for team in sorted(teams, key=lambda team: not team.districts):
            if district in team.districts or not team.districts:
                return team
        raise NoDistrictTeam(f"{district} in {municipality}")

    def body_for(self, role: Role, municipality: str, on: date | None = None) -> Organisation | None:
        """The desk that decides on behalf of a municipality, or the committee that advises it (on a day), if any."""
        return next(iter(self.of(municipality, role, on)), None)

    def acting_for(self, organisation: str, on: date) -> Organisation:
        """Who answers for an organisation on a day: itself, or while it is absent its substitute, or that one's.

        When all of them are absent it is the organisation itself. Raises `UnknownOrganisation`.
        """
        owner = one = self.get(organisation)
        asked = {one.id}
        while one.absent(on):
            if one.substitute is None or one.substitute in asked:
                return owner
            one = self.get(one.substitute)
            asked.add(one.id)
        return one

    def stands_in_for(self, organisation: str, on: date) -> tuple[str, ...]:
        """For which absent organisations this one answers on a day."""
        return tuple(
            one.id for one in self._all if one.absent(on) and self.acting_for(one.id, on).id == organisation != one.id
        )

    @classmethod
    def faults(cls, organisations: Iterable[Organisation]) -> list[tuple[str, str]]:
        """Return what is wrong with organisations as a whole: whose fault it is, and what, the field first."""
        draft = cls.__new__(cls)
        draft._all = tuple(organisations)
        draft._by_id = {organisation.id: organisation for organisation in draft._all}
        return [(organisation.id, fault) for _, organisation, fault in draft._faults()]

    def _faults(self) -> Iterator[tuple[int, Organisation, str]]:
        for place, organisation in enumerate(self._all):
            if fault := self._fault(place, organisation):
                yield place, organisation, fault

    def _fault(self, place: int, one: Organisation) -> str | None:
        if any(other.id == one.id for other in self._all[:place]):
            return "id is used twice"
        if one.substitute is not None and (one.substitute == one.id or one.substitute not in self._by_id):
            return f"substitute {one.substitute} is not another organisation in the directory"
        if one.substitute and self._by_id[one.substitute].role not in {one.role, Role.COORDINATOR}:
            return f"substitute {one.substitute} is neither another {one.role.value} nor a coordinator"
        if one.role is Role.COORDINATOR and one.municipalities != (one.id,):
            return f'municipalities of a coordinator is its own id, ["{one.id}"]'
        if one.code is not None and one.role is not Role.COORDINATOR:
            return "code is for a municipality"
        if one.desk is not None and one.role is not Role.COORDINATOR:
            return "desk is for a municipality"
        if one.code is not None and any(other.code == one.code for other in self._all[:place]):
            return f"code {one.code} is used twice"
        for municipality in one.municipalities:
            seat = self._by_id.get(municipality)
            if seat is None or seat.role is not Role.COORDINATOR:
                return f"municipalities names {municipality}, which has no coordinator"
        return self._shared_work(place, one)

    def _shared_work(self, place: int, one: Organisation) -> str | None:
        """Return what is wrong when two teams have one district, or two desks or committees one municipality: one must
        own a task.
        """
        if one.role not in {Role.DISTRICT_TEAM, *BODIES}:
            return None
        for other in self._all[:place]:
            if other.role is one.role and set(other.municipalities) & set(one.municipalities) and _meet(other, one):
                if one.role in BODIES:
                    return f"municipalities overlap with those of {other.id}: a municipality has one {one.role.value}"
                shared = set(other.districts) & set(one.districts)
                if shared or not (other.districts or one.districts):
                    return f"districts overlap with those of {other.id}: {', '.join(sorted(shared)) or 'all'}"
        return None


def _meet(one: Organisation, other: Organisation) -> bool:
    """Tell whether two contracts share a day."""
    return max(one.valid_from or date.min, other.valid_from or date.min) <= min(
        one.valid_to or date.max, other.valid_to or date.max
    )


def _read(table: object, where: str) -> Organisation:
    try:
        return Organisation.model_validate(table)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
    places = ((".".join(map(str, one["loc"])) or "table", one) for one in faults)
    told = (f"{place}: {to_callers(one['type'], one.get('ctx', {}))}" for place, one in places)
    raise DirectoryWrong(f"{where}: {'; '.join(told)}")


def _toml(value: object) -> str:
    match value:
        case SecretStr():
            return _toml(value.get_secret_value())
        case dict():
            return "{" + ", ".join(f"{json.dumps(name)} = {_toml(one)}" for name, one in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(_toml, value)) + "]"
        case bool() | int():
            return json.dumps(value)
        case date():
            return value.isoformat()
        case _:
            return json.dumps(str(value), ensure_ascii=False)
