"""Taking in a message of a provider: it is read, its sender is checked, and it is kept. `incoming` does the rest.

A message that comes again is kept once, and answered as before.
"""

import hashlib
from datetime import datetime

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy

from activities.iwmo.codes import MessageKind, RetourCode
from activities.iwmo.messages import Header, Retour, StartOrStop, header_of, report_of
from activities.iwmo.retour import retour_of
from activities.iwmo.xml_parse import MessageWrong, parse
from domain.facts.parties import Role
from runtime.directory import Directory, Organisation, UnknownOrganisation
from runtime.ids import Ids
from runtime.systems import Iwmo
from store import care_messages
from store.care_messages import CareMessage, ProductLine
from store.database import Pool
from store.vault import Erased, Vault
from store.vault_secrets import End

TAKEN = (MessageKind.ALLOCATION_RETOUR, MessageKind.START, MessageKind.STOP)
"""What a provider sends."""


class Reception:
    """Takes in messages of providers."""

    def __init__(self, pool: Pool, vault: Vault, directory: Directory) -> None:
        self._pool = pool
        self._vault = vault
        self._directory = directory

    async def take(self, provider: Organisation, kind: MessageKind, content: bytes, now: datetime) -> CareMessage:
        """Keep a message and return it. Raises MessageWrong when it cannot be read, or this provider may not send it.

        Its code is then one of `xml_parse`, or `wrong_sender`, `unknown_receiver`, `unknown_message`.
        """
        tree = parse(content, kind)
        header = header_of(tree)
        municipality = self._addressed(provider, kind, header)
        if kind is MessageKind.ALLOCATION_RETOUR:
            return await self._retour(provider, retour_of(kind, tree), municipality, content, now)
        return await self._report(provider, report_of(kind, tree), municipality, content, now)

    def _addressed(self, provider: Organisation, kind: MessageKind, header: Header) -> Organisation:
        """Return the municipality concerned, once it is sure that this provider may write to it.

        A retour repeats the header of our message, so there sender and receiver have changed places.
        """
        ours, theirs = header.receiver, header.sender
        if kind is MessageKind.ALLOCATION_RETOUR:
            ours, theirs = theirs, ours
        if not isinstance(provider.system, Iwmo) or provider.system.agb != theirs:
            raise MessageWrong("wrong_sender", "Bericht/Header/Afzender")
        try:
            municipality = self._directory.municipality_with(ours)
        except UnknownOrganisation:
            raise MessageWrong("unknown_receiver", "Bericht/Header/Ontvanger") from None
        if provider.role is not Role.CARE_PROVIDER or municipality.id not in provider.municipalities:
            raise MessageWrong("unknown_receiver", "Bericht/Header/Ontvanger")
        return municipality

    async def _retour(
        self, provider: Organisation, retour: Retour, municipality: Organisation, content: bytes, now: datetime
    ) -> CareMessage:
        """Note the retour with the message it answers; the first one stands.

        "Not unique" answers a copy: our call was cut off, and we sent the same message again. The message itself has
        another retour, which is still waited for.
        """
        answered = retour.answered
        ours = await care_messages.of_ours(
            self._pool, answered.sender, MessageKind.ALLOCATION.value, answered.identification, provider.id
        )
        if ours is None:
            raise MessageWrong("unknown_message", "Bericht/Header/BerichtIdentificatie")
        if retour.codes != (RetourCode.NOT_UNIQUE,):
            await care_messages.retour_received(self._pool, ours.id, now, retour.codes, retour.identification)
        return await care_messages.message(self._pool, ours.id) or ours

    async def _report(
        self, provider: Organisation, report: StartOrStop, municipality: Organisation, content: bytes, now: datetime
    ) -> CareMessage:
        """Keep a start or stop; its content in the vault, with the client it belongs to if we know of one."""
        ids = Ids(self._vault.secrets.of[End.IDS])
        item = message_id(ids, provider.id, report.kind, content)
        for one in (item, _former_id(provider.id, report.kind, content)):
            if known := await care_messages.message(self._pool, one):
                return known
        numbers = [one.allocation for one in report.products if one.allocation is not None]
        allocated = await care_messages.allocations(self._pool, municipality.id, provider.id, numbers)
        mediation = next((one.mediation for one in allocated.values()), None)
        try:
            await self._vault.put_message(item, mediation, content.decode(), provider.id)
        except Erased:
            mediation = None
            await self._vault.put_message(item, None, content.decode(), provider.id)
        taken = CareMessage(
            id=item,
            direction="in",
            kind=report.kind.value,
            sender=report.header.sender,
            identification=report.header.identification,
            municipality=municipality.id,
            provider=provider.id,
            mediation=mediation,
            effect=None,
            digest=hashlib.sha256(content).hexdigest(),
            item=item,
            noted_at=now,
        )
        lines = [
            ProductLine(one.allocation, one.begins_on, one.ends_on, one.delivery.value, one.reason)
            for one in report.products
        ]
        await care_messages.add(self._pool, taken, lines)
        return await care_messages.message(self._pool, item) or taken


def message_id(ids: Ids, provider: str, kind: MessageKind, content: bytes) -> str:
    """Return the id of a message of a provider, made of its bytes: the same bytes are the same message."""
    return f"bericht-{ids.hex('message', 24, provider, kind, hashlib.sha256(content).hexdigest())}"


def _former_id(provider: str, kind: MessageKind, content: bytes) -> str:
    """Return the id that earlier releases made for a message."""
    digest = hashlib.sha256(content).hexdigest()
    return "bericht-" + hashlib.sha256(f"{provider}|{kind}|{digest}".encode()).hexdigest()[:24]


async def see_to(client: Client, task_queue: str, message: str) -> None:
    """Start the workflow that acts on a message that was taken in.

    It is started again when the message is sent again. The database knows which of its steps are done; one that was
    put back to an earlier moment may have lost some that Temporal remembers as done.
    """
    await client.start_workflow(
        "CareMessage",
        message,
        id=message,
        task_queue=task_queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )
