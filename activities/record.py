"""`Record`: the only place where what the rules decide is recorded.

The API asks the same rules beforehand (`api.submission.ask_rules`), and records nothing.
"""

import asyncio
from contextlib import suppress
from datetime import UTC, date, datetime

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.homes import Homes
from activities.postgres import AWAY
from activities.waking import wake_rounds
from domain.decide.catalogue import SPECS
from domain.exchange.record import NOT_BELIEVED, Recorded, Recording, ToRecord
from domain.facts.calendar import Calendar
from domain.facts.rules import RuleName
from domain.facts.value import replace
from domain.messages.commands import AnswerTask
from runtime.away import SystemAway
from runtime.directory import Directory, NoDistrictTeam
from runtime.seals import NotBelieved, Speakers
from store import parking, record
from store.database import NOT_OURS, UNAVAILABLE, Pool
from store.language import NewerBuild, OlderLanguage
from store.vault import Erased, Vault

TRIES = 4
"""How often a command may fail by itself before it is parked. Attempts that found a system away do not count."""

log = structlog.get_logger()


class Recorder:
    """Records commands in PostgreSQL."""

    def __init__(
        self,
        pool: Pool,
        directory: Directory,
        homes: Homes,
        vault: Vault,
        speakers: Speakers,
        other_release: asyncio.Event | None = None,
    ) -> None:
        """`other_release` is set when another release is at work: this worker is to end."""
        self._pool = pool
        self._directory = directory
        self._homes = homes
        self._vault = vault
        self._speakers = speakers
        self._other_release = other_release or asyncio.Event()

    @activity.defn(name="Record")
    async def record(self, asked: ToRecord) -> Recorded:
        """Record a command, once. While PostgreSQL is away the command waits; nothing of it is lost.

        A command that nobody whom we know vouches for is refused, leaves no trace in the journal, and is counted.

        It also waits while journal and workflow do not know the same commands, or the journal is not what was recorded:
        a person must put that right. A command
        that fails again and again for any other reason is parked, so that the mediation can go on with other commands.
        """
        recording = self._believed(asked)
        try:
            recording = await self._homes.looked_at(recording)
            recording = await self._with_age(recording)
            recorded = await record.record(self._pool, recording, self._team_of)
        except UNAVAILABLE as away:
            raise _waits(away, AWAY) from None
        except NOT_OURS as other:
            raise _waits(other, "PostgreSQL is not as this build knows it") from None
        except (NewerBuild, OlderLanguage) as other:
            self._other_release.set()
            raise _waits(other, "another release is at work") from None
        except (record.Skewed, record.Falsified) as differs:
            log.error("journal and workflow differ", difference=str(differs))
            raise _waits(differs, str(differs)) from None
        except Exception as fault:
            recorded = await self._failed(recording, fault)
        if recorded.refused and recorded.refused.rule == RuleName.NOT_RECORDED:
            await self._tell(recording)
        elif recorded.refused and recorded.refused.rule == RuleName.DWELLING_CHANGED:
            await self._homes.tell_changed(recording)
        return recorded

    def _believed(self, asked: ToRecord) -> Recording:
        try:
            return self._speakers.believed(asked, datetime.now(UTC))
        except NotBelieved as refused:
            counter = activity.metric_meter().create_counter("mediation_not_believed", "Commands not believed")
            counter.add(1, {"doubt": refused.doubt.value})
            log.error("command not believed", doubt=refused.doubt.value)
            raise ApplicationError(str(refused), type=NOT_BELIEVED, non_retryable=True) from None

    def _team_of(self, municipality: str, district: str, on: date) -> str | None:
        """Return the team of a district with a contract on a day; None when there is none."""
        try:
            return self._directory.team_for(municipality, district, on).id
        except NoDistrictTeam:
            return None

    async def _with_age(self, recording: Recording) -> Recording:
        """Return the recording of an answer that may grant an urgency with the client's age on this day. Any other
        stays as it is, and so does one about a person whose age nobody knows, who was erased, or is not in the vault.
        """
        command = recording.command
        if not isinstance(command, AnswerTask) or not SPECS[command.answer.kind].by_age:
            return recording
        try:
            person = await self._vault.person_of(recording.mediation)
        except (Erased, KeyError):
            return recording
        ages = person.born_on.ages(Calendar().today(recording.now))
        if ages is None:
            return recording
        certain = ages.least == ages.most
        aged = {"age": ages.least} if certain else {"age_between": ages}
        return replace(recording, command=replace(command, **aged))

    async def _failed(self, recording: Recording, fault: Exception) -> Recorded:
        """Let a command be tried again, or park it."""
        tries = _failures() + 1
        _count("mediation_record_failures", "Commands that failed to be recorded", fault)
        if tries < TRIES:
            activity.heartbeat(tries)
            raise fault
        try:
            recorded = await parking.park(self._pool, recording, type(fault).__name__)
        except (*UNAVAILABLE, *NOT_OURS) as away:
            activity.heartbeat(tries)
            raise _waits(away, AWAY) from None
        except Exception as worse:
            activity.heartbeat(tries)
            _count("mediation_parking_failures", "Commands that could not even be parked", worse)
            log.error("command not parked", command=recording.command.type, fault=type(worse).__name__)
            raise
        _count("mediation_parked", "Commands that were parked: they could not be recorded", fault)
        log.error("command parked", command=recording.command.type, fault=type(fault).__name__)
        return recorded

    async def _tell(self, recording: Recording) -> None:
        """Wake the municipality's rounds, which write to it. This mediation may not be able to."""
        municipality = await parking.told_to(self._pool, recording)
        if municipality:
            try:
                await wake_rounds(municipality)
            except SystemAway as away:
                raise _waits(away, away.message) from None


def _failures() -> int:
    """Return how often this command has failed by itself before, as noted in the heartbeat.

    Temporal's count of attempts would include those that found PostgreSQL away.
    """
    with suppress(IndexError, TypeError, ValueError):
        return int(activity.info().heartbeat_details[0])
    return 0


def _waits(fault: Exception, why: str) -> SystemAway:
    """Return the failure of an attempt for a reason that is not the command's: its count of failures stays."""
    _count("mediation_record_waits", "Attempts to record that found something away", fault)
    if failures := _failures():
        activity.heartbeat(failures)
    return SystemAway(why, type(fault).__name__)


def _count(name: str, about: str, fault: Exception) -> None:
    activity.metric_meter().create_counter(name, about).add(1, {"fault": type(fault).__name__})
