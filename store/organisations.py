"""An organisation as it is kept, and what of it nobody changes alone."""

from typing import Any

from domain.facts.parties import LOOKING_ON
from domain.facts.watched import Watched
from runtime.directory import Organisation

FIELDS = {
    "mail": Watched.MAIL,
    "contacts": Watched.CONTACTS,
    "channel": Watched.CHANNEL,
    "webhook": Watched.CHANNEL,
    "system": Watched.SYSTEM,
    "substitute": Watched.SUBSTITUTE,
    "desk": Watched.DESK,
}
"""What a field that is watched is of."""
ALONE = frozenset(
    {"name", "districts", "code", "language", "oin", "webhook_secrets", "absences", "valid_from", "valid_to", "places"}
    | {"municipalities"},
)
"""Fields that one keeper changes, of an organisation that takes part. `id` and `role` never change."""


def without_secrets(organisation: Organisation) -> dict[str, Any]:
    """Return an organisation as it is kept: with stars for secrets, and without the secrets it signs webhooks with."""
    document: dict[str, Any] = organisation.model_dump(
        mode="json", exclude_none=True, exclude_defaults=True, exclude={"webhook_secrets"}
    )
    return document


def watched(before: Organisation | None, after: Organisation) -> tuple[Watched, ...]:
    """Return what of a change a second person confirms; nothing for one that a keeper makes alone.

    A new organisation that takes part gets nothing of anybody: only one that looks on is watched.
    """
    kept, now = without_secrets(before) if before else {}, without_secrets(after)
    changed = {name for name in kept.keys() | now.keys() if kept.get(name) != now.get(name)}
    if changed and after.role in LOOKING_ON:
        return (Watched.OVERSIGHT,)
    if before is None:
        return ()
    return tuple(dict.fromkeys(kind for name, kind in FIELDS.items() if name in changed))
