"""An event as a CloudEvent by the NL GOV profile 1.0: that it happened, and where to read more. No data.

`sequence` puts the events of one mediation in order. There is no `sequencetype`: not every event is published, so the
numbers have gaps.
"""

import json
from datetime import UTC, datetime

from domain.exchange.published import event_id
from store.notifications import Notification

CONTENT_TYPE = "application/cloudevents+json"


def cloud_event(one: Notification, source: str, public_url: str) -> bytes:
    """Return the event as it is sent: the same bytes for every attempt."""
    event = {
        "specversion": "1.0",
        "id": event_id(one.mediation, one.sequence),
        "source": source,
        "type": one.type,
        "subject": one.mediation,
        "time": utc(one.at),
        "dataref": f"{public_url}/v1/mediations/{one.mediation}",
        "sequence": f"{one.sequence:010}",
    }
    return json.dumps(event, separators=(",", ":")).encode()


def utc(moment: datetime) -> str:
    """Write a moment in UTC, as RFC 3339 has it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
