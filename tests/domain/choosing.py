"""Cases of a city where a corporation that has a suitable dwelling chooses, each among its own."""

from domain.exchange.policy_file import parse_policy
from domain.facts.calendar import Term, TermUnit
from domain.facts.parties import Actor, Role, Whose
from domain.facts.referral import Referral
from domain.facts.tasks import Task, TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.policy.policy import Policy
from runtime.policy_files import text_of
from tests.domain.case import Case, actor, along, dwelling, main_road

YMERE, ALLIANTIE = (actor(Role.CORPORATION, name) for name in ("ymere", "de-alliantie"))
TURN = Term(amount=3, unit=TermUnit.WORKING_DAYS)
"""How long a turn lasts here: other than where nothing is said of it."""


def chosen_by(whose: Whose) -> Policy:
    """Almere's policy, but that it leaves the choice of a home to others."""
    policy = main_road("almere")
    return replace(policy, owners={TaskKind.MAKE_OFFER: whose}, offers=replace(policy.offers, choose_within=TURN))


def read_as_file(whose: str) -> Policy:
    """The same as a city writes it."""
    return parse_policy(f'{text_of("almere")}\n[owners]\nmake_offer = "{whose}"\n')


def seeking(given: Referral | None = None) -> Case:
    """A client who is entitled to a home, of which none is listed yet."""
    return Case(policy=chosen_by(Whose.CORPORATION)).start(given).ready().positive()


def listed() -> Case:
    """Two dwellings of each corporation suit; the one that has been free the longest is de Alliantie's."""
    case = along(policy=chosen_by(Whose.CORPORATION), upto="positive")
    return case.list(
        *(dwelling(n, name) for n, name in enumerate(("de-alliantie", "ymere", "ymere", "de-alliantie"), 1))
    )


def asked(case: Case) -> Task:
    """The task to choose a home."""
    return case.task(TaskKind.MAKE_OFFER)


def chooses(case: Case, by: Actor, number: int, of: Actor | None = None) -> Case:
    """Somebody chooses this dwelling, of its own corporation or of another."""
    return case.answer(a.MatchAnswer(corporation=(of or by).organisation, dwelling=f"D-{number}"), by)


def chooses_none(case: Case, by: Actor, reason: a.CorporationDecline = a.CorporationDecline.OTHER) -> Case:
    """A corporation says that it chooses none of its dwellings."""
    return case.answer(a.MatchAnswer(corporation=by.organisation, declined=reason), by)
