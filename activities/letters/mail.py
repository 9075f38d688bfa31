"""Letters by mail. The key is part of the Message-ID, so a mail system that gets a letter twice can drop one."""

from email.message import EmailMessage

from activities.letters.letter import ChannelAway, LastLook, ReadyLetter, unseen
from activities.partner import PartnerRefused
from runtime.mail import MailClient, ServerAway, Unaccepted, Undeliverable
from runtime.settings import MailSettings


class Mail:
    """The mail server of the settings, as a channel of letters."""

    def __init__(self, settings: MailSettings) -> None:
        self._sender = settings.sender_address
        self._client = MailClient(settings)
        self.conversing = self._client.conversing

    async def post(self, letter: ReadyLetter, look: LastLook = unseen) -> str:
        """Hand a letter to the mail server; return the first part of its Message-ID."""
        try:
            await self._client.send(self._written(letter), look)
        except Undeliverable as never:
            raise PartnerRefused(never.code) from None
        except Unaccepted as ours:
            raise ChannelAway(ours.code, for_all=True) from None
        except ServerAway as away:
            raise ChannelAway(away.code, for_all=away.for_all) from None
        return letter.reference

    def _written(self, letter: ReadyLetter) -> EmailMessage:
        number = message_id(letter.reference, self._sender)
        mail = self._client.blank(letter.address, letter.text.subject, number, letter.at)
        mail["X-Mediation-Effect"] = f"{letter.key}:{letter.reader}"
        mail.set_content(letter.text.body)
        if letter.calendar:
            mail.add_attachment(
                letter.calendar.content,
                maintype="text",
                subtype="calendar",
                filename=letter.calendar.name,
                params={"method": letter.calendar.method, "charset": "utf-8"},
            )
        return mail


def message_id(reference: str, sender: str) -> str:
    """Return the Message-ID of a letter: the same for every attempt. `sender` is a bare address."""
    return f"<{reference.replace(':', '.')}@{domain_of(sender)}>"


def domain_of(sender: str) -> str:
    """Return the domain of a bare address."""
    return sender.rpartition("@")[2]
