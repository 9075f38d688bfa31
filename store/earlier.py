"""How earlier mediations of a client ended here, looked up when a new one begins where the policy bars some of them."""

from domain.exchange.record import Recording
from domain.facts.outcome import EndedBefore
from domain.facts.value import replace
from domain.messages.commands import StartMediation
from store.database import Connection
from store.queries import query


async def with_earlier(connection: Connection, recording: Recording) -> Recording:
    """Return the recording of a referral with the ends that bar a new mediation for a time; any other as it is.

    Those count that ended here, or with who shares the places.
    """
    command = recording.command
    if not isinstance(command, StartMediation) or not command.policy.exclusions:
        return recording
    policy = command.policy
    rows = await connection.fetch(
        query("ended_before"),
        command.referral.person,
        [policy.municipality, *policy.capacity.shared_by],
        [end.value for end in policy.exclusions],
        policy.calendar.timezone,
    )
    ended = tuple(EndedBefore(outcome=row["outcome"], on=row["ended_on"]) for row in rows)
    return replace(recording, command=replace(command, ended_before=ended))
