"""What of an organisation nobody changes alone: whoever could, would have its letters and its work."""

from enum import StrEnum


class Watched(StrEnum):
    """What a second person confirms, and what the organisation is told of at the address that it had."""

    MAIL = "mail"
    CONTACTS = "contacts"
    """Mailboxes and phones of functions."""
    CHANNEL = "channel"
    """How letters reach it, and its own system that takes them."""
    SYSTEM = "system"
    """How and where its system is asked."""
    SUBSTITUTE = "substitute"
    """Who takes over its tasks while it is absent."""
    DESK = "desk"
    """What a municipality's letters to clients tell of whom to call, and of how to object."""
    OVERSIGHT = "oversight"
    """That it looks on, and at which municipalities: of auditors and administrators everything is watched."""


class Notified(StrEnum):
    """What an organisation is told of a change of it."""

    PROPOSED = "proposed"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
