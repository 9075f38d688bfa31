"""What of an organisation nobody changes alone: every column is said to be watched, or to be one keeper's."""

import pytest

from domain.facts.parties import LOOKING_ON, Role
from domain.facts.value import replace
from domain.facts.watched import Watched
from runtime.directory import Organisation
from store.organisations import ALONE, FIELDS, watched
from tests.store.test_directory import known

FOR_EVER = {"id", "role"}


def test_every_column_is_watched_or_one_keepers() -> None:
    assert FIELDS.keys() & ALONE == set()
    assert FIELDS.keys() | ALONE | FOR_EVER == Organisation.model_fields.keys()
    assert set(FIELDS.values()) | {Watched.OVERSIGHT} == set(Watched)


@pytest.mark.parametrize("role", sorted(Role))
def test_a_new_organisation_is_watched_when_it_looks_on(role: Role) -> None:
    new = Organisation(id="new", role=role, name="New", municipalities=("almere",), mail="n@n.nl")
    assert bool(watched(None, new)) == (role in LOOKING_ON)
    assert bool(watched(new, replace(new, name="Other"))) == (role in LOOKING_ON)
    assert watched(new, new) == ()
    assert bool(watched(new, replace(new, mail="m@n.nl"))) is True


def test_a_secret_behind_stars_is_no_change() -> None:
    for one in known():
        assert watched(one, one) == ()
