"""Whether a statement changed anything, and how much."""


def changed(status: str) -> bool:
    """Tell from PostgreSQL's answer to a statement, such as `INSERT 0 1`, whether a row was written."""
    return count_of(status) > 0


def count_of(status: str) -> int:
    """Return how many rows were written."""
    return int(status.rpartition(" ")[2])
