"""The ways to reach somebody, each a contact port. Which of them is used is configuration of whom a letter goes to."""

from activities.letters.letter import ChannelAway, ReadyLetter
from activities.letters.mail import Mail
from activities.letters.notify_nl import NotifyNl
from activities.letters.to_webhook import ToWebhook
from activities.ports import ContactPort
from runtime.directory import Channel
from runtime.letter_webhook import LetterWebhook
from runtime.outbound import Outbound
from runtime.settings import Settings


class InboxOnly:
    """Who wants no letters: its people find in their inbox here what is asked of them."""

    async def post(self, letter: ReadyLetter) -> str | None:
        """Nothing goes out."""
        return None


class NotConnected:
    """A channel that the settings do not have yet: its letters wait."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    async def post(self, letter: ReadyLetter) -> str | None:
        """It passes, when somebody sets it."""
        raise ChannelAway(f"{self._channel.value}_not_set")


class Channels:
    """All ways of an installation."""

    def __init__(self, settings: Settings, notify: NotifyNl | None, outbound: Outbound | None) -> None:
        self._mail = Mail(settings)
        self._notify = notify
        self._outbound = outbound

    def port(self, channel: Channel, webhook: LetterWebhook | None = None) -> ContactPort:
        """Return how letters go by this channel; `webhook` is that of the organisation they go to."""
        match channel:
            case Channel.MAIL:
                return self._mail
            case Channel.NOTIFY:
                return self._notify or NotConnected(channel)
            case Channel.WEBHOOK:
                return ToWebhook(self._outbound, webhook) if self._outbound and webhook else NotConnected(channel)
            case Channel.NONE:
                return InboxOnly()
