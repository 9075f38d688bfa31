"""What columns and cells are called in Dutch tables: people keep them in their own language.

A heading is read without regard to capitals, spaces and dashes: `Aantal kamers` is `aantal_kamers`.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

HOMES: Mapping[str, str] = MappingProxyType(
    {
        "nummer": "id",
        "woningnummer": "id",
        "complex": "complex",
        "complexnaam": "complex",
        "wijk": "district",
        "kamers": "rooms",
        "aantal_kamers": "rooms",
        "huur": "rent",
        "huurprijs": "rent",
        "kale_huur": "rent",
        "toegankelijk": "accessible",
        "prikkelarm": "low_stimulus",
        "woonvorm": "living_form",
        "vrijgegeven_op": "released_on",
        "beschikbaar_vanaf": "released_on",
        "plaatsingsstop": "closed_for_placement",
    }
)
VACATED: Mapping[str, str] = MappingProxyType(
    {
        "periode": "period",
        "vrijgekomen": "vacated",
        "verwacht": "expected",
        "andere_urgenten": "other_lettings",
    }
)
COMPLEXES: Mapping[str, str] = MappingProxyType(
    {
        "corporatie": "corporation",
        "complex": "complex",
        "plaatsing_mogelijk": "eligible",
        "hoogstens": "most",
        "gesloten_tot": "closed_until",
        "reden": "reason",
        "opnieuw_bekijken_op": "review_on",
    }
)
LIVING_FORMS: Mapping[str, str] = MappingProxyType(
    {"zelfstandig": "independent", "geclusterd": "clustered", "gedeeld": "shared", "onzelfstandig": "shared"}
)
CLOSED_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "draagkracht": "load",
        "overlast": "nuisance",
        "renovatie": "renovation",
        "sloop": "demolition",
        "geen_begeleiding": "support_lacking",
        "anders": "other",
    }
)


def plain(heading: str) -> str:
    """Return a heading as it is compared: in small letters, with one underscore for spaces and dashes."""
    return re.sub(r"[\s_-]+", "_", heading.strip()).casefold()
