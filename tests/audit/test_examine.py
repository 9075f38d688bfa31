"""An examination finds whatever was changed in a history or a journal, and names the first difference."""

from audit.examine import Evidence, judge
from tests.histories import golden


async def test_untouched_books_and_histories_are_equal(closed: Evidence, open_: Evidence) -> None:
    told = await judge(golden.RING, [closed, open_])
    assert [one.finding for one in told] == [None, None]
    assert [one.runs for one in told] == [1, 1]
    assert told[0].commands == len(closed.books.commands) > 5
