"""How a siege keeps time: the real clock, and everything in the worker that waits by the clock waits a thirtieth.

A virtual clock would hide what is besieged: the server that has one keeps nothing on a file, so it cannot be killed and
come back, and its time stands still while an activity hangs. So time is real, and a minute of production is two seconds
here: the watchman's rounds, the turns at a partner that is away, and for how long a worker that gives no sign of life
is waited for. What the process itself counts (days until a reminder) is not reached; `reminders` and `outage` have it.
"""

from datetime import timedelta

FACTOR = 30
"""How much faster the worker's clocks run."""
RAISED_WITHIN = timedelta(minutes=15) / FACTOR
"""Within which an alarm must be raised, while there is a watchman at work: 15 minutes of production."""
UNDELIVERED = timedelta(seconds=20)
"""So long something may wait for a partner before a person is told. A thirtieth of three days would be over two hours,
so this wait alone is shortened further."""
ATTEMPT = timedelta(seconds=5)
"""How long an attempt may take whose worker may have died."""
SIGN_OF_LIFE = timedelta(seconds=7)
"""How long an attempt may give none: it gives one every five seconds, whatever the pace."""
BUILD = "SIEGE_BUILD"
"""The variable that names the build as which a worker passes."""


def quicken() -> None:
    """Make this process wait a thirtieth of what it would."""
    from activities import turns, watch
    from workflows import watch as rounds

    turns.EVERY /= FACTOR
    watch.NEW /= FACTOR
    watch.MISSED /= FACTOR
    watch.UNDELIVERED = UNDELIVERED
    rounds.EVERY /= FACTOR
