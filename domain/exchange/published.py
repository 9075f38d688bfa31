"""Which events others are told of, and under which name (NL GOV CloudEvents: reverse DNS, Dutch, a version at the end).

Other systems of a municipality are told that something happened: never why, and never to whom. Events whose very name
tells of health, justice, conduct or death (absences, signals, outcomes) are not published.
"""

from datetime import timedelta

from domain.facts.outcome import Stage
from domain.facts.tasks import kept_inside
from domain.facts.value import Value
from domain.state import events as e

PREFIX = "nl.directe-bemiddeling.bemiddelingen"
VERSION = "v1"

NAMES: dict[type[Value], str] = {
    e.MediationStarted: "aangemeld",
    e.ReferralCorrected: "aanmelding-verbeterd",
    e.UrgencyGranted: "urgentie-verleend",
    e.PlaceReserved: "plek-gereserveerd",
    e.OfferPlaced: "aanbod-gedaan",
    e.OfferDeclined: "aanbod-afgewezen",
    e.OfferWithdrawn: "aanbod-ingetrokken",
    e.OfferAccepted: "aanbod-geaccepteerd",
    e.OfferRefused: "aanbod-geweigerd",
    e.ViewingPlanned: "bezichtiging-gepland",
    e.LeaseSigned: "huurcontract-getekend",
    e.SupportRequested: "begeleiding-gevraagd",
    e.SupportPlanned: "begeleiding-gepland",
    e.SupportStarted: "begeleiding-gestart",
    e.ProviderChanged: "begeleider-gewijzigd",
    e.KeysPlanned: "sleuteloverdracht-gepland",
    e.KeysHandedOver: "sleutels-overgedragen",
    e.KeysCorrected: "sleuteldatum-verbeterd",
    e.PlanAgreed: "begeleidingsplan-afgesproken",
    e.FollowUpHeld: "nazorggesprek-gehouden",
    e.LeaseConverted: "huurcontract-omgeklapt",
    e.MediationPaused: "gepauzeerd",
    e.MediationResumed: "hervat",
    e.PolicyAdopted: "beleid-gewijzigd",
    e.TaskOpened: "taak-geopend",
    e.TaskAnswered: "taak-beantwoord",
    e.AnswerCorrected: "antwoord-verbeterd",
    e.TaskCancelled: "taak-vervallen",
    e.TaskOverdue: "taak-te-laat",
    e.TaskEscalated: "taak-geescaleerd",
    e.MediationClosed: "afgesloten",
    e.MediationReopened: "heropend",
}
"""The middle part of the name by kind of event."""
STAGES: dict[Stage, str] = {
    Stage.READINESS: "gereedheid-begonnen",
    Stage.ASSESSMENT: "beoordeling-begonnen",
    Stage.OFFER: "woning-zoeken-begonnen",
    Stage.ACCEPTANCE: "acceptatie-begonnen",
    Stage.SUPPORT_START: "begeleiding-starten-begonnen",
    Stage.FOLLOW_UP: "nazorg-begonnen",
    Stage.CONVERSION: "omklappen-begonnen",
}
"""The same for a stage that is entered."""


def cloud_type(name: str) -> str:
    """Return the whole type of a middle part."""
    return f"{PREFIX}.{name}.{VERSION}"


TYPES = tuple(sorted(map(cloud_type, (*NAMES.values(), *STAGES.values()))))
"""Every type that a webhook can subscribe to."""


def published(event: e.AnyEvent) -> str | None:
    """Return under which type an event is published; None when it is not."""
    task = getattr(event, "task", None)
    if task is not None and kept_inside(getattr(task, "id", task)):
        return None
    name = STAGES.get(event.stage) if isinstance(event, e.StageEntered) else NAMES.get(type(event))
    return cloud_type(name) if name else None


def event_id(mediation: str, sequence: int) -> str:
    """Return the id of an event outside: the same however often it is delivered."""
    return f"{mediation}/{sequence}"


class Published(Value):
    """How far a webhook has been told of what there is."""

    ended: bool = False
    """Whether the webhook was removed."""
    wait: timedelta = timedelta()
    """How long until there may be something to tell."""
