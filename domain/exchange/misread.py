"""What cannot be read of what somebody sent: a closed list, whatever pydantic calls it.

The words for it are in `texts` (`[misread]`), for an API, a page and a table alike; those for a policy file, which may
repeat the value, in `policy_words`. What pydantic says is for a programmer, and nobody is told it.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Misreading(StrEnum):
    """In which way something cannot be read."""

    MISSING = "missing"
    UNKNOWN = "unknown"
    """There is no such field."""
    NO_TEXT = "no_text"
    NO_WHOLE_NUMBER = "no_whole_number"
    NO_NUMBER = "no_number"
    NO_YES_OR_NO = "no_yes_or_no"
    NO_LIST = "no_list"
    NO_PARTS = "no_parts"
    """It is one value, and has parts with names of their own."""
    NO_DAY = "no_day"
    NO_MOMENT = "no_moment"
    NO_HOUR = "no_hour"
    NO_CHOICE = "no_choice"
    """It is none of what may be chosen."""
    TOO_LOW = "too_low"
    NOT_ABOVE = "not_above"
    TOO_HIGH = "too_high"
    NOT_BELOW = "not_below"
    TOO_LONG = "too_long"
    TOO_SHORT = "too_short"
    TOO_FEW = "too_few"
    TOO_MANY = "too_many"
    WRITTEN_OTHERWISE = "written_otherwise"
    """It is not written as such a thing is (see `Notation`)."""
    NO_KIND = "no_kind"
    """It does not say which of several kinds it is."""
    OTHER_KIND = "other_kind"
    UNREADABLE = "unreadable"


MISREADINGS: Mapping[str, Misreading] = MappingProxyType(
    {
        "missing": Misreading.MISSING,
        "extra_forbidden": Misreading.UNKNOWN,
        "string_type": Misreading.NO_TEXT,
        "int_type": Misreading.NO_WHOLE_NUMBER,
        "int_parsing": Misreading.NO_WHOLE_NUMBER,
        "int_parsing_size": Misreading.NO_WHOLE_NUMBER,
        "int_from_float": Misreading.NO_WHOLE_NUMBER,
        "float_type": Misreading.NO_NUMBER,
        "float_parsing": Misreading.NO_NUMBER,
        "finite_number": Misreading.NO_NUMBER,
        "decimal_type": Misreading.NO_NUMBER,
        "decimal_parsing": Misreading.NO_NUMBER,
        "bool_type": Misreading.NO_YES_OR_NO,
        "bool_parsing": Misreading.NO_YES_OR_NO,
        "tuple_type": Misreading.NO_LIST,
        "list_type": Misreading.NO_LIST,
        "set_type": Misreading.NO_LIST,
        "frozen_set_type": Misreading.NO_LIST,
        "iterable_type": Misreading.NO_LIST,
        "dict_type": Misreading.NO_PARTS,
        "mapping_type": Misreading.NO_PARTS,
        "model_type": Misreading.NO_PARTS,
        "model_attributes_type": Misreading.NO_PARTS,
        "date_type": Misreading.NO_DAY,
        "date_parsing": Misreading.NO_DAY,
        "date_from_datetime_parsing": Misreading.NO_DAY,
        "date_from_datetime_inexact": Misreading.NO_DAY,
        "datetime_type": Misreading.NO_MOMENT,
        "datetime_parsing": Misreading.NO_MOMENT,
        "datetime_object_invalid": Misreading.NO_MOMENT,
        "datetime_from_date_parsing": Misreading.NO_MOMENT,
        "timezone_naive": Misreading.NO_MOMENT,
        "timezone_aware": Misreading.NO_MOMENT,
        "timezone_offset": Misreading.NO_MOMENT,
        "time_type": Misreading.NO_HOUR,
        "time_parsing": Misreading.NO_HOUR,
        "enum": Misreading.NO_CHOICE,
        "literal_error": Misreading.NO_CHOICE,
        "greater_than_equal": Misreading.TOO_LOW,
        "greater_than": Misreading.NOT_ABOVE,
        "less_than_equal": Misreading.TOO_HIGH,
        "less_than": Misreading.NOT_BELOW,
        "string_too_long": Misreading.TOO_LONG,
        "string_too_short": Misreading.TOO_SHORT,
        "too_short": Misreading.TOO_FEW,
        "too_long": Misreading.TOO_MANY,
        "string_pattern_mismatch": Misreading.WRITTEN_OTHERWISE,
        "string_not_ascii": Misreading.WRITTEN_OTHERWISE,
        "union_tag_not_found": Misreading.NO_KIND,
        "union_tag_invalid": Misreading.OTHER_KIND,
    }
)
"""By what pydantic calls it. All else is `UNREADABLE`."""


class Notation(StrEnum):
    """How something is written that is written in one way only."""

    ID = "id"
    """Of an organisation, a municipality, a district."""
    CASEWORKER = "caseworker"
    NUMBER = "number"
    """A partner's own number of something."""
    DWELLING = "dwelling"
    GROUP = "group"
    CODE = "code"
    COMPLEX = "complex"
    LINE = "line"
    DECISION = "decision"
    DAY = "day"
    DIGITS_4 = "digits_4"
    DIGITS_8 = "digits_8"
    DIGITS_9 = "digits_9"
    DIGITS_20 = "digits_20"
    ADDRESS = "address"
    """Of a web server."""
    LETTER = "letter"
    NOTE = "note"
    SIGNS = "signs"
    KEY = "key"
    OTHER = "other"


NOTATIONS: Mapping[str, Notation] = MappingProxyType(
    {
        r"^[a-z0-9][a-z0-9-]{1,39}$": Notation.ID,
        r"^(me|none|u-[0-9a-f]{32})$": Notation.CASEWORKER,
        r"^(me|u-[0-9a-f]{32})$": Notation.CASEWORKER,
        r"^u-[0-9a-f]{32}$": Notation.CASEWORKER,
        r"^[A-Za-z0-9._/-]{1,40}$": Notation.NUMBER,
        r"^[A-Za-z0-9._-]{1,40}$": Notation.DWELLING,
        r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$": Notation.DWELLING,
        r"^[a-z][a-z0-9_]{1,39}$": Notation.GROUP,
        r"^[A-Z0-9]{1,4}$": Notation.CODE,
        r"^[^\x00-\x1f=+@-][^\x00-\x1f]*$": Notation.COMPLEX,
        r"^[^\x00-\x1f\x7f]+$": Notation.LINE,
        r"^[a-z_]{1,40}-[0-9]{1,4}$": Notation.DECISION,
        r"^\d{4}-\d{2}-\d{2}$": Notation.DAY,
        r"^\d{4}$": Notation.DIGITS_4,
        r"^\d{8}$": Notation.DIGITS_8,
        r"^\d{9}$": Notation.DIGITS_9,
        r"^\d{20}$": Notation.DIGITS_20,
        r"^https?://[^\s/]+": Notation.ADDRESS,
        r"^letter-[0-9a-f]{24}$": Notation.LETTER,
        r"^note-[0-9a-z]{8,64}$": Notation.NOTE,
        r"^[!-~]+$": Notation.SIGNS,
        r"^[\x21-\x7e]{1,128}$": Notation.KEY,
    }
)
"""By the pattern that a type asks for. A test finds one that the API asks and that has no words."""
