"""The organisations that work on mediations: who they are, what they do and where they can be reached."""

import json
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from domain.parties import OrganisationId, Role
from runtime import RuntimeFault
from runtime.systems import ByHand, System

MailAddress = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")]


class DirectoryWrong(RuntimeFault):
    """The directory of organisations cannot be used as it is."""


class UnknownOrganisation(RuntimeFault):
    """No such organisation is in the directory."""


class NoDistrictTeam(RuntimeFault):
    """No district team covers this district."""


class Organisation(BaseModel):
    """One organisation. A municipality is its own coordinator: its id is the municipality's id."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    id: OrganisationId
    role: Role
    name: str = Field(min_length=1)
    municipalities: tuple[OrganisationId, ...] = ()
    districts: tuple[str, ...] = ()
    """The districts a district team covers; none means the whole municipality."""
    code: str | None = Field(default=None, pattern=r"^\d{4}$")
    """A municipality's code (gemeentecode, CBS), by which care providers' systems know it."""
    mail: MailAddress
    system: System = ByHand()
    """How its system is asked, if it has one."""
    substitute: OrganisationId | None = None
    """Who takes over its tasks when it does not answer."""


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
        for place, organisation in enumerate(self._all):
            if fault := self._fault(place, organisation):
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

    def of(self, municipality: str, role: Role | str) -> tuple[Organisation, ...]:
        """The organisations with this role that work for this municipality, in the file's order."""
        return tuple(one for one in self._all if one.role == role and municipality in one.municipalities)

    def municipality_with(self, code: str) -> Organisation:
        """The municipality with this gemeentecode; raises `UnknownOrganisation`."""
        for one in self._all:
            if one.code == code:
                return one
        raise UnknownOrganisation(code[:4])

    def team_for(self, municipality: str, district: str) -> Organisation:
        """The district team for a district, else the one for the whole municipality; raises `NoDistrictTeam`."""
        teams = self.of(municipality, Role.DISTRICT_TEAM)
        for team in sorted(teams, key=lambda team: not team.districts):
            if district in team.districts or not team.districts:
                return team
        raise NoDistrictTeam(f"{district} in {municipality}")

    def _fault(self, place: int, one: Organisation) -> str | None:
        if any(other.id == one.id for other in self._all[:place]):
            return "id is used twice"
        if one.substitute is not None and (one.substitute == one.id or one.substitute not in self._by_id):
            return f"substitute {one.substitute} is not another organisation in the directory"
        if one.role is Role.COORDINATOR and one.municipalities != (one.id,):
            return f'municipalities of a coordinator is its own id, ["{one.id}"]'
        if one.code is not None and one.role is not Role.COORDINATOR:
            return "code is for a municipality"
        if one.code is not None and any(other.code == one.code for other in self._all[:place]):
            return f"code {one.code} is used twice"
        for municipality in one.municipalities:
            seat = self._by_id.get(municipality)
            if seat is None or seat.role is not Role.COORDINATOR:
                return f"municipalities names {municipality}, which has no coordinator"
        return self._shared_district(place, one)

    def _shared_district(self, place: int, one: Organisation) -> str | None:
        """Two teams for one district would leave open who owns its tasks."""
        if one.role is not Role.DISTRICT_TEAM:
            return None
        for other in self._all[:place]:
            if other.role is one.role and set(other.municipalities) & set(one.municipalities):
                shared = set(other.districts) & set(one.districts)
                if shared or not (other.districts or one.districts):
                    return f"districts overlap with those of {other.id}: {', '.join(sorted(shared)) or 'all'}"
        return None


def _read(table: object, where: str) -> Organisation:
    try:
        return Organisation.model_validate(table)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
    texts = [f"{'.'.join(map(str, fault['loc'])) or 'table'}: {fault['msg']}" for fault in faults]
    raise DirectoryWrong(f"{where}: {'; '.join(texts)}")


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
        case _:
            return json.dumps(str(value), ensure_ascii=False)
