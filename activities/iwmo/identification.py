"""The numbers of messages and allocations, from counters of the store.

An Identificatie has at most 12 characters and is unique for its sender (TR056); an allocation's number has at most nine
digits and is unique within the municipality (TR332). The municipality's own Wmo software gives numbers too, so ours
have a beginning of their own.
"""

OURS = "DM"
FIRST_ALLOCATION = 900_000_000


def identification(count: int) -> str:
    """Return the count-th Identificatie of a sender: 12 characters."""
    if not 0 < count < 10**10:
        raise ValueError("no Identificatie is left")
    return f"{OURS}{count:010}"


def allocation_number(count: int) -> int:
    """Return the count-th number of an allocation within a municipality."""
    number = FIRST_ALLOCATION + count
    if not FIRST_ALLOCATION < number <= 999_999_999:
        raise ValueError("no number of an allocation is left")
    return number
