"""Letters on paper: written into the vault, where the municipality's post room finds them to print.

A decision goes by mail only to who said that this may be (Awb 2:14). On paper a letter names its reader, so it stands
nowhere else. It has left on the day that the post room reports, and not when it was written.
"""

from hashlib import sha256

from activities.letters.letter import LastLook, ReadyLetter, unseen
from store.paper import PaperLetter
from store.vault import Vault


class Paper:
    """The letters of one mediation to a person whose letters go on paper."""

    def __init__(self, vault: Vault, mediation: str, to: tuple[str, ...]) -> None:
        self._vault = vault
        self._mediation = mediation
        self._to = to
        """Name and address, line by line."""

    async def post(self, letter: ReadyLetter, look: LastLook = unseen) -> str:
        """Keep a letter for the post room; return where it is. One that is kept already stays as it was."""
        reference = f"letter-{sha256(letter.reference.encode()).hexdigest()[:24]}"
        paper = PaperLetter(to=self._to, heading=letter.text.subject, body=letter.text.body)

        async def keep() -> str:
            await self._vault.put_message(reference, self._mediation, paper.model_dump_json(), letter.reader)
            return reference

        return await look(keep)
