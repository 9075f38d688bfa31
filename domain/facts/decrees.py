"""Which days a royal decree equates with a holiday (Algemene termijnenwet art. 3 lid 3), by year.

It is one law for all cities. The decrees cover some years each and come late. Of a year that has none yet the holidays
of the act itself are certain, and the days that a decree will add are not: such a year is named here too, as not yet
decreed, and counted without them. Of a year that is not named no statutory term can be counted: whoever runs this
release so long needs a newer one.
"""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple


class Decree(NamedTuple):
    """What is decreed of one year."""

    days: tuple[date, ...]
    source: str
    """The decree by its title, and where that was read."""


_READ = "; title as read on sterfgeval.nl, question 70745, on 30 November 2026"
_OF_2023 = (
    "Besluit gelijkstelling van 28 april 2023, 19 mei 2023, 10 mei 2024, 27 december 2024 en 30 mei 2025 met een "
    f"algemeen erkende feestdag{_READ}"
)
_OF_2026 = (
    "Besluit gelijkstelling van 2 januari 2026, 15 mei 2026, 7 mei 2027, 28 april 2028 en 26 mei 2028 met een algemeen "
    f"erkende feestdag{_READ}"
)
DECREED: Mapping[int, Decree | None] = {
    2023: Decree((date(2023, 4, 28), date(2023, 5, 19)), _OF_2023),
    2024: Decree((date(2024, 5, 10), date(2024, 12, 27)), _OF_2023),
    2025: Decree((date(2025, 5, 30),), _OF_2023),
    2026: Decree((date(2026, 1, 2), date(2026, 5, 15)), _OF_2026),
    2027: Decree((date(2027, 5, 7),), _OF_2026),
    2028: Decree((date(2028, 4, 28), date(2028, 5, 26)), _OF_2026),
    2029: None,
    2030: None,
    2031: None,
}
"""By year; None: not yet decreed. New years are added at the end, without a gap."""
DECREE_DAYS = tuple(day for decree in DECREED.values() if decree for day in decree.days)
DECREED_TO = max(year for year, decree in DECREED.items() if decree)
"""The last year of which the days are decreed."""
KNOWN_TO = max(DECREED)
"""The last year in which a statutory term may end."""
