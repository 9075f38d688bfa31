"""Records in a corporation's list that are no dwellings as anybody knows them: typing errors, tests, and leftovers."""

from typing import Any

from sandbox.city.chance import Chance
from sandbox.city.organisations import Organisation

Record = dict[str, Any]

SPOILED: dict[str, Record] = {
    "a rent beyond all reason": {"rekenhuur": 1e26},
    "a rent below nothing": {"rekenhuur": -1},
    "a thousand rooms": {"kamersAantal": 1000},
    "no number": {"id": None},
    "a day that is known in part": {"opleverdatum": "2026-00-00"},
    "a flag that nobody can read": {"extra-attributen": [{"naam": "plaatsingsstop", "waarde": "zie notitie"}]},
    "words for a number": {"kamersAantal": "twee"},
    "no complex": {"clusters": None},
}
"""What is wrong with each, in the fields of VERA. All else is as it should be."""
EACH = 3
"""So many of them stand in the list of one corporation."""


def strange_units(seed: int, corporation: Organisation, district: str, opens: str) -> list[Record]:
    """Return the records in a corporation's list that nobody can be offered, as its system shows them."""
    chance = Chance(seed, ("strange", corporation.id))
    return [
        _unit(f"{corporation.id[:2].upper()}-X{n}", district, opens) | SPOILED[spoiled]
        for n, spoiled in enumerate(chance.some(list(SPOILED), EACH, "which"))
    ]


def _unit(number: str, district: str, opens: str) -> Record:
    """A dwelling that waits for a tenant, and would suit nearly everybody."""
    return {
        "id": number,
        "soort": {"code": "WOO"},
        "status": {"code": "LEE"},
        "detailStatus": {"code": "NIB"},
        "opleverdatum": opens,
        "adres": {"wijk": {"code": district}},
        "clusters": [{"id": "C-X", "soort": {"code": "VEX"}, "naam": "Oud bestand"}],
        "kamersAantal": 4,
        "rekenhuur": 450,
        "toegankelijkheidslabel": {"code": "ROL"},
        "zelfstandig": True,
        "extra-attributen": [{"naam": "prikkelarm", "waarde": "ja"}],
    }
