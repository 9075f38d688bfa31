"""Wrong wirings are made for a measurement (`python -m benchmarks miswire`): each can still be made."""

import pytest

from benchmarks.miswire import MISTAKES, ROOT, Mistake


@pytest.mark.parametrize("mistake", [one for one in MISTAKES if one.right], ids=lambda one: one.what)
def test_a_mistake_can_still_be_made(mistake: Mistake) -> None:
    assert (ROOT / mistake.file).read_text(encoding="utf-8").count(mistake.right) == 1
    assert mistake.right != mistake.wrong
