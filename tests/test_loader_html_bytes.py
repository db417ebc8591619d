"""What the bytes of a web page mean: its encoding, the mail it came in, whether it is one at all."""

from __future__ import annotations

import pytest
from html_samples import codes, page, texts

from extractor.document import RawBlock
from extractor.errors import UnreadableError
from extractor.loaders import html, mht
from extractor.loaders.kinds import kind_of

DUTY = "Sở Nội vụ rà soát thủ tục, hoàn thành trước ngày 30/6/2026."

# --- characters ----------------------------------------------------------------------------------

OLD_FONT = ["W_LEGACY_ENCODING"]
TONED = "Độc lập - Tự do, tỉnh Mộ Sen"


def test_quotes_and_dashes_stand_in_old_fonts_too():
    data = "<meta charset=windows-1252><p style='font-family:.VnTime'>“tØnh Mé Sen” – n¨m…".encode("cp1252")
    assert [b.text for b in html.read(data).blocks] == ["“tỉnh Mộ Sen” – năm…"]


def by_1258(text: str) -> bytes:
    """windows-1258 writes most tones as a second character behind the letter."""
    from unicodedata import normalize

    out = ""
    for letter in text:
        parts = normalize("NFD", letter)
        tones = "".join(p for p in parts[1:] if p in "\u0300\u0301\u0303\u0309\u0323")
        out += normalize("NFC", "".join(p for p in parts if p not in tones)) + tones
    return out.encode("cp1258")


@pytest.mark.parametrize(
    ("data", "warned"),
    [
        (page(f"<p>{TONED}</p>"), []),
        (page(f"<p>{TONED}</p>", ""), []),
        (b"\xef\xbb\xbf" + page(f"<p>{TONED}</p>", ""), []),
        (page(f"<p>{TONED}</p>").decode().encode("utf-16"), []),
        (page(f"<p>{TONED}</p>", '<meta charset="windows-1258">'), ["W_ENCODING_GUESSED"]),
        (page(f"<p>{TONED}</p>").decode().encode("utf-16-le"), ["W_ENCODING_GUESSED"]),
        (b"<meta charset=windows-1258><p>" + by_1258(TONED), []),
        (b"<p>" + by_1258(TONED), ["W_ENCODING_GUESSED"]),
        (b"<meta charset=windows-1252><p>" + by_1258(TONED), ["W_ENCODING_GUESSED"]),
        (b"<meta charset=utf-8><p>" + by_1258(TONED), ["W_ENCODING_GUESSED"]),
        (b"<meta charset=x-no-such><p>" + by_1258(TONED), ["W_ENCODING_GUESSED"]),
        (b"<meta charset=windows-1252><p>" + TONED.encode("cp1252", "xmlcharrefreplace"), []),
        (b'<?xml version="1.0" encoding="utf-8"?><html><p>' + TONED.encode(), []),
        ("<meta charset=utf-8><p style=font-family:.VnTime>§éc lËp - Tù do, tØnh Mé Sen".encode(), OLD_FONT),
        ("<p><font face='VNI-Times'>Ñoäc laäp - Töï do, tænh Moä Sen".encode("latin-1"), OLD_FONT),
        ("<meta charset=x-viet-tcvn5712><p>§éc lËp - Tù do, tØnh Mé Sen".encode("latin-1"), OLD_FONT),
    ],
)  # fmt: skip
def test_characters_are_read_as_the_page_means_them(data, warned):
    from unicodedata import normalize

    assert kind_of(data).module == "html"
    content = html.read(data)
    assert [normalize("NFC", b.text) for b in content.blocks] == [TONED]
    assert [n.code for n in content.notices] == warned


def test_a_few_damaged_bytes_are_said():
    data = page(f"<p>{DUTY * 20}</p>").replace("rà".encode(), b"r\xc3", 1)
    assert codes(data) == ["W_BAD_BYTES"]


def test_impossible_references_give_no_surrogates():
    text = texts("<p>&#0;&#x110000;&#xD800;&#99999999999;&bogus;Sở&#xDFFF;&amp;\x00</p>")[0]
    text.encode()
    assert "\x00" not in text
    assert "&bogus;Sở" in text


