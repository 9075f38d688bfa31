"""The messages of iWmo 3.2: order, lengths and codes by tables of our own, and what is written is read back alike."""

import re
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from activities.iwmo.codes import MessageKind
from activities.iwmo.grammar import COMMON, Element, Text, grammar, namespace
from activities.iwmo.messages import header_of, report_of
from activities.iwmo.xml_build import MessageInvalid, build
from activities.iwmo.xml_parse import Branch, MessageWrong, Tree, parse
from sandbox.partners.provider_messages import allocated_of
from tests.activities.iwmo import tables
from tests.activities.iwmo.samples import AGB, CLIENT, DAY, MUNICIPALITY, START, STOP, allocation, report

LETTERS = "abcdefghijklmnopqrstuvwxyz ABCÉëïÿß-'&<>\"€0123456789"
FORMED = {
    "[0-9]{8}": "42420001",
    "[0-9]{4}": "0034",
    "[0-9]{9}": "999990019",
    "[0-9]+": "0612345678",
    "[A-Z]{2}": "NL",
    "[a-zA-ZÀ-ỳ]+": "NÉj",
    r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){2}": "1.0.12",
}
"""A text for each pattern that is not free."""


def text_for(text: Text, chance: Random) -> str:
    """A text that an element may hold."""
    if text.codes is not None:
        return chance.choice(sorted(text.codes))
    if text.most is not None:
        return str(chance.randint(0, text.most))
    if text.form == "date":
        return date(chance.randint(1900, 2099), chance.randint(1, 12), chance.randint(1, 28)).isoformat()
    if text.form == "time":
        return f"{chance.randint(0, 23):02}:{chance.randint(0, 59):02}:{chance.randint(0, 59):02}"
    free = "".join(chance.choice(LETTERS) for _ in range(chance.randint(0, min(text.longest, 30) - 1)))
    return FORMED.get(text.pattern.pattern, f"x{free}")


def tree_of(element: Element, chance: Random) -> Tree:
    """A message that the grammar allows, as a tree."""
    if isinstance(element.holds, Text):
        return text_for(element.holds, chance)
    tree: Branch = {}
    for one in element.children:
        if one.least or chance.random() < 0.5:
            every = tuple(tree_of(one, chance) for _ in range(chance.randint(1, 3)))
            tree[one.name] = every if one.most > 1 else every[0]
    return tree


@pytest.mark.parametrize("kind", list(MessageKind))
@settings(max_examples=60)
@given(st.integers(0, 2**32))
def test_whatever_is_written_is_read_back_alike(kind: MessageKind, seed: int) -> None:
    tree = tree_of(grammar(kind), Random(seed))
    assert isinstance(tree, dict)
    assert parse(build(kind, tree), kind) == tree


def children(kind: str, path: str) -> list[str]:
    """The elements within one, with their marks, as the grammar has them."""
    element = grammar(MessageKind(kind))
    for name in path.split(".")[1:]:
        element = next(one for one in element.children if one.name == name)
    return [f"{one.name}{'' if one.least else '?'}{'+' if one.most > 1 else ''}" for one in element.children]


@pytest.mark.parametrize(("kind", "path"), [(kind, path) for kind, order in tables.ORDER.items() for path in order])
def test_the_order_of_elements_is_that_of_the_standard(kind: str, path: str) -> None:
    assert children(kind, path) == tables.ORDER[kind][path].split()


@pytest.mark.parametrize("kind", list(MessageKind))
def test_the_header_and_the_code_are_those_of_the_standard(kind: MessageKind) -> None:
    retour = f" {tables.RETOUR_HEADER}" if kind in {"WMO302", "WMO306", "WMO308"} else ""
    assert children(kind, "Bericht.Header") == f"{tables.HEADER}{retour}".split()
    assert kind.code == tables.BERICHTCODES[kind]


@pytest.mark.parametrize(
    ("kind", "tree"),
    [
        (MessageKind.ALLOCATION, allocation()),
        (MessageKind.START, report()),
        (MessageKind.STOP, report(MessageKind.STOP)),
    ],
)
def test_elements_of_compound_types_are_in_the_common_namespace_and_no_others(kind: MessageKind, tree: Branch) -> None:
    root = etree.fromstring(build(kind, tree))
    for node in root.iter():
        name = etree.QName(node)
        assert name.namespace == (COMMON if name.localname in tables.COMMON else namespace(kind)), name.localname
    assert namespace(kind) == f"http://www.istandaarden.nl/iwmo/3_2/{kind.lower()}/schema"


def elements(element: Element) -> list[Element]:
    return [element, *(below for one in element.children for below in elements(one))]


def test_no_text_is_longer_than_the_standard_allows() -> None:
    for kind in MessageKind:
        for element in elements(grammar(kind)):
            longest = tables.LENGTHS.get(element.name)
            if longest and isinstance(element.holds, Text):
                filler = "1" if element.name in {"Telefoonnummer", "Landnummer"} else "a"
                assert element.holds.takes(filler * longest), element.name
                assert not element.holds.takes(filler * (longest + 1)), element.name


