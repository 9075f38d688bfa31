"""What was encrypted here and is not that any more: told to those who run the installation, wherever it is met."""

import structlog

from runtime.metrics import count
from runtime.sealing import Tampered

log = structlog.get_logger("store")


def told(kind: str, row: str) -> Tampered:
    """Log and count that something stored was changed, or is under another key; return what is to be raised."""
    log.error("something encrypted was changed, or is under another key", kind=kind, row=row)
    count("mediation_vault_tampered", 1, {"kind": kind})
    return Tampered(f"{kind} {row}")
