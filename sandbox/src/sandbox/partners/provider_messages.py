"""The messages of iWmo as a care provider writes and reads them: it reports starts and stops, and reads allocations."""

from datetime import datetime
from typing import NamedTuple, cast

from activities.iwmo.codes import Change, MessageKind
from activities.iwmo.messages import (
    Allocation,
    Client,
    Header,
    Product,
    born_of,
    born_tree,
    branch,
    branches,
    day,
    given,
    header_of,
    header_tree,
    maybe_day,
    said,
    text,
)
from activities.iwmo.xml_parse import Branch


def report_tree(kind: MessageKind, header: Header, client: Client, products: tuple[Product, ...]) -> Branch:
    """Return a start or stop message, as a provider sends it."""
    word = "Start" if kind is MessageKind.START else "Stop"
    every = tuple(
        given(
            ToewijzingNummer=None if one.allocation is None else str(one.allocation),
            Product={"Categorie": one.category} if one.category else None,
            Begindatum=one.begins_on.isoformat(),
            RedenBeeindiging=one.reason,
            Einddatum=said(one.ends_on),
            StatusAanlevering=one.delivery.value,
        )
        for one in products
    )
    return {
        "Header": header_tree(kind, header),
        "Client": {
            "Bsn": client.bsn,
            "Geboortedatum": born_tree(client.born_on),
            "Geslacht": "0",
            "Naam": given(
                Geslachtsnaam=given(Achternaam=client.surname, Voorvoegsel=client.prefix),
                Voornamen=client.first_names,
            ),
            f"{word}Producten": {f"{word}Product": every},
        },
    }


class Allocated(NamedTuple):
    """An allocation as its provider reads it."""

    header: Header
    client: Client
    allocation: Allocation


def allocated_of(tree: Branch) -> Allocated:
    """Return what an allocation says, of its first product."""
    client = branch(tree, "Client")
    name = branch(client, "Naam")
    surname = branch(name, "Geslachtsnaam")
    product = branches(branch(client, "ToegewezenProducten"), "ToegewezenProduct")[0]
    made = f"{text(product, 'Toewijzingsdatum')}T{text(product, 'Toewijzingstijd')}"
    change = product.get("RedenWijziging")
    return Allocated(
        header_of(tree),
        Client(
            bsn=text(client, "Bsn"),
            born_on=born_of(branch(client, "Geboortedatum")),
            surname=text(surname, "Achternaam"),
            prefix=cast(str | None, surname.get("Voorvoegsel")),
            first_names=cast(str | None, name.get("Voornamen")),
        ),
        Allocation(
            number=int(text(product, "ToewijzingNummer")),
            made_at=datetime.fromisoformat(made),
            starts_on=day(product, "Ingangsdatum"),
            ends_on=maybe_day(product, "Einddatum"),
            change=Change(change) if change in set(Change) else None,
        ),
    )
