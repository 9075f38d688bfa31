"""Letters to a partner's own system: a webhook, signed by Standard Webhooks, to an address that is checked first."""

import functools
import json

from activities.letters.letter import ChannelAway, LastLook, ReadyLetter, unseen
from activities.partner import PartnerRefused
from activities.taken import KNOWN
from runtime.addresses import AddressRefused
from runtime.letter_webhook import LetterWebhook
from runtime.outbound import CallFailed, Outbound
from runtime.signatures import SecretMalformed, key_of, signed

TYPE = "letter.posted"
PASSING = frozenset({408, 425, 429})
"""Statuses below 500 that pass by themselves."""


class ToWebhook:
    """One organisation's system."""

    def __init__(self, outbound: Outbound, webhook: LetterWebhook) -> None:
        self._outbound = outbound
        self._webhook = webhook

    async def post(self, letter: ReadyLetter, look: LastLook = unseen) -> str:
        """Hand a letter over. The `webhook-id` of every attempt is its reference, so that it can be taken once."""
        body = self._written(letter)
        headers = {
            "Content-Type": "application/json",
            **signed([self._key()], letter.reference, letter.at, body),
        }
        try:
            answer = await look(functools.partial(self._outbound.call, "POST", self._webhook.url, headers, body))
        except AddressRefused as refused:
            raise PartnerRefused(f"webhook_{refused.code}") from None
        except CallFailed as failed:
            raise ChannelAway(f"webhook_{failed.code}") from None
        if 200 <= answer.status < 300 or answer.status == KNOWN:
            return letter.reference
        if answer.status in PASSING or answer.status >= 500:
            raise ChannelAway(f"webhook_{answer.status}")
        raise PartnerRefused(f"webhook_{answer.status}")

    def _key(self) -> bytes:
        """Return the key to sign with. While the operator's file has no secret for this address, its letters wait."""
        try:
            return key_of(self._webhook.secret.get_secret_value())
        except SecretMalformed:
            raise ChannelAway("webhook_secret_missing") from None

    def _written(self, letter: ReadyLetter) -> bytes:
        data = {"reader": letter.reader, "subject": letter.text.subject, "text": letter.text.body}
        told = {"type": TYPE, "timestamp": letter.at.isoformat().replace("+00:00", "Z"), "data": data}
        return json.dumps(told, ensure_ascii=False).encode()
