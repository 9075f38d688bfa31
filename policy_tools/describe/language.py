"""The languages in which a policy is described."""

from enum import StrEnum


class Language(StrEnum):
    """Plain Dutch (B1), or English."""

    NL = "nl"
    EN = "en"
