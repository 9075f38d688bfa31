"""What goes wrong in the systems of a city's corporations: now and then, and for one of them ten working days on end.

Whether a call is struck is drawn from the city's seed and the call itself, so the same calls meet the same troubles.
"""

from datetime import timedelta
from typing import Any

from sandbox.city import City

AWAY_AFTER = timedelta(days=120)
AWAY_FOR = timedelta(days=14)
"""Ten working days."""
NOW_AND_THEN = {"lost_answer": 0.03, "server_error": 0.02, "wrong_schema": 0.01, "huge": 0.002}
RETRACTED = 0.03
"""Of the offers that were accepted."""


def troubles(city: City) -> list[dict[str, Any]]:
    """Return the faults to switch on in the corporations' systems (`PUT /faults`)."""
    away_from = city.opening + AWAY_AFTER
    people = city.organisations
    away = {
        "fault": "unavailable",
        "organisation": [one.id for one in people.corporations if one.id not in people.by_hand][-1],
        "seconds": 3600,
        "since": away_from.isoformat(),
        "until": (away_from + AWAY_FOR).isoformat(),
    }
    passing = [{"fault": fault, "probability": share, "seed": city.seed} for fault, share in NOW_AND_THEN.items()]
    retracted = {"operation": "create_toewijzing", "probability": RETRACTED, "seed": city.seed}
    return [away, *passing, {"fault": "retracted", **retracted}]
