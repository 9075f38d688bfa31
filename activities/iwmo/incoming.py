"""What is done with a message that was taken in: it is judged once, its mediation is told, and its retour is sent."""

from datetime import datetime

import structlog
from pydantic import TypeAdapter
from temporalio import activity
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from activities.iwmo.codes import Change, DeliveryStatus, MessageKind
from activities.iwmo.identification import identification
from activities.iwmo.judgement import MessageContext, NotedProduct, RetourVerdict, judge
from activities.iwmo.messages import Product, StartOrStop, report_of
from activities.iwmo.outgoing import LOCAL, Outgoing
from activities.iwmo.retour import retour_tree
from activities.iwmo.transport import file_name, transport_to
from activities.iwmo.xml_build import build
from activities.iwmo.xml_parse import Branch, parse
from activities.partner import PartnerRefused
from activities.postgres import postgres_may_be_away
from domain.exchange.record import Heard, Submission, Telling
from domain.facts.parties import Actor, Role
from domain.facts.tasks import TaskKind
from domain.messages.answers import StartAnswer, SupportAnswer
from domain.messages.commands import AnswerTask, AnyCommand, LearnRetour, LearnSupportReport, SupportReport
from domain.messages.effects import AnyEffect
from runtime.directory import Directory
from runtime.telling import GONE, has_ended, tell
from store import care_messages, journal
from store.care_messages import CareMessage
from store.database import Connection, Pool
from store.vault import Erased, Vault

EFFECT: TypeAdapter[AnyEffect] = TypeAdapter(AnyEffect)


