"""NotifyNL: a letter goes once for its key, and what it says of a letter is understood or waited for."""

from datetime import UTC, datetime

import httpx
import pytest
from structlog.testing import capture_logs

from activities.letters import notify_nl
from activities.letters.letter import ChannelAway, ReadyLetter
from activities.letters.notify_nl import NotifyKeyWrong, NotifyNl
from activities.letters.wording.letter_text import LetterText
from activities.partner import PartnerRefused
from store.letters import LetterState
from tests.letters.notify_server import KEY, TEMPLATE, NotifyServer, reached

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
URL = "https://api.notifynl.example"


def letter(key: str = "m-1:offer-made-client:9", address: str = "client@example.org") -> ReadyLetter:
    return ReadyLetter(key, "client", address, LetterText("Er is een woning", "Beste lezer,"), NOW)


async def test_a_letter_goes_with_its_reference_and_our_template() -> None:
    server = NotifyServer()
    async with reached(server) as http:
        number = await NotifyNl(http, URL, KEY, TEMPLATE).post(letter())
    assert server.sent == {
        number: {
            "email_address": "client@example.org",
            "template_id": TEMPLATE,
            "personalisation": {"subject": "Er is een woning", "body": "Beste lezer,"},
            "reference": "m-1.offer-made-client.9.client",
        }
    }


async def test_a_letter_whose_answer_got_lost_is_found_and_not_sent_again() -> None:
    server = NotifyServer()
    server.forgets = True
    async with reached(server) as http:
        notify = NotifyNl(http, URL, KEY, TEMPLATE)
        with pytest.raises(ChannelAway):
            await notify.post(letter())
        number = await notify.post(letter())
        other = await notify.post(letter("m-1:offer-made-client:12"))
    assert list(server.sent) == [number, other]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (httpx.Response(500, text="<html>oops</html>"), "notify_JSONDecodeError"),
        (httpx.Response(503, json={}), "notify_503"),
        (httpx.Response(429, json={"errors": []}), "notify_429"),
        (httpx.Response(200, json=[1, 2]), "notify_not_understood"),
        (httpx.Response(200, content=b'{"a": "' + b"x" * 10_000_000 + b'"}'), "notify_not_understood"),
        (httpx.ConnectError("away"), "notify_ConnectError"),
    ],
)
async def test_what_may_pass_is_tried_again(answer: httpx.Response | Exception, code: str) -> None:
    server = NotifyServer()
    server.answers = [answer]
    async with reached(server) as http:
        with pytest.raises(ChannelAway) as caught:
            await NotifyNl(http, URL, KEY, TEMPLATE).post(letter())
    assert caught.value.type == f"MailServerAway:{code}"
    assert "client@example.org" not in repr(caught.value)


def refusal(error: str, message: str, status: int = 400) -> httpx.Response:
    """A refusal as NotifyNL tells it."""
    return httpx.Response(status, json={"status_code": status, "errors": [{"error": error, "message": message}]})


async def test_a_letter_whose_address_is_refused_is_not_tried_again() -> None:
    server = NotifyServer()
    async with reached(server) as http:
        notify = NotifyNl(http, URL, KEY, TEMPLATE)
        with pytest.raises(PartnerRefused) as caught:
            await notify.post(letter(address="no address"))
        assert caught.value.code == "notify_400"
        assert await notify.post(letter("m-1:offer-made-client:12")), "others go"


TRIAL = "Can't send to this recipient when service is in trial mode - see https://www.notifynl.example/trial-mode"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (refusal("BadRequestError", "Can't send to this recipient using a team-only API key"), "notify_team_only_key"),
        (refusal("BadRequestError", TRIAL), "notify_trial_mode"),
        (refusal("BadRequestError", "Template not found"), "notify_template"),
        (refusal("ValidationError", "template_id is not a valid UUID"), "notify_template"),
        (refusal("BadRequestError", "Missing personalisation: body"), "notify_400"),
        (refusal("ValidationError", "Additional properties are not allowed (email_address)"), "notify_400"),
        (refusal("AuthError", "Invalid token: API key not found", 403), "notify_403"),
        (refusal("AuthError", "Unauthorized: authentication token must be provided", 401), "notify_401"),
        (refusal("NoResultFound", "No result found", 404), "notify_404"),
        (httpx.Response(400, json={"errors": "?"}), "notify_400"),
        (httpx.Response(422, json=["email_address Not a valid email address"]), "notify_422"),
    ],
)
async def test_what_is_refused_to_our_service_holds_every_letter_and_is_told_once(
    answer: httpx.Response, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = NotifyServer()
    nothing = httpx.Response(200, json={"notifications": []})
    server.answers = [nothing, answer, nothing, answer]
    async with reached(server) as http:
        notify = NotifyNl(http, URL, KEY, TEMPLATE)
        with capture_logs() as logs:
            for other in ("9", "12"):
                with pytest.raises(ChannelAway) as caught:
                    await notify.post(letter(f"m-1:offer-made-client:{other}"))
                assert (caught.value.type, caught.value.for_all) == (f"MailServerAway:{code}", True)
            assert server.asked == 2, "the second letter asked nothing"
            monkeypatch.setattr(notify_nl, "STOPPED", 0.0)
            notify._stopped = (code, 0.0)
            with pytest.raises(ChannelAway):
                await notify.post(letter())
            assert [(line["log_level"], line["code"]) for line in logs] == [("error", code)]
        assert await notify.post(letter()), "once it is mended the letter goes"


@pytest.mark.parametrize(
    ("status", "state", "code"),
    [
        ("created", LetterState.POSTED, None),
        ("sending", LetterState.POSTED, None),
        ("delivered", LetterState.DELIVERED, None),
        ("permanent-failure", LetterState.FAILED, "notify_permanent_failure"),
        ("temporary-failure", LetterState.FAILED, "notify_temporary_failure"),
        ("technical-failure", LetterState.FAILED, "notify_technical_failure"),
        ("a word of tomorrow", LetterState.POSTED, None),
    ],
)
async def test_how_a_letter_stands_is_asked(status: str, state: LetterState, code: str | None) -> None:
    server = NotifyServer()
    async with reached(server) as http:
        notify = NotifyNl(http, URL, KEY, TEMPLATE)
        number = await notify.post(letter())
        server.states[number] = status
        assert await notify.state_of(number, NOW) == (state, code)


async def test_a_letter_that_notifynl_no_longer_knows_stops_no_other() -> None:
    server = NotifyServer()
    async with reached(server) as http:
        notify = NotifyNl(http, URL, KEY, TEMPLATE)
        with pytest.raises(PartnerRefused, match="notify_404"):
            await notify.state_of("n-unknown", NOW)
        assert await notify.post(letter())


async def test_a_key_of_another_service_is_not_ours_and_no_key_is_told() -> None:
    server = NotifyServer()
    async with reached(server) as http:
        with pytest.raises(ChannelAway, match="cannot take the letter"):
            await NotifyNl(http, URL, f"{KEY[:-4]}0000", TEMPLATE).post(letter())
        for wrong in ("", "short", "x" * 80):
            with pytest.raises(NotifyKeyWrong):
                NotifyNl(http, URL, wrong, TEMPLATE)
