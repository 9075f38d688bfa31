"""The machine's clock is aware and in UTC."""

from datetime import UTC, datetime, timedelta

from runtime.clock import SystemClock, TimeSource


async def test_the_system_clock_tells_utc() -> None:
    clock: TimeSource = SystemClock()
    now = await clock.now()
    assert now.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - now) < timedelta(seconds=5)
