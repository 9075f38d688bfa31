"""Alarms are raised, counted, and told to the municipality at once; and ended."""

from collections.abc import Collection, Mapping
from datetime import datetime

import structlog
from temporalio import activity

from activities.waking import wake_rounds
from domain.facts.alarms import AlarmKind
from store import alarms
from store.alarms import Suspect
from store.database import Pool

log = structlog.get_logger("watchman")


async def tell_alarms(
    pool: Pool,
    suspect: Suspect,
    judged: Collection[AlarmKind],
    found: Mapping[AlarmKind, str | None],
    now: datetime,
) -> None:
    """Raise what was found with a mediation, with its codes; of the kinds that were judged end all else."""
    for kind, code in found.items():
        if await alarms.raise_alarm(pool, suspect, kind, code, now):
            log.error("alarm", mediation=suspect.mediation, kind=kind.value, code=code)
            meter = activity.metric_meter()
            meter.create_counter("mediation_alarms", "Alarms raised").add(1, {"kind": kind.value})
            await wake_rounds(suspect.municipality)
    for kind in await alarms.end_alarms(pool, suspect.mediation, judged, found.keys(), now):
        log.info("alarm over", mediation=suspect.mediation, kind=kind.value)
