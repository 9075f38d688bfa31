"""What a soft landing needs (zachte landing), and the areas of life that a support plan sets goals in."""

from enum import StrEnum


class SoftLanding(StrEnum):
    """What must be in place around a move."""

    HOME_READY = "home_ready"
    """The home can be lived in: bed, light, heating, registration."""
    DAY_ACTIVITY = "day_activity"
    """Something to do by day (dagbesteding)."""
    GUIDANCE = "guidance"
    """A guide whom the client knows and can reach (begeleiding)."""


class LifeArea(StrEnum):
    """Where a support plan sets goals (leefgebieden)."""

    LIVING = "living"
    MONEY = "money"
    DAY_ACTIVITY = "day_activity"
    HEALTH = "health"
    FAMILY = "family"
    NETWORK = "network"
