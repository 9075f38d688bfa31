"""The table of organisations as it goes out and comes back: secrets are stars there, and stay what they are."""

import pytest

from domain.exchange.feed import LinesWrong
from domain.facts.value import replace
from runtime.addresses import AllowList
from runtime.directory import Directory, Organisation
from store.directory_exchange import STARS, DirectoryWriter, Row, as_csv, as_json, judged, read_csv, read_json

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLwoMfKQ9r8GKYqo="
MUNICIPALITY = {"id": "almere", "role": "coordinator", "name": "Almere", "municipalities": ["almere"], "mail": "a@b.nl"}
CORPORATION = {"id": "ymere", "role": "corporation", "name": "Ymere", "municipalities": ["almere"], "mail": "y@b.nl"}
SECRETS = {
    "webhook_secrets": [SECRET, SECRET],
    "channel": "webhook",
    "webhook": {"url": "https://ymere.example/letters", "secret": SECRET},
    "system": {"kind": "vera", "url": "https://ymere.example/v4", "api_key": "k3y"},
}
KNOWN = Directory([Organisation.model_validate(one) for one in (MUNICIPALITY, {**CORPORATION, **SECRETS})])
KEPT = Directory([replace(one, webhook_secrets=()) for one in KNOWN])
"""As the directory is kept: what a system signs with is not there."""
EVERYTHING = DirectoryWriter(None)


def test_a_table_with_every_kind_of_secret_comes_back_unchanged_and_changes_nothing() -> None:
    table = as_csv(KNOWN)
    assert SECRET not in table
    assert STARS in table
    for known in (KNOWN, KEPT):
        assert judged(read_csv(table.encode()), known, EVERYTHING) == []
        assert judged(read_json({"organisations": [as_json(one) for one in KNOWN]}), known, EVERYTHING) == []


def test_another_column_changes_beside_secrets_that_stay() -> None:
    [changed] = judged(read_csv(as_csv(KNOWN).replace("y@b.nl", "z@b.nl").encode()), KNOWN, EVERYTHING)
    assert changed == replace(KNOWN.get("ymere"), mail="z@b.nl")


@pytest.mark.parametrize("told", [[SECRET[:-4] + "AAA="], ["no secret"], [STARS, "no secret"], 5])
def test_what_a_system_signs_with_is_not_told_in_the_table(told: object) -> None:
    rows = [
        Row(n, {"id": one.id} | ({"webhook_secrets": told} if one.id == "ymere" else {})) for n, one in enumerate(KNOWN)
    ]
    with pytest.raises(LinesWrong) as wrong:
        judged(rows, KNOWN, EVERYTHING)
    assert {error.field for error in wrong.value.errors} == {"webhook_secrets"}


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("places", "1.000"),
        ("places", "1e3"),
        ("places", "25,0"),
        ("places", "-1"),
        ("valid_to", "0"),
        ("valid_to", "46387"),
        ("valid_from", "2026"),
        ("valid_from", "31-12-26"),
        ("valid_from", "12-31-2026"),
    ],
)
def test_a_number_or_a_day_that_is_written_otherwise_is_refused_by_line_and_field(column: str, cell: str) -> None:
    """A thousand with a point is no 1, and a bare number no day since 1970."""
    table = f'id,role,name,municipalities,mail,{column}\nymere,corporation,Ymere,almere,y@b.nl,"{cell}"\n'
    with pytest.raises(LinesWrong) as wrong:
        judged(read_csv(table.encode()), Directory([]), EVERYTHING)
    assert [(error.line, error.field) for error in wrong.value.errors] == [(2, column)]


@pytest.mark.parametrize(
    "system",
    [
        {"kind": "plain", "url": "http://127.0.0.1:9"},
        {"kind": "plain", "url": "https://169.254.169.254"},
        {"kind": "vera", "url": "https://ymere.example/v4?x=1#y"},
        {"kind": "iwmo", "agb": "42420001", "transport": {"kind": "http", "url": "http://kwintes.intern"}},
        {
            "kind": "vera",
            "url": "https://ymere.example/v4",
            "oauth": {"tokenUrl": "http://10.0.0.1/t", "clientId": "a", "clientSecret": STARS},
        },
    ],
    ids=["loopback", "metadata", "no-address", "plain-http", "where-a-token-is-asked"],
)
def test_an_address_that_would_not_be_called_is_refused_where_it_is_typed(system: dict[str, object]) -> None:
    rows = [Row(n, {"id": one.id} | ({"system": system} if one.id == "ymere" else {})) for n, one in enumerate(KNOWN)]
    with pytest.raises(LinesWrong) as wrong:
        judged(rows, KNOWN, EVERYTHING)
    assert any("public host" in error.message for error in wrong.value.errors)


def test_an_address_on_our_own_network_is_taken_when_the_installation_names_it() -> None:
    system = {"kind": "plain", "url": "http://team.intern:8080"}
    rows = [Row(n, {"id": one.id} | ({"system": system} if one.id == "ymere" else {})) for n, one in enumerate(KNOWN)]
    writer = DirectoryWriter(None, partner_hosts=AllowList.parse("team.intern:8080"))
    assert [one.id for one in judged(rows, KNOWN, writer)] == ["ymere"]
    with pytest.raises(LinesWrong):
        judged(rows, KNOWN, DirectoryWriter(None, webhook_hosts=AllowList.parse("team.intern:8080")))
