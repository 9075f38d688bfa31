"""What people write: plain Dutch notes that name the client, as people do. They are personal: for the vault only."""

from sandbox.city.chance import Chance
from sandbox.city.people import Resident

NOTES = {
    "ordinary": (
        "Gesproken met {name}. Het gaat goed, de dagbesteding loopt.",
        "{name} kijkt uit naar een eigen plek en vraagt of de hond mee mag.",
        "Overleg gehad met {guide}: {name} heeft de inboedel bijna rond.",
        "{name} was bij het spreekuur. Telefoonnummer gecontroleerd: {phone}.",
    ),
    "supplement": (
        "Het uittreksel van {name} volgt zo snel mogelijk.",
        "Het ontbrekende stuk van {name} is bijgevoegd.",
    ),
    "assessment": (
        "{name} redt zich nog niet zonder dat er 's nachts iemand in de buurt is.",
        "Op dit moment past een beschutte woonvorm beter bij {name}.",
    ),
    "urgency": (
        "{guide} heeft verteld wat {name} nu kan, en dat woog voor ons het zwaarst.",
        "Bij de aanmelding van {name} is alles nog eens naast elkaar gelegd; dit past nu het best.",
    ),
    "other_route": ("{name} is eerst gebaat bij een andere plek; {guide} zoekt die samen met ons.",),
    "origin": (
        "{name} stond voor de opname in een andere gemeente ingeschreven.",
        "Nagevraagd bij {guide}: {name} woonde elders, en heeft hier familie.",
    ),
    "transfer": ("{name} krijgt daar hulp; {guide} is op de hoogte.", "De andere gemeente kent {name} niet."),
    "said_no": ("{name} heeft de woning gezien en wil er niet wonen; {guide} sprak erover met {name}.",),
    "objection": ("{name} is het niet eens met het besluit en legt uit waarom.",),
    "objection_decided": ("U vertelde met {guide} waarom u het niet eens bent. Daar hebben wij opnieuw naar gekeken.",),
    "fraud": ("De papieren van {name} kloppen niet; {guide} kon het niet verklaren.",),
    "no_care": ("Geen enkele aanbieder kan {name} nu thuis begeleiden; alle aanbieders zijn gebeld.",),
    "hearing": (
        "Wij hebben met u en {guide} gesproken. Wat u zei, maakt onze beoordeling niet anders.",
        "U vertelde met {guide} wat u van ons plan vindt. De redenen blijven staan.",
    ),
    "dropped": (
        "{name} heeft laten zien dat het anders ligt dan gedacht. Het voornemen vervalt.",
        "Na het gesprek met {name} en {guide} krijgt {name} een nieuwe kans.",
    ),
    "refusal": (
        "{name} vindt de buurt te druk; dat is geen reden om een passende woning te weigeren.",
        "De woning past bij {name} en is in het gesprek vooraf zo besproken.",
    ),
    "later": ("Wij hebben meer tijd nodig om met u en {guide} te praten over wat bij u past.",),
    "unextended": ("{name} heeft een passende woning geweigerd; er is geen reden om te verlengen.",),
    "hardship": (
        "{name} heeft kinderen op een opvangplek; wachten tot het nieuwe jaar is onverantwoord.",
        "Het stuk is voor {name} niet te krijgen; het ontbreken mag geen gevolg hebben.",
    ),
    "call": (
        "{name} woont naar de zin, maar komt niet uit de post. Hulp bij de administratie afgesproken.",
        "{name} klonk somber; het wijkteam gaat langs.",
    ),
    "signed_off": ("{name} is drie keer gebeld; ook {guide} krijgt geen contact. Er is geen zorg gemeld.",),
    "signal": (
        "De buren van {name} klagen over harde muziek in de nacht.",
        "{name} doet al twee weken de deur niet open voor {guide}.",
    ),
    "handed_over": ("De afspraken met {name} helpen niet; de corporatie gaat zelf verder.",),
    "placement_failed": ("{name} en {guide} zien allebei dat wonen op deze plek niet lukt.",),
    "absence": (
        "{name} is opgenomen en komt voorlopig niet terug.",
        "{name} is een tijd ergens anders; {guide} volgt het.",
    ),
    "provider": ("De organisatie van {guide} stopt; {name} krijgt een andere begeleider.",),
    "pause": ("Alles rond {name} ligt even stil tot er nieuwe afspraken zijn.",),
    "step_back": ("Het gaat anders met {name} dan bij de beoordeling; {guide} vraagt om opnieuw te kijken.",),
    "conversion": ("{name} is er nog niet aan toe om zelf te huren; met {guide} besproken.",),
    "withdrawal": (
        "{name} trekt bij een zus in en ziet van een woning af.",
        "{name} blijft liever waar het nu goed gaat.",
    ),
    "correction": ("Het inkomen van {name} stond verkeerd in de aanmelding; met {guide} nagelopen.",),
    "widening": ("{name} wil ook in andere wijken kijken nu het zo lang duurt.",),
    "offer_withdrawn": ("De woning voor {name} is toch aan een ander verhuurd.",),
}


def note(resident: Resident, chance: Chance, subject: str) -> str:
    """Return a note about this client."""
    return chance.one_of(NOTES[subject], "words", subject).format(
        name=resident.person.name,
        guide=resident.guide.name,
        phone=resident.person.phone,
    )
