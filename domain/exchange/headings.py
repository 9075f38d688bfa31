"""What columns and cells are called in Dutch tables: people keep them in their own language.

A heading is read without regard to capitals, spaces and dashes: `Aantal kamers` is `aantal_kamers`.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

HOMES: Mapping[str, str] = MappingProxyType(
    {
        "nummer": "id",
        "woningnummer": "id",
        "complex": "complex",
        "complexnaam": "complex",
        "wijk": "district",
        "kamers": "rooms",
        "aantal_kamers": "rooms",
        "huur": "rent",
        "huurprijs": "rent",
        "kale_huur": "rent",
        "toegankelijk": "accessible",
        "prikkelarm": "low_stimulus",
        "woonvorm": "living_form",
        "vrijgegeven_op": "released_on",
        "beschikbaar_vanaf": "released_on",
        "plaatsingsstop": "closed_for_placement",
    }
)
VACATED: Mapping[str, str] = MappingProxyType(
    {
        "periode": "period",
        "vrijgekomen": "vacated",
        "verwacht": "expected",
        "andere_urgenten": "other_lettings",
    }
)
COMPLEXES: Mapping[str, str] = MappingProxyType(
    {
        "corporatie": "corporation",
        "complex": "complex",
        "plaatsing_mogelijk": "eligible",
        "hoogstens": "most",
        "gesloten_tot": "closed_until",
        "reden": "reason",
        "opnieuw_bekijken_op": "review_on",
    }
)
LIVING_FORMS: Mapping[str, str] = MappingProxyType(
    {"zelfstandig": "independent", "geclusterd": "clustered", "gedeeld": "shared", "onzelfstandig": "shared"}
)
CLOSED_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "draagkracht": "load",
        "overlast": "nuisance",
        "renovatie": "renovation",
        "sloop": "demolition",
        "geen_begeleiding": "support_lacking",
        "anders": "other",
    }
)

REFERRALS: Mapping[str, str] = MappingProxyType(
    {
        "gemeente": "municipality",
        "instelling": "institution",
        "zorgaanbieder": "care_provider",
        "wijkteam": "district_team",
        "wijk": "district",
        "burgerservicenummer": "bsn",
        "naam": "name",
        "voornamen": "first_names",
        "voorvoegsel": "prefix",
        "tussenvoegsel": "prefix",
        "achternaam": "surname",
        "geboortedatum": "born_on",
        "e_mail": "mail",
        "telefoon": "phone",
        "taal": "language",
        "akkoord_met_mail_op": "consents_to_mail",
        "postadres": "postal_address",
        "begeleider": "guide_name",
        "mail_begeleider": "guide_mail",
        "telefoon_begeleider": "guide_phone",
        "doelgroep": "target_group",
        "andere_doelgroepen": "other_groups",
        "personen": "household_size",
        "aantal_personen": "household_size",
        "kamers": "rooms",
        "aantal_kamers": "rooms",
        "hoogste_huur": "rent_limit",
        "toegankelijk": "accessible",
        "prikkelarm": "low_stimulus",
        "gewenste_wijken": "wanted_districts",
        "uitgesloten_wijken": "excluded_districts",
        "onveilige_wijken": "unsafe_districts",
        "documenten": "documents",
        "traject": "track",
        "behandeling_klaar": "treatment_done",
        "woonvaardigheden": "living_skills",
        "geldzaken_op_orde": "money",
        "dagbesteding": "day_activity",
        "begeleiding_akkoord": "support_agreed",
        "wijken_begeleiding": "support_districts",
        "ontvangen_op": "received_on",
        "adres_geheim": "address_secret",
        "overgenomen_van_gemeente": "transferred_municipality",
        "kenmerk_andere_gemeente": "transferred_reference",
        "proef": "test",
        "kenmerk": "own_number",
    }
)


def plain(heading: str) -> str:
    """Return a heading as it is compared: in small letters, with one underscore for spaces and dashes."""
    return re.sub(r"[\s_-]+", "_", heading.strip()).casefold()
