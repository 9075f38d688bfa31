"""Bad answers of every sort, in every conversation with a partner: the short version of `python -m benchmarks`."""

import sys
from dataclasses import replace

import httpx
import pytest

from benchmarks.bad_answers import MEBIBYTE, run
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
    (careful,) = [one for one in subjects() if one.name == "ask an assessment"]

    async def careless(http: httpx.AsyncClient) -> object:
        return (await http.post("http://partner.example/assessment-requests", json={})).json()["number"]

    figures = await run([replace(careful, ask=careless)], 40, SEED)
    assert figures.crashes
    assert figures.believed
