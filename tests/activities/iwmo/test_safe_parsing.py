"""A message can make the parser do nothing but read it: no entities, no network, no growth, no depth."""

from pathlib import Path
from time import perf_counter

import pytest

from activities.iwmo.codes import MessageKind
from activities.iwmo.xml_parse import LIMIT, MessageWrong, parse
from tests.activities.iwmo.samples import start_xml

PROLOGUE = b"<?xml version='1.0' encoding='UTF-8'?>"


def refused(content: bytes) -> str:
    """Why a message is refused, quickly."""
    begun = perf_counter()
    with pytest.raises(MessageWrong) as wrong:
        parse(content, MessageKind.START)
    assert perf_counter() - begun < 2
    return wrong.value.code


def with_doctype(doctype: bytes, name: bytes = b"Testpersoon") -> bytes:
    content = start_xml().partition(b"\n")[2] if start_xml().startswith(b"<?xml") else start_xml()
    return PROLOGUE + doctype + content.replace(b"Testpersoon", name)


def test_an_entity_of_a_file_is_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("Geheim")
    doctype = f'<!DOCTYPE b [<!ENTITY x SYSTEM "file://{secret}">]>'.encode()
    assert refused(with_doctype(doctype, b"&x;")) == "has_dtd"


def test_a_billion_laughs_are_not_laughed() -> None:
    laughs = b"".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">'.encode() if n else b'<!ENTITY l0 "ha">' for n in range(12)
    )
    assert refused(with_doctype(b"<!DOCTYPE b [" + laughs + b"]>", b"&l11;")) == "has_dtd"


def test_an_external_dtd_is_not_fetched() -> None:
    assert refused(with_doctype(b'<!DOCTYPE b SYSTEM "http://127.0.0.1:9/x.dtd">')) == "has_dtd"


def test_an_entity_that_nobody_declared_is_malformed() -> None:
    assert refused(with_doctype(b"", b"&x;")) == "malformed"


@pytest.mark.parametrize("encoding", ["UTF-16", "UTF-7", "ISO-8859-1"])
def test_a_dtd_cannot_hide_in_another_encoding(encoding: str) -> None:
    hidden = "<!DOCTYPE b [<!ENTITY x 'y'>]><b/>".encode(encoding)
    declared = f"<?xml version='1.0' encoding='{encoding}'?>".encode(encoding)
    assert refused(declared + hidden) in {"not_utf8", "has_dtd", "malformed"}


@pytest.mark.parametrize("encoding", ["UTF-16-BE", "UTF-16-LE", "UTF-32-BE", "UTF-32-LE"])
def test_a_dtd_cannot_hide_between_nulls_that_happen_to_be_utf_8(encoding: str) -> None:
    text = with_doctype(b"<!DOCTYPE Bericht [<!ENTITY x 'y'>]>").decode().replace("UTF-8", encoding)
    assert refused(text.encode(encoding)) == "not_utf8"
    assert refused(start_xml().decode().replace("UTF-8", encoding).encode(encoding)) == "not_utf8"


def test_ten_mebibytes_are_refused_unread() -> None:
    assert refused(start_xml() + b" " * (10 * 1024 * 1024)) == "too_long"
    assert refused(start_xml() + b" " * LIMIT) == "too_long"


def test_deep_nesting_is_refused() -> None:
    assert refused(b"<a>" * 5000 + b"</a>" * 5000) in {"malformed", "other_message"}
    deep = b"<wmo305:Client>" * 200 + b"</wmo305:Client>" * 200
    assert refused(start_xml().replace(b"<wmo305:Client>", b"<wmo305:Client>" + deep, 1)) == "not_schema"


@pytest.mark.parametrize(
    "content", [b"", b"\x00", b"{}", b"<a", b"\xff\xfe<a/>", b"<a/><b/>", b"<!-- -->", b"<a>\x01</a>"]
)
def test_what_is_no_xml_is_refused(content: bytes) -> None:
    assert refused(content) in {"malformed", "not_utf8", "other_message"}


def test_comments_and_instructions_say_nothing() -> None:
    content = start_xml().replace(b"<wmo305:Client>", b"<!-- x --><?y z?><wmo305:Client>")
    assert parse(content, MessageKind.START) == parse(start_xml(), MessageKind.START)
