"""A letter ready to go, and what a channel may say of it (see `activities.ports.ContactPort`)."""

from datetime import datetime
from typing import NamedTuple

from activities.letters.wording.letter_text import LetterText
from runtime.away import SystemAway
from runtime.mail import LastLook as LastLook
from runtime.mail import unseen as unseen


class ReadyLetter(NamedTuple):
    """A letter to one reader."""

    key: str
    reader: str
    address: str
    text: LetterText
    at: datetime
    calendar: "CalendarFile | None" = None

    @property
    def reference(self) -> str:
        """The key with the reader, in characters that every channel takes. It goes along with the letter."""
        return f"{self.key}:{self.reader}".replace(":", ".")


class CalendarFile(NamedTuple):
    """A calendar file that goes with a letter."""

    name: str
    method: str
    content: bytes


class ChannelAway(SystemAway):
    """The channel cannot take the letter now, which passes. `for_all`: it would take no other letter either."""

    def __init__(self, code: str, *, for_all: bool = False) -> None:
        super().__init__("the channel cannot take the letter now", f"MailServerAway:{code}")
        self.for_all = for_all
