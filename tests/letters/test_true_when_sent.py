"""What a letter says is so on the day on which it leaves, and of who reads it."""

from datetime import timedelta

import pytest

from activities.letters.wording.around import Around
from activities.letters.wording.long import write_long
from domain.messages.effects import Audience, Letter, SendLetter
from domain.messages.told import Meanwhile, Told
from tests.letters.golden import FACTS, NAMES
from texts import Language, of

TODAY = FACTS.today


def written(letter: Letter, around: Around, told: Told | None = None, reader: Audience = Audience.CLIENT) -> str:
    effect = SendLetter(letter=letter, readers=(reader,), by=TODAY, told=told)
    facts = FACTS._replace(around=around)
    return write_long(effect, "A26-0004", reader, NAMES.municipality, facts, of(Language.DUTCH)).body


@pytest.mark.parametrize("letter", [Letter.REFERRAL_RECEIVED, Letter.NOT_READY_YET, Letter.HELPED_HERE])
def test_nobody_is_promised_a_decision_by_a_day_that_is_over(letter: Letter) -> None:
    in_time = written(letter, FACTS.around._replace(decide_by=TODAY, stands_still=None))
    late = written(letter, FACTS.around._replace(decide_by=TODAY - timedelta(days=4), stands_still=None))
    assert "U krijgt" in in_time
    assert "sorry" not in in_time
    assert "moest er zijn voor of op" in late
    assert "sorry" in late
    assert "U krijgt dat voor" not in late


@pytest.mark.parametrize("letter", [Letter.DECISION_TERM_EXTENDED, Letter.OBJECTION_EXTENDED])
def test_who_hears_in_time_that_it_takes_longer_does_not_read_that_it_is_late_again(letter: Letter) -> None:
    told = Told(since=TODAY + timedelta(days=7))
    assert "weer te laat" not in written(letter, FACTS.around, told)


@pytest.mark.parametrize("letter", [Letter.DEATH_UNDONE, Letter.GOES_ON, Letter.ENDED_BY_MISTAKE])
def test_the_guide_reads_of_the_client_and_nobody_of_a_home_before_one_was_sought(letter: Letter) -> None:
    told = Told(meanwhile=Meanwhile.READINESS)
    guide = written(letter, FACTS.around, told, Audience.GUIDE)
    assert "Wij kijken opnieuw naar de aanmelding." in guide
    assert "uw aanmelding" not in guide
    assert "voor iemand anders" not in written(letter, FACTS.around, told)
    sought = written(letter, FACTS.around, Told(meanwhile=Meanwhile.SEARCHING))
    assert "Wij zoeken een woning voor u. Hadden wij al een woning voor u" in sought
