"""How long we leave a partner alone because it asks for it: `Retry-After`, RFC 9110 section 10.2.3."""

from datetime import timedelta

import pytest

from activities.partner import retry_after


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("120", timedelta(minutes=2)),
        ("14400", timedelta(hours=4)),
        ("14401", timedelta(hours=4)),
        ("999999999", timedelta(hours=4)),
        ("9" * 40, None),
        ("0", None),
        ("-1", None),
        ("1e9", None),
        ("٣", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_wish_is_heeded_for_half_a_working_day_at_most(text: str, wish: timedelta | None) -> None:
    assert retry_after({"Retry-After": text}) == wish


def test_who_wishes_nothing_is_asked_again_as_ever() -> None:
    assert retry_after({}) is None
