"""Letters by mail. Names and addresses are looked up when a letter is sent; no letter, subject or log line has them."""

import hashlib
import re
from email.message import EmailMessage
from email.utils import format_datetime

import aiosmtplib
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.delivery import Hand, Void, carries_out
from activities.letter_texts import LetterText, letter_text
from activities.links import TaskLinks, with_link
from activities.moment import today
from activities.partner import PartnerRefused
from domain.effects import Audience, Letter, SendLetter
from domain.outcome import Outcome
from domain.parties import Role
from domain.record import Delivery
from runtime.directory import Directory
from runtime.settings import Settings
from store import outbox
from store.database import Pool
from store.vault import Erased, Vault

ABOUT_A_TASK = frozenset(
    {Letter.TASK_OPENED, Letter.TASK_REMINDER, Letter.TASK_ESCALATED, Letter.DEADLINE_CHANGED},
)
"""Letters that say nothing once their task is closed."""


class MailServerAway(ApplicationError):
    """The mail server cannot take the letter now: it passes."""

    def __init__(self, code: str) -> None:
        super().__init__("the mail server cannot take the letter now", type=f"MailServerAway:{code}")


class Letters(Hand):
    """The post room. The Message-ID is made of the effect's key, so a mail system keeps a letter once."""

    role = Role.COORDINATOR

    def __init__(self, pool: Pool, vault: Vault, directory: Directory, settings: Settings) -> None:
        super().__init__(pool)
        self._vault = vault
        self._directory = directory
        self._settings = settings
        self._links = TaskLinks(pool, directory, settings)

    @carries_out
    async def send_letter(self, delivery: Delivery[SendLetter]) -> None:
        """Send a letter to each of its readers that can be reached, unless it has become pointless."""
        effect = delivery.effect
        await self._still_wanted(delivery.mediation, effect)
        text = letter_text(effect, delivery.mediation, self._settings.public_url)
        text = text._replace(body=with_link(text.body, await self._links.link_for(delivery.mediation, effect)))
        refused: PartnerRefused | None = None
        for reader, address in await self._addresses(delivery.mediation, effect):
            try:
                await self._post(self._mail(f"{effect.key}:{reader}", address, text))
            except PartnerRefused as for_good:
                refused = for_good
        if refused:
            raise refused

    async def _still_wanted(self, mediation: str, effect: SendLetter) -> None:
        """A letter about a task is void once the task is closed; nobody writes to the dead."""
        standing = await outbox.standing(self._pool, mediation, effect.task)
        died = standing.outcome is Outcome.DIED and effect.readers
        about_task = effect.letter in ABOUT_A_TASK
        if died or (about_task and not standing.still_asked):
            raise Void

    async def _addresses(self, mediation: str, effect: SendLetter) -> list[tuple[str, str]]:
        """Return who reads the letter, and where. Void when nobody can be reached by mail."""
        if effect.organisation:
            return [(effect.organisation, self._directory.acting_for(effect.organisation, today()).mail)]
        try:
            person = await self._vault.person_of(mediation)
        except Erased:
            raise Void from None
        mails = {Audience.CLIENT: person.mail, Audience.GUIDE: person.guide.mail}
        found = [(reader.value, mail) for reader in effect.readers if (mail := mails[reader]) is not None]
        if not found:
            raise Void
        return found

    def _mail(self, key: str, address: str, text: LetterText) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = self._settings.mail_from
        mail["To"] = _one_mailbox(address)
        mail["Subject"] = text.subject
        mail["Message-ID"] = message_id(key, self._settings.mail_from)
        mail["Date"] = format_datetime(activity.info().scheduled_time)
        mail["X-Mediation-Effect"] = key
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(text.body)
        return mail

    async def _post(self, mail: EmailMessage) -> None:
        try:
            await aiosmtplib.send(
                mail, hostname=self._settings.smtp_host, port=self._settings.smtp_port, timeout=20, start_tls=None
            )
        except (aiosmtplib.SMTPRecipientsRefused, aiosmtplib.SMTPResponseException) as error:
            code = _code(error)
            if 500 <= code < 600:
                raise PartnerRefused(f"smtp_{code}") from None
            raise MailServerAway(str(code)) from None
        except (ValueError, aiosmtplib.SMTPNotSupported):
            raise PartnerRefused("wrong_address") from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise MailServerAway(type(error).__name__) from None


def message_id(key: str, sender: str) -> str:
    """Return the Message-ID of a letter: the same for every attempt."""
    domain = sender.rpartition("@")[2].rstrip(">") or "localhost"
    return f"<{re.sub(r'[^a-z]', '', key.split(':')[1])}.{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"


def _one_mailbox(address: str) -> str:
    """Return an address that stands for one mailbox and no header: any other a person must correct."""
    if not re.fullmatch(r"[^\s@,;<>]+@[^\s@,;<>]+", address):
        raise PartnerRefused("wrong_address")
    return address


def _code(error: aiosmtplib.SMTPRecipientsRefused | aiosmtplib.SMTPResponseException) -> int:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return max((one.code for one in error.recipients), default=550)
    return error.code
