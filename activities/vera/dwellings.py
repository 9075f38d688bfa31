"""A dwelling of VERA (eenheid) in our terms. A field that we need and do not find is never guessed.

Released: `soort` WOO or none, `status` LEE, `detailStatus` NIB, and `opleverdatum` not after the day asked.

| ours                   | VERA                                                                                   |
|------------------------|----------------------------------------------------------------------------------------|
| `id`                   | `id`                                                                                   |
| `complex`              | `naam` (else `id`) of the one of `clusters` whose `soort` is a complex (VEX, or as set) |
| `district`             | `adres.wijk.code`, through the corporation's setting `districts`                       |
| `rooms`                | `kamersAantal`                                                                         |
| `rent_cents`           | `rekenhuur`, to the cent                                                               |
| `accessible`           | `toegankelijkheidslabel` ROL or RUI, for a wheelchair; no label is no                  |
| `living_form`          | `woonvorm` GEC, ZWO clustered; GRO, HAT shared; LEV independent; else `zelfstandig`    |
| `released_on`          | `opleverdatum`                                                                         |
| `low_stimulus`         | `extra-attributen`: `naam` prikkelarm, `waarde` ja; VERA has no field for it           |
| `closed_for_placement` | `extra-attributen`: `naam` plaatsingsstop, `waarde` ja                                 |

The two attributes are written by hand in some systems: case, spaces and a full stop do not matter, and there are
several words for yes and no. Any other word does not count as a yes for `prikkelarm`. For `plaatsingsstop`, which keeps
people out of a complex that can take no more, it does: the dwelling is left out, and the corporation can see why.
"""

from collections.abc import AsyncIterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum, auto
from typing import Any, TypeVar

import structlog
from pydantic import ValidationError

from activities.ports import Listing
from activities.vera.client import is_number, reread
from activities.vera.codes import EenheidDetailStatus, EenheidSoort, EenheidStatus, Toegankelijkheid, Woonvorm
from activities.vera.entities import Eenheid, Referentie
from activities.vera.pages import Record
from domain.facts.dwelling import HIGHEST_RENT, LOWEST_RENT, Dwelling, LeftOut, LivingForm
from domain.facts.names import comparable
from domain.messages.answers import CorporationDecline
from runtime.error_report import described
from runtime.systems import Vera

T = TypeVar("T")

ACCESSIBLE = frozenset({Toegankelijkheid.ROLSTOEL, Toegankelijkheid.ROLSTOEL_RUIM})
LIVING_FORMS = {
    Woonvorm.GECLUSTERD: LivingForm.CLUSTERED,
    Woonvorm.ZORGGESCHIKT: LivingForm.CLUSTERED,
    Woonvorm.GROEPSWONEN: LivingForm.SHARED,
    Woonvorm.HAT: LivingForm.SHARED,
    Woonvorm.LEVENSLOOPBESTENDIG: LivingForm.INDEPENDENT,
}
MANY = 10**18
"""Larger than any number of a dwelling, and small enough to be written out."""
UNREADABLE = "record not understood"
LOW_STIMULUS = "prikkelarm"
CLOSED = "plaatsingsstop"
YES = frozenset({"ja", "j", "yes", "y", "true", "waar", "1"})
NO = frozenset({"nee", "n", "no", "false", "onwaar", "0"})


class Flag(Enum):
    """What an attribute that is a yes or no says."""

    YES = auto()
    NO = auto()
    UNCLEAR = auto()


class Lacking(Exception):
    """A dwelling cannot be used, because of this field."""

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__(field)


async def listing(units: AsyncIterable[Record | None], corporation: str, system: Vera, day: date) -> Listing:
    """Return what is released by this day, each once, and what was left out of it and why."""
    dwellings = dict[str, Dwelling]()
    left_out = list[LeftOut]()
    async for one in units:
        try:
            dwelling = _released(one, corporation, system)
        except Lacking as lacking:
            left_out.append(LeftOut(corporation=corporation, number=_number(one), lacks=lacking.field[:60]))
            continue
        if dwelling and dwelling.released_on <= day:
            dwellings.setdefault(dwelling.id, dwelling)
    return Listing(tuple(dwellings.values()), tuple(left_out))


def _released(one: Record | None, corporation: str, system: Vera) -> Dwelling | None:
    """Return what is released; None for any other unit. Raises Lacking, and nothing else.

    A record may hold anything, so an error that nobody foresaw counts as `UNREADABLE`, and the other records are read.
    """
    try:
        if one is None:
            raise Lacking(UNREADABLE)
        return dwelling_of(_read(one), corporation, system) if _mediated(one) else None
    except Lacking:
        raise
    except Exception as error:
        structlog.get_logger().warning("a record cannot be read", corporation=corporation, error=described(error))
        raise Lacking(UNREADABLE) from None


