"""The ways to reach somebody, each a contact port. Which of them is used is configuration of whom a letter goes to."""

from activities.letters.letter import ChannelAway, ReadyLetter
from activities.letters.mail import Mail
from activities.letters.notify_nl import NotifyNl
from activities.ports import ContactPort
from runtime.directory import Channel
from runtime.settings import Settings


class InboxOnly:
    """Who wants no letters: its people find in their inbox here what is asked of them."""

    async def post(self, letter: ReadyLetter) -> str | None:
        """Nothing goes out."""
        return None


class NotConnected:
    """A channel that the settings do not have yet: its letters wait."""

    async def post(self, letter: ReadyLetter) -> str | None:
        """It passes, when somebody sets it."""
        raise ChannelAway("notify_not_set")


class Channels:
    """All ways of an installation."""

    def __init__(self, settings: Settings, notify: NotifyNl | None = None) -> None:
        self._mail = Mail(settings)
        self._notify = notify

    def port(self, channel: Channel) -> ContactPort:
        """Return how letters go by this channel."""
        match channel:
            case Channel.MAIL:
                return self._mail
            case Channel.NOTIFY:
                return self._notify or NotConnected()
            case Channel.NONE:
                return InboxOnly()
