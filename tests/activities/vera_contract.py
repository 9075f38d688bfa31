"""VERA 4.3 as published (4.3.0+260116.26, reference data of 26 June 2026): the fields and codes that we may send.

Written down by hand from the standard, apart from the code under test. Each entity has all its fields in the profiles
that we speak; each coded field has its kind of reference data, of which only codes that are still valid are listed.
"""

import re
from collections.abc import Iterator
from typing import Any

KEYS = {"id", "idExtern", "idGegevensbeheerder", "idOrganisatie", "idAdministratie", "code"}
EVERY_MESSAGE = {"extra-attributen", "informatieobjecten", "sturingslabels"}
MOMENT = re.compile(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$")
URI = re.compile(r"^https?://\S+$")

FIELDS: dict[str, dict[str, str]] = {
    "kandidaten": {
        "status": "KANDIDAATSTATUS",
        "detailStatus": "KANDIDAATDETAILSTATUS",
        "aanbiedingen": "keys[]",
        "contactmomenten": "uri[]",
        "eenheid": "uri",
        "positie": "integer",
        "publicatie": "keys",
        "reactie": "keys",
        "relatie": "uri",
    },
    "aanbiedingen": {
        "status": "AANBIEDINGSTATUS",
        "detailStatus": "AANBIEDINGDETAILSTATUS",
        "datum": "moment",
        "antwoorddatum": "moment",
        "vervaldatum": "moment",
        "antwoordToelichting": "text",
        "bezichtiging": "uri",
        "cluster": "uri",
        "contactmomenten": "uri[]",
        "eenheid": "uri",
        "kandidaat": "keys",
        "publicatie": "keys",
        "relatie": "uri",
    },
    "toewijzingen": {
        "datum": "moment",
        "aanbieding": "keys",
        "aanvullendeDoelgroep": "AANVULLENDEDOELGROEP",
        "doelgroep": "DOELGROEP",
        "eenheid": "uri",
        "huishoudgrootte": "integer",
        "kandidaat": "keys",
        "overeenkomst": "uri",
        "passendheiddetailsoort": "PASSENDHEIDDETAILSOORT",
        "passendheidsoort": "PASSENDHEIDSSOORT",
        "publicatie": "keys",
        "relatie": "uri",
        "voorrangsregelingen": "keys[]",
    },
    "voorrangsregelingen": {
        "soort": "VOORRANGSOORT",
        "detailSoort": "VOORRANGDETAILSOORT",
        "naam": "text",
        "begindatum": "moment",
        "einddatum": "moment",
        "profiel": "keys",
        "relatie": "uri",
    },
    "huurovereenkomsten": {
        "soort": "OVEREENKOMSTSOORT",
        "detailSoort": "OVEREENKOMSTDETAILSOORT",
        "status": "OVEREENKOMSTSTATUS",
        "begindatum": "date",
        "einddatum": "date",
        "bepaaldeTijd": "boolean",
        "eenheden": "uri[]",
        "relaties": "uri[]",
        "conceptVersturingsdatum": "moment",
        "verstuurdatum": "moment",
        "opzegdatum": "date",
    },
}

CODES: dict[str, dict[str, str]] = {
    "KANDIDAATSTATUS": {
        "AAN": "Aangeboden",
        "AFG": "Afgewezen",
        "GEW": "Geweigerd",
        "POT": "Potentiele kandidaat",
        "REA": "Gereageerd",
        "SEL": "Geselecteerd",
        "TOE": "Toegewezen",
    },
    "KANDIDAATDETAILSTATUS": {
        "AAN": "Aanbieding",
        "BEZ": "Bezichtiging",
        "DOC": "Documentcontrole",
        "OVE": "Overeenkomst getekend",
        "WEI": "Weigering aanbieding",
    },
    "AANBIEDINGSTATUS": {"AAN": "Aangeboden", "GEW": "Geweigerd", "ING": "Ingetrokken", "TOE": "Toegewezen"},
    "AANBIEDINGDETAILSTATUS": {
        "GEE": "Geen belangstelling meer",
        "HUU": "Huurprijs te hoog",
        "WBN": "Woning bevalt niet",
        "WKN": "Woningkwaliteit bevalt niet",
        "WOB": "Woonomgeving bevalt niet",
        "BUI": "Buitenruimte bevalt niet",
        "PAO": "Parkeer, bergingruimte onvoldoende",
        "PER": "Persoonlijke omstandigheden",
        "REA": "Reactietermijn verlopen",
        "TOE": "Toewijzing andere kandidaat",
        "ONT": "Onterecht aangeboden",
    },
    "VOORRANGSOORT": {"BIN": "Binding", "GRO": "Groep", "IND": "Indicatie", "URG": "Urgentie"},
    "VOORRANGDETAILSOORT": {"UIT": "uitstroom maatschappelijke instelling"},
    "OVEREENKOMSTSOORT": {"HUU": "Huurovereenkomst"},
    "OVEREENKOMSTDETAILSOORT": {
        "ONB": "Onbepaalde tijd contract",
        "TIJ": "Tijdelijk contract",
        "JON": "Jongerencontract",
        "FLE": "Flexcontract",
    },
    "OVEREENKOMSTSTATUS": {"VOO": "Voorlopig", "GOE": "Goedgekeurd", "LOP": "Lopend", "GEA": "Geannuleerd"},
    "PASSENDHEIDSSOORT": {"PAS": "Passend", "NIE": "Niet passend", "NVT": "Passendheidtoets niet van toepassing"},
    "PASSENDHEIDDETAILSOORT": {},
    "DOELGROEP": {},
    "AANVULLENDEDOELGROEP": {},
    "EENHEIDSTATUS": {"LEE": "Leegstand", "VEH": "Verhuurd", "UIT": "Uit exploitatie"},
    "EENHEIDDETAILSTATUS": {"NIB": "Wacht op nieuwe huurder - niet-regulier"},
    "EENHEIDSOORT": {"WOO": "Woonruimte"},
    "CLUSTERSOORT": {"VEX": "Vastgoedexploitatie"},
    "WOONVORM": {
        "GEC": "Geclusterde woonvorm",
        "ZWO": "Zorggeschikte woning",
        "GRO": "Groepswonen",
        "HAT": "HAT-eenheid",
        "LEV": "Levensloopbestendig woning",
    },
    "TOEGANKELIJKHEIDSLABEL": {
        "GNV": "Gelijkvloerse woning (geen nultredenwoning)",
        "NUL": "Nultredenwoning",
        "ROA": "Rollatorwoning",
        "ROG": "Rollatorwoning (geen nultredenwoning)",
        "ROL": "Rolstoelwoning",
        "RUI": "Extra ruime rolstoelwoning",
        "ZON": "Woning zonder bijzondere toegankelijkheid",
    },
}
"""Codes and names by kind. Target groups are empty on purpose: which care somebody had is no corporation's business."""

PARENTS = {
    ("KANDIDAATDETAILSTATUS", "AAN"): "AAN",
    ("VOORRANGDETAILSOORT", "UIT"): "URG",
    ("OVEREENKOMSTDETAILSOORT", "ONB"): "HUU",
    ("OVEREENKOMSTDETAILSOORT", "TIJ"): "HUU",
}
"""Under which code of the wider field a detail belongs."""


def faults(resource: str, document: dict[str, Any]) -> Iterator[str]:
    """Tell what in a message is not VERA 4.3."""
    fields = FIELDS[resource]
    for name, value in document.items():
        if name in KEYS:
            yield from [] if isinstance(value, str) else [f"{name} is no text"]
        elif name == "extra-attributen":
            yield from (f"{name}: {one}" for one in value if set(one) != {"naam", "waarde"})
        elif name in EVERY_MESSAGE:
            continue
        elif name not in fields:
            yield f"{name} is no field of {resource}"
        elif not _right(fields[name], value):
            yield f"{name} is no {fields[name]}: {value}"
    for wide, detail in (("status", "detailStatus"), ("soort", "detailSoort")):
        if detail in document:
            kind, code = fields[detail], document[detail]["code"]
            parent = PARENTS.get((kind, code))
            if parent and document[wide]["code"] != parent:
                yield f"{detail} {code} does not belong under {document[wide]['code']}"


def _right(kind: str, value: Any) -> bool:
    if kind.endswith("[]"):
        return isinstance(value, list) and all(_right(kind[:-2], one) for one in value)
    match kind:
        case "uri":
            return isinstance(value, str) and bool(URI.match(value))
        case "moment":
            return isinstance(value, str) and bool(MOMENT.match(value))
        case "integer":
            return type(value) is int
        case "boolean":
            return type(value) is bool
        case "text":
            return isinstance(value, str)
        case "keys":
            return isinstance(value, dict) and set(value) <= KEYS and bool(value)
        case _:
            return isinstance(value, dict) and CODES[kind].get(value.get("code", "")) == value.get("naam")