def _number(one: Record | None) -> str | None:
    """Return the number by which the corporation can find a record, if that can be no more than a number."""
    number = one.get("id") if one else None
    named = str(number) if type(number) is int and abs(number) < MANY else number
    return named if isinstance(named, str) and is_number(named) else None


def dwelling_of(unit: Eenheid, corporation: str, system: Vera) -> Dwelling:
    """Return a dwelling in our terms. Raises Lacking."""
    try:
        return Dwelling(
            corporation=corporation,
            id=_given(unit.id, "id"),
            complex=_complex(unit, system.complex_cluster),
            district=_district(unit, system),
            rooms=_given(unit.kamers_aantal, "kamersAantal"),
            rent_cents=_cents(_given(unit.rekenhuur, "rekenhuur")),
            accessible=_accessible(unit.toegankelijkheidslabel),
            low_stimulus=Flag.YES in _said(unit, LOW_STIMULUS),
            living_form=_living_form(unit),
            released_on=_given(unit.opleverdatum, "opleverdatum"),
            closed_for_placement=_closed(unit),
        )
    except ValidationError as error:
        raise Lacking(f"{error.errors()[0]['loc'][0]} out of range") from None


def decline_of(unit: Eenheid | None) -> CorporationDecline | None:
    """Tell why a dwelling cannot be offered now, by what the corporation's system says of it."""
    if unit is None or not is_free(unit):
        return CorporationDecline.UNAVAILABLE
    return CorporationDecline.COMPLEX_OVERLOADED if _said(unit, CLOSED) - {Flag.NO} else None


def _mediated(one: dict[str, Any]) -> bool:
    """Tell whether a unit is empty and not to be let by advertisement, before the rest of the record is read."""
    states = (one.get("status"), one.get("detailStatus"))
    said = tuple(state.get("code") if isinstance(state, dict) else None for state in states)
    return said == (EenheidStatus.LEEGSTAND, EenheidDetailStatus.NIET_REGULIER) and _home(one.get("soort"))


def _home(kind: object) -> bool:
    return kind is None or (isinstance(kind, dict) and kind.get("code") == EenheidSoort.WOONRUIMTE)


def is_free(unit: Eenheid) -> bool:
    """Tell whether a unit is empty and not to be let by advertisement."""
    said = (_code(unit.status), _code(unit.detail_status))
    return said == (EenheidStatus.LEEGSTAND, EenheidDetailStatus.NIET_REGULIER)


def _read(one: dict[str, Any]) -> Eenheid:
    try:
        return reread(one, Eenheid)
    except ValidationError as error:
        where = error.errors(include_input=False)[0]["loc"]
        raise Lacking(f"{where[0] if where else 'eenheid'} not understood") from None


def _given(value: T | None, field: str) -> T:
    if value is None:
        raise Lacking(field)
    return value


def _complex(unit: Eenheid, kind: str) -> str:
    complexes = [one for one in unit.clusters or () if _code(one.soort) == kind]
    if len(complexes) != 1:
        raise Lacking("clusters")
    return _given(complexes[0].naam or complexes[0].id, "clusters")


def _district(unit: Eenheid, system: Vera) -> str:
    wijk = unit.adres.wijk if unit.adres else None
    code = _given(wijk.code if wijk else None, "adres.wijk.code")
    return system.districts.get(code, code)


def _cents(rent: Decimal) -> int:
    if not LOWEST_RENT <= rent * 100 <= HIGHEST_RENT:
        raise Lacking("rekenhuur out of range")
    return int((rent * 100).quantize(Decimal(1), ROUND_HALF_UP))


def _accessible(label: Referentie | None) -> bool:
    """Tell whether a wheelchair can be used. Without a label that is not known, and counts as no."""
    if label is None:
        return False
    return _given(Toegankelijkheid.known(label.code), "toegankelijkheidslabel") in ACCESSIBLE


def _living_form(unit: Eenheid) -> LivingForm:
    if unit.woonvorm:
        return LIVING_FORMS[_given(Woonvorm.known(unit.woonvorm.code), "woonvorm")]
    return LivingForm.INDEPENDENT if _given(unit.zelfstandig, "zelfstandig") else LivingForm.SHARED


def _closed(unit: Eenheid) -> bool:
    """Tell whether the complex takes nobody now. When two attributes contradict each other, it takes nobody."""
    said = _said(unit, CLOSED)
    if Flag.UNCLEAR in said and Flag.YES not in said:
        raise Lacking(f"{CLOSED} not understood")
    return Flag.YES in said


def _said(unit: Eenheid, name: str) -> set[Flag]:
    """Return what the attributes of this name say; an empty set when there is none."""
    return {_read_flag(one.waarde) for one in unit.extra_attributen or () if comparable(one.naam) == name}


def _read_flag(value: object) -> Flag:
    word = comparable(str(value)).rstrip(".") if isinstance(value, str | int) else ""
    return Flag.YES if word in YES else Flag.NO if word in NO else Flag.UNCLEAR


def _code(value: Referentie | None) -> str | None:
    return value.code if value else None
