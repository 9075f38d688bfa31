"""The codes of VERA's reference data (referentiedata) that we use, each with its Dutch name.

Nothing here says why somebody needs care: those codes (`AANVULLENDEDOELGROEP`, `SIGNALERINGSOORT`) are left out.
"""

from enum import StrEnum
from typing import Self


class VeraCode(StrEnum):
    """A code of one kind (soort) of reference data."""

    naam: str

    def __new__(cls, code: str, naam: str) -> Self:
        """Keep the name beside the code."""
        one = str.__new__(cls, code)
        one._value_ = code
        one.naam = naam
        return one

    @classmethod
    def known(cls, code: str | None) -> Self | None:
        """Return the code that we know by these letters, if we do."""
        return next((one for one in cls if one == code), None)


class EenheidStatus(VeraCode):
    """EENHEIDSTATUS."""

    LEEGSTAND = "LEE", "Leegstand"


class EenheidDetailStatus(VeraCode):
    """EENHEIDDETAILSTATUS: this one is how a corporation says that a dwelling is not advertised but mediated."""

    NIET_REGULIER = "NIB", "Wacht op nieuwe huurder - niet-regulier"


class EenheidSoort(VeraCode):
    """EENHEIDSOORT."""

    WOONRUIMTE = "WOO", "Woonruimte"


class Woonvorm(VeraCode):
    """WOONVORM."""

    GECLUSTERD = "GEC", "Geclusterde woonvorm"
    ZORGGESCHIKT = "ZWO", "Zorggeschikte woning"
    GROEPSWONEN = "GRO", "Groepswonen"
    HAT = "HAT", "HAT-eenheid"
    LEVENSLOOPBESTENDIG = "LEV", "Levensloopbestendig woning"


class Toegankelijkheid(VeraCode):
    """TOEGANKELIJKHEIDSLABEL."""

    GELIJKVLOERS = "GNV", "Gelijkvloerse woning (geen nultredenwoning)"
    NULTREDEN = "NUL", "Nultredenwoning"
    ROLLATOR = "ROA", "Rollatorwoning"
    ROLLATOR_BINNEN = "ROG", "Rollatorwoning (geen nultredenwoning)"
    ROLSTOEL = "ROL", "Rolstoelwoning"
    ROLSTOEL_RUIM = "RUI", "Extra ruime rolstoelwoning"
    ZONDER = "ZON", "Woning zonder bijzondere toegankelijkheid"


class KandidaatStatus(VeraCode):
    """KANDIDAATSTATUS."""

    AANGEBODEN = "AAN", "Aangeboden"
    AFGEWEZEN = "AFG", "Afgewezen"


class KandidaatDetailStatus(VeraCode):
    """KANDIDAATDETAILSTATUS."""

    AANBIEDING = "AAN", "Aanbieding"


class AanbiedingStatus(VeraCode):
    """AANBIEDINGSTATUS. There is no code for "accepted": that is allocated, with the date of the answer."""

    AANGEBODEN = "AAN", "Aangeboden"
    GEWEIGERD = "GEW", "Geweigerd"
    INGETROKKEN = "ING", "Ingetrokken"
    TOEGEWEZEN = "TOE", "Toegewezen"


class AanbiedingDetailStatus(VeraCode):
    """AANBIEDINGDETAILSTATUS: why an offer was refused (under GEW) or taken back (under ING)."""

    GEEN_BELANGSTELLING = "GEE", "Geen belangstelling meer"
    HUURPRIJS = "HUU", "Huurprijs te hoog"
    WONING = "WBN", "Woning bevalt niet"
    KWALITEIT = "WKN", "Woningkwaliteit bevalt niet"
    OMGEVING = "WOB", "Woonomgeving bevalt niet"
    BUITENRUIMTE = "BUI", "Buitenruimte bevalt niet"
    BERGING = "PAO", "Parkeer, bergingruimte onvoldoende"
    PERSOONLIJK = "PER", "Persoonlijke omstandigheden"
    VERLOPEN = "REA", "Reactietermijn verlopen"
    ANDERE_KANDIDAAT = "TOE", "Toewijzing andere kandidaat"
    ONTERECHT = "ONT", "Onterecht aangeboden"


class OvereenkomstSoort(VeraCode):
    """OVEREENKOMSTSOORT."""

    HUUR = "HUU", "Huurovereenkomst"


class OvereenkomstDetailSoort(VeraCode):
    """OVEREENKOMSTDETAILSOORT."""

    ONBEPAALD = "ONB", "Onbepaalde tijd contract"
    TIJDELIJK = "TIJ", "Tijdelijk contract"


class OvereenkomstStatus(VeraCode):
    """OVEREENKOMSTSTATUS."""

    VOORLOPIG = "VOO", "Voorlopig"


class VoorrangSoort(VeraCode):
    """VOORRANGSOORT."""

    URGENTIE = "URG", "Urgentie"


class VoorrangDetailSoort(VeraCode):
    """VOORRANGDETAILSOORT: the only ground we name; nothing of it says which institution or which care."""

    UITSTROOM = "UIT", "uitstroom maatschappelijke instelling"
