"""What the demonstration's check of the receiving teams sees: a notice, visit or follow-on that went astray."""

from collections.abc import Mapping
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest

from domain.facts.tasks import TaskKind
from sandbox.city.organisations import organisations_of
from sandbox.receiving import EFFECT, Asked, Evidence, Move, Notice, _asked, _by_hand, judged

PEOPLE = organisations_of("almere", "Almere")
ASSESSED, RECEIVES = "wijkteam-stad-haven", "wijkteam-buiten-poort"
HOME, NEAR = "regenboogbuurt", "filmwijk"
"""The district of the home, and one of the team that assessed."""
VISIT, FOLLOW_ON = TaskKind.VISIT_CLIENT, TaskKind.TAKE_UP_FOLLOW_ON
WELL = Evidence(
    moves=(Move("m-1", HOME, ASSESSED), Move("m-2", NEAR, ASSESSED)),
    homeless=(),
    offered=frozenset({("m-1", HOME), ("m-2", NEAR), ("m-2", HOME)}),
    notices=(Notice(RECEIVES, "m-1", HOME), Notice(ASSESSED, "m-2", NEAR)),
    asked=(Asked(RECEIVES, "m-1", VISIT), Asked(RECEIVES, "m-1", FOLLOW_ON)),
    opened={("m-1", VISIT): 1, ("m-1", FOLLOW_ON): 1},
)


def test_the_city_has_the_districts_of_this_test_in_two_teams() -> None:
    assert (PEOPLE.team_for(HOME).id, PEOPLE.team_for(NEAR).id) == (RECEIVES, ASSESSED)


def test_where_each_team_has_what_is_its_to_have_nothing_is_wrong() -> None:
    said = judged(WELL, PEOPLE)
    assert (said.moves, said.elsewhere, said.wrong) == (2, 1, ())


def test_the_notice_of_a_home_that_fell_through_is_none_too_many() -> None:
    late = replace(WELL, notices=(*WELL.notices, Notice(RECEIVES, "m-2", HOME)))
    assert judged(late, PEOPLE).wrong == ()


@pytest.mark.parametrize(
    ("evidence", "said"),
    [
        (replace(WELL, notices=WELL.notices[1:]), "had 0 notices"),
        (replace(WELL, notices=(*WELL.notices, WELL.notices[0])), "had 2 notices"),
        (replace(WELL, notices=(*WELL.notices, Notice(ASSESSED, "m-1", HOME))), "which it does not serve"),
        (replace(WELL, notices=(*WELL.notices, Notice(ASSESSED, "m-1", NEAR))), "where no home was offered"),
        (replace(WELL, asked=WELL.asked[1:]), "was asked 0 and not 1 times to visit_client"),
        (replace(WELL, asked=(*WELL.asked, WELL.asked[1])), "was asked 2 and not 1 times to take_up_follow_on"),
        (replace(WELL, asked=(*WELL.asked, Asked(ASSESSED, "m-1", VISIT))), f"{ASSESSED} was asked 1 and not 0"),
        (replace(WELL, homeless=("m-3",)), "m-3 got keys"),
    ],
)
def test_whatever_is_missing_double_or_elsewhere_is_seen(evidence: Evidence, said: str) -> None:
    assert any(said in one for one in judged(evidence, PEOPLE).wrong)


def test_the_team_that_assessed_in_place_of_the_one_of_the_home_is_seen_in_everything_it_got() -> None:
    astray = replace(
        WELL,
        notices=(Notice(ASSESSED, "m-1", HOME), WELL.notices[1]),
        asked=tuple(one._replace(team=ASSESSED) for one in WELL.asked),
    )
    wrong = judged(astray, PEOPLE).wrong
    for about in ("had 0 notices", "does not serve", "visit_client", "take_up_follow_on"):
        assert any(about in one for one in wrong), about


def test_a_letter_in_a_teams_mailbox_tells_what_it_was_asked() -> None:
    def letter(to: str, kind: TaskKind, step: str = "task-opened") -> EmailMessage:
        mail = EmailMessage()
        mail["To"] = f"directe-bemiddeling@{to}.example.org"
        opened.append({"type": "TaskOpened", "document": {"task": {"kind": kind.value}}})
        mail[EFFECT] = f"m-1:{step}-{to}:{len(opened)}:{to}"
        mail.set_content("Wij hebben een vraag over deze bemiddeling.")
        return mail

    opened: list[Mapping[str, Any]] = []

    mails = [
        *(letter(RECEIVES, VISIT), letter(RECEIVES, FOLLOW_ON), letter(RECEIVES, TaskKind.ASSESS)),
        *(letter("ymere", VISIT), letter(RECEIVES, VISIT, step="task-reminder")),
    ]
    assert list(_asked(PEOPLE, mails, {"m-1": opened})) == [
        Asked(RECEIVES, "m-1", VISIT),
        Asked(RECEIVES, "m-1", FOLLOW_ON),
    ]


def test_a_corporation_without_a_system_has_the_last_home_before_the_keys() -> None:
    def offered(corporation: str, dwelling: str) -> dict[str, object]:
        home = {"corporation": corporation, "id": dwelling}
        return {"type": "OfferPrepared", "document": {"candidate": {"dwelling": home}}}

    keys: dict[str, object] = {"type": "KeysHandedOver", "document": {}}
    by_hand, system = "de-alliantie", "ymere"
    journals: dict[str, list[Mapping[str, Any]]] = {
        "m-1": [offered(by_hand, "DE-1"), offered(by_hand, "DE-2"), keys],
        "m-2": [offered(by_hand, "DE-3"), offered(system, "YM-1"), keys],
        "m-3": [offered(by_hand, "DE-4")],
    }
    homes = [(one.mediation, one.dwelling, one.theirs) for one in _by_hand(journals, PEOPLE)]
    assert homes == [
        ("m-1", "DE-1", False),
        ("m-1", "DE-2", True),
        ("m-2", "DE-3", False),
        ("m-3", "DE-4", False),
    ]
