"""One mediation, from referral to the three-month call: accept a command, record it, deliver its effects, wait.

A mediation may take several runs of this workflow: when Temporal suggests it, a new run goes on with it.

The rules are not here. They run in the activity `Record`, and the history keeps what they decided, so a rule that is
made stricter later cannot change the replay of an old case.
"""

import asyncio
from collections import deque
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

from domain.facts.value import replace

with workflow.unsafe.imports_passed_through():
    from domain.exchange.record import (
        MOVING,
        Carried,
        Delivery,
        Keyed,
        Learned,
        MediationRecord,
        Opening,
        Recorded,
        Seal,
        Submitted,
        ToRecord,
    )
    from domain.facts.outcome import Stage
    from domain.facts.parties import Actor, Role
    from domain.facts.rules import RuleName
    from domain.messages.commands import AnyCommand, PassTime
    from domain.messages.effects import AnyEffect
    from runtime.search_attributes import STAGE
    from workflows.patches import AFTER_THE_END, NEW_RUN

RETRY = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    backoff_coefficient=2,
    maximum_interval=timedelta(hours=1),
)
"""Nothing else tries again, and this does so for ever. A partner that is away holds up its own lane only; when to try
again at a partner that stays away is set by the attempt itself (`activities.turns`)."""

ATTEMPT = timedelta(seconds=60)
"""How long one attempt to deliver an effect may take."""

ALIVE = timedelta(seconds=30)
"""A worker without a heartbeat for so long is taken to have died: another begins its attempt anew."""

AGAIN = timedelta(hours=1)
"""How long to wait when a moment on the agenda could not be recorded, before it is tried again."""

RECORDING = timedelta(seconds=15)
"""How long one attempt to record may take: a worker that dies in it is noticed after so long."""


