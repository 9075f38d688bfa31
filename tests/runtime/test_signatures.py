"""Signatures by Standard Webhooks: the public library takes ours, and we take nothing that was not signed so."""

import json
import random
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from runtime.signatures import SecretMalformed, SignatureWrong, key_of, new_secret, signed, verified

SECRET, OTHER = new_secret(), new_secret()
BODY = '{"specversion":"1.0","id":"m-1/17","naam":"é"}'.encode()


def now() -> datetime:
    return datetime.now(UTC)


def test_the_public_library_takes_what_we_sign() -> None:
    headers = signed([key_of(SECRET)], "m-1/17", now(), BODY)
    assert Webhook(SECRET).verify(BODY, headers) == json.loads(BODY)
    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER).verify(BODY, headers)


def test_while_a_secret_changes_both_old_and_new_are_taken() -> None:
    headers = signed([key_of(SECRET), key_of(OTHER)], "m-1/17", now(), BODY)
    for secret in (SECRET, OTHER):
        assert Webhook(secret).verify(BODY, headers) == json.loads(BODY)
        assert verified([key_of(secret)], headers, BODY, now()) == "m-1/17"


def test_we_take_what_the_public_library_signs() -> None:
    moment = now()
    signature = Webhook(SECRET).sign("msg_1", moment, BODY.decode())
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(int(moment.timestamp())), "webhook-signature": signature}
    assert verified([key_of(OTHER), key_of(SECRET)], headers, BODY, now()) == "msg_1"


@pytest.mark.parametrize("away", [timedelta(minutes=5, seconds=2), -timedelta(minutes=5, seconds=2)])
def test_what_was_not_signed_just_now_is_refused(away: timedelta) -> None:
    moment = now()
    headers = signed([key_of(SECRET)], "m-1/17", moment, BODY)
    with pytest.raises(SignatureWrong):
        verified([key_of(SECRET)], headers, BODY, moment + away)
    assert verified([key_of(SECRET)], headers, BODY, moment + away * 0.98)


def test_whatever_is_changed_or_malformed_is_refused() -> None:
    draw = random.Random(20_261_122)
    moment = now()
    right = signed([key_of(SECRET)], "m-1/17", moment, BODY)
    junk = [
        "",
        " ",
        "v1",
        "v1,",
        "v1,é",
        "v2,AAAA",
        ",",
        "v1,AAA",
        "v1a,AAAA",
        "\x00",
        "9" * 400,
        "-1",
        "1e9",
        "nan",
        "١٢٣",
    ]
    for _ in range(2_000):
        headers, body = dict(right), bytearray(BODY)
        name = draw.choice([*headers, "body", "keys", "gone"])
        if name == "body":
            body[draw.randrange(len(body))] ^= 1 << draw.randrange(8)
        elif name == "gone":
            del headers[draw.choice(list(headers))]
        elif name != "keys":
            text = headers[name]
            place = draw.randrange(len(text))
            headers[name] = draw.choice([*junk, text[:place] + draw.choice("Aa0+=, .") + text[place + 1 :]])
        keys = [] if name == "keys" else [key_of(SECRET)]
        if headers == right and bytes(body) == BODY and keys:
            continue
        with pytest.raises(SignatureWrong):
            verified(keys, headers, bytes(body), moment)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_AAAA", "whsec_%%", "c2VjcmV0" * 5, "whsec_" + "QUFB" * 40])
def test_a_malformed_secret_is_refused_and_not_shown(secret: str) -> None:
    with pytest.raises(SecretMalformed) as refused:
        key_of(secret)
    assert len(secret) < 12 or secret not in str(refused.value)
