"""Our own tables of iWmo 3.2, written apart from the grammar: order, what must be there, lengths, codes.

After the field tables of the standard (informatiemodel.istandaarden.nl, release 3.2). `?` may be left out, `+` stands
once or more; a dot goes one element down.
"""

HEADER = "BerichtCode BerichtVersie BerichtSubversie Afzender Ontvanger BerichtIdentificatie XsdVersie"
RETOUR_HEADER = "IdentificatieRetour DagtekeningRetour XsltVersie? XsdVersieRetour RetourCodes?"
ORDER = {
    "WMO301": {
        "Bericht": "Header Client",
        "Bericht.Client": "Bsn Geboortedatum Geslacht Naam Communicatie? JuridischeStatus?"
        " WettelijkeVertegenwoordiging? Commentaar? Relaties? Contactgegevens ToegewezenProducten",
        "Bericht.Client.Naam": "Geslachtsnaam Partnernaam? Voornamen? Voorletters? NaamGebruik",
        "Bericht.Client.Contactgegevens": "Contact+",
        "Bericht.Client.Contactgegevens.Contact": "Soort Adres? Organisatie? Telefoon? Emailadres? Periode?",
        "Bericht.Client.Contactgegevens.Contact.Adres": "Huis? Postcode? Straatnaam? Plaatsnaam? LandCode?",
        "Bericht.Client.ToegewezenProducten": "ToegewezenProduct+",
        "Bericht.Client.ToegewezenProducten.ToegewezenProduct": "ToewijzingNummer ReferentieAanbieder? Product?"
        " Toewijzingsdatum Toewijzingstijd Ingangsdatum Einddatum? RedenWijziging? Omvang? Budget? Commentaar?",
        "Bericht.Client.ToegewezenProducten.ToegewezenProduct.Product": "Categorie Code?",
        "Bericht.Client.ToegewezenProducten.ToegewezenProduct.Omvang": "Volume Eenheid Frequentie",
    },
    "WMO305": {
        "Bericht": "Header Client",
        "Bericht.Client": "Bsn Geboortedatum Geslacht Naam StartProducten",
        "Bericht.Client.Naam": "Geslachtsnaam Voornamen? Voorletters?",
        "Bericht.Client.Naam.Geslachtsnaam": "Achternaam Voorvoegsel?",
        "Bericht.Client.StartProducten": "StartProduct+",
        "Bericht.Client.StartProducten.StartProduct": "ToewijzingNummer? Product? ToewijzingIngangsdatum? Begindatum"
        " StatusAanlevering",
    },
    "WMO307": {
        "Bericht": "Header Client",
        "Bericht.Client": "Bsn Geboortedatum Geslacht Naam StopProducten",
        "Bericht.Client.StopProducten": "StopProduct+",
        "Bericht.Client.StopProducten.StopProduct": "ToewijzingNummer? Product? ToewijzingIngangsdatum? Begindatum"
        " RedenBeeindiging Einddatum StatusAanlevering",
    },
    "WMO302": {
        "Bericht": "Header Client?",
        "Bericht.Client.Contactgegevens.Contact": "Soort Adres? Organisatie? Telefoon? Emailadres? Periode?"
        " RetourCodes",
    },
    "WMO306": {
        "Bericht": "Header Client?",
        "Bericht.Client": "Bsn Geboortedatum Geslacht Naam StartProducten RetourCodes",
        "Bericht.Client.StartProducten.StartProduct": "ToewijzingNummer? Product? ToewijzingIngangsdatum? Begindatum"
        " StatusAanlevering RetourCodes",
    },
    "WMO308": {
        "Bericht": "Header Client?",
        "Bericht.Client.StopProducten.StopProduct": "ToewijzingNummer? Product? ToewijzingIngangsdatum? Begindatum"
        " RedenBeeindiging Einddatum StatusAanlevering RetourCodes",
    },
}
BERICHTCODES = {"WMO301": "414", "WMO302": "415", "WMO305": "418", "WMO306": "419", "WMO307": "420", "WMO308": "421"}
_COMMON = """
Identificatie Dagtekening BasisschemaXsdVersie BerichtXsdVersie Datum DatumGebruik Geslachtsnaam Partnernaam Achternaam
Voorvoegsel Voornamen Voorletters NaamGebruik Vorm Taal Huis Huisnummer Huisletter Postcode Straatnaam Plaatsnaam
LandCode Telefoon01 Telefoon02 Telefoonnummer Landnummer Categorie Code Volume Eenheid Frequentie
"""
COMMON = frozenset(_COMMON.split())
"""Elements of compound data types: in the common namespace."""
LENGTHS = {
    "Identificatie": 12,
    "Achternaam": 200,
    "Voorvoegsel": 10,
    "Voornamen": 200,
    "Voorletters": 6,
    "Organisatie": 35,
    "Emailadres": 80,
    "Telefoonnummer": 15,
    "Landnummer": 4,
    "Straatnaam": 24,
    "Plaatsnaam": 80,
    "Postcode": 8,
    "ReferentieAanbieder": 36,
    "IdentificatieRetour": 12,
}
"""The longest text in an element."""
CODES = {
    "Geslacht": {"0", "1", "2"},
    "StatusAanlevering": {"1", "2", "3", "9"},
    "RedenBeeindiging": {"02", "19", "20", "21", "22", "23", "31", "36", "37", "38", "39"},
    "RedenWijziging": {f"{n:02}" for n in range(1, 15)},
    "Categorie": {f"{n:02}" for n in range(1, 19)},
    "NaamGebruik": set("123456"),
    "Soort": {"01", "02", "03", "04"},
    "Eenheid": {"01", "04", "14", "16", "82", "83", "84"},
    "Frequentie": {"1", "2", "4", "6"},
}
