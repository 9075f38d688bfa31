"""The entities of VERA 4.3 that we send and read, with only the fields that we use, under their real names.

Profile: Woonruimteverdeling and Overeenkomsten, where other entities are named by their address (URI). Dwellings are
read as the WRV profile shows them, with their address in them. In VERA no field is required, so each may be missing.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer
from pydantic.alias_generators import to_camel

from activities.vera.codes import VeraCode


def _written(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _text(value: Any) -> Any:
    """Take an id that some systems send as a number: VERA says text, and its own paths have numbers."""
    return str(value) if type(value) is int else value


Moment = Annotated[AwareDatetime, PlainSerializer(_written)]
"""A moment in UTC: VERA knows no other zone."""
Id = Annotated[str, BeforeValidator(_text), Field(min_length=1, max_length=200)]


class Entity(BaseModel):
    """Base of all entities: types are read strictly, unknown fields are ignored."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        strict=True,
        alias_generator=to_camel,
        populate_by_name=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,
    )

    def sent(self) -> dict[str, Any]:
        """Return the JSON that we send: what is not set is left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class Referentie(Entity):
    """A coded value (referentiedata)."""

    code: str
    naam: str | None = None


def coded(code: VeraCode) -> Referentie:
    """Return a code as it is sent, with its name."""
    return Referentie(code=code.value, naam=code.naam)


class Key(Entity):
    """The keys of an entity (sleutels): its number in the corporation's system, and our own key."""

    id: Id | None = None
    id_extern: Id | None = None
    """Our key, by which we find what was made for an effect."""


class Extra(Entity):
    """An attribute that VERA does not have (extra-attribuut), as agreed between two parties.

    A system also has attributes agreed with others, with values of any type.
    """

    naam: str
    waarde: Any = None


Extras = Annotated[tuple[Extra, ...] | None, Field(alias="extra-attributen", strict=False)]


class Wijk(Entity):
    """A district (wijk)."""

    code: str | None = None


class Adres(Entity):
    """An address. Of where a dwelling is we read the district only."""

    wijk: Wijk | None = None


class Cluster(Key):
    """A group of dwellings."""

    soort: Referentie | None = None
    naam: str | None = None


class Eenheid(Key):
    """A dwelling (eenheid)."""

    soort: Referentie | None = None
    status: Referentie | None = None
    detail_status: Referentie | None = None
    opleverdatum: date | None = None
    """From when it is there for a next tenant."""
    adres: Adres | None = None
    clusters: Annotated[tuple[Cluster, ...] | None, Field(strict=False)] = None
    kamers_aantal: int | None = None
    """Rooms to live in: living room and bedrooms."""
    rekenhuur: Decimal | None = None
    """Rent that counts for the rent allowance, in euros a month."""
    toegankelijkheidslabel: Referentie | None = None
    woonvorm: Referentie | None = None
    zelfstandig: bool | None = None
    extra_attributen: Extras = None


class Kandidaat(Key):
    """A candidate for a dwelling (kandidaat)."""

    status: Referentie | None = None
    detail_status: Referentie | None = None
    positie: int | None = None
    eenheid: str | None = None
    extra_attributen: Extras = None


class Aanbieding(Key):
    """An offer (aanbieding). Its `antwoordToelichting` holds words about a person: it is never read."""

    status: Referentie | None = None
    detail_status: Referentie | None = None
    datum: Moment | None = None
    vervaldatum: Moment | None = None
    antwoorddatum: Moment | None = None
    eenheid: str | None = None
    kandidaat: Key | None = None


class Voorrangsregeling(Key):
    """The ground for priority over other candidates (voorrangsregeling)."""

    soort: Referentie | None = None
    detail_soort: Referentie | None = None
    naam: str | None = None


class Huurovereenkomst(Key):
    """A lease (huurovereenkomst)."""

    soort: Referentie | None = None
    detail_soort: Referentie | None = None
    status: Referentie | None = None
    bepaalde_tijd: bool | None = None
    eenheden: Annotated[tuple[str, ...] | None, Field(strict=False)] = None
    extra_attributen: Extras = None


class Toewijzing(Key):
    """The allocation of a dwelling to a candidate (toewijzing)."""

    datum: Moment | None = None
    eenheid: str | None = None
    kandidaat: Key | None = None
    aanbieding: Key | None = None
    overeenkomst: str | None = None
    voorrangsregelingen: Annotated[tuple[Key, ...] | None, Field(strict=False)] = None


class Fout(Entity):
    """What a system says when it does not do what was asked (Foutbericht). Its `omschrijving` is never read."""

    code: str = ""


class Token(BaseModel):
    """What an OAuth 2.0 token endpoint answers."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    access_token: str = Field(pattern=r"^[\x21-\x7e]{1,8192}$")
    expires_in: int = Field(default=300, ge=0, le=366 * 24 * 3600)
    """Seconds."""
