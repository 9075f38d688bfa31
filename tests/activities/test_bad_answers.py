"""Bad answers of every sort, in every conversation with a partner: the short version of `python -m benchmarks`."""

import sys
from dataclasses import replace

import httpx
import pytest

from activities.iwmo.codes import MessageKind
from activities.iwmo.xml_parse import MessageWrong, parse
from benchmarks.bad_answers import MEBIBYTE, Subject, run
from benchmarks.bad_messages import Believed, inboxes
from benchmarks.bad_partners import subjects

ANSWERS = 210
SEED = 4


@pytest.mark.timeout(120)
async def test_no_bad_answer_is_believed_repeated_or_tried_again_for_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    figures = await run(subjects(), ANSWERS, SEED)
    with capsys.disabled():
        sys.stdout.write(f"\nseed {SEED}: {dict(figures.answers)}, at most {figures.peak / MEBIBYTE:.0f} MiB\n")
    assert figures.faults == []
    assert figures.answers.total() == ANSWERS
    assert set(figures.answers) == {"passes", "refused for good", "not understood"}
    assert figures.peak < 50 * MEBIBYTE


async def test_what_believes_a_bad_answer_or_stumbles_over_it_is_seen() -> None:
    """The judge itself: an adapter without care is found out."""
    (careful,) = [one for one in subjects() if isinstance(one, Subject) and one.name == "ask an assessment"]

    async def careless(http: httpx.AsyncClient) -> object:
        return (await http.post("http://partner.example/assessment-requests", json={})).json()["number"]

    figures = await run([replace(careful, ask=careless)], 40, SEED)
    assert figures.crashes
    assert figures.believed


async def test_who_takes_bad_messages_in_or_repeats_their_words_is_seen() -> None:
    """The judge of messages: one that looks at the schema alone, and tells what it read."""

    async def careless(kind: MessageKind, content: bytes) -> str:
        try:
            parse(content, kind)
        except MessageWrong:
            return content.decode(errors="replace")
        raise Believed("taken in")

    figures = await run([replace(one, take=careless) for one in inboxes()], 80, SEED)
    assert figures.believed
    assert figures.repeated
