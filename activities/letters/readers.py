"""The readers of a letter: their address, channel and language. Looked up when it is sent; none of it is kept."""

from typing import NamedTuple

from activities.delivery import Void
from activities.letters.wording.long import OPEN
from activities.moment import today
from domain.messages.effects import Audience, SendLetter
from runtime.desk import Desk
from runtime.directory import Channel, Directory, Organisation, UnknownOrganisation
from runtime.letter_webhook import LetterWebhook
from store.vault import Erased, Vault
from texts import Language

REACH_PEOPLE = frozenset({Channel.MAIL, Channel.NOTIFY})
"""Channels by which letters reach a person. A municipality's webhook takes the letters to itself only."""


class Reader(NamedTuple):
    """One reader of a letter."""

    id: str
    """An organisation, or the client or the guide."""
    address: str
    """Empty when we know none."""
    channel: Channel
    language: Language
    municipality: str
    """Its name, which stands under the letter."""
    webhook: LetterWebhook | None = None
    """Where its own system takes letters, if it does."""
    desk: Desk | None = None
    """Whom a client calls, and where a client objects."""
    to: tuple[str, ...] = ()
    """Name and address of who gets a letter on paper."""


class Readers:
    """Looks up readers."""

    def __init__(self, vault: Vault, directory: Directory) -> None:
        self._vault = vault
        self._directory = directory

    async def of(self, mediation: str, effect: SendLetter, municipality: str) -> list[Reader]:
        """Return the readers of a letter. Raises `Void`.

        What the client reads goes on paper without consent to mail, but for what tells nothing but a day, and where no
        mail address is known. A guide without an address is left out of what the client reads too.
        """
        seat = self._seat(municipality)
        name, desk = (seat.name, seat.desk) if seat else ("", None)
        if effect.organisation:
            one = self._directory.acting_for(effect.organisation, today())
            return [Reader(one.id, one.mail, one.channel, one.language, name, one.webhook, desk)]
        try:
            person = await self._vault.person_of(mediation)
        except Erased:
            raise Void from None
        channel = seat.channel if seat and seat.channel in REACH_PEOPLE else Channel.MAIL
        mails = {Audience.CLIENT: person.mail, Audience.GUIDE: person.guide.mail}
        english = person.language == Language.ENGLISH
        languages = {Audience.CLIENT: Language.ENGLISH if english else Language.DUTCH, Audience.GUIDE: Language.DUTCH}
        asked = [
            Reader(each.value, mails[each] or "", channel, languages[each], name, desk=desk) for each in effect.readers
        ]
        if not person.mail or (person.consents_to_mail is None and effect.letter not in OPEN):
            to = (person.name, *person.postal_address)
            asked = [one._replace(channel=Channel.PAPER, to=to) if one.id == Audience.CLIENT else one for one in asked]
        return [reader for reader in asked if reader.address or reader.to] or asked

    def _seat(self, municipality: str) -> Organisation | None:
        try:
            return self._directory.get(municipality)
        except UnknownOrganisation:
            return None