@workflow.defn(name="Mediation")
class MediationWorkflow:
    """One mediation."""

    @workflow.init
    def __init__(self, opening: Opening) -> None:
        self._engine = Actor(role=Role.COORDINATOR, organisation=opening.municipality)
        self._mediation = opening.mediation
        self._recorded: Recorded | None = None
        self._commands = 0
        self._one_at_a_time = asyncio.Lock()
        self._lanes: dict[str, deque[AnyEffect]] = {}
        self._under_way: dict[str, workflow.ActivityHandle[Learned]] = {}
        self._woken: set[str] = set()
        self._not_before: datetime | None = None
        self._delivering: set[str] = set()
        self._moving = False
        self._closed_to_more = False
        if carried := opening.carried:
            self._recorded = carried.last
            self._commands = carried.commands
            self._lanes = {lane[0].lane: deque(lane) for lane in carried.lanes}

    @workflow.run
    async def run(self, opening: Opening) -> MediationRecord:
        """Live until the mediation is closed and everything is delivered, and no command came meanwhile that follows
        the end.
        """
        self._take_up(opening.carried)
        await workflow.wait_condition(lambda: self._recorded is not None)
        await self._live(opening)
        while not self._finished and workflow.patched(AFTER_THE_END):
            await self._live(opening)
        return MediationRecord(
            mediation=opening.mediation,
            outcome=self._last.outcome,
            events=self._last.sequence,
            commands=self._commands,
            head=self._last.head,
        )

    async def _live(self, opening: Opening) -> None:
        """Live until the mediation is finished; a command that is being recorded then may make it go on."""
        while not self._finished:
            await self._wait()
            if self._full and not self._finished:
                await self._move(opening)
            if self._due:
                await self._pass_time()
        await workflow.wait_condition(workflow.all_handlers_finished)

    @workflow.update
    async def submit(self, submission: Submitted) -> Recorded:
        """Record a command. The update's id is the command's: sent twice, it is answered twice and done once."""
        recorded = await self._record(
            submission.command_id, submission.command, keyed=submission.keyed, seal=submission.seal
        )
        return recorded.brief

    @submit.validator
    def _takes(self, submission: Submitted) -> None:
        """Turn away what comes while a new run begins. What is no submission fails here, and not later in the task."""
        if self._closed_to_more:
            raise ApplicationError("a new run begins: send it again", type=MOVING)

    @workflow.signal
    def try_again(self, lane: str) -> None:
        """The partner of this lane answers again: try now, without waiting for the next attempt."""
        if lane in self._under_way:
            self._woken.add(lane)
            self._under_way[lane].cancel()

    @property
    def _last(self) -> Recorded:
        """What was recorded last."""
        return self._recorded or Recorded(sequence=0)

    @property
    def _finished(self) -> bool:
        """Whether the mediation is closed, or never began, with nothing to wait for and all effects delivered."""
        return self._last.stage in {Stage.CLOSED, None} and self._last.wake_at is None and not self._lanes

    @property
    def _due(self) -> bool:
        return self._next is not None and self._next <= workflow.now()

    @property
    def _next(self) -> datetime | None:
        """The next moment on the agenda, or some time later when the last one could not be recorded."""
        wake_at = self._last.wake_at
        return max(wake_at, self._not_before) if wake_at and self._not_before else wake_at

    async def _pass_time(self) -> None:
        recorded = await self._record(f"time-{self._commands + 1}", PassTime(by=self._engine))
        parked = recorded.refused is not None and recorded.refused.rule == RuleName.NOT_RECORDED
        self._not_before = workflow.now() + AGAIN if parked else None

    # -- a new run -----------------------------------------------------------------------------------------------

    @property
    def _full(self) -> bool:
        """Whether Temporal suggests a new run, for the history or the number of updates nears its limit."""
        return workflow.info().is_continue_as_new_suggested() and workflow.patched(NEW_RUN)

    async def _move(self, opening: Opening) -> None:
        """Go on in a new run, with what is known and what is still to be done.

        Attempts under way end first, and what they learn is recorded. Then new commands are turned away while those
        that came before are recorded: otherwise a client that sends many could put off the new run for ever.
        """
        self._moving = True
        for under_way in self._under_way.values():
            under_way.cancel()
        await workflow.wait_condition(lambda: not self._delivering)
        self._closed_to_more = True
        await workflow.wait_condition(workflow.all_handlers_finished)
        carried = Carried(
            last=self._last.brief,
            commands=self._commands,
            lanes=tuple(tuple(lane) for lane in self._lanes.values()),
        )
        workflow.continue_as_new(replace(opening, carried=carried))

    def _take_up(self, carried: Carried | None) -> None:
        """Go on with what the run before carried over. It may have attempted the first effect of each lane."""
        if carried is None:
            return
        self._show_details(carried.last)
        for lane in carried.lanes:
            asyncio.create_task(self._deliver(lane[0].lane, tried=True))  # noqa: RUF006 - the loop holds its tasks

    # -- waiting, recording, delivering --------------------------------------------------------------------------

    async def _wait(self) -> None:
        """Wait until the next moment on the agenda has come, or has changed."""
        wake_at = self._next
        timeout = max(wake_at - workflow.now(), timedelta()) if wake_at else None
        try:
            await workflow.wait_condition(
                lambda: self._finished or self._next != wake_at or self._full,
                timeout=timeout,
                timeout_summary="next moment on the agenda",
            )
        except TimeoutError:
            return

    async def _record(
        self,
        command_id: str,
        command: AnyCommand | None,
        settles: str | None = None,
        keyed: Keyed | None = None,
        seal: Seal | None = None,
    ) -> Recorded:
        """Decide and record one command, then hand its effects to their lanes."""
        # The lock keeps decisions in one order. Without it two updates could await `Record` side by side, and the
        # later of two `wake_at` could be overwritten by the earlier.
        async with self._one_at_a_time:
            recorded: Recorded = await workflow.execute_activity(
                "Record",
                ToRecord(
                    mediation=self._mediation,
                    command_id=command_id,
                    command=command,
                    now=workflow.now(),
                    settles=settles,
                    keyed=keyed,
                    after=self._commands,
                    seal=seal,
                ),
                result_type=Recorded,
                start_to_close_timeout=RECORDING,
                retry_policy=RETRY,
            )
            if recorded.ordinal and recorded.ordinal <= self._commands:
                return recorded  # known from an earlier run: its effects are carried out, or were carried over
            self._commands += 1
            self._show(recorded)
            self._recorded = recorded
            for effect in recorded.effects:
                self._queue(effect)
        return recorded

    def _queue(self, effect: AnyEffect) -> None:
        lane = self._lanes.get(effect.lane)
        if lane is None:
            self._lanes[effect.lane] = deque([effect])
            asyncio.create_task(self._deliver(effect.lane))  # noqa: RUF006 - the workflow's loop holds its tasks
        else:
            lane.append(effect)

    async def _deliver(self, name: str, tried: bool = False) -> None:
        """Deliver the effects of one lane in their order; what one learns is recorded before the next."""
        lane = self._lanes[name]
        self._delivering.add(name)
        while lane and not self._moving:
            effect = lane[0]
            learned = await self._carried_out(name, effect, tried)
            if learned is None:
                break
            if learned.command:
                await self._record(f"{effect.key}:learned", learned.command, settles=effect.key)
            lane.popleft()
            tried = False
        self._delivering.discard(name)
        if not lane:
            del self._lanes[name]

    async def _carried_out(self, lane: str, effect: AnyEffect, tried: bool) -> Learned | None:
        """Try until an effect is carried out, anew when the lane is woken. None: it is left to a new run."""
        while True:
            under_way: workflow.ActivityHandle[Learned] = workflow.start_activity(
                effect.type,
                Delivery(mediation=self._mediation, effect=effect, tried_before=tried),
                result_type=Learned,
                start_to_close_timeout=ATTEMPT,
                heartbeat_timeout=ALIVE,
                retry_policy=RETRY,
                # An attempt under way when the lane is woken runs to its end: there are never two at once.
                cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            )
            self._under_way[lane] = under_way
            try:
                return await under_way
            except (ActivityError, asyncio.CancelledError):
                if self._moving:
                    return None
                if lane not in self._woken:
                    raise
                tried = True
            finally:
                self._woken.discard(lane)
                del self._under_way[lane]

    def _show(self, recorded: Recorded) -> None:
        """Show where the mediation stands: in Temporal's pages and, the stage, in its search."""
        if recorded.stage and recorded.stage is not self._last.stage:
            workflow.upsert_search_attributes([STAGE.value_set(recorded.stage.value)])
        self._show_details(recorded)

    def _show_details(self, recorded: Recorded) -> None:
        tasks = ", ".join(recorded.open_tasks) or "none"
        wake_at = recorded.wake_at.isoformat() if recorded.wake_at else "none"
        workflow.set_current_details(f"Stage: {recorded.stage}\n\nOpen tasks: {tasks}\n\nNext moment: {wake_at}")
