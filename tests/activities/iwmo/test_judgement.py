"""Which starts and stops are approved, and with which code the others are rejected; and how a retour says it."""

from datetime import date
from typing import Any

import pytest

from activities.iwmo.codes import DeliveryStatus, MessageKind, RetourCode
from activities.iwmo.judgement import MessageContext, NotedProduct, RetourVerdict, judge, running_since
from activities.iwmo.messages import Product, codes_in, report_of
from activities.iwmo.retour import retour_of, retour_tree
from activities.iwmo.xml_build import build
from activities.iwmo.xml_parse import parse
from tests.activities.iwmo.samples import DAY, START, STOP, report

NUMBER = 900_000_001
STARTED = NotedProduct(MessageKind.START, START)
REMOVED = NotedProduct(MessageKind.START, START._replace(delivery=DeliveryStatus.REMOVED))
STOPPED = NotedProduct(MessageKind.STOP, STOP)
PAUSED = NotedProduct(MessageKind.STOP, STOP._replace(reason="20"))
LATER = START._replace(begins_on=date(2026, 10, 1))
START_BACK, STOP_BACK = (one._replace(delivery=DeliveryStatus.REMOVED) for one in (START, STOP))


def verdict(
    product: Product, *earlier: NotedProduct, kind: MessageKind = MessageKind.START, **known: Any
) -> RetourVerdict:
    """How a message of one product is judged."""
    facts = MessageContext(date(2026, 12, 1), used=False, allocations=frozenset({NUMBER}), earlier=earlier)
    return judge(report_of(kind, report(kind, product)), facts._replace(**known))


STARTS = [
    (START, (), "0200"),
    (START._replace(allocation=None), (), "9019"),
    (START._replace(allocation=7), (), "9019"),
    (START, (STARTED,), "9074"),
    (START, (STARTED, REMOVED), "0200"),
    (LATER, (STARTED,), "9326"),
    (LATER, (STARTED, STOPPED), "0200"),
    (LATER, (STARTED, PAUSED), "0200"),
    (START_BACK, (), "9063"),
    (START_BACK, (STARTED,), "0200"),
    (START_BACK, (STARTED, REMOVED), "9063"),
    (START_BACK, (STARTED, STOPPED), "9071"),
]
STOPS = [
    (STOP, (STARTED,), "0200"),
    (STOP, (), "9069"),
    (STOP, (STARTED, REMOVED), "9069"),
    (STOP._replace(allocation=7), (STARTED,), "9019"),
    (STOP, (STARTED, STOPPED), "9415"),
    (STOP, (STARTED, PAUSED), "0200"),
    (STOP._replace(reason="20"), (STARTED, PAUSED), "9413"),
    (STOP._replace(ends_on=date(2026, 8, 1)), (STARTED, PAUSED), "9414"),
    (STOP_BACK, (STARTED,), "9063"),
    (STOP_BACK, (STARTED, STOPPED), "0200"),
]


@pytest.mark.parametrize(
    ("kind", "product", "earlier", "code"),
    [(MessageKind.START, *one) for one in STARTS] + [(MessageKind.STOP, *one) for one in STOPS],
)
def test_the_code_across_messages(
    kind: MessageKind, product: Product, earlier: tuple[NotedProduct, ...], code: str
) -> None:
    judged = verdict(product, *earlier, kind=kind)
    assert judged.products == (code,)
    assert judged.approved is (code == "0200")


@pytest.mark.parametrize("delivery", [DeliveryStatus.CHANGED, DeliveryStatus.UNCHANGED])
def test_only_a_first_delivery_or_a_removal_is_sound(delivery: DeliveryStatus) -> None:
    assert verdict(START._replace(delivery=delivery)) == RetourVerdict(RetourCode.REJECTED)


def test_a_rule_within_the_message_is_answered_with_the_header_alone() -> None:
    assert verdict(STOP._replace(ends_on=date(2026, 5, 1)), STARTED, kind=MessageKind.STOP).header == "0001"
    twice = judge(
        report_of(MessageKind.START, report(MessageKind.START, START, START)),
        MessageContext(DAY, used=False, allocations=frozenset({NUMBER}), earlier=()),
    )
    assert twice.header == "0001"


def test_an_identification_that_was_used_and_a_date_to_come_are_rejected() -> None:
    assert verdict(START, used=True).codes == ("9056",)
    assert verdict(START, today=date(2026, 5, 31)).codes == ("8848",)


def test_since_when_support_runs_follows_what_was_taken_back_and_stopped() -> None:
    later = NotedProduct(MessageKind.START, LATER)
    assert running_since(NUMBER, (STARTED,)) == DAY
    assert running_since(NUMBER, (STARTED, REMOVED)) is None
    assert running_since(NUMBER, (STARTED, STOPPED)) is None
    assert running_since(NUMBER, (STARTED, STOPPED, later)) == date(2026, 10, 1)
    assert running_since(7, (STARTED,)) is None


# -- the retour ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [MessageKind.START, MessageKind.STOP])
@pytest.mark.parametrize(
    ("judged", "codes", "client"),
    [
        (RetourVerdict(None, ("0200",)), [], False),
        (RetourVerdict("0001"), ["0001"], False),
        (RetourVerdict("9056"), ["9056"], False),
        (RetourVerdict(None, ("9019",)), ["0200", "9019", "0200"], True),
    ],
)
def test_a_retour_repeats_the_client_only_when_a_product_is_rejected(
    kind: MessageKind, judged: RetourVerdict, codes: list[str], client: bool
) -> None:
    heard = report(kind)
    content = build(kind.retour, retour_tree(kind, heard, judged, "DM0000000009", DAY))
    tree = parse(content, kind.retour)
    assert sorted(codes_in(tree)) == sorted(codes)
    assert ("Client" in tree) is client
    said = retour_of(kind.retour, tree)
    assert said.answered.identification == "ZA0000000001"
    assert (said.identification, said.dated) == ("DM0000000009", DAY)
    assert said.codes == judged.codes


def test_of_several_products_each_keeps_its_own_code() -> None:
    heard = report(MessageKind.START, START, LATER)
    tree = retour_tree(MessageKind.START, heard, RetourVerdict(None, ("0200", "9326")), "DM0000000009", DAY)
    content = build(MessageKind.START_RETOUR, tree)
    assert [code for code in codes_in(parse(content, MessageKind.START_RETOUR)) if code != "0200"] == ["9326"]
    assert content.index(b"2026-06-01</wmo306:Begindatum>") < content.index(b"9326")
