"""The messages as values: the allocations that we send, the starts and stops that a provider reports, and retours."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple, cast

from activities.iwmo.codes import SUBVERSION, VERSION, XSD_VERSION, Category, Change, DeliveryStatus, MessageKind
from activities.iwmo.xml_parse import Branch, Tree
from domain.facts.born import Born


class Header(NamedTuple):
    """From whom, to whom, and which message. Codes: four digits for a municipality, eight (AGB) for a provider."""

    sender: str
    receiver: str
    identification: str
    dated: date


class Client(NamedTuple):
    """Who the client is, as an allocation says it."""

    bsn: str
    born_on: Born
    surname: str
    prefix: str | None
    """Voorvoegsel, such as `van der`: at most 10 characters."""
    first_names: str | None


class ContactAddress(NamedTuple):
    """How the client is reached for letters (correspondentieadres): by phone, at an organisation or directly."""

    phone: str
    """Digits only."""
    country: str
    """Landnummer, such as `0031`."""
    mail: str | None = None
    organisation: str | None = None


class Allocation(NamedTuple):
    """Support that a municipality allocates to a provider (ToegewezenProduct)."""

    number: int
    made_at: datetime
    """In the municipality's own time: of two messages with one number the later counts (OP033x1)."""
    starts_on: date
    ends_on: date | None = None
    change: Change | None = None
    category: Category = Category.GUIDANCE


class Product(NamedTuple):
    """What a provider says of one allocation: that its support started, or stopped."""

    allocation: int | None
    category: str | None
    begins_on: date
    delivery: DeliveryStatus
    ends_on: date | None = None
    reason: str | None = None

    @classmethod
    def of_line(
        cls, allocation: int | None, begins_on: date, ends_on: date | None, delivery: str, reason: str | None
    ) -> "Product":
        """Return a product as the store keeps it; it does not keep the category."""
        return cls(allocation, None, begins_on, DeliveryStatus(delivery), ends_on, reason)

    @property
    def key(self) -> tuple[int | None, date]:
        """What tells it from other starts, or other stops, of the same client."""
        return (self.allocation, self.begins_on)


class StartOrStop(NamedTuple):
    """A start or stop message as it was received."""

    kind: MessageKind
    header: Header
    bsn: str
    born_on: date
    born_unknown: bool
    products: tuple[Product, ...]


class Retour(NamedTuple):
    """A retour as it was received."""

    kind: MessageKind
    answered: Header
    """The header of the message it answers: it is repeated unchanged (IV028)."""
    identification: str
    dated: date
    codes: tuple[str, ...]
    """Every code in it but 0200; none: the message is approved."""


def header_tree(kind: MessageKind, header: Header) -> Branch:
    """Return the header of a message that is no retour."""
    return {
        "BerichtCode": kind.code,
        "BerichtVersie": VERSION,
        "BerichtSubversie": SUBVERSION,
        "Afzender": header.sender,
        "Ontvanger": header.receiver,
        "BerichtIdentificatie": {"Identificatie": header.identification, "Dagtekening": header.dated.isoformat()},
        "XsdVersie": {"BasisschemaXsdVersie": XSD_VERSION, "BerichtXsdVersie": XSD_VERSION},
    }


def allocation_tree(header: Header, client: Client, contact: ContactAddress, allocation: Allocation) -> Branch:
    """Return an allocation (WMO301) of one product, without an amount: support by category, as it is needed."""
    surname = given(Achternaam=client.surname, Voorvoegsel=client.prefix)
    phone: Branch = {"Telefoon01": {"Telefoonnummer": contact.phone, "Landnummer": contact.country}}
    product = given(
        ToewijzingNummer=str(allocation.number),
        Product={"Categorie": allocation.category.value},
        Toewijzingsdatum=allocation.made_at.date().isoformat(),
        Toewijzingstijd=allocation.made_at.strftime("%H:%M:%S"),
        Ingangsdatum=allocation.starts_on.isoformat(),
        Einddatum=said(allocation.ends_on),
        RedenWijziging=allocation.change.value if allocation.change else None,
    )
    reached = given(Soort="02", Organisatie=contact.organisation, Telefoon=phone, Emailadres=contact.mail)
    return {
        "Header": header_tree(MessageKind.ALLOCATION, header),
        "Client": {
            "Bsn": client.bsn,
            "Geboortedatum": born_tree(client.born_on),
            "Geslacht": "0",
            "Naam": given(Geslachtsnaam=surname, Voornamen=client.first_names, NaamGebruik="1"),
            "Contactgegevens": {"Contact": (reached,)},
            "ToegewezenProducten": {"ToegewezenProduct": (product,)},
        },
    }


