"""How a mediation looks as a case in a municipality's case system (zaak): its milestones and its results.

The names are those of the case type that docs/connect/zaaksysteem.md has the municipality set up.
"""

from domain.exchange.published import cloud_type
from domain.facts.outcome import Outcome

END = cloud_type("afgesloten")
"""What closes the case: with a result, and the case type's last status."""
REOPENED = cloud_type("heropend")
"""What opens the case again: an objection against the end was right, or the end is undone. It gets the status that it
had before the end, and its result is taken away."""

MILESTONES: dict[str, str] = {
    cloud_type("aangemeld"): "Aangemeld",
    cloud_type("beoordeling-begonnen"): "Gereedheid bevestigd",
    cloud_type("urgentie-verleend"): "Beoordeeld",
    cloud_type("aanbod-gedaan"): "Aangeboden",
    cloud_type("aanbod-geaccepteerd"): "Geaccepteerd",
    cloud_type("begeleiding-gestart"): "Verhuisd en begeleiding gestart",
    cloud_type("nazorggesprek-gehouden"): "Nazorggesprek gedaan",
    END: "Afgesloten",
}
"""Status type (statustype, by its `omschrijving`) by type of event. One that the case type lacks is left out."""
MIRRORED = (*MILESTONES, REOPENED)
"""The types of event that a case system is told of."""

HOUSED, WITHDRAWN, NOT_READY, BROKEN_OFF = "Gehuisvest met begeleiding", "Ingetrokken", "Niet gereed", "Afgebroken"
RESULTS: dict[Outcome, str] = {
    **dict.fromkeys(Outcome, BROKEN_OFF),
    Outcome.HOUSED_FOLLOW_UP_HELD: HOUSED,
    Outcome.HOUSED_UNREACHABLE: HOUSED,
    Outcome.WITHDRAWN_BY_CLIENT: WITHDRAWN,
    Outcome.OWN_HOUSING_FOUND: WITHDRAWN,
    Outcome.NOT_READY: NOT_READY,
    Outcome.NOT_PROCESSED_INCOMPLETE: NOT_READY,
}
"""Result type (resultaattype, by its `omschrijving`) by outcome. What became of somebody in detail stays with us."""
