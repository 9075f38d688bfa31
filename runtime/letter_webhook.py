"""Where an organisation's own system takes the letters to it, signed by Standard Webhooks."""

from typing import Annotated

from pydantic import AfterValidator, SecretStr

from runtime.signatures import key_of
from runtime.systems import Setting, WebUrl

STARS = "**********"
"""What stands for a secret where it is not kept (see `store.directory`)."""


def _secret(secret: SecretStr) -> SecretStr:
    if secret.get_secret_value() != STARS:
        key_of(secret.get_secret_value())
    return secret


class LetterWebhook(Setting):
    """An address, and the secret that letters to it are signed with (`whsec_...`)."""

    url: WebUrl
    secret: Annotated[SecretStr, AfterValidator(_secret)]
