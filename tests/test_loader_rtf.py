from __future__ import annotations

import time

import pytest

from extractor.errors import UnreadableError
from extractor.loaders.rtf import read

FONTS = (
    r"{\fonttbl{\f0\fcharset0 Times New Roman;}{\f1\fcharset163 Times New Roman;}{\f2\fcharset2 Symbol;}"
    r"{\f3\fnil\fcharset0 .VnTime;}}"
)


def texts(inside: str | bytes) -> list[str]:
    body = inside if isinstance(inside, bytes) else inside.encode("latin-1")
    content = read(rb"{\rtf1\ansi\ansicpg1258" + FONTS.encode() + body + b"}")
    return [" | ".join(cell.text for cell in block.cells) or block.text for block in content.blocks]


def codes(inside: str) -> list[str]:
    return [notice.code for notice in read(b"{\\rtf1 " + inside.encode() + b"}").notices]


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        (r"S\u7903? N\u7897?i v\u7909?\par", ["Sở Nội vụ"]),
        (r"{\uc0 S\u7903}{\uc2 S\u7903\'3f\'3f}x", ["SởSởx"]),
        (r"\u-10179?\u-8704?", ["😀"]),
        (r"{\f1\'d0\'f4\'f2c}", ["Đôc\u0323".replace("c\u0323", "\u0323c")]),
        (r"{\f3 C\'e9ng h\'dfa}", ["Cộng hòa"]),
        (r"{\f3 tr\-\'edc}", ["trước"]),
        (r"{\f2\'ae} t\u7915?", ["→ từ"]),
        ("Sở Nội vụ".encode(), ["Sở Nội vụ"]),
        (r"a\~b\_c\-d\emdash e\line f\tab g", ["a b-c\u00add—e f g"]),
        (r"m\u7897?t\par{\v\par}hai\sect ba", ["một", "hai", "ba"]),
        (r"hi\u7879?n{\v \u7849?n}{\deleted x}", ["hiện"]),
        (r"{\field{\*\fldinst PAGE}{\fldrslt 7}} trang", ["7 trang"]),
        (r"{\listtext\pard\plain 1.\tab}m\u7897?t\par{\pntext\f2\'b7\tab}hai", ["1. một", "- hai"]),
        (r"{\*\unknown b\u7887?}{\info{\title b}}{\pict 0102}ch\u7919?", ["chữ"]),
        (r"a{\footnote\pard\chftn  ghi ch\'fa}b", ["a¹b", "¹ ghi chú"]),
        (r"a{\footnote\ftnalt cu\u7889?i}", ["a¹", "¹ cuối"]),
        (r"a{\shp{\*\shpinst{\sp{\sn x}{\sv y}}{\shptxt trong}}{\shprslt trong}}b", ["ab", "trong"]),
        (r"a\bin4 }}}}b", ["ab"]),
    ],
)
def test_characters_and_groups(inside, expected):
    assert texts(inside) == expected


def test_a_table_with_merged_and_nested_cells():
    rows = (
        r"\trowd\clvmgf\cellx1000\cellx3000\cellx5000\intbl 1\cell a\cell b\cell\row"
        r"\trowd\clvmrg\cellx1000\cellx5000\intbl\cell ngang\cell\row"
        r"\trowd\cellx1000\cellx3000\cellx5000\intbl 2\cell\pard\intbl\itap2 x\nestcell y\nestcell"
        r"{\*\nesttableprops\trowd\cellx500\cellx900\nestrow}{\nonesttables\par}"
        r"\pard\intbl sau\cell c\cell\row\pard het"
    )
    blocks = read(rb"{\rtf1" + rows.encode() + b"}").blocks
    assert [[(c.column, c.columns, c.merged, c.text) for c in block.cells] for block in blocks] == [
        [(0, 1, False, "1"), (1, 1, False, "a"), (2, 1, False, "b")],
        [(0, 1, True, ""), (1, 2, False, "ngang")],
        [(0, 1, False, "2"), (1, 1, False, "x y\nsau"), (2, 1, False, "c")],
        [],
    ]


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        (r"a", []),
        (r"a{\object\objautlink{\*\objdata 0105}{\result b}}", ["W_ACTIVE_CONTENT"]),
        (r"a{\field{\*\fldinst DDEAUTO cmd x}{\fldrslt b}}", ["W_ACTIVE_CONTENT"]),
        (r"a{\field{\*\fldinst { INCLUDEPICTURE }http://example.invalid/a.png}}", ["W_EXTERNAL_REF"]),
        (r"a{\field{\*\fldinst {D}{DEAUTO cmd x}}{\fldrslt b}}", ["W_ACTIVE_CONTENT"]),
        (r"a{\*\template http://example.invalid/a.dot}", ["W_EXTERNAL_REF"]),
        (r"a{\*\template Normal.dotm}", []),
        (r"a{\b b", ["W_RECOVERED"]),
        (r"{\pict 00}", ["W_NEEDS_OCR"]),
        (r"", ["W_NO_TEXT"]),
    ],
)
def test_what_a_user_must_know(inside, expected):
    assert codes(inside) == expected


@pytest.mark.parametrize(
    "body",
    [
        b"{" * 100_000,
        rb"\pard\intbl\itap60 a\par",
        rb"\pard\intbl\itap39 a\par\pard b\par" * 2_000,
        rb"{\shptxt a" * 200,
    ],
    ids=["braces", "tables in tables", "many tables in tables", "boxes in boxes"],
)
def test_too_deep_is_refused(body):
    with pytest.raises(UnreadableError) as caught:
        read(rb"{\rtf1" + body)
    assert caught.value.code == "E_XML_DEPTH"


def test_time_grows_with_the_file():
    def seconds(times: int) -> float:
        row = rb"\trowd\cellx100\cellx200\intbl a\cell b{\footnote c}\cell\row "
        start = time.process_time()
        assert len(read(rb"{\rtf1" + row * times + b"}").blocks) == 2 * times
        return time.process_time() - start

    seconds(50)
    assert seconds(1600) < 12 * seconds(400)
