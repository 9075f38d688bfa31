"""A dwelling as a corporation's own people release it."""

from typing import Any


def home(name: str, **facts: object) -> dict[str, Any]:
    """Return a released dwelling under this name, in the words of the corporation's system."""
    place = {"id": name, "complex": "De Oever", "district": "centrum", "rooms": 2, "floor": 1, "rentCents": 60_000}
    kind = {"accessible": False, "lowStimulus": False, "livingForm": "independent", "releasedOn": "2026-05-02"}
    return {**place, **kind, **facts}
