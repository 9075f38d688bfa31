"""Whether every alarm that a siege gave reason for came in time, and ended when things were right again."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from benchmarks.siege.blows import Struck
from benchmarks.siege.evidence import Json, Seen
from benchmarks.siege.pace import RAISED_WITHIN, UNDELIVERED
from benchmarks.siege.plan import Kind

WATCHING = frozenset({"worker", "temporal", "postgres"})
"""Without any of these there is no watchman."""
COMES_TO = timedelta(seconds=8)
"""What the watchman needs after one of them was struck to be at work again: an attempt that died is noticed first."""


def alarms_come_and_go(seen: Seen) -> Iterator[str]:
    """A workflow that is gone and an effect that waits too long are told in time; every alarm ends."""
    closed = {row["id"]: row["closed_at"] for row in seen.rows["mediation"]}
    for one in seen.struck:
        if one.kind is Kind.TERMINATE and one.mediation and not _ended_by(closed.get(one.mediation), one.began, seen):
            yield from _raised(seen, "workflow_gone", one.mediation, one.began)
    for effect in seen.rows["effect"]:
        since = effect["asked_at"] + UNDELIVERED
        if (effect["settled_at"] or seen.now) > _deadline(seen, since):
            yield from _raised(seen, "undelivered", effect["mediation"], since)
    for alarm in seen.rows["alarm"]:
        if alarm["ended_at"] is None:
            yield f"the alarm {_told(alarm)} is not over, and nothing is wrong any more"


def _ended_by(closed_at: datetime | None, moment: datetime, seen: Seen) -> bool:
    """Tell whether a mediation was at its end before anybody had to look."""
    return closed_at is not None and closed_at < _deadline(seen, moment)


def _raised(seen: Seen, kind: str, mediation: str, since: datetime) -> Iterator[str]:
    """Say that no alarm of a kind came for this mediation in time, if none did."""
    until = _deadline(seen, since)
    of_it = [one for one in seen.of("alarm", mediation) if one["kind"] == kind]
    if not any(one["since"] <= until and (one["ended_at"] is None or one["ended_at"] >= since) for one in of_it):
        when = ", ".join(f"{one['since']:%H:%M:%S}" for one in of_it) or "never"
        yield f"{kind} of {mediation}: there was reason at {since:%H:%M:%S}, due by {until:%H:%M:%S}, raised {when}"


def _deadline(seen: Seen, since: datetime) -> datetime:
    """Return by when an alarm must be raised: the time in which nobody could watch does not count."""
    left, at = RAISED_WITHIN, since
    for began, ended in _unwatched(seen.struck, seen.now):
        if ended <= at:
            continue
        if at + left <= began:
            break
        left -= max(timedelta(), began - at)
        at = max(at, ended)
    return at + left


def _unwatched(struck: object, now: datetime) -> list[tuple[datetime, datetime]]:
    assert isinstance(struck, list | tuple)
    spells = sorted((one.began, (one.ended or now) + COMES_TO) for one in struck if _blinds(one))
    joined = list[tuple[datetime, datetime]]()
    for began, ended in spells:
        if joined and began <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], ended))
        else:
            joined.append((began, ended))
    return joined


def _blinds(one: Struck) -> bool:
    return one.victim in WATCHING


def _told(alarm: Json) -> str:
    return f"{alarm['kind']} of {alarm['mediation']} ({alarm['code'] or 'no code'}, since {alarm['since']:%H:%M:%S})"
