"""Lines become paragraphs, letters become canonical, and every block knows where it stands."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.document import Document, Raw, RawBlock, RawCell, Source
from extractor.loaders import text as text_loader
from extractor.normalize import clean, normalize

SOURCE = Source("x.txt", "text/plain", "0" * 64, 1, "text")


def document(text: str) -> Document:
    content = text_loader.read(text.encode())
    return normalize(Raw(SOURCE, content.blocks, content.notices))


def blocks(text: str) -> list[str]:
    doc = document(text)
    return [doc.text_of(b) for b in doc.blocks]


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("Uỷ ban nhân dân xã hoà bình", "Ủy ban nhân dân xã hòa bình"),
        ("THUỶ LỢI, KHOẺ, TOÀ", "THỦY LỢI, KHỎE, TÒA"),
        ("quý II, quỹ đất, khoản, hoàn", "quý II, quỹ đất, khoản, hoàn"),
        (unicodedata.normalize("NFD", "Kế hoạch chuyển đổi số"), "Kế hoạch chuyển đổi số"),
        ("Sở\u00a0Nội\u2003vụ\u200b", "Sở Nội vụ"),
        ("ðơn vị Ðoàn", "đơn vị Đoàn"),
        ("xã\u00adhội \ufeff số", "xãhội số"),
        ("a\x00b\x07c", "abc"),
    ],
)
def test_clean(written: str, canonical: str):
    assert clean(written) == canonical


@given(st.text(max_size=200))
def test_clean_twice_is_clean_once(text: str):
    assert clean(clean(text)) == clean(text)


def test_a_sentence_broken_by_a_page_is_one_paragraph():
    text = (
        "- Rà soát hồ sơ đất đai tại các xã có khối lượng công việc lớn,\n\nđịa bàn rộng và nhiều hồ sơ.\n\n"
        "- Việc khác."
    )
    assert blocks(text) == [
        "- Rà soát hồ sơ đất đai tại các xã có khối lượng công việc lớn, địa bàn rộng và nhiều hồ sơ.",
        "- Việc khác.",
    ]


def test_a_heading_is_not_joined_to_the_paragraph_under_it():
    assert blocks("1. Sở Nội vụ\n\nLà cơ quan thường trực.\n\n2. Sở Tài chính\n\nBố trí kinh phí.") == [
        "1. Sở Nội vụ",
        "Là cơ quan thường trực.",
        "2. Sở Tài chính",
        "Bố trí kinh phí.",
    ]


def test_a_footnote_in_mid_sentence_stands_apart():
    doc = document(
        "5. Điều động cán bộ bảo đảm đúng người, đúng thời\n\n¹ Văn bản số 5/BNV ngày 08/4/"
        "2026.\n\nđiểm, đúng việc."
    )
    assert [(b.kind, doc.text_of(b)) for b in doc.blocks] == [
        ("paragraph", "5. Điều động cán bộ bảo đảm đúng người, đúng thời điểm, đúng việc."),
        ("footnote", "¹ Văn bản số 5/BNV ngày 08/4/2026."),
    ]


WRAPPED = """\
     1. Công an xã phối hợp với các thôn rà soát hộ dân sống trong vùng
có nguy cơ sạt lở, lập danh sách báo cáo Ủy ban nhân dân xã trước ngày
15/6/2026 theo Công văn số 77/UBND-
KTTH của tỉnh.
                                   2

     2. Trạm Y tế xã bố trí thuốc, vật tư y tế, cơ số thuốc dự phòng đủ
dùng trong bảy ngày.
     a) Phòng Kinh tế
– Xã hội là tên cũ của phòng chuyên môn, nay giao Phòng Kinh tế xã đó."""


def test_wrapped_lines_are_joined_and_page_numbers_left_out():
    assert blocks(WRAPPED)[:2] == [
        "1. Công an xã phối hợp với các thôn rà soát hộ dân sống trong vùng có nguy cơ sạt lở, lập danh sách "
        "báo cáo Ủy ban nhân dân xã trước ngày 15/6/2026 theo Công văn số 77/UBND-KTTH của tỉnh.",
        "2. Trạm Y tế xã bố trí thuốc, vật tư y tế, cơ số thuốc dự phòng đủ dùng trong bảy ngày.",
    ]


def test_tabs_make_rows_and_a_page_break_does_not_end_a_table():
    doc = document("TT\tNhiệm vụ\tChủ trì\n1\tRà soát\tSở A\n\nTT\tNhiệm vụ\tChủ trì\n2\tBáo cáo\tSở B\nHết.")
    assert [(b.kind, b.table, b.row) for b in doc.blocks] == [
        ("row", 0, 0),
        ("row", 0, 1),
        ("row", 0, 2),
        ("row", 0, 3),
        ("paragraph", None, None),
    ]
    assert [doc.text_of(c) for c in doc.blocks[1].cells] == ["1", "Rà soát", "Sở A"]


def test_barred_tables_and_markdown_marks():
    doc = document("|TT|Nhiệm vụ|\n|---|---|\n|1|**Rà soát** <p>hồ sơ</p>|\n\n- Thời gian: **thường xuyên**.")
    assert [doc.text_of(b) for b in doc.blocks] == [
        "TT\tNhiệm vụ",
        "1\tRà soát hồ sơ",
        "- Thời gian: thường xuyên.",
    ]


def test_pieces_keep_page_and_box():
    lines = (
        RawBlock("Rà soát hồ sơ của các", "line", page=1, bbox=(1, 2, 3, 4)),
        RawBlock("xã vùng cao.", "line", page=2, bbox=(5, 6, 7, 8), begins=False),
        RawBlock("", "row", page=2, cells=(RawCell("TT", 0), RawCell("", 1)), table=0),
    )
    doc = normalize(Raw(SOURCE, lines))
    assert [(doc.text_of(p), p.page, p.bbox) for p in doc.blocks[0].pieces] == [
        ("Rà soát hồ sơ của các", 1, (1, 2, 3, 4)),
        ("xã vùng cao.", 2, (5, 6, 7, 8)),
    ]
    assert doc.text == "Rà soát hồ sơ của các xã vùng cao.\nTT\t\n"


def test_what_is_left_out_is_said():
    codes = {
        n.code for n in document("Sở\x00 Nội vụ \u202eabc\u202c " + "e" + "\u0301" * 9 + "x" * 40).notices
    }
    assert codes == {"W_CONTROL_CHARS", "W_BIDI", "W_COMBINING_RUN"}


@given(
    st.lists(
        st.text(st.characters(include_characters="\t\f\u2028", exclude_categories=["Cs", "Cc"]), max_size=80),
        max_size=12,
    )
)
def test_any_lines_give_blocks_that_lie_in_the_text(lines: list[str]):
    doc = document("\n".join(lines) or "x")
    for block in doc.blocks:
        assert 0 <= block.start <= block.end <= len(doc.text)
        assert all(block.start <= p.start <= p.end <= block.end for p in block.pieces)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("Kế hoạch".encode("utf-16"), None),
        ("Kế hoạch".encode("utf-32"), None),
        ("\ufeffKế hoạch".encode(), None),
        ("Kế hoạch rà soát kỹ".encode()[:-1], "W_BAD_BYTES"),
        ("Ke^' hoa.ch Âu Cơ".encode("cp1258", "ignore") + b"\xd2 xin chao cac ban", "W_ENCODING_GUESSED"),
    ],
)
def test_encodings(data: bytes, code: str | None):
    assert [n.code for n in text_loader.decode(data)[1]] == ([code] if code else [])