def test_every_code_of_the_standard_is_taken_and_no_other() -> None:
    seen = set()
    for kind in MessageKind:
        for element in elements(grammar(kind)):
            if element.name in tables.CODES and isinstance(element.holds, Text) and element.holds.codes is not None:
                if element.name == "Soort" and len(element.holds.codes) > 4:
                    continue  # of a relation, not of an address
                seen.add(element.name)
                assert element.holds.codes == tables.CODES[element.name], element.name
    assert seen == set(tables.CODES)


def test_our_allocation_says_what_the_rules_ask_and_no_more() -> None:
    tree = allocation()
    text = build(MessageKind.ALLOCATION, tree).decode()
    said = allocated_of(tree)
    assert header_of(tree)[:2] == (MUNICIPALITY, AGB)
    assert (said.client, said.allocation.number, said.allocation.starts_on) == (CLIENT, 900_000_001, DAY)
    assert re.findall(r"<iwmo:Categorie>(\d\d)<", text) == ["02"]
    assert "Omvang" not in text, "without a product code there is no extent (CD080)"
    assert "<wmo301:Soort>02<" in text, "an address of kind 01, 02 or 03 must be there (TR061)"
    assert "<iwmo:Telefoonnummer>0612345678<" in text, "a phone, or house and postcode (TR006)"
    assert "<iwmo:NaamGebruik>1<" in text, "without a partner's name (CS050)"


def test_a_start_and_a_stop_read_as_what_was_said() -> None:
    assert report_of(MessageKind.START, report()).products == (START,)
    assert report_of(MessageKind.STOP, report(MessageKind.STOP)).products == (STOP,)


WRONG = [
    (b">DM0000000001<", b">DM00000000012<", "BerichtIdentificatie/Identificatie"),
    (b">DM0000000001<", b">   <", "BerichtIdentificatie/Identificatie"),
    (b"<wmo301:BerichtCode>414<", b"<wmo301:BerichtCode>418<", "BerichtCode"),
    (b">2026-06-01<", b">2026-02-30<", "Dagtekening"),
    (b">2026-06-01<", b">2026-06-01Z<", "Dagtekening"),
    (b">999990019<", b">99999001<", "Bsn"),
    (b"<wmo301:Geslacht>0<", b"<wmo301:Geslacht>3<", "Geslacht"),
    (b"<wmo301:Geslacht>0</wmo301:Geslacht>", b"", "Geslacht"),
    (b"<wmo301:Client>", b"<wmo301:Client>words", "Client"),
    (b"<wmo301:Client>", b'<wmo301:Client a="b">', "Client"),
    (b"<wmo301:Bsn>999990019</wmo301:Bsn>", b"<wmo301:Bsn><wmo301:Bsn>999990019</wmo301:Bsn></wmo301:Bsn>", "Bsn"),
]


@pytest.mark.parametrize(("old", "new", "where"), WRONG)
def test_what_is_not_as_the_schema_says_is_refused_by_its_place(old: bytes, new: bytes, where: str) -> None:
    content = build(MessageKind.ALLOCATION, allocation())
    assert content.count(old) >= 1
    with pytest.raises(MessageWrong) as wrong:
        parse(content.replace(old, new, 1), MessageKind.ALLOCATION)
    assert (wrong.value.code, wrong.value.where.endswith(where)) == ("not_schema", True)


def test_elements_in_another_order_or_unknown_are_refused_without_their_words() -> None:
    content = build(MessageKind.START, report())
    sex, born = re.findall(
        rb"<wmo305:Geslacht>.*?</wmo305:Geslacht>|<wmo305:Geboortedatum>.*?</wmo305:Geboortedatum>", content
    )
    swapped = content.replace(sex, b"#").replace(born, sex).replace(b"#", born)
    unknown = content.replace(b"</wmo305:Header>", b"<wmo305:Jansen>x</wmo305:Jansen></wmo305:Header>")
    for one in (swapped, unknown):
        with pytest.raises(MessageWrong) as wrong:
            parse(one, MessageKind.START)
        assert "Jansen" not in str(wrong.value)


def test_another_message_than_was_said_is_refused() -> None:
    with pytest.raises(MessageWrong, match="other_message"):
        parse(build(MessageKind.START, report()), MessageKind.STOP)


def test_nothing_is_written_that_could_not_be_read() -> None:
    wrong = allocation()
    client = wrong["Client"]
    assert isinstance(client, dict)
    broken: tuple[Branch, ...] = (
        {"Bsn": "x"},
        {"Unknown": "x"},
        {"ToegewezenProducten": {"ToegewezenProduct": ()}},
        {"Bsn": ("999990019", "999990019")},
    )
    for one in broken:
        changed: Branch = {**client, **one}
        with pytest.raises(MessageInvalid):
            build(MessageKind.ALLOCATION, {**wrong, "Client": changed})
