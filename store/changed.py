"""Whether a statement changed anything."""


def changed(status: str) -> bool:
    """Tell from PostgreSQL's answer to a statement, such as `INSERT 0 1`, whether a row was written."""
    return not status.endswith(" 0")