# --- saved web pages -----------------------------------------------------------------------------


def saved(*parts: tuple[str, bytes], header: str = "") -> bytes:
    """An MHTML file of parts, each with its header lines."""
    mail = (
        f'MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\tboundary="=_b"{header}\r\n\r\n'.encode()
    )
    return (
        mail
        + b"".join(b"--=_b\r\n" + h.encode() + b"\r\n\r\n" + d + b"\r\n" for h, d in parts)
        + b"--=_b--\r\n"
    )


def test_a_saved_page_is_read_by_its_encodings():
    import base64
    import quopri

    text = f"<html><p>{TONED}</p></html>"
    quoted = 'Content-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable'
    based = "Content-Type: text/html; charset=windows-1258\r\nContent-Transfer-Encoding: base64"
    legacy = b"<html><p>" + by_1258(TONED) + b"</p></html>"
    for header, data in (
        (quoted, quopri.encodestring(text.encode())),
        (based, base64.encodebytes(legacy)),
        ("Content-Type: text/html; charset=utf-8", text.encode()),
    ):
        whole = saved((header, data))
        assert kind_of(whole).module == "mht"
        content = mht.read(whole)
        from unicodedata import normalize

        assert [normalize("NFC", b.text) for b in content.blocks] == [TONED]
        assert content.notices == ()


HTML_PART = "Content-Type: text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (("Content-Type: image/png\r\nContent-Location: file:///C:/x/a.png", b"\x89PNG"), []),
        ((HTML_PART, b"<p>1</p>"), []),
        ((HTML_PART, DUTY.encode()), ["W_EMBEDDED_NOT_READ"]),
        (("Content-Type: application/pdf", b"%PDF-1.4"), ["W_EMBEDDED_NOT_READ"]),
        (("Content-Type: text/xml", b"<xml>mot hai ba bon</xml>"), []),
    ],
)
def test_other_parts_are_said_if_they_hold_text(other, expected):
    body = f'<p>{DUTY}<img src="file:///C:/x/a.png"></p>'.encode()
    content = mht.read(
        saved(
            (HTML_PART, body), ("Content-Type: image/png\r\nContent-Location: file:///C:/x/a.png", b""), other
        )
    )
    assert [b.text for b in content.blocks] == [DUTY]
    assert [n.code for n in content.notices] == expected


def test_the_header_names_the_page():
    first = (HTML_PART + "\r\nContent-ID: <a>", b"<p>1</p>")
    data = saved(first, (HTML_PART + "\r\nContent-ID: <b>", b"<p>2</p>"), header='; start="<b>"')
    assert [b.text for b in mht.read(data).blocks] == ["2"]


@pytest.mark.parametrize(
    "data",
    [
        saved(("Content-Type: image/png", b"x")),
        saved(),
        b"".join(b"Content-Type: multipart/related; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3000)),
    ],
)
def test_a_saved_page_without_a_page_is_damaged(data):
    with pytest.raises(UnreadableError) as refused:
        mht.read(data)
    assert refused.value.code == "E_CORRUPT"


# --- what a web page is --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "module"),
    [
        (b"<!-- saved -->\n<!-- again --><HTML>", "html"),
        (b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "x">\n<html xmlns="y">', "html"),
        (b"<!--" + b"x" * 100_000 + b"--><html>", "html"),
        (b"<h1>A</h1><p>b</p>", "html"),
        (b'<p align="center">x</p>\n\n# T\nmot\nhai\nba\nbon\nnam\n', "text"),
        (b"1 < 2\n<b>x", "text"),
        (b"From: a\nSubject: b\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n", "mht"),
        (b"Note: a\nContent-Type: multipart/mixed\n\n", "text"),
    ],
)
def test_web_pages_are_told_by_their_content(data, module):
    assert kind_of(data).module == module


def test_blocks_are_frozen_records():
    assert html.read(page("<p>x</p>")).blocks == (RawBlock("x"),)
