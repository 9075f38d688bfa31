"""The codes of iWmo 3.2 that we use, each with its list (informatiemodel.istandaarden.nl, release 3.2)."""

from enum import StrEnum

VERSION, SUBVERSION = "3", "2"
"""Of the standard; every message names them."""
XSD_VERSION = "1.0.0"
"""Of the schemas that our messages follow. Which version others name is not checked."""


class MessageKind(StrEnum):
    """The kinds of messages. A municipality sends 301, 306 and 308; a provider 302, 305 and 307."""

    ALLOCATION = "WMO301"
    ALLOCATION_RETOUR = "WMO302"
    START = "WMO305"
    START_RETOUR = "WMO306"
    STOP = "WMO307"
    STOP_RETOUR = "WMO308"

    @property
    def code(self) -> str:
        """Return the message's code (COD002)."""
        return BERICHTCODES[self]

    @property
    def retour(self) -> "MessageKind":
        """Return the message that answers this one. Raises KeyError for a retour, which nothing answers."""
        return RETOURS[self]

    @property
    def answers(self) -> "MessageKind | None":
        """Return the message that this one answers; None when it is no retour."""
        return next((kind for kind, retour in RETOURS.items() if retour is self), None)


BERICHTCODES = {
    MessageKind.ALLOCATION: "414",
    MessageKind.ALLOCATION_RETOUR: "415",
    MessageKind.START: "418",
    MessageKind.START_RETOUR: "419",
    MessageKind.STOP: "420",
    MessageKind.STOP_RETOUR: "421",
}
RETOURS = {
    MessageKind.ALLOCATION: MessageKind.ALLOCATION_RETOUR,
    MessageKind.START: MessageKind.START_RETOUR,
    MessageKind.STOP: MessageKind.STOP_RETOUR,
}


class DeliveryStatus(StrEnum):
    """StatusAanlevering (COD467). A start or stop is sent, or taken back and sent anew (OP033x2: never 2)."""

    FIRST = "1"
    CHANGED = "2"
    REMOVED = "3"
    UNCHANGED = "9"


class Category(StrEnum):
    """Product categories (WMO020) in a move to a home of one's own: these two stop, the last starts."""

    SHELTERED_LIVING = "15"
    SHELTER = "16"
    GUIDANCE = "02"


class Change(StrEnum):
    """Why an allocation is sent anew (WMO002), as far as we do so."""

    SHORTENED = "05"
    OTHER_PROVIDER = "09"
    REMOVED = "13"
    """Sent in error: its end is its beginning, and it counts as never sent."""


class Ending(StrEnum):
    """Why support stopped (WMO588)."""

    DIED = "02"
    AS_PLANNED = "19"
    TEMPORARY = "20"
    """It is expected to go on; support stops for good with another of these."""
    BY_CLIENT = "21"
    BY_PROVIDER = "22"
    IN_AGREEMENT = "23"
    MOVED = "31"
    BY_MUNICIPALITY = "36"
    AFTER_REQUEST = "37"
    OTHER_PROVIDER = "38"
    OTHER_DOMAIN = "39"


class RetourCode(StrEnum):
    """Retour codes (WJ001) that we give, or read."""

    REJECTED = "0001"
    """For technical reasons: a rule within the message does not hold. The retour is a header only."""
    NO_REMARK = "0200"
    """Nothing is wrong with this part of the message; another part of it is why the message is rejected."""
    NOT_JUDGED = "0233"
    DATED_AHEAD = "8848"
    NOT_ALLOCATED = "9019"
    """The start or stop belongs to no allocation."""
    NOT_UNIQUE = "9056"
    """Another message of this kind from this sender has the same Identificatie."""
    NOTHING_EARLIER = "9063"
    """The start or stop that is taken back was never received."""
    NOT_STARTED = "9069"
    ALREADY_STOPPED = "9071"
    RECEIVED_BEFORE = "9074"
    STILL_RUNNING = "9326"
    """An earlier start of the same allocation has not been stopped."""
    STOPPED_TWICE_FOR_A_WHILE = "9413"
    STOPPED_LATER = "9414"
    STOPPED_FOR_GOOD = "9415"


_RETOUR_CODES = """
0001 0200 0233 0611 8001 8017 8021 8187 8214 8848 9019 9056 9063 9069 9071 9074 9307 9308 9319 9321 9322 9326 9332
9333 9338 9339 9340 9341 9346 9347 9349 9350 9351 9355 9357 9359 9360 9361 9365 9366 9367 9369 9373 9374 9375 9379
9384 9385 9387 9388 9389 9390 9411 9412 9413 9414 9415 S300 S329
"""
RETOUR_CODES = frozenset(_RETOUR_CODES.split())
"""Every code that a retour may have (WJ001)."""
