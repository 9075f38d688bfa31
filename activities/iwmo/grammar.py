"""How the messages of iWmo 3.2 are made up: which elements, in which order, how often, and what stands in them.

Written by hand after the official schemas, which are not ours to hand on; a site can check against those too. The
elements of a message are in the message's own namespace, those within a compound data type in the common one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from functools import cache

from activities.iwmo.codes import RETOUR_CODES, SUBVERSION, VERSION, Ending, MessageKind

COMMON = "http://www.istandaarden.nl/iwmo/3_2/basisschema/schema"
MANY = 100_000
"""How often an element may stand that may stand any number of times."""
VISIBLE = re.compile(r"[^\r\n]*[^\s][^\r\n]*")


def namespace(kind: MessageKind) -> str:
    """Return the namespace of a message."""
    return f"http://www.istandaarden.nl/iwmo/3_2/{kind.lower()}/schema"


@dataclass(frozen=True)
class Text:
    """What may stand in an element without children."""

    pattern: re.Pattern[str] = VISIBLE
    longest: int = MANY
    codes: frozenset[str] | None = None
    most: int | None = None
    """For a whole number: from 0 up to this."""
    form: str = ""
    """`date` or `time`: the text must be an existing one."""

    def takes(self, text: str) -> bool:
        """Tell whether this text may stand here."""
        if self.codes is not None:
            return text in self.codes
        if self.most is not None:
            return re.fullmatch(r"\+?[0-9]{1,12}", text) is not None and int(text) <= self.most
        return len(text) <= self.longest and bool(self.pattern.fullmatch(text)) and self._exists(text)

    def _exists(self, text: str) -> bool:
        try:
            if self.form == "date":
                date.fromisoformat(text)
            elif self.form == "time":
                time.fromisoformat(text)
        except ValueError:
            return False
        return True


@dataclass(frozen=True)
class Element:
    """An element: its name, what it holds, how often it may stand, and whether it is in the common namespace."""

    name: str
    holds: "Text | tuple[Element, ...]"
    least: int = 1
    most: int = 1
    common: bool = False

    @property
    def children(self) -> "tuple[Element, ...]":
        """Return the elements within it; none when it holds text."""
        return () if isinstance(self.holds, Text) else self.holds

    @property
    def maybe(self) -> "Element":
        """Return the element as one that may be left out."""
        return replace(self, least=0)

    @property
    def often(self) -> "Element":
        """Return the element as one that stands once or more."""
        return replace(self, most=MANY)


def _pattern(expression: str, longest: int = MANY, form: str = "") -> Text:
    return Text(re.compile(expression), longest, form=form)


def _one_of(*codes: str) -> Text:
    return Text(codes=frozenset(codes))


def _numbered(first: int, last: int) -> tuple[str, ...]:
    return tuple(f"{n:02}" for n in range(first, last + 1))


def _compound(name: str, *children: Element) -> Element:
    """A compound data type: its children are in the common namespace."""
    return Element(name, tuple(replace(child, common=True) for child in children))


def _visible(longest: int) -> Text:
    return Text(longest=longest)


AGB = _pattern("[0-9]{8}")
MUNICIPALITY = _pattern("[0-9]{4}")
DATE = _pattern(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", form="date")
TIME = _pattern(r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?", form="time")
RELEASE = _pattern(r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){2}", 40)
IDENTIFICATION = _visible(12)
NUMBER = Text(most=999_999_999)
AMOUNT = Text(most=99_999_999)
NAME = _visible(200)
INITIALS = _pattern("[a-zA-ZÀ-ỳ]+", 6)
REMARK = _pattern(r"(?s).*\S.*", 20_000)
CATEGORY = _one_of(*_numbered(1, 18))
SEX = _one_of("0", "1", "2")
ENDING = _one_of(*Ending)
RETOUR_CODE = Text(codes=RETOUR_CODES)

IDENTIFIED = _compound("BerichtIdentificatie", Element("Identificatie", IDENTIFICATION), Element("Dagtekening", DATE))
SCHEMAS = _compound("XsdVersie", Element("BasisschemaXsdVersie", RELEASE), Element("BerichtXsdVersie", RELEASE))
BORN = _compound("Geboortedatum", Element("Datum", DATE), Element("DatumGebruik", _one_of("1", "2", "3"), least=0))
PRODUCT = _compound("Product", Element("Categorie", CATEGORY), Element("Code", _visible(5), least=0))
SURNAME = (Element("Achternaam", NAME), Element("Voorvoegsel", _visible(10), least=0))
SHORT_NAME = _compound(
    "Naam",
    _compound("Geslachtsnaam", *SURNAME),
    Element("Voornamen", NAME, least=0),
    Element("Voorletters", INITIALS, least=0),
)
FULL_NAME = _compound(
    "Naam",
    _compound("Geslachtsnaam", *SURNAME),
    _compound("Partnernaam", *SURNAME).maybe,
    Element("Voornamen", NAME, least=0),
    Element("Voorletters", INITIALS, least=0),
    Element("NaamGebruik", _one_of("1", "2", "3", "4", "5", "6")),
)
ADDRESS = _compound(
    "Adres",
    _compound(
        "Huis",
        Element("Huisnummer", Text(most=99_999)),
        Element("Huisletter", _visible(1), least=0),
        Element("HuisnummerToevoeging", _visible(4), least=0),
        Element("AanduidingWoonadres", _one_of("AB", "BY", "TO", "WW"), least=0),
    ).maybe,
    Element("Postcode", _visible(8), least=0),
    Element("Straatnaam", _visible(24), least=0),
    Element("Plaatsnaam", _visible(80), least=0),
    Element("LandCode", _pattern("[A-Z]{2}"), least=0),
)
PHONE = (Element("Telefoonnummer", _pattern("[0-9]+", 15)), Element("Landnummer", _visible(4)))
PHONES = _compound("Telefoon", _compound("Telefoon01", *PHONE), _compound("Telefoon02", *PHONE).maybe)
PERIOD = _compound("Periode", Element("Begindatum", DATE, least=0), Element("Einddatum", DATE, least=0))
SPOKEN = _compound("Communicatie", Element("Vorm", _one_of("1", "2", "3")), Element("Taal", _visible(25), least=0))
EXTENT = _compound(
    "Omvang",
    Element("Volume", AMOUNT),
    Element("Eenheid", _one_of("01", "04", "14", "16", "82", "83", "84")),
    Element("Frequentie", _one_of("1", "2", "4", "6")),
)
CONTACT = Element(
    "Contact",
    (
        Element("Soort", _one_of("01", "02", "03", "04")),
        ADDRESS.maybe,
        Element("Organisatie", _visible(35), least=0),
        PHONES.maybe,
        Element("Emailadres", _visible(80), least=0),
        PERIOD.maybe,
    ),
)
RELATION = Element(
    "Relatie",
    (
        Element("Nummer", _visible(20)),
        Element("Volgorde", Text(most=99), least=0),
        Element("Soort", _one_of(*_numbered(3, 25))),
        BORN.maybe,
        Element("Geslacht", SEX, least=0),
        FULL_NAME,
        CONTACT,
    ),
)
WHO = (Element("Bsn", _pattern("[0-9]{9}")), BORN, Element("Geslacht", SEX))
ALLOCATED = Element(
    "ToegewezenProduct",
    (
        Element("ToewijzingNummer", NUMBER),
        Element("ReferentieAanbieder", _visible(36), least=0),
        PRODUCT.maybe,
        Element("Toewijzingsdatum", DATE),
        Element("Toewijzingstijd", TIME),
        Element("Ingangsdatum", DATE),
        Element("Einddatum", DATE, least=0),
        Element("RedenWijziging", _one_of(*_numbered(1, 14)), least=0),
        EXTENT.maybe,
        Element("Budget", AMOUNT, least=0),
        Element("Commentaar", REMARK, least=0),
    ),
)
OF_ALLOCATION = (
    Element("ToewijzingNummer", NUMBER, least=0),
    PRODUCT.maybe,
    Element("ToewijzingIngangsdatum", DATE, least=0),
    Element("Begindatum", DATE),
)
DELIVERY = Element("StatusAanlevering", _one_of("1", "2", "3", "9"))
STARTED = Element("StartProduct", (*OF_ALLOCATION, DELIVERY))
STOPPED = Element(
    "StopProduct", (*OF_ALLOCATION, Element("RedenBeeindiging", ENDING), Element("Einddatum", DATE), DELIVERY)
)
CLIENTS: Mapping[MessageKind, tuple[Element, ...]] = {
    MessageKind.ALLOCATION: (
        *WHO,
        FULL_NAME,
        SPOKEN.maybe,
        Element("JuridischeStatus", _one_of("01", "02", "03", "04", "05", "11", "12"), least=0),
        Element("WettelijkeVertegenwoordiging", _one_of(*_numbered(6, 10)), least=0),
        Element("Commentaar", REMARK, least=0),
        Element("Relaties", (RELATION.often,), least=0),
        Element("Contactgegevens", (CONTACT.often,)),
        Element("ToegewezenProducten", (ALLOCATED.often,)),
    ),
    MessageKind.START: (*WHO, SHORT_NAME, Element("StartProducten", (STARTED.often,))),
    MessageKind.STOP: (*WHO, SHORT_NAME, Element("StopProducten", (STOPPED.often,))),
}
"""What a message says of its one client."""
CLASSES = frozenset({"Client", "Relatie", "Contact", "ToegewezenProduct", "StartProduct", "StopProduct"})
"""The parts of a message (berichtklassen) that each get codes of their own when a retour repeats them."""
CODES = Element("RetourCodes", (Element("RetourCode", RETOUR_CODE).often,))


@cache
def grammar(kind: MessageKind) -> Element:
    """Return how a message is made up."""
    answered = kind.answers
    header = Element("Header", (*_header(kind), *(_of_retour() if answered else ())))
    client = Element("Client", CLIENTS[answered or kind])
    if answered:
        client = _judged(client).maybe
    return Element("Bericht", (header, client))


def _header(kind: MessageKind) -> tuple[Element, ...]:
    to_provider = (kind.answers or kind) is MessageKind.ALLOCATION
    sender, receiver = (MUNICIPALITY, AGB) if to_provider else (AGB, MUNICIPALITY)
    return (
        Element("BerichtCode", _one_of(kind.code)),
        Element("BerichtVersie", _one_of(VERSION)),
        Element("BerichtSubversie", _one_of(SUBVERSION)),
        Element("Afzender", sender),
        Element("Ontvanger", receiver),
        IDENTIFIED,
        SCHEMAS,
    )


def _of_retour() -> tuple[Element, ...]:
    return (
        Element("IdentificatieRetour", IDENTIFICATION),
        Element("DagtekeningRetour", DATE),
        Element("XsltVersie", RELEASE, least=0),
        replace(SCHEMAS, name="XsdVersieRetour"),
        CODES.maybe,
    )


def _judged(element: Element) -> Element:
    """Return an element as a retour repeats it: with codes in each part that is judged."""
    if isinstance(element.holds, Text):
        return element
    children = tuple(_judged(child) for child in element.holds)
    return replace(element, holds=(*children, CODES) if element.name in CLASSES else children)
