"""K1: files to text; the type is told by the content, and what cannot be read says why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ogma.knowledge.content import Unreadable
from ogma.knowledge.formats.plain import decode
from ogma.knowledge.readers import read

TEXT = "# Größe\n\nDer Preis beträgt 5 €, „sofort“ fällig.\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_unicode_encodings_with_and_without_mark(encoding: str) -> None:
    assert decode(TEXT.encode(encoding)) == TEXT


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "Der Müller läuft über die Straße und zahlt fünf Euro für süße Brötchen. " * 3),
        ("latin-1", "Le café est fermé à midi, les élèves préfèrent déjeuner à l'école. " * 3),
        ("cp1251", "Как восстановить пароль от игрового сервера и вернуть деньги за тариф? " * 3),
        (
            "shift_jis",
            "パスワードを忘れた場合はこちらから再設定してください。返金は五日以内です。" * 3,
        ),
    ],
)
def test_legacy_encodings(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "Preis: 5 € – „gut“"),
        ("cp1252", "It’s – a “test”…"),
        ("latin-1", "naïve café"),
        ("cp1252", "15 °C ± 2"),
        ("cp1250", "Zażółć gęślą jaźń"),
        ("cp1253", "Ελλάδα καλημέρα"),
        ("cp1251", "Привет"),
        ("euc_kr", "한국어 텍스트"),
        ("gbk", "简体中文文本"),
        ("big5", "繁體中文文本"),
        ("cp932", "日本語のテキストです。"),
        ("iso2022_jp", "日本語のテキスト"),
        ("iso2022_kr", "한국어 텍스트"),
        ("hz", "简体中文文本"),
        ("utf-16-le", "Привет, мир. Как дела?"),
        ("utf-16-be", "Ελλάδα, καλημέρα. Καλά;"),
        ("utf-16-le", "日本語のテキストです。\n次の行\n"),
        ("utf-32-le", "Größe\n"),
        ("utf-32-be", "ok"),
    ],
)
def test_k1_short_texts_in_legacy_encodings(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_k1_a_legacy_letter_far_behind_is_seen() -> None:
    text = "plain words\n" * 30_000 + "Größe für Öl\n"
    assert decode(text.encode("cp1252")) == text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"a,b\x00\n1,2\n", "a,b\n1,2\n"),
        (b"\x00" * 900 + b"the log goes on here\n", "the log goes on here\n"),
        (b"\x1b[1;31mfailed\x1b[0m to start\n", "failed to start\n"),
        (b"one\x0btwo", "one\ntwo"),
    ],
)
def test_k1_what_a_program_left_in_a_text_is_dropped(data: bytes, text: str) -> None:
    assert decode(data) == text


def test_line_ends_are_made_alike() -> None:
    assert decode(b"one\r\ntwo\rthree\n") == "one\ntwo\nthree\n"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "it is empty"),
        (b" \n\t\n", "it is empty"),
        (b"\xef\xbb\xbf", "it is empty"),
        (bytes(range(256)) * 4, "it is a binary file"),
        (b"text\x00\x01\x02\x00more\x00", "it is a binary file"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "it is a picture"),
        (b"\x7fELF" + bytes(100), "it is a program"),
    ],
)
def test_what_is_no_text_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read(data, "notes.txt")


def test_front_matter_names_the_document_and_is_no_text() -> None:
    content = read(b"---\ntitle: 'Plans'\ntags: [a]\n---\n# Prices\n", "plans.md")
    assert (content.title, content.text) == ("Plans", "# Prices\n")


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    content = read(b"---\n\nHello\n", "a.md")
    assert content.title is None
    assert "Hello" in content.text


def test_only_markdown_files_are_read_as_markdown() -> None:
    assert read(b"# not a heading", "log.txt").markdown is False
    assert read(b"# a heading", "README.MD").markdown is True


@given(st.binary(max_size=400))
def test_any_bytes_are_text_or_a_reason(data: bytes) -> None:
    try:
        content = read(data, "any.md")
    except Unreadable as reason:
        assert str(reason)
    else:
        assert content.text.strip() or content.title
        content.text.encode("utf-8")
