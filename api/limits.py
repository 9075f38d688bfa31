"""How often each caller of this process may ask; see `api.rate_limits`."""

from datetime import timedelta
from typing import NamedTuple, Self

from runtime.rates import Limit, TryCounter
from runtime.settings import Settings

MINUTE = timedelta(minutes=1)


class Limits(NamedTuple):
    """What one process counts."""

    callers: TryCounter
    addresses: TryCounter

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the limits that the settings name."""
        return cls.per_minute(settings.caller_requests, settings.address_requests)

    @classmethod
    def per_minute(cls, caller: int, address: int) -> Self:
        """Return limits of so many requests a minute."""
        return cls(TryCounter(Limit("caller", caller, MINUTE)), TryCounter(Limit("address", address, MINUTE)))