class Incoming:
    """Judges messages of providers, tells mediations, and answers."""

    def __init__(self, pool: Pool, vault: Vault, directory: Directory, outgoing: Outgoing, client: Client) -> None:
        self._pool = pool
        self._vault = vault
        self._directory = directory
        self._outgoing = outgoing
        self._client = client

    @activity.defn(name="HearMessage")
    async def hear_message(self, message: str) -> Heard:
        """Judge a message, once, and return what its mediation is to be told."""
        with postgres_may_be_away():
            kept = await self._kept(message)
            if kept.direction == "out":
                return await self._answered(kept)
            return await self._reported(kept, activity.info().started_time)

    @activity.defn(name="TellMediation")
    async def tell_mediation(self, telling: Telling) -> None:
        """Give a mediation one command. The rules may refuse it; a mediation that has ended is told nothing."""
        try:
            await tell(self._client, telling.mediation, telling.submission)
        except RPCError as error:
            if error.status not in GONE or not await has_ended(self._client, telling.mediation):
                raise
        except WorkflowUpdateFailedError as failed:
            raise ApplicationError("the mediation could not be told", type=type(failed).__name__) from None

    @activity.defn(name="SendRetour")
    async def send_retour(self, message: str) -> None:
        """Send the retour to a message that was judged; every attempt sends the same."""
        with postgres_may_be_away():
            await self._retour(await self._kept(message), activity.info().started_time)

    async def _kept(self, message: str) -> CareMessage:
        kept = await care_messages.message(self._pool, message)
        if kept is None:
            raise ApplicationError("there is no such message", non_retryable=True)
        return kept

    # -- a retour to a message of ours -----------------------------------------------------------------------------

    async def _answered(self, ours: CareMessage) -> Heard:
        if ours.codes is None:
            return Heard()
        effect = EFFECT.validate_json(await care_messages.effect_document(self._pool, ours.effect or ""))
        line = (await care_messages.products(self._pool, ours.id))[0]
        by = Actor(role=Role.CARE_PROVIDER, organisation=ours.provider)
        command = LearnRetour(
            by=by, message=ours.identification, number=str(line.allocation), effect=effect, codes=ours.codes
        )
        return Heard(tellings=_tellings(ours, ours.mediation, [command]))

    # -- a start or a stop -----------------------------------------------------------------------------------------

    async def _reported(self, kept: CareMessage, now: datetime) -> Heard:
        try:
            tree = parse((await self._vault.message(kept.item)).encode(), MessageKind(kept.kind))
        except Erased:
            return Heard()
        report = report_of(MessageKind(kept.kind), tree)
        if kept.codes is None:
            kept = await self._judged(kept, report, now)
        tellings: list[Telling] = []
        if not kept.codes:
            numbers = [one.allocation for one in report.products if one.allocation is not None]
            allocated = await care_messages.allocations(self._pool, kept.municipality, kept.provider, numbers)
            for n, product in enumerate(report.products):
                mediation = allocated[product.allocation].mediation if product.allocation in allocated else None
                commands = await self._commands(kept, mediation, product) if mediation else []
                tellings += _tellings(kept, mediation, commands, f"{n}-")
        return Heard(tellings=tuple(tellings), retour_due=True)

    async def _judged(self, kept: CareMessage, report: StartOrStop, now: datetime) -> CareMessage:
        async with care_messages.judging(self._pool, kept.municipality, kept.provider) as connection:
            present = await care_messages.message(connection, kept.id)
            if present is None or present.codes is None:
                verdict = judge(report, await self._known(connection, kept, report))
                await care_messages.judged(connection, kept.id, now, verdict.codes, verdict.products)
                present = await care_messages.message(connection, kept.id)
        return present or kept

    async def _known(self, connection: Connection, kept: CareMessage, report: StartOrStop) -> MessageContext:
        numbers = [one.allocation for one in report.products if one.allocation is not None]
        allocated = await care_messages.allocations(connection, kept.municipality, kept.provider, numbers)
        ours = {
            number
            for number, one in allocated.items()
            if one.change != Change.REMOVED and await self._is_client(one.mediation, report.bsn)
        }
        reported = await care_messages.reports(connection, kept.municipality, kept.provider, numbers)
        return MessageContext(
            today=kept.noted_at.astimezone(LOCAL).date(),
            used=await care_messages.identification_used(connection, kept),
            allocations=frozenset(ours),
            earlier=tuple(NotedProduct(MessageKind(kind), Product.of_line(*line)) for kind, line in reported),
        )

    async def _is_client(self, mediation: str, bsn: str) -> bool:
        try:
            return (await self._vault.person_of(mediation)).bsn == bsn
        except (Erased, KeyError):
            return False

    async def _commands(self, kept: CareMessage, mediation: str, product: Product) -> list[AnyCommand]:
        """Return what a mediation is told of one product. Without an open task a start is read later."""
        by = Actor(role=Role.CARE_PROVIDER, organisation=kept.provider)
        number = str(product.allocation)

        def reported(report: SupportReport) -> list[AnyCommand]:
            stop = report is not SupportReport.START_WITHDRAWN
            on, reason = (product.ends_on, product.reason) if stop else (None, None)
            said = LearnSupportReport(
                by=by, provider=kept.provider, number=number, report=report, on=on or product.begins_on, reason=reason
            )
            return [said]

        if kept.kind == MessageKind.STOP:
            first = product.delivery is DeliveryStatus.FIRST
            return reported(SupportReport.STOPPED if first else SupportReport.STOP_WITHDRAWN)
        if product.delivery is DeliveryStatus.REMOVED:
            return reported(SupportReport.START_WITHDRAWN)
        return await self._started(kept, mediation, product, by)

    async def _started(self, kept: CareMessage, mediation: str, product: Product, by: Actor) -> list[AnyCommand]:
        loaded = await journal.load(self._pool, mediation)
        if loaded is None or product.begins_on > kept.noted_at.astimezone(LOCAL).date():
            return []
        for kind in (TaskKind.START_SUPPORT, TaskKind.CONFIRM_SUPPORT):
            task = loaded.state.open_of(kind)
            if task and kept.provider in {task.owner, task.asked_first}:
                starting = kind is TaskKind.START_SUPPORT
                began = product.begins_on
                answer = StartAnswer(started_on=began) if starting else SupportAnswer(starts_on=began)
                return [AnswerTask(by=by, task=task.id, answer=answer)]
        return []

    # -- the retour to it ------------------------------------------------------------------------------------------

    async def _retour(self, kept: CareMessage, now: datetime) -> None:
        system = self._outgoing.speaks(kept.provider)
        if kept.retour_at:
            # An earlier attempt may have died before it came to this.
            await self._vault.forget_message(kept.item)
            return
        if system is None or kept.codes is None:
            return
        municipality = self._directory.get(kept.municipality)
        named = kept.retour or await self._named(kept, municipality.code or "")
        try:
            tree = parse((await self._vault.message(kept.item)).encode(), MessageKind(kept.kind))
        except Erased:
            await care_messages.undelivered(self._pool, kept.id, "person_erased")
            return
        content = build(MessageKind(kept.kind).retour, _retour(kept, tree, named))
        name = file_name(MessageKind(kept.kind).retour, municipality.code or "", named)
        try:
            await transport_to(self._outgoing.partners, system.transport).send(
                MessageKind(kept.kind).retour, name, content
            )
        except PartnerRefused as refused:
            structlog.get_logger().warning("a retour is refused", message=kept.id, code=refused.code)
            await care_messages.undelivered(self._pool, kept.id, refused.code[:60])
            return
        await care_messages.retour_sent(self._pool, kept.id, now)
        await self._vault.forget_message(kept.item)

    async def _named(self, kept: CareMessage, sender: str) -> str:
        count = await care_messages.next_count(self._pool, sender, "message")
        return await care_messages.name_retour(self._pool, kept.id, identification(count))


def _retour(kept: CareMessage, tree: Branch, named: str) -> Branch:
    products = kept.products or ()
    codes = kept.codes or ()
    verdict = RetourVerdict(None, products) if products else RetourVerdict(codes[0] if codes else None)
    judged = kept.judged_at or kept.noted_at
    return retour_tree(MessageKind(kept.kind), tree, verdict, named, judged.astimezone(LOCAL).date())


def _tellings(
    kept: CareMessage, mediation: str | None, commands: list[AnyCommand], prefix: str = ""
) -> tuple[Telling, ...]:
    """Return the commands with ids that are the same every time, so that a message heard twice tells them once."""
    if mediation is None:
        return ()
    return tuple(
        Telling(mediation=mediation, submission=Submission(command_id=f"{kept.id}:{prefix}{n}", command=command))
        for n, command in enumerate(commands)
    )
