from __future__ import annotations

import pytest
from docx_samples import zipped

from extractor.errors import UnreadableError
from extractor.loaders.odt import read

ODF = "urn:oasis:names:tc:opendocument:xmlns"
NAMES = " ".join(f'xmlns:{name}="{ODF}:{name}:1.0"' for name in ("office", "text", "table", "style"))
NAMES += f' xmlns:draw="{ODF}:drawing:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"'
NUMBERED = (
    '<text:list-style style:name="N">'
    '<text:list-level-style-number text:level="1" style:num-format="I" style:num-suffix="."/>'
    '<text:list-level-style-number text:level="2" style:num-format="1" style:num-suffix="." '
    'text:display-levels="2" text:start-value="3"/>'
    '<text:list-level-style-bullet text:level="3" text:bullet-char="•"/></text:list-style>'
)
MANIFEST = (
    f'<m:manifest xmlns:m="{ODF}:manifest:1.0"><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>'
)


def odt(body: str, styles: str = "", kind: str = "text", **files: str) -> bytes:
    content = (
        f"<office:document-content {NAMES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    )
    mime = "application/vnd.oasis.opendocument.text"
    return zipped({"mimetype": mime, "content.xml": content, **files})


def p(text: str) -> str:
    return f"<text:p>{text}</text:p>"


def items(*inside: str, more: str = "") -> str:
    made = "".join(f"<text:list-item>{each}</text:list-item>" for each in inside)
    return f"<text:list {more}>{made}</text:list>"


def frame(kind: str, target: str) -> str:
    return f"<draw:frame><draw:{kind} xlink:href='{target}'/></draw:frame>"


def texts(body: str, styles: str = "") -> list[str]:
    blocks = read(odt(body, styles)).blocks
    return [" | ".join(cell.text for cell in block.cells) or block.text for block in blocks]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (p("Sở<text:s text:c='3'/>Nội\n vụ<text:tab/>x<text:line-break/>y"), ["Sở Nội vụ x y"]),
        (p("a<office:annotation><text:p>lời bàn</text:p></office:annotation>b"), ["ab"]),
        (p("a<text:a xlink:href='http://example.invalid'>liên kết</text:a>"), ["aliên kết"]),
        ("<text:section text:display='none'>" + p("ẩn") + "</text:section>" + p("hiện"), ["hiện"]),
        ("<text:tracked-changes>" + p("xóa") + "</text:tracked-changes>" + p("còn"), ["còn"]),
        ("<text:table-of-content><text:table-of-content-source>x</text:table-of-content-source>"
         f"<text:index-body>{p('mục')}</text:index-body></text:table-of-content>", ["mục"]),
    ],
)  # fmt: skip
def test_text(body, expected):
    assert texts(body) == expected


def test_lists_count_go_on_and_start_anew():
    style = 'text:style-name="N"'
    named = style + ' xml:id="first"'
    deeper = items(p("con"), p("con hai"), items(p("chấm")))
    body = items(p("một") + p("cùng mục"), p("hai") + deeper, more=named)
    body += items(p("lại một"), more=style) + items(p("ba"), more=style + ' text:continue-list="first"')
    body += '<text:list text:style-name="N"><text:list-item text:start-value="7">' + p("bảy")
    body += "</text:list-item><text:list-header>" + p("đầu") + "</text:list-header></text:list>"
    assert texts(body, NUMBERED) == [
        "I. một", "cùng mục", "II. hai", "II.3. con", "II.4. con hai", "- chấm",
        "I. lại một", "III. ba", "VII. bảy", "đầu",
    ]  # fmt: skip


def test_headings_of_the_outline_are_numbered():
    outline = (
        '<text:outline-style><text:outline-level-style text:level="1" style:num-format="1" '
        'style:num-suffix="."/></text:outline-style>'
    )
    heading = '<text:h text:outline-level="1">{}</text:h>'
    assert texts(heading.format("Đầu") + p("x") + heading.format("Sau"), outline) == ["1. Đầu", "x", "2. Sau"]


def test_repeated_cells_come_as_often_but_never_without_end():
    cell = "<table:table-cell {}>{}</table:table-cell>"
    twice = cell.format('table:number-columns-repeated="2"', p("a")) + cell.format("", p("b"))
    row = f'<table:table-row table:number-rows-repeated="2">{twice}</table:table-row>'
    assert texts(f"<table:table>{row}</table:table>") == ["a | a | b"] * 2
    empty = cell.format('table:number-columns-repeated="9999"', "")
    bomb = f'<table:table-row table:number-rows-repeated="999999">{empty}</table:table-row>' * 1000
    assert texts(f"<table:table>{bomb}{row}</table:table>")[-1] == "a | a | b"
    deep = '<table:table><table:table-row table:number-rows-repeated="99">{}</table:table-row></table:table>'
    body = p("a")
    for _ in range(12):
        body = deep.format(cell.format('table:number-columns-repeated="9"', body))
    assert len(read(odt(body)).blocks) < 1_000


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (odt(p("a")), []),
        (odt(p("a"), **{"Basic/script-lc.xml": "<a/>"}), ["W_ACTIVE_CONTENT"]),
        (odt(p("a" + frame("image", "http://example.invalid/a.png"))), ["W_EXTERNAL_REF"]),
        (odt(p("a" + frame("image", "Pictures/a.png"))), []),
        (odt(p(frame("image", "Pictures/a.png"))), ["W_NEEDS_OCR"]),
        (odt(p("a" + frame("object", "./Object 1"))), ["W_EMBEDDED_NOT_READ"]),
    ],
    ids=["plain", "macros", "link", "picture", "only a picture", "object"],
)  # fmt: skip
def test_what_a_user_must_know(data, expected):
    assert [notice.code for notice in read(data).notices] == expected


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (odt(p("a"), **{"META-INF/manifest.xml": MANIFEST}), "E_ENCRYPTED"),
        (odt("", kind="spreadsheet"), "E_UNSUPPORTED"),
        (odt("<text:p>"), "E_CORRUPT"),
        (zipped({"mimetype": "x", "content.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}), "E_XML_DTD"),
        (odt("<text:list><text:list-item>" * 80 + "</text:list-item></text:list>" * 80), "E_XML_DEPTH"),
        (odt("<text:p>" + "<text:span>" * 120 + "</text:span>" * 120 + "</text:p>"), "E_XML_DEPTH"),
        (zipped({"mimetype": "x"}), "E_CORRUPT"),
    ],
    ids=["password", "spreadsheet", "syntax", "DTD", "lists", "spans", "no text"],
)  # fmt: skip
def test_what_is_refused(data, code):
    with pytest.raises(UnreadableError) as caught:
        read(data)
    assert caught.value.code == code
