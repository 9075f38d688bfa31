"""Reading a message safely: no entities, no DTD, no network, a bounded number of bytes, and no unknown elements.

A message is read into a tree of texts: `{"Header": {"Afzender": "…", …}, "Client": {…}}`; what may stand more than once
is a tuple. Everything in the tree is as the grammar says; `judgement` judges what it says.
"""

import re
from typing import TypeAlias, Union

from lxml import etree

from activities.iwmo.codes import MessageKind
from activities.iwmo.grammar import COMMON, Element, Text, grammar, namespace

LIMIT = 256 * 1024
"""Bytes of the longest message we take in. The standard allows 25 MB (OP179), which only declarations need; we take
none."""
DECLARED = re.compile(rb"^\s*<\?xml[^>]*encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
SCHEMA_LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"

Tree: TypeAlias = Union[str, "Branch", tuple["Tree", ...]]
Branch: TypeAlias = dict[str, Tree]


class MessageWrong(Exception):
    """The message cannot be read, or is not as the schema says."""

    def __init__(self, code: str, where: str) -> None:
        self.code = code
        """`too_long`, `not_utf8`, `has_dtd`, `malformed`, `other_message` or `not_schema`."""
        self.where = where
        """At which element; never what stood there."""
        super().__init__(f"{code}: {where}")


def parse(content: bytes, kind: MessageKind) -> Branch:
    """Read a message of this kind. Raises MessageWrong."""
    root = _root(content)
    if root.tag != f"{{{namespace(kind)}}}Bericht":
        raise MessageWrong("other_message", "Bericht")
    if set(root.attrib) - {SCHEMA_LOCATION}:
        raise MessageWrong("not_schema", "Bericht")
    return _branch(root, grammar(kind).children, namespace(kind), "Bericht")


def _root(content: bytes) -> etree._Element:
    """Parse the bytes. What could make a parser fetch or expand anything is refused before it is parsed."""
    if len(content) > LIMIT:
        raise MessageWrong("too_long", "Bericht")
    declared = DECLARED.match(content.removeprefix(b"\xef\xbb\xbf"))
    if declared and declared.group(1).lower() not in {b"utf-8", b"us-ascii"}:
        raise MessageWrong("not_utf8", "Bericht")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        raise MessageWrong("not_utf8", "Bericht") from None
    # ASCII in UTF-16 or UTF-32 is valid UTF-8 too, with nulls between: the search below would not see through it.
    if b"\0" in content:
        raise MessageWrong("not_utf8", "Bericht")
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise MessageWrong("has_dtd", "Bericht")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise MessageWrong("malformed", "Bericht") from None
    return root


def _read(node: etree._Element, element: Element, own: str, where: str) -> Tree:
    """Read one element. It goes no deeper than the grammar does."""
    if isinstance(element.holds, Text):
        return _text(node, element.holds, where)
    return _branch(node, element.children, own, where)


def _branch(node: etree._Element, parts: tuple[Element, ...], own: str, where: str) -> Branch:
    if (node.text or "").strip() or any((child.tail or "").strip() for child in node):
        raise MessageWrong("not_schema", where)
    branch: Branch = {}
    children = list(node)
    for part in parts:
        tag = f"{{{COMMON if part.common else own}}}{part.name}"
        found: list[etree._Element] = []
        while children and children[0].tag == tag and len(found) < part.most:
            found.append(children.pop(0))
        if len(found) < part.least:
            raise MessageWrong("not_schema", f"{where}/{part.name}")
        trees = tuple(_part(one, part, own, f"{where}/{part.name}") for one in found)
        if part.most > 1:
            branch[part.name] = trees
        elif trees:
            branch[part.name] = trees[0]
    if children:
        raise MessageWrong("not_schema", f"{where}/{_known_name(children[0], parts)}")
    return branch


def _part(node: etree._Element, part: Element, own: str, where: str) -> Tree:
    if node.attrib:
        raise MessageWrong("not_schema", where)
    return _read(node, part, own, where)


def _text(node: etree._Element, text: Text, where: str) -> str:
    said = node.text or ""
    if text.most is not None or text.form or text.codes is not None:
        said = said.strip() if text.codes is None else said
    if len(node) or not text.takes(said):
        raise MessageWrong("not_schema", where)
    return said


def _known_name(node: etree._Element, parts: tuple[Element, ...]) -> str:
    """Return an element's name if the grammar has it, in another place; any other may be words about a person."""
    name = etree.QName(node).localname if isinstance(node.tag, str) else ""
    return name if name in {part.name for part in parts} else "…"
