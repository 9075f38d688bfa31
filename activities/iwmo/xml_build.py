"""Writing a message: the tree of its texts as XML, in the order of the grammar."""

from lxml import etree

from activities.iwmo.codes import MessageKind
from activities.iwmo.grammar import COMMON, Element, Text, grammar, namespace
from activities.iwmo.xml_parse import Branch, Tree


class MessageInvalid(Exception):
    """A message that we put together is not as the schema says."""


def build(kind: MessageKind, tree: Branch) -> bytes:
    """Return a message as UTF-8. Raises MessageInvalid, naming the element and never what stands in it."""
    own = namespace(kind)
    prefixes = {kind.lower(): own, "iwmo": COMMON}
    root = etree.Element(f"{{{own}}}Bericht", nsmap=prefixes)
    _write(root, grammar(kind), tree, own, "Bericht")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _write(node: etree._Element, element: Element, tree: Tree, own: str, where: str) -> None:
    if isinstance(element.holds, Text):
        if not isinstance(tree, str) or not element.holds.takes(tree):
            raise MessageInvalid(where)
        try:
            node.text = tree
        except ValueError:
            raise MessageInvalid(where) from None
        return
    if not isinstance(tree, dict) or tree.keys() - {part.name for part in element.holds}:
        raise MessageInvalid(where)
    for part in element.holds:
        below = f"{where}/{part.name}"
        given = tree.get(part.name)
        every = () if given is None else given if isinstance(given, tuple) else (given,)
        if not part.least <= len(every) <= part.most:
            raise MessageInvalid(below)
        for one in every:
            tag = f"{{{COMMON if part.common else own}}}{part.name}"
            _write(etree.SubElement(node, tag), part, one, own, below)
