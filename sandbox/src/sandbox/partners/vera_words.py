"""Which fields and codes a VERA 4.3 system knows: the tables that the reference corporation checks messages against."""

from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from .book import Json, Refused

KEYS = "id idExtern idGegevensbeheerder idOrganisatie idAdministratie code"
MESSAGE = "extra-attributen informatieobjecten sturingslabels"


def _fields(names: str) -> frozenset[str]:
    return frozenset(f"{KEYS} {MESSAGE} {names}".split())


FIELDS: Mapping[str, frozenset[str]] = {
    "kandidaten": _fields(
        "status detailStatus aanbiedingen contactmomenten eenheid positie publicatie reactie relatie"
    ),
    "aanbiedingen": _fields(
        "status detailStatus datum antwoorddatum vervaldatum antwoordToelichting bezichtiging cluster contactmomenten"
        " eenheid kandidaat publicatie relatie"
    ),
    "toewijzingen": _fields(
        "datum aanbieding aanvullendeDoelgroep afspraken contactmomenten doelgroep eenheid huishoudgrootte"
        " isOuderenhuishouden kandidaat overeenkomst passendheiddetailsoort passendheidsoort publicatie rekenhuur"
        " rekeninkomen rekenvermogen relatie voorrangsregelingen"
    ),
    "voorrangsregelingen": _fields("soort detailSoort naam begindatum einddatum authentiekGegeven profiel relatie"),
    "huurovereenkomsten": _fields(
        "soort detailSoort bovenliggendeOvereenkomst status begindatum einddatum conceptVersturingsdatum verstuurdatum"
        " prolongatiedatum facturatiebegindatum facturatieeinddatum versturenStatus opzegdatum betaalgegeven"
        " eindeReden opzegtermijn prijscomponenten relaties versturen volgnummer huurHerzieningsdatum afwijkendeBetaler"
        " bepaaldeTijd brutohuur btw eenheden huurtoeslagen maatschappelijkLabel rekenhuur startBrutohuur waarborgsom"
    ),
}
"""The fields of each resource: Woonruimteverdeling and Overeenkomsten."""

CODES: Mapping[tuple[str, str], str] = {
    ("kandidaten", "status"): "AAN AFG GEW POT REA SEL TOE",
    ("kandidaten", "detailStatus"): "AAN BEZ DOC GEE INT NRE ONG ONJ OVE PAR PEI WEI",
    ("aanbiedingen", "status"): "AAN GEW ING TOE",
    ("aanbiedingen", "detailStatus"): (
        "AND ANV BUI COO DOC DON GEE GEG GER HUU INH INL NIE ONG ONT PAO PER REA TOE WBN WKN WOB"
    ),
    ("voorrangsregelingen", "soort"): "BIN GRO IND URG",
    ("voorrangsregelingen", "detailSoort"): (
        "BER DAK DUP ECO EXD FIN GEL GEW HUI KRN MAA MAN MED REG REL ROL RST SER SOC STA UIT"
    ),
    ("huurovereenkomsten", "soort"): "HUU",
    ("huurovereenkomsten", "detailSoort"): "BOG CAM FLE FRI JON KAM MID ONB SHS TIJ",
    ("huurovereenkomsten", "status"): "BEE GEA GOE LOP ONT OPG VER VOO VOP",
    ("toewijzingen", "passendheidsoort"): "PAS NIE NVT",
    ("toewijzingen", "passendheiddetailsoort"): "BIJ HER HHV",
}
"""The codes of each coded field that we check."""


def fault(status: int, code: str, description: str) -> Refused:
    """A refusal as VERA tells it (Foutbericht)."""
    return Refused(status, code, omschrijving=description)


def check_words(resource: str, document: Json) -> None:
    """Refuse (400) a document with a field or a code that VERA does not have."""
    if strange := sorted(set(document) - FIELDS[resource]):
        raise fault(400, "onbekend_veld", f"onbekend: {', '.join(strange)[:200]}")
    for name, value in document.items():
        known = CODES.get((resource, name))
        if known is not None and _code_of(value) not in known.split():
            raise fault(400, "onbekende_code", f"{name} heeft geen bekende code")


def extra(document: Mapping[str, JsonValue], name: str) -> str | None:
    """What an extra attribute says."""
    for one in _dicts(document.get("extra-attributen")):
        if one.get("naam") == name:
            return str(one.get("waarde"))
    return None


def code_in(document: Mapping[str, JsonValue], field: str) -> str:
    """The code in a coded field; empty when there is none."""
    return _code_of(document.get(field))


def last_part(uri: JsonValue) -> str:
    """The number at the end of an address."""
    return str(uri).rpartition("/")[2] if isinstance(uri, str) else ""


def key_in(document: Mapping[str, JsonValue], field: str) -> str:
    """The number (`id`) of the entity that a field refers to."""
    value = document.get(field)
    return str(value.get("id", "")) if isinstance(value, dict) else ""


def _code_of(value: JsonValue) -> str:
    return str(value.get("code", "")) if isinstance(value, dict) else ""


def _dicts(value: JsonValue) -> Iterable[Json]:
    return (one for one in value if isinstance(one, dict)) if isinstance(value, list) else ()
