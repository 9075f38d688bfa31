"""The channels of letters, each a contact port. Which channel a letter takes is configuration of its reader."""

from activities.letters.letter import ChannelAway, LastLook, ReadyLetter, unseen
from activities.letters.mail import Mail
from activities.letters.notify_nl import NotifyNl
from activities.letters.to_webhook import ToWebhook
from activities.ports import ContactPort
from runtime.directory import Channel
from runtime.letter_webhook import LetterWebhook
from runtime.outbound import Outbound
from runtime.settings import Settings


class InboxOnly:
    """No channel: the people of an organisation that wants no letters find their tasks in their inbox here."""

    async def post(self, letter: ReadyLetter, look: LastLook = unseen) -> str | None:
        """Send nothing."""
        return None


class NotConnected:
    """A channel that the settings do not name yet: its letters wait."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    async def post(self, letter: ReadyLetter, look: LastLook = unseen) -> str | None:
        """Say that the channel is away: that ends when somebody sets it."""
        raise ChannelAway(f"{self._channel.value}_not_set", for_all=True)


class Channels:
    """All channels of an installation."""

    def __init__(self, settings: Settings, notify: NotifyNl | None, outbound: Outbound | None) -> None:
        self._mail = Mail(settings)
        self.conversing = self._mail.conversing
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
            case Channel.NONE | Channel.PAPER:  # who gets letters on paper is a person (`activities.letters.paper`)
                return InboxOnly()
