"""Retours (retourberichten), the answers to messages: writing and reading them (IV028).

The retour to an approved message is a header alone. So is that to a message rejected for technical reasons, with the
code. When a product is why the message is rejected, the retour repeats the client unchanged, with a code in every part.
"""

from datetime import date

from activities.iwmo.codes import XSD_VERSION, MessageKind, RetourCode
from activities.iwmo.grammar import CLASSES
from activities.iwmo.judgement import RetourVerdict
from activities.iwmo.messages import Retour, branch, codes_in, day, header_of, text
from activities.iwmo.xml_parse import Branch, Tree

PRODUCTS = frozenset({"ToegewezenProduct", "StartProduct", "StopProduct"})


def retour_tree(
    answered: MessageKind, tree: Branch, verdict: RetourVerdict, identification: str, dated: date
) -> Branch:
    """Return the retour to a message."""
    header: Branch = {
        **branch(tree, "Header"),
        "BerichtCode": answered.retour.code,
        "IdentificatieRetour": identification,
        "DagtekeningRetour": dated.isoformat(),
        "XsdVersieRetour": {"BasisschemaXsdVersie": XSD_VERSION, "BerichtXsdVersie": XSD_VERSION},
    }
    if verdict.header:
        return {"Header": {**header, "RetourCodes": {"RetourCode": (verdict.header,)}}}
    if verdict.approved:
        return {"Header": header}
    remaining = list(verdict.products)
    client = _repeated("Client", tree["Client"], remaining)
    return {"Header": {**header, "RetourCodes": {"RetourCode": (RetourCode.NO_REMARK.value,)}}, "Client": client}


def _repeated(name: str, tree: Tree, codes: list[str]) -> Tree:
    """Repeat a part of the message with codes in it. `codes` are those of the products, in their order."""
    if isinstance(tree, tuple):
        return tuple(_repeated(name, one, codes) for one in tree)
    if not isinstance(tree, dict):
        return tree
    code = codes.pop(0) if name in PRODUCTS else RetourCode.NO_REMARK.value
    repeated: Branch = {below: _repeated(below, one, codes) for below, one in tree.items()}
    return {**repeated, "RetourCodes": {"RetourCode": (code,)}} if name in CLASSES else repeated


def retour_of(kind: MessageKind, tree: Branch) -> Retour:
    """Return what a retour says."""
    header = branch(tree, "Header")
    return Retour(
        kind=kind,
        answered=header_of(tree),
        identification=text(header, "IdentificatieRetour"),
        dated=day(header, "DagtekeningRetour"),
        codes=tuple(dict.fromkeys(code for code in codes_in(tree) if code != RetourCode.NO_REMARK)),
    )