def born_tree(born: Born) -> Branch:
    """Return a date of birth (Geboortedatum): what is not known of it as 01 or 1900, and `DatumGebruik` tells which
    part counts (invulinstructie IV009, code list 170).
    """
    unknown = None if born.day else "1" if born.month else "2" if born.year else "3"
    stands = date(born.year or 1900, born.month or 1, born.day or 1)
    return given(Datum=stands.isoformat(), DatumGebruik=unknown)


def born_of(tree: Branch) -> Born:
    """Return a date of birth as a message has it."""
    on = day(tree, "Datum")
    match tree.get("DatumGebruik"):
        case "1":
            return Born(on.year, on.month, 0)
        case "2":
            return Born(on.year, 0, 0)
        case "3":
            return Born(0, 0, 0)
        case _:
            return Born.on(on)


def header_of(tree: Branch) -> Header:
    """Return the header of a message, or of the message that a retour answers."""
    header = branch(tree, "Header")
    known = branch(header, "BerichtIdentificatie")
    return Header(
        sender=text(header, "Afzender"),
        receiver=text(header, "Ontvanger"),
        identification=text(known, "Identificatie"),
        dated=day(known, "Dagtekening"),
    )


def report_of(kind: MessageKind, tree: Branch) -> StartOrStop:
    """Return what a start or stop message says."""
    client = branch(tree, "Client")
    born = branch(client, "Geboortedatum")
    word = "Start" if kind is MessageKind.START else "Stop"
    return StartOrStop(
        kind=kind,
        header=header_of(tree),
        bsn=text(client, "Bsn"),
        born_on=day(born, "Datum"),
        born_unknown=born.get("DatumGebruik") == "3",
        products=tuple(map(_product, branches(branch(client, f"{word}Producten"), f"{word}Product"))),
    )


def _product(tree: Branch) -> Product:
    number = tree.get("ToewijzingNummer")
    product = cast(Branch, tree.get("Product") or {})
    return Product(
        allocation=int(cast(str, number)) if number else None,
        category=cast(str | None, product.get("Categorie")),
        begins_on=day(tree, "Begindatum"),
        delivery=DeliveryStatus(text(tree, "StatusAanlevering")),
        ends_on=maybe_day(tree, "Einddatum"),
        reason=cast(str | None, tree.get("RedenBeeindiging")),
    )


def said(on: date | None) -> str | None:
    """Return a day as a message has it."""
    return on.isoformat() if on else None


def given(**values: Tree | None) -> Branch:
    """Return an element with these children, without those that are None."""
    return {name: value for name, value in values.items() if value is not None}


# -- looking into a tree that was parsed: what the grammar requires is there ----------------------------------


def branch(tree: Branch, name: str) -> Branch:
    """Return an element with children."""
    return cast(Branch, tree[name])


def branches(tree: Branch, name: str) -> tuple[Branch, ...]:
    """Return every element of this name."""
    return cast(tuple[Branch, ...], tree[name])


def text(tree: Branch, name: str) -> str:
    """Return the text of an element."""
    return cast(str, tree[name])


def day(tree: Branch, name: str) -> date:
    """Return the date in an element."""
    return date.fromisoformat(text(tree, name))


def maybe_day(tree: Branch, name: str) -> date | None:
    """Return the date in an element that may be left out."""
    return day(tree, name) if name in tree else None


def codes_in(tree: Tree) -> Iterator[str]:
    """Yield every retour code in a retour, at whatever depth."""
    if isinstance(tree, tuple):
        for one in tree:
            yield from codes_in(one)
    elif isinstance(tree, dict):
        for name, below in tree.items():
            if name == "RetourCode":
                yield from cast(tuple[str, ...], below)
            else:
                yield from codes_in(below)
