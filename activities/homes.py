"""Homes as their corporations have them now: read before a command is recorded that decides on one.

A system that does not answer in time holds nothing up: the home is then judged on what was known, and once more at the
lease. By hand there is nothing to ask: the store reads what the corporation's people told us.
"""

import asyncio

import structlog
from temporalio import activity
from temporalio.client import WorkflowUpdateFailedError
from temporalio.service import RPCError

from activities.partner import PartnerAway, PartnerRefused, Partners
from activities.vera.corporation import VeraCorporation
from activities.vera.tokens import Tokens
from domain.exchange.record import Recording, Submission
from domain.facts.dwelling import HomeNow, HomeRef
from domain.facts.parties import Actor, Role
from domain.facts.value import replace
from domain.messages.commands import AnswerTask, LearnHome
from domain.steps.home_now import decides_on_home, home_asked_after
from runtime.away import SystemAway
from runtime.directory import UnknownOrganisation
from runtime.error_report import described
from runtime.systems import Vera
from runtime.telling import GONE, begin_telling
from store import journal
from store.database import UNAVAILABLE, Pool

LOOK = 4
"""Seconds that a system has to tell of one home: well within an attempt to record (`workflows.mediation.RECORDING`)."""

log = structlog.get_logger()


class Homes:
    """The homes of all corporations."""

    def __init__(self, pool: Pool, partners: Partners) -> None:
        self._pool = pool
        self._partners = partners
        self._tokens = Tokens(partners)

    async def looked_at(self, recording: Recording) -> Recording:
        """Return a recording with the home that its command decides on, as it is now; any other as it is."""
        command = recording.command
        if not isinstance(command, AnswerTask):
            return recording
        seen = await self._seen(recording) if decides_on_home(command.answer) else None
        return replace(recording, command=replace(command, home_now=seen))

    async def tell_changed(self, recording: Recording) -> None:
        """Have the mediation told of the change for which a command was refused. Raises SystemAway.

        It is not waited for: the mediation records one command at a time, and is at this one still.
        """
        asked = await self._asked_after(recording)
        if asked is None or not isinstance(recording.command, AnswerTask):
            return
        ref, _ = asked
        now = recording.command.home_now or HomeNow(corporation=ref.corporation, id=ref.dwelling)
        told = LearnHome(by=Actor(role=Role.CORPORATION, organisation=ref.corporation), home_now=now)
        submission = Submission(command_id=f"{recording.command_id}:home", command=told)
        try:
            await begin_telling(activity.client(), recording.mediation, submission)
        except WorkflowUpdateFailedError as moving:
            raise SystemAway("a new run of the mediation begins", type(moving).__name__) from None
        except RPCError as away:
            if away.status not in GONE:
                raise SystemAway("Temporal is away", type(away).__name__) from None

    async def _asked_after(self, recording: Recording) -> tuple[HomeRef, str | None] | None:
        """Return the home that the command decides on, and the number of its offer."""
        loaded = await journal.load(self._pool, recording.mediation)
        offer = loaded.state.live_offer if loaded else None
        ref = home_asked_after(loaded.state, recording.command) if loaded else None
        return (ref, offer.number if offer else None) if ref else None

    async def _seen(self, recording: Recording) -> HomeNow | None:
        """Return what the corporation's system says; None without a system, or when the command decides on no home."""
        asked = await self._asked_after(recording)
        if asked is None:
            return None
        ref, number = asked
        unread = HomeNow(corporation=ref.corporation, id=ref.dwelling)
        try:
            system = self._partners.system_of(ref.corporation)
            if not isinstance(system, Vera):
                return None
            async with asyncio.timeout(LOOK):
                vera = VeraCorporation(self._partners, self._tokens, ref.corporation, system)
                return await vera.home(ref, recording.mediation, number)
        except (PartnerAway, PartnerRefused, UnknownOrganisation, TimeoutError):
            return unread
        except UNAVAILABLE:
            raise
        except Exception as error:  # nobody can list all that may be wrong with an answer
            log.error("a home cannot be read", corporation=ref.corporation, error=described(error))
            return unread
