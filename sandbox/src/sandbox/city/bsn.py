"""Citizen service numbers (burgerservicenummers) that belong to nobody.

Numbers that begin with 99999 and with 0000 are reserved for testing and are issued to no person (the Dutch test range,
as for instance https://www.npmjs.com/package/bsn-js documents it); a number counts when it passes the eleven test.
"""

from functools import cache

_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
_STRIDE = 577
"""Prime to both counts of numbers, so that stepping by it visits every number once."""


class TestNumbersExhausted(Exception):
    """There are only so many citizen service numbers for testing; a smaller city has enough."""

    __test__ = False


def passes_eleven_test(bsn: str) -> bool:
    """Tell whether nine digits pass the eleven test (elfproef)."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, bsn, strict=True))
    return total % 11 == 0 and int(bsn) > 0


def is_test_number(bsn: str) -> bool:
    """Tell whether this number lies in a range reserved for testing."""
    return len(bsn) == 9 and bsn.isdigit() and bsn.startswith(("99999", "0000")) and passes_eleven_test(bsn)


_TEST_RANGES = ((999_990_000, 999_999_999), (1, 99_999))


@cache
def _numbers(first: int, last: int) -> tuple[str, ...]:
    return tuple(bsn for number in range(first, last + 1) if passes_eleven_test(bsn := f"{number:09}"))


def test_number(seed: int, n: int) -> str:
    """Return the nth person's number: within one seed no two are the same. Raises TestNumbersExhausted."""
    for first_and_last in _TEST_RANGES:
        numbers = _numbers(*first_and_last)
        if n < len(numbers):
            return numbers[(seed + n * _STRIDE) % len(numbers)]
        n -= len(numbers)
    raise TestNumbersExhausted


test_number.__test__ = False  # type: ignore[attr-defined]
