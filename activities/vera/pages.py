"""The records of one page of a list, each read by itself, so that one that cannot be read does no harm to the others.

A lone surrogate, bytes that are not UTF-8 or a thousand levels of nesting in one record make the whole page invalid to
a reader of JSON. Then the page is cut into its records first, and each is read alone.
"""

import re
from typing import Any

from pydantic_core import from_json

from activities.partner import not_understood

Record = dict[str, Any]

_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[\[\]{},]', re.DOTALL)
_OPENS, _CLOSES = b"[{", b"]}"


def records(page: bytes) -> list[Record | None]:
    """Return the records of a page; None stands for one that cannot be read.

    Raises PartnerAway or PartnerRefused when it is no list, not a whole one, or one in which nothing can be read.
    """
    found = _found(page)
    if found and not any(one is not None for one in found):
        raise not_understood("not_understood")
    return found


def _found(page: bytes) -> list[Record | None]:
    try:
        found = from_json(page)
    except ValueError:
        return [_alone(piece) for piece in _pieces(page)]
    if not isinstance(found, list):
        raise not_understood("not_understood")
    return [one if isinstance(one, dict) else None for one in found]


def _alone(piece: bytes) -> Record | None:
    try:
        one = from_json(piece)
    except ValueError:
        return None
    return one if isinstance(one, dict) else None


def _pieces(page: bytes) -> list[bytes]:
    """Cut a list into what stands between its commas."""
    body = page.strip()
    if not body.startswith(b"["):
        raise not_understood("not_understood")
    pieces, begin, depth = list[bytes](), 1, 0
    for token in _TOKEN.finditer(body):
        said = token.group()
        if said in _OPENS:
            depth += 1
        elif said in _CLOSES:
            depth -= 1
        if depth == 0 and said == b"]" and token.end() == len(body):
            return [*pieces, body[begin : token.start()]]
        if depth < 1:
            break
        if said == b"," and depth == 1:
            pieces.append(body[begin : token.start()])
            begin = token.end()
    raise not_understood("not_understood")
