"""The languages that this product speaks."""

from enum import StrEnum


class Language(StrEnum):
    """Plain Dutch (B1), or English. Each has a file of its own beside this module."""

    DUTCH = "nl"
    ENGLISH = "en"
