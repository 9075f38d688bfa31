"""Whether a start or stop message is approved: the rules within a message, and those across messages (IV032).

A message is approved as a whole or not at all. A rule within it that does not hold gives 0001; across messages each
product gets a code of its own.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from stdnum.nl import bsn

from activities.iwmo.codes import DeliveryStatus, Ending, MessageKind, RetourCode
from activities.iwmo.messages import Product, StartOrStop

OLDEST = 120
"""Years: nobody is older (TR002)."""


class NotedProduct(NamedTuple):
    """A product of an earlier, approved message of the same provider."""

    kind: MessageKind
    product: Product


class MessageContext(NamedTuple):
    """What a message is judged by."""

    today: date
    used: bool
    """Whether another message of this kind of this sender has the same Identificatie."""
    allocations: frozenset[int]
    """The allocations, not removed, of this provider to the client of this message."""
    earlier: tuple[NotedProduct, ...]
    """Those of the allocations that the message names, in the order in which they were received."""


class RetourVerdict(NamedTuple):
    """What the retour will say."""

    header: str | None = None
    """Why the message is rejected before its products are looked at."""
    products: tuple[str, ...] = ()
    """For each product why it is rejected, or 0200."""

    @property
    def approved(self) -> bool:
        """Whether the message is approved, wholly."""
        return self.header is None and set(self.products) <= {RetourCode.NO_REMARK}

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the codes for which it is rejected, each once."""
        found = (self.header,) if self.header else self.products
        return tuple(dict.fromkeys(code for code in found if code != RetourCode.NO_REMARK))


def judge(report: StartOrStop, known: MessageContext) -> RetourVerdict:
    """Judge a message."""
    if not _sound(report):
        return RetourVerdict(RetourCode.REJECTED)
    if known.used:
        return RetourVerdict(RetourCode.NOT_UNIQUE)
    if report.header.dated > known.today:
        return RetourVerdict(RetourCode.DATED_AHEAD)
    return RetourVerdict(None, tuple(_judged(report.kind, product, known) for product in report.products))


def _sound(report: StartOrStop) -> bool:
    """Tell whether the rules within the message hold: TR002, TR018, TR101, CS002, CS058."""
    keys = [product.key for product in report.products]
    born = report.born_unknown or report.header.dated.year - report.born_on.year <= OLDEST
    delivered = all(product.delivery in {DeliveryStatus.FIRST, DeliveryStatus.REMOVED} for product in report.products)
    ordered = all(product.ends_on is None or product.ends_on >= product.begins_on for product in report.products)
    return bool(bsn.is_valid(report.bsn)) and born and delivered and ordered and len(keys) == len(set(keys))


def _judged(kind: MessageKind, product: Product, known: MessageContext) -> RetourCode:
    """Judge one product against what is allocated and what was received before."""
    if product.allocation is None or product.allocation not in known.allocations:
        return RetourCode.NOT_ALLOCATED
    standing = list(_standing(known.earlier))
    starts = [one for one in standing if one.kind is MessageKind.START and one.product.allocation == product.allocation]
    stops = [one for one in standing if one.kind is MessageKind.STOP and one.product.allocation == product.allocation]
    if kind is MessageKind.START:
        return _start(product, starts, stops)
    return _stop(product, starts, stops)


def _start(product: Product, starts: list[NotedProduct], stops: list[NotedProduct]) -> RetourCode:
    same = _same(product, starts)
    if product.delivery is DeliveryStatus.REMOVED:
        if not same:
            return RetourCode.NOTHING_EARLIER
        return RetourCode.ALREADY_STOPPED if _same(product, stops) else RetourCode.NO_REMARK
    if same:
        return RetourCode.RECEIVED_BEFORE
    running = any(not _same(start.product, stops) for start in starts)
    return RetourCode.STILL_RUNNING if running else RetourCode.NO_REMARK


def _stop(product: Product, starts: list[NotedProduct], stops: list[NotedProduct]) -> RetourCode:
    same = _same(product, stops)
    if product.delivery is DeliveryStatus.REMOVED:
        return RetourCode.NO_REMARK if same else RetourCode.NOTHING_EARLIER
    if not _same(product, starts):
        return RetourCode.NOT_STARTED
    if any(stop.product.reason != Ending.TEMPORARY for stop in same):
        return RetourCode.STOPPED_FOR_GOOD
    if same and product.reason == Ending.TEMPORARY:
        return RetourCode.STOPPED_TWICE_FOR_A_WHILE
    if any(stop.product.ends_on and product.ends_on and product.ends_on < stop.product.ends_on for stop in same):
        return RetourCode.STOPPED_LATER
    return RetourCode.NO_REMARK


def _same(product: Product, noted: list[NotedProduct]) -> list[NotedProduct]:
    return [one for one in noted if one.product.key == product.key]


def running_since(allocation: int, earlier: Sequence[NotedProduct]) -> date | None:
    """Return since when support runs under an allocation, by the messages that were approved; None when it does not."""
    standing = [one for one in _standing(earlier) if one.product.allocation == allocation]
    stops = [one for one in standing if one.kind is MessageKind.STOP]
    starts = [one for one in standing if one.kind is MessageKind.START and not _same(one.product, stops)]
    return starts[-1].product.begins_on if starts else None


def _standing(earlier: Sequence[NotedProduct]) -> list[NotedProduct]:
    """Return what was sent and not taken back since."""
    standing: list[NotedProduct] = []
    for one in earlier:
        if one.product.delivery is DeliveryStatus.REMOVED:
            gone = [old for old in standing if old.kind is one.kind and old.product.key == one.product.key]
            standing = [old for old in standing if old not in gone[-1:]]
        else:
            standing.append(one)
    return standing
