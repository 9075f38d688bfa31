"""Absurd values in every element of a message: it is refused, or judged, and nothing else comes of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

import httpx
import pytest
from lxml import etree
from temporalio.testing import ActivityEnvironment

from activities.iwmo.codes import MessageKind
from activities.iwmo.incoming import Incoming
from activities.iwmo.outgoing import Outgoing
from activities.iwmo.reception import Reception
from activities.iwmo.xml_build import build
from activities.iwmo.xml_parse import MessageWrong
from activities.partner import Partners
from runtime.directory import Directory
from runtime.plugin import connect
from runtime.settings import Settings
from store import care_messages
from store.database import Pool
from store.vault import Vault
from tests.activities.iwmo.samples import DAY, report
from tests.town import Town

NOW = datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=UTC)
ABSURD = (
    *(
        "",
        " ",
        "0",
        "-1",
        "+1",
        "1e26",
        "NaN",
        "Infinity",
        "0.5",
        "1,5",
        "000000001",
        "999999999",
        "9" * 30,
        "9" * 5_000,
    ),
    *("²", "١٢٣", "null", "true", "[]", "x" * 10_000, "x" * 300_000, "\u202e\ufeff"),
    *("0001-01-01", "9999-12-31", "2026-13-40", "2026-02-30", "2026-06", "0000-00-00", "2026-06-01T00:00:00Z"),
)
SAMPLES = {
    MessageKind.START: build(MessageKind.START, report()),
    MessageKind.STOP: build(MessageKind.STOP, report(MessageKind.STOP)),
}


def leaves() -> Iterator[Any]:
    """Every element of a start and of a stop that holds a text."""
    for kind, content in SAMPLES.items():
        for place, node in enumerate(etree.fromstring(content).iter()):
            if not len(node):
                yield pytest.param(kind, place, id=f"{kind} {etree.QName(node).localname} {place}")


def with_value(kind: MessageKind, place: int, value: str, sender: str) -> bytes:
    """A message in which one element holds this."""
    root = etree.fromstring(SAMPLES[kind])
    for node in root.iter():
        if etree.QName(node).localname == "Afzender":
            node.text = sender
    list(root.iter())[place].text = "@@here@@"
    return etree.tostring(root).replace(b"@@here@@", escape(value).encode())


@pytest.mark.timeout(120)
@pytest.mark.parametrize(("kind", "place"), list(leaves()))
async def test_whatever_stands_in_an_element_the_message_is_refused_or_judged(
    pool: Pool, vault: Vault, directory: Directory, settings: Settings, town: Town, kind: MessageKind, place: int
) -> None:
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, started_time=NOW)
    provider = directory.get(town.provider)
    async with httpx.AsyncClient(trust_env=False) as http:
        outgoing = Outgoing(pool, vault, directory, Partners(http, directory))
        incoming = Incoming(pool, vault, directory, outgoing, await connect(settings))
        reception = Reception(pool, vault, directory)
        for value in ABSURD:
            try:
                content = with_value(kind, place, value, town.agb_of(town.provider))
                taken = await reception.take(provider, kind, content, NOW)
            except MessageWrong:
                continue
            await environment.run(incoming.hear_message, taken.id)
            kept = await care_messages.message(pool, taken.id)
            assert kept is not None
            assert kept.judged_at == NOW
